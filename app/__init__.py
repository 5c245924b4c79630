"""The studio: documents, exports, the command line and the engine's client."""
