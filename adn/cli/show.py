"""`adn show`: one thing with its parameters and sources."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adn.cli.render import print_json, print_line


def command(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="scenario, suite, leaderboard, fault, command, level, problem, property or kpi; "
            "or schema, which needs no name.",
        ),
    ],
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Its name, as adn list has it; a leaderboard's file."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one thing with its parameters and sources.

    `adn show schema` prints the JSON Schema of scenario files, for editors.
    """
    from adn.base.errors import AdnError, Finding
    from adn.bench.listing import described as described_suite
    from adn.scenario.describe import DESCRIBED, describe, json_schema

    if kind == "schema":
        if name is not None:
            raise AdnError(Finding("CLI003", "schema takes no name; write adn show schema"))
        print_json(json_schema())
        return
    if kind == "leaderboard" and name is not None:
        _leaderboard(name, as_json=as_json)
        return
    if kind == "leaderboard":
        raise AdnError(Finding("CLI003", "which file? write adn show leaderboard FILE"))
    if name is None and kind in {*DESCRIBED, "suite"}:
        message = f"which {kind}? write adn show {kind} NAME"
        raise AdnError(Finding("CLI003", message, see=f"adn list {_plural(kind)}"))
    described = described_suite(name or "") if kind == "suite" else describe(kind, name or "")
    if as_json:
        print_json(described)
    else:
        for line in _lines(described, ""):
            print_line(line)


def _leaderboard(file: str, *, as_json: bool) -> None:
    from pathlib import Path

    from adn.bench.leaderboard import FORMAT, read_leaderboard
    from adn.cli.leaderboard_table import leaderboard_lines

    entries = read_leaderboard(Path(file))
    if as_json:
        rows = [entry.model_dump(mode="json") for entry in entries]
        print_json({"leaderboard": FORMAT, "entries": rows})
        return
    for line in leaderboard_lines(entries):
        print_line(line)


def _plural(kind: str) -> str:
    return "properties" if kind == "property" else f"{kind}s"


def _lines(value: Any, indent: str) -> list[str]:
    """Return a JSON-like value as indented lines; what is empty is left out."""
    if isinstance(value, dict):
        width = max((len(key) for key, held in value.items() if _flat(held)), default=0)
        lines: list[str] = []
        for key, held in value.items():
            if held in (None, "", [], {}):
                continue
            if _flat(held):
                lines.append(f"{indent}{key:<{width}}  {_word(held)}")
            else:
                lines += [f"{indent}{key}", *_lines(held, indent + "  ")]
        return lines
    lines = []
    for item in value:
        first, *rest = _lines(item, "") if not _flat(item) else [_word(item)]
        lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]
    return lines


def _flat(value: Any) -> bool:
    """Return whether a value fits on a line."""
    if isinstance(value, list):
        return all(isinstance(item, str) and " " not in item for item in value)
    return not isinstance(value, dict)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
