"""A case: one incident with everything that whoever handles it has found out, tried and changed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.acting import Action
from adn.closedloop.diagnosing import Diagnosing
from adn.closedloop.incident import Incident, Status
from adn.closedloop.operations import Operations
from adn.closedloop.verifying import Verifier

LONGEST_CHANGE: Final[Millis] = MINUTE
"""How long an incident waits for another's change at most (assumption)."""


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
        """Return the services to look after."""
        return self.ops.services_of(self.incident)

    def outside_after_others(self, before: frozenset[str]) -> Generator[Event, Any, frozenset[str]]:
        """Wait for the changes that other incidents are making; return who is outside then.

        Two changes at once hide from each other what they do, and the one may help both.
        """
        ops, began = self.ops, self.ops.clock.now
        while ops.changing(self.incident) and ops.clock.now < began + LONGEST_CHANGE:
            yield ops.clock.sleep(SECOND)
        if ops.clock.now == began:
            return before
        outside = yield from self.verifier().outside_at_next_tick(self.services(), 0)
        return outside

    def verified(
        self, started: Millis, fixed: bool, outside: Sequence[str] | frozenset[str]
    ) -> Generator[Event, Any, bool]:
        """Have it judged whether service is back; return the judgement."""
        ops = self.ops
        done = yield from ops.performing.perform(
            Task.VERIFICATION,
            lambda: fixed,
            ops.staff.verified(self.incident, fixed, sorted(outside)),
            domain=self.incident.domain,
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
