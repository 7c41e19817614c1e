"""Repairing: the cause is removed, ready to restore service again meanwhile, and changes undone."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.acting import Action, carry_out, decide, propose
from adn.closedloop.case import Case
from adn.closedloop.diagnosing import recurs
from adn.closedloop.incident import Status
from adn.closedloop.probing import confirmations, is_sound
from adn.closedloop.restoring import MOST_PLANS, attempt_plan, take_back, to_restore

RECHECK: Final[Millis] = MINUTE
STAYS_WELL: Final[Millis] = 5 * MINUTE
"""How long what came back by itself is watched before it is let be (assumption)."""
LOOK: Final[Millis] = 10 * SECOND


def repair(case: Case) -> Generator[Event, Any, bool]:
    """Remove the cause, then take back what was changed for the time being; close.

    Returns:
        Whether that was done; if not, it is beyond whoever has the incident.
    """
    if not any(action.plan.purpose == "repair" for action in case.standing):
        healed = yield from _healed(case)
        repaired = healed or (yield from _repair_cause(case))
        if not repaired:
            return False
    yield from take_back(case)
    started = case.ops.clock.now
    fixed, outside = yield from case.verifier().settle(case.services(), started, most=30)
    fixed = yield from case.verified(started, fixed, outside)
    if fixed:
        case.move(Status.CLOSED)
    return fixed


def _healed(case: Case) -> Generator[Event, Any, bool]:
    """Return whether the cause has gone by itself: to bounce what is sound again only hurts.

    It has if every alarm of the incident has cleared, what is believed to be broken is measured to
    be sound, and both stay so for a while. What comes and goes is not gone.
    """
    assert case.diagnosing.diagnosis is not None
    diagnosis, ops = case.diagnosing.diagnosis, case.ops
    network = ops.view.network
    if not diagnosis.suspects or recurs(diagnosis) or _alarmed(case) is not False:
        return False
    if not confirmations(network, diagnosis.suspects[0]):
        return False
    if not (yield from _cause_is_gone(case)):
        return False
    began = ops.clock.now
    while ops.clock.now < began + STAYS_WELL:
        yield ops.clock.sleep(LOOK)
        if _alarmed(case):
            return False
    return (yield from _cause_is_gone(case))


def _alarmed(case: Case) -> bool | None:
    """Return whether an alarm of the incident is active; None if it never had any."""
    alarms = case.incident.snapshot().alarms
    return any(name in case.ops.view.active_alarms for name in alarms) if alarms else None


def _repair_cause(case: Case) -> Generator[Event, Any, bool]:
    assert case.diagnosing.diagnosis is not None
    for _ in range(MOST_PLANS):
        proposal = yield from propose(
            case.ops,
            case.incident,
            case.diagnosing.diagnosis,
            frozenset(case.excluded),
            lambda plans: [plan for plan in plans if plan.purpose == "repair"],
        )
        if proposal is None:
            return False
        case.excluded.add(proposal.plan.key)
        action = yield from decide(case.ops, case.incident, proposal)
        if action is None:
            continue
        done = yield from _work_on(case, action)
        if done and (yield from _cause_is_gone(case)):
            return True
    return False


def _work_on(case: Case, action: Action) -> Generator[Event, Any, bool]:
    """Carry out a repair in the background, ready to restore service again meanwhile."""
    clock = case.ops.clock
    work = clock.process(carry_out(case.ops, case.incident, action))
    while work.is_alive:
        case.alert = clock.event()
        yield clock.any_of([work, case.alert])
        if work.is_alive:
            yield from _restore_again(case)
    return bool(work.value)


def _restore_again(case: Case) -> Generator[Event, Any, None]:
    verifier = case.verifier()
    held, _outside = yield from verifier.holds(case.services(), 20 * SECOND)
    if held:
        return
    case.move(Status.REOPENED)
    case.move(Status.LOCATED)
    assert case.diagnosing.diagnosis is not None
    before = yield from verifier.outside_at_next_tick(case.services(), 0)
    before = yield from case.outside_after_others(before)
    if not before:
        yield from wait_until_fine(case)
        return
    proposal = yield from propose(
        case.ops,
        case.incident,
        case.diagnosing.diagnosis,
        frozenset(case.excluded),
        lambda plans: [p for p in to_restore(plans) if p.purpose == "mitigate"],
    )
    if proposal is not None:
        yield from attempt_plan(case, proposal, before)
    if case.incident.status is not Status.RESTORED:
        yield from wait_until_fine(case)


def wait_until_fine(case: Case) -> Generator[Event, Any, None]:
    """Wait until services are within their promises, by whatever doing."""
    while True:
        held, _outside = yield from case.verifier().holds(case.services(), 30 * SECOND)
        if held:
            case.move(Status.RESTORED)
            return
        yield case.ops.clock.sleep(RECHECK)


def _cause_is_gone(case: Case) -> Generator[Event, Any, bool]:
    """Probe what was repaired."""
    assert case.diagnosing.diagnosis is not None
    top = case.diagnosing.diagnosis.suspects[0]
    orders, network, name = case.ops.orders, case.ops.view.network, case.incident.id
    results = yield from orders.carry_out(
        [orders.command(k, t, {}, name, "", "probe") for k, t in confirmations(network, top)]
    )
    return all(
        result is None or not result.ok or is_sound(network, result.measurement, top)
        for result in results
    )
