"""Natural failures hang on names alone: not on what else there is, nor on the order of anything."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import DAY
from adn.base.streams import Key
from adn.faults.changes import works
from adn.faults.processes import Arrival, arrivals
from adn.faults.rates import YEAR, published_rates
from adn.testing.trial import ring
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import NetworkRows
from adn.topology.network import Network

RATES = published_rates()
PROCESSES = [
    "fibre-cut",
    "fibre-cut-by-vendor",
    "trunk-link-down",
    "frame-corruption",
    "daemon-down",
]


def joined(*networks: Network) -> Network:
    """Return networks side by side, nothing between them."""
    first, *others = (network.rows for network in networks)
    held = {
        name: tuple(row for rows in (first, *others) for row in getattr(rows, name))
        for name in ("sites", "elements", "ducts", "links", "services", "feeds", "cards")
    }
    return NetworkBuilder.from_rows(replace(first, **held)).build()


def failures(network: Network, process: str, seed: int, scale: float = 50.0) -> list[Arrival]:
    return arrivals(network, process, RATES, Key.root(seed), YEAR // 4, scale)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 8), st.integers(3, 6), st.sampled_from(PROCESSES), st.integers(0, 99))
def test_island(n: int, island: int, process: str, seed: int) -> None:
    """An island beside a network shifts none of its failures."""
    alone = ring(n)
    both = failures(joined(alone, ring(island, prefix="x")), process, seed)
    assert [one for one in both if "x" not in one.target] == failures(alone, process, seed)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 8), st.sampled_from(PROCESSES), st.integers(0, 99), st.randoms())
def test_relabelling(n: int, process: str, seed: int, shuffle: object) -> None:
    """Rows in another order are the same network; failures go with the names."""
    rows = ring(n).rows
    mixed = {}
    for name in ("elements", "ducts", "links"):
        held = list(getattr(rows, name))
        shuffle.shuffle(held)  # type: ignore[attr-defined]
        mixed[name] = tuple(held)
    other: NetworkRows = replace(rows, **mixed)
    assert failures(NetworkBuilder.from_rows(other).build(), process, seed) == failures(
        ring(n), process, seed
    )


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PROCESSES), st.integers(0, 99), st.floats(1.5, 20.0))
def test_scale_brings_failures_sooner_and_lets_them_last_as_long(
    process: str, seed: int, scale: float
) -> None:
    """Of each object's first failure: the time is divided by the scale, all else is kept."""
    first: dict[str, Arrival] = {}
    for one in failures(ring(6), process, seed, 50.0):
        first.setdefault(one.target, one)
    sooner: dict[str, Arrival] = {}
    for one in failures(ring(6), process, seed, 50.0 * scale):
        sooner.setdefault(one.target, one)
    assert set(first) <= set(sooner)
    for name, one in first.items():
        assert abs(sooner[name].at * scale - one.at) <= scale
        assert replace(sooner[name], at=one.at) == one


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 8), st.integers(0, 99), st.integers(0, DAY - 1))
def test_work_is_each_elements_own(n: int, seed: int, starts: int) -> None:
    """An island shifts no work, and work keeps to the night whenever the run starts."""
    key, process = Key.root(seed), RATES.maintenance
    alone = works(ring(n), process, key, starts, 60 * DAY, 20.0)
    both = works(joined(ring(n), ring(4, prefix="x")), process, key, starts, 60 * DAY, 20.0)
    assert [one for one in both if "x" not in one.element] == alone
    assert all((one.at + starts) % DAY < 5 * DAY / 24 for one in alone)
    assert alone == sorted(alone, key=lambda one: (one.at, one.element))
