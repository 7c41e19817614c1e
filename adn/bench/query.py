"""SQL over the runs of a campaign: DuckDB in memory, over tables that files were read into.

Nothing outside them can be reached from a query: once they are filled, files, networks, settings
and extensions are shut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adn.base.errors import Finding, Position
from adn.bench.campaign import BEFORE, is_campaign
from adn.bench.codes import BenchError
from adn.bench.ledger import COLUMNS, FILE, Ledger
from adn.bench.packages import need
from adn.bench.schema import CELL, LISTED, schema
from adn.bench.store import files_of, read_table

_CELL: Final = ", ".join(f'"{name}"' for name in CELL)
_LOCKS: Final = (
    "SET temp_directory = ''",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found.

    Attributes:
        columns: Names, in order; made different where two are alike.
        rows: Values, as Python has them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def ask(folder: Path, sql: str) -> Answer:
    """Return what a SELECT finds in a campaign.

    The views are ``runs``, ``faults``, ``tasks``, ``roles`` and ``cells``.

    Args:
        folder: The campaign's.
        sql: The query.

    Raises:
        BenchError: It is no sound SELECT, or the campaign cannot be read.
    """
    need("duckdb", "pyarrow")
    import duckdb

    if not is_campaign(folder):
        raise BenchError(Finding("BEN016", "this is no campaign", Position(str(folder))))
    with duckdb.connect(":memory:") as there:
        _fill(there, folder)
        for lock in _LOCKS:
            there.execute(lock)
        try:
            statements = there.extract_statements(sql)
            if len(statements) != 1 or statements[0].type.name != "SELECT":
                message = "one SELECT, please; what is recorded is not changed by queries"
                raise BenchError(Finding("BEN031", message))
            done = there.execute(statements[0])
            names = [column[0] for column in done.description or ()]
            return Answer(tuple(_distinct(names)), tuple(done.fetchall()))
        except duckdb.Error as error:
            raise BenchError(Finding("BEN030", _plain(error), see="docs/campaigns.md")) from None


def campaign_in(place: Path | None, out: Path) -> Path:
    """Return the folder of the campaign that is meant: `place`, or the only one under `out`.

    Raises:
        BenchError: None is there, or several are.
    """
    if place is not None:
        return place
    found = sorted(
        folder
        for folder in (out.iterdir() if out.is_dir() else ())
        if folder.is_dir() and not folder.name.endswith(BEFORE) and is_campaign(folder)
    )
    if len(found) == 1:
        return found[0]
    named = ", ".join(map(str, found))
    what = f"which? there are {named}" if found else f"there is none under {out}"
    message = f"{what}; write --campaign FOLDER"
    raise BenchError(Finding("BEN032", message, see="" if found else "adn list suites"))


def _fill(there: Any, folder: Path) -> None:
    """Make a table of everything that is recorded."""
    import pyarrow as pa

    runs = [read_table(folder, path) for path in files_of(folder)]
    there.register(
        "recorded", pa.concat_tables(runs).combine_chunks() if runs else schema().empty_table()
    )
    there.execute("CREATE TABLE runs AS SELECT * FROM recorded")
    there.unregister("recorded")
    for name in LISTED:
        inner = ", ".join(f'one."{column}"' for column in LISTED[name])
        there.execute(
            f"CREATE VIEW {name} AS SELECT {_CELL}, scenario, runs.domain AS network_domain, "  # noqa: S608 - our own
            f"elements, {inner} FROM runs, unnest(runs.{name}) AS held(one)"
        )
    rows = []
    if (folder / FILE).is_file():
        with Ledger(folder / FILE) as ledger:
            rows = [dict(zip(COLUMNS, row, strict=True)) for row in ledger.rows()]
    columns = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    there.register("recorded", pa.Table.from_pylist(rows, schema=columns))
    there.execute("CREATE TABLE cells AS SELECT * FROM recorded")
    there.unregister("recorded")


def _distinct(names: list[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def _plain(error: Exception) -> str:
    """Return what DuckDB says on one line, without its picture of the query."""
    said = str(error).split("\n\n")[0]
    return " ".join(said.split())
