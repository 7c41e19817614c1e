"""`adn query`: SQL over the runs of a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adn.cli.render import print_json, print_table


def command(
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL", help='A SELECT over runs, faults, tasks, roles and cells; quote "case".'
        ),
    ],
    *,
    campaign: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="The campaign's folder; by default the only one under bench."
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a list of rows.")] = False,
) -> None:
    """Ask the runs of a campaign in SQL.

    The views are runs (a row a run), faults (a row a fault of a run), tasks (a row a task
    instance), roles (a row a role of a run) and cells (the ledger). Nothing else can be read, and
    nothing can be changed.
    """
    from adn.bench.query import ask, campaign_in

    answer = ask(campaign_in(campaign, Path("bench")), sql)
    if as_json:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        print_json(_told(rows))
    elif as_csv:
        import csv
        import sys

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([_told(value) for value in row] for row in answer.rows)
    else:
        numbers = [
            any(_is_number(row[place]) for row in answer.rows)
            for place in range(len(answer.columns))
        ]
        heads: list[Any] = [
            (name, "right" if number else "left")
            for name, number in zip(answer.columns, numbers, strict=True)
        ]
        print_table(heads, [[_cell(value) for value in row] for row in answer.rows])


def _is_number(value: Any) -> bool:
    from decimal import Decimal

    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _told(value: Any) -> Any:
    """Return a value in what JSON has; what is no number there is null."""
    from decimal import Decimal
    from math import isfinite

    if isinstance(value, dict):
        return {str(key): _told(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_told(held) for held in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _cell(value: Any) -> str | None:
    import json

    told = _told(value)
    if told is None:
        return None
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, float):
        return f"{told:.10g}"
    return json.dumps(told, ensure_ascii=False) if isinstance(told, list | dict) else str(told)
