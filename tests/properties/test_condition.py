"""Condition is baseline plus what is active: nothing is undone, so nothing is left behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn import impairments, networks
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import MINUTE, SECOND
from adn.testing.trial import Trial
from adn.topology.network import Network
from adn.twin.fork import Fork
from adn.twin.impairments import Impairment, Overlay
from adn.twin.performance import Performance
from adn.twin.properties import PROPERTIES
from adn.twin.state import State


def columns(overlay: Overlay) -> dict[str, bytes]:
    return {key: overlay.column(key).tobytes() for key in PROPERTIES}


def state_bytes(state: State) -> dict[str, bytes]:
    return {name: getattr(state, name).tobytes() for name in State.__dataclass_fields__}


def performance_bytes(performance: Performance) -> list[bytes]:
    services = performance.services
    return [
        column.tobytes()
        for column in (
            services.loss,
            services.latency_ms,
            services.rate_bps,
            services.reachable,
            performance.utilisation,
            performance.overload,
            performance.discards,
            performance.outside,
            performance.down,
        )
    ]


@st.composite
def faulty(draw: st.DrawFn) -> tuple[Network, list[Impairment], list[Impairment]]:
    """Draw a network, impairments, and another order of the same."""
    network = draw(networks)
    rows = draw(impairments(network))
    return network, rows, draw(st.permutations(rows))


@settings(max_examples=150, deadline=None)
@given(faulty())
def test_restore(drawn: tuple[Network, list[Impairment], list[Impairment]]) -> None:
    """Any impairments, ended in any order, leave condition and settled performance as built."""
    network, rows, order = drawn
    baseline = Overlay(network)
    trial = Trial(network)
    fork = trial.twin.fork()
    healthy = performance_bytes(fork.settled())
    overlay = Overlay(network)
    for row in rows:
        overlay.add(row)
    for row in order:
        assert overlay.remove(row.id)
    assert columns(overlay) == columns(baseline)
    assert state_bytes(State.of(network, overlay)) == state_bytes(State.of(network, baseline))
    after = Fork(network, fork.forwarding, overlay, fork.configuration, fork.demand_bps)
    assert performance_bytes(after.settled()) == healthy


@settings(max_examples=150, deadline=None)
@given(faulty())
def test_overlay(drawn: tuple[Network, list[Impairment], list[Impairment]]) -> None:
    """The order in which impairments begin does not matter."""
    network, rows, order = drawn
    one, other = Overlay(network, rows), Overlay(network, order)
    assert columns(one) == columns(other)
    for owner in ("FLT-0000", "FLT-0001"):
        assert columns(one.without(owner)) == columns(
            Overlay(network, (row for row in rows if row.owner != owner))
        )
    for key, prop in PROPERTIES.items():
        assert (one.column(key) >= prop.low).all()
        assert (one.column(key) <= prop.high).all()


@settings(max_examples=40, deadline=None)
@given(faulty(), st.lists(st.integers(0, 20), min_size=16, max_size=16))
def test_restore_in_time(
    drawn: tuple[Network, list[Impairment], list[Impairment]], gaps: list[int]
) -> None:
    """The same with routing and alarms in time: all ends as it began, and no alarm stands."""
    network, rows, order = drawn
    trial = Trial(network)
    trial.run(30 * SECOND)
    before = performance_bytes(trial.twin.performance)
    for row, gap in zip(rows, gaps, strict=False):
        trial.twin.impair(row, "fault")
        trial.run(gap * SECOND)
    for row, gap in zip(order, gaps[8:], strict=False):
        trial.relieve(row)
        trial.run(gap * SECOND)
    trial.run(2 * MINUTE)
    assert performance_bytes(trial.twin.performance) == before
    assert trial.twin._control.adjacent.all()
    assert len(set(trial.twin.forwarding.node_view.tolist())) == 1
    raised = [alarm for _, alarm in trial.alarms if alarm.perceived_severity != "cleared"]
    cleared = [alarm for _, alarm in trial.alarms if alarm.perceived_severity == "cleared"]
    assert sorted(a.alarm_id for a in raised) == sorted(a.alarm_id for a in cleared)


@settings(max_examples=60, deadline=None)
@given(
    faulty(),
    st.lists(st.integers(0, 40), min_size=16, max_size=16),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 65_535)), max_size=3),
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=3),
)
def test_settle(
    drawn: tuple[Network, list[Impairment], list[Impairment]],
    gaps: list[int],
    ended: list[bool],
    metrics: list[tuple[int, int]],
    drains: list[tuple[int, bool]],
) -> None:
    """Left alone, the network comes to where a fork says that it will settle."""
    network, rows, order = drawn
    trial = Trial(network)
    trial.run(10 * SECOND)
    for row, gap in zip(rows, gaps, strict=False):
        trial.twin.impair(row, "fault")
        if metrics and gap % 3 == 0:
            link, cost = metrics.pop()
            name = network.links[link % len(network.links)]
            trial.send("set-link-cost", name, {"cost": cost})
        if drains and gap % 3 == 1:
            place, drained = drains.pop()
            element = network.elements[place % len(network.elements)]
            trial.send("drain-element", element, {"drained": drained})
        trial.run(gap * SECOND)
    for row, gap, over in zip(order, gaps[8:], ended, strict=False):
        if over:
            trial.relieve(row)
            trial.run(gap * SECOND)
    trial.run(2 * MINUTE)
    fork = trial.twin.fork()
    afresh = fork.forwarding.fork()
    afresh._dirty[:] = True  # traces every flow group again, not only those that may have changed
    settled = replace(fork, forwarding=afresh).settled()
    now = trial.twin.performance
    assert (now.down == settled.down).all()
    assert np.array_equal(now.services.loss, settled.services.loss)
    assert np.array_equal(now.services.latency_ms, settled.services.latency_ms, equal_nan=True)
    assert np.array_equal(now.overload, settled.overload)
