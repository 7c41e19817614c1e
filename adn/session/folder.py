"""The run folder: written aside and renamed, so that nothing half-written is taken for a result."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from adn.base.errors import Finding, Position, RunFolderError
from adn.session import replies
from adn.session.log import Log


def write_run(
    folder: Path,
    log: Log,
    manifest: Mapping[str, Any],
    scorecard: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
) -> None:
    """Write a run folder, replacing an earlier one of the same place whole.

    Args:
        folder: Where to.
        log: Its two logs.
        manifest: What it was a run of.
        scorecard: What came of it.
        files: What the scenario refers to, by names relative to it.

    Raises:
        RunFolderError: Something else than a run stands there, or it cannot be written.
    """
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        refuse_other(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)  # of a run that was killed under the same number
        _fill(aside, log, manifest, scorecard)
        for name, content in (files or {}).items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(content)
        put_in_place(aside, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the run cannot be written: {reason}"
        raise RunFolderError(Finding("RUN021", message, Position(str(folder)))) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_other(folder: Path) -> None:
    """Refuse to replace what is no run folder.

    Raises:
        RunFolderError: Something else than a run stands there.
    """
    if folder.exists() and not (folder / "manifest.json").is_file():
        message = "this is no run folder and will not be replaced"
        raise RunFolderError(Finding("RUN020", message, Position(str(folder))))


def put_in_place(aside: Path, folder: Path) -> None:
    """Rename a finished folder to its place; of several that finish at once, the last one stays."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    placed = False
    while not placed:
        with suppress(FileNotFoundError):
            folder.rename(old)
        try:
            aside.rename(folder)
            placed = True
        except OSError:
            if not folder.exists():
                if old.exists():
                    old.rename(folder)
                raise
        shutil.rmtree(old, ignore_errors=True)


def _fill(
    folder: Path, log: Log, manifest: Mapping[str, Any], scorecard: Mapping[str, Any]
) -> None:
    folder.mkdir()
    events, truth = log.lines()
    (folder / "events.jsonl").write_bytes(b"".join(events))
    (folder / "truth.jsonl").write_bytes(b"".join(truth))
    (folder / replies.FILE).write_bytes(replies.written(replies.replies_of(log.events)))
    for name, value in (("manifest", manifest), ("scorecard", scorecard)):
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
