"""What was seen, as items of evidence: each says of one object whether one thing shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adn.base.clock import Millis
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import Command, CommandResult
from adn.topology.elements import direction_ids

GONE_DB: Final = 10.0
"""A drop of received light beyond this is a break, below it a degradation (assumption)."""

LOST_SHARE: Final = 5e-4
"""Share of ten thousand test packets, or of queued traffic, above which loss is real: a handful
of packets, well above the noise of either measurement (assumption)."""

_OTDR_KM: Final = 0.1
_OTDR_SHARE: Final = 0.005
"""Reflectometry and records agree to this much of a length (assumption)."""

_CAUSES: Final[Mapping[ProbableCause, tuple[str, str]]] = {
    ProbableCause.LOSS_OF_SIGNAL: ("loss-of-signal", "direction"),
    ProbableCause.ADJACENCY_DOWN: ("adjacency-lost", "link"),
    ProbableCause.THRESHOLD_CROSSED: ("overload", "direction"),
    ProbableCause.POWER_PROBLEM: ("power-alarm", "element"),
    ProbableCause.SOFTWARE_ERROR: ("process-alarm", "element"),
}

_FEW: Final = 3
_FEW_SHARE: Final = 0.02
"""Fewer slow services than this are taken for noise (assumption). More are one item of evidence:
they share a cause, so each counts for nothing new."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that shows, or demonstrably does not, at one object.

    Attributes:
        kind: Name of the evidence kind.
        object: Id of the object.
        present: Whether it shows.
        says: The observation in words, with its id where it has one.
    """

    kind: str
    object: str
    present: bool
    says: str

    @property
    def key(self) -> Key:
        """Kind and object."""
        return self.kind, self.object


def gather(view: View, graph: KnowledgeGraph, since: Millis) -> dict[Key, Item]:
    """Return the evidence in a view, sorted by kind and object; unknown objects are adopted.

    Args:
        view: What has been seen.
        graph: Grows by objects that no record knows.
        since: Answers to probes that finished earlier are out of date.
    """
    items: dict[Key, Item] = {}
    for found in (
        *_from_alarms(view, graph),
        *_from_series(view, graph),
        *(Item("silent", name, True, f"{name} reports nothing") for name in sorted(view.silent)),
        *_from_probes(view, graph, since),
    ):
        items[found.key] = found
    return dict(sorted(items.items()))


def _from_alarms(view: View, graph: KnowledgeGraph) -> Iterator[Item]:
    for name, alarm in sorted(view.active_alarms.items()):
        known = _CAUSES.get(alarm.probable_cause)
        if known is None:
            continue
        node = graph.adopt(alarm.managed_object, alarm.reported_by)
        if node is not None and node[0] == known[1]:
            kind = graph.models.evidence[known[0]]
            yield Item(kind.name, node[1], True, f"{name}: {kind.says} ({node[1]})")


def _from_series(view: View, graph: KnowledgeGraph) -> Iterator[Item]:
    for name, row in view.departures("direction", "rx-power").items():
        drop = row.mean - row.value
        kind = "light-gone" if drop >= GONE_DB else "light-low"
        if drop > 0.0 and graph.adopt(name, "") is not None:
            yield Item(kind, name, True, f"light at {name} fell by {drop:.1f} dB")
    for name, row in view.departures("direction", "discards").items():
        if row.value - row.mean > LOST_SHARE and graph.adopt(name, "") is not None:
            yield Item("overload", name, True, f"{name} drops {row.value:.2%} at its queue")
    for name, row in view.departures("direction", "errors").items():
        if graph.adopt(name, "") is not None:
            yield Item("errors", name, True, f"{name} counts {row.value:.2g} receive errors")
    for name, row in view.departures("element", "cpu").items():
        if ("element", name) in graph:
            yield Item("busy", name, True, f"control-plane load of {name} is {row.value:.0%}")
    slow = view.departures("service", "latency")
    if len(slow) >= max(_FEW, _FEW_SHARE * len(graph.network.services)):
        worst = max(slow, key=lambda name: (slow[name].z, name))
        yield Item("slow", worst, True, f"{len(slow)} services are slower, {worst} most of all")


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
    for way, loss in zip(ways, (seen["loss_forward"], seen["loss_backward"]), strict=True):
        if loss is not None:
            lost = loss > LOST_SHARE
            yield Item("measured-loss", way, lost, f"{command.id}: {way} loses {loss:.2%}")


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
