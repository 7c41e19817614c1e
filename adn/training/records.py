"""What trainees have shown, in one SQLite file: a row a shift, appended, never changed.

Of a person it holds the name that was given, and nothing else. Write-ahead logging lets several
processes append at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from adn.base.errors import AdnError, Finding, Position

FILE: Final = "training.sqlite"
PATIENCE_S: Final = 30.0
LONGEST_NAME: Final = 80
_TABLE: Final = """
create table if not exists shift (
    number integer primary key,
    trainee text not null,
    drill text not null,
    scenario text not null,
    level text not null,
    seed integer not null,
    digest text not null,
    score real not null,
    debrief text not null
)
"""


def append(file: Path, trainee: str, debrief: Mapping[str, Any]) -> int:
    """Append a shift to the records; return its number.

    Raises:
        AdnError: The name is none (TRN020), or the file cannot be written (TRN021).
    """
    name = " ".join(trainee.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        message = f"a trainee's name has 1 to {LONGEST_NAME} printable signs"
        raise AdnError(Finding("TRN020", message))
    drill = (debrief.get("drill") or {}).get("name", "")
    row = (
        name,
        drill,
        debrief["scenario"],
        debrief["level"],
        debrief["seed"],
        debrief["digest"],
        debrief["score"],
        json.dumps(debrief, sort_keys=True, allow_nan=False),
    )
    columns = "trainee, drill, scenario, level, seed, digest, score, debrief"
    with _open(file) as base, base:
        done = base.execute(
            f"insert into shift ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            row,
        )
        return int(done.lastrowid or 0)


def shifts_of(file: Path, trainee: str = "") -> list[dict[str, Any]]:
    """Return the shifts of a trainee, or of everybody, in the order in which they were worked.

    Raises:
        AdnError: The file cannot be read (TRN021).
    """
    if not file.is_file():
        return []
    with _open(file) as base:
        rows = base.execute(
            "select number, trainee, drill, scenario, level, seed, digest, score, debrief "
            "from shift where ? in ('', trainee) order by number",
            (" ".join(trainee.split()),),
        ).fetchall()
    found = []
    for number, name, drill, scenario, level, seed, digest, score, text in rows:
        debrief = json.loads(text)
        rating = debrief["rating"]
        found.append(
            {
                "number": number,
                "trainee": name,
                "drill": drill,
                "scenario": scenario,
                "level": level,
                "seed": seed,
                "digest": digest,
                "score": score,
                "clocks": {key: row["points"] for key, row in rating["clocks"].items()},
                "tasks": {key: row["points"] for key, row in rating["tasks"].items()},
                "weakest": debrief["weakest"],
                "next": (debrief.get("drill") or {}).get("next", ""),
            }
        )
    return found


@contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=PATIENCE_S)) as base:
            base.execute("pragma journal_mode = wal")
            base.execute(_TABLE)
            yield base
    except (sqlite3.Error, OSError) as slip:
        message = f"these are no records of trainees that can be used: {slip}"
        raise AdnError(Finding("TRN021", message, Position(str(file)))) from slip
