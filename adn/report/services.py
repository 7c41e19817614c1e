"""How services fared, and how many alarms came: two charts on the time axis of one matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adn.base.clock import Millis
from adn.report.axis import LEFT, RIGHT, WIDTH, Axis, counted
from adn.report.matter import Matter, Subject
from adn.report.svg import Markup, figure, number, path, tag
from adn.scoring.alarms import shown_alarms
from adn.scoring.log import RunLog

Steps = list[tuple[Millis, int]]
HIGH: Final = 110.0
LOW: Final = 70.0
TOP: Final = 22.0


def service_chart(subject: Subject, matter: Matter) -> Markup:
    """Return services degraded and down over time, and below them alarms raw and shown."""
    axis = Axis(*matter.window, matter.start)
    degraded, down = service_steps(subject.log)
    raw, shown = alarm_steps(subject.log, axis.first, axis.last)
    both = added(degraded, down)
    worst, most = peak(both, axis), max(1, raw[-1][1])
    second = TOP + HIGH + 34
    bottom = second + LOW
    return figure(
        WIDTH,
        bottom + 24,
        f"Services and alarms around {matter.name}",
        f"at worst {counted(worst, 'service')} out of limits, {peak(down, axis)} of them down; "
        f"{counted(raw[-1][1], 'alarm')} came, {shown[-1][1]} shown",
        *axis.grid(TOP - 4, bottom, signed=True),
        tag("text", "services", x=LEFT - 10, y=TOP + 14, text_anchor="end", class_="row-name"),
        tag("text", "out of limits", x=LEFT - 10, y=TOP + 29, text_anchor="end", class_="tick"),
        *_scale(max(1, worst), TOP, HIGH),
        _area(both, down, axis, max(1, worst), "area-degraded"),
        _area(down, [(axis.first, 0)], axis, max(1, worst), "area-down"),
        *_end(matter, axis, TOP, HIGH),
        tag("text", "alarms", x=LEFT - 10, y=second + 14, text_anchor="end", class_="row-name"),
        tag("text", "so far", x=LEFT - 10, y=second + 29, text_anchor="end", class_="tick"),
        *_scale(most, second, LOW),
        _line(raw, axis, most, second, "line-raw"),
        _line(shown, axis, most, second, "line-shown"),
    )


def service_steps(log: RunLog) -> tuple[Steps, Steps]:
    """Return how many services were degraded, and how many down, from each change on."""
    state: dict[str, str] = {}
    degraded: Steps = [(0, 0)]
    down: Steps = [(0, 0)]
    for record in log.kind("service.state"):
        for name in ("ok", "degraded", "down"):
            state.update(dict.fromkeys(record.data[name], name))
        held = list(state.values())
        degraded.append((record.at, held.count("degraded")))
        down.append((record.at, held.count("down")))
    return degraded, down


def alarm_steps(log: RunLog, first: Millis, last: Millis) -> tuple[Steps, Steps]:
    """Return how many alarms had come within a window, and how many of these were shown."""
    shown = shown_alarms(log)
    raw_steps: Steps = [(first, 0)]
    shown_steps: Steps = [(first, 0)]
    for record in log.kind("alarm.raised"):
        if first <= record.at <= last:
            raw_steps.append((record.at, raw_steps[-1][1] + 1))
            if record.id in shown:
                shown_steps.append((record.at, shown_steps[-1][1] + 1))
    return raw_steps, shown_steps


def added(one: Steps, other: Steps) -> Steps:
    """Return the sum of two counts that change at the same instants."""
    return [(at, a + b) for (at, a), (_, b) in zip(one, other, strict=True)]


def peak(steps: Steps, axis: Axis) -> int:
    """Return the greatest count within an axis, that at its beginning included."""
    return max(count for _, count in clipped(steps, axis))


def clipped(steps: Steps, axis: Axis) -> Steps:
    """Return the steps within an axis, beginning with the count that held at its start."""
    before = [count for at, count in steps if at <= axis.first]
    inside = [(at, count) for at, count in steps if axis.first < at <= axis.last]
    return [(axis.first, before[-1] if before else 0), *inside]


def outline(
    steps: Steps, axis: Axis, most: int, top: float, height: float
) -> list[tuple[float, float]]:
    """Return the corners of a step line."""
    corners: list[tuple[float, float]] = []
    level = top + height
    for at, count in clipped(steps, axis):
        x = axis.x(at)
        if corners:
            corners.append((x, level))
        level = top + height * (1 - count / most)
        corners.append((x, level))
    return [*corners, (axis.x(axis.last), level)]


def _area(upper: Steps, lower: Steps, axis: Axis, most: int, look: str) -> Markup:
    above = outline(upper, axis, most, TOP, HIGH)
    below = outline(lower, axis, most, TOP, HIGH)
    return tag("path", d=path([*above, *reversed(below)], closed=True), class_=look)


def _line(steps: Steps, axis: Axis, most: int, top: float, look: str) -> Markup:
    return tag("path", d=path(outline(steps, axis, most, top, LOW)), class_=look)


def _scale(most: int, top: float, height: float) -> Iterator[Markup]:
    """Yield the lines of none and most, with their numbers."""
    marks: Sequence[tuple[int, float]] = ((most, top), (0, top + height))
    for count, y in marks:
        yield tag("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, class_="grid")
        yield tag("text", number(count), x=LEFT + 4, y=y + 12 if count else y - 4, class_="tick")


def _end(matter: Matter, axis: Axis, top: float, height: float) -> Iterator[Markup]:
    """Yield the instant from which services were back for good."""
    if matter.restored is not None and axis.holds(matter.restored):
        x = axis.x(matter.restored)
        yield tag("line", x1=x, y1=top - 4, x2=x, y2=top + height, class_="restored")
        yield tag("text", "restored", x=x + 5, y=top + 12, class_="bar-text")
