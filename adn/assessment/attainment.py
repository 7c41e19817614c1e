"""Whether a task is attained at a level: the share of its instances that count, and its bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adn.assessment.criteria import Conduct, Shortfall, by_definition, shortfall, target
from adn.assessment.intervals import fewest, lower_bound, needed, wilson_high
from adn.assessment.runs import Instance, RunResult
from adn.base.levels import AutonomyLevel, Task

Tally = Mapping[Task, Mapping[str, Counter[Conduct]]]
"""How often a task was done how, by run; runs without an instance of it are left out."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """A task at a level.

    Attributes:
        level: Which.
        by_definition: Whether a person owes the task there, so that nothing is to be shown.
        n: Instances.
        passed: Of them, those that count for the level.
        low: Lower bound of the share that counts; None without instances or by definition.
        needed: How many more instances like these until it is attained; 0 if it is, None if no
            number would do.
        short: How many do not count, by reason.
    """

    level: AutonomyLevel
    by_definition: bool
    n: int
    passed: int
    low: float | None
    needed: int | None
    short: Mapping[Shortfall, int]

    @property
    def share(self) -> float | None:
        """Share that counts; None without instances or by definition."""
        return None if self.by_definition or not self.n else self.passed / self.n

    @property
    def attained(self) -> bool:
        """Whether the level is shown, or there is nothing to show."""
        return self.by_definition or self.needed == 0

    @property
    def wanting(self) -> bool:
        """Whether it is not attained only because too little was seen."""
        return not self.attained and self.needed is not None

    @property
    def undecided(self) -> bool:
        """Whether it is not attained, and what was seen is too little to call it failed either.

        Fewer than could show it however well they went, and not so bad that even the upper end
        of their interval is below the target. Where more was seen, the share decides.
        """
        if self.attained or self.wanting:
            return not self.attained
        aim = target(self.level)
        return self.n < fewest(aim) and wilson_high(self.passed / self.n, self.n) >= aim

    @property
    def by_share(self) -> bool:
        """Whether the share alone, without regard to how sure it is, would do."""
        share = self.share
        return self.by_definition or (share is not None and share >= target(self.level))

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        share = self.share
        return {
            "n": self.n,
            "passed": self.passed,
            "q": None if share is None else round(share, 6),
            "low": None if self.low is None else round(self.low, 6),
            "attained": self.attained,
            "by_definition": self.by_definition,
            "needed": self.needed,
            "short": {reason.value: self.short.get(reason, 0) for reason in Shortfall},
        }


Counts = Callable[[RunResult, Instance], bool]
"""Whether an instance of a run is to be counted."""


def of_faults(choose: Callable[[Instance], bool]) -> Counts:
    """Return what counts if only some faults are looked at; what belongs to none counts too."""
    return lambda _, one: not one.fault or choose(one)


def tally_of(runs: Iterable[RunResult], counts: Counts | None = None) -> Tally:
    """Return how the tasks were done in some runs.

    Args:
        runs: Those to count.
        counts: Which of their instances to count; all if left out.
    """
    found: dict[Task, dict[str, Counter[Conduct]]] = {task: {} for task in Task}
    for run in runs:
        for one in run.instances:
            if counts is None or counts(run, one):
                found[one.task].setdefault(run.name, Counter())[one.conduct] += 1
    return found


def attainment(tally: Tally, task: Task, level: AutonomyLevel) -> Attainment:
    """Return what a tally shows of a task at a level."""
    by_run = tally[task]
    n = sum(rows.total() for rows in by_run.values())
    if by_definition(task, level):
        return Attainment(level, True, n, n, None, 0, {})
    short: Counter[Shortfall] = Counter()
    failures = []
    for rows in by_run.values():
        failed = 0
        for conduct, count in rows.items():
            reason = shortfall(task, level, conduct)
            if reason is not None:
                failed += count
                short[reason] += count
        failures.append(failed)
    bound = lower_bound([rows.total() for rows in by_run.values()], failures)
    wanted = needed(bound, target(level))
    # The bound may hang on the worst runs alone; whether any number would do hangs on all of them.
    if wanted and n and 1 - sum(failures) / n <= target(level):
        wanted = None
    return Attainment(level, False, n, n - sum(failures), bound.low, wanted, short)
