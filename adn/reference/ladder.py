"""The ladder: one evening at several levels with the same seeds, between its bounds.

Common random numbers make it one evening: faults, noise, traffic and the times of crews follow
from the seed alone, so that what differs between two rows is who did the work. Below the levels
stand the bounds, and the trivial baselines in the place of the loop's locator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from adn.base.clock import seconds
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.reference.agents import BASELINE_LEVEL, BOUNDS, lived
from adn.reference.baselines import BASELINES
from adn.reference.bounds import Bounds, Card, bound_card
from adn.reference.summary import Summary, summarised
from adn.scenario.reader import LoadedScenario, read_text
from adn.session.run import References, run_scenario
from adn.session.spreading import spread

Kind = Literal["bound", "level", "baseline"]


@dataclass(frozen=True, slots=True)
class Task:
    """One run, in plain values that can be handed to another process.

    Attributes:
        kind: What is to be run.
        name: Which: a level, ``do-nothing``, ``oracle``, or a baseline.
        seed: The seed.
        text: The scenario file's text.
        shown: Its name.
        folder: Its folder.
        cache: Where bounds are kept, if anywhere.
        out: Where run folders are written under, if anywhere.
        isolate: Whether the loop runs in a process of its own.
        verdicts: What the bounds say of each fault; None if they were not made.
        after: Called with the folder of a level's run once it is written.
    """

    kind: Kind
    name: str
    seed: int
    text: str
    shown: str
    folder: Path
    cache: Path | None = None
    out: Path | None = None
    isolate: bool = False
    verdicts: References | None = None
    after: Callable[[Path], object] | None = None

    def perform(self) -> Card:
        """Run it, and return its scorecard."""
        loaded = read_text(self.text, self.shown, self.folder)
        if self.kind == "bound":
            return bound_card(self.name, loaded, self.seed, self.cache)
        if self.kind == "baseline":
            run = lived(loaded, self.name, BASELINE_LEVEL, self.seed, self.verdicts)
            return run.scorecard.as_json()
        run = run_scenario(
            loaded,
            LevelPlan.parse(self.name),
            self.seed,
            isolate=self.isolate,
            references=self.verdicts,
        )
        if self.out is not None:
            written = run.write(self.out)
            if self.after is not None:
                self.after(written)
        return run.scorecard.as_json()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a ladder consists of.

    Attributes:
        levels: Its rungs, lowest first.
        seeds: The evenings.
        baselines: Trivial locators to run beside it.
        out: Where run folders are written under, if anywhere; verdicts are kept there too.
        isolate: Whether each loop runs in a process of its own.
        after: Called with the folder of each level's run once it is written; a function that
            another process can import.
    """

    levels: tuple[AutonomyLevel | LevelPlan, ...]
    seeds: tuple[int, ...]
    baselines: tuple[str, ...] = tuple(BASELINES)
    out: Path | None = None
    isolate: bool = False
    after: Callable[[Path], object] | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """What came of it: scorecards of each row, one a seed, in the order of the seeds.

    Attributes:
        scenario: Name and version.
        title: The scenario's title.
        seeds: The evenings.
        targets: The clocks that were to be met, seconds.
        levels: Of each level, lowest first.
        bounds: Of ``do-nothing`` and ``oracle``.
        baselines: Of each trivial locator.
    """

    scenario: str
    title: str
    seeds: tuple[int, ...]
    targets: Mapping[str, float]
    levels: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)
    baselines: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)

    def summary(self, cards: Sequence[Card]) -> Summary:
        """Return the row of some scorecards, held against doing nothing on the same seeds."""
        return summarised(cards, self.bounds["do-nothing"])

    def as_json(self) -> dict[str, Any]:
        """Return everything, in plain values; the same for the same runs, whoever made them."""
        groups = {"levels": self.levels, "bounds": self.bounds, "baselines": self.baselines}
        return {
            "scenario": self.scenario,
            "title": self.title,
            "seeds": list(self.seeds),
            "targets": dict(self.targets),
        } | {
            group: {
                name: {"summary": self.summary(cards).as_json(), "runs": list(cards)}
                for name, cards in rows.items()
            }
            for group, rows in groups.items()
        }


def climb(
    loaded: LoadedScenario,
    plan: Plan,
    jobs: int = 1,
    progress: Callable[[float, str], None] | None = None,
) -> Ladder:
    """Run a ladder.

    Args:
        loaded: The scenario.
        plan: Its rungs and evenings.
        jobs: Processes to use; the outcome is the same for any number.
        progress: Told of the share done, and what has just been run.

    Raises:
        AdnError: The scenario cannot be run as it stands, or a run folder cannot be written.
        KeyboardInterrupt: It was interrupted; run folders that were finished stay.
    """
    bounding = list(_bounding(loaded, plan))
    whole = len(bounding) + len(plan.seeds) * (len(plan.levels) + len(plan.baselines))
    done = 0

    def run(tasks: list[Task]) -> dict[tuple[str, int], Card]:
        nonlocal done
        cards: dict[tuple[str, int], Card] = {}
        for task, card in spread(tasks, jobs):
            done += 1
            cards[task.name, task.seed] = card
            if progress:
                progress(done / whole, f"{task.name}, seed {task.seed}")
        return cards

    if progress:
        progress(0.0, "nobody acts; an oracle acts")
    found = run(bounding)
    verdicts = {
        seed: Bounds(found["do-nothing", seed], found["oracle", seed]).verdicts
        for seed in plan.seeds
    }
    found |= run(list(_climbing(loaded, plan, verdicts)))
    scenario = loaded.scenario

    def cards_of(names: Sequence[str]) -> dict[str, tuple[Card, ...]]:
        return {
            name: tuple(_judged(found[name, seed], verdicts[seed]) for seed in plan.seeds)
            for name in names
        }

    return Ladder(
        scenario=f"{scenario.name}@{scenario.version}",
        title=scenario.title,
        seeds=plan.seeds,
        targets={
            "detect_s": seconds(scenario.targets.detect),
            "locate_s": seconds(scenario.targets.locate),
            "restore_s": seconds(scenario.targets.restore),
        },
        levels=cards_of([str(level) for level in plan.levels]),
        bounds=cards_of(BOUNDS),
        baselines=cards_of(plan.baselines),
    )


def _bounding(loaded: LoadedScenario, plan: Plan) -> Iterator[Task]:
    cache = plan.out / ".references" if plan.out else None
    for seed in plan.seeds:
        for name in BOUNDS:
            yield _task("bound", name, seed, loaded, cache=cache)


def _climbing(
    loaded: LoadedScenario, plan: Plan, verdicts: Mapping[int, References]
) -> Iterator[Task]:
    for seed in plan.seeds:
        for level in plan.levels:
            yield _task(
                "level",
                str(level),
                seed,
                loaded,
                out=plan.out,
                isolate=plan.isolate,
                verdicts=verdicts[seed],
                after=plan.after,
            )
        for name in plan.baselines:
            yield _task("baseline", name, seed, loaded, verdicts=verdicts[seed])


def _task(kind: Kind, name: str, seed: int, loaded: LoadedScenario, **given: Any) -> Task:
    shown, folder = str(loaded.source.file), Path(str(loaded.folder))
    return Task(kind, name, seed, loaded.text, shown, folder, **given)


def _judged(card: Card, verdicts: References) -> Card:
    """Return a scorecard whose faults bear the verdicts of the bounds, as those runs' do not."""
    faults = [{**fault, **verdicts.get(fault["id"], {})} for fault in card["faults"]]
    return {**card, "faults": faults}
