"""Lines over a plane: how something grows or falls, one line a level, on plain or log axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

from adn.report.svg import Markup, figure, path, tag

WIDTH: Final = 460.0
HEIGHT: Final = 280.0
LEFT: Final = 52.0
RIGHT: Final = 70.0
TOP: Final = 16.0
BOTTOM: Final = 44.0
_APART: Final = 12.0
"""Names at the ends of lines are at least so far apart."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis.

    Attributes:
        first: Its lower end.
        last: Its upper end.
        ticks: Values that are written, with what is written.
        says: What it measures.
        log: Whether it is logarithmic.
    """

    first: float
    last: float
    ticks: Sequence[tuple[float, str]]
    says: str
    log: bool = False

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the lower end and 1 at the upper, never beyond.

        >>> Scale(1.0, 100.0, (), "", log=True).share(10.0)
        0.5
        """
        inside = min(max(value, self.first), self.last)
        if self.log:
            return log10(inside / self.first) / log10(self.last / self.first)
        return (inside - self.first) / (self.last - self.first)


def curves(
    series: Mapping[str, Sequence[Point]],
    across: Scale,
    up: Scale,
    name: str,
    limits: Mapping[str, float] | None = None,
    look: Callable[[str], str] = str,
    width: float = WIDTH,
) -> Markup:
    """Return lines.

    Args:
        series: Points of each line by its name, in the order of drawing.
        across: The horizontal axis.
        up: The vertical axis.
        name: What the picture is called.
        limits: Values of the vertical axis that are drawn as lines across, by name.
        look: Class of a line, by its name.
        width: Of the picture; its text is as large in a narrow one.
    """
    says = "; ".join(
        f"{line}: {points[0][1]:,.4g} to {points[-1][1]:,.4g}"
        for line, points in series.items()
        if points
    )
    placed = {
        line: [(x_of(x, across, width), y_of(y, up)) for x, y in points]
        for line, points in series.items()
        if points
    }
    return figure(
        width,
        HEIGHT,
        name,
        says,
        *_grid(across, up, width),
        *_limits(limits or {}, up, width),
        *(_line(line, points, look) for line, points in placed.items()),
        *_names(placed, look),
    )


def x_of(value: float, across: Scale, width: float = WIDTH) -> float:
    """Return where a value of the horizontal axis is."""
    return LEFT + (width - LEFT - RIGHT) * across.share(value)


def y_of(value: float, up: Scale) -> float:
    """Return where a value of the vertical axis is."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * up.share(value)


def _line(line: str, placed: Sequence[Point], look: Callable[[str], str]) -> Markup:
    dots = [tag("circle", cx=x, cy=y, r=2.4) for x, y in placed]
    title = tag("title", line)
    return tag("g", title, tag("path", d=path(placed)), *dots, class_=f"series {look(line)}")


def _names(placed: Mapping[str, Sequence[Point]], look: Callable[[str], str]) -> Iterator[Markup]:
    """Yield the names at the ends of the lines, moved apart; lines that end alike share a name."""
    ends: dict[Point, list[str]] = {}
    for line, points in placed.items():
        x, y = points[-1]
        ends.setdefault((round(x, 1), round(y, 1)), []).append(line)
    least = TOP
    for (x, y), lines in sorted(ends.items(), key=lambda end: (end[0][1], end[0][0])):
        at = max(y, least)
        least = at + _APART
        yield tag("text", ", ".join(lines), x=x + 6, y=at + 4, class_=f"end {look(lines[0])}")


def _grid(across: Scale, up: Scale, width: float) -> Iterator[Markup]:
    low, high = HEIGHT - BOTTOM, TOP
    for value, said in across.ticks:
        x = x_of(value, across, width)
        yield tag("line", x1=x, y1=high, x2=x, y2=low, class_="grid")
        yield tag("text", said, x=x, y=low + 15, text_anchor="middle", class_="tick")
    for value, said in up.ticks:
        y = y_of(value, up)
        yield tag("line", x1=LEFT, y1=y, x2=width - RIGHT, y2=y, class_="grid")
        yield tag("text", said, x=LEFT - 6, y=y + 4, text_anchor="end", class_="tick")
    middle = (LEFT + width - RIGHT) / 2
    yield tag("text", across.says, x=middle, y=HEIGHT - 8, text_anchor="middle", class_="tick")
    if up.says:
        yield tag("text", up.says, x=2, y=TOP - 4, class_="tick")


def _limits(limits: Mapping[str, float], up: Scale, width: float) -> Iterator[Markup]:
    for name, value in limits.items():
        y = y_of(value, up)
        yield tag("line", x1=LEFT, y1=y, x2=width - RIGHT, y2=y, class_="bound")
        yield tag("text", name, x=LEFT + 4, y=y - 4, class_="limit-name")
