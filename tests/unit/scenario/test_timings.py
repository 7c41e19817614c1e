"""Drawn durations follow their distributions."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base.sampling import Timing
from adn.base.streams import Key


def draws(timing: Timing, count: int = 4000) -> np.ndarray:
    stream = Key.root(7).stream("test")
    return np.array([timing.draw(stream) for _ in range(count)])


@pytest.mark.parametrize(
    ("timing", "quantile", "value"),
    [
        (Timing("uniform", 1000, 4000), 0.5, 2500),
        (Timing("exponential", 1000), 0.5, 693),
        (Timing("lognormal", 1000, 4000), 0.5, 1000),
        (Timing("lognormal", 1000, 4000), 0.95, 4000),
    ],
)
def test_a_distribution_has_the_quantiles_it_states(
    timing: Timing, quantile: float, value: float
) -> None:
    assert np.quantile(draws(timing), quantile) == pytest.approx(value, rel=0.08)


def test_draws_are_whole_milliseconds_rounded_up_and_never_exceed_the_largest() -> None:
    assert set(draws(Timing("fixed", 1500.2), 3)) == {1501}
    uniform = Timing("uniform", 1000, 4000)
    assert draws(uniform).min() >= 1000
    assert draws(uniform).max() <= uniform.largest()
    assert isinstance(uniform.draw(Key.root(1).stream("x")), int)
