"""A campaign for people: the ladder with levels claimed and earned, its bounds, and the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor
from textwrap import wrap
from typing import Any, Final

from adn.cli.clocks_table import span
from adn.report.earned import earned_text

WIDE: Final = 100
"""Columns that nothing exceeds."""
_HEADS: Final = (
    "found",
    "located",
    "1-3-5",
    "detect",
    "locate",
    "restore",
    "people",
    "wrong",
    "false",
    "lost",
)
_NAMES: Final[Mapping[str, str]] = {"do-nothing": "nobody acts", "oracle": "oracle acts"}
_MINUTE_S: Final = 60.0
"""From here on tenths of a second are not shown."""
_COUNTED: Final = 100
"""From so many faults on shares are shown, and no counts."""
_WHOLE: Final = 100.0
"""From so many minutes on they are shown whole."""
_UNKNOWN: Final = "–"

Row = Mapping[str, Any]


def bench_lines(tables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a campaign's tables, as `adn.bench.tables.tables_of` gives them."""
    yield from _ladder(tables)
    yield ""
    yield from _earned(tables["levels"])
    yield from _paired(tables["paired"]["rows"])
    yield from _audit(tables["validity"])
    yield ""
    yield from _notes(tables)


def _ladder(tables: Mapping[str, Any]) -> Iterator[str]:
    rungs = tables["ladder"]["rows"]
    several = len({row["agent"] for row in rungs}) > 1
    groups = {
        "": [(f"{row['agent']} {row['level']}" if several else row["level"], row) for row in rungs],
        "bounds": [(_NAMES[row["agent"]], row) for row in tables["bounds"]["rows"]],
        "a trivial locator in the loop's place": [
            (row["agent"].replace("-", " "), row) for row in tables["baselines"]["rows"]
        ],
    }
    shown = _shown(groups, intervals=True)
    if _width(shown) > WIDE:
        shown = _shown(groups, intervals=False)
    cells = [one for rows in shown.values() for _, one in rows]
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    names = max((len(name) for rows in shown.values() for name, _ in rows), default=0)
    yield _line("", _HEADS, names, widths)
    for title, rows in shown.items():
        if title and rows:
            rule = f"   ── {title} "
            yield rule + "─" * (3 + names + sum(widths) + 2 * len(widths) - len(rule))
        for name, one in rows:
            yield _line(name, one, names, widths)


Cells = tuple[str, ...]


def _shown(
    groups: Mapping[str, Sequence[tuple[str, Row]]], *, intervals: bool
) -> dict[str, list[tuple[str, Cells]]]:
    return {
        title: [
            (name, _cells(row, bound=title == "bounds", intervals=intervals)) for name, row in rows
        ]
        for title, rows in groups.items()
    }


def _width(shown: Mapping[str, Sequence[tuple[str, Cells]]]) -> int:
    """Return how wide the widest line would be."""
    rows = [row for group in shown.values() for row in group]
    columns = zip(_HEADS, *(cells for _, cells in rows), strict=True)
    names = max((len(name) for name, _ in rows), default=0)
    return 3 + names + sum(2 + max(map(len, column)) for column in columns)


def _line(name: str, cells: Sequence[str], names: int, widths: Sequence[int]) -> str:
    shown = "".join(f"  {cell:>{wide}}" for cell, wide in zip(cells, widths, strict=True))
    return f"   {name:<{names}}{shown}".rstrip()


def _cells(row: Row, *, bound: bool, intervals: bool) -> Cells:
    """Return the cells of a row; nobody detects or locates anything in the run of a bound."""
    restore, lost = _span(row["restore_s"]), _mean(row["service_minutes"], intervals=intervals)
    if bound:
        return (*[_UNKNOWN] * 5, restore, *[_UNKNOWN] * 3, lost)
    return (
        _share(row["found"], row["hurting"]),
        _share(row["located"], row["hurting"]),
        _share(row["met_135"], row["contestable"]),
        _span(row["detect_s"]),
        _span(row["locate_s"]),
        restore,
        _mean(row["people_minutes"], intervals=intervals),
        str(row["wrong_actions"]),
        str(row["false_incidents"]),
        lost,
    )


def _share(count: int, of: int) -> str:
    """Return a share as people read it: counts while they are few, then per cent, never 100 early.

    >>> _share(8, 8), _share(1999, 2000), _share(0, 0)
    ('8/8', '99.9%', '–')
    """
    if of < _COUNTED:
        return f"{count}/{of}" if of else _UNKNOWN
    return f"{floor(1000 * count / of) / 10:.1f}%"


def _earned(levels: Sequence[Row]) -> Iterator[str]:
    """Yield what was earned at each claimed level, a column a domain."""
    if not levels:
        return
    domains = sorted({row["domain"] for row in levels})
    agents = sorted({row["agent"] for row in levels}, key=lambda name: (name != "adn", name))
    several = len(agents) > 1
    rows: dict[str, list[str]] = {}
    for agent in agents:
        for claimed in sorted({row["claimed"] for row in levels if row["agent"] == agent}):
            mine = {
                row["domain"]: f"→ {earned_text(row)}"
                for row in levels
                if (row["agent"], row["claimed"]) == (agent, claimed)
            }
            name = f"{agent} {claimed}" if several else claimed
            rows[name] = [mine.get(domain, _UNKNOWN) for domain in domains]
    yield "   claimed → earned"
    names, most = max(map(len, rows)), max(map(len, domains))
    widths = [max(map(len, column)) for column in zip(domains, *rows.values(), strict=True)]
    if 3 + names + sum(widths) + 3 * len(widths) <= WIDE:
        for name, cells in {"": domains, **rows}.items():
            shown = "".join(f"   {cell:<{w}}" for cell, w in zip(cells, widths, strict=True))
            yield f"   {name:<{names}}{shown}".rstrip()
        return
    for name, cells in rows.items():
        for place, (domain, cell) in enumerate(zip(domains, cells, strict=True)):
            line = f"   {'' if place else name:<{names}}   {domain:<{most}}   {cell}"
            yield line if len(line) <= WIDE else f"{line[: WIDE - 1]}…"


def _paired(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    against = rows[0]["against"]
    yield f"   the same evenings, less those at {against}:"
    several = len({row["agent"] for row in rows}) > 1
    for row in rows:
        name = f"{row['agent']} {row['level']}" if several else row["level"]
        restore, lost, people = (
            _change(row[key]) for key in ("restore_s", "service_minutes", "people_minutes")
        )
        yield f"   {name}   restore {restore} s   service min {lost}   people min {people}"


def _change(value: Row) -> str:
    if value["mean"] is None:
        return _UNKNOWN
    text = f"{value['mean']:+,.1f}".replace("-", "−")
    if value["interval"] is None:
        return text
    return f"{text} ±{value['interval'][1] - value['mean']:,.1f}"


def _audit(checks: Sequence[Row]) -> Iterator[str]:
    good = sum(check["holds"] is True for check in checks)
    asked = sum(check["holds"] is not None for check in checks)
    said = f"audit: {good} of {asked} checks hold"
    failed = [check["check"] for check in checks if check["holds"] is False]
    if failed:
        said += f"; not: {', '.join(failed)}"
    yield ""
    yield from wrap(said, WIDE - 3, initial_indent="   ", subsequent_indent="   ")


def _notes(tables: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the columns are to be read."""
    rows = tables["ladder"]["rows"]
    if not rows:
        yield "   no level was run"
        return
    row = rows[-1]
    yield (
        f"   {row['contestable']} of {row['faults']} faults at {row['level']} are contestable: "
        "they do not heal in time, and commands can restore them"
    )
    yield "   clocks: medians over those from their first sign; people, lost: minutes a run"
    yield "   at desks, and of services outside limits; intervals, levels: 95 %, by evening"


def _span(seconds: float | None) -> str:
    return span(seconds, tenths=seconds is not None and seconds < _MINUTE_S)


def _mean(value: Row, *, intervals: bool = True) -> str:
    mean, ends = value["mean"], value["interval"]
    if mean is None:
        return _UNKNOWN
    digits = 0 if mean >= _WHOLE else 1
    text = f"{mean:,.{digits}f}"
    return f"{text} ±{ends[1] - mean:,.{digits}f}" if intervals and ends else text
