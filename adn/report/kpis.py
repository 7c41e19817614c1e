"""What was measured round a matter: the few series that tell most, each with baseline and limit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

from adn.base.clock import SECOND, Millis
from adn.report.axis import LEFT, RIGHT, WIDTH, Axis
from adn.report.matter import Matter
from adn.report.svg import Markup, figure, number, path, tag

FILE: Final = "series.json"
MOST_BYTES: Final = 20_000_000
MOST_CHARTS: Final = 7
APART: Final = 15.0
"""Lines closer than this share one written value, that of the limit."""
HIGH: Final = 58.0
GAP: Final = 26.0
TOP: Final = 30.0
_KEYS: Final = frozenset({"object", "kpi", "unit", "limit", "baseline", "at_s", "values"})

Series = Mapping[str, Any]


def series_of(folder: Path | None) -> Mapping[str, Sequence[Series]]:
    """Return the series that a run folder keeps, by fault or incident; none if it keeps none."""
    try:
        file = (folder or Path("/nowhere")) / FILE
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return {}
        kept = json.loads(file.read_text(encoding="utf-8"))["series"]
        return {
            str(name): [row for row in rows if _is_sound(row)]
            for name, rows in kept.items()
            if isinstance(rows, list)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _is_sound(row: Any) -> bool:
    """Return whether a row can be drawn; files may have been written by anybody."""
    if not isinstance(row, dict) or not row.keys() >= _KEYS:
        return False
    columns = row["at_s"], row["values"]
    if not all(isinstance(column, list) for column in columns) or not row["at_s"]:
        return False
    held = [*row["at_s"], *(v for v in (*row["values"], row["limit"], row["baseline"]) if v)]
    plain = all(isinstance(v, int | float) and isfinite(v) for v in held)
    return plain and len(row["at_s"]) == len(row["values"])


def kpi_charts(kept: Mapping[str, Sequence[Series]], matter: Matter) -> Markup:
    """Return the charts of one matter below each other, or nothing where nothing was kept."""
    names = [matter.name, *(matter.incident.members if matter.incident else ())]
    rows = next((kept[name] for name in names if kept.get(name)), ())[:MOST_CHARTS]
    axis = Axis(*matter.window, matter.start)
    rows = [row for row in rows if any(axis.holds(at) for at in _instants(row))]
    if not rows:
        return Markup("")
    bottom = TOP + (HIGH + GAP) * len(rows) - GAP + 4
    return figure(
        WIDTH,
        bottom + 24,
        f"Measurements around {matter.name}",
        "; ".join(f"{row['kpi']} of {row['object']}" for row in rows),
        *axis.grid(TOP - 4, bottom, signed=True),
        *(
            part
            for place, row in enumerate(rows)
            for part in _chart(row, axis, TOP + (HIGH + GAP) * place)
        ),
    )


def _instants(row: Series) -> list[Millis]:
    return [round(at * SECOND) for at in row["at_s"]]


def _chart(row: Series, axis: Axis, top: float) -> Iterator[Markup]:
    points = [
        (at, value)
        for at, value in zip(_instants(row), row["values"], strict=True)
        if axis.holds(at)
    ]
    seen = [value for _, value in points if value is not None]
    marks = [v for v in (row["baseline"], row["limit"]) if v is not None]
    low, high = _range(seen, row["baseline"], row["limit"])
    name = str(row["object"])
    yield tag("rect", x=LEFT, y=top, width=WIDTH - LEFT - RIGHT, height=HIGH, class_="plot")
    yield tag("text", row["kpi"], x=LEFT - 10, y=top + 22, text_anchor="end", class_="row-name")
    yield tag("text", name, x=LEFT, y=top - 5, class_="tick")

    def y_of(value: float) -> float:
        return top + HIGH * (1 - (min(max(value, low), high) - low) / (high - low))

    for value, look, says in (
        (row["baseline"], "usual", "usual"),
        (row["limit"], "ceiling", "limit"),
    ):
        if value is not None and value in marks and low <= value <= high:
            y = y_of(value)
            yield tag("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, class_=look)
            if says == "usual" and any(abs(y - y_of(v)) < APART for v in marks if v != value):
                continue
            told = f"{says} {_written(value, row['unit'])}"
            x = WIDTH - RIGHT - 4
            yield tag("text", told, x=x, y=y - 3, text_anchor="end", class_="tick")
    for run in _runs(points):
        line = path((axis.x(at), y_of(value)) for at, value in run)
        yield tag("path", d=line, class_="measured")
    yield tag("text", _written(high, row["unit"]), x=LEFT + 4, y=top + 11, class_="tick")
    yield tag("text", _written(low, row["unit"]), x=LEFT + 4, y=top + HIGH - 3, class_="tick")


def _range(
    seen: Sequence[float], baseline: float | None, limit: float | None
) -> tuple[float, float]:
    """Return the ends of the axis: what was seen, and the limit unless it is far off."""
    held = [*seen, *([] if baseline is None else [baseline])] or [0.0]
    low, high = min(held), max(held)
    if limit is not None and high < limit <= 4 * max(high, 1e-12):
        high = limit * 1.05
    if low >= 0 and low < 0.6 * high:
        low = 0.0
    if high - low < 1e-12:
        high = low + max(abs(low), 1e-6)
    return low, high + 0.05 * (high - low)


def _runs(points: Sequence[tuple[Millis, float | None]]) -> Iterator[list[tuple[Millis, float]]]:
    """Yield the stretches between gaps, each of two samples at least."""
    run: list[tuple[Millis, float]] = []
    for at, value in [*points, (0, None)]:
        if value is not None:
            run.append((at, value))
        else:
            if len(run) > 1:
                yield run
            run = []


def _written(value: float, unit: str) -> str:
    """Return a value with its unit, as people write it.

    >>> _written(0.0123, "ratio"), _written(2.5e9, "bps"), _written(-8.04, "dBm")
    ('1.2 %', '2.5 Gbit/s', '-8 dBm')
    """
    if unit == "ratio":
        return f"{number(round(100 * value, 2 if abs(value) < 0.01 else 1))} %"
    if unit == "bps":
        for size, name in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
            if abs(value) >= size:
                return f"{number(round(value / size, 1))} {name}"
        return f"{number(round(value))} bit/s"
    return f"{number(round(value, 1))} {unit}"
