"""The writer and the reader: llama.cpp sessions, the tutorial grammar, hidden states."""
