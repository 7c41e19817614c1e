"""In a lossless fabric nothing is lost and nothing overfull; congestion spreads backwards."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.pausing import Pauses, pauses

Paths = list[list[int]]


def told(paths: Paths, capacity: list[float], wanted: list[float]) -> Pauses:
    """Return what pauses do to flows along paths over lossless directions."""
    first = np.cumsum([0, *[len(path) for path in paths]])[:-1]
    hops = np.array([hop for path in paths for hop in path])
    line = np.array(capacity)
    return pauses(hops, first, line, np.array(wanted), np.ones(len(line), dtype=bool))


def load_of(paths: Paths, rates: np.ndarray, directions: int) -> np.ndarray:
    load = np.zeros(directions)
    for path, rate in zip(paths, rates, strict=True):
        for hop in path:
            load[hop] += rate
    return load


@st.composite
def fabrics(draw: st.DrawFn) -> tuple[Paths, list[float], list[float]]:
    """Draw flows that climb through directions in order, so that none waits in a circle."""
    width = draw(st.integers(2, 7))
    paths = [
        sorted(draw(st.sets(st.integers(0, width - 1), min_size=1, max_size=4)))
        for _ in range(draw(st.integers(1, 12)))
    ]
    size = st.floats(0.5, 40.0)
    return paths, [draw(size) for _ in range(width)], [draw(size) for _ in paths]


@settings(max_examples=300, deadline=None)
@given(fabrics())
def test_no_direction_carries_more_than_it_can_and_all_that_is_sent_arrives(
    case: tuple[Paths, list[float], list[float]],
) -> None:
    """What enters a direction leaves it: flows are slowed where they begin, and dropped nowhere."""
    paths, capacity, wanted = case
    found = told(*case)
    load = load_of(paths, np.array(wanted) * found.passes, len(capacity))
    assert (load <= np.array(capacity) * (1 + 1e-9)).all()
    assert ((found.passes >= 0.0) & (found.passes <= 1.0)).all()
    assert ((found.paused >= 0.0) & (found.paused <= 1.0)).all()
    assert not found.stuck.any()


@settings(max_examples=300, deadline=None)
@given(fabrics())
def test_nobody_passes_on_more_than_the_next_takes(
    case: tuple[Paths, list[float], list[float]],
) -> None:
    paths, _, _ = case
    found = told(*case)
    for path in paths:
        for before, after in itertools.pairwise(path):
            assert found.held[before] <= found.held[after]


def test_a_fabric_with_room_is_left_alone() -> None:
    found = told([[0, 1], [0, 2]], [10.0, 10.0, 10.0], [4.0, 5.0])
    assert (found.passes == 1.0).all()
    assert not found.full.any()
    assert (found.paused == 0.0).all()


def test_a_victim_is_slowed_though_it_never_comes_near_the_full_port() -> None:
    """Two senders meet at port 2; a third flow shares the first's way only, and is paused with it.

    Port 2 takes 10 of 20, so direction 0 may pass on half of the 15 that it is offered, and the
    victim's 5 are among them.
    """
    found = told([[0, 2], [1, 2], [0, 3]], [20.0, 20.0, 10.0, 10.0], [10.0, 10.0, 5.0])
    assert found.passes == pytest.approx([0.5, 0.5, 0.5])
    assert found.full.tolist() == [False, False, True, False]
    assert found.paused[0] == pytest.approx(1.0 - 0.5 * 15.0 / 20.0)
    assert found.paused[3] == 0.0


def test_only_a_flow_that_shares_no_direction_with_the_congested_is_spared() -> None:
    found = told([[0, 2], [1, 2], [4, 3]], [20.0, 20.0, 10.0, 10.0, 20.0], [10.0, 10.0, 5.0])
    assert found.passes == pytest.approx([0.5, 0.5, 1.0])


def test_pauses_go_on_backwards_from_the_path_of_one_flow_to_that_of_another() -> None:
    """What waits for port 5 holds up port 3, and so what comes to it the long way from port 0."""
    paths = [[0, 1, 2, 3], [3, 4, 5]]
    found = told(paths, [9.0, 9.0, 9.0, 9.0, 9.0, 1.0], [1.0, 3.0])
    assert found.held == pytest.approx([1 / 3] * 6)
    assert found.passes == pytest.approx([1 / 3, 1 / 3])


def test_directions_that_wait_for_each_other_in_a_circle_are_stuck() -> None:
    paths = [[0, 1], [1, 2], [2, 0]]
    found = told(paths, [10.0, 10.0, 10.0], [10.0, 10.0, 10.0])
    assert found.stuck.all()
