"""Expectations: what a scenario's author promises of its scorecards, measured over its seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path

from adn.base.clock import MINUTE, seconds
from adn.base.levels import AutonomyLevel
from adn.reference.bounds import references
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import FaultScore, Scorecard
from adn.session.run import run_scenario


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure at one level, over all seeds.

    Attributes:
        level: The level of the runs.
        measure: Its name, as in the scenario.
        measured: What it came to; a share 0..1, seconds, or a count.
        least: What it must be at least, if anything.
        most: What it must be at most, if anything.
    """

    level: AutonomyLevel
    measure: str
    measured: float
    least: float | None
    most: float | None

    @property
    def met(self) -> bool:
        """Whether it lies within its bounds."""
        above = self.least is None or self.measured >= self.least
        return above and (self.most is None or self.measured <= self.most)


def expected(
    loaded: LoadedScenario,
    cache: Path | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> list[Outcome]:
    """Run a scenario at every seed and level that it makes promises for, and measure them.

    Args:
        loaded: The scenario; without expectations there is nothing to run.
        cache: Where verdicts of reference runs are kept; None keeps none.
        progress: Told of the share done, and what is being run.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    promises = loaded.scenario.expect
    if promises is None:
        return []
    seeds = range(promises.seeds.from_, promises.seeds.to + 1)
    outcomes: list[Outcome] = []
    for place, (level, bounds) in enumerate(promises.at.items()):
        cards = []
        for number, seed in enumerate(seeds):
            if progress:
                done = (place + number / len(seeds)) / len(promises.at)
                progress(done, f"{level} seed {seed}")
            verdicts = references(loaded, seed, cache)
            cards.append(run_scenario(loaded, level, seed, references=verdicts).scorecard)
        measures = measured(cards)
        outcomes += [
            Outcome(level, name, measures[name], bound.min, bound.max)
            for name, bound in bounds.items()
        ]
    return outcomes


def measured(cards: Sequence[Scorecard]) -> Mapping[str, float]:
    """Return every measure that can be promised, pooled over runs.

    Shares are of faults: `found` and `located_top1` of those that hurt a service, `met_135` of the
    contestable ones, `contestable` of all; `contestable_least` is how many the poorest run has.
    Incidents and actions are summed, minutes of people averaged over runs. Percentiles are over
    contestable faults, infinite where a clock never stopped; where there are no faults to count,
    shares are 1 and percentiles 0.
    """
    faults = [fault for card in cards for fault in card.faults]
    hurting = [fault for fault in faults if fault.clocks.impact is not None]
    contestable = [fault for fault in faults if fault.contestable]
    return {
        "found": _share(fault.clocks.detect is not None for fault in hurting),
        "located_top1": _share(fault.clocks.located_top1 for fault in hurting),
        "met_135": _share(fault.met_135 for fault in contestable),
        "contestable": _share(fault.contestable for fault in faults),
        "contestable_least": float(
            min((sum(fault.contestable for fault in card.faults) for card in cards), default=0)
        ),
        "detect_p95": _p95(contestable, "detect"),
        "locate_p95": _p95(contestable, "locate"),
        "restore_p95": _p95(contestable, "restore"),
        "incidents": float(sum(card.incidents for card in cards)),
        "false_incidents": float(sum(card.false_incidents for card in cards)),
        "duplicates": float(sum(card.duplicates for card in cards)),
        "actions": float(sum(card.actions for card in cards)),
        "wrong_actions": float(sum(card.wrong_actions for card in cards)),
        "people_minutes": _mean([card.people.desks / MINUTE for card in cards]),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(verdicts: Iterable[bool]) -> float:
    held = list(verdicts)
    return sum(held) / len(held) if held else 1.0


def _p95(faults: Sequence[FaultScore], clock: str) -> float:
    """Return the 95th percentile (nearest rank) of a clock, seconds."""
    took = sorted(
        inf if getattr(fault.clocks, clock) is None else seconds(getattr(fault.clocks, clock))
        for fault in faults
    )
    return took[ceil(0.95 * len(took)) - 1] if took else 0.0
