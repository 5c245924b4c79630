"""Packs: manifests, their files on this machine, and how these are fetched and checked."""
