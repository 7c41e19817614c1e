"""What was seen, as items of evidence: each says of one object whether one thing shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.closedloop.departing import Departure
from adn.closedloop.knowledge.flapping import coming_and_going
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.items import Item, Key
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import Command, CommandResult
from adn.northbound.telemetry import Table
from adn.topology.elements import direction_ids

GONE_DB: Final = 10.0
"""A drop of received light beyond this is a break, below it a degradation (assumption)."""

CORRECTABLE: Final = -1.0
"""Decimal logarithm of a bit error ratio above which a receiver has no signal (assumption)."""

LOST_SHARE: Final = 5e-4
"""Share of ten thousand test packets, or of queued traffic, above which loss is real: a handful
of packets, well above the noise of either measurement (assumption)."""

DAMAGED_SHARE: Final = 1e-4
"""Share of test packets above which damage is real: no port damages frames in health, and two
packets in ten thousand are no stray (assumption)."""

_OTDR_KM: Final = 0.1
_OTDR_SHARE: Final = 0.005
"""Reflectometry and records agree to this much of a length (assumption)."""

_CAUSES: Final[Mapping[ProbableCause, tuple[str, str]]] = {
    ProbableCause.LOSS_OF_SIGNAL: ("loss-of-signal", "direction"),
    ProbableCause.DEGRADED_SIGNAL: ("bit-errors", "direction"),
    ProbableCause.LOSS_OF_REDUNDANCY: ("switched", "link"),
    ProbableCause.ADJACENCY_DOWN: ("adjacency-lost", "link"),
    ProbableCause.THRESHOLD_CROSSED: ("overload", "direction"),
    ProbableCause.POWER_PROBLEM: ("power-alarm", "element"),
    ProbableCause.SOFTWARE_ERROR: ("process-alarm", "element"),
    ProbableCause.EQUIPMENT_FAULT: ("card-alarm", "card"),
    ProbableCause.TABLE_FULL: ("table-alarm", "element"),
}

FULL_ROOM: Final = 0.02
"""A forwarding table with less of its entries free than this is full (assumption)."""

_IDLE_SHARE: Final = 0.2
_IDLE_LEAST: Final = 0.03
"""A direction that carried this much and now carries less than a fifth of it is idle."""

_SWOLLEN_SHARE: Final = 1.4
_SWOLLEN_LEAST: Final = 0.08
"""A direction that carries so many times what it carried, and so much more, is swollen."""

STALE: Final[Millis] = 90 * SECOND
"""What began so long before an incident is not of it: clocks are skewed, alarms soak, minutes are
polled (assumption)."""

_EARLY: Final[Millis] = 30 * SECOND
"""How long before the first sign of trouble its traces in loads may begin (assumption)."""

_MOST_ALIKE: Final = 12
"""So many directions that drop, swell or lie idle are told of, the worst: the others are
consequences of the same and count for nothing new (assumption)."""

_FEW: Final = 3
_FEW_SHARE: Final = 0.02
"""Fewer slow services than this are taken for noise (assumption). More are one item of evidence:
they share a cause, so each counts for nothing new."""


@dataclass(frozen=True)
class Scope:
    """What of all that is seen concerns one incident.

    What began long before it, at objects that it does not name, is another's.

    Attributes:
        since: When its first sign was measured, simulated ms.
        named: Objects and services that it names; with none, everything concerns it.
    """

    since: Millis
    named: frozenset[str] = frozenset()

    def concerns(self, name: str, at: Millis) -> bool:
        """Return whether something seen at an object since some instant is of the incident."""
        return not self.named or at >= self.since - STALE or name in self.named


def gather(view: View, graph: KnowledgeGraph, scope: Scope) -> dict[Key, Item]:
    """Return the evidence in a view, sorted by kind and object; unknown objects are adopted.

    Args:
        view: What has been seen.
        graph: Grows by objects that no record knows.
        scope: The incident; answers to probes that finished before it are out of date.
    """
    items: dict[Key, Item] = {}
    since = scope.since
    mute = sorted(name for name in view.silent if not view.announced(name, view.now))
    for found in (
        *_from_alarms(view, graph, scope),
        *coming_and_going(view, graph, since),
        *_from_series(view, graph, scope),
        *_from_loads(view, since),
        *(Item("silent", name, True, f"{name} reports nothing") for name in mute),
        *_from_probes(view, graph, since),
    ):
        items[found.key] = found
    return dict(sorted(items.items()))


def _from_alarms(view: View, graph: KnowledgeGraph, scope: Scope) -> Iterator[Item]:
    for name, alarm in sorted(view.active_alarms.items()):
        known = _CAUSES.get(alarm.probable_cause)
        if known is None or view.announced(alarm.managed_object, view.now):
            continue
        if not scope.concerns(alarm.managed_object, alarm.event_time):
            continue
        node = graph.adopt(alarm.managed_object, alarm.reported_by)
        if node is not None and node[0] == known[1]:
            kind = graph.models.evidence[known[0]]
            yield Item(kind.name, node[1], True, f"{name}: {kind.says} ({node[1]})")


def _from_series(view: View, graph: KnowledgeGraph, scope: Scope) -> Iterator[Item]:
    def away(table: Table, measure: str) -> dict[str, Departure]:
        found = view.departures(table, measure)
        return {n: row for n, row in found.items() if scope.concerns(n, row.first_at)}

    lost = {
        alarm.managed_object
        for alarm in view.active_alarms.values()
        if alarm.probable_cause is ProbableCause.LOSS_OF_SIGNAL
    }
    for name, row in away("direction", "pre-fec-ber").items():
        # What is gone altogether says no more by its bit errors, nor does an interval in which it
        # went.
        if name in lost:
            continue
        if CORRECTABLE > row.value > row.mean and graph.adopt(name, "") is not None:
            says = f"bit errors before correction at {name} rose to 1e{row.value:.1f}"
            yield Item("bit-errors", name, True, says)
    for name, row in away("direction", "rx-power").items():
        drop = row.mean - row.value
        kind = "light-gone" if drop >= GONE_DB or name in lost else "light-low"
        if drop > 0.0 and graph.adopt(name, "") is not None:
            yield Item(kind, name, True, f"light at {name} fell by {drop:.1f} dB")
    dropping = away("direction", "discards").values()
    for row in sorted(dropping, key=lambda row: (-row.value, row.object))[:_MOST_ALIKE]:
        if row.value - row.mean > LOST_SHARE and graph.adopt(row.object, "") is not None:
            says = f"{row.object} drops {row.value:.2%} at its queue"
            yield Item("overload", row.object, True, says)
    for name, row in away("direction", "errors").items():
        if graph.adopt(name, "") is not None:
            yield Item("errors", name, True, f"{name} counts {row.value:.2g} receive errors")
    yield from _from_elements(graph, away("element", "cpu"), away("element", "table-use"))
    yield from _from_latency(graph, away("service", "latency"))


def _from_elements(
    graph: KnowledgeGraph, load: Mapping[str, Departure], use: Mapping[str, Departure]
) -> Iterator[Item]:
    for name, row in load.items():
        if ("element", name) in graph:
            yield Item("busy", name, True, f"control-plane load of {name} is {row.value:.0%}")
    for name, row in use.items():
        if ("element", name) in graph and row.value > row.mean:
            yield Item("table-high", name, True, f"{name} uses {row.value:.0%} of its table")


def _from_latency(graph: KnowledgeGraph, slow: Mapping[str, Departure]) -> Iterator[Item]:
    if len(slow) >= max(_FEW, _FEW_SHARE * len(graph.network.services)):
        worst = max(slow, key=lambda name: (slow[name].z, name))
        yield Item("slow", worst, True, f"{len(slow)} services are slower, {worst} most of all")


def _from_loads(view: View, since: Millis) -> Iterator[Item]:
    """Yield where traffic has gone from and where it has gone to since the trouble began.

    What carries nothing because it is down, drained or worked on is no surprise.
    """
    network = view.network
    down = {alarm.managed_object for alarm in view.active_alarms.values()}
    quiet = down | set(view.costs)
    for name in sorted(view.drained):
        quiet.update(network.links_of(name))
    idle, swollen = [], []
    for name, row in view.departures("direction", "utilisation").items():
        if name not in network.directions or row.first_at < since - _EARLY:
            continue
        if view.announced(name, view.now):
            continue
        away = {name, network.link_of(name)} & quiet
        if row.value < _IDLE_SHARE * row.mean and row.mean >= _IDLE_LEAST and not away:
            idle.append(row)
        elif row.value > _SWOLLEN_SHARE * row.mean and row.value - row.mean > _SWOLLEN_LEAST:
            swollen.append(row)
    for row in sorted(idle, key=lambda row: (-row.mean, row.object))[:_MOST_ALIKE]:
        says = f"load of {row.object} fell from {row.mean:.0%} to {row.value:.0%}"
        yield Item("idle", row.object, True, says)
    for row in sorted(swollen, key=lambda row: (row.mean - row.value, row.object))[:_MOST_ALIKE]:
        says = f"load of {row.object} rose from {row.mean:.0%} to {row.value:.0%}"
        yield Item("swollen", row.object, True, says)


def _from_probes(view: View, graph: KnowledgeGraph, since: Millis) -> Iterator[Item]:
    """Yield what the latest answers say, oldest first, so that later ones prevail."""
    for command, result in view.probes:
        if not result.ok or result.finished_at < since:
            continue
        if command.kind == "measure-link":
            yield from _from_measurement(command, result, graph)
        elif command.kind == "otdr":
            yield from _from_reflectometry(command, result, graph)
        elif command.kind == "check-process" and "running" in result.measurement:
            stopped = not result.measurement["running"]
            says = f"{command.id}: the routing daemon {'is not running' if stopped else 'runs'}"
            yield Item("process-stopped", command.target, stopped, f"{says} on {command.target}")
        elif command.kind == "check-routes" and "missing" in result.measurement:
            yield from _from_table(command, result, graph)
        elif command.kind == "read-configuration" and "costs" in result.measurement:
            yield from _from_configuration(command, result, view)


def _from_measurement(
    command: Command, result: CommandResult, graph: KnowledgeGraph
) -> Iterator[Item]:
    seen, link = result.measurement, command.target
    if "reachable" not in seen:
        return
    reached = bool(seen["reachable"])
    says = f"{command.id}: test packets {'pass' if reached else 'do not pass'} {link}"
    yield Item("unreachable", link, not reached, says)
    ends = _ends(graph, link)
    if not reached or ends is None:
        return
    ways = direction_ids(link, *ends)
    for way, end in zip(ways, ("forward", "backward"), strict=True):
        loss, errors = seen[f"loss_{end}"], seen.get(f"errors_{end}")
        if loss is not None:
            lost = loss > LOST_SHARE
            yield Item("measured-loss", way, lost, f"{command.id}: {way} loses {loss:.2%}")
        if errors is not None:
            says = f"{command.id}: {way} damages {errors:.2%} of the test packets"
            yield Item("measured-errors", way, errors > DAMAGED_SHARE, says)


def _from_table(command: Command, result: CommandResult, graph: KnowledgeGraph) -> Iterator[Item]:
    seen, name = result.measurement, command.target
    for kind, count in (("missing", seen["missing"]), ("discarding", seen["discarding"])):
        yield Item(
            f"routes-{kind}", name, count > 0, f"{command.id}: {count} routes {kind}, {name}"
        )
    room = float(seen.get("room", 1.0))
    says = f"{command.id}: {room:.0%} of the forwarding table of {name} is free"
    yield Item("no-room", name, room < FULL_ROOM, says)
    unused = set(seen.get("unused", ()))
    for _, way in graph.neighbours(("element", name), "~sent_by"):
        says = f"{command.id}: {name} {'leaves out' if way in unused else 'uses'} {way}"
        yield Item("member-unused", way, way in unused, says)


def _from_configuration(command: Command, result: CommandResult, view: View) -> Iterator[Item]:
    for link, cost in sorted(result.measurement["costs"].items()):
        # Who works on a link, as announced, may well price it out of use meanwhile.
        differs = link in view.metrics and not view.announced(link, result.finished_at)
        says = f"{command.id}: the metric of {link} is {cost}"
        yield Item("metric-differs", link, differs, says + ", not the recorded one" * differs)
    count = result.measurement.get("discards", 0)
    says = f"{command.id}: {count} discard routes are configured, {command.target}"
    yield Item("routes-discarding", command.target, count > 0, says)


def _from_reflectometry(
    command: Command, result: CommandResult, graph: KnowledgeGraph
) -> Iterator[Item]:
    """Yield, duct by duct from the a end, whether the fibre ends there; nothing past the end."""
    link = command.target
    if link not in graph.network.links or "break_km" not in result.measurement:
        return
    at = result.measurement["break_km"]
    reached = 0.0
    lengths = {duct.id: duct.length_km for duct in graph.network.rows.ducts}
    ducts = graph.network.rows.links[graph.network.links.row(link)].ducts
    for duct in ducts:
        begin, reached = reached, reached + lengths[duct]
        slack = _OTDR_KM + _OTDR_SHARE * reached
        if at is None:
            yield Item("fibre-ends", duct, False, f"{command.id}: the fibre of {link} is whole")
        elif at > reached + slack:
            yield Item("fibre-ends", duct, False, f"{command.id}: light passes {duct}")
        elif begin < at <= reached or duct == ducts[-1]:
            # Within the slack of a joint the other duct is neither accused nor acquitted.
            says = f"{command.id}: the fibre of {link} ends after {at:.1f} km"
            yield Item("fibre-ends", duct, True, says)
            return


def _ends(graph: KnowledgeGraph, link: str) -> tuple[str, str] | None:
    """Return the recorded ends of a link, a first."""
    if link not in graph.network.links:
        return None
    row = graph.network.rows.links[graph.network.links.row(link)]
    return row.a, row.z
