"""The painter by rules: a text is read as things, a hand, an action and a place, and laid out."""
