"""The debrief as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.base.clock import SECOND, format_clock
from adn.training.wording import span

LANES: Final[Mapping[str, str]] = {
    "trainee": "you",
    "expert": "modelled people",
    "engine": "engine alone",
}
CLOCKS: Final = ("detect", "locate", "restore")


def debrief_lines(debrief: Mapping[str, Any]) -> Iterator[str]:
    """Yield a debrief as lines."""
    yield f"Debrief   {debrief['scenario']}   {debrief['level']}   seed {debrief['seed']}"
    yield debrief["title"]
    yield ""
    yield f"   score {debrief['score']:.0f} of 100"
    yield from (f"   {line}" for line in debrief["says"])
    for fault in debrief["faults"]:
        yield ""
        yield from _fault_lines(fault, debrief["lanes"])
    yield ""
    yield from _lane_lines(debrief["lanes"])
    yield ""
    yield from _rating_lines(debrief["rating"])
    if debrief["costs"]:
        yield ""
        yield "   what cost most"
        yield from (f"   {_cost(row)}" for row in debrief["costs"])
    yield ""
    yield from _after_lines(debrief)


def _fault_lines(fault: Mapping[str, Any], lanes: Mapping[str, Any]) -> Iterator[str]:
    yield f"   {fault['id']}   {fault['kind']} of {fault['target']}   at {_at(fault['onset_s'])}"
    seen = fault["seen"]
    first = [
        f"{name} {_at(row['at_s'])} ({row['about']})" for name, row in seen.items() if row
    ] or ["neither alarm nor ticket"]
    yield f"      first in the log: {', '.join(first)}"
    if fault["named"]:
        told = [
            f"{_at(row['at_s'])} {' '.join(row['top']) or 'nothing'} "
            f"({'right' if row['right'] else 'wrong'})"
            for row in fault["named"][:4]
        ]
        yield f"      you named: {'; '.join(told)}"
    else:
        yield "      you named: nothing"
    yield f"      {'':<16} {'detect':>9} {'locate':>9} {'restore':>9}"
    for name, called in LANES.items():
        row = lanes[name]["faults"].get(fault["id"])
        if row:
            clocks = " ".join(f"{span(row[f'{clock}_s']):>9}" for clock in CLOCKS)
            by = f"   by {row['restored_by']}" if row["restored_by"] else ""
            yield f"      {called:<16} {clocks}{by}"


def _lane_lines(lanes: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"   {'':<19} {'level':>5} {'down':>7} {'degraded':>9} {'actions':>8} {'wrong':>6} "
        f"{'desk':>8}"
    )
    for name, called in LANES.items():
        row = lanes[name]
        yield (
            f"   {called:<19} {row['level']:>5} {row['down_minutes']:>7.1f} "
            f"{row['degraded_minutes']:>9.1f} {row['actions']:>8} {row['wrong_actions']:>6} "
            f"{row['desk_minutes']:>8.1f}"
        )
    yield "   service-minutes down and degraded; commands sent, and wrong ones; minutes at desks"


def _rating_lines(rating: Mapping[str, Any]) -> Iterator[str]:
    clocks = "   ".join(f"{name} {_points(row)}" for name, row in rating["clocks"].items())
    tasks = "   ".join(f"{name} {_points(row)}" for name, row in rating["tasks"].items())
    work = rating["work"]
    yield f"   clocks   {clocks}"
    yield f"   tasks    {tasks}"
    yield (
        f"   conduct  {rating['conduct']:.0f}   handled {work['own']} of {work['given']}   "
        f"hints {rating['hints']}"
    )


def _points(row: Mapping[str, Any]) -> str:
    return "–" if row["points"] is None else f"{row['points']:.0f}"


def _cost(row: Mapping[str, Any]) -> str:
    if row["what"] == "wrong":
        did = "did harm" if row["harmed"] else "did nothing about any cause"
        judged = ""
        if row["outside_with"] is not None and row["outside_with"] > row["outside_without"]:
            judged = (
                f"; {row['outside_with']} services outside with it, "
                f"{row['outside_without']} without"
            )
        return f"{_at(row['at_s'])}  {row['command']} {row['kind']} {row['target']} {did}{judged}"
    about = f" ({row['incident']})" if row["incident"] else ""
    waited = f", of which {span(row['waited_s'])} it lay waiting" if row["waited_s"] >= 1 else ""
    usual = f"; modelled people took {span(row['usual_s'])}" if row["usual_s"] else ""
    whole = span(row["took_s"] + row["waited_s"])
    return f"{_at(row['at_s'])}  {row['called']}{about}: {whole}{waited}{usual}; {row['answer']}"


def _after_lines(debrief: Mapping[str, Any]) -> Iterator[str]:
    drill = debrief.get("drill")
    if drill:
        yield from (f"   {line}" for line in drill["notes"])
    weak = debrief["weakest"]
    if weak:
        yield f"   weakest: {weak['called']}, {weak['points']:.0f} points"
    if drill and drill["next"]:
        yield f"   next drill: {drill['next']}   ({drill['next_title']})"


def _at(seconds: float | None) -> str:
    return "–" if seconds is None else format_clock(round(seconds * SECOND))
