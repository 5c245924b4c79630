"""The painter by a network: DuoGen at nano scale, from hidden states to slots to a scene."""
