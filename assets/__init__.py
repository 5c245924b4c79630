"""What Interstep ships: the sprite library, the hand-written tutorials and the pack catalogue.

Read by the studio and by the engine; imports neither.
"""
