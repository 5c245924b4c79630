"""Painters: what turns a description and its neighbours into a picture."""
