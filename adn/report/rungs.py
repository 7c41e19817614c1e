"""The clocks of every fault at every level, on one logarithmic axis against 1, 3 and 5 minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10
from typing import Any, Final

from adn.report.svg import Markup, figure, path, tag

WIDTH: Final = 960.0
LEFT: Final = 300.0
RIGHT: Final = 46.0
TOP: Final = 30.0
ROW: Final = 18.0
GAP: Final = 12.0
FIRST_S: Final = 1.0
LAST_S: Final = 6 * 3600.0
"""Ends of the axis; what came sooner or later stands at the edge."""
MOST_ROWS: Final = 12
"""Faults of a level that get a row each; more share one row a clock."""
CLOCKS: Final = (("detect", "detect_s"), ("locate", "locate_s"), ("restore", "restore_s"))
MOST_LETTERS: Final = 34
_TICKS: Final = (
    (1, "1 s"),
    (10, "10 s"),
    (60, "1 min"),
    (180, "3"),
    (300, "5 min"),
    (600, "10 min"),
    (1800, "30 min"),
    (3600, "1 h"),
    (10800, "3 h"),
)


Fault = Mapping[str, Any]


def rungs(levels: Mapping[str, Sequence[Fault]], targets: Mapping[str, float]) -> Markup:
    """Return the picture.

    Args:
        levels: Contestable faults of each level's runs, in the order of `scorecard.json`.
        targets: ``detect_s``, ``locate_s``, ``restore_s``.
    """
    y = TOP
    drawn: list[Markup] = []
    told: list[str] = []
    for level, faults in levels.items():
        rows = list(_rows(faults))
        height = ROW * max(1, len(rows))
        drawn.append(_ground(y, height))
        met = sum(bool(fault["met_135"]) for fault in faults)
        drawn.append(tag("text", level, x=14, y=y + height / 2 + 1, class_="rung"))
        said = f"{met} of {len(faults)} met"
        drawn.append(tag("text", said, x=14, y=y + height / 2 + 17, class_="tick"))
        for place, (name, dots, in_time) in enumerate(rows):
            drawn.extend(_row(name, dots, in_time, y + ROW * place + ROW / 2))
        told.append(f"{level}: {met} of {len(faults)} met")
        y += height + GAP
    bottom = y - GAP + 4
    return figure(
        WIDTH,
        bottom + 22,
        "Clocks of every fault at every level",
        "; ".join(told),
        *_grid(bottom),
        *_limits(targets, bottom),
        *drawn,
    )


def x_of(seconds: float | None) -> float:
    """Return where a span stands on the axis; one that never ended at the right edge."""
    if seconds is None:
        return WIDTH - RIGHT + 20
    inside = min(max(seconds, FIRST_S), LAST_S)
    return LEFT + (WIDTH - RIGHT - LEFT) * log10(inside / FIRST_S) / log10(LAST_S / FIRST_S)


Dots = tuple[tuple[str, float | None], ...]


def _rows(
    faults: Sequence[Fault],
) -> Iterator[tuple[str, Dots, bool | None]]:
    """Yield name, dots and verdict of each row: a fault each, or a clock each if they are many."""
    if len(faults) <= MOST_ROWS:
        for fault in faults:
            dots = tuple((name, fault[key]) for name, key in CLOCKS)
            yield f"{fault['kind']} {fault['target']}", dots, bool(fault["met_135"])
        return
    for name, key in CLOCKS:
        spans = sorted((fault[key] for fault in faults), key=lambda s: (s is None, s or 0.0))
        yield name, tuple((name, span) for span in spans), None


def _ground(y: float, height: float) -> Markup:
    return tag("rect", x=0, y=y - 3, width=WIDTH, height=height + 6, rx=5, class_="lane")


def _row(name: str, dots: Dots, met: bool | None, y: float) -> Iterator[Markup]:
    shown = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    yield tag(
        "text", tag("title", name), shown, x=LEFT - 12, y=y + 4, text_anchor="end", class_="tick"
    )
    if met is not None:
        last = max(x_of(span) for _, span in dots)
        look = "thread good" if met else "thread bad"
        yield tag("line", x1=LEFT, y1=y, x2=last, y2=y, class_=look)
    if met is None:
        yield from _crowd(dots, y)
        return
    for clock, span in dots:
        yield mark(clock, x_of(span), y, never=span is None, says=_told(clock, span))


def _crowd(dots: Dots, y: float) -> Iterator[Markup]:
    """Yield many spans of one clock as fine strokes, and the sign of the clock at their median."""
    for clock, span in dots:
        x = x_of(span)
        yield tag("line", x1=x, y1=y - 6, x2=x, y2=y + 6, class_=f"one stop-{clock}")
    if dots:
        clock, span = dots[(len(dots) - 1) // 2]
        yield mark(clock, x_of(span), y, says=f"median {_told(clock, span)}")


def _told(clock: str, span: float | None) -> str:
    return f"{clock}: never" if span is None else f"{clock}: {span:.1f} s"


def mark(clock: str, x: float, y: float, *, never: bool = False, says: str = "") -> Markup:
    """Return the sign of a clock: a ring, a diamond, a square; crossed out if it never stopped."""
    corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    shapes = {
        "detect": tag("circle", cx=x, cy=y, r=4.6),
        "locate": tag("path", d=path(corners, closed=True)),
        "restore": tag("rect", x=x - 4.6, y=y - 4.6, width=9.2, height=9.2, rx=1.5),
    }
    look = f"stop stop-{clock}{' never' if never else ''}"
    return tag("g", tag("title", says) if says else Markup(""), shapes[clock], class_=look)


def _grid(bottom: float) -> Iterator[Markup]:
    for seconds, name in _TICKS:
        x = x_of(float(seconds))
        yield tag("line", x1=x, y1=TOP - 6, x2=x, y2=bottom, class_="grid")
        yield tag("text", name, x=x, y=bottom + 15, text_anchor="middle", class_="tick")
    yield tag("text", "never", x=x_of(None), y=bottom + 15, text_anchor="middle", class_="tick")


def _limits(targets: Mapping[str, float], bottom: float) -> Iterator[Markup]:
    for name, key in CLOCKS:
        x = x_of(targets[key])
        yield tag("line", x1=x, y1=TOP - 8, x2=x, y2=bottom, class_=f"target-line stop-{name}")
        anchor = {"detect": "end", "locate": "middle", "restore": "start"}[name]
        yield tag("text", name, x=x, y=TOP - 12, text_anchor=anchor, class_="limit-name")
