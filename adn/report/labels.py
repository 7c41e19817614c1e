"""Where names stand beside their points so that they can be read: the least bad of eight places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adn.report.geography import Point

LETTER: Final = 0.64
"""Mean width of a letter in a bold sans-serif face, of its size; assumption."""
Segment = tuple[Point, Point]
_SIDES: Final = (
    (1.0, 0.0, "start"),
    (-1.0, 0.0, "end"),
    (0.0, -1.0, "middle"),
    (0.0, 1.0, "middle"),
    (0.75, -0.8, "start"),
    (0.75, 0.8, "start"),
    (-0.75, -0.8, "end"),
    (-0.75, 0.8, "end"),
)


@dataclass(frozen=True, slots=True)
class Label:
    """A name, where its baseline begins, ends or has its middle, and the box it fills."""

    name: str
    x: float
    y: float
    anchor: str
    box: tuple[float, float, float, float]


def labels(
    points: Mapping[str, Point],
    first: Sequence[str],
    lines: Sequence[Segment],
    signs: Sequence[Point],
    size: float,
    gaps: Mapping[str, float],
    room: tuple[float, float],
    *,
    others: bool = True,
) -> tuple[Label, ...]:
    """Return labels that hide no other label; those in `first` are placed first, and always.

    Args:
        points: Where each named thing stands.
        first: Names that matter most.
        lines: Drawn lines, which a label avoids if it can.
        signs: Where signs stand, which a label avoids as it does points.
        size: Of the letters.
        gaps: How far from its point each label stands.
        room: Width and height of the drawing.
        others: Whether names that are not in `first` are written too, where there is room.
    """
    urgent = frozenset(first)
    rest = [name for name in sorted(points) if name not in urgent] if others else []
    order = [*first, *rest]
    placed: list[Label] = []
    for name in order:
        options = [_option(name, points[name], gaps[name], size, side) for side in _SIDES]
        costs = [
            (_cost(option, name, points, gaps, placed, lines, signs, room), number)
            for number, option in enumerate(options)
        ]
        (hidden, _), best = min(costs)
        if hidden == 0 or name in urgent:
            placed.append(options[best])
    return tuple(placed)


def _option(
    name: str, point: Point, gap: float, size: float, side: tuple[float, float, str]
) -> Label:
    across, down, anchor = side
    width = LETTER * size * len(name)
    x = point[0] + across * gap
    y = point[1] + down * (gap + size * 0.35) + size * 0.35
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return Label(name, x, y, anchor, (left, y - size * 0.85, left + width, y + size * 0.25))


def _cost(
    label: Label,
    name: str,
    points: Mapping[str, Point],
    gaps: Mapping[str, float],
    placed: Sequence[Label],
    lines: Sequence[Segment],
    signs: Sequence[Point],
    room: tuple[float, float],
) -> tuple[int, int]:
    """Return how many names and points a label would hide, and how many lines it would cross."""
    left, top, right, bottom = label.box
    outside = left < 0 or top < 0 or right > room[0] or bottom > room[1]
    hidden = 4 * outside
    hidden += sum(_overlap(label.box, other.box) for other in placed)
    hidden += sum(_overlap(label.box, (x - 9, y - 9, x + 9, y + 9)) for x, y in signs)
    for other, (x, y) in points.items():
        if other != name:
            reach = gaps[other] - 3
            hidden += _overlap(label.box, (x - reach, y - reach, x + reach, y + reach))
    return hidden, sum(_crosses(label.box, line) for line in lines)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(box: tuple[float, float, float, float], line: Segment) -> bool:
    """Return whether a line runs through a box: the clipping of Liang and Barsky (1984)."""
    (ax, ay), (bx, by) = line
    enter, leave = 0.0, 1.0
    for step, low, high in (
        (bx - ax, box[0] - ax, box[2] - ax),
        (by - ay, box[1] - ay, box[3] - ay),
    ):
        if step == 0.0:
            if low > 0 or high < 0:
                return False
            continue
        near, far = sorted((low / step, high / step))
        enter, leave = max(enter, near), min(leave, far)
    return enter <= leave
