"""Diagnoses and plans as plain values, the form in which they pass the one door to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adn.closedloop.locating import Diagnosis, Suspect
from adn.closedloop.planning import Plan
from adn.closedloop.tactics import Step
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES


def plain(value: Any) -> Any:
    """Return a value with every mapping a dict and every sequence a list, as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def of_diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis: its suspects, the domain, and what had better be probed."""
    return {
        "suspects": [[s.object, s.problem, s.probability] for s in diagnosis.suspects],
        "domain": diagnosis.domain,
        "probability": diagnosis.domain_probability,
        "probes": [[wish.kind, wish.target] for wish in diagnosis.probes],
    }


def to_diagnosis(content: Mapping[str, Any], known: Diagnosis) -> Diagnosis:
    """Return the diagnosis in an answer to H.

    Args:
        content: The answer.
        known: What the tools showed; tells what a suspect named there explains, and why it is one.
    """
    shown = {(s.object, s.problem): s for s in known.suspects}
    suspects = tuple(
        replace(
            shown.get((name, problem), Suspect(name, problem, 0.0, ())),
            probability=float(probability),
        )
        for name, problem, probability in content["suspects"]
    )
    domain, probability = domain_of(suspects)
    return Diagnosis(suspects, (), domain, probability, known.apart)


def domain_of(suspects: Sequence[Suspect]) -> tuple[str, float]:
    """Return the likeliest domain of some suspects and its probability; "" is unknown."""
    sums: dict[str, float] = {"": 0.0}
    for row in suspects:
        known = PROBLEM_CLASSES.get(row.problem)
        name = known.domain if known else ""
        sums[name] = sums.get(name, 0.0) + row.probability
    best = max(sorted(sums), key=lambda name: sums[name])
    return best, min(1.0, sums[best])


def of_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan: what it is for, its steps, what is expected of it, and why."""
    return {
        "purpose": plan.purpose,
        "steps": [[s.kind, s.target, plain(s.params)] for s in plan.steps],
        "expected": plain(plan.expected),
        "risk": plan.risk,
        "because": list(plan.because),
    }


def to_plan(content: Mapping[str, Any]) -> Plan:
    """Return the plan that somebody wrote down by hand: nothing was tried, so nothing is expected.

    Args:
        content: Its purpose, and its steps as [kind, target, params].
    """
    steps = tuple(Step(kind, target, dict(params)) for kind, target, params in content["steps"])
    risks = ("none", "low", "medium", "high")
    risk = max((command_kinds()[step.kind].risk for step in steps), key=risks.index)
    return Plan(content["purpose"], steps, (), {}, risk, ("ordered by hand",))
