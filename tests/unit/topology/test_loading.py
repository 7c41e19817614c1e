"""The healthy load is that of per-hop even sharing, and rates are the smallest that carry it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.routing import Fabric, direction_costs, even_split
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link
from adn.topology.loading import LINE_RATES_BPS, healthy_load, smallest_rate


def test_a_diamond_shares_evenly_over_both_sides() -> None:
    # 0-1-3 and 0-2-3 cost the same; 3-4 carries all.
    a, z, cost = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 3, 3, 4]), np.array([5, 5, 5, 5, 1])
    demand = np.zeros((5, 5))
    demand[0, 4] = 8.0
    forward, backward = healthy_load(a, z, cost, demand)
    assert forward.tolist() == [4.0, 4.0, 4.0, 4.0, 8.0]
    assert backward.tolist() == [0.0] * 5


def test_parallel_links_of_equal_cost_share_and_dearer_ones_stay_empty() -> None:
    a, z, cost = np.array([0, 0, 0]), np.array([1, 1, 1]), np.array([7, 7, 8])
    forward, backward = healthy_load(a, z, cost, np.array([[0.0, 6.0], [2.0, 0.0]]))
    assert forward.tolist() == [3.0, 3.0, 0.0]
    assert backward.tolist() == [1.0, 1.0, 0.0]


def test_demand_without_a_path_loads_nothing() -> None:
    demand = np.zeros((3, 3))
    demand[0, 2] = 5.0
    forward, backward = healthy_load(np.array([0]), np.array([1]), np.array([1]), demand)
    assert forward.tolist() == [0.0]
    assert backward.tolist() == [0.0]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_load_is_what_routing_makes_of_the_same_demands(data: st.DataObject) -> None:
    """The sizing rule and the routing physics are separate code and must agree."""
    count = data.draw(st.integers(2, 7))
    ends = [(i, j) for i in range(count) for j in range(i + 1, count)]
    chosen = data.draw(st.lists(st.sampled_from(ends), min_size=1, max_size=12, unique=True))
    costs = data.draw(st.lists(st.integers(1, 3), min_size=len(chosen), max_size=len(chosen)))
    builder = NetworkBuilder("drawn")
    for i in range(count):
        builder.add_element(f"n{i}")
    for (i, j), cost in zip(chosen, costs, strict=True):
        builder.add_link(Link(f"n{i}~n{j}", f"n{i}", f"n{j}", 1e9, 1.0, cost))
    network = builder.build()
    demand = np.array(
        [
            [0.0 if i == j else float((i * 7 + j * 3) % 5 + 1) for j in range(count)]
            for i in range(count)
        ]
    )
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(cost.size, dtype=bool)
    sources, targets = (rows.astype(np.int64) for rows in np.nonzero(demand))
    shares = even_split(fabric, cost, up, sources, targets)
    expected = shares.T @ demand[sources, targets]
    forward, backward = healthy_load(network.link_a, network.link_z, network.cost, demand)
    np.testing.assert_allclose(np.column_stack([forward, backward]).ravel(), expected, atol=1e-9)


@given(st.floats(0, 1e14), st.floats(0.05, 1.0))
def test_a_rate_carries_its_load_and_the_next_smaller_would_not(load: float, share: float) -> None:
    rate = smallest_rate(load, share)
    assert load <= share * rate * (1 + 1e-9)
    largest = LINE_RATES_BPS[-1]
    if rate in LINE_RATES_BPS:
        smaller = [each for each in LINE_RATES_BPS if each < rate]
        assert not smaller or load > share * smaller[-1]
    else:
        assert rate % largest == 0
        assert load > share * (rate - largest)


@pytest.mark.parametrize("last_bit", [20e9, 20.000000000000004e9])
def test_the_last_bit_of_a_sum_does_not_choose_the_rate(last_bit: float) -> None:
    assert smallest_rate(last_bit, 0.5) == 40e9
