"""From tasks to a level: what each task has earned, the base level, and its decimal.

The decimal follows the shape of TM Forum IG1252's Method 1 with its example weights of dimensions,
and is named after it; it is not IG1252, whose unit is a questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Final

from adn.assessment.attainment import Attainment, Tally, attainment
from adn.assessment.criteria import ABOVE_MANUAL, LEVELS, Shortfall, target
from adn.assessment.runs import RunResult
from adn.base.levels import AutonomyLevel, Task, level_table

WEIGHTS: Final[Mapping[str, float]] = {
    "Intent": 10.0,
    "Awareness": 35.0,
    "Analysis": 20.0,
    "Decision": 15.0,
    "Execution": 20.0,
}
"""Of the dimensions, IG1252's example."""
NOTHING_SEEN: Final = "nothing was seen of it"
_SAID: Final[Mapping[Shortfall, str]] = {
    Shortfall.NOBODY: "done by nobody",
    Shortfall.SUBJECT: "with people where the system owes it",
    Shortfall.WRONG: "wrong",
    Shortfall.LATE: "late",
}


@dataclass(frozen=True, slots=True)
class TaskLevel:
    """What one task has earned.

    Attributes:
        task: Which.
        applies: Whether it can apply in any of the runs.
        reason: Why it does not, where it does not.
        at: What was seen, by level.
    """

    task: Task
    applies: bool
    reason: str
    at: Mapping[AutonomyLevel, Attainment]

    @property
    def level(self) -> AutonomyLevel:
        """The highest level with all levels up to it attained."""
        return _highest(self.at, shares_only=False)

    @property
    def by_share(self) -> AutonomyLevel:
        """Likewise, without regard to how sure the shares are."""
        return _highest(self.at, shares_only=True)

    @property
    def next_level(self) -> AutonomyLevel | None:
        """The first level that is not attained; None if all are."""
        return next((level for level in ABOVE_MANUAL if not self.at[level].attained), None)

    @property
    def why(self) -> str:
        """What stands between the task and its next level; empty at the highest."""
        if not self.applies:
            return f"left out: {self.reason}" if self.reason else "left out: cannot apply here"
        beyond = self.next_level
        return "" if beyond is None else self.missing(beyond)

    def missing(self, level: AutonomyLevel) -> str:
        """Return in words what is missing for a level."""
        name = f"{self.task.value} ({level_table().names[self.task]})"
        seen = self.at[level]
        if not seen.n:
            return f"{name} at {level}: {NOTHING_SEEN}; {seen.needed} instances are the fewest"
        share, low = 100 * seen.passed / seen.n, 100 * (seen.low or 0.0)
        counted = (
            f"{name} at {level}: {seen.passed} of {seen.n} count ({_percent(share)} %, "
            f"at least {_percent(low)} % shown, {100 * target(level):.0f} % owed)"
        )
        reasons = [f"{count} {_SAID[why]}" for why in Shortfall if (count := seen.short.get(why))]
        if seen.wanting:
            reasons.append(f"{seen.needed} more instances like these would show it")
        elif seen.undecided:
            reasons.append("too few to tell")
        return f"{counted}: {', '.join(reasons)}"

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            "level": str(self.level) if self.applies else None,
            "applies": self.applies,
            "why": self.why,
            "at": {str(level): self.at[level].as_json() for level in ABOVE_MANUAL},
        }


def _highest(at: Mapping[AutonomyLevel, Attainment], *, shares_only: bool) -> AutonomyLevel:
    reached = LEVELS[0]
    for level in ABOVE_MANUAL:
        if not (at[level].by_share if shares_only else at[level].attained):
            break
        reached = level
    return reached


def _percent(value: float) -> str:
    """Return a percentage cut after one digit, so that 89.97 never reads as 90.0."""
    return f"{floor(value * 10 + 1e-9) / 10:.1f}"


def inapplicable_in(runs: Iterable[RunResult]) -> dict[Task, str]:
    """Return the tasks that no run could have called for, with the reasons that were declared."""
    rows = [run.inapplicable for run in runs]
    every = set(Task).intersection(*rows) if rows else set()
    return {
        task: "; ".join(sorted({row[task] for row in rows if row[task]}))
        for task in Task
        if task in every
    }


def task_levels(tally: Tally, inapplicable: Mapping[Task, str]) -> dict[Task, TaskLevel]:
    """Return what each task has earned."""
    return {
        task: TaskLevel(
            task=task,
            applies=task not in inapplicable,
            reason=inapplicable.get(task, ""),
            at={level: attainment(tally, task, level) for level in ABOVE_MANUAL},
        )
        for task in Task
    }


def base_of(tasks: Mapping[Task, TaskLevel], *, shares_only: bool = False) -> AutonomyLevel:
    """Return the least level of the tasks that apply; L0 if none does."""
    levels = [t.by_share if shares_only else t.level for t in tasks.values() if t.applies]
    return min(levels, default=LEVELS[0])


def score_of(tasks: Mapping[Task, TaskLevel], base: AutonomyLevel) -> float:
    """Return the base level plus the weight of the tasks that are above it."""
    number = LEVELS.index(base)
    if base == LEVELS[-1]:
        return float(number)
    beyond = LEVELS[number + 1]
    weights = task_weights(task for task, one in tasks.items() if one.applies)
    return number + sum(w for task, w in weights.items() if tasks[task].level >= beyond)


def task_weights(tasks: Iterable[Task]) -> dict[Task, float]:
    """Return a weight for each task: a dimension's, evenly over its tasks; one in all."""
    dimensions = level_table().dimensions
    present = sorted(set(tasks))
    total = sum(WEIGHTS[name] for name in sorted({dimensions[task] for task in present}))
    return {
        task: WEIGHTS[dimensions[task]]
        / sum(dimensions[other] == dimensions[task] for other in present)
        / total
        for task in present
    }


def named(score: float | None) -> str:
    """Return how a score is called; cut after one digit, so that 3.96 is no L4.0."""
    return "no level" if score is None else f"L{_percent(score)}, IG1252-style"
