"""The lanes of a debrief: the same seed lived by the trainee, by modelled people, by the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from adn.base.clock import seconds
from adn.base.levels import AutonomyLevel
from adn.scoring.log import RunLog, as_logged
from adn.scoring.scorecard import FaultScore, Scorecard
from adn.session.run import References, Run, run_scenario
from adn.training.shift import Worked

ENGINE: Final = AutonomyLevel.L4
"""The level at which the engine does it alone, unless the shift was at a higher one."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Three runs of one seed.

    Attributes:
        trainee: The shift.
        expert: The same level, with modelled people at every desk.
        engine: The engine alone.
    """

    trainee: Run
    expert: Run
    engine: Run

    def by_name(self) -> dict[str, Run]:
        """Return the runs by what they are called."""
        return {"trainee": self.trainee, "expert": self.expert, "engine": self.engine}


def lanes_of(
    worked: Worked,
    references: References | None = None,
    progress: Callable[[str], None] = lambda _what: None,
) -> Lanes:
    """Return the lanes of a shift; makes the two runs that it is held against.

    Args:
        worked: The shift.
        references: What the do-nothing and oracle runs say of each fault, if they were made.
        progress: Told what is being run.
    """
    shift = worked.shift
    progress("modelled people at every desk")
    expert = run_scenario(shift.loaded, shift.level, shift.seed, references=references)
    progress("the engine alone")
    level = max(shift.level, ENGINE)
    engine = run_scenario(shift.loaded, level, shift.seed, references=references)
    return Lanes(worked.run, expert, engine)


def log_of(run: Run) -> RunLog:
    """Return the logs of a run as they would be read from its folder."""
    return RunLog(run.manifest, as_logged(run.log.events), as_logged(run.log.truths))


def lane(card: Scorecard) -> dict[str, Any]:
    """Return one lane: the clocks of each fault, and what it cost."""
    return {
        "level": card.level,
        "faults": {row.fault.id: clocks(row) for row in card.faults},
        "incidents": card.incidents,
        "false_incidents": card.false_incidents,
        "actions": card.actions,
        "wrong_actions": card.wrong_actions,
        "down_minutes": round(card.service.down / 60_000, 1),
        "degraded_minutes": round(card.service.degraded / 60_000, 1),
        "desk_minutes": round(card.people.desks / 60_000, 1),
    }


def clocks(row: FaultScore) -> dict[str, Any]:
    """Return the clocks of one fault, seconds from when it could first be seen."""
    held = row.clocks
    return {
        "detect_s": _seconds(held.detect),
        "locate_s": _seconds(held.locate),
        "restore_s": _seconds(held.restore),
        "rectify_s": _seconds(held.rectify),
        "restored_by": held.restored_by,
    }


def _seconds(span: int | None) -> float | None:
    return None if span is None else seconds(span)
