"""Horizontal bars, one a level, with the bounds as lines across them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.report.svg import Markup, figure, tag

WIDTH: Final = 460.0
LEFT: Final = 40.0
RIGHT: Final = 92.0
TOP: Final = 26.0
ROW: Final = 26.0
BAR: Final = 15.0


def bars(values: Mapping[str, Mapping[str, Any]], lines: Mapping[str, float], name: str) -> Markup:
    """Return bars of means with their intervals.

    Args:
        values: ``mean`` and ``interval`` of each level.
        lines: Values that are drawn as lines, by name.
        name: What the picture is called.
    """
    ends = [row["interval"][1] if row["interval"] else row["mean"] for row in values.values()]
    most = max([1e-9, *ends, *lines.values()])
    bottom = TOP + ROW * len(values)
    return figure(
        WIDTH,
        bottom + 8,
        name,
        "; ".join(
            [f"{level}: {row['mean']:,.1f}" for level, row in values.items()]
            + [f"{line}: {value:,.1f}" for line, value in lines.items()]
        ),
        *(
            part
            for place, (level, row) in enumerate(values.items())
            for part in _bar(level, row, most, TOP + ROW * place + ROW / 2)
        ),
        *_lines(lines, most, bottom),
    )


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / most


def _bar(level: str, row: Mapping[str, Any], most: float, y: float) -> Iterator[Markup]:
    end = _x(row["mean"], most)
    yield tag("text", level, x=LEFT - 8, y=y + 4, text_anchor="end", class_="row-name")
    yield tag("rect", x=LEFT, y=y - BAR / 2, width=max(1.5, end - LEFT), height=BAR, rx=2,
              class_="cost")  # fmt: skip
    text = f"{row['mean']:,.1f}"
    if row["interval"] is not None:
        low, high = (max(0.0, edge) for edge in row["interval"])
        a, b = _x(low, most), _x(high, most)
        yield tag("line", x1=a, y1=y, x2=b, y2=y, class_="whisker")
        end = max(end, b)
    yield tag("text", text, x=end + 6, y=y + 4, class_="bar-text")


def _lines(lines: Mapping[str, float], most: float, bottom: float) -> Iterator[Markup]:
    for name, value in lines.items():
        x = _x(value, most)
        far = value > most / 2
        yield tag("line", x1=x, y1=TOP - 6, x2=x, y2=bottom, class_="bound")
        yield tag(
            "text",
            f"{name} {value:,.0f}",
            x=x,
            y=TOP - 11,
            text_anchor="end" if far else "start",
            class_="limit-name",
        )
