"""What happened around one matter, in lanes: truth, network, who handled it, people, commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.base.levels import Task, level_table
from adn.base.records import Record
from adn.report.axis import LEFT, RIGHT, WIDTH, Axis, span_text
from adn.report.matter import Matter, Order, Subject
from adn.report.phases import phases_of
from adn.report.svg import Markup, figure, path, tag

ROW: Final = 22.0
BAR: Final = 14.0
LETTER: Final = 7.0
BOLD: Final = 7.7
"""Widths of a letter of 12 units in a broad face; assumption."""
GAP: Final = 12.0
LEAST: Final = 2.5
STORM: Final = 5
"""Alarms that make a storm, if none comes more than `LULL` after the one before."""
LULL: Final[Millis] = 10 * SECOND
MOST_ROWS: Final = 8
MOST_TARGETS: Final = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A span in a row; `end` None reaches out of the picture."""

    start: Millis
    end: Millis | None
    look: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a name, its bars, and instants drawn as ticks with a look each."""

    name: str
    bars: tuple[Bar, ...] = ()
    ticks: tuple[tuple[Millis, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows that belong together."""

    name: str
    rows: tuple[Row, ...]


def timeline(subject: Subject, matter: Matter) -> Markup:
    """Return the lanes of one matter, from shortly before it to shortly after it was over."""
    axis = Axis(*matter.window, matter.start)
    lanes = [lane for lane in lanes_of(subject, matter) if lane.rows]
    top = 24.0
    grounds: list[Markup] = []
    drawn: list[Markup] = []
    y = top
    for lane in lanes:
        height = ROW * len(lane.rows)
        grounds.append(_ground(lane.name, y, height))
        for row in lane.rows:
            drawn.extend(_row(row, axis, y))
            y += ROW
        y += GAP
    bottom = y - GAP + 4
    return figure(
        WIDTH,
        bottom + 24,
        f"Timeline of {matter.name}",
        "; ".join(_told(lanes, matter.start)),
        *grounds,
        *axis.grid(top - 4, bottom, signed=True),
        *_limits(subject, matter, axis, bottom),
        *drawn,
    )


def lanes_of(subject: Subject, matter: Matter) -> tuple[Lane, ...]:
    """Return the lanes of one matter, those that stay empty included."""
    orders = [order for order in matter.orders if not order.field]
    crews = [order for order in matter.orders if order.field]
    return (
        Lane("truth", tuple(_truth(matter))),
        Lane("network", (_alarms(subject, matter),)),
        Lane("handling", tuple(_handling(matter))),
        Lane("people", tuple(_people(matter, subject.log.end))),
        Lane("commands", tuple(_orders(orders))),
        Lane("field", tuple(_orders(crews))),
    )


def _truth(matter: Matter) -> Iterator[Row]:
    if matter.score is None:
        return
    fault = matter.score.fault
    instants = [
        (fault.onset, "onset"),
        (fault.visible, "visible"),
        (fault.impact, "impact"),
    ]
    yield Row(
        "truth", (), tuple((at, "tick-true", name) for at, name in instants if at is not None)
    )
    mended = f", cleared by {fault.cleared_by}" if fault.cleared is not None else ""
    yield Row("fault", (Bar(fault.onset, fault.cleared, "true-fault", fault.kind + mended),))
    if fault.impact is not None:
        worst = max(len(fault.outside_at(change.at)) for change in fault.impacts)
        by = matter.score.clocks.restored_by
        text = f"{worst} at worst" + (f", restored by {by}" if by else "")
        yield Row("services out", (Bar(fault.impact, matter.restored, "true-impact", text),))


def _alarms(subject: Subject, matter: Matter) -> Row:
    first, last = matter.window
    raised = [r for r in subject.log.kind("alarm.raised") if first <= r.at <= last]
    cleared = [r for r in subject.log.kind("alarm.cleared") if first <= r.at <= last]
    bars = tuple(
        Bar(storm[0].at, storm[-1].at, "storm", f"storm of {len(storm)}")
        for storm in _storms(raised)
    )
    ticks = [(r.at, _severity(r), f"{r.id} {r.ref['object']}") for r in raised]
    ticks += [(r.at, "tick-clear", f"{r.id} cleared") for r in cleared]
    return Row("alarms", bars, tuple(ticks))


def _severity(alarm: Record) -> str:
    severe = str(alarm.data["perceived_severity"]) in {"critical", "major"}
    return "tick-severe" if severe else "tick-minor"


def _storms(alarms: Sequence[Record]) -> Iterator[list[Record]]:
    """Yield runs of alarms that come close after each other."""
    run: list[Record] = []
    for alarm in alarms:
        if run and alarm.at - run[-1].at > LULL:
            if len(run) >= STORM:
                yield run
            run = []
        run.append(alarm)
    if len(run) >= STORM:
        yield run


def _people(matter: Matter, end: Millis) -> Iterator[Row]:
    """Yield a row for each person at a desk: what waited for them, and what they worked on."""
    first, last = matter.window
    replies = {record.id: record for record in matter.of("work.replied")}
    rows: dict[str, list[Bar]] = {}
    names = level_table().names
    for record in matter.of("work.queued"):
        reply, role = replies.get(record.id), str(record.data["role"])
        if role == "field" or record.at > last:
            continue
        waited = round(reply.data["waited_s"] * SECOND) if reply else end - record.at
        begun, done = record.at + waited, reply.at if reply else None
        if done is not None and done < first:
            continue
        who = str(reply.data.get("person") or role) if reply else f"{role}, waiting"
        bars = rows.setdefault(who, [])
        task = str(record.data["task"])
        said = names.get(Task(task), task) if task in set(Task) else task
        if waited > SECOND:
            bars.append(Bar(record.at, begun, "waiting"))
        if done is not None:
            bars.append(Bar(begun, done, "working", said))
    for who in sorted(rows)[:MOST_ROWS]:
        bars = sorted(rows[who], key=lambda bar: (bar.look != "waiting", bar.start))
        yield Row(who, tuple(bars))


def _handling(matter: Matter) -> Iterator[Row]:
    rows: dict[str, list[Bar]] = {}
    for phase in phases_of(matter):
        text = f"{span_text(phase.end - phase.start, tenths=True)} {phase.says}".strip()
        look = "phase by-people" if phase.by == "human" else "phase"
        rows.setdefault(phase.name, []).append(Bar(phase.start, phase.end, look, text))
    yield from (Row(name, tuple(bars)) for name, bars in rows.items())


def _orders(orders: Sequence[Order]) -> Iterator[Row]:
    """Yield a row for each kind of command, its like at one time as one bar."""
    kinds: dict[str, list[Order]] = {}
    for order in orders:
        kinds.setdefault(order.kind, []).append(order)
    shown = list(kinds.items())
    for kind, ordered in shown[:MOST_ROWS]:
        yield Row(kind, tuple(_batches(ordered)))
    if len(shown) > MOST_ROWS:
        rest = [order for _, ordered in shown[MOST_ROWS:] for order in ordered]
        yield Row(f"{len(shown) - MOST_ROWS} more kinds", tuple(_batches(rest)))


def _batches(orders: Sequence[Order]) -> Iterator[Bar]:
    batches: dict[tuple[Millis, str], list[Order]] = {}
    for order in orders:
        batches.setdefault((order.start, order.purpose), []).append(order)
    for (start, _), batch in batches.items():
        ends = [order.end for order in batch]
        end = None if None in ends else max(at for at in ends if at is not None)
        targets = ", ".join(dict.fromkeys(order.target for order in batch[:MOST_TARGETS]))
        if len(batch) > MOST_TARGETS:
            targets += f" + {len(batch) - MOST_TARGETS} more"
        failed = sum(order.ok is False for order in batch)
        note = f", {failed} failed" if failed else ""
        look = "order-failed" if failed else "order"
        times = f"{len(batch)} × " if len(batch) > 1 else ""
        crew = "crew to " if batch[0].field else ""
        yield Bar(start, end, look, f"{times}{crew}{targets}{note}")


def _ground(name: str, y: float, height: float) -> Markup:
    return tag(
        "rect",
        tag("title", name),
        x=0,
        y=y - 2,
        width=WIDTH,
        height=height + 4,
        rx=4,
        class_=f"lane lane-{name}",
    )


def _row(row: Row, axis: Axis, y: float) -> Iterator[Markup]:
    middle = y + ROW / 2
    yield tag("text", row.name, x=LEFT - 10, y=middle + 4, text_anchor="end", class_="row-name")
    for place, bar in enumerate(row.bars):
        following = [other.start for other in row.bars[place + 1 :] if other.start > bar.start]
        taken = [
            axis.x(other.end) + LETTER * len(other.text) + 14
            for other in row.bars[:place]
            if other.end is not None and other.start <= bar.start
        ]
        yield from _bar(bar, axis, middle, min(following, default=None), max(taken, default=LEFT))
    told: dict[Millis, list[str]] = {}
    if not row.bars and not row.ticks:
        yield tag("text", "none", x=LEFT + 6, y=middle + 4, class_="tick")
    for at, look, says in row.ticks:
        if axis.holds(at):
            x, half = axis.x(at), _half(look)
            line = tag("line", x1=x, y1=middle - half, x2=x, y2=middle + half, class_=look)
            yield tag("g", tag("title", f"{says}, {span_text(at - axis.zero, tenths=True)}"), line)
            if look == "tick-true":
                told.setdefault(at, []).append(says)
    edge = LEFT
    for at, names in sorted(told.items()):
        x, text = axis.x(at), " · ".join(names)
        if x > edge:
            yield tag("text", text, x=x + 5, y=middle + 4, class_="bar-text")
            edge = x + 10 + LETTER * len(text)


def _half(look: str) -> float:
    return {"tick-true": 10.0, "tick-severe": 9.0, "tick-minor": 6.0}.get(look, 3.5)


def _bar(
    bar: Bar, axis: Axis, middle: float, following: Millis | None, edge: float
) -> Iterator[Markup]:
    """Yield a bar and its text: behind it if there is room, else before it or inside."""
    out = bar.end is None or bar.end > axis.last
    end = axis.last if bar.end is None or bar.end > axis.last else bar.end
    if end < axis.first or bar.start > axis.last:
        return
    x, width = axis.x(bar.start), max(LEAST, axis.x(end) - axis.x(bar.start))
    top = middle - BAR / 2
    says = f"{bar.text}, from {span_text(bar.start - axis.zero, tenths=True)}"
    says += f" to {span_text(bar.end - axis.zero, tenths=True)}" if bar.end is not None else ""
    yield tag(
        "rect",
        tag("title", says),
        x=x,
        y=top,
        width=width,
        height=BAR,
        rx=2,
        class_=f"bar {bar.look}",
    )
    if out:
        tip = [(x + width, top), (x + width + 9, middle), (x + width, top + BAR)]
        yield tag("path", d=path(tip, closed=True), class_=f"bar {bar.look}")
    if not bar.text:
        return
    need = LETTER * len(bar.text) + 8
    limit = axis.x(following) if following is not None else WIDTH - RIGHT
    if x + width + need <= limit and not out:
        yield tag("text", bar.text, x=x + width + 6, y=middle + 4, class_="bar-text")
    elif BOLD * len(bar.text) + 10 <= width:
        yield tag("text", bar.text, x=x + 6, y=middle + 4, class_="bar-text inside")
    elif x - need >= max(LEFT, edge) and following is None:
        yield tag("text", bar.text, x=x - 6, y=middle + 4, text_anchor="end", class_="bar-text")


def _limits(subject: Subject, matter: Matter, axis: Axis, bottom: float) -> Iterator[Markup]:
    """Yield the targets of the clocks as lines, as far as they are in the picture."""
    if matter.score is None:
        return
    targets = subject.targets
    named = (("detect", targets.detect), ("locate", targets.locate), ("restore", targets.restore))
    for name, span in named:
        at = matter.start + span
        if axis.holds(at):
            x = axis.x(at)
            yield tag("line", x1=x, y1=14, x2=x, y2=bottom, class_="limit")
            text = f"{name} by {span_text(span)}"
            yield tag("text", text, x=x, y=11, text_anchor="middle", class_="limit-name")
    yield tag("text", "t0", x=axis.x(matter.start), y=11, text_anchor="middle", class_="limit-name")


def _told(lanes: Sequence[Lane], zero: Millis) -> Iterator[str]:
    """Yield the rows in words."""
    for lane in lanes:
        for row in lane.rows:
            bars = [f"{b.text} at {span_text(b.start - zero, tenths=True)}" for b in row.bars]
            if bars:
                yield f"{lane.name}, {row.name}: {', '.join(bars)}"
