"""Trivial baselines: locators that anyone would write in an hour, run in the loop's place.

Each sees the view and nothing else, names one suspect, and is sure of it. They stand beside the
loop in every table: a scenario that they do well on is too easy, and a loop that does no better
than they do has learnt nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from adn.closedloop.correlating import Cause
from adn.closedloop.departing import Departure
from adn.closedloop.estimate import Estimate
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.knowledge.models import fault_models
from adn.closedloop.locating import Diagnosis, Locator, Suspect
from adn.closedloop.view import View
from adn.northbound.alarms import Alarm, ProbableCause
from adn.northbound.problems import PROBLEM_CLASSES, UNKNOWN
from adn.northbound.telemetry import KPIS
from adn.topology.network import Names, Network

_WORN: Final = 0.05
"""A service counts as crossing an object if it sends at least this share of its flows there."""
_CONSEQUENCES: Final = frozenset({"congestion"})
"""Classes that are what a problem leads to, never what began it."""
_BY_TYPE: Final[Mapping[str, str]] = {
    "element": "element-down",
    "link": "link-down",
    "direction": "packet-loss",
    "card": "card-failed",
    "duct": "fibre-loss",
    "feed": "feed-down",
}
"""The obvious class for a thing of each type."""
_BY_CAUSE: Final[Mapping[ProbableCause, str]] = {
    ProbableCause.SOFTWARE_ERROR: "process-down",
    ProbableCause.TABLE_FULL: "table-full",
    ProbableCause.EQUIPMENT_FAULT: "card-failed",
    ProbableCause.POWER_PROBLEM: "element-down",
    ProbableCause.LOSS_OF_SIGNAL: "link-down",
    ProbableCause.ADJACENCY_DOWN: "link-down",
}
"""What the probable cause of an alarm says, taken at its word."""


class ConstantGuess:
    """Always says the same: the class that is commonest, on the first object prone to it."""

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the suspect that is likeliest before anything was seen."""
        del snapshot, given
        network, models = view.network, fault_models().problems
        length = {row.id: row.length_km for row in network.rows.ducts}
        best, least = ("", UNKNOWN), -1.0
        for problem, model in sorted(models.items()):
            if problem in _CONSEQUENCES:
                continue
            for name in _names(network, PROBLEM_CLASSES[problem].object_type).ids:
                rate = model.rate * (max(1.0, length[name]) if model.per_km else 1.0)
                if rate > least:
                    best, least = (name, problem), rate
        return sure(*best, "it is what happens most often")


class FirstAlarm:
    """Blames what the incident's first alarm is about, in the words of that alarm."""

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the object of the first alarm; without alarms, the first object named."""
        del given
        for name in snapshot.alarms:
            alarm = view.seen_alarms.get(name)
            if alarm is not None:
                return sure(*_blamed(view.network, alarm), f"{name} came first")
        for name in snapshot.objects:
            kind = type_of(view.network, name)
            if kind:
                return sure(name, _BY_TYPE[kind], "it was named first")
        return nothing()


class LoudestDevice:
    """Blames the element or link with most alarms; without alarms, the largest departure."""

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the loudest element or link."""
        del given
        network = view.network
        votes: dict[str, int] = {}
        for name in snapshot.alarms:
            alarm = view.seen_alarms.get(name)
            about = alarm.managed_object if alarm else ""
            if about in network.directions:
                about = network.link_of(about)
            if about in network.elements or about in network.links:
                votes[about] = votes.get(about, 0) + 1
        if votes:
            name = min(votes, key=lambda name: (-votes[name], name))
            return sure(name, _BY_TYPE[type_of(network, name)], f"{votes[name]} alarms are on it")
        far = [row for row in _departures(view) if type_of(network, row.object)]
        if not far:
            return nothing()
        top = min(far, key=lambda row: (-row.z, row.object))
        return sure(
            top.object, _BY_TYPE[type_of(network, top.object)], f"its {top.kpi} is furthest off"
        )


class TopologyVote:
    """Blames the object that most of the hurt services cross, of these the least used by others."""

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the direction or element with most votes of hurt services."""
        del given
        network = view.network
        estimate = Estimate.of(network).believing(view).fork(down=frozenset())
        hurt = [name for name in snapshot.services if name in network.services]
        for measure in () if hurt else ("loss", "latency"):
            hurt += [name for name in view.departures("service", measure) if name not in hurt]
        if not hurt:
            return nothing()
        crosses = (estimate.shares() > _WORN).astype(np.int64)
        mine = np.zeros(len(network.services), dtype=np.int64)
        mine[network.services.rows(sorted(set(hurt)))] = 1
        votes: list[tuple[int, int, int, str]] = []
        for name, row in _rows(network.directions):
            users = crosses[:, [row]].toarray().ravel()
            votes.append((-int(users @ mine), int(users @ (1 - mine)), 0, name))
        for name, row in _rows(network.elements):
            ways = np.flatnonzero((network.tail == row) | (network.head == row))
            users = np.asarray(crosses[:, ways].sum(axis=1)).ravel() > 0
            votes.append((-int(users @ mine), int(users @ (1 - mine)), 1, name))
        count, _, _, name = min(votes)
        if count == 0:
            return nothing()
        said = f"{-count} of {len(set(hurt))} hurt services cross it"
        return sure(name, _BY_TYPE[type_of(network, name)], said)


BASELINES: Final[Mapping[str, Callable[[], Locator]]] = {
    "constant-guess": ConstantGuess,
    "first-alarm": FirstAlarm,
    "loudest-device": LoudestDevice,
    "topology-vote": TopologyVote,
}
"""All of them, by the names that tables show."""


def sure(name: str, problem: str, because: str) -> Diagnosis:
    """Return the diagnosis of someone who has no doubts and needs no probe."""
    suspect = Suspect(name, problem, 1.0, (because,))
    domain = PROBLEM_CLASSES[problem].domain if problem in PROBLEM_CLASSES else ""
    return Diagnosis((suspect,), (), domain, 1.0)


def nothing() -> Diagnosis:
    """Return the diagnosis of someone who sees nothing that could be blamed."""
    return sure("", UNKNOWN, "there is nothing to go by")


def type_of(network: Network, name: str) -> str:
    """Return which type of object a name is of, or an empty text."""
    kinds = ("element", "link", "direction", "card", "duct", "feed")
    return next((kind for kind in kinds if name in _names(network, kind)), "")


def _names(network: Network, kind: str) -> Names:
    tables = {
        "element": network.elements,
        "link": network.links,
        "direction": network.directions,
        "card": network.cards,
        "duct": network.ducts,
        "feed": network.feeds,
    }
    return tables[kind]


def _blamed(network: Network, alarm: Alarm) -> tuple[str, str]:
    """Return object and class of an alarm taken at its word."""
    name, kind = alarm.managed_object, type_of(network, alarm.managed_object)
    problem = _BY_CAUSE.get(alarm.probable_cause, _BY_TYPE.get(kind, ""))
    if problem and kind == "direction" and PROBLEM_CLASSES[problem].object_type == "link":
        return network.link_of(name), problem
    if problem and PROBLEM_CLASSES[problem].object_type == kind:
        return name, problem
    return (name, _BY_TYPE[kind]) if kind else ("", UNKNOWN)


def _departures(view: View) -> Iterable[Departure]:
    """Return what is away from its baseline, services left out: they feel, they do not cause."""
    for measured in KPIS:
        if measured.table != "service":
            yield from view.departures(measured.table, measured.name).values()


def _rows(names: Names) -> Iterable[tuple[str, int]]:
    return zip(names.ids, range(len(names)), strict=True)
