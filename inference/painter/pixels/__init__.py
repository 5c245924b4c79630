"""Painters of pixels: diffusion transformers that run through diffusers, on any device."""
