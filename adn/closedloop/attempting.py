"""Attempting: one plan is carried out and verified, and service is seen to while crews travel.

A crew may take hours, and trouble does not wait: what hurts meanwhile, again or for the first time,
is mitigated as things are then.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Final

from simpy.events import Event, Process

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.acting import Action, Proposal, carry_out, decide, needs_crew, propose
from adn.closedloop.case import Case
from adn.closedloop.incident import Status
from adn.closedloop.planning import Plan
from adn.closedloop.tactics import undoing

HOLD_DOWN: Final[Millis] = MINUTE
RECHECK: Final[Millis] = MINUTE
ANEW: Final[Millis] = 5 * MINUTE
"""After so long the system looks anew for a way to help the same services (assumption)."""


def to_restore(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that no crew is needed for, as the planner has them."""
    return [plan for plan in plans if not needs_crew(plan)]


def by_crew(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that a crew carries out."""
    return [plan for plan in plans if needs_crew(plan)]


def by_any_means(plans: Sequence[Plan]) -> list[Plan]:
    """Return all plans, those for crews last."""
    return [*to_restore(plans), *by_crew(plans)]


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
    if needs_crew(plan):
        # While a crew travels nothing is being changed: others need not wait for it.
        case.move(Status.LOCATED)
        done = yield from work_on(case, action, hurt=bool(before))
    else:
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


# --- while a crew is under way ---


def work_on(case: Case, action: Action, *, hurt: bool = False) -> Generator[Event, Any, bool]:
    """Carry out a repair in the background, and see to service meanwhile.

    Args:
        case: Whose repair it is.
        action: The repair.
        hurt: Whether services are known to be outside as it begins.

    Returns:
        Whether it was carried out.
    """
    clock, incident = case.ops.clock, case.incident
    by_people = case.ops.performing.waits(Task.RECOVERY_ANALYSIS, incident.domain)
    incident.crewed = True
    work = clock.process(carry_out(case.ops, case.incident, action))
    if hurt:
        yield from _bridge(case, work)
    while work.is_alive:
        case.alert = clock.event()
        yield clock.any_of([work, case.alert, clock.sleep(RECHECK)])
        if work.is_alive and (case.alert.triggered or (not by_people and _departed(case))):
            yield from _bridge(case, work)
    incident.crewed = False
    if incident.status is Status.REOPENED:
        case.move(Status.LOCATED)
    return bool(work.value)


def _take_up(case: Case) -> None:
    """Take an incident whose service is not, or no longer, back up where a plan can be made."""
    if case.incident.status is Status.RESTORED:
        case.move(Status.REOPENED)
    if case.incident.status in (Status.REOPENED, Status.ESCALATED):
        case.move(Status.LOCATED)


def _is_back(case: Case) -> Generator[Event, Any, bool]:
    """Return whether service that is measured within its promises is verified to be so."""
    if case.incident.status is Status.RESTORED:
        return True
    fixed = yield from case.verified(case.ops.clock.now, True, frozenset())
    if fixed:
        case.move(Status.RESTORED)
    return fixed


def _departed(case: Case) -> bool:
    """Return whether a service of the incident is away from its baseline."""
    view = case.ops.view
    away = {*view.departures("service", "loss"), *view.departures("service", "latency")}
    return bool(away) and not away.isdisjoint(case.services())


def _bridge(case: Case, work: Process) -> Generator[Event, Any, None]:
    """Mitigate what hurts, as often as it takes, until service is back or the crew is done.

    The same services are a reason to look again only when time has passed. People are asked once:
    they know of it then.
    """
    ops, verifier = case.ops, case.verifier()
    by_people = ops.performing.waits(Task.RECOVERY_ANALYSIS, case.incident.domain)
    known: frozenset[str] = frozenset()
    looked: Millis | None = None
    while work.is_alive:
        held, _outside = yield from verifier.holds(case.services(), 20 * SECOND)
        if held and (yield from _is_back(case)):
            return
        _take_up(case)
        before = yield from verifier.outside_at_next_tick(case.services(), 0)
        before = yield from case.outside_after_others(before)
        again = looked is not None and not by_people and ops.clock.now >= looked + ANEW
        fresh = not before <= known and (looked is None or not by_people)
        if before and work.is_alive and (again or fresh):
            known, looked = known | before, ops.clock.now
            if (yield from _mitigate(case, before)):
                return
        if work.is_alive:
            yield ops.clock.any_of([work, ops.clock.sleep(RECHECK)])


def _mitigate(case: Case, before: frozenset[str]) -> Generator[Event, Any, bool]:
    """Try what is best for service as things are now; return whether it is back."""
    yield from case.diagnosing.renew()
    assert case.diagnosing.diagnosis is not None
    proposal = yield from propose(
        case.ops,
        case.incident,
        case.diagnosing.diagnosis,
        frozenset(case.excluded),
        lambda plans: [plan for plan in to_restore(plans) if plan.purpose == "mitigate"],
        before,
    )
    return proposal is not None and (yield from attempt_plan(case, proposal, before))


def wait_until_fine(case: Case) -> Generator[Event, Any, None]:
    """Wait until services are within their promises, by whatever doing."""
    while True:
        held, _outside = yield from case.verifier().holds(case.services(), 30 * SECOND)
        if held:
            case.move(Status.RESTORED)
            return
        yield case.ops.clock.sleep(RECHECK)
