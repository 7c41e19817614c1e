"""A federation played area by area: each area an ordinary run, the whole their sum.

Areas are independent, so they are played one after the other on as many processes as are wanted;
workers write the folders of their areas and hand back small results. What has been played is noted
line by line beside the place of the result, so that a run that was interrupted can be resumed; the
result itself is put in place whole, at the very end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from adn.base.clock import seconds
from adn.base.keeping import forget_kept
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.scenario.federation import Federation
from adn.scenario.reader import LoadedScenario, read_text
from adn.scoring.whole import summed, whole_digest
from adn.session.calm import calm
from adn.session.rollups import FILE as ROLLUPS
from adn.session.rollups import RollUps
from adn.session.run import Run, run_scenario, versions
from adn.session.spreading import spread
from adn.session.unfinished import Unfinished

AREAS: Final = "areas"
"""The folder of areas' run folders, and with ``.json`` the table of areas."""
_KB_A_MB: Final = 1024


@dataclass(frozen=True, slots=True)
class AreaTask:
    """One area to be played, in plain values that any process can take.

    Attributes:
        text: The federation's scenario file.
        shown: Its name.
        folder: Its folder.
        area: Which area.
        level: The level, as `LevelPlan` writes it.
        seed: The seed of the whole.
        out: Where the area's run folder goes if something happens in it.
        rollups: Whether 15-minute roll-ups are kept, of a quiet area too.
        isolate: Whether the loop runs in a process of its own.
    """

    text: str
    shown: str
    folder: Path
    area: str
    level: str
    seed: int
    out: Path
    rollups: bool = False
    isolate: bool = False

    def perform(self) -> dict[str, Any]:
        """Play the area, write what is to be kept of it, and return its result in plain values."""
        forget_kept()  # every area is another network
        with calm():
            return self._performed()

    def _performed(self) -> dict[str, Any]:
        began, worked = perf_counter(), process_time()
        federation, dealt = _dealt(self.text, self.shown, self.folder, self.seed)
        loaded = federation.scenario_of(self.area, dealt)
        rollups = RollUps()
        run = run_scenario(
            loaded,
            LevelPlan.parse(self.level),
            self.seed,
            isolate=self.isolate,
            overhear=rollups.take if self.rollups else None,
        )
        card, quiet = run.scorecard.as_json(), _is_quiet(run)
        extra = {ROLLUPS: rollups.content()} if self.rollups else {}
        if not quiet or self.rollups:
            run.write_to(self.out, extra)
        area, network = federation.area(self.area), run.manifest["network"]
        row = {
            "area": self.area,
            "kind": area.kind,
            "elements": network["elements"],
            "links": network["links"],
            "services": network["services"],
            "digest": card["digest"],
            "quiet": quiet,
            "folder": None if quiet and not self.rollups else f"{AREAS}/{self.area}",
            "faults": len(card["faults"]),
            **{key: card[key] for key in _SHOWN},
        }
        cost = {
            "wall_s": round(perf_counter() - began, 3),
            "core_s": round(process_time() - worked, 3),
            "process": os.getpid(),
            "peak_rss_mb": _peak_mb(),
        }
        return {"row": row, "card": card, "cost": cost}


_SHOWN: Final = ("incidents", "false_incidents", "actions", "wrong_actions", "found")


@dataclass(frozen=True)
class Whole:
    """What a federation came to.

    Attributes:
        folder: Its run folder.
        manifest: What it was a run of.
        card: Its scorecard.
        areas: One row an area, the backbone first.
        cost: Wall time, speed and memory; in no file, for they hang on the machine.
    """

    folder: Path
    manifest: Mapping[str, Any]
    card: Mapping[str, Any]
    areas: tuple[Mapping[str, Any], ...]
    cost: Mapping[str, Any]


def play_federation(
    loaded: LoadedScenario,
    level: AutonomyLevel | LevelPlan,
    seed: int,
    out: Path,
    *,
    jobs: int = 1,
    resume: bool = False,
    rollups: bool = False,
    isolate: bool = False,
    progress: Callable[[float, str], None] | None = None,
) -> Whole:
    """Play every area of a federation, and write the whole.

    Args:
        loaded: The scenario.
        level: Who does what, in every area.
        seed: Of everything that is drawn.
        out: Folder that run folders are written under.
        jobs: Processes; what comes out does not depend on it.
        resume: Whether areas that an interrupted run has finished are taken from it.
        rollups: Whether 15-minute roll-ups of all areas are kept.
        isolate: Whether the loop of an area runs in a process of its own.
        progress: Told of the share of the elements that is done, and in words.

    Raises:
        AdnError: The scenario cannot be run as it stands, the folder cannot be written, a process
            was ended from outside, or what was to be resumed is of another run.
        KeyboardInterrupt: The user has had enough; finished areas are kept for `resume`.
    """
    began = perf_counter()
    federation = Federation.of(loaded)
    scenario, plan = loaded.scenario, LevelPlan.of(level)
    identity = {
        "scenario": f"{scenario.name}@{scenario.version}",
        "scenario_digest": loaded.digest,
        "level": str(plan),
        "seed": seed,
        "rollups": rollups,
        "versions": versions(),
    }
    folder = out / f"{scenario.name}@{scenario.version}" / str(plan) / f"seed-{seed}"
    unfinished = Unfinished.opened(folder, identity, resume=resume)
    done: dict[str, Mapping[str, Any]] = dict(unfinished.done)
    left = sorted(
        (area for area in federation.areas if area.name not in done),
        key=lambda area: (-area.elements, area.name),  # the longest first, so that none lags behind
    )
    tasks = [
        AreaTask(
            loaded.text, loaded.file, loaded.folder, area.name, str(plan), seed,
            unfinished.place / AREAS / area.name, rollups, isolate,
        )
        for area in left
    ]  # fmt: skip
    size = {area.name: area.elements for area in federation.areas}
    played: list[Mapping[str, Any]] = []
    for task, result in _spread(tasks, jobs):
        unfinished.note(task.area, result)
        done[task.area] = result
        played.append(result["cost"])
        if progress:
            share = sum(size[name] for name in done) / sum(size.values())
            progress(share, f"{len(done)} of {len(size)} areas")
    results = {area.name: done[area.name] for area in federation.areas}
    manifest, card = _whole(loaded, identity, results)
    rows = tuple(result["row"] for result in results.values())
    unfinished.finish({"manifest": manifest, "scorecard": card, AREAS: {"areas": rows}})
    cost = _cost(seconds(scenario.clock.duration), perf_counter() - began, played)
    return Whole(folder, manifest, card, rows, cost)


def _spread(tasks: list[AreaTask], jobs: int) -> Iterator[tuple[AreaTask, dict[str, Any]]]:
    yield from spread(tasks, jobs)


def _whole(
    loaded: LoadedScenario, identity: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return manifest and scorecard of a federation whose areas have been played."""
    rows = {name: result["row"] for name, result in results.items()}
    digest = whole_digest({name: row["digest"] for name, row in rows.items()})
    services = {name: row["services"] for name, row in rows.items()}
    sizes = {key: sum(row[key] for row in rows.values()) for key in ("elements", "links")}
    head = {key: identity[key] for key in ("scenario", "level", "seed")}
    network = {"areas": len(rows), **sizes, "services": sum(services.values())}
    cards = {name: result["card"] for name, result in results.items()}
    card = {
        **head,
        "digest": digest,
        "network": network,
        "quiet_areas": sum(row["quiet"] for row in rows.values()),
        **summed(cards, services),
    }
    targets = loaded.scenario.targets
    manifest = {
        **head,
        "scenario_digest": identity["scenario_digest"],
        "title": loaded.scenario.title,
        "federation": True,
        "digest": digest,
        "targets": {
            "detect_s": seconds(targets.detect),
            "locate_s": seconds(targets.locate),
            "restore_s": seconds(targets.restore),
        },
        "simulated_s": seconds(loaded.scenario.clock.duration),
        "network": {"name": loaded.scenario.topology.source, **network},
        "versions": identity["versions"],
        "source": loaded.text,
    }
    return manifest, card


def _is_quiet(run: Run) -> bool:
    """Return whether nothing happened: no fault, disturbance, incident, command, hurt service.

    Tickets that have nothing to do with the network come in everywhere, and tell nothing.
    """
    card = run.scorecard
    return not (
        card.faults
        or card.incidents
        or card.actions
        or card.service.down
        or card.service.degraded
        or any(record.kind.startswith("disturbance") for record in run.log.truths)
    )


@lru_cache(maxsize=2)
def _dealt(text: str, shown: str, folder: Path, seed: int) -> tuple[Federation, Any]:
    """Return a federation and what falls to its areas; a worker reads it once for all of them."""
    federation = Federation.of(read_text(text, shown, folder))
    return federation, federation.dealt(seed)


def _peak_mb() -> float:
    """Return the most memory that this process ever held, MB."""
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB_A_MB, 1)


def _cost(
    simulated_s: float, wall_s: float, played: list[Mapping[str, Any]]
) -> dict[str, float | int]:
    """Return what a run cost; memory is the sum of every process's own peak, this one included."""
    peaks = {os.getpid(): _peak_mb()}
    for one in played:
        peaks[one["process"]] = max(peaks.get(one["process"], 0.0), one["peak_rss_mb"])
    return {
        "wall_s": round(wall_s, 3),
        "speedup": round(simulated_s / wall_s, 1),
        "peak_rss_mb": round(sum(peaks.values()), 1),
        "processes": len(peaks),
        "areas_played": len(played),
        "core_s": round(sum(one["core_s"] for one in played), 3),
    }


def alone(loaded: LoadedScenario, area: str, seed: int) -> LoadedScenario:
    """Return the scenario of one area of a federation, with what falls to it.

    Raises:
        ScenarioError: The scenario is no federation, or has no such area.
    """
    if not loaded.scenario.topology.is_federation:
        raise refused_area(loaded, "this is one network and no federation; leave the area out")
    federation = Federation.of(loaded)
    if area not in {one.name for one in federation.areas}:
        raise refused_area(loaded, f"the federation has no area '{area}'")
    return federation.scenario_of(area, federation.dealt(seed))


def refused_area(loaded: LoadedScenario, message: str) -> Exception:
    """Return the error of an area that is asked for and is not there."""
    from adn.scenario.reader import refused

    return refused([loaded.finding(("topology",), "SCN021", message)])


__all__ = ["AreaTask", "Whole", "alone", "play_federation"]
