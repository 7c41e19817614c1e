"""Horizontal bars, one a level, with the bounds as lines across them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.report.svg import Markup, figure, tag

WIDTH: Final = 460.0
LEFT: Final = 40.0
RIGHT: Final = 92.0
TOP: Final = 26.0
LINE: Final = 12.0
"""What each further name of a line takes above the bars."""
ROW: Final = 26.0
BAR: Final = 15.0


def bars(
    values: Mapping[str, Mapping[str, Any]],
    lines: Mapping[str, float],
    name: str,
    width: float = WIDTH,
) -> Markup:
    """Return bars of means with their intervals.

    Args:
        values: ``mean`` and ``interval`` of each level.
        lines: Values that are drawn as lines, by name.
        name: What the picture is called.
        width: Of the picture; its text is as large in a narrow one.
    """
    ends = [row["interval"][1] if row["interval"] else row["mean"] for row in values.values()]
    room = width - LEFT - RIGHT
    most = max([1e-9, *ends, *lines.values()])
    top = TOP + LINE * max(0, len(lines) - 1)
    bottom = top + ROW * len(values)
    return figure(
        width,
        bottom + 8,
        name,
        "; ".join(
            [f"{level}: {row['mean']:,.1f}" for level, row in values.items()]
            + [f"{line}: {value:,.1f}" for line, value in lines.items()]
        ),
        *(
            part
            for place, (level, row) in enumerate(values.items())
            for part in _bar(level, row, room / most, top + ROW * place + ROW / 2)
        ),
        *_lines(lines, most, room, bottom, top),
    )


def _bar(level: str, row: Mapping[str, Any], unit: float, y: float) -> Iterator[Markup]:
    end = LEFT + unit * row["mean"]
    yield tag("text", level, x=LEFT - 8, y=y + 4, text_anchor="end", class_="row-name")
    yield tag("rect", x=LEFT, y=y - BAR / 2, width=max(1.5, end - LEFT), height=BAR, rx=2,
              class_="cost")  # fmt: skip
    text = f"{row['mean']:,.1f}"
    if row["interval"] is not None:
        low, high = (max(0.0, edge) for edge in row["interval"])
        a, b = LEFT + unit * low, LEFT + unit * high
        yield tag("line", x1=a, y1=y, x2=b, y2=y, class_="whisker")
        end = max(end, b)
    yield tag("text", text, x=end + 6, y=y + 4, class_="bar-text")


def _lines(
    lines: Mapping[str, float], most: float, room: float, bottom: float, top: float
) -> Iterator[Markup]:
    for place, (name, value) in enumerate(lines.items()):
        x = LEFT + room * value / most
        far = value > most / 2
        yield tag("line", x1=x, y1=top - 8 - LINE * place, x2=x, y2=bottom, class_="bound")
        yield tag(
            "text",
            f"{name} {value:,.0f}",
            x=x,
            y=top - 11 - LINE * place,
            text_anchor="end" if far else "start",
            class_="limit-name",
        )
