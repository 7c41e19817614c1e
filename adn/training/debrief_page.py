"""The debrief as one page that needs nothing else: three lanes beside the truth, then the score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.base.clock import MINUTE, SECOND, Millis, format_clock
from adn.report.axis import LEFT, WIDTH, Axis, span_text
from adn.report.document import document
from adn.report.grid import grid, row
from adn.report.svg import Markup, figure, picture, tag
from adn.training.debrief_text import CLOCKS, LANES, debrief_lines
from adn.training.texts import task_name

ROW: Final = 30.0
TOP: Final = 26.0
BEFORE: Final[Millis] = 20 * SECOND
LEAST: Final[Millis] = 6 * MINUTE
LONGEST: Final[Millis] = 90 * MINUTE
PARTS: Final[Mapping[str, str]] = {"detect": "part-3", "locate": "part-0", "restore": "part-1"}
"""How the stretch that each clock ends is drawn."""


def page_of(debrief: Mapping[str, Any]) -> str:
    """Return the page of a debrief."""
    title = f"Debrief: {debrief['title']}"
    lines = list(debrief_lines(debrief))
    body = tag(
        "main",
        tag(
            "header",
            tag("h1", title),
            tag(
                "p",
                f"{debrief['scenario']}, level {debrief['level']}, seed {debrief['seed']}, at the "
                f"desks of {', '.join(debrief['seats'])}",
            ),
        ),
        _tiles(debrief),
        tag("ul", *(tag("li", line) for line in debrief["says"])),
        *(_fault(fault, debrief["lanes"]) for fault in debrief["faults"]),
        tag("section", tag("h2", "What it cost"), _lanes(debrief["lanes"])),
        tag("section", tag("h2", "Task by task"), _tasks(debrief["rating"])),
        tag("section", tag("h2", "In words"), tag("pre", "\n".join(lines))),
    )
    return document(title, tag("body", body))


def _tiles(debrief: Mapping[str, Any]) -> Markup:
    rating, weak = debrief["rating"], debrief["weakest"]
    work, clocks = rating["work"], rating["clocks"]
    held = [f"{name} {_points(clocks[name])}" for name in CLOCKS]
    rows = (
        ("score", f"{debrief['score']:.0f}", "of 100"),
        ("clocks", _mean(clocks), ", ".join(held)),
        ("conduct", f"{rating['conduct']:.0f}", f"{len(rating['wrong'])} wrong commands"),
        (
            "handled yourself",
            f"{work['own']} of {work['given']}",
            f"weakest: {weak['called']}" if weak else "nothing was weak",
        ),
    )
    return tag(
        "dl",
        *(
            tag(
                "div",
                tag("dt", name),
                tag("dd", value),
                tag("dd", note, class_="note"),
                class_="tile",
            )
            for name, value, note in rows
        ),
        class_="tiles",
    )


def _fault(fault: Mapping[str, Any], lanes: Mapping[str, Any]) -> Markup:
    name = f"{fault['id']}: {fault['kind']} of {fault['target']}"
    heads = ("", *CLOCKS, "restored by")
    rows = [
        row(
            [
                called,
                *(_span(lanes[lane]["faults"][fault["id"]][f"{clock}_s"]) for clock in CLOCKS),
                lanes[lane]["faults"][fault["id"]]["restored_by"] or "–",
            ]
        )
        for lane, called in LANES.items()
        if fault["id"] in lanes[lane]["faults"]
    ]
    named = "; ".join(
        f"{_at(one['at_s'])} {' '.join(one['top']) or 'nothing'}, "
        f"{'right' if one['right'] else 'wrong'}"
        for one in fault["named"][:4]
    )
    drawn = _timeline(fault, lanes, name)
    return tag(
        "section",
        tag("h2", name),
        *([picture(drawn, f"Timeline of {fault['id']}")] if drawn else []),
        tag(
            "p", "Each bar: until detected, then until located, then until restored.", class_="note"
        ),
        grid(f"Clocks of {fault['id']}", heads, rows),
        tag("p", f"First in the log: {_seen(fault)}. You named: {named or 'nothing'}."),
    )


def _timeline(fault: Mapping[str, Any], lanes: Mapping[str, Any], name: str) -> Markup | None:
    """Return the lanes of one fault: how long each took to detect, then locate, then restore."""
    if fault["t0_s"] is None:
        return None
    start = round(fault["t0_s"] * SECOND)
    held = {lane: lanes[lane]["faults"].get(fault["id"], {}) for lane in LANES}
    ends = [round(one[f"{clock}_s"] * SECOND) for one in held.values() for clock in CLOCKS
            if one.get(f"{clock}_s") is not None]  # fmt: skip
    last = start + min(max([LEAST, *ends]) + BEFORE, LONGEST)
    axis = Axis(start - BEFORE, last, start)
    bottom = TOP + ROW * (len(LANES) + 1)
    says = "; ".join(
        f"{LANES[lane]}: " + ", ".join(f"{c} {_span(one.get(f'{c}_s'))}" for c in CLOCKS)
        for lane, one in held.items()
    )
    parts: list[Markup] = [_name("truth", 0), *_truth(fault, axis)]
    for place, lane in enumerate(LANES, 1):
        parts += [_name(LANES[lane], place), *_stretches(held[lane], axis, start, place)]
    return figure(
        WIDTH,
        bottom + 24,
        name,
        says,
        *axis.grid(TOP - 4, bottom, signed=True),
        *parts,
    )


def _truth(fault: Mapping[str, Any], axis: Axis) -> Iterator[Markup]:
    """Yield the fault as it was, and when it could be seen."""
    onset = round(fault["onset_s"] * SECOND)
    cleared = axis.last if fault["cleared_s"] is None else round(fault["cleared_s"] * SECOND)
    yield _bar(axis, onset, cleared, 0, "true-fault", f"{fault['kind']} present")
    for what, one in fault["seen"].items():
        at = None if one is None else round(one["at_s"] * SECOND)
        if at is not None and axis.holds(at):
            x, y = axis.x(at), TOP + 4
            yield tag("line", tag("title", f"first {what} {_at(one['at_s'])}"), x1=x, x2=x,
                      y1=y - 8, y2=y + ROW - 8, class_="tick-severe")  # fmt: skip
            yield tag("text", what, x=x + 3, y=y - 1, class_="tick")


def _stretches(
    clocks: Mapping[str, Any], axis: Axis, start: Millis, place: int
) -> Iterator[Markup]:
    """Yield the stretch that ends with each clock, in the order in which they ended."""
    ended = [
        (round(clocks[f"{name}_s"] * SECOND), name)
        for name in CLOCKS
        if clocks.get(f"{name}_s") is not None
    ]
    before = 0
    for took, name in sorted(ended):
        yield _bar(axis, start + before, start + took, place, PARTS[name],
                   f"{name} {span_text(took)}")  # fmt: skip
        before = max(before, took)
    if "restore" not in {name for _, name in ended}:
        yield _bar(axis, start + before, axis.last, place, "waiting", "not restored")


def _bar(axis: Axis, start: Millis, end: Millis, place: int, look: str, says: str) -> Markup:
    x, y = axis.x(start), TOP + ROW * place + 6
    return tag(
        "rect",
        tag("title", says),
        x=x,
        y=y,
        width=max(1.5, axis.x(end) - x),
        height=ROW - 12,
        rx=2,
        class_=look,
    )


def _name(name: str, place: int) -> Markup:
    y = TOP + ROW * place + ROW / 2 + 4
    return tag("text", name, x=LEFT - 10, y=y, text_anchor="end", class_="row-name")


def _lanes(lanes: Mapping[str, Any]) -> Markup:
    heads = ("", "level", "minutes down", "minutes degraded", "commands", "wrong", "desk minutes")
    keys = ("level", "down_minutes", "degraded_minutes", "actions", "wrong_actions", "desk_minutes")
    rows = [row([called, *(str(lanes[name][key]) for key in keys)]) for name, called in
            LANES.items()]  # fmt: skip
    return grid("What it cost", heads, rows)


def _tasks(rating: Mapping[str, Any]) -> Markup:
    rows = [
        row(
            [
                f"{task} {task_name(task)}",
                _points(one),
                f"{one['right']} of {one['of']}",
                str(one["never_done"]),
            ]
        )
        for task, one in rating["tasks"].items()
    ]
    return grid("Task by task", ("", "points", "right", "never done"), rows)


def _seen(fault: Mapping[str, Any]) -> str:
    told = [f"{what} {_at(one['at_s'])}" for what, one in fault["seen"].items() if one]
    return ", ".join(told) or "neither alarm nor ticket"


def _mean(clocks: Mapping[str, Any]) -> str:
    held = [one["points"] for one in clocks.values() if one["points"] is not None]
    return f"{sum(held) / len(held):.0f}" if held else "–"


def _points(one: Mapping[str, Any]) -> str:
    return "–" if one["points"] is None else f"{one['points']:.0f}"


def _span(seconds: float | None) -> str:
    return span_text(None if seconds is None else round(seconds * SECOND))


def _at(seconds: float) -> str:
    return format_clock(round(seconds * SECOND))
