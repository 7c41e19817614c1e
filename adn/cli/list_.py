"""`adn list`: what there is of a kind."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adn.cli.render import print_json, print_table


def command(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="scenarios, suites, faults, commands, levels, kpis, problems, properties, "
            "distributions, measures, errors, records or topologies; nothing lists the kinds.",
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what there is of a kind."""
    from adn.base.errors import AdnError, Finding
    from adn.bench.listing import KIND, SAYS, suite_rows
    from adn.scenario.catalogue import LISTINGS as OF_SCENARIOS
    from adn.scenario.catalogue import Listing
    from adn.topology.naming import closest

    first, *rest = OF_SCENARIOS
    suites = {KIND: Listing(SAYS, suite_rows)}
    listings = {first: OF_SCENARIOS[first], **suites} | {name: OF_SCENARIOS[name] for name in rest}
    if kind is None:
        rows: list[Any] = [{"kind": name, "says": one.says} for name, one in listings.items()]
    elif kind in listings:
        rows = list(listings[kind].rows())
    else:
        message = f"nothing is called '{kind[:40]}'; one can list {', '.join(listings)}"
        raise AdnError(Finding("CLI001", message, hint=closest(kind, listings)))
    if as_json:
        print_json(rows)
        return
    columns = list(rows[0]) if rows else ["name"]
    print_table(columns, [[_cell(row[column]) for column in columns] for row in rows])


def _cell(value: Any) -> str | None:
    """Return one value as a table shows it."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return value if value is None else str(value)
