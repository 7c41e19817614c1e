"""Replaying: a run again from its manifest, compared record by record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adn.base.clock import SECOND, Millis, seconds
from adn.base.errors import Finding, Position, RunFolderError
from adn.base.levelplan import LevelPlan
from adn.scenario.reader import read_text
from adn.scoring.log import read_run
from adn.session.replies import read_replies
from adn.session.run import References, Run, run_scenario


@dataclass(frozen=True, slots=True)
class Replay:
    """How a replay came out.

    Attributes:
        same: Whether both logs are equal to the byte.
        recorded: The digest in the manifest.
        replayed: The digest of the replay.
        difference: File and number of the first record that differs, and both versions of it.
        versions_changed: Packages whose version is not that of the manifest: (then, now).
    """

    same: bool
    recorded: str
    replayed: str
    difference: str
    versions_changed: Mapping[str, tuple[str, str]]


def replay(
    folder: Path,
    *,
    isolate: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Replay:
    """Run a run folder again.

    Args:
        folder: The run folder; its logs are verified first.
        isolate: Whether the loop runs in a process of its own.
        progress: Told of the share done, now and then.

    Raises:
        RunFolderError: It is no whole run folder.
        ScenarioError: Its scenario cannot be used with this version.
    """
    recorded = read_run(folder)
    manifest = recorded.manifest
    missing = [name for name in ("source", "level", "seed") if name not in manifest]
    if missing:
        place = Position(str(folder / "manifest.json"))
        raise RunFolderError(
            Finding("RUN022", f"cannot be replayed: no {', '.join(missing)}", place)
        )
    loaded = read_text(manifest["source"], f"{manifest['scenario']} (as recorded)", folder)
    duration = seconds(loaded.scenario.clock.duration)
    run = run_scenario(
        loaded,
        LevelPlan.parse(manifest["level"]),
        manifest["seed"],
        isolate=isolate,
        references=_references(folder),
        replies=read_replies(folder),
        approval=_approval(manifest),
        trainee=tuple(manifest.get("trainee", ())),
        progress=(lambda now: progress(seconds(now) / duration)) if progress else None,
    )
    then = manifest.get("versions", {})
    now = run.manifest["versions"]
    return Replay(
        same=run.manifest["digest"] == manifest["digest"],
        recorded=manifest["digest"],
        replayed=run.manifest["digest"],
        difference=_difference(folder, run),
        versions_changed={
            name: (str(then[name]), str(now.get(name)))
            for name in then
            if then[name] != now.get(name)
        },
    )


def _approval(manifest: Mapping[str, Any]) -> Millis | None:
    """Return how fast changes were approved, where that was not as the scenario says."""
    return round(manifest["approval_s"] * SECOND) if "approval_s" in manifest else None


def _references(folder: Path) -> References | None:
    """Return the verdicts of the reference runs that the truth holds."""
    import json

    found: dict[str, dict[str, bool]] = {}
    for line in (folder / "truth.jsonl").read_bytes().splitlines():
        record: dict[str, Any] = json.loads(line)
        if record["kind"] == "fault.reference":
            found[record["id"]] = record["data"]
    return found or None


def _difference(folder: Path, run: Run) -> str:
    """Return the first line that differs, or ""."""
    for name, lines in zip(("events.jsonl", "truth.jsonl"), run.log.lines(), strict=True):
        recorded = (folder / name).read_bytes().splitlines(keepends=True)
        for number, (was, now) in enumerate(zip(recorded, lines, strict=False), 1):
            if was != now:
                texts = was.decode().strip(), now.decode().strip()
                return f"{name}:{number}\n     was {texts[0]}\n     is  {texts[1]}"
        if len(recorded) != len(lines):
            return f"{name}: {len(recorded)} records then, {len(lines)} now"
    return ""
