"""The ledger of a campaign: which runs are planned, which are recorded, and what they cost.

It is a help and not the truth: what is recorded is what lies whole in files, and a ledger that is
missing or behind is brought up to date from them. Wall times live here and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from adn.base.errors import Finding, Position
from adn.bench.cell import Cell
from adn.bench.codes import BenchError
from adn.bench.store import Stored

FILE: Final = "ledger.sqlite"
COLUMNS: Final = {
    "case": "string",
    "agent": "string",
    "level": "string",
    "seed": "int64",
    "approval_s": "float64",
    "state": "string",
    "attempts": "int64",
    "path": "string",
    "digest": "string",
    "wall_s": "float64",
}
"""Columns of `cells`, with their types as pyarrow calls them."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS campaign (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (
    name TEXT PRIMARY KEY, "case" TEXT NOT NULL, agent TEXT NOT NULL, level TEXT NOT NULL,
    seed INTEGER NOT NULL, approval_s REAL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    path TEXT, digest TEXT, wall_s REAL
);
"""
_FULL: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
                sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)  # fmt: skip
_PRIMARY: Final = 0xFF
"""The part of a result code of SQLite that says what kind it is."""


class Ledger:
    """An open ledger.

    Args:
        path: Its file; made if there is none.

    Raises:
        BenchError: It is damaged, or cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._there = sqlite3.connect(path, isolation_level=None)
            self._there.execute("PRAGMA journal_mode = WAL")
            self._there.execute("PRAGMA synchronous = NORMAL")
            (verdict,) = self._there.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            self._there.executescript(f"BEGIN; {_TABLES} COMMIT;")

    def settle(
        self, facts: Mapping[str, str], planned: Sequence[Cell], recorded: Sequence[Stored]
    ) -> None:
        """Bring it up to date: what is planned, and what of it lies whole in files."""
        places = {one.cell.name: one for one in recorded}
        with self._told(), self._whole():
            for key, value in facts.items():
                self._there.execute(
                    "INSERT INTO campaign VALUES (?, ?) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value),
                )
            self._there.executemany(
                "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, 'planned', 0, NULL, NULL, NULL) "
                "ON CONFLICT (name) DO NOTHING",
                [
                    (cell.name, cell.case, cell.agent, cell.level, cell.seed, cell.approval_s)
                    for cell in planned
                ],
            )
            self._there.execute("UPDATE cells SET state = 'planned' WHERE state != 'planned'")
            self._there.executemany(
                "UPDATE cells SET state = 'recorded', attempts = max(attempts, 1), path = ?, "
                "digest = ? WHERE name = ?",
                [(one.path, one.digest, name) for name, one in places.items()],
            )
            self._there.execute(
                "UPDATE cells SET path = NULL, digest = NULL, wall_s = NULL WHERE state = 'planned'"
            )

    def enter(self, one: Stored, wall_s: float) -> None:
        """Enter a run whose file is in its place."""
        with self._told():
            self._there.execute(
                "UPDATE cells SET state = 'recorded', attempts = attempts + 1, path = ?, "
                "digest = ?, wall_s = ? WHERE name = ?",
                (one.path, one.digest, wall_s, one.cell.name),
            )

    def facts(self) -> dict[str, str]:
        """Return what the campaign is one of: digests of suite and code."""
        with self._told():
            return dict(self._there.execute("SELECT key, value FROM campaign ORDER BY key"))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return every cell, with the columns of `COLUMNS`."""
        named = ", ".join(f'"{name}"' for name in COLUMNS)
        with self._told():
            return self._there.execute(f"SELECT {named} FROM cells ORDER BY name").fetchall()  # noqa: S608 - names of our own

    def close(self) -> None:
        """Close it."""
        self._there.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Do everything or nothing."""
        self._there.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._there.in_transaction:
                self._there.execute("ROLLBACK")
            raise
        self._there.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into an error that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None) or 0
            place = Position(str(self._path))
            if code & _PRIMARY in _FULL:
                message = f"cannot be written: {error}; every run that is recorded stays"
                raise BenchError(Finding("BEN015", message, place)) from None
            message = "the ledger is damaged; remove it, and --resume makes it anew from the runs"
            raise BenchError(Finding("BEN013", message, place)) from None
