"""Run lengths of the collector's statistics against the theory of control charts.

Mean run lengths of cumulative sums and of departures from an exponentially weighted mean are
reckoned by Markov chains over a discretised statistic (Brook and Evans, Biometrika 1972). That
reckoning is itself held to tabulated figures and to Siegmund's approximation.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, norm

from adn.base import noise
from adn.base.streams import Key
from adn.northbound.baselines import DRIFT, MEAN_SAMPLES, SPREAD_SAMPLES, Baselines
from adn.northbound.telemetry import kpi
from adn.topology.network import Floats

SERIES, SETTLING = 2000, 600
NEVER = 1e9
TABLE = [
    (4, 0.0, 336),
    (5, 0.0, 930),
    (5, 0.5, 38.0),
    (4, 1.0, 8.38),
    (5, 1.0, 10.4),
    (4, 2.0, 3.34),
]
"""Limit, shift and mean run length of a one-sided sum of drift 1/2 (Montgomery, Statistical Quality
Control; in control twice the two-sided figure; from memory)."""


def chain(limit: float, drift: float, shift: float, n: int = 200) -> Floats:
    """Return the transitions of a cumulative sum among its `n` states below the limit."""
    width, state = 2 * limit / (2 * n - 1), np.arange(n)
    step = (state[None, :] - state[:, None]) * width + drift - shift
    moves = norm.cdf(step + width / 2) - norm.cdf(step - width / 2)
    moves[:, 0] = norm.cdf(step[:, 0] + width / 2)
    return np.asarray(moves, dtype=np.float64)


def run_length(limit: float, drift: float, shift: float) -> float:
    """Return the mean run length of a cumulative sum from 0."""
    moves = chain(limit, drift, shift)
    return float(np.linalg.solve(np.eye(len(moves)) - moves, np.ones(len(moves)))[0])


class Watched:
    """Series of steady normal noise that the collector's statistics have learnt."""

    def __init__(self, z: float, cusum: float) -> None:
        self.baselines = Baselines([kpi("service", "latency")], SERIES)
        self.baselines.watch([z], [cusum])
        self._series = np.arange(SERIES, dtype=np.uint32)
        self._word, self._tick = Key.root(1).word("run-lengths"), 0
        for _ in range(SETTLING):
            self.tick(learning=True)

    def tick(self, shift: float = 0.0, *, learning: bool = False) -> None:
        """Take in one sample of each series, moved by so many standard deviations."""
        drawn = noise.standard(self._word, self._series, self._tick)[None, :]
        values = (100.0 + 20.0 * (drawn + np.float32(shift))).astype(np.float32)
        self.baselines.learn(values, learning=learning)
        self._tick += 1

    @property
    def away(self) -> np.ndarray:
        """Which series have departed."""
        return self.baselines.ticks[0] > 0


@pytest.mark.parametrize(("limit", "shift", "tabulated"), TABLE)
def test_the_chain_gives_the_tabulated_run_lengths(
    limit: float, shift: float, tabulated: float
) -> None:
    assert run_length(limit, 0.5, shift) == pytest.approx(tabulated, rel=0.005)
    over, edge = shift - 0.5, limit + 1.166
    if over:
        siegmund = (np.exp(-2 * over * edge) + 2 * over * edge - 1) / (2 * over**2)
        assert siegmund == pytest.approx(tabulated, rel=0.04)


@pytest.mark.parametrize("limit", [2.0, 2.5])
def test_false_sums_are_as_rare_as_theory_says(limit: float) -> None:
    """Ticks per false candidate of the sum, runs starting over at 0; within a tenth."""
    watched, quiet, begun = Watched(NEVER, limit), 0, 0
    for _ in range(1000):
        before = watched.away
        watched.tick()
        quiet += int((~before).sum())
        begun += int((watched.away & ~before).sum())
    assert begun > 1000
    assert quiet / begun == pytest.approx(run_length(limit, DRIFT, 0.0), rel=0.1)


@pytest.mark.parametrize(("limit", "shift"), [(2.5, 2.0), (4.0, 2.5), (6.0, 3.0)])
def test_a_shift_is_found_as_soon_as_theory_says(limit: float, shift: float) -> None:
    """From the sum's steady state, as the baseline follows the shift; within a tenth."""
    still = chain(limit, DRIFT, 0.0)
    state = np.linalg.matrix_power(still, 500)[0]
    state /= state.sum()
    left, mean = 1.0 - 1.0 / MEAN_SAMPLES, 1.0 / SPREAD_SAMPLES
    spread, away, theory = 1.0, shift, 0.0
    for _ in range(60):
        theory += state.sum()
        state = state @ chain(limit, DRIFT, away / spread)
        spread = np.sqrt(spread**2 + mean * away**2)
        away *= left
    watched, waits = Watched(NEVER, limit), 0.0
    watched.baselines.cusum[:, watched.away] = 0
    calm, found = ~watched.away, watched.away.copy()
    for _ in range(60):
        waits += int((calm & ~found).sum())
        watched.tick(shift)
        found |= watched.away
    assert waits / calm.sum() == pytest.approx(theory, rel=0.1)


def test_false_departures_are_as_rare_as_theory_says() -> None:
    """Ticks per departure from the weighted mean: the normal tail over a spread that is estimated.

    The estimate is itself a weighted mean of squares, so it is spread as a gamma variable of shape
    (2 − h) / 2h; within a tenth.
    """
    limit, h = 3.5, 1.0 / SPREAD_SAMPLES
    shape = (2.0 - h) / (2.0 * h)
    estimates = gamma.ppf((np.arange(2000) + 0.5) / 2000, shape) / shape
    tail = float(norm.sf(limit * np.sqrt(estimates)).mean())
    watched, away = Watched(limit, NEVER), 0
    for _ in range(2000):
        watched.tick()
        away += int(watched.away.sum())
    assert SERIES * 2000 / away == pytest.approx(1.0 / tail, rel=0.1)
    assert tail > 1.1 * norm.sf(limit)


@pytest.mark.parametrize(("limit", "shift"), [(4.0, 2.5), (4.0, 3.5), (5.0, 4.0)])
def test_a_jump_escapes_the_weighted_mean_as_often_as_theory_says(
    limit: float, shift: float
) -> None:
    """The share not found after each of ten ticks, by a chain over the baseline's position."""
    watched = Watched(limit, NEVER)
    calm, found = ~watched.away, watched.away.copy()
    for survived in survival(limit, shift, 10):
        watched.tick(shift)
        found |= watched.away
        share = float((calm & ~found).sum() / calm.sum())
        assert share == pytest.approx(survived, abs=0.04)


ESTIMATES = 15
"""How many estimates of the spread, all equally likely, a reckoning takes the mean over."""


def survival(limit: float, shift: float, ticks: int) -> list[float]:
    """Return the share of series not yet found after each tick of a shift."""
    shape = (2.0 * SPREAD_SAMPLES - 1.0) / 2.0
    estimates = gamma.ppf((np.arange(ESTIMATES) + 0.5) / ESTIMATES, shape) / shape
    every = [survival_from(float(one), limit, shift, ticks) for one in estimates]
    return [float(np.mean(tick)) for tick in zip(*every, strict=True)]


def survival_from(estimate: float, limit: float, shift: float, ticks: int) -> list[float]:
    """Return the same where the square of the spread was estimated as so much of what it is.

    States are positions of the weighted mean in units of the noise; a sample that is found moves it
    no more. The estimate follows the mean square of what was not found.
    """
    gain, n = 1.0 / MEAN_SAMPLES, 101
    steady = np.sqrt(gain / (2.0 - gain))
    place = np.linspace(-5 * steady, 5 * steady + shift, n)
    width = place[1] - place[0]
    state = norm.pdf(place, scale=steady)
    state /= state.sum()
    variance, shares = (1.0 + steady**2) * estimate, []
    for _ in range(ticks):
        edge = limit * np.sqrt(variance)
        target = (place[None, :] - (1 - gain) * place[:, None]) / gain
        upper = np.minimum(target + width / (2 * gain), (place + edge)[:, None])
        lower = np.minimum(target - width / (2 * gain), (place + edge)[:, None])
        moves = norm.cdf(upper - shift) - norm.cdf(lower - shift)
        over = edge - (shift - place)
        kept = norm.cdf(over)
        away = shift - place
        square = (away**2 + 1.0) * kept - (over + 2 * away) * norm.pdf(over)
        variance += (float(state @ square) / float(state @ kept) - variance) / SPREAD_SAMPLES
        state = state @ moves
        shares.append(float(state.sum()))
        state /= state.sum()
    return [float(one) for one in np.cumprod(shares)]
