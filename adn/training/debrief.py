"""The debrief: what the trainee did beside what others did on the same seed, and what was true.

The one place of a shift where beliefs and truth stand side by side; nothing of it exists before the
shift is over. Plain values: `debrief_text` and `debrief_page` draw them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from adn.base.clock import Millis, format_clock, seconds
from adn.base.records import Record
from adn.closedloop.people.plain import plain
from adn.scoring.actions import effects_of
from adn.scoring.log import RunLog
from adn.scoring.pairing import pairing_of
from adn.scoring.truth import Fault, faults_of
from adn.training.lanes import Lanes, lane, log_of
from adn.training.rating import ABSENT, Given, given_to_trainee, rating_of, wrong_by_trainee
from adn.training.shift import Worked
from adn.training.texts import task_name

MOST_COSTS: Final = 8
MOST_GAPS: Final = 5
LONG_S: Final = 60.0
"""A piece of work that nobody else had is long from here on, seconds (assumption)."""
POOR: Final = 70.0
"""Below so many points there is something to be practised (assumption)."""


def debrief_of(worked: Worked, lanes: Lanes) -> dict[str, Any]:
    """Return the debrief of a shift as plain values.

    Args:
        worked: The shift.
        lanes: It, and the two runs that it is held against.
    """
    shift, log = worked.shift, log_of(lanes.trainee)
    cards = {name: run.scorecard for name, run in lanes.by_name().items()}
    inapplicable = frozenset(str(letter) for letter in shift.loaded.scenario.inapplicable)
    rating = rating_of(log, cards["trainee"], cards["expert"], shift.level, inapplicable)
    work = given_to_trainee(log)
    weak = weakest(rating)
    lived = {name: lane(card) for name, card in cards.items()}
    lay = sum(float(one.reply.data["took_s"]) for one in work if one.absent)
    lived["trainee"]["desk_minutes"] = round(lived["trainee"]["desk_minutes"] - lay / 60, 1)
    return {
        "scenario": worked.run.manifest["scenario"],
        "title": shift.loaded.scenario.title,
        "level": str(shift.level),
        "seed": shift.seed,
        "seats": list(shift.roles),
        "digest": worked.run.manifest["digest"],
        "left_s": None if worked.left_at is None else seconds(worked.left_at),
        "score": rating["score"],
        "says": verdicts(rating, worked, log),
        "rating": rating,
        "weakest": weak,
        "lanes": lived,
        "faults": [_fault(one, log) for one in faults_of(log)],
        "costs": _costs(log, log_of(lanes.expert), work),
        "steps": _steps(work),
    }


def weakest(rating: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the task or clock with the fewest points; None if nothing is poor."""
    rows = [("task", name, row["points"]) for name, row in rating["tasks"].items()]
    rows += [("clock", name, row["points"]) for name, row in rating["clocks"].items()]
    held = [row for row in rows if row[2] is not None and row[2] < POOR]
    if not held:
        return None
    kind, name, points = min(held, key=lambda row: row[2])
    called = task_name(name) if kind == "task" else name
    return {"kind": kind, "name": name, "called": called, "points": points}


def verdicts(rating: Mapping[str, Any], worked: Worked, log: RunLog) -> list[str]:
    """Return what is to be said of the shift as a whole, the gravest first."""
    work, found = rating["work"], list[str]()
    if worked.left_at is not None:
        found.append(
            f"You left after {format_clock(worked.left_at)} and nobody took your place: "
            f"{_counted(work['left_lying'], 'piece')} of work lay undone."
        )
    if work["given_away"]:
        found.append(
            f"You gave {work['given_away']} of {_counted(work['given'], 'piece')} of work away: "
            "what came right of it was done by colleagues."
        )
    if rating["wrong"]:
        sent = {record.id: str(record.data["kind"]) for record in log.kind("command.submitted")}
        kinds = Counter(sent[name] for name in rating["wrong"])
        told = ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common(3))
        found.append(
            f"{_counted(len(rating['wrong']), 'command')} of yours did harm, or nothing about any "
            f"cause: {told}."
        )
    if rating["false_incidents"]:
        count = rating["false_incidents"]
        were = "was" if count == 1 else "were"
        found.append(f"{_counted(count, 'incident')} {were} opened on nothing.")
    if rating["hints"]:
        found.append(f"You took {_counted(rating['hints'], 'hint')}.")
    if not found:
        found.append("You did your own work, and nothing you ordered did harm.")
    return found


# --- fault by fault ---


def _fault(fault: Fault, log: RunLog) -> dict[str, Any]:
    """Return what was true of a fault, what showed of it when, and what it was taken for."""
    incident = pairing_of(log).incidents.get(fault.id)
    beliefs = incident.beliefs if incident else ()
    return {
        "id": fault.id,
        "kind": fault.kind,
        "target": fault.target,
        "domain": fault.domain,
        "right": [list(pair) for pair in fault.right],
        "onset_s": seconds(fault.onset),
        "t0_s": _seconds(fault.t0),
        "visible_s": _seconds(fault.visible),
        "impact_s": _seconds(fault.impact),
        "cleared_s": _seconds(fault.cleared),
        "cleared_by": fault.cleared_by,
        "seen": _seen(fault, log),
        "incident": incident.id if incident else None,
        "named": [
            {"at_s": seconds(row.at), "top": list(row.top or ()), "right": row.top in fault.right}
            for row in beliefs
        ],
    }


def _seen(fault: Fault, log: RunLog) -> dict[str, Any]:
    """Return when the log first shows something of a fault: an alarm, a ticket."""
    near = fault.affected
    alarms = (
        record
        for record in log.kind("alarm.raised")
        if record.at >= fault.onset and record.ref["object"] in near
    )
    tickets = (
        record
        for record in log.kind("ticket.raised")
        if record.at >= fault.onset and record.ref.get("service") in near
    )
    return {"alarm": _first(alarms), "ticket": _first(tickets)}


def _first(records: Iterable[Record]) -> dict[str, Any] | None:
    record = next(iter(records), None)
    if record is None:
        return None
    about = record.ref.get("object") or record.ref.get("service", "")
    return {"at_s": seconds(record.at), "id": record.id, "about": about}


# --- what cost most ---


def _costs(log: RunLog, expert: RunLog, work: Sequence[Given]) -> list[dict[str, Any]]:
    """Return the decisions that cost most: wrong commands first, then the longest gaps."""
    wrong = wrong_by_trainee(log, work)
    effects = effects_of(log)
    judged = {record.id: record.data for record in log.kind("plan.judged")}
    found: list[dict[str, Any]] = []
    for record in wrong[: MOST_COSTS - 2]:
        harmed = bool(effects[record.id].data["harmed"])
        truth = judged.get(str(record.ref.get("plan", "")))
        found.append(
            {
                "what": "wrong",
                "at_s": seconds(record.at),
                "command": record.id,
                "kind": record.data["kind"],
                "target": record.data["target"],
                "harmed": harmed,
                "outside_with": None if truth is None else _extent(truth["outside_with"]),
                "outside_without": None if truth is None else _extent(truth["outside_without"]),
            }
        )
    usual = _usual(expert)
    long = [
        one
        for one in work
        if not one.passing and _span(one.reply) > usual.get(str(one.reply.data["task"]), LONG_S)
    ]
    gaps = sorted(long, key=lambda one: (-_span(one.reply), one.reply.id))
    for one in gaps[:MOST_GAPS]:
        data = one.reply.data
        found.append(
            {
                "what": "gap",
                "at_s": seconds(one.reply.at),
                "work": one.reply.id,
                "incident": one.reply.ref.get("incident") or None,
                "task": data["task"],
                "called": task_name(str(data["task"])),
                "took_s": data["took_s"],
                "waited_s": data["waited_s"],
                "usual_s": usual.get(str(data["task"])),
                "steps": len(one.steps),
                "lay": one.absent,
                "answer": _answer(one),
            }
        )
    return found


def _usual(expert: RunLog) -> dict[str, float]:
    """Return how long modelled people were at each task on the same seed, on average, seconds."""
    took: dict[str, list[float]] = {}
    for record in expert.kind("work.replied"):
        if record.data["role"] != "field" and record.data["verdict"] != "outstanding":
            took.setdefault(str(record.data["task"]), []).append(float(record.data["took_s"]))
    return {task: round(fmean(spans), 1) for task, spans in sorted(took.items())}


def _span(reply: Record) -> float:
    return float(reply.data["took_s"]) + float(reply.data["waited_s"])


def _answer(one: Given) -> str:
    """Return what was answered, in a few words."""
    if one.absent:
        return "nobody was there"
    if one.given_away:
        return "given away"
    verdict, content = one.reply.data["verdict"], one.steps[-1] if one.steps else {}
    if "suspects" in content:
        rows = [f"{name or 'unknown'} {problem}" for name, problem, _ in content["suspects"][:1]]
        return f"{verdict}: {rows[0] if rows else 'unknown'}"
    for key in ("go", "fixed"):
        if key in content:
            return f"{verdict}: {'yes' if content[key] else 'no'}"
    return str(verdict)


def _steps(work: Iterable[Given]) -> list[dict[str, Any]]:
    """Return every piece of work and the trainee's steps in it, for the timeline."""
    return [
        {
            "work": one.reply.id,
            "task": one.reply.data["task"],
            "incident": one.reply.ref.get("incident") or None,
            "ended_s": seconds(one.reply.at),
            "took_s": one.reply.data["took_s"],
            "waited_s": one.reply.data["waited_s"],
            "verdict": one.reply.data["verdict"],
            "steps": [plain(step) for step in one.steps if step["did"] != ABSENT],
        }
        for one in work
    ]


def _extent(judged: int | list[str]) -> int:
    return judged if isinstance(judged, int) else len(judged)


def _seconds(at: Millis | None) -> float | None:
    return None if at is None else seconds(at)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
