"""An open tutorial in the studio: edits, undo, saving."""
