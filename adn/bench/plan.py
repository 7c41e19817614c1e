"""The plan of a campaign: every run that a suite asks for, and what each needs to be run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from adn.base.clock import seconds
from adn.base.errors import Finding
from adn.base.levels import AutonomyLevel
from adn.bench.cell import OURS, Cell
from adn.bench.codes import BenchError
from adn.bench.suite import Case, LoadedSuite
from adn.reference.agents import BASELINE_LEVEL, BOUND_LEVEL, BOUNDS
from adn.reference.baselines import BASELINES


@dataclass(frozen=True)
class Plan:
    """What is to be run of a suite.

    Attributes:
        suite: The suite.
        cases: Its scenarios, or some of them.
        levels: Levels to claim, lowest first.
        seeds: Seeds, smallest first.
    """

    suite: LoadedSuite
    cases: tuple[Case, ...]
    levels: tuple[AutonomyLevel, ...]
    seeds: tuple[int, ...]

    @property
    def bounds(self) -> tuple[Cell, ...]:
        """The runs that say of each fault whether anybody could have restored it."""
        return tuple(
            Cell(case.name, bound, BOUND_LEVEL.value, seed)
            for case in self.cases
            for seed in self.seeds
            for bound in BOUNDS
        )

    @property
    def rest(self) -> tuple[Cell, ...]:
        """All other runs; evening by evening, so that what stops early has whole evenings."""
        return tuple(
            cell
            for number, seed in enumerate(self.seeds)
            for case in self.cases
            for cell in self._evening(case.name, seed, number)
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every run, bounds first."""
        return self.bounds + self.rest

    def case(self, name: str) -> Case:
        """Return a case by its name."""
        return next(case for case in self.cases if case.name == name)

    def as_json(self) -> dict[str, Any]:
        """Return what tables say of the suite, with what was run of it."""
        told = self.suite.as_json()
        names = {case.name for case in self.cases}
        return {
            **told,
            "cases": [row for row in told["cases"] if row["case"] in names],
            "levels": [level.value for level in self.levels],
            "seeds": list(self.seeds),
        }

    def _evening(self, case: str, seed: int, number: int) -> Iterator[Cell]:
        suite = self.suite.suite
        for level in self.levels:
            yield Cell(case, OURS, level.value, seed)
        if suite.baselines is not None and number < suite.baselines.seeds:
            for name in BASELINES:
                yield Cell(case, name, BASELINE_LEVEL.value, seed)
        if suite.approvals is not None and number < suite.approvals.seeds:
            for level in suite.approvals.levels:
                for median in suite.approvals.medians if level in self.levels else ():
                    yield Cell(case, OURS, level.value, seed, seconds(median))


def plan_of(
    suite: LoadedSuite,
    levels: Sequence[AutonomyLevel] = (),
    seeds: Sequence[int] = (),
    cases: str | None = None,
) -> Plan:
    """Return the plan of a suite, or of a part of it.

    Args:
        suite: The suite.
        levels: Instead of its own, lowest first.
        seeds: Instead of its own, smallest first.
        cases: Pattern that the names of cases must match, such as ``short/*``; None takes all.

    Raises:
        BenchError: No case matches.
    """
    chosen = tuple(case for case in suite.cases if cases is None or fnmatchcase(case.name, cases))
    if not chosen:
        message = f"no case of {suite.name} matches '{cases}'"
        see = f"adn show suite {suite.suite.suite}"
        raise BenchError(Finding("BEN003", message, see=see))
    every = tuple(level for level in AutonomyLevel if level in (levels or suite.suite.levels))
    return Plan(suite, chosen, every, tuple(seeds) or suite.suite.seeds.numbers)
