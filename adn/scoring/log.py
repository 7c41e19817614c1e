"""The two logs and the manifest of a run, read and verified.

A level is earned from the logs, so a log that was cut short, edited or thinned out must not score
at all. Everything wrong is reported at once, each with file and line. `RunLog` is all that the
other files of this package ever see of a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import merge
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from adn.base.clock import SECOND, Millis
from adn.base.errors import Finding, Position, RunFolderError
from adn.base.records import FIRST_SEQ, FORMAT, NO_LINE, File, Record, line_digest, log_digest
from adn.scoring.shapes import envelope_problems, manifest_problems, record_problems

EVENTS: Final = "events.jsonl"
TRUTH: Final = "truth.jsonl"
MANIFEST: Final = "manifest.json"
AREAS: Final = "areas.json"
"""What a federation leaves instead of logs: those are its areas' own."""
MOST_FINDINGS: Final = 20
"""Findings reported a file; the rest is counted, for a broken file breaks in every line."""


@dataclass(frozen=True, slots=True)
class RunLog:
    """One run as it was logged, in the order of the files."""

    manifest: Mapping[str, Any]
    events: tuple[Record, ...]
    truth: tuple[Record, ...]
    _places: Mapping[str, list[tuple[int, Record]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        places: dict[str, list[tuple[int, Record]]] = {}
        for place, record in enumerate((*self.events, *self.truth)):
            places.setdefault(record.kind, []).append((place, record))
        object.__setattr__(self, "_places", places)

    @property
    def end(self) -> Millis:
        """When the truth was sealed: the end of the run."""
        return self.sealed.at

    @property
    def sealed(self) -> Record:
        """The record that closes the truth."""
        return next(self.kind("truth.sealed"))

    def kind(self, *names: str) -> Iterator[Record]:
        """Return the records of these kinds in the order of their file."""
        rows = (self._places.get(name, ()) for name in names)
        return (record for _, record in merge(*rows, key=itemgetter(0)))


def as_logged(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return records with the values they have once written: memory and file score alike."""
    return tuple(_as_logged(record) for record in records)


def _as_logged(record: Record) -> Record:
    ref, data = record.quantised()
    return replace(record, ref=ref, data=data)


def read_run(folder: Path) -> RunLog:
    """Read and verify a run folder.

    Raises:
        RunFolderError: Anything is missing, unreadable, out of sequence, unknown or changed
            (``RUN001`` to ``RUN011``, ``RUN013``); all findings at once.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        message = f"this run folder {what}; give the folder that `adn run` wrote"
        raise RunFolderError(Finding("RUN001", message, Position(str(folder))))
    if (folder / AREAS).is_file() and not (folder / EVENTS).exists():
        message = "this is the whole of a federation; give the folder of an area, below areas/"
        raise RunFolderError(Finding("RUN013", message, Position(str(folder))))
    findings: list[Finding] = []
    texts = {name: _bytes_of(folder / name, findings) for name in (MANIFEST, EVENTS, TRUTH)}
    manifest = _manifest(folder / MANIFEST, texts[MANIFEST], findings)
    events = _records(folder / EVENTS, texts[EVENTS], "events", "run.ended", findings)
    truth = _records(folder / TRUTH, texts[TRUTH], "truth", "truth.sealed", findings)
    written = [text for text in (texts[EVENTS], texts[TRUTH]) if text is not None]
    if len(written) == 2 and isinstance(manifest.get("digest"), str):
        _check_digest(folder / MANIFEST, manifest["digest"], log_digest(written), findings)
    if truth and manifest:
        _check_identity(folder / MANIFEST, manifest, truth[-1], findings)
    if findings:
        raise RunFolderError(findings)
    return RunLog(manifest, events, truth)


def _check_identity(
    path: Path, manifest: Mapping[str, Any], sealed: Record, findings: list[Finding]
) -> None:
    """Find out whether the manifest claims to be the run that the truth was sealed for."""
    sealed_run = sealed.data.get("run", {})
    if not isinstance(sealed_run, Mapping):
        return
    for key, value in sealed_run.items():
        if manifest.get(key) != value:
            message = f"{key} is {manifest.get(key)!r}, but the run was sealed with {value!r}"
            findings.append(Finding("RUN010", message, Position(str(path))))


def _check_digest(path: Path, claimed: str, actual: str, findings: list[Finding]) -> None:
    """Find out whether the logs are the ones that the manifest was written for."""
    if claimed != actual:
        message = (
            f"digest {claimed!r} is not that of the logs, {actual!r}; "
            "a record was changed, added or removed after the run"
        )
        findings.append(Finding("RUN009", message, Position(str(path))))


def _bytes_of(path: Path, findings: list[Finding]) -> bytes | None:
    """Return the bytes of a regular file, or None and a finding."""
    place = Position(str(path))
    if not path.is_file():
        what = "is not a regular file" if path.exists() else "is missing"
        findings.append(Finding("RUN002", f"this file of the run {what}", place))
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        findings.append(Finding("RUN002", f"this file cannot be read: {error.strerror}", place))
        return None


def _loads(text: bytes) -> tuple[Any, str]:
    """Return the JSON value and an empty text, or None and why it is none."""
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return None, "is not UTF-8 text"
    except json.JSONDecodeError as error:
        return None, f"is not JSON: {error.msg}"
    except RecursionError:
        return None, "is not JSON of a record: nested too deeply"
    except ValueError as error:
        return None, f"is not JSON: {error}"
    return (value, "") if isinstance(value, dict) else (None, "is not a JSON object")


def _refuse_constant(name: str) -> None:
    """Refuse the numbers that JSON does not have."""
    raise ValueError(f"{name} is no number")


def _manifest(path: Path, text: bytes | None, findings: list[Finding]) -> Mapping[str, Any]:
    """Return the manifest, or an empty one and findings."""
    if text is None:
        return {}
    value, why = _loads(text)
    if why:
        findings.append(Finding("RUN003", f"the manifest {why}", Position(str(path))))
        return {}
    findings += [Finding("RUN008", m, Position(str(path))) for m in manifest_problems(value)]
    manifest: Mapping[str, Any] = value
    return manifest


def _records(
    path: Path, text: bytes | None, file: File, last_kind: str, findings: list[Finding]
) -> tuple[Record, ...]:
    """Return the records of one log file, adding what is wrong to `findings`."""
    if text is None:
        return ()
    if b"\0" in text:
        findings.append(Finding("RUN003", "this file is binary, no log", Position(str(path))))
        return ()
    found: list[Finding] = []
    records: list[Record] = []
    lines = list(BytesIO(text))
    previous: Record | None = None
    previous_seq = FIRST_SEQ - 1
    digest, prev = NO_LINE, NO_LINE
    for number, line in enumerate(lines, start=1):
        prev, digest = digest, line_digest(line)
        place = Position(str(path), number, 1)
        if not line.endswith(b"\n"):
            message = (
                "the file ends inside a record; the run was cut short or the copy is incomplete"
            )
            found.append(Finding("RUN004", message, place))
            break
        value, why = _loads(line)
        if why:
            found.append(Finding("RUN003", f"this line {why}", place))
            continue
        broken = envelope_problems(value, FORMAT)
        found += [Finding("RUN003", message, place) for message in broken]
        if broken:
            continue
        if value["seq"] != previous_seq + 1:
            message = (
                f"seq {value['seq']} follows {previous_seq}; {previous_seq + 1} must stand here"
            )
            found.append(Finding("RUN005", message, place))
        previous_seq = value["seq"]
        if value["prev"] != prev:
            found.append(Finding("RUN011", _untied(value["prev"], prev, number), place))
        record = _record(value)
        if previous and record.at < previous.at:
            message = f"t {value['t']} is earlier than that of the line before"
            found.append(Finding("RUN005", message, place))
        found += [Finding(code, message, place) for code, message in record_problems(record, file)]
        records.append(record)
        previous = record
    if not records or records[-1].kind != last_kind:
        message = (
            f"the last record must be {last_kind}; this run did not end, or its end was removed"
        )
        found.append(Finding("RUN004", message, Position(str(path), max(1, len(lines)), 1)))
    findings += found[:MOST_FINDINGS]
    if len(found) > MOST_FINDINGS:
        message = f"and {len(found) - MOST_FINDINGS} more findings in this file"
        findings.append(Finding("RUN003", message, Position(str(path))))
    return tuple(records)


def _untied(claimed: str, actual: str, number: int) -> str:
    """Return what is wrong with a line that does not hold on to the one before it."""
    if number == 1:
        return f"prev is {claimed}, but no line stands before this one; the log's begin was removed"
    return (
        f"prev is {claimed}, but the line before has the digest {actual}; "
        "it was changed, or a line was inserted or removed here"
    )


def _record(value: Mapping[str, Any]) -> Record:
    """Return the record that a line holds; the inverse of `Record.line`."""
    return Record(
        at=round(value["t"] * SECOND),
        kind=value["kind"],
        src=value["src"],
        id=value.get("id", ""),
        task=value.get("task", ""),
        by=value.get("by", ""),
        ref=value.get("ref", {}),
        data=value.get("data", {}),
    )
