"""The whole run in one strip: where the pictures of its matters belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.report.axis import LEFT, RIGHT, WIDTH, Axis, span_text
from adn.report.matter import Order, Subject
from adn.report.services import added, clipped, service_steps
from adn.report.svg import Markup, figure, tag

ROW: Final = 24.0
TOP: Final = 24.0


def strip(subject: Subject) -> Markup:
    """Return the strip of a run; rows of which there is nothing at all are left out."""
    end, log = max(subject.log.end, 1), subject.log
    axis = Axis(0, end, 0)
    alarms = list(dict.fromkeys(record.at for record in log.kind("alarm.raised")))
    tickets = list(dict.fromkeys(record.at for record in log.kind("ticket.raised")))
    rows: dict[str, Callable[[float], Iterator[Markup]]] = {
        "faults": lambda y: _faults(subject, axis, y),
        "disturbances": lambda y: _disturbances(subject, axis, y),
        "services out": lambda y: _services(subject, axis, y),
        "alarms": lambda y: (_tick(at, axis, y, "tick-severe") for at in alarms),
        "tickets": lambda y: (_tick(at, axis, y, "tick-minor") for at in tickets),
        "people": lambda y: _people(subject, axis, y),
        "commands": lambda y: _orders([o for o in subject.orders if not o.field], axis, y),
        "field": lambda y: _orders([o for o in subject.orders if o.field], axis, y),
    }
    drawn = {name: list(parts(0.0)) for name, parts in rows.items()}
    names = [
        name for name in rows if drawn[name] or name not in {"disturbances", "tickets", "people"}
    ]
    bottom = TOP + ROW * len(names) + 2
    middles = {name: TOP + ROW * place + ROW / 2 for place, name in enumerate(names)}
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
        *_names(middles),
        *_windows(subject, axis, bottom),
        *(part for name, y in middles.items() for part in rows[name](y)),
    )


def _names(middles: Mapping[str, float]) -> Iterator[Markup]:
    for place, (name, y) in enumerate(middles.items()):
        yield tag("text", name, x=LEFT - 10, y=y + 4, text_anchor="end", class_="row-name")
        if place:
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


def _span(start: Millis, end: Millis | None, axis: Axis, y: float, look: str, says: str) -> Markup:
    x = axis.x(start)
    width = max(3.0, axis.x(axis.last if end is None else end) - x)
    until = "the end of the run" if end is None else span_text(end, tenths=True)
    told = f"{says}, {span_text(start, tenths=True)} to {until}"
    return tag(
        "rect",
        tag("title", told),
        x=x,
        y=y - 7,
        width=width,
        height=14,
        rx=2,
        class_=f"bar {look}",
    )


def _faults(subject: Subject, axis: Axis, y: float) -> Iterator[Markup]:
    for matter in subject.matters:
        if matter.score is not None:
            fault = matter.score.fault
            says = f"{fault.id} {fault.kind} of {fault.target}"
            yield _span(fault.onset, fault.cleared, axis, y, "true-fault", says)


def _disturbances(subject: Subject, axis: Axis, y: float) -> Iterator[Markup]:
    """Yield what is no fault: crowds, maintenance, links that heal, collectors that die."""
    ended = {record.id: record.at for record in subject.log.kind("disturbance.ended")}
    for record in subject.log.kind("disturbance.began"):
        told = "announced" if record.data["announced"] else "unannounced"
        says = f"{record.id} {record.data['kind']}, {told}"
        yield _span(record.at, ended.get(record.id), axis, y, "disturbance", says)


def _services(subject: Subject, axis: Axis, y: float) -> Iterator[Markup]:
    """Yield the spans in which any service was outside its limits."""
    since: Millis | None = None
    worst = 0
    for at, count in [*clipped(added(*service_steps(subject.log)), axis), (axis.last, 0)]:
        worst = max(worst, count)
        if count and since is None:
            since = at
        if not count and since is not None:
            yield _span(since, at, axis, y, "true-impact", f"{worst} services at worst")
            since, worst = None, 0


def _people(subject: Subject, axis: Axis, y: float) -> Iterator[Markup]:
    """Yield when somebody was at work at a desk."""
    for record in subject.log.kind("work.replied"):
        role = str(record.data["role"])
        if record.by == "human" and role != "field":
            start = record.at - round(record.data["took_s"] * SECOND)
            who = str(record.data.get("person") or role)
            yield _span(
                start, record.at, axis, y, "working", f"{who} on task {record.data['task']}"
            )


def _tick(at: Millis, axis: Axis, y: float, look: str) -> Markup:
    x = axis.x(at)
    return tag("line", x1=x, y1=y - 7, x2=x, y2=y + 7, class_=look)


def _orders(orders: list[Order], axis: Axis, y: float) -> Iterator[Markup]:
    spans = dict.fromkeys((o.start, o.end, o.kind) for o in orders)
    for start, end, kind in spans:
        yield _span(start, end, axis, y, "order", kind)
