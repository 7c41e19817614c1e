"""Traffic engineering relieves what is overloaded and never makes the worst overload worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.engineering import TARGET, Lines, Traffic, police, relieve, shares_with
from adn.physics.routing import Fabric, direction_costs, even_split
from adn.physics.traffic import offered_load, propagation_ms
from adn.topology.elements import Link, NetworkElement, NetworkRows, Service, Sla
from adn.topology.network import Network


def ring(n: int, chords: int, rates: list[float], latency_ms: float = 100.0) -> Network:
    """A ring of n elements with chords from element 0, and services between drawn pairs."""
    pairs = [(i, (i + 1) % n) for i in range(n)] + [(0, 2 + c) for c in range(chords)]
    links = tuple(
        Link(f"n{a}~n{z}", f"n{a}", f"n{z}", 1e9, 100.0)
        for a, z in sorted({(min(p), max(p)) for p in pairs})
    )
    services = tuple(
        Service(
            f"s{i:03d}", "data", f"n{i % n}", f"n{(i * 3 + 1 + i // n) % n}", rate,
            Sla(latency_ms, 0.5), elastic=i % 2 == 0,
        )
        for i, rate in enumerate(rates)
        if i % n != (i * 3 + 1 + i // n) % n
    )  # fmt: skip
    elements = tuple(NetworkElement(f"n{i}") for i in range(n))
    return Network.from_rows(NetworkRows("ring", elements=elements, links=links, services=services))


def setting(net: Network, cut: int | None = None):
    fabric, cost = Fabric.of(net), direction_costs(net)
    up = np.ones(fabric.directions, dtype=bool)
    if cut is not None:
        up[2 * cut : 2 * cut + 2] = False
    shares = even_split(fabric, cost, up, net.service_a, net.service_z)
    delay = np.repeat(propagation_ms(net.length_km), 2)
    lines = Lines(up, np.repeat(net.capacity_bps, 2), delay)
    movable = np.ones(len(net.services), dtype=bool)
    traffic = Traffic(net.service_a, net.service_z, net.demand_bps, net.latency_limit_ms, movable)
    return fabric, lines, traffic, shares


networks = st.builds(
    ring,
    st.integers(4, 8),
    st.integers(0, 2),
    st.lists(st.floats(1e6, 8e8), min_size=1, max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 3))
def test_relief_never_makes_the_worst_overload_worse(net, cut):
    fabric, lines, traffic, shares = setting(net, cut)
    before = offered_load(shares, traffic.rate_bps) / lines.capacity_bps
    routes = relieve(fabric, lines, traffic, shares)
    after = offered_load(shares_with(shares, routes), traffic.rate_bps) / lines.capacity_bps
    assert after.max() <= max(before.max(), TARGET) + 1e-9


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 3))
def test_relief_gives_paths_that_join_the_ends_over_usable_directions(net, cut):
    fabric, lines, traffic, shares = setting(net, cut)
    for row, path in relieve(fabric, lines, traffic, shares).items():
        assert lines.up[list(path)].all()
        at = int(net.service_a[row])
        for direction in path:
            assert fabric.tail[direction] == at
            at = int(fabric.head[direction])
        assert at == net.service_z[row]


@settings(max_examples=60, deadline=None)
@given(networks)
def test_policing_stays_between_floor_and_one_and_never_adds_load(net):
    _, lines, traffic, shares = setting(net)
    floor = np.where(net.elastic, 0.5, 1.0)
    admitted = police(lines, shares, traffic.rate_bps, floor)
    assert (admitted >= floor - 1e-9).all()
    assert (admitted <= 1.0 + 1e-9).all()
    before = offered_load(shares, traffic.rate_bps)
    after = offered_load(shares, traffic.rate_bps * admitted)
    assert (after <= before + 1e-3).all()
    floored = offered_load(shares, traffic.rate_bps * floor)
    fits = floored <= TARGET * lines.capacity_bps
    assert (after[fits] <= TARGET * lines.capacity_bps[fits] * (1 + 1e-6)).all()


def test_nothing_is_moved_or_policed_where_everything_fits():
    net = ring(6, 1, [1e6] * 12)
    fabric, lines, traffic, shares = setting(net)
    assert relieve(fabric, lines, traffic, shares) == {}
    assert (police(lines, shares, traffic.rate_bps, np.where(net.elastic, 0.5, 1.0)) == 1.0).all()


def test_an_avoided_direction_is_emptied_though_it_is_not_full():
    net = ring(6, 1, [1e6] * 12)
    fabric, lines, traffic, shares = setting(net)
    loaded = int(np.argmax(offered_load(shares, traffic.rate_bps)))
    avoid = np.zeros(fabric.directions, dtype=bool)
    avoid[loaded] = True
    routes = relieve(fabric, lines, traffic, shares, avoid=avoid)
    assert offered_load(shares_with(shares, routes), traffic.rate_bps)[loaded] == 0.0


def test_a_service_is_not_moved_onto_a_path_slower_than_its_limit():
    net = ring(6, 0, [9.5e8], latency_ms=0.6)
    fabric, lines, traffic, shares = setting(net)
    assert offered_load(shares, traffic.rate_bps).max() > TARGET * 1e9
    assert relieve(fabric, lines, traffic, shares) == {}


def test_an_overload_that_has_an_alternative_is_mended_by_moving():
    ends = [("n0", "n1"), ("n0", "n2"), ("n1", "n3"), ("n2", "n3")]
    links = tuple(
        Link(f"{a}~{z}", a, z, 1e9, 100.0, cost=1 if "n1" in (a, z) else 5) for a, z in ends
    )
    services = tuple(Service(f"s{i}", "data", "n0", "n3", 4e8, Sla(100.0, 0.01)) for i in range(3))
    elements = tuple(NetworkElement(f"n{i}") for i in range(4))
    net = Network.from_rows(NetworkRows("two", elements=elements, links=links, services=services))
    fabric, lines, traffic, shares = setting(net)
    routes = relieve(fabric, lines, traffic, shares)
    load = offered_load(shares_with(shares, routes), traffic.rate_bps)
    assert list(routes) == [0]
    assert load.max() == pytest.approx(8e8)
