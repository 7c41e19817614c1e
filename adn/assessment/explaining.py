"""Which instances a level failed on, and in which runs: from a verdict back to the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adn.assessment.criteria import Conduct, Shortfall, shortfall
from adn.assessment.runs import NAMES, RunResult, read_results
from adn.base.levels import AutonomyLevel, Task, level_table

MOST_NAMED = 3
"""Instances named in the one line; the list has all of them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One instance that does not count for a level."""

    case: str
    seed: int
    fault: str
    kind: str
    incident: str
    conduct: Conduct
    short: Shortfall

    def __str__(self) -> str:
        what = " ".join(part for part in (self.fault, self.incident) if part) or "no fault"
        return f"{self.case} seed {self.seed} {what} ({self.short.value})"

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            "case": self.case,
            "seed": self.seed,
            "fault": self.fault,
            "kind": self.kind,
            "incident": self.incident,
            "subject": None if self.conduct.subject is None else NAMES[self.conduct.subject],
            "right": self.conduct.right,
            "in_time": self.conduct.in_time,
            "short": self.short.value,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a task did at a level in one agent's runs of a domain.

    Attributes:
        task: Which.
        level: At which level it is held up.
        instances: How many there are.
        failures: Those that do not count, by case, seed, fault and incident.
    """

    task: Task
    level: AutonomyLevel
    instances: int
    failures: tuple[Failure, ...]

    def __str__(self) -> str:
        name = f"{self.task.value} ({level_table().names[self.task]}) at {self.level}"
        if not self.instances:
            return f"{name}: nothing was seen of it"
        if not self.failures:
            return f"{name}: all {self.instances} count"
        named = "; ".join(map(str, self.failures[:MOST_NAMED]))
        more = len(self.failures) - MOST_NAMED
        rest = f"; and {more} more" if more > 0 else ""
        return f"{name} fails: {len(self.failures)} of {self.instances}, see {named}{rest}"

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            "task": self.task.value,
            "level": str(self.level),
            "instances": self.instances,
            "says": str(self),
            "failures": [failure.as_json() for failure in self.failures],
        }


def explain(
    results: Iterable[Mapping[str, Any]], task: Task | str, level: AutonomyLevel | str
) -> Explanation:
    """Return which instances of a task do not count for a level.

    Args:
        results: Of the runs of one agent; the claimed level is of no account.
        task: The task, or its letter.
        level: The level.

    Raises:
        AssessmentError: The results cannot be assessed together.
    """
    return explained(read_results(results), Task(task), AutonomyLevel(level))


def explained(runs: Sequence[RunResult], task: Task, level: AutonomyLevel) -> Explanation:
    """Return the same from runs that have been read."""
    pairs = [(run, one) for run in runs for one in run.instances if one.task == task]
    failures = [
        Failure(run.case, run.seed, one.fault, one.kind, one.incident, one.conduct, reason)
        for run, one in pairs
        if (reason := shortfall(task, level, one.conduct)) is not None
    ]
    failures.sort(key=lambda f: (f.case, f.seed, f.fault, f.incident))
    return Explanation(task, level, len(pairs), tuple(failures))
