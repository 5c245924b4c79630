"""The document: its values, its changes and its file. No Qt."""
