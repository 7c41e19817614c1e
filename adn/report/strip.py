"""The whole run in one strip: where the pictures of its matters belong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adn.base.clock import Millis
from adn.report.axis import LEFT, RIGHT, WIDTH, Axis, span_text
from adn.report.matter import Order, Subject
from adn.report.services import added, clipped, service_steps
from adn.report.svg import Markup, figure, tag

ROW: Final = 24.0
TOP: Final = 24.0
NAMES: Final = ("faults", "services out", "alarms", "commands", "field")


def strip(subject: Subject) -> Markup:
    """Return the strip of a run."""
    end = max(subject.log.end, 1)
    axis = Axis(0, end, 0)
    bottom = TOP + ROW * len(NAMES) + 2
    alarms = [record.at for record in subject.log.kind("alarm.raised")]
    says = (
        f"{len(subject.matters)} matters, {len(alarms)} alarms and {len(subject.orders)} commands "
        f"in {span_text(end)}"
    )
    return figure(
        WIDTH,
        bottom + 24,
        "The whole run",
        says,
        *_warmup(subject, axis, bottom),
        *axis.grid(TOP - 4, bottom, signed=False),
        *_names(),
        *_windows(subject, axis, bottom),
        *_faults(subject, axis),
        *_services(subject, axis),
        *(_tick(at, axis, 2) for at in dict.fromkeys(alarms)),
        *_orders([order for order in subject.orders if not order.field], axis, 3),
        *_orders([order for order in subject.orders if order.field], axis, 4),
    )


def _middle(row: int) -> float:
    return TOP + ROW * row + ROW / 2


def _names() -> Iterator[Markup]:
    for row, name in enumerate(NAMES):
        y = _middle(row)
        yield tag("text", name, x=LEFT - 10, y=y + 4, text_anchor="end", class_="row-name")
        if row:
            line = y - ROW / 2
            yield tag("line", x1=LEFT, y1=line, x2=WIDTH - RIGHT, y2=line, class_="grid")


def _warmup(subject: Subject, axis: Axis, bottom: float) -> Iterator[Markup]:
    """Yield the time in which the loop only learns what is usual."""
    for record in subject.log.kind("run.started"):
        until = record.data["warmup_s"]
        if isinstance(until, int | float) and until > 0:
            width = axis.x(round(until * 1000)) - LEFT
            yield tag(
                "rect", x=LEFT, y=TOP - 4, width=width, height=bottom - TOP + 4, class_="warmup"
            )
            if width > 60:
                yield tag("text", "warm-up", x=LEFT + 4, y=TOP - 9, class_="tick")


def _windows(subject: Subject, axis: Axis, bottom: float) -> Iterator[Markup]:
    """Yield the frames of what the pictures of each matter show, named where there is room."""
    edge = LEFT + 60
    for matter in sorted(subject.matters, key=lambda matter: matter.window):
        first, last = (axis.x(at) for at in matter.window)
        width = max(4.0, last - first)
        middle, half = first + width / 2, 3.6 * len(matter.name)
        yield tag(
            "rect",
            tag("title", f"pictures of {matter.name}"),
            x=first,
            y=TOP - 4,
            width=width,
            height=bottom - TOP + 4,
            class_="window",
        )
        if middle - half > edge:
            edge = middle + half + 4
            yield tag(
                "text",
                matter.name,
                x=middle,
                y=TOP - 9,
                text_anchor="middle",
                class_="limit-name",
            )


def _span(start: Millis, end: Millis | None, axis: Axis, row: int, look: str, says: str) -> Markup:
    x = axis.x(start)
    width = max(3.0, axis.x(axis.last if end is None else end) - x)
    until = "the end of the run" if end is None else span_text(end, tenths=True)
    told = f"{says}, {span_text(start, tenths=True)} to {until}"
    return tag(
        "rect",
        tag("title", told),
        x=x,
        y=_middle(row) - 7,
        width=width,
        height=14,
        rx=2,
        class_=f"bar {look}",
    )


def _faults(subject: Subject, axis: Axis) -> Iterator[Markup]:
    for matter in subject.matters:
        if matter.score is not None:
            fault = matter.score.fault
            says = f"{fault.id} {fault.kind} of {fault.target}"
            yield _span(fault.onset, fault.cleared, axis, 0, "true-fault", says)


def _services(subject: Subject, axis: Axis) -> Iterator[Markup]:
    """Yield the spans in which any service was outside its limits."""
    since: Millis | None = None
    worst = 0
    for at, count in [*clipped(added(*service_steps(subject.log)), axis), (axis.last, 0)]:
        worst = max(worst, count)
        if count and since is None:
            since = at
        if not count and since is not None:
            yield _span(since, at, axis, 1, "true-impact", f"{worst} services at worst")
            since, worst = None, 0


def _tick(at: Millis, axis: Axis, row: int) -> Markup:
    x, y = axis.x(at), _middle(row)
    return tag("line", x1=x, y1=y - 7, x2=x, y2=y + 7, class_="tick-severe")


def _orders(orders: list[Order], axis: Axis, row: int) -> Iterator[Markup]:
    spans = dict.fromkeys((o.start, o.end, o.kind) for o in orders)
    for start, end, kind in spans:
        yield _span(start, end, axis, row, "order", kind)
