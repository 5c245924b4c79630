"""The flow: ends where it should, whatever the number of denoising steps."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from inference.painter.flow import euler, guided, noisy, sigmas, velocity

Array = npt.NDArray[np.float64]


def test_levels_fall_from_noise_to_clean() -> None:
    for shift in (1.0, 3.0):
        levels = sigmas(8, shift)
        assert levels[0] == 1
        assert levels[-1] == 0
        assert len(levels) == 9
        assert levels == sorted(levels, reverse=True)
    assert sigmas(8, 3.0)[4] > sigmas(8)[4]


def test_velocity_is_the_slope_of_the_path() -> None:
    rng = np.random.default_rng(0)
    x0, noise = rng.standard_normal((2, 3, 5))
    x = noisy(x0, noise, np.float64(0.4))
    np.testing.assert_allclose(velocity(x, x0, 0.4), noise - x0)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_perfect_network_is_followed_to_its_picture(count: int) -> None:
    rng = np.random.default_rng(1)
    x0, noise = rng.standard_normal((2, 3, 5))

    def slope(x: Array, sigma: float) -> Array:
        return velocity(x, x0, sigma)

    for _, seen in euler(slope, noise, sigmas(count, 3.0)):
        np.testing.assert_allclose(seen, x0, atol=1e-12)
    *_, (x, _) = euler(slope, noise, sigmas(count, 3.0))
    np.testing.assert_allclose(x, x0, atol=1e-12)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_the_sampler_is_that_of_diffusers(count: int) -> None:
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / count, count), mu=math.log(3.0))
    np.testing.assert_allclose(scheduler.sigmas.numpy(), sigmas(count, 3.0), atol=1e-6)
    noise = torch.randn(1, 5, 3, generator=torch.Generator().manual_seed(0))

    def slope(x: torch.Tensor, sigma: float) -> torch.Tensor:
        return torch.sin(3 * x) + sigma

    theirs = noise
    for time, sigma in zip(scheduler.timesteps, scheduler.sigmas, strict=False):
        theirs = scheduler.step(slope(theirs, float(sigma)), time, theirs).prev_sample
    *_, (ours, _) = euler(slope, noise, sigmas(count, 3.0))
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_guidance_goes_on_beyond_the_positive() -> None:
    assert guided(np.array(2.0), np.array(1.0), 1.0) == 2
    assert guided(np.array(2.0), np.array(1.0), 3.0) == 4
