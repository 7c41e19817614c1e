"""Bars made of parts, one bar a level: whose minutes they are, or what a cost is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from adn.report.svg import Markup, figure, tag

WIDTH: Final = 460.0
LEFT: Final = 40.0
RIGHT: Final = 64.0
TOP: Final = 8.0
ROW: Final = 26.0
BAR: Final = 16.0


def stacks(
    bars: Mapping[str, Mapping[str, float]],
    parts: Mapping[str, str],
    name: str,
    digits: int = 1,
) -> Markup:
    """Return stacked bars.

    Args:
        bars: Amounts of each part, by the bar's name.
        parts: The class of each part, in the order of stacking.
        name: What the picture is called.
        digits: Of what is written.
    """
    whole = {bar: sum(held.values()) for bar, held in bars.items()}
    room = WIDTH - LEFT - RIGHT
    most = max([1e-9, *whole.values()])
    said = "; ".join(
        f"{bar}: " + ", ".join(f"{part} {held.get(part, 0.0):,.1f}" for part in parts)
        for bar, held in bars.items()
    )
    return figure(
        WIDTH,
        TOP + ROW * len(bars) + 6,
        name,
        said,
        *(
            piece
            for place, (bar, held) in enumerate(bars.items())
            for piece in _bar(bar, held, parts, room / most, digits, TOP + ROW * (place + 0.5))
        ),
    )


def legend(parts: Mapping[str, str]) -> Markup:
    """Return what the parts of bars are, each beside its colour."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag(
                    "svg",
                    tag("rect", x=2, y=2, width=20, height=12, rx=2, class_=look),
                    viewBox="0 0 24 16",
                    class_="swatch",
                    aria_hidden="true",
                ),
                part,
            )
            for part, look in parts.items()
        ),
        class_="legend",
    )


def _bar(
    bar: str,
    held: Mapping[str, float],
    parts: Mapping[str, str],
    unit: float,
    digits: int,
    y: float,
) -> Iterator[Markup]:
    yield tag("text", bar, x=LEFT - 8, y=y + 4, text_anchor="end", class_="row-name")
    x = LEFT
    for part, look in parts.items():
        wide = unit * held.get(part, 0.0)
        if wide > 0:
            title = tag("title", f"{bar} {part}: {held[part]:,.{digits}f}")
            yield tag("rect", title, x=x, y=y - BAR / 2, width=wide, height=BAR, class_=look)
        x += wide
    whole = sum(held.values())
    yield tag("text", f"{whole:,.{digits}f}", x=x + 6, y=y + 4, class_="bar-text")
