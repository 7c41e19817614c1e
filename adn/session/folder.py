"""The run folder: written aside and renamed, so that nothing half-written is taken for a result."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adn.base.errors import Finding, Position, RunFolderError
from adn.session.log import Log


def write_run(
    folder: Path, log: Log, manifest: Mapping[str, Any], scorecard: Mapping[str, Any]
) -> None:
    """Write a run folder, replacing an earlier one of the same place whole.

    Raises:
        RunFolderError: Something else than a run stands there, or it cannot be written.
    """
    if folder.exists() and not (folder / "manifest.json").is_file():
        place = Position(str(folder))
        raise RunFolderError(
            Finding("RUN020", "this is no run folder and will not be replaced", place)
        )
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _fill(aside, log, manifest, scorecard)
        if folder.exists():
            old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
            folder.rename(old)
            aside.rename(folder)
            shutil.rmtree(old)
        else:
            aside.rename(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the run cannot be written: {reason}"
        raise RunFolderError(Finding("RUN021", message, Position(str(folder)))) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(
    folder: Path, log: Log, manifest: Mapping[str, Any], scorecard: Mapping[str, Any]
) -> None:
    folder.mkdir()
    events, truth = log.lines()
    (folder / "events.jsonl").write_bytes(b"".join(events))
    (folder / "truth.jsonl").write_bytes(b"".join(truth))
    (folder / "replies.jsonl").write_bytes(b"")
    for name, value in (("manifest", manifest), ("scorecard", scorecard)):
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
