"""Painters of pixels: diffusion transformers that run through diffusers, on a CUDA card or a CPU."""
