"""Handling of one incident, from its opening to its close, and its escalation.

Mitigation (service is back) and repair (the cause is gone) are separate: the first is raced through
and verified, the second may take a crew hours, after which what was changed for the time being is
taken back. What is beyond the system, or the back office, goes to an expert, who works on with the
same tools until service is back. Every step leaves its evidence.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from simpy import Interrupt
from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.attempting import RECHECK, wait_until_fine
from adn.closedloop.case import Case
from adn.closedloop.incident import Incident, Status
from adn.closedloop.operations import Operations
from adn.closedloop.repairing import repair
from adn.closedloop.restoring import restore

SETTLE: Final[Millis] = 12 * SECOND
"""How long evidence is let come in before the first location: alarms soak, frames arrive."""
QUIET: Final[Millis] = 3 * SECOND
LONGEST_SETTLE: Final[Millis] = 20 * SECOND
MOST_ASKED: Final = 500
"""Of so many services at most the rates before the trouble are asked for; of the others roll-ups
tell (assumption)."""
EXPERT_ROUNDS: Final = 3
"""So often an expert looks for the cause of what no longer hurts (assumption)."""
LET_BE: Final[Millis] = 10 * MINUTE
"""How long one waits for what no longer hurts to clear by itself (assumption)."""


class Handling:
    """One incident being handled."""

    def __init__(self, incident: Incident, ops: Operations) -> None:
        self.case = Case(incident, ops, ops.clock.event())

    def wake(self) -> None:
        """Tell the handling that its incident was given new reasons."""
        if not self.case.alert.triggered:
            self.case.alert.succeed()

    def run(self) -> Generator[Event, Any, None]:
        """Handle the incident; ends when it is closed or merged."""
        case = self.case
        try:
            yield from self._settle()
            restored = yield from restore(case)
            while not restored:
                case.hand_over()
                restored = yield from restore(case)
            closed = yield from repair(case)
            if not closed:
                yield from self._clear_up()
        except Interrupt:
            return

    def _settle(self) -> Generator[Event, Any, None]:
        ops, incident = self.case.ops, self.case.incident
        # Rates from before the trouble, so that plans are tried on what is offered, not delivered.
        before = incident.snapshot().began_at - 10 * SECOND
        near = ops.correlator.reach.users(incident.group.reach or incident.group.core)
        names = sorted(near - ops.elsewhere(incident))[:MOST_ASKED]
        yield from ops.orders.ask([("service", s, "rate") for s in names], 12, max(1, before))
        yield ops.clock.sleep(max(0, incident.opened_at + SETTLE - ops.clock.now))
        while ops.clock.now < incident.opened_at + LONGEST_SETTLE:
            if ops.clock.now - incident.joined_at >= QUIET:
                return
            yield ops.clock.sleep(SECOND)

    # --- what nobody could repair ---

    def _clear_up(self) -> Generator[Event, Any, None]:
        """See to what was restored but not repaired; it may have gone by itself."""
        case = self.case
        case.move(Status.ESCALATED)
        for _ in range(EXPERT_ROUNDS):
            yield from wait_until_fine(case)
            cleared = yield from self._cleared(LET_BE)
            if cleared and (yield from self._close()):
                return
            case.incident.handed_over = True
            case.excluded.clear()
            yield from case.diagnosing.locate(changed=True)
            closed = yield from repair(case)
            if closed:
                return
        while True:
            yield from self._cleared(None)
            if (yield from self._close()):
                return
            yield from wait_until_fine(case)

    def _close(self) -> Generator[Event, Any, bool]:
        """Close what went by itself, once it is verified that service is back."""
        case, started = self.case, self.case.ops.clock.now
        fixed, outside = yield from case.verifier().settle(case.services(), started)
        fixed = yield from case.verified(started, fixed, outside)
        if fixed:
            case.move(Status.CLOSED)
        return fixed

    def _cleared(self, most: Millis | None) -> Generator[Event, Any, bool]:
        """Wait until none of the incident's alarms is active; return whether that came."""
        ops, snapshot = self.case.ops, self.case.incident.snapshot
        began = ops.clock.now
        while any(name in ops.view.active_alarms for name in snapshot().alarms):
            if most is not None and ops.clock.now - began >= most:
                return False
            yield ops.clock.sleep(RECHECK)
        return True
