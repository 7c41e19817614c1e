"""A forest plot: differences with their intervals, a row each, round the line of no difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor, log10
from typing import Any, Final

from adn.report.svg import Markup, figure, path, tag

WIDTH: Final = 460.0
LEFT: Final = 44.0
RIGHT: Final = 150.0
TOP: Final = 8.0
ROW: Final = 26.0
BOTTOM: Final = 22.0


def forest(rows: Mapping[str, Mapping[str, Any]], name: str, *, less_is_good: bool) -> Markup:
    """Return a forest plot.

    Args:
        rows: ``mean`` and ``interval`` of each difference; both may be None.
        name: What the picture is called.
        less_is_good: Whether a difference below zero is an improvement.
    """
    ends = [edge for row in rows.values() for edge in (row["interval"] or (row["mean"] or 0.0,))]
    far = _round(max([1e-9, *map(abs, ends)]))
    bottom = TOP + ROW * len(rows)
    return figure(
        WIDTH,
        bottom + BOTTOM,
        name,
        "; ".join(f"{label}: {_told(row)}" for label, row in rows.items()),
        *_axis(far, bottom),
        *(
            part
            for place, (label, row) in enumerate(rows.items())
            for part in _row(label, row, far, TOP + ROW * (place + 0.5), less_is_good)
        ),
    )


def _round(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20 … that is not less.

    >>> _round(59.1), _round(0.2), _round(100.0)
    (100.0, 0.2, 100.0)
    """
    decade = 10.0 ** floor(log10(value) + 1e-9)
    return next(step * decade for step in (1.0, 2.0, 5.0, 10.0) if step * decade >= value * 0.999)


def _x(value: float, far: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (0.5 + value / far / 2)


def _axis(far: float, bottom: float) -> Iterator[Markup]:
    zero = _x(0.0, far)
    yield tag("line", x1=zero, y1=TOP - 4, x2=zero, y2=bottom, class_="zero")
    for value in (-far, 0.0, far):
        anchor = {-far: "start", far: "end"}.get(value, "middle")
        said = f"{value:+,.{0 if far >= 1 else 2}f}".replace("-", "−") if value else "0"
        x = _x(value, far)
        yield tag("text", said, x=x, y=bottom + 15, text_anchor=anchor, class_="tick")


def _row(
    label: str, row: Mapping[str, Any], far: float, y: float, less_is_good: bool
) -> Iterator[Markup]:
    yield tag("text", label, x=LEFT - 8, y=y + 4, text_anchor="end", class_="row-name")
    yield tag("text", _told(row), x=WIDTH - RIGHT + 14, y=y + 4, class_="bar-text")
    if row["mean"] is None:
        return
    look = "unclear"
    if row["interval"] is not None:
        low, high = row["interval"]
        yield tag("line", x1=_x(low, far), y1=y, x2=_x(high, far), y2=y, class_="whisker")
        if low > 0 or high < 0:
            look = "better" if (high < 0) == less_is_good else "worse"
    x = _x(row["mean"], far)
    corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    yield tag("path", tag("title", _told(row)), d=path(corners, closed=True), class_=look)


def _told(row: Mapping[str, Any]) -> str:
    if row["mean"] is None:
        return "–"
    text = f"{row['mean']:+,.1f}".replace("-", "−")
    if row["interval"] is None:
        return text
    return f"{text} ± {row['interval'][1] - row['mean']:,.1f}"
