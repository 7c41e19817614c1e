"""Handling of one incident, from its opening to its close: locate, plan, decide, act, verify.

Mitigation (service is back) and repair (the cause is gone) are separate: the first is raced through
and verified, the second may take a crew hours, after which what was changed for the time being is
taken back. Every step leaves its evidence.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from simpy import Interrupt
from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.acting import Action, carry_out, decide, needs_crew
from adn.closedloop.diagnosing import Diagnosing
from adn.closedloop.incident import Incident, Status
from adn.closedloop.locating import Diagnosis
from adn.closedloop.operations import Operations
from adn.closedloop.planning import Plan
from adn.closedloop.probing import confirmations, is_sound
from adn.closedloop.verifying import Verifier

SETTLE: Final[Millis] = 12 * SECOND
"""How long evidence is let come in before the first location: alarms soak, frames arrive."""
QUIET: Final[Millis] = 3 * SECOND
LONGEST_SETTLE: Final[Millis] = 20 * SECOND
MOST_PLANS: Final = 3
MORE_EVIDENCE: Final[Millis] = 10 * SECOND
HOLD_DOWN: Final[Millis] = MINUTE
RECHECK: Final[Millis] = MINUTE


@dataclass(slots=True)
class Handling:
    """One incident being handled; `alert` is told when new reasons for it are seen."""

    incident: Incident
    ops: Operations
    alert: Event
    excluded: set[str] = field(default_factory=set)
    standing: list[Action] = field(default_factory=list)
    diagnosing: Diagnosing = field(init=False)

    def __post_init__(self) -> None:
        self.diagnosing = Diagnosing(self.incident, self.ops)

    def wake(self) -> None:
        """Tell the handling that its incident was given new reasons."""
        if not self.alert.triggered:
            self.alert.succeed()

    def run(self) -> Generator[Event, Any, None]:
        """Handle the incident; ends when it is closed, merged or escalated for good."""
        try:
            yield from self._settle()
            restored = yield from self._restore()
            if restored:
                yield from self._repair()
            if self.incident.status is Status.ESCALATED:
                yield from self._watch_escalated()
        except Interrupt:
            return

    # --- evidence first ---

    def _settle(self) -> Generator[Event, Any, None]:
        clock, opened = self.ops.clock, self.incident.opened_at
        # Rates from before the trouble, so that plans are tried on what is offered, not delivered.
        before = self.incident.snapshot().began_at - 10 * SECOND
        names = self.ops.view.network.services.ids
        yield from self.ops.orders.ask([("service", s, "rate") for s in names], 12, max(1, before))
        yield clock.sleep(max(0, opened + SETTLE - clock.now))
        while clock.now < opened + LONGEST_SETTLE:
            if clock.now - self.incident.joined_at >= QUIET:
                return
            yield clock.sleep(SECOND)

    # --- service first ---

    def _restore(self) -> Generator[Event, Any, bool]:
        """Bring service back; return False when that is beyond the loop."""
        ops, verifier = self.ops, self._verifier()
        for attempt in range(MOST_PLANS + 1):
            diagnosis = yield from self.diagnosing.locate(changed=bool(self.excluded))
            self._move(Status.LOCATED)
            before = yield from verifier.outside_at_next_tick(self._services(), 0)
            if not before:
                # Routing may have healed it already, or nobody was ever hurt.
                since = ops.clock.now
                fixed, outside = yield from verifier.settle(self._services(), since - 20 * SECOND)
                if fixed:
                    yield from self._verified(since, True, outside)
                    self._move(Status.RESTORED)
                    return True
                before = outside
            if attempt == MOST_PLANS:
                break
            plan = self._best(diagnosis)
            if plan is None:
                # Nothing to be done on this evidence; more may come.
                yield ops.clock.sleep(MORE_EVIDENCE)
                continue
            held = yield from self._try(plan, before)
            if held:
                return True
        self._move(Status.ESCALATED)
        return False

    def _best(self, diagnosis: Diagnosis) -> Plan | None:
        """Return the best plan that the system can carry out by itself, as the planner has it."""
        return next((p for p in self._plans(diagnosis) if not needs_crew(p)), None)

    def _plans(self, diagnosis: Diagnosis) -> Sequence[Plan]:
        snapshot = self.incident.snapshot()
        plans = self.ops.planner.plan(snapshot, diagnosis, self.ops.view, frozenset(self.excluded))
        return [plan for plan in plans if plan.key not in self.excluded]

    def _try(self, plan: Plan, before: frozenset[str]) -> Generator[Event, Any, bool]:
        """Carry out a plan and verify it; return whether service is back and stays so."""
        ops = self.ops
        self.excluded.add(plan.key)
        self._move(Status.PLANNED)
        action = yield from decide(ops, self.incident.id, plan)
        if action is None:
            self._move(Status.LOCATED)
            return False
        self._move(Status.APPROVED)
        self._move(Status.EXECUTING)
        done = yield from carry_out(ops, action)
        self._move(Status.VERIFYING)
        started, verifier = ops.clock.now, self._verifier()
        fixed, outside = yield from verifier.settle(self._services(), started)
        if done and not fixed and plan.purpose == "repair" and self.standing:
            # What was shed to bridge the time may be all that still hurts.
            yield from self._take_back()
            fixed, outside = yield from verifier.settle(self._services(), ops.clock.now)
        yield from self._verified(started, fixed, outside)
        if not fixed:
            if not done or len(outside) >= len(before):
                yield from self._roll_back(action, "did not help" if done else "failed")
            else:
                self.standing.append(action)
            self._move(Status.LOCATED)
            return False
        self.standing.append(action)
        self._move(Status.RESTORED)
        held, outside = yield from verifier.holds(self._services(), HOLD_DOWN)
        if not held:
            yield from self._verified(started, False, outside)
            self._move(Status.REOPENED)
        return held

    def _roll_back(self, action: Action, reason: str) -> Generator[Event, Any, None]:
        """Restore the configuration that was saved before an action."""
        ops = self.ops
        commands = [
            ops.orders.command(s.kind, s.target, s.params, self.incident.id, action.id, "rollback")
            for s in action.plan.inverse
        ]
        if commands:
            yield from ops.orders.carry_out(commands)
            ops.journal.note(
                "plan.rolled-back",
                action.id,
                {"incident": self.incident.id, "plan": action.id},
                {"reason": reason},
            )

    # --- then the cause ---

    def _repair(self) -> Generator[Event, Any, None]:
        """Remove the cause, then take back what was changed for the time being; close."""
        if not any(action.plan.purpose == "repair" for action in self.standing):
            repaired = yield from self._repair_cause()
            if not repaired:
                self._move(Status.ESCALATED)
                return
        yield from self._take_back()
        verifier = self._verifier()
        started = self.ops.clock.now
        fixed, outside = yield from verifier.settle(self._services(), started, most=30)
        yield from self._verified(started, fixed, outside)
        self._move(Status.CLOSED if fixed else Status.ESCALATED)

    def _repair_cause(self) -> Generator[Event, Any, bool]:
        assert self.diagnosing.diagnosis is not None
        for _ in range(MOST_PLANS):
            plans = [p for p in self._plans(self.diagnosing.diagnosis) if p.purpose == "repair"]
            if not plans:
                return False
            self.excluded.add(plans[0].key)
            action = yield from decide(self.ops, self.incident.id, plans[0])
            if action is None:
                continue
            done = yield from self._work_on(action)
            gone = done and (yield from self._cause_is_gone())
            if gone:
                return True
        return False

    def _work_on(self, action: Action) -> Generator[Event, Any, bool]:
        """Carry out a repair in the background, ready to restore service again meanwhile."""
        clock = self.ops.clock
        work = clock.process(carry_out(self.ops, action))
        while work.is_alive:
            self.alert = clock.event()
            yield clock.any_of([work, self.alert])
            if work.is_alive:
                yield from self._restore_again()
        return bool(work.value)

    def _restore_again(self) -> Generator[Event, Any, None]:
        verifier = self._verifier()
        held, _outside = yield from verifier.holds(self._services(), 20 * SECOND)
        if held:
            return
        self._move(Status.REOPENED)
        self._move(Status.LOCATED)
        assert self.diagnosing.diagnosis is not None
        before = yield from verifier.outside_at_next_tick(self._services(), 0)
        plan = self._best(self.diagnosing.diagnosis)
        if plan is not None and plan.purpose == "mitigate":
            held = yield from self._try(plan, before)
        if self.incident.status is not Status.RESTORED:
            yield from self._wait_until_fine()

    def _wait_until_fine(self) -> Generator[Event, Any, None]:
        while True:
            held, _outside = yield from self._verifier().holds(self._services(), 30 * SECOND)
            if held:
                self._move(Status.RESTORED)
                return
            yield self.ops.clock.sleep(RECHECK)

    def _cause_is_gone(self) -> Generator[Event, Any, bool]:
        """Probe what was repaired."""
        assert self.diagnosing.diagnosis is not None
        top = self.diagnosing.diagnosis.suspects[0]
        orders, network = self.ops.orders, self.ops.view.network
        results = yield from orders.carry_out(
            [
                orders.command(k, t, {}, self.incident.id, "", "probe")
                for k, t in confirmations(network, top)
            ]
        )
        return all(
            result is None or not result.ok or is_sound(network, result.measurement, top)
            for result in results
        )

    def _take_back(self) -> Generator[Event, Any, None]:
        for action in reversed(self.standing):
            if action.plan.purpose == "mitigate":
                yield from self._roll_back(action, "repaired: no longer needed")
                self.excluded.discard(action.plan.key)
        self.standing.clear()

    def _watch_escalated(self) -> Generator[Event, Any, None]:
        """Keep an eye on what people now have in hand; close when it is over."""
        yield from self._wait_until_fine()
        while any(name in self.ops.view.active_alarms for name in self.incident.snapshot().alarms):
            yield self.ops.clock.sleep(RECHECK)
        self._move(Status.CLOSED)

    # --- small things ---

    def _verifier(self) -> Verifier:
        return Verifier(self.ops.clock, self.ops.view, self.ops.intent, self.ops.orders)

    def _services(self) -> list[str]:
        """Services that the incident hurt, or that are away from their baseline now."""
        names = set(self.incident.snapshot().services)
        for measure in ("loss", "latency"):
            names |= self.ops.view.departures("service", measure).keys()
        names -= self.ops.elsewhere(self.incident)
        if not names:
            names |= self.ops.correlator.reach.users(self.incident.group.core)
        return sorted(names)

    def _verified(
        self, started: Millis, fixed: bool, outside: frozenset[str]
    ) -> Generator[Event, Any, None]:
        ops = self.ops
        verdict, by = yield from ops.performing.perform(Task.VERIFICATION, lambda: fixed)
        ops.journal.evidence(
            "service.verified",
            by,
            started,
            self.incident.id,
            {"incident": self.incident.id},
            {"fixed": verdict, "outside": sorted(outside)},
        )

    def _move(self, status: Status) -> None:
        incident = self.incident
        if incident.status is status:
            return
        incident.move(status, self.ops.clock.now)
        self.ops.journal.note("incident.status", incident.id, {}, {"status": status.value})
