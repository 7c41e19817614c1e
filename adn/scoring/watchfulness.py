"""Whether watch was kept as long as a run lasted: control information, collection, evaluation.

What the system does, it does at every roll-up; what people do, they do at regular intervals:
promises and trends at least every hour (assumption). A gap in that is evidence that is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import median_low
from typing import Final

from adn.base.clock import HOUR, MINUTE, Millis, format_clock
from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.log import RunLog

LOOK_EVERY: Final[Millis] = HOUR
"""How often people look at promises and trends, at least (assumption)."""
ROLL_UP: Final[Millis] = 15 * MINUTE
"""The longest that people wait for the roll-up that they look at."""
UNANSWERED: Final = frozenset({"outstanding", "withdrawn"})
"""Verdicts of work that nobody came to."""
_PROMISED: Final = frozenset({"loss", "latency"})


def unanswered(log: RunLog) -> tuple[Record, ...]:
    """Return the work that was handed over and never answered."""
    answered = {r.id for r in log.kind("work.replied") if r.data["verdict"] not in UNANSWERED}
    return tuple(record for record in log.kind("work.queued") if record.id not in answered)


def neglected(log: RunLog) -> Iterator[str]:
    """Yield what should have been watched and was not; nothing where nobody did anything."""
    if all(record.src != "loop" for record in log.events):
        return
    yield from _controls(log)
    yield from _collections(log)
    yield from _evaluations(log)
    yield from _look_aheads(log)


def _controls(log: RunLog) -> Iterator[str]:
    """Yield whether control information was not set before everything else."""
    first = next((record for record in log.events if record.src == "loop"), None)
    if first is None or first.kind != "control.set":
        yield "control information was not set before anything else (A)"


def _collections(log: RunLog) -> Iterator[str]:
    """Yield the roll-ups that nobody took in, and the looks at the screens that are missing."""
    collected = list(log.kind("data.collected"))
    by_system = [record for record in collected if record.by == "system"]
    rolled_up = Counter(
        (str(r.data["table"]), _ms(r.data["from_s"]), r.at) for r in log.kind("rollup.received")
    )
    if by_system:
        taken = Counter((str(r.data["table"]), _ms(r.data["started_s"]), r.at) for r in by_system)
        for table, start, end in sorted((rolled_up - taken).elements()):
            yield (
                f"the {table} roll-up of {format_clock(start)} to {format_clock(end)} "
                "was not collected (C)"
            )
    looks = [_ms(record.data["started_s"]) for record in collected if record.by == "human"]
    looks += [r.at for r in unanswered(log) if r.data["task"] == Task.DATA_COLLECTION]
    if not collected and rolled_up and not looks:
        yield "nobody collected data (C)"
    yield from _irregular(log, sorted(looks))


def _irregular(log: RunLog, looks: list[Millis]) -> Iterator[str]:
    """Yield where a look at the screens is missing from a regular row of them."""
    gaps = [after - before for before, after in pairwise(looks)]
    if not gaps:
        return
    usual = median_low(gaps)
    row = [_begin(log) - usual, *looks, log.end + usual]
    for before, after in pairwise(row):
        most = usual if before < _begin(log) else usual + usual // 2
        if after > before + most and before + usual < log.end:
            yield f"nobody looked at the screens at {format_clock(before + usual)} (C)"


def _evaluations(log: RunLog) -> Iterator[str]:
    """Yield where promises were not evaluated: at roll-ups, hours, or the closing of incidents."""
    task = Task.INTENT_EVALUATION
    looked = [r for r in log.kind("intent.evaluated") if not r.ref.get("incident")]
    by_system = [record for record in looked if record.by == "system"]
    due = [
        record
        for record in log.kind("data.collected")
        if record.data["table"] == "service" and set(record.data.get("kpis", ())) >= _PROMISED
    ]
    if by_system:
        yield from _not_at(due, by_system, task, "promises were not evaluated")
        at_closing = {
            r.ref["incident"] for r in log.kind("intent.evaluated") if r.ref.get("incident")
        }
        for record in log.kind("incident.status"):
            if record.data["status"] == "closed" and record.id not in at_closing:
                yield f"promises were not evaluated when {record.id} was closed (B)"
    else:
        yield from _rarely(log, "service", looked, task, "nobody evaluated promises")


def _look_aheads(log: RunLog) -> Iterator[str]:
    """Yield where nobody looked ahead, if anybody ever did."""
    task = Task.FAULT_PREDICTION
    looked = list(log.kind("prediction.made"))
    by_system = [record for record in looked if record.by == "system"]
    if by_system:
        due = [
            record
            for record in log.kind("data.collected")
            if record.data["table"] == "service" or "utilisation" in record.data.get("kpis", ())
        ]
        yield from _not_at(due, by_system, task, "nobody looked ahead")
        return
    for table in sorted({str(record.data["table"]) for record in looked}):
        mine = [record for record in looked if record.data["table"] == table]
        yield from _rarely(log, table, mine, task, f"nobody looked ahead along the {table} table")


def _not_at(
    due: Iterable[Record], looked: Iterable[Record], task: Task, says: str
) -> Iterator[str]:
    """Yield the collections by the system that the system did nothing about."""
    wanted = Counter(
        (r.data["table"], _ms(r.data["started_s"]), r.at) for r in due if r.by == "system"
    )
    done = Counter((r.data.get("table", "service"), _ms(r.data["from_s"]), r.at) for r in looked)
    for _, start, end in sorted((wanted - done).elements()):
        yield f"{says} for {format_clock(start)} to {format_clock(end)} ({task})"


def _rarely(
    log: RunLog, table: str, looked: Iterable[Record], task: Task, says: str
) -> Iterator[str]:
    """Yield the spans in which people should have looked and did not."""
    rolled_up = [
        _ms(record.data["to_s"])
        for record in log.kind("rollup.received")
        if record.data["table"] == table and record.at >= _begin(log)
    ]
    if not rolled_up:
        return
    looks = [_ms(record.data["to_s"]) for record in looked]
    looks += [record.at for record in unanswered(log) if record.data["task"] == task]
    first, last = min(rolled_up), max(rolled_up)
    # Nobody is late with the first look: it is due with the first roll-up after the warm-up.
    row = [first - LOOK_EVERY - ROLL_UP, *sorted(looks), last + 1]
    for before, after in pairwise(row):
        if after > before + LOOK_EVERY + ROLL_UP + MINUTE:
            start = max(before, first)
            yield f"{says} from {format_clock(start)} to {format_clock(after)} ({task})"


def _begin(log: RunLog) -> Millis:
    """Return when operations begin: the end of the warm-up."""
    return next((_ms(r.data["warmup_s"]) for r in log.kind("run.started")), 0)


def _ms(at_s: float) -> Millis:
    return round(at_s * 1000)
