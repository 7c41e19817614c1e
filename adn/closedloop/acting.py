"""From a plan to a finished action: proposal, decision, change request, commands."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simpy.events import Event

from adn.base.levels import Task
from adn.closedloop.operations import Operations
from adn.closedloop.planning import Plan
from adn.northbound.commands import Command, CommandResult, PlanNotice, command_kinds

HALF: Final = 0.5
"""Expected numbers of services closer than this are no different."""


@dataclass(frozen=True, slots=True)
class Action:
    """A plan that was allowed, with its id and its commands."""

    id: str
    incident: str
    plan: Plan
    commands: tuple[Command, ...]


def needs_crew(plan: Plan) -> bool:
    """Return whether any step is field work."""
    kinds = command_kinds()
    return any(kinds[step.kind].performed_by == "field" for step in plan.steps)


def decide(ops: Operations, incident: str, plan: Plan) -> Generator[Event, Any, Action | None]:
    """Log the plan as proposed and decide on it; None if it is refused."""
    started, name = ops.clock.now, ops.plan_id()
    ref = {"incident": incident}
    plan, by = yield from ops.performing.perform(Task.RECOVERY_ANALYSIS, lambda: plan)
    ops.journal.evidence(
        "plan.proposed",
        by,
        started,
        name,
        ref,
        {
            "purpose": plan.purpose,
            "steps": [[s.kind, s.target, plain(s.params)] for s in plan.steps],
            "expected": plain(plan.expected),
            "candidates": plain(plan.candidates),
            "because": list(plan.because),
        },
    )
    (allowed, reason), by = yield from ops.performing.perform(
        Task.DETERMINATION, lambda: judge(ops, plan)
    )
    ops.journal.evidence(
        "plan.decided",
        by,
        started,
        name,
        ref | {"plan": name},
        {"verdict": "approve" if allowed else "reject", "risk": plan.risk, "reason": reason},
    )
    if not allowed:
        return None
    commands = tuple(
        ops.orders.command(s.kind, s.target, plain(s.params), incident, name, plan.purpose)
        for s in plan.steps
    )
    ops.orders.file(PlanNotice(name, incident, plan.purpose, commands))
    return Action(name, incident, plan, commands)


def judge(ops: Operations, plan: Plan) -> tuple[bool, str]:
    """Return whether a plan is allowed, and why: permitted, and no worse than doing nothing."""
    for step in plan.steps:
        if not ops.intent.allows(step.kind, dark=step.target in ops.view.silent):
            return False, f"{step.kind} on {step.target} is of too high a risk"
    before, after = plan.expected.get("outside_before"), plan.expected.get("outside_after")
    if before is not None and after is not None and after > before + HALF:
        return False, f"expected to leave {after:.1f} services outside instead of {before:.1f}"
    return True, "permitted, and expected to be no worse than doing nothing"


def carry_out(ops: Operations, action: Action) -> Generator[Event, Any, bool]:
    """Send the commands of an action, once more those that fail; return whether all succeeded."""
    started = ops.clock.now
    results, by = yield from _execute(ops, action)
    as_planned = all(_succeeded(result) for result in results.values())
    ops.journal.evidence(
        "plan.executed",
        by,
        started,
        action.id,
        {"incident": action.incident, "plan": action.id, "commands": sorted(results)},
        {"as_planned": as_planned},
    )
    return as_planned


def _execute(ops: Operations, action: Action) -> Generator[Event, Any, Any]:
    commands, by = yield from ops.performing.perform(Task.EXECUTION, lambda: action.commands)
    answers = yield from ops.orders.carry_out(commands)
    results = {c.id: answer for c, answer in zip(commands, answers, strict=True)}
    again = [ops.orders.again(c) for c in commands if not _succeeded(results[c.id])]
    if again:
        answers = yield from ops.orders.carry_out(again)
        results = {name: answer for name, answer in results.items() if _succeeded(answer)}
        results |= {c.id: answer for c, answer in zip(again, answers, strict=True)}
    return results, by


def _succeeded(result: CommandResult | None) -> bool:
    return result is not None and result.ok


def plain(value: Any) -> Any:
    """Return a value with every mapping a dict and every sequence a list, as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
