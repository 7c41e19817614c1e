"""A radar of tasks: how far each of the twelve reaches, from the centre (L0) to the rim (L5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, pi, sin
from typing import Final

from adn.report.svg import Markup, figure, number, path, tag

SIZE: Final = 176.0
RADIUS: Final = 66.0
RINGS: Final = 5
_MIDDLE: Final = SIZE / 2


def radar(reached: Mapping[str, int | None], claimed: int, name: str) -> Markup:
    """Return a radar.

    Args:
        reached: Of each task the highest level that is shown; None where it cannot apply.
        claimed: The level that was claimed, drawn as a ring.
        name: What the picture is called.
    """
    tasks = list(reached)
    level = {task: reached[task] for task in tasks}
    shape = [
        _at(place, len(tasks), level[task] or 0)
        for place, task in enumerate(tasks)
        if level[task] is not None
    ]
    said = ", ".join(
        f"{task} {'does not apply' if level[task] is None else f'L{level[task]}'}" for task in tasks
    )
    return figure(
        SIZE,
        SIZE,
        name,
        said,
        *_rings(len(tasks)),
        tag("path", d=path(_ring(len(tasks), claimed), closed=True), class_="claimed"),
        tag("path", d=path(shape, closed=True), class_="reached"),
        *(tag("circle", cx=x, cy=y, r=3, class_="reached-dot") for x, y in shape),
        *_names(tasks, level),
    )


def _at(place: int, many: int, level: float) -> tuple[float, float]:
    """Return a corner; the first task is at the top, the others follow clockwise."""
    turn = 2 * pi * place / many
    far = RADIUS * (0.08 + 0.92 * level / RINGS)
    return _MIDDLE + far * sin(turn), _MIDDLE - far * cos(turn)


def _ring(many: int, level: float) -> list[tuple[float, float]]:
    return [_at(place, many, level) for place in range(many)]


def _rings(many: int) -> Iterator[Markup]:
    for level in range(RINGS + 1):
        yield tag("path", d=path(_ring(many, level), closed=True), class_="ring")
    for place in range(many):
        x, y = _at(place, many, RINGS)
        yield tag("line", x1=_MIDDLE, y1=_MIDDLE, x2=x, y2=y, class_="ring")


def _names(tasks: Sequence[str], level: Mapping[str, int | None]) -> Iterator[Markup]:
    for place, task in enumerate(tasks):
        x, y = _at(place, len(tasks), RINGS + 0.75)
        look = "tick faded" if level[task] is None else "tick"
        yield tag("text", task, x=number(x), y=number(y + 4), text_anchor="middle", class_=look)
