"""Whether the chain of evidence of a run is whole: every deed can be traced back to its reasons.

A level is earned from evidence, so evidence that is missing earns none. Everything is derived from
the records themselves, never from the level that was claimed: a controller that did nothing leaves
nothing out. What the end of a run cut short is no gap; what was handed to people and is unanswered
by then is not missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from adn.base.clock import Millis, format_clock
from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.incidents import incident_id
from adn.scoring.log import RunLog
from adn.scoring.tasks.recovery import is_refused
from adn.scoring.watchfulness import neglected, unanswered

MOST_BREAKS: Final = 20
"""Breaks told one by one; whoever keeps no evidence at all breaks the chain with every deed."""
CHANGES: Final = frozenset({"mitigate", "repair"})
_OF_INCIDENTS: Final = (
    "alarms.filtered",
    "incident.demarcated",
    "incident.located",
    "incident.updated",
    "incident.status",
    "plan.proposed",
    "plan.decided",
    "plan.executed",
    "plan.rolled-back",
    "service.verified",
    "command.submitted",
)
"""Records that are about an incident, and therefore come after its opening."""

_ALARM: Final = "ALM-"

Placed = tuple[int, Record]
"""A record and its place in its file."""


def broken(log: RunLog) -> tuple[str, ...]:
    """Return why the chain of evidence of a run is broken or incomplete; empty if it is whole."""
    chain = _Chain.of(log)
    found = (
        *chain.cut(),
        *chain.gaps(),
        *chain.strays(),
        *chain.commands(),
        *chain.plans(),
        *chain.incidents(),
        *neglected(log),
    )
    more = len(found) - MOST_BREAKS
    return found if more <= 0 else (*found[:MOST_BREAKS], f"and {more} more breaks")


@dataclass(frozen=True, slots=True)
class _Chain:
    """The public records of a run by kind, each with its place, and what was left undone.

    Attributes:
        log: The run.
        placed: By kind.
        by_incident: By kind and the incident that they are about.
        by_plan: By kind and the plan that they name.
        opened: Where each incident was opened.
        undone: Work that nobody had answered when the run ended.
    """

    log: RunLog
    placed: Mapping[str, list[Placed]]
    by_incident: Mapping[tuple[str, str], list[Placed]]
    by_plan: Mapping[tuple[str, str], list[Placed]]
    opened: Mapping[str, int]
    undone: tuple[Record, ...]

    @classmethod
    def of(cls, log: RunLog) -> _Chain:
        """Return the chain of a run."""
        placed: dict[str, list[Placed]] = {}
        by_incident: dict[tuple[str, str], list[Placed]] = {}
        by_plan: dict[tuple[str, str], list[Placed]] = {}
        opened: dict[str, int] = {}
        for place, record in enumerate(log.events):
            held = place, record
            placed.setdefault(record.kind, []).append(held)
            by_incident.setdefault((record.kind, incident_id(record)), []).append(held)
            if record.ref.get("plan"):
                by_plan.setdefault((record.kind, str(record.ref["plan"])), []).append(held)
            if record.kind == "incident.opened":
                opened.setdefault(record.id, place)
        return cls(log, placed, by_incident, by_plan, opened, unanswered(log))

    def cut(self) -> Iterator[str]:
        """Yield whether the run was killed, and where time runs backwards."""
        events = self.log.events
        if not events or events[0].kind != "run.started":
            yield "the log does not begin with the begin of the run"
        if not events or events[-1].kind != "run.ended":
            yield "the run did not end: the log stops half-way"
        for before, after in pairwise(events):
            if after.at < before.at:
                yield f"{_named(after)} stands after what happened later"

    def gaps(self) -> Iterator[str]:
        """Yield where numbered evidence is missing or out of order."""
        evidence = [record for record in self.log.events if record.task]
        numbers = [int(record.data.get("nth", 0)) for record in evidence]
        if not any(numbers):
            return
        for due, (number, record) in enumerate(zip(numbers, evidence, strict=True), 1):
            if number != due:
                yield f"evidence {due} is missing: {_named(record)} is {number or 'not numbered'}"
                return

    def strays(self) -> Iterator[str]:
        """Yield the records about incidents that had not been opened by then."""
        missed: set[str] = set()
        for kind in _OF_INCIDENTS:
            for place, record in self.placed.get(kind, ()):
                name = (
                    incident_id(record) if kind != "command.submitted" else record.ref["incident"]
                )
                if name and name not in missed and self.opened.get(name, place) >= place:
                    missed.add(name)
                    yield f"{_named(record)} is about {name}, which had not been recognised (E)"

    # --- commands and plans ---

    def commands(self) -> Iterator[str]:
        """Yield the commands that changed the network without an allowed plan."""
        effects = {r.id for r in self.log.kind("command.effect") if r.data["applied"]}
        for place, record in self.placed.get("command.submitted", ()):
            if record.data["purpose"] == "probe" and record.id not in effects:
                continue
            name = record.ref.get("plan", "")
            if not name:
                yield f"{_named(record)} changed the network on no plan"
                continue
            decided = self._about("plan.decided", name, place)
            if not decided:
                yield f"{_named(record)} carried out {name}, which had not been decided on (J)"
            elif is_refused(decided[-1][1]):
                yield f"{_named(record)} carried out {name}, which had been refused (J)"

    def plans(self) -> Iterator[str]:
        """Yield the plans whose proposal, decision, execution or grounds are missing."""
        proposed = {record.id: place for place, record in self.placed.get("plan.proposed", ())}
        sent = {record.id for _, record in self.placed.get("command.submitted", ())}
        for place, record in self.placed.get("plan.decided", ()):
            name = str(record.ref["plan"])
            if proposed.get(name, place) >= place:
                yield f"{name} was decided on without having been proposed (I)"
        for place, record in self.placed.get("plan.executed", ()):
            if not self._about("plan.decided", str(record.ref["plan"]), place):
                yield f"{record.ref['plan']} was executed without having been decided on (J)"
            for name in sorted(set(record.ref["commands"]) - sent):
                yield f"{record.ref['plan']} was executed by {name}, which was never sent"
        for place, record in self.placed.get("plan.proposed", ()):
            yield from self._ungrounded(place, record)
            yield from self._unfinished(record)

    def _ungrounded(self, place: int, plan: Record) -> Iterator[str]:
        """Yield what should have been found out before a plan was proposed."""
        name = incident_id(plan)
        for kind, says in (
            ("incident.demarcated", "demarcated (G)"),
            ("incident.located", "located (H)"),
        ):
            if not self._of(kind, name, place):
                yield f"{plan.id} was proposed before {name} was {says}"
        opening = self._of("incident.opened", name, place)
        alarmed = any(str(e).startswith(_ALARM) for _, r in opening for e in r.ref["evidence"])
        if alarmed and not self._of("alarms.filtered", name, place):
            yield f"{plan.id} was proposed before the alarms of {name} were filtered (D)"

    def _unfinished(self, plan: Record) -> Iterator[str]:
        """Yield whether a plan was never decided on, or its execution never reported."""
        asked = {r.data["task"] for r in self.undone if incident_id(r) == incident_id(plan)}
        if not self._about("plan.decided", plan.id) and Task.DETERMINATION not in asked:
            yield f"{plan.id} was proposed and never decided on (J)"
        sent = {
            record.id
            for _, record in self._about("command.submitted", plan.id)
            if record.data["purpose"] in CHANGES
        }
        if not sent or self._about("plan.executed", plan.id):
            return
        under_way = any(self._answered(one) >= self.log.end for one in sent)
        if not under_way and not self._awaits_crew(incident_id(plan)):
            yield f"the execution of {plan.id} was never reported (K)"

    def _answered(self, command: str) -> Millis:
        """Return when the network answered a command; at the end of the run if it never did."""
        found = self.by_incident.get(("command.finished", command))
        return found[0][1].at if found else self.log.end

    def _awaits_crew(self, incident: str) -> bool:
        """Return whether a command on an incident had not been sent, for want of a crew."""
        sent = {record.id for _, record in self.placed.get("command.submitted", ())}
        return any(
            incident_id(record) == incident and record.ref.get("command", "") not in {"", *sent}
            for record in self.undone
        )

    # --- incidents ---

    def incidents(self) -> Iterator[str]:
        """Yield the incidents that were called located, restored or closed without reason."""
        restored: set[str] = set()
        for place, record in self.placed.get("incident.status", ()):
            name, status = record.id, record.data["status"]
            if status == "located" and not self._of("incident.located", name, place):
                yield f"{name} was called located without having been located (H)"
            elif status == "restored" and name not in restored:
                restored.add(name)
                if not self._is_verified(name, place):
                    yield f"{name} was called restored without having been verified (V)"
            elif status == "closed":
                executed = [at for at, _ in self._of("plan.executed", name, place)]
                if not self._is_verified(name, place, max(executed, default=-1)):
                    yield f"{name} was closed without having been verified (V)"

    def _is_verified(self, name: str, until: int, since: int = -1) -> bool:
        """Return whether the last word on an incident, spoken after a place, is that it is well."""
        words = self._of("service.verified", name, until)
        return bool(words) and words[-1][0] > since and bool(words[-1][1].data["fixed"])

    # --- looking up ---

    def _of(self, kind: str, incident: str, until: int) -> list[Placed]:
        """Return the records of a kind about an incident that stand before a place."""
        found = self.by_incident.get((kind, incident), ())
        return [(at, record) for at, record in found if at < until]

    def _about(self, kind: str, plan: str, until: int | None = None) -> list[Placed]:
        """Return the records of a kind about a plan, those that stand before a place if given."""
        found = self.by_plan.get((kind, plan), ())
        return [(at, record) for at, record in found if until is None or at < until]


def _named(record: Record) -> str:
    """Return what to call a record in a sentence."""
    return f"{record.id or record.kind} at {format_clock(record.at)}"
