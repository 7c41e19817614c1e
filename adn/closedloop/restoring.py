"""Restoring service: locate, choose, act and verify until services are within their promises."""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.acting import propose
from adn.closedloop.attempting import attempt_plan, by_any_means, by_crew, to_restore
from adn.closedloop.case import Case
from adn.closedloop.diagnosing import recurs
from adn.closedloop.incident import Status
from adn.closedloop.locating import Diagnosis

MOST_PLANS: Final = 3
MORE_EVIDENCE: Final[Millis] = 10 * SECOND
THINK_AGAIN: Final[Millis] = 5 * MINUTE
"""How long an expert who sees nothing to do lets pass before looking again (assumption)."""
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
        before = yield from _outside(case)
        if case.diagnosing.outdated():  # what came and went meanwhile may come again
            diagnosis = yield from case.diagnosing.locate(changed=bool(case.excluded))
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
                ops, incident, diagnosis, frozenset(case.excluded), wanted, before
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


def _outside(case: Case) -> Generator[Event, Any, frozenset[str]]:
    """Return who is outside, once other incidents' changes are made."""
    verifier = case.verifier()
    before = verifier.known(case.services())
    if not before:
        told = verifier.telling(case.incident.joined_at)
        before = yield from verifier.outside_at_next_tick(case.services(), told)
    return (yield from case.outside_after_others(before)) if before else before


def _is_sure(diagnosis: Diagnosis) -> bool:
    return bool(diagnosis.suspects) and diagnosis.suspects[0].probability >= SURE
