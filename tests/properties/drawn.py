"""What the properties of this folder draw: small networks, faults and happenings."""

from __future__ import annotations

from hypothesis import strategies as st

from adn.base.clock import SECOND
from adn.faults.injector import PlannedFault, impairments_of
from adn.faults.kinds import FaultKind, built_in_kinds
from adn.testing.networks import clos, equipped
from adn.testing.trial import ring
from adn.topology.network import Network
from adn.twin.impairments import Impairment, names_of
from adn.twin.properties import PROPERTIES, Table


def sound_ring(n: int, chord: bool) -> Network:
    """Return a ring with cards and feeds, and with a chord where there is room for one."""
    return equipped(ring(n, chords=[(0, 2)] if chord and n > 3 else []))


rings = st.builds(sound_ring, st.integers(3, 6), st.booleans())
networks = st.one_of(rings, st.builds(clos))


def objects(network: Network, table: Table) -> tuple[str, ...]:
    """Return the ids of a table."""
    return names_of(network, table).ids


@st.composite
def impairment(draw: st.DrawFn, network: Network, number: int) -> Impairment:
    """Draw one impairment of any condition, of any operation and of a legal value."""
    prop = PROPERTIES[draw(st.sampled_from(sorted(PROPERTIES)))]
    name = draw(st.sampled_from(objects(network, prop.table)))
    op = draw(st.sampled_from(("set", "add", "scale")))
    value = draw(st.floats(prop.low, prop.high)) if op != "scale" else draw(st.floats(0.0, 2.0))
    if prop.unit == "flag":
        op, value = "set", 1.0
    if prop.unit == "count":
        op, value = "set", float(draw(st.sampled_from((1, 2, 3, 20, 2000, 65_535))))
        value = min(value, prop.high)
    owner = f"FLT-{number % 3:04d}"
    return Impairment(f"{owner}/{number}", owner, prop.key, name, op, value, prop.part)


@st.composite
def impairments(draw: st.DrawFn, network: Network, most: int = 8) -> list[Impairment]:
    """Draw some impairments."""
    count = draw(st.integers(0, most))
    return [draw(impairment(network, number)) for number in range(count)]


@st.composite
def fault(draw: st.DrawFn, network: Network, number: int, most_s: int = 120) -> PlannedFault:
    """Draw a fault of a built-in kind within the first two minutes."""
    kind: FaultKind = draw(st.sampled_from(list(built_in_kinds().values())))
    target = draw(st.sampled_from(objects(network, kind.target)))
    params = {name: draw(st.floats(p.low, p.high)) for name, p in kind.parameters.items()}
    at = draw(st.integers(1, most_s)) * SECOND
    return PlannedFault(f"FLT-{number:04d}", kind, target, at, params)


def all_impairments(network: Network, planned: PlannedFault) -> list[Impairment]:
    """Return the impairments of a fault at full strength."""
    return [
        row
        for spec in range(len(planned.kind.impairments))
        for row in impairments_of(network, planned, spec)
    ]
