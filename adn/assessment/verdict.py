"""The level that runs have earned, whether it is all that they could show, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adn.assessment.caps import Cap
from adn.assessment.criteria import LEVELS
from adn.assessment.levels import TaskLevel, base_of, score_of
from adn.assessment.runs import RunResult
from adn.base.levels import AutonomyLevel, Task

EARNED: Final = "earned"
NOT_DEMONSTRATED: Final = "not demonstrated"
NO_LEVEL: Final = "no level"
MOST_BROKEN: Final = 10
"""Runs with a broken chain that are named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was earned.

    Attributes:
        verdict: *earned*; *not demonstrated* if the next level fails only because too little was
            seen to call it shown or failed; *no level* if the evidence of any run is broken.
        earned: The highest level demonstrated; None if there is no level.
        score: That level with its decimal.
        by_share: The level that the shares alone would reach, were they sure.
        why: Why there is no level, or what is missing for the next.
    """

    verdict: str
    earned: AutonomyLevel | None
    score: float | None
    by_share: AutonomyLevel | None
    why: tuple[str, ...]

    @property
    def base(self) -> int | None:
        """The level as a number."""
        return None if self.earned is None else LEVELS.index(self.earned)


def verdict_of(
    tasks: Mapping[Task, TaskLevel], caps: Sequence[Cap], runs: Sequence[RunResult]
) -> Verdict:
    """Return what some runs have earned, all in all."""
    broken = broken_chains(runs)
    if broken:
        return Verdict(NO_LEVEL, None, None, None, broken)
    ceiling = min((cap.level for cap in caps), default=LEVELS[-1])
    uncapped = base_of(tasks)
    earned = min(uncapped, ceiling)
    score = min(score_of(tasks, uncapped), float(LEVELS.index(ceiling)))
    by_share = min(base_of(tasks, shares_only=True), ceiling)
    why = [f"capped at {cap.level}: {cap.why}" for cap in caps if cap.level <= earned]
    verdict = EARNED
    if uncapped < ceiling:
        beyond = LEVELS[LEVELS.index(uncapped) + 1]
        failing = [t for t in tasks.values() if t.applies and not t.at[beyond].attained]
        if all(task.at[beyond].undecided for task in failing):
            verdict = NOT_DEMONSTRATED
        why += [task.missing(beyond) for task in failing]
    # Cut, not rounded: 3.996 must not become 4.
    return Verdict(verdict, earned, int(score * 100 + 1e-6) / 100, by_share, tuple(why))


def broken_chains(runs: Sequence[RunResult]) -> tuple[str, ...]:
    """Return which runs have evidence that is broken or incomplete, and why."""
    found = [f"{run.name}: {'; '.join(run.broken)}" for run in runs if run.broken]
    more = len(found) - MOST_BROKEN
    return (*found[:MOST_BROKEN], *([f"and {more} more runs"] if more > 0 else []))
