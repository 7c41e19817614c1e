"""Repairing: the cause is removed, and what was changed for the time being is undone."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.acting import decide, propose
from adn.closedloop.attempting import RECHECK, take_back, work_on
from adn.closedloop.case import Case
from adn.closedloop.diagnosing import recurs
from adn.closedloop.incident import Status
from adn.closedloop.people.crews import is_field_work
from adn.closedloop.planning import Plan
from adn.closedloop.probing import confirmations, is_sound, loses_any
from adn.closedloop.restoring import MOST_PLANS
from adn.closedloop.tactics import LOSSY

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
    fixed, outside = yield from case.verifier().settle(case.services(), started, within=5 * MINUTE)
    fixed = yield from case.verified(started, fixed, outside)
    if fixed:
        if case.incident.status is not Status.RESTORED:
            case.move(Status.RESTORED)  # what hurt while a crew travelled is over with the cause
        case.move(Status.CLOSED)
    return fixed


def _healed(case: Case) -> Generator[Event, Any, bool]:
    """Return whether the cause has gone by itself: to bounce what is sound again only hurts.

    It has if every alarm of the incident has cleared, what is believed to be broken is measured to
    be sound, and both stay so for a while. What comes and goes is not gone. What loses traffic
    raises no alarm: where nothing at all is measured to be lost, what services felt was something
    that passed.
    """
    assert case.diagnosing.diagnosis is not None
    diagnosis, ops = case.diagnosing.diagnosis, case.ops
    network, alarmed = ops.view.network, _alarmed(case)
    if not diagnosis.suspects or recurs(diagnosis) or alarmed:
        return False
    top = diagnosis.suspects[0]
    if not confirmations(network, top) or (alarmed is None and top.problem not in LOSSY):
        return False
    if not (yield from _cause_is_gone(case, wholly=alarmed is None)):
        return False
    began = ops.clock.now
    while ops.clock.now < began + STAYS_WELL:
        yield ops.clock.sleep(LOOK)
        if _alarmed(case):
            return False
    return (yield from _cause_is_gone(case, wholly=alarmed is None))


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
        if (yield from _others_are_there(case, proposal.plan)):
            if (yield from _cause_is_gone(case)):
                return True
            continue
        case.excluded.add(proposal.plan.key)
        action = yield from decide(case.ops, case.incident, proposal)
        if action is None:
            continue
        done = yield from work_on(case, action)
        if done and (yield from _cause_is_gone(case)):
            return True
    return False


def _others_are_there(case: Case, plan: Plan) -> Generator[Event, Any, bool]:
    """Wait for crews that are sent on another incident's account to where a plan would send one.

    Returns:
        Whether there were any.
    """
    crews, ops = case.ops.crews, case.ops
    wanted = {step.target for step in plan.steps if is_field_work(step.kind)}
    waited = False
    while wanted & crews.sent_to(case.incident.id):
        waited = True
        yield ops.clock.sleep(RECHECK)
    return waited


def _cause_is_gone(case: Case, *, wholly: bool = False) -> Generator[Event, Any, bool]:
    """Probe what was repaired, or is thought to be gone, `wholly` if nothing may be lost at all."""
    assert case.diagnosing.diagnosis is not None
    top = case.diagnosing.diagnosis.suspects[0]
    orders, network, name = case.ops.orders, case.ops.view.network, case.incident.id
    results = yield from orders.carry_out(
        [orders.command(k, t, {}, name, "", "probe") for k, t in confirmations(network, top)]
    )
    return all(
        not wholly
        if result is None or not result.ok
        else is_sound(network, result.measurement, top)
        and not (wholly and loses_any(result.measurement))
        for result in results
    )
