"""A case: one incident with everything that whoever handles it has found out, tried and changed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simpy.events import Event

from adn.base.clock import Millis
from adn.base.levels import Task
from adn.closedloop.acting import Action
from adn.closedloop.diagnosing import Diagnosing
from adn.closedloop.incident import Incident, Status
from adn.closedloop.operations import Operations
from adn.closedloop.verifying import Verifier


@dataclass(slots=True)
class Case:
    """One incident being handled.

    Attributes:
        incident: What it is about.
        ops: What to draw on.
        alert: Triggered when new reasons for the incident are seen.
        excluded: Keys of the plans that were tried.
        standing: Actions in force, oldest first.
        diagnosing: What is believed.
    """

    incident: Incident
    ops: Operations
    alert: Event
    excluded: set[str] = field(default_factory=set)
    standing: list[Action] = field(default_factory=list)
    diagnosing: Diagnosing = field(init=False)

    def __post_init__(self) -> None:
        self.diagnosing = Diagnosing(self.incident, self.ops)

    def move(self, status: Status) -> None:
        """Go to another status, and write it down."""
        incident = self.incident
        if incident.status is status:
            return
        incident.move(status, self.ops.clock.now)
        self.ops.journal.note("incident.status", incident.id, {}, {"status": status.value})

    def hand_over(self) -> None:
        """Escalate: from here on an expert has it."""
        self.incident.handed_over = True
        self.move(Status.ESCALATED)

    def verifier(self) -> Verifier:
        """Return what measures services."""
        return Verifier(self.ops.clock, self.ops.view, self.ops.intent, self.ops.orders)

    def services(self) -> list[str]:
        """Return the services to look after: those hurt, and those away from their baseline now.

        Those that another open incident is busy with are that one's.
        """
        view, group = self.ops.view, self.incident.group
        away = {n for m in ("loss", "latency") for n in view.departures("service", m)}
        named = frozenset(self.incident.snapshot().services)
        names = self.ops.correlator.minded(group, named, frozenset(away))
        names -= self.ops.elsewhere(self.incident)
        return sorted(names or self.ops.correlator.reach.users(group.core))

    def verified(
        self, started: Millis, fixed: bool, outside: Sequence[str] | frozenset[str]
    ) -> Generator[Event, Any, bool]:
        """Have it judged whether service is back; return the judgement."""
        ops = self.ops
        done = yield from ops.performing.perform(
            Task.VERIFICATION,
            lambda: fixed,
            ops.staff.verified(self.incident, fixed, sorted(outside)),
        )
        ops.journal.evidence(
            "service.verified",
            done.by,
            started,
            self.incident.id,
            {"incident": self.incident.id},
            {"fixed": done.answer, "outside": sorted(outside)},
            done.work,
        )
        return done.answer
