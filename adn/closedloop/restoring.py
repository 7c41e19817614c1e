"""Restoring service: locate, choose, act and verify until services are within their promises."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import count
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.acting import Action, Proposal, carry_out, decide, needs_crew, propose
from adn.closedloop.case import Case
from adn.closedloop.diagnosing import recurs
from adn.closedloop.incident import Status
from adn.closedloop.locating import Diagnosis
from adn.closedloop.planning import Plan
from adn.closedloop.tactics import undoing

MOST_PLANS: Final = 3
MORE_EVIDENCE: Final[Millis] = 10 * SECOND
THINK_AGAIN: Final[Millis] = 5 * MINUTE
"""How long an expert who sees nothing to do lets pass before looking again (assumption)."""
HOLD_DOWN: Final[Millis] = MINUTE
SURE: Final = 0.9
"""A cause at least so probable is worth a crew when nothing else can be done."""


def restore(case: Case) -> Generator[Event, Any, bool]:
    """Bring service back; return False when that is beyond whoever has the incident.

    An expert does not give up.
    """
    incident, ops, verifier = case.incident, case.ops, case.verifier()
    for attempt in count():
        diagnosis = yield from case.diagnosing.locate(changed=bool(case.excluded))
        by_people = ops.performing.waits(Task.RECOVERY_ANALYSIS, incident.domain)
        case.move(Status.LOCATED)
        before = yield from verifier.outside_at_next_tick(case.services(), 0)
        if before:
            before = yield from case.outside_after_others(before)
        if not before and not recurs(diagnosis):
            # Routing may have healed it already, or nobody was ever hurt.
            since = ops.clock.now
            fixed, outside = yield from verifier.settle(case.services(), since - 20 * SECOND)
            if fixed and (yield from case.verified(since, True, outside)):
                case.move(Status.RESTORED)
                return True
            before = outside
        last = attempt >= MOST_PLANS and not incident.handed_over
        proposal = None
        sure = _is_sure(diagnosis)
        if not last or sure:
            wanted = by_crew if last else to_restore
            if incident.handed_over or (sure and by_people):
                wanted = by_any_means
            proposal = yield from propose(
                ops, incident, diagnosis, frozenset(case.excluded), wanted
            )
        if proposal is not None:
            held = yield from attempt_plan(case, proposal, before)
            if held:
                return True
        elif incident.handed_over:
            case.excluded.clear()
            yield ops.clock.sleep(THINK_AGAIN)
        elif by_people:
            return False
        else:
            # Nothing to be done on this evidence; more may come.
            yield ops.clock.sleep(MORE_EVIDENCE)
        if last:
            return False
    raise AssertionError


def to_restore(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that no crew is needed for, as the planner has them."""
    return [plan for plan in plans if not needs_crew(plan)]


def by_crew(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that a crew carries out."""
    return [plan for plan in plans if needs_crew(plan)]


def by_any_means(plans: Sequence[Plan]) -> list[Plan]:
    """Return all plans, those for crews last."""
    return [*to_restore(plans), *by_crew(plans)]


def _is_sure(diagnosis: Diagnosis) -> bool:
    return bool(diagnosis.suspects) and diagnosis.suspects[0].probability >= SURE


def attempt_plan(
    case: Case, proposal: Proposal, before: frozenset[str]
) -> Generator[Event, Any, bool]:
    """Carry out a plan and verify it; return whether service is back and stays so."""
    ops, plan = case.ops, proposal.plan
    case.excluded.add(plan.key)
    case.move(Status.PLANNED)
    action = yield from decide(ops, case.incident, proposal)
    if action is None:
        case.move(Status.LOCATED)
        return False
    case.move(Status.APPROVED)
    case.move(Status.EXECUTING)
    done = yield from carry_out(ops, case.incident, action)
    case.move(Status.VERIFYING)
    started, verifier = ops.clock.now, case.verifier()
    fixed, outside = yield from verifier.settle(case.services(), started)
    if done and not fixed and plan.purpose == "repair" and case.standing:
        # What was shed to bridge the time may be all that still hurts.
        yield from take_back(case)
        fixed, outside = yield from verifier.settle(case.services(), ops.clock.now)
    fixed = yield from case.verified(started, fixed, outside)
    if not fixed:
        if not done or len(outside) >= len(before):
            yield from roll_back(case, action, "did not help" if done else "failed")
        else:
            case.standing.append(action)
        case.move(Status.LOCATED)
        return False
    case.standing.append(action)
    case.move(Status.RESTORED)
    held, outside = yield from verifier.holds(case.services(), HOLD_DOWN)
    if not held:
        yield from case.verified(started, False, outside)
        case.move(Status.REOPENED)
    return held


def roll_back(case: Case, action: Action, reason: str) -> Generator[Event, Any, None]:
    """Restore the configuration that was saved before an action, where it is still the action's."""
    ops, name = case.ops, case.incident.id
    plan, view = action.plan, ops.view
    commands = [
        ops.orders.command(s.kind, s.target, s.params, name, action.id, "rollback")
        for s in undoing(plan.steps, plan.inverse, view.routes, view.limits, view.costs)
    ]
    if commands:
        yield from ops.orders.carry_out(commands)
        ops.journal.note(
            "plan.rolled-back",
            action.id,
            {"incident": name, "plan": action.id},
            {"reason": reason},
        )


def take_back(case: Case) -> Generator[Event, Any, None]:
    """Undo what was changed for the time being."""
    for action in reversed(case.standing):
        if action.plan.purpose == "mitigate":
            yield from roll_back(case, action, "repaired: no longer needed")
            case.excluded.discard(action.plan.key)
    case.standing.clear()
