"""From a diagnosis to a finished action: proposal, decision, change request, commands."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import Millis
from adn.base.levels import Task
from adn.closedloop.incident import Incident
from adn.closedloop.locating import Diagnosis
from adn.closedloop.operations import Operations
from adn.closedloop.people.crews import is_field_work
from adn.closedloop.people.plain import plain
from adn.closedloop.people.staff import Eligible
from adn.closedloop.performing import Performed
from adn.closedloop.planning import Plan
from adn.northbound.commands import Command, CommandResult, PlanNotice

HALF: Final = 0.5
"""Expected numbers of services closer than this are no different."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, who found it, and since when they had looked for one."""

    plan: Plan
    done: Performed[Plan | None]
    started: Millis


@dataclass(frozen=True, slots=True)
class Action:
    """A plan that was allowed, with its id and its commands."""

    id: str
    incident: str
    plan: Plan
    commands: tuple[Command, ...]


def needs_crew(plan: Plan) -> bool:
    """Return whether any step is field work."""
    return any(is_field_work(step.kind) for step in plan.steps)


def propose(
    ops: Operations,
    incident: Incident,
    diagnosis: Diagnosis,
    excluded: frozenset[str],
    eligible: Eligible,
    outside: frozenset[str] = frozenset(),
) -> Generator[Event, Any, Proposal | None]:
    """Look for something to do about a diagnosis; None if nothing is found.

    Args:
        ops: What to draw on.
        incident: What it is about.
        diagnosis: What is believed.
        excluded: Keys of plans that were tried.
        eligible: Gives, of all plans, those that are wanted now, best first.
        outside: Services that were measured outside their promises last: routing may have healed
            others that were hurt.
    """
    started = ops.clock.now

    def wanted(plans: Any) -> list[Plan]:
        return [
            plan
            for plan in eligible(plans)
            if plan.key not in excluded and ops.intent.permits(step.kind for step in plan.steps)
        ]

    def system() -> Plan | None:
        minded = replace(
            incident.snapshot(),
            services=tuple(ops.services_of(incident)),
            outside=tuple(sorted(outside)),
        )
        plans = ops.planner.plan(minded, diagnosis, ops.view, excluded, ops.given(incident))
        return next(iter(wanted(plans)), None)

    done = yield from ops.performing.perform(
        Task.RECOVERY_ANALYSIS,
        system,
        ops.staff.planned(incident, diagnosis, excluded, wanted),
        domain=incident.domain,
        handed_over=incident.handed_over,
    )
    return None if done.answer is None else Proposal(done.answer, done, started)


def decide(
    ops: Operations, incident: Incident, proposal: Proposal
) -> Generator[Event, Any, Action | None]:
    """Log the plan as proposed and decide on it; None if it is refused."""
    started, name, plan = ops.clock.now, ops.plan_id(), proposal.plan
    ref = {"incident": incident.id}
    ops.journal.evidence(
        "plan.proposed",
        proposal.done.by,
        proposal.started,
        name,
        ref,
        {
            "purpose": plan.purpose,
            "steps": [[s.kind, s.target, plain(s.params)] for s in plan.steps],
            "expected": plain(plan.expected),
            "candidates": plain(plan.candidates),
            "because": list(plan.because),
        },
        proposal.done.work,
    )
    judged = judge(ops, plan)
    done = yield from ops.performing.perform(
        Task.DETERMINATION,
        lambda: judged,
        ops.staff.decided(incident, plan, *judged),
        domain=incident.domain,
        handed_over=incident.handed_over,
    )
    allowed, reason = done.answer
    ops.journal.evidence(
        "plan.decided",
        done.by,
        started,
        name,
        ref | {"plan": name},
        {"verdict": "approve" if allowed else "reject", "risk": plan.risk, "reason": reason},
        done.work,
    )
    if not allowed:
        return None
    commands = tuple(
        ops.orders.command(s.kind, s.target, plain(s.params), incident.id, name, plan.purpose)
        for s in plan.steps
    )
    ops.orders.file(PlanNotice(name, incident.id, plan.purpose, commands))
    return Action(name, incident.id, plan, commands)


def judge(ops: Operations, plan: Plan) -> tuple[bool, str]:
    """Return whether a plan is allowed, and why: permitted, and no worse than doing nothing."""
    for step in plan.steps:
        if not ops.intent.allows(step.kind, dark=step.target in ops.view.silent):
            return False, f"{step.kind} on {step.target} is of too high a risk"
    before, after = plan.expected.get("outside_before"), plan.expected.get("outside_after")
    if before is not None and after is not None and after > before + HALF:
        return False, f"expected to leave {after:.1f} services outside instead of {before:.1f}"
    return True, "permitted, and expected to be no worse than doing nothing"


def carry_out(ops: Operations, incident: Incident, action: Action) -> Generator[Event, Any, bool]:
    """Send the commands of an action, once more those that fail; return whether all succeeded."""
    started = ops.clock.now
    done = yield from ops.performing.perform(
        Task.EXECUTION,
        lambda: action.commands,
        ops.staff.executed(incident, action.commands),
        domain=incident.domain,
    )
    results = yield from _send(ops, incident, action.commands)
    as_planned = all(_succeeded(result) for result in results.values())
    ops.journal.evidence(
        "plan.executed",
        done.by,
        started,
        action.id,
        {"incident": action.incident, "plan": action.id, "commands": sorted(results)},
        {"as_planned": as_planned},
        done.work,
    )
    return as_planned


def _send(
    ops: Operations, incident: Incident, commands: tuple[Command, ...]
) -> Generator[Event, Any, dict[str, CommandResult | None]]:
    answers = yield from ops.crews.carry_out(commands, incident.snapshot())
    results = {c.id: answer for c, answer in zip(commands, answers, strict=True)}
    again = [ops.orders.again(c) for c in commands if not _succeeded(results[c.id])]
    if again:
        answers = yield from ops.crews.carry_out(again, incident.snapshot())
        results = {name: answer for name, answer in results.items() if _succeeded(answer)}
        results |= {c.id: answer for c, answer in zip(again, answers, strict=True)}
    return results


def _succeeded(result: CommandResult | None) -> bool:
    return result is not None and result.ok
