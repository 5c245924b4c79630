"""The flow: ends where it should, whatever the number of denoising steps."""

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

    def predicted(_x: Array, _sigma: float) -> Array:
        return x0

    *_, (x, _) = euler(predicted, noise, sigmas(count, 3.0))
    np.testing.assert_allclose(x, x0, atol=1e-12)


def test_guidance_goes_on_beyond_the_positive() -> None:
    assert guided(np.array(2.0), np.array(1.0), 1.0) == 2
    assert guided(np.array(2.0), np.array(1.0), 3.0) == 4
