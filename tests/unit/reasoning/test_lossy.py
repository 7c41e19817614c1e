"""Lossy directions are found among very many; the bounded search names what a full one would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.closedloop.knowledge.losses import fit_lossy
from adn.closedloop.knowledge.lossy import lossy_directions, synthetic

PRIOR = -13.0


def named(losses, most: int = 8) -> list[int]:
    prior = np.full(losses.shares.shape[1], PRIOR)
    return [row.direction for row in lossy_directions(losses, prior, most)]


def test_five_lossy_directions_are_all_found_and_nothing_else_is_named():
    lossy = {3: 0.02, 500: 0.05, 1_777: 0.1, 2_500: 0.01, 3_999: 0.3}
    losses = synthetic(60_000, 4_000, lossy, hops=6, key=1)
    prior = np.full(4_000, PRIOR)
    found = lossy_directions(losses, prior, 8)
    assert {row.direction for row in found} == set(lossy)
    for row in found:
        assert row.rate == pytest.approx(lossy[row.direction], rel=0.1)


def test_where_nothing_is_lost_nothing_is_named():
    assert named(synthetic(2_000, 300, {}, hops=5, key=2)) == []


def test_what_was_given_is_left_as_it_was():
    losses = synthetic(2_000, 300, {7: 0.05}, hops=5, key=3)
    before = losses.residual.copy(), losses.variance.copy()
    assert named(losses) == [7]
    assert (losses.residual == before[0]).all()
    assert (losses.variance == before[1]).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.dictionaries(st.integers(0, 199), st.floats(0.01, 0.5), max_size=4)
)
def test_the_first_direction_named_is_the_best_of_all(key, lossy):
    losses = synthetic(1_500, 200, lossy, hops=4, key=key)
    posterior = fit_lossy(losses).gain + PRIOR
    best = int(np.argmax(posterior))
    found = named(losses, most=1)
    if posterior[best] <= 0.0:
        assert found == []
    else:
        assert posterior[found[0]] == pytest.approx(posterior[best])
