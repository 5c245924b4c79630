"""What is on screen: one file a thing."""
