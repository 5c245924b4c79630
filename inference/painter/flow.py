"""Rectified flow: one time convention for training and sampling. Arrays of torch or NumPy.

sigma runs from 1, pure noise, to 0, the clean latent: x(sigma) = (1 - sigma) x0 + sigma noise. The
velocity is dx/dsigma = noise - x0; a network that predicts x0 has (x - x0) / sigma.
Source: Lipman et al., 2023; Liu et al., 2023; the guidance: DuoGen, section 4.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

A = TypeVar("A", bound=Any)  # torch.Tensor or numpy.ndarray


def noisy(x0: A, noise: A, sigma: A) -> A:
    """Return x(sigma); sigma broadcasts."""
    mixed: A = (1 - sigma) * x0 + sigma * noise
    return mixed


def velocity(x: A, x0: A, sigma: float) -> A:
    """Return dx/dsigma at x for a predicted x0; sigma > 0."""
    found: A = (x - x0) / sigma
    return found


def guided(positive: A, negative: A, scale: float) -> A:
    """Return v_neg + scale (v_pos - v_neg); scale 1 is no guidance."""
    found: A = negative + scale * (positive - negative)
    return found


def sigmas(denoising_steps: int, shift: float = 1.0) -> list[float]:
    """Return the falling noise levels, one more than there are denoising steps.

    shift > 1 spends more of the steps at high noise, where it is decided what a picture shows.
    """
    even = [1 - k / denoising_steps for k in range(denoising_steps + 1)]
    return [shift * s / (1 + (shift - 1) * s) for s in even]


def euler(slope: Callable[[A, float], A], noise: A, levels: list[float]) -> Iterator[tuple[A, A]]:
    """Yield (x, x0 as it is seen then) after each denoising step; the last x is the sample.

    slope(x, sigma) returns the velocity, guided or not.
    """
    x = noise
    for sigma, after in pairwise(levels):
        v = slope(x, sigma)
        x, x0 = x + (after - sigma) * v, x - sigma * v
        yield x, x0
