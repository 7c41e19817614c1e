"""One Parquet file a run: written aside and renamed, so that what has its name is whole.

Files are the truth of a campaign; each bears what it was a run of, so that any of them can be
moved, copied or asked alone. Pages have checksums and the result has a digest: what a disk garbled
is told from what was recorded.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from adn.base.errors import Finding, Position
from adn.bench.cell import Cell
from adn.bench.codes import BenchError
from adn.bench.schema import CELL, DIGEST, RESULT, STAMP, row_of, schema

RUNS: Final = "runs"
MOST_TOLD: Final = 20
"""So many damaged files are named; the others are counted."""
_PART: Final = ".part"
_UNWRITABLE: Final = {
    errno.ENOSPC: "no space left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file may grow no larger",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
}


_WRITTEN: Final[Mapping[str, Any]] = {
    "compression": {RESULT: "zstd"},
    "use_dictionary": False,
    "write_statistics": False,
    "store_schema": False,
    "write_page_checksum": True,
}
"""One row compresses no better for dictionaries and statistics, and is written three times as fast
without."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A run that is recorded.

    Attributes:
        cell: Which.
        path: Its file, relative to the campaign's folder.
        digest: BLAKE2b of its result.
        stamp: What it was recorded with: digests of suite, code and scenario.
        result: What came of it.
    """

    cell: Cell
    path: str
    digest: str
    stamp: Mapping[str, str]
    result: Mapping[str, Any]


def path_of(cell: Cell) -> Path:
    """Return where a cell's file lies in the campaign's folder, partitioned as hive does."""
    slow = "" if cell.approval_s is None else f"-approval-{cell.approval_s:g}s"
    parts = [f"{key}={quote(getattr(cell, key), safe='')}" for key in ("case", "agent", "level")]
    return Path(RUNS, *parts, f"seed-{cell.seed}{slow}.parquet")


def write(folder: Path, result: Mapping[str, Any], stamp: Mapping[str, str]) -> Stored:
    """Record a run.

    Args:
        folder: The campaign's.
        result: What came of it.
        stamp: Digests of the suite and the code that it was run with.

    Raises:
        BenchError: It cannot be written; nothing half-written is left.
    """
    import pyarrow as pa
    from pyarrow import parquet

    cell = _cell_of(result)
    text = json.dumps(result, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    digest = _digest(text)
    table = pa.Table.from_pylist([row_of(result, text, digest, stamp)], schema=schema())
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, **_WRITTEN)
    path = path_of(cell)
    put(folder / path, sink.getvalue())
    kept = {key: stamp[key] for key in STAMP} | {"scenario": result["scenario_digest"]}
    return Stored(cell, path.as_posix(), digest, kept, json.loads(text))


def put(path: Path, content: Any) -> None:
    """Write a file aside and rename it to its place.

    Raises:
        BenchError: It cannot be written; nothing half-written is left.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        raise unwritable(error, path) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def unwritable(error: OSError, path: Path) -> BenchError:
    """Return the error of a place that cannot be written."""
    why = _UNWRITABLE.get(error.errno or 0) or (error.strerror or str(error)).lower()
    message = f"cannot be written: {why}; every run that is recorded stays, --resume goes on"
    return BenchError(Finding("BEN015", message, Position(str(path))))


def stored(folder: Path) -> Iterator[Stored]:
    """Yield every recorded run of a campaign, in the order of their files' names.

    Raises:
        BenchError: A folder cannot be read, or files are damaged; all of them are named.
    """
    damaged: list[Finding] = []
    for path in files_of(folder):
        try:
            yield read(folder, path)
        except BenchError as error:
            damaged += error.findings
    if len(damaged) > MOST_TOLD:
        rest = len(damaged) - MOST_TOLD
        damaged[MOST_TOLD:] = [Finding("BEN014", f"and {rest} more", Position(str(folder)))]
    if damaged:
        raise BenchError(damaged)


def files_of(folder: Path) -> list[Path]:
    """Return the files of recorded runs, relative to the folder, sorted.

    Raises:
        BenchError: A folder cannot be read.
    """
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        if isinstance(error, FileNotFoundError):
            return
        raise BenchError(
            Finding(
                "BEN016",
                f"cannot be read: {(error.strerror or str(error)).lower()}",
                Position(str(error.filename or folder)),
            )
        )

    for at, _, names in os.walk(folder / RUNS, onerror=unreadable):
        found += [
            (Path(at) / name).relative_to(folder)
            for name in names
            if name.endswith(".parquet") and not name.startswith(".")
        ]
    return sorted(found)


def sweep(folder: Path) -> None:
    """Remove what writers that were killed had begun and not finished."""
    for at, _, names in os.walk(folder):
        for name in names:
            if name.startswith(".") and name.endswith(_PART):
                with suppress(OSError):
                    (Path(at) / name).unlink()


def read(folder: Path, path: Path) -> Stored:
    """Return a recorded run.

    Args:
        folder: The campaign's.
        path: The file, relative to it.

    Raises:
        BenchError: It cannot be read, or is not what was written.
    """
    table = read_table(folder, path)
    (row,) = table.select([*STAMP.values(), RESULT, DIGEST]).to_pylist()
    result = json.loads(row[RESULT])
    stamp = {key: row[column] for key, column in STAMP.items()}
    stamp["scenario"] = result["scenario_digest"]
    return Stored(_cell_of(result), path.as_posix(), row[DIGEST], stamp, result)


def read_table(folder: Path, path: Path) -> Any:
    """Return the row of a recorded run as a table of pyarrow; see `read`.

    Every column is read, so that the checksums of all pages are looked at.
    """
    import pyarrow as pa
    from pyarrow import parquet

    place = Position(str(folder / path))
    try:
        content = (folder / path).read_bytes()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise BenchError(Finding("BEN016", f"cannot be read: {why}", place)) from None
    try:
        file = parquet.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        table = file.read(use_threads=False)
        (row,) = table.to_pylist()
        text, result = row[RESULT], json.loads(row[RESULT])
        stamp = {key: row[column] for key, column in STAMP.items()}
        sound = path_of(_cell_of(result)) == path
        sound = sound and row == row_of(result, text, _digest(text), stamp)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        sound = False
    if not sound:
        message = "this run is damaged; remove the file, and --resume runs it again"
        raise BenchError(Finding("BEN014", message, place))
    return table


def _cell_of(result: Mapping[str, Any]) -> Cell:
    return Cell(**{name: result["cell"][name] for name in CELL})


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
