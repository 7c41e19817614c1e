"""What keeps a level down whatever the tasks have earned: harm, idle repairs, who gave the intent.

The caps are the specification's. ε, the share of actions below which a misdeed is let pass, is an
assumption: one in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adn.assessment.attainment import attainment, tally_of
from adn.assessment.criteria import FULL
from adn.assessment.runs import RunResult
from adn.base.levels import AutonomyLevel, Task

EPSILON: Final = 0.01
"""Share of actions that may do harm, or be repairs of nothing; an assumption."""
HELD_OUT: Final = (Task.FAULT_RECOGNITION, Task.ROOT_CAUSE, Task.EXECUTION)
"""What must be shown of kinds of fault that nobody has met before."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest level that is left, and why."""

    level: AutonomyLevel
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {"level": str(self.level), "why": self.why}


def caps_of(runs: Sequence[RunResult]) -> tuple[Cap, ...]:
    """Return the caps on runs that are pooled, lowest first."""
    found = [*_of_conduct(runs), *_of_intent(runs), *_of_kinds(runs)]
    return tuple(sorted(found, key=lambda cap: cap.level))


def _of_conduct(runs: Sequence[RunResult]) -> Iterator[Cap]:
    """Yield the caps for harm that stood, and for repairs of what was not broken."""
    standing = sum(run.card["conduct"]["harmful_standing"] for run in runs)
    idle = sum(run.card["conduct"]["idle_repairs"] for run in runs)
    actions = max(sum(run.card["actions"] for run in runs), standing, idle)
    if standing > EPSILON * actions:
        why = f"{standing} of {actions} actions did harm and were not rolled back in time"
        yield Cap(AutonomyLevel.L2, f"{why}; {EPSILON:.0%} is let pass")
    if idle > EPSILON * actions:
        why = f"{idle} of {actions} actions were taken when nothing was broken"
        yield Cap(AutonomyLevel.L3, f"{why}; {EPSILON:.0%} is let pass")


def _of_intent(runs: Sequence[RunResult]) -> Iterator[Cap]:
    """Yield the caps for control information and for the judging of intent."""
    settings = [run.card["intent"]["settings"] for run in runs]
    by_person, derived = _sum(settings, "person"), _sum(settings, "derived", "self")
    evaluations = sum(run.card["intent"]["evaluations"] for run in runs)
    judged = sum(run.card["intent"]["evaluated_by_people"] for run in runs)
    if not derived:
        yield Cap(AutonomyLevel.L3, "no control information is derived from an intent")
    if judged:
        why = f"people judged {judged} of {evaluations} times whether the intent was fulfilled"
        yield Cap(AutonomyLevel.L3, why)
    if derived and by_person:
        why = f"people wrote {by_person} of {by_person + derived} settings"
        yield Cap(AutonomyLevel.L4, why)


def _of_kinds(runs: Sequence[RunResult]) -> Iterator[Cap]:
    """Yield the cap for kinds of fault that the loop has not been made for."""
    tally = tally_of(runs, lambda run, one: one.kind in run.held_out)
    if not any(tally[task] for task in HELD_OUT):
        yield Cap(AutonomyLevel.L4, "no fault of a held-out kind is among the runs")
        return
    seen = {task: attainment(tally, task, FULL) for task in HELD_OUT}
    missing = [f"{t.value} {one.passed} of {one.n}" for t, one in seen.items() if not one.attained]
    if missing:
        why = f"on faults of held-out kinds {FULL} is not shown: {', '.join(missing)} count"
        yield Cap(AutonomyLevel.L4, why)


def _sum(rows: Sequence[Mapping[str, int]], *keys: str) -> int:
    return sum(row.get(key, 0) for row in rows for key in keys)
