"""One run from a scenario to a scored result."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from adn.base.clock import Millis, seconds
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.base.records import Record
from adn.closedloop.controller import Briefing, Controller
from adn.closedloop.people.actor import RecordedReply
from adn.northbound.telemetry import TelemetryFrame
from adn.scenario.profilefile import is_file
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import Scorecard
from adn.scoring.scorer import score_records
from adn.session.assembly import Assembly, assemble, assumed_timings, natural_of, targets_of
from adn.session.conductor import Conductor, opening
from adn.session.folder import write_run
from adn.session.log import Listener, Log
from adn.session.overhearing import Listener as Overhear
from adn.session.overhearing import Overheard
from adn.session.recorder import Recorder

References = Mapping[str, Mapping[str, bool]]
"""Per fault: ``self_healed`` and ``restorable``."""

SERIES: Final = "series.json"
_PACKAGES = ("adn", "networkx", "numpy", "scikit-learn", "scipy", "simpy", "topohub")


@dataclass(frozen=True)
class Run:
    """What a run left, in memory.

    Attributes:
        manifest: What it was a run of, and with which versions.
        log: The two logs.
        scorecard: What came of it.
        files: What the scenario refers to, by its name there; kept so that a run can be replayed.
        series: What was measured round faults and incidents, for a report to draw; in no digest.
    """

    manifest: Mapping[str, Any]
    log: Log
    scorecard: Scorecard
    files: Mapping[str, bytes] = field(default_factory=dict)
    series: bytes | None = None

    def write(self, out: Path) -> Path:
        """Write the run under `out` and return its folder.

        Raises:
            RunFolderError: It cannot be written; nothing half-written is left.
        """
        scenario, level = str(self.manifest["scenario"]), str(self.manifest["level"])
        return self.write_to(out / scenario / level / f"seed-{self.manifest['seed']}")

    def write_to(self, folder: Path, more: Mapping[str, bytes] | None = None) -> Path:
        """Write the run as a folder, with some more files if any, and return it.

        Raises:
            RunFolderError: It cannot be written; nothing half-written is left.
        """
        kept = {} if self.series is None else {SERIES: self.series}
        files = {**self.files, **kept, **(more or {})}
        write_run(folder, self.log, self.manifest, self.scorecard.as_json(), files)
        return folder


def run_scenario(
    loaded: LoadedScenario,
    level: AutonomyLevel | LevelPlan,
    seed: int,
    *,
    isolate: bool = False,
    references: References | None = None,
    listener: Listener | None = None,
    overhear: Overhear | None = None,
    progress: Callable[[Millis], None] | None = None,
    replies: tuple[RecordedReply, ...] = (),
    approval: Millis | None = None,
    trainee: tuple[str, ...] = (),
) -> Run:
    """Run a scenario at a level with a seed.

    Args:
        loaded: The scenario.
        level: Who does what; may differ by domain.
        seed: Of everything that is drawn.
        isolate: Whether the loop runs in a process of its own.
        references: What the do-nothing and oracle runs say of each fault, if they were made.
        listener: Told of every public record as it happens.
        overhear: Told of everything that reaches operations; it changes nothing.
        progress: Told of the simulated time now and then.
        replies: What people answered, where a run is lived again.
        approval: Median time until a change is approved, simulated ms; None: as the scenario says.
        trainee: Roles at which one trainee sat, where a shift is lived again.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    assembly = assemble(loaded, level, seed, listener, replies, approval, trainee)
    controller, close = loop_of(assembly.briefing, isolate=isolate)
    if overhear is not None:
        controller = Overheard(controller, overhear)
    recorder = Recorder(assembly.network, assembly.log)
    try:
        play(assembly, controller, progress, recorder.take)
    finally:
        close()
    return replace(finish(assembly, references), series=recorder.content())


def loop_of(briefing: Briefing, *, isolate: bool) -> tuple[Controller, Callable[[], None]]:
    """Return the closed loop for a briefing, here or in a child process, and how to end it."""
    if isolate:
        from adn.closedloop.remote import RemoteController

        remote = RemoteController(briefing)
        return remote, remote.close
    from adn.closedloop.loop import ClosedLoop

    return ClosedLoop(briefing), lambda: None


def play(
    assembly: Assembly,
    controller: Controller,
    progress: Callable[[Millis], None] | None = None,
    witness: Callable[[Sequence[TelemetryFrame]], None] | None = None,
) -> None:
    """Let both sides live through the run; `witness` is shown all telemetry."""
    briefing, log = assembly.briefing, assembly.log
    log.public(opening(str(briefing.level), briefing.duration, briefing.warmup))
    conductor = Conductor(assembly.twin, controller, log, briefing.warmup, witness)
    conductor.run(briefing.duration, progress)


def finish(assembly: Assembly, references: References | None = None) -> Run:
    """Seal the logs of a run that has been played, and score it."""
    log, end = assembly.log, assembly.briefing.duration
    log.public(Record(end, "run.ended", "session"))
    assembly.twin.seal(end)
    for fault, verdict in sorted((references or {}).items()):
        log.secret(Record(end, "fault.reference", "session", id=fault, data=dict(verdict)))
    sealed = {
        "services": len(assembly.network.services),
        "duration_s": seconds(end),
        "run": identity_of(assembly),
    }
    log.secret(Record(end, "truth.sealed", "twin", data=sealed))
    manifest = manifest_of(assembly)
    scorecard = score_records(log.events, log.truths, manifest)
    return Run(manifest, log, scorecard, files_of(assembly.loaded))


def files_of(loaded: LoadedScenario) -> dict[str, bytes]:
    """Return the files below its own folder that a scenario refers to, by name."""
    profile = loaded.scenario.operations.profile
    named = (loaded.scenario.topology.file, profile if is_file(profile) else None)
    return {
        name: (loaded.folder / name).read_bytes()
        for name in named
        if name is not None and not Path(name).is_absolute() and ".." not in Path(name).parts
    }


def identity_of(assembly: Assembly) -> dict[str, Any]:
    """Return what makes a run the run it is; sealed into the truth, and claimed by the manifest."""
    scenario = assembly.loaded.scenario
    return {
        "scenario": f"{scenario.name}@{scenario.version}",
        "scenario_digest": assembly.loaded.digest,
        "level": str(assembly.briefing.level),
        "seed": assembly.seed,
        **_approval(assembly),
        **_trainee(assembly),
        "targets": targets_of(assembly),
    }


def _approval(assembly: Assembly) -> dict[str, float]:
    """Return how fast changes are approved, where that is not as the scenario says."""
    asked = assembly.briefing.operations.approval
    stated = assembly.loaded.scenario.operations.approval
    return {} if asked == stated else {"approval_s": seconds(asked)}


def _trainee(assembly: Assembly) -> dict[str, list[str]]:
    """Return the roles at which a trainee sat, if there was one."""
    roles = assembly.briefing.operations.trainee
    return {"trainee": list(roles)} if roles else {}


def manifest_of(assembly: Assembly) -> dict[str, Any]:
    """Return what a run was a run of: enough to check it, and to do it again."""
    loaded, scenario = assembly.loaded, assembly.loaded.scenario
    return {
        **identity_of(assembly),
        "title": scenario.title,
        "digest": assembly.log.digest(),
        "events": len(assembly.log.events),
        "truths": len(assembly.log.truths),
        "simulated_s": seconds(assembly.briefing.duration),
        "timings_assumed": assumed_timings(assembly),
        **natural_of(assembly),
        "network": {
            "name": assembly.network.name,
            "elements": len(assembly.network.elements),
            "links": len(assembly.network.links),
            "services": len(assembly.network.services),
        },
        "versions": versions(),
        "source": loaded.text,
    }


def versions() -> dict[str, str]:
    """Return the versions of all that a run's result may depend on."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
