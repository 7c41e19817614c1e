"""Drawn worlds of known quality: how often a level is given that is not deserved, and the reverse.

Failures come in bunches: each run has a quality of its own, drawn from a beta distribution with the
stated mean and a correlation within runs of 0.1 (design effect 1.9 at ten instances a run).
"""

from __future__ import annotations

import numpy as np
import pytest

from adn.assessment.criteria import TARGET
from adn.assessment.intervals import lower_bound, wilson_low
from adn.base.streams import Key

CORRELATION = 0.1
DRAWS = 2000


def failures(name: str, quality: float, sizes: np.ndarray) -> np.ndarray:
    """Return failures of each run in `DRAWS` worlds, of shape (DRAWS, runs)."""
    draw = Key.root(8).stream(name)
    spread = (1 - CORRELATION) / CORRELATION
    shape = (DRAWS, len(sizes))
    bad = draw.beta((1 - quality) * spread, quality * spread, shape)
    return draw.binomial(sizes, bad)


def given(sizes: np.ndarray, failed: np.ndarray) -> float:
    """Return the share of the worlds in which 0.90 is shown."""
    bounds = [lower_bound(sizes.tolist(), row.tolist()).low for row in failed]
    return sum(low is not None and low >= TARGET for low in bounds) / len(bounds)


@pytest.mark.parametrize("runs", [8, 20, 40])
@pytest.mark.parametrize("quality", [0.88, 0.90])
def test_a_level_is_rarely_given_in_error(runs: int, quality: float) -> None:
    """At a true share of at most 0.90, no more than one world in twenty earns it."""
    sizes = np.full(runs, 10)
    assert given(sizes, failures(f"alike/{runs}", quality, sizes)) <= 0.05


def test_a_level_is_rarely_given_in_error_where_runs_differ_in_length() -> None:
    """Between one instance and twenty a run."""
    sizes = np.arange(1, 21)
    assert given(sizes, failures("unlike", 0.88, sizes)) <= 0.05


def test_to_overlook_that_failures_come_in_bunches_would_give_levels_away() -> None:
    """The plain interval errs at least twice as often on the same worlds."""
    sizes = np.full(20, 10)
    failed = failures("alike/20", 0.90, sizes)
    plain = np.mean([wilson_low(1 - row.sum() / 200, 200) >= TARGET for row in failed])
    assert plain > 0.04
    assert given(sizes, failed) < plain / 2


def test_about_two_hundred_instances_make_level_four_likely() -> None:
    """Twelve tasks at a true share of 0.98: unlikely with 50, a toss with 100, sure at 200."""
    likely = {}
    for instances in (50, 100, 200):
        sizes = np.ones(instances, dtype=np.int64)
        failed = Key.root(8).stream(f"many/{instances}").binomial(1, 0.02, (DRAWS, instances))
        likely[instances] = given(sizes, failed) ** 12
    assert likely[50] < 0.2
    assert 0.3 < likely[100] < 0.8
    assert likely[200] > 0.95
