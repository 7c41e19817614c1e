"""Whole worlds: alarms pair up, strangers change nothing, names mean nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn import fault, networks, objects, rings, sound_ring
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import MINUTE, SECOND
from adn.faults.injector import PlannedFault
from adn.faults.kinds import built_in_kinds
from adn.northbound.alarms import Severity
from adn.testing.networks import equipped
from adn.testing.trial import Trial, plan_fault, quiet_world, ring
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import NetworkRows
from adn.topology.network import Network
from adn.twin.alarming import DEGRADED_LIMIT, UTILISATION_LIMIT
from adn.twin.properties import PROPERTIES


@st.composite
def struck(
    draw: st.DrawFn, among: st.SearchStrategy[Network] = networks
) -> tuple[Network, list[PlannedFault]]:
    """Draw a network and up to three faults of built-in kinds."""
    network = draw(among)
    count = draw(st.integers(1, 3))
    return network, [draw(fault(network, number)) for number in range(1, count + 1)]


def active(trial: Trial) -> set[tuple[str, str, str]]:
    """Return (object, problem, reporter) of alarms raised and not cleared, by notification."""
    held: dict[str, tuple[str, str, str]] = {}
    for alarm in sorted((a for _, a in trial.alarms), key=lambda a: a.notification_id):
        name = (alarm.managed_object, alarm.specific_problem, alarm.reported_by)
        if alarm.perceived_severity == Severity.CLEARED:
            assert held.pop(alarm.alarm_id) == name
        else:
            assert alarm.alarm_id not in held
            assert name not in held.values()
            held[alarm.alarm_id] = name
    return set(held.values())


def true_conditions(trial: Trial) -> set[tuple[str, str, str]]:
    """Return what every reachable element would have to say now."""
    network, twin = trial.network, trial.twin
    reachable = twin._managed & twin.state.element_up
    found = {row for row in of_links(trial) if reachable[network.elements.row(row[2])]}
    for row, name in enumerate(network.elements.ids):
        if reachable[row] and twin.state.power_partly[row]:
            found.add((name, "a power feed lost", name))
        if reachable[row] and twin.state.full[row] > 0.0:
            found.add((name, "forwarding table full", name))
    for row, name in enumerate(network.cards.ids):
        element = int(network.card_element[row])
        if reachable[element] and twin.state.card_failed[row]:
            found.add((name, "line card failed", network.elements[element]))
    return found


def of_links(trial: Trial) -> set[tuple[str, str, str]]:
    """Return what the ends of links would have to say now, could everybody be reached.

    A receiver reports a signal as degraded in which it meets more errors than it is content with,
    and one that has gone from the link's own fibre as lost, wherever its light comes from now. The
    end that switches a protected link says so while it is off its own fibre.
    """
    network, twin = trial.network, trial.twin
    found: set[tuple[str, str, str]] = set()
    for d, name in enumerate(network.directions.ids):
        head, tail = (network.elements[int(end[d])] for end in (network.head, network.tail))
        if not twin.state.own_lit[d]:
            found.add((name, "loss of signal", head))
        if twin.state.lit[d] and 10.0 ** twin.state.pre_fec[d] >= DEGRADED_LIMIT:
            found.add((name, "signal degraded", head))
        if twin.performance.overload[d] > UTILISATION_LIMIT:
            found.add((name, "utilisation", tail))
        if not twin._control.advertised[d]:
            found.add((network.links[d // 2], "adjacency lost", tail))
        if d % 2 == 0 and twin.state.way[d // 2] > 0:
            found.add((network.links[d // 2], "protection switched", tail))
    return found


@settings(max_examples=60, deadline=None)
@given(struck())
def test_alarms_pair_up(drawn: tuple[Network, list[PlannedFault]]) -> None:
    """At the end, what reachable elements have raised and not cleared is what is so.

    What has changed within the last seconds may be in its soak or on its way: it may have been
    heard of or not. A flap is left out altogether.
    """
    network, planned = drawn
    planned = [row for row in planned if row.kind.name != "link-flap"]
    trial = Trial(network, planned=planned)
    lately = []
    for second in range(292, 301):
        trial.to(second * SECOND)
        lately.append(true_conditions(trial))
    reachable = trial.twin._managed & trial.twin.state.element_up
    heard = {row for row in active(trial) if reachable[network.elements.row(row[2])]}
    assert set.intersection(*lately) <= heard <= set.union(*lately)


def with_island(network: Network) -> Network:
    """Return a network beside another that has no link to it."""
    island = equipped(ring(4, prefix="zz"))
    one, two = network.rows, island.rows
    return Network.from_rows(
        NetworkRows(
            "both",
            elements=one.elements + two.elements,
            ducts=one.ducts + two.ducts,
            links=one.links + two.links,
            services=one.services + two.services,
            feeds=one.feeds + two.feeds,
            cards=one.cards + two.cards,
        )
    )


def seen_of(trial: Trial, network: Network) -> list[bytes]:
    """Return all telemetry of the objects of `network`, alarms apart."""
    whole = trial.network
    names = {
        "service": (network.services, whole.services),
        "direction": (network.directions, whole.directions),
        "element": (network.elements, whole.elements),
    }
    found = []
    for at, frame in trial.frames:
        own, every = names[frame.table]
        rows = every.rows(own.ids)
        found.append(f"{at} {frame.table}".encode() + frame.values[:, rows].tobytes())
    return found


@settings(max_examples=30, deadline=None)
@given(struck())
def test_island(drawn: tuple[Network, list[PlannedFault]]) -> None:
    """A network that is not connected changes nothing: reports, alarms, paths, truth."""
    network, planned = drawn
    alone = Trial(
        network,
        quiet_world(network, management=network.elements[0], variation=0.05),
        planned=planned,
    )
    both = with_island(network)
    beside = Trial(
        both, quiet_world(both, management=network.elements[0], variation=0.05), planned=planned
    )
    for trial in (alone, beside):
        trial.to(4 * MINUTE)
    assert seen_of(alone, network) == seen_of(beside, network)
    assert alone.alarms == beside.alarms
    assert [row.line(0) for row in alone.truths] == [row.line(0) for row in beside.truths]
    rows = both.services.rows(network.services.ids)
    one, other = alone.twin.performance.services, beside.twin.performance.services
    assert np.array_equal(one.loss, other.loss[rows])
    assert np.array_equal(one.latency_ms, other.latency_ms[rows], equal_nan=True)
    flows = np.isin(beside.twin.forwarding.flows.service, rows)
    paths = beside.twin.forwarding.paths[flows]
    names = np.array([*both.directions.ids, ""])
    own = np.array([*network.directions.ids, ""])
    for mine, theirs in zip(own[alone.twin.forwarding.paths], names[paths], strict=True):
        assert [name for name in mine if name] == [name for name in theirs if name]


@settings(max_examples=15, deadline=None)
@given(struck())
def test_trouble_elsewhere(drawn: tuple[Network, list[PlannedFault]]) -> None:
    """Trouble in a network that is not connected shifts no draw: same reports, same alarms."""
    network, planned = drawn
    both = with_island(network)
    elsewhere = plan_fault(
        built_in_kinds()["link-down"], both.links_of("zz0")[0], 30 * SECOND, number=9
    )
    runs = [
        Trial(
            both, quiet_world(both, management=network.elements[0], variation=0.05), planned=faults
        )
        for faults in (planned, [*planned, elsewhere])
    ]
    for trial in runs:
        trial.to(4 * MINUTE)
    calm, troubled = runs
    assert any(row.kind == "fault.onset" and row.id == elsewhere.id for row in troubled.truths)
    assert seen_of(calm, network) == seen_of(troubled, network)
    stripped = [
        [(at, replace(alarm, notification_id=0, alarm_id="")) for at, alarm in trial.alarms]
        for trial in runs
    ]
    assert stripped[0] == stripped[1]


def renamed(network: Network, names: dict[str, str]) -> tuple[Network, dict[str, str]]:
    """Return the network under other element names, services keeping theirs; and all new names."""
    rows = network.rows
    table = dict(names)
    links = []
    for link in rows.links:
        a, z = names[link.a], names[link.z]
        ducts = tuple(f"duct:{a}~{z}" for _ in link.ducts)
        links.append(replace(link, id=f"{a}~{z}", a=a, z=z, ducts=ducts))
        table |= {link.id: f"{a}~{z}", link.ducts[0]: ducts[0]}
        table |= {f"{link.a}>{link.z}": f"{a}>{z}", f"{link.z}>{link.a}": f"{z}>{a}"}
    table |= {row.id: row.id for row in (*rows.cards, *rows.feeds)}
    found = Network.from_rows(
        NetworkRows(
            rows.name,
            elements=tuple(replace(row, id=names[row.id]) for row in rows.elements),
            ducts=tuple(replace(row, id=table[row.id]) for row in rows.ducts),
            links=tuple(links),
            services=tuple(replace(row, a=names[row.a], z=names[row.z]) for row in rows.services),
            feeds=rows.feeds,
            cards=tuple(replace(row, element=names[row.element]) for row in rows.cards),
        )
    )
    return found, table


@st.composite
def relabelled(draw: st.DrawFn) -> tuple[Network, Network, dict[str, str], list[PlannedFault]]:
    network, planned = draw(struck(rings))
    # A flap comes and goes by its name, and a wrong metric may make paths tie.
    planned = [row for row in planned if row.kind.name not in {"link-flap", "igp-cost-error"}]
    ids = network.elements.ids
    fresh = [f"x{number}" for number in range(len(ids))]
    other, table = renamed(network, dict(zip(ids, draw(st.permutations(fresh)), strict=True)))
    return network, other, table, planned


@settings(max_examples=40, deadline=None)
@given(relabelled())
def test_relabel(drawn: tuple[Network, Network, dict[str, str], list[PlannedFault]]) -> None:
    """Where no paths tie, other names give other names and nothing else, noise apart."""
    network, other, table, planned = drawn
    moved = [replace(row, target=table[row.target]) for row in planned]
    one = Trial(network, quiet_world(network, management="n0"), planned=planned)
    two = Trial(other, quiet_world(other, management=table["n0"]), planned=moved)
    for trial in (one, two):
        trial.to(4 * MINUTE)
    for name in ("loss", "rate_bps", "reachable", "latency_ms"):
        mine = getattr(one.twin.performance.services, name)
        theirs = getattr(two.twin.performance.services, name)
        assert np.array_equal(mine, theirs, equal_nan=name == "latency_ms"), name
    rows = other.directions.rows(table[name] for name in network.directions.ids)
    assert np.array_equal(one.twin.performance.overload, two.twin.performance.overload[rows])
    assert np.array_equal(one.twin.state.rx_dbm, two.twin.state.rx_dbm[rows])
    standing = {(table[obj], problem, table[who]) for obj, problem, who in active(one)}
    assert standing == active(two)


def test_the_drawn_networks_are_sound_and_every_condition_can_be_drawn() -> None:
    """Else the properties above would hold of nothing."""
    network = sound_ring(6, chord=True)
    NetworkBuilder.from_rows(network.rows).build()
    for prop in PROPERTIES.values():
        assert objects(network, prop.table)
