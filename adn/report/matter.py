"""What the page is about: the run's score, and its matters, each a fault or an incident or both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.records import Record
from adn.northbound.commands import command_kinds
from adn.scoring.clocks import Targets, restored_by_change
from adn.scoring.incidents import Incident, incident_id
from adn.scoring.log import RunLog
from adn.scoring.pairing import pairing_of
from adn.scoring.scorecard import FaultScore, Scorecard
from adn.scoring.scorer import score_log
from adn.scoring.story import verdict_on

BEFORE: Millis = 30 * SECOND
AFTER: Millis = 2 * MINUTE
LONGEST: Millis = 20 * MINUTE
"""What is shown of a fault that was never restored."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command, from submission to its answer; `end` is None if none came."""

    id: str
    kind: str
    target: str
    purpose: str
    start: Millis
    end: Millis | None
    ok: bool | None
    field: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A fault with the incident that is about it, or either alone.

    Attributes:
        score: The fault and its clocks, if something was really wrong.
        incident: What operations made of it, if they noticed.
        verdict: Of the incident: ``true``, ``false``, ``duplicate``, or empty if there is none.
        start: Where the clocks start, or where the incident was opened.
        restored: When services were back for good, if ever.
        window: First and last instant of the pictures.
        records: The loop's records on the incident, in order.
        orders: The commands given for it, in order.
    """

    score: FaultScore | None
    incident: Incident | None
    verdict: str
    start: Millis
    restored: Millis | None
    window: tuple[Millis, Millis]
    records: tuple[Record, ...]
    orders: tuple[Order, ...]

    @property
    def name(self) -> str:
        """The id of the fault, or that of the incident."""
        if self.score is not None:
            return self.score.fault.id
        return self.incident.id if self.incident else ""

    def of(self, kind: str) -> Iterator[Record]:
        """Yield the records of a kind."""
        return (record for record in self.records if record.kind == kind)


@dataclass(frozen=True)
class Subject:
    """A run, scored and sorted into matters."""

    log: RunLog

    @cached_property
    def card(self) -> Scorecard:
        """What came of it, from the logs alone."""
        return score_log(self.log)

    @cached_property
    def targets(self) -> Targets:
        """How long each step may take."""
        return Targets.of(self.log.manifest)

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """All commands of the run."""
        return tuple(_orders(self.log))

    @cached_property
    def matters(self) -> tuple[Matter, ...]:
        """Faults by onset, then incidents that no fault is paired with, by opening."""
        log = self.log
        pairing = pairing_of(log)
        paired = [(score, pairing.incidents.get(score.fault.id)) for score in self.card.faults]
        alone = sorted(
            (*pairing.false, *pairing.duplicates, *pairing.explained),
            key=lambda incident: (incident.opened, incident.id),
        )
        rows: list[tuple[FaultScore | None, Incident | None]] = [*paired]
        rows += [(None, incident) for incident in alone]
        return tuple(
            self._matter(score, incident, verdict_on(incident, pairing) if incident else "")
            for score, incident in rows
        )

    def _matter(self, score: FaultScore | None, incident: Incident | None, verdict: str) -> Matter:
        members = frozenset(incident.members) if incident else frozenset()
        records = tuple(r for r in self.log.events if r.kind in _LOOP and incident_id(r) in members)
        commands = {r.id for r in self.log.kind("command.submitted") if incident_id(r) in members}
        fault = score.fault if score else None
        opened = incident.opened if incident else None
        start = fault.onset if fault else opened or 0
        if fault and fault.t0 is not None:
            start = fault.t0
        change = restored_by_change(fault, self.log.end) if fault and fault.t0 is not None else None
        restored = change.at if change else None
        ends = [record.at for record in records if record.kind in _ENDS]
        last = restored if restored is not None else max([start, *ends])
        if restored is None:
            due = start + self.targets.restore if fault and fault.impact is not None else start
            last = min(max(last, due), start + LONGEST)
        first = min(start, fault.onset) if fault and start - fault.onset < LONGEST else start
        window = (max(0, first - BEFORE), max(min(last + AFTER, self.log.end), start + SECOND))
        orders = tuple(order for order in self.orders if order.id in commands)
        return Matter(score, incident, verdict, start, restored, window, records, orders)


_LOOP = frozenset(
    {
        "incident.opened",
        "incident.demarcated",
        "incident.located",
        "incident.status",
        "plan.proposed",
        "plan.decided",
        "plan.executed",
        "plan.rolled-back",
        "service.verified",
        "work.queued",
        "work.replied",
    }
)
_ENDS = frozenset({"incident.located", "plan.executed", "service.verified", "plan.decided"})


def _orders(log: RunLog) -> Iterator[Order]:
    """Yield the commands of a run; who works on one says the truth, or else the catalogue."""
    finished: Mapping[str, Record] = {r.id: r for r in log.kind("command.finished")}
    effects = {r.id: bool(r.data["field"]) for r in log.kind("command.effect")}
    known = command_kinds()
    for record in log.kind("command.submitted"):
        answer, kind = finished.get(record.id), str(record.data["kind"])
        listed = known[kind].performed_by == "field" if kind in known else False
        yield Order(
            id=record.id,
            kind=kind,
            target=str(record.data["target"]),
            purpose=record.data["purpose"],
            start=record.at,
            end=answer.at if answer else None,
            ok=bool(answer.data["ok"]) if answer else None,
            field=effects.get(record.id, False) or listed,
        )
