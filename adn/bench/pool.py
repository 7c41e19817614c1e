"""The results of a campaign in a stable order, and the ways in which tables take them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from adn.base.levels import AutonomyLevel
from adn.bench.cell import OURS
from adn.reference.agents import BOUNDS
from adn.reference.baselines import BASELINES

Result = Mapping[str, Any]
"""What is stored of one cell."""
Evening = tuple[str, int]
"""A case and a seed: what all agents and levels live through alike."""
Rung = tuple[str, str]
"""An agent and the level that it claims."""
Name = TypeVar("Name")
_PLACE: Final = {OURS: 0}


@dataclass(frozen=True, slots=True)
class Pool:
    """Results of a campaign.

    Attributes:
        results: Those at the scenarios' own approval times, by agent, level, case and seed.
        swept: Those at other approval times, in the same order and after that by approval time.
    """

    results: tuple[Result, ...]
    swept: tuple[Result, ...] = ()

    @classmethod
    def of(cls, results: Iterable[Result]) -> Pool:
        """Return results as tables read them, in an order that does not depend on theirs."""
        ordered = sorted(results, key=_order)
        return cls(
            tuple(result for result in ordered if result["cell"]["approval_s"] is None),
            tuple(result for result in ordered if result["cell"]["approval_s"] is not None),
        )

    @property
    def contenders(self) -> Mapping[Rung, tuple[Result, ...]]:
        """Results of agents that claim a level, by agent and level."""
        return {
            (agent, level): rows
            for (agent, level), rows in self._rungs().items()
            if agent not in BOUNDS and agent not in BASELINES
        }

    @property
    def bounds(self) -> Mapping[str, tuple[Result, ...]]:
        """Results of doing nothing and of the oracle, so far as they were run."""
        rungs = {agent: rows for (agent, _), rows in self._rungs().items()}
        return {name: rungs[name] for name in BOUNDS if name in rungs}

    @property
    def baselines(self) -> Mapping[str, tuple[Result, ...]]:
        """Results of the trivial baselines, so far as they were run."""
        rungs = {agent: rows for (agent, _), rows in self._rungs().items()}
        return {name: rungs[name] for name in BASELINES if name in rungs}

    def idle(self, results: Iterable[Result]) -> list[Mapping[str, Any]] | None:
        """Return the cards of doing nothing on the evenings of results; None if one is missing."""
        cards = {evening(result): result["card"] for result in self.bounds.get("do-nothing", ())}
        evenings = [evening(result) for result in results]
        return [cards[one] for one in evenings] if cards.keys() >= set(evenings) else None

    def _rungs(self) -> Mapping[Rung, tuple[Result, ...]]:
        return grouped(self.results, lambda row: (row["cell"]["agent"], row["cell"]["level"]))


def evening(result: Result) -> Evening:
    """Return the case and seed of a result."""
    return result["cell"]["case"], result["cell"]["seed"]


def on(evenings: Iterable[Evening], results: Iterable[Result]) -> tuple[Result, ...]:
    """Return the results that are of some evenings."""
    wanted = set(evenings)
    return tuple(result for result in results if evening(result) in wanted)


def cards_of(results: Iterable[Result]) -> list[Mapping[str, Any]]:
    """Return the scorecards of results."""
    return [result["card"] for result in results]


def faults_of(results: Iterable[Result]) -> Iterator[tuple[Evening, Mapping[str, Any]]]:
    """Yield every fault of results with its evening."""
    for result in results:
        for fault in result["card"]["faults"]:
            yield evening(result), fault


def grouped(
    results: Iterable[Result], of: Callable[[Result], Name]
) -> dict[Name, tuple[Result, ...]]:
    """Return results by what a function says of them, in the order in which it first says so."""
    groups: dict[Name, list[Result]] = {}
    for result in results:
        groups.setdefault(of(result), []).append(result)
    return {name: tuple(rows) for name, rows in groups.items()}


def _order(result: Result) -> tuple[Any, ...]:
    cell = result["cell"]
    agent, approval = cell["agent"], cell["approval_s"]
    level = list(AutonomyLevel).index(AutonomyLevel(cell["level"]))
    place = _PLACE.get(agent, 1)
    return (place, agent, level, cell["case"], cell["seed"], approval is not None, approval or 0.0)
