"""Bounds: what each fault of a scenario and seed becomes when nobody acts and when an oracle does.

The two runs are made once per scenario and seed and kept in a cache; their verdicts,
`self_healed` and `restorable`, are written into the truth of every run of that pair.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Final

from adn.base.clock import MINUTE, Millis
from adn.base.levels import AutonomyLevel
from adn.faults.kinds import Constant
from adn.reference.idle import Idle
from adn.reference.oracle import Oracle
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import FaultScore, Scorecard
from adn.session.assembly import Assembly, assemble
from adn.session.run import References, finish, play

ENOUGH: Final[Millis] = 12 * MINUTE
"""How long after the last steady fault a reference run goes on: more than all clocks together."""
LIMIT: Final[Millis] = 5 * MINUTE
"""Restoration within this counts, whatever the scenario's own targets: the 5 of 1-3-5."""


def references(loaded: LoadedScenario, seed: int, cache: Path | None = None) -> References:
    """Return the verdicts of the do-nothing and oracle runs, from the cache if it has them.

    Args:
        loaded: The scenario.
        seed: The seed.
        cache: Folder to keep them in; None keeps nothing.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    name = f"{loaded.digest}-{code_digest()}-seed-{seed}.json"
    kept = _read(cache / name) if cache else None
    if kept is not None:
        return kept
    verdicts = judge(idle_run(loaded, seed), oracle_run(loaded, seed))
    if cache:
        _write(cache / name, verdicts)
    return verdicts


def idle_run(loaded: LoadedScenario, seed: int) -> Scorecard:
    """Return what comes of the scenario when nobody acts."""
    assembly = _shortened(loaded, seed)
    play(assembly, Idle())
    return finish(assembly).scorecard


def oracle_run(loaded: LoadedScenario, seed: int) -> Scorecard:
    """Return what comes of the scenario when someone acts who knows everything."""
    assembly = _shortened(loaded, seed)
    play(assembly, Oracle(assembly.twin, assembly.briefing.warmup))
    return finish(assembly).scorecard


def judge(idle: Scorecard, oracle: Scorecard) -> References:
    """Return the verdict on every fault; one that harms no service has nothing to restore."""
    return {
        nobody.fault.id: {"self_healed": _in_time(nobody), "restorable": _in_time(anybody)}
        for nobody, anybody in zip(idle.faults, oracle.faults, strict=True)
    }


def _in_time(fault: FaultScore) -> bool:
    if fault.clocks.impact is None:
        return True
    return fault.clocks.restore is not None and fault.clocks.restore <= LIMIT


def _shortened(loaded: LoadedScenario, seed: int) -> Assembly:
    """Return the run, ended once every clock has run out after its last fault."""
    assembly = assemble(loaded, AutonomyLevel.L5, seed)
    planned = [record for record in assembly.log.truths if record.kind == "fault.planned"]
    steady = all(
        isinstance(spec.course, Constant)
        for fault in loaded.faults
        for spec in fault.kind.impairments
    )
    if not steady or not planned:
        return assembly
    last = max(round(float(record.data["at_s"]) * 1000) for record in planned)
    until = min(assembly.briefing.duration, last + ENOUGH)
    return replace(assembly, briefing=replace(assembly.briefing, duration=until))


def code_digest() -> str:
    """Return a digest of the product's own files, so that a changed physics is run again."""
    state = blake2b(digest_size=8)
    root = Path(str(resources.files("adn")))
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".yml"}:
            state.update(path.relative_to(root).as_posix().encode())
            state.update(path.read_bytes())
    return state.hexdigest()


def _read(path: Path) -> References | None:
    """Return a cached verdict, or None if there is none that can be used."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    keys = {"self_healed", "restorable"}
    sound = isinstance(kept, dict) and all(
        isinstance(row, dict)
        and row.keys() == keys
        and all(isinstance(v, bool) for v in row.values())
        for row in kept.values()
    )
    return kept if sound else None


def _write(path: Path, verdicts: Mapping[str, Mapping[str, bool]]) -> None:
    """Keep a verdict; a cache that cannot be written is done without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        aside.write_text(json.dumps(verdicts, sort_keys=True), encoding="utf-8")
        aside.rename(path)
    except OSError:
        return
