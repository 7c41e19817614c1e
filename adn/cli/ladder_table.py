"""The ladder for people: a row a level, and below a rule its bounds and the trivial baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.cli.clocks_table import span

_HEADS: Final = (
    "found",
    "located",
    "1-3-5 met",
    "detect",
    "locate",
    "restore",
    "people min",
    "wrong",
    "service min lost",
)
_NAMES: Final[Mapping[str, str]] = {"do-nothing": "nobody acts", "oracle": "oracle acts"}
_MINUTE_S: Final = 600.0
"""From here on tenths of a second are not shown."""


def ladder_lines(ladder: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a ladder, as `Ladder.as_json` gives it."""
    groups = {
        "": {name: _cells(row["summary"]) for name, row in ladder["levels"].items()},
        "bounds": {
            _NAMES[name]: _bound_cells(row["summary"]) for name, row in ladder["bounds"].items()
        },
        "L4 with a trivial locator": {
            name.replace("-", " "): _cells(row["summary"])
            for name, row in ladder["baselines"].items()
        },
    }
    rows = [cells for group in groups.values() for cells in group.values()]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    names = max(len(name) for group in groups.values() for name in group)
    yield _line("", _HEADS, names, widths)
    for title, group in groups.items():
        if title and group:
            rule = f"   ── {title} "
            yield rule + "─" * (3 + names + sum(widths) + 3 * len(widths) - len(rule))
        for name, cells in group.items():
            yield _line(name, cells, names, widths)
    yield ""
    yield from _notes(ladder)


def _line(name: str, cells: tuple[str, ...], names: int, widths: list[int]) -> str:
    shown = "".join(f"   {cell:>{wide}}" for cell, wide in zip(cells, widths, strict=True))
    return f"   {name:<{names}}{shown}".rstrip()


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{row['found']}/{row['hurting']}",
        f"{row['located']}/{row['hurting']}",
        f"{row['met_135']}/{row['contestable']}",
        _span(row["detect_s"]),
        _span(row["locate_s"]),
        _span(row["restore_s"]),
        _mean(row["people_minutes"]),
        str(row["wrong_actions"]),
        _mean(row["service_minutes"]),
    )


def _bound_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of a run in which nobody detects or locates anything."""
    restore, lost = _span(row["restore_s"]), _mean(row["service_minutes"])
    return ("–", "–", "–", "–", "–", restore, "–", "–", lost)


def _span(seconds: float | None) -> str:
    return span(seconds, tenths=seconds is not None and seconds < _MINUTE_S)


def _mean(value: Mapping[str, Any]) -> str:
    text = f"{value['mean']:,.1f}"
    if value["interval"] is None:
        return text
    return f"{text} ±{value['interval'][1] - value['mean']:,.1f}"


def _notes(ladder: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the columns are to be read."""
    row = next(iter(ladder["levels"].values()))["summary"]
    yield (
        f"   {row['contestable']} of {row['faults']} faults are contestable: they do not heal by "
        "themselves in time, and commands can restore them"
    )
    runs = len(ladder["seeds"])
    means = "" if runs == 1 else f"; minutes are means over {runs} seeds, with 95 % intervals"
    yield f"   clocks are medians over contestable faults, from their first sign{means}"
