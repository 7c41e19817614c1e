"""The sheet: all that a front end is shown of one piece of work, as plain values.

What modelled people make of the signs (the locator's view, what change control thinks) is left out:
to find that out is the trainee's work. The system's suggestion is there where the level shares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adn.base.clock import seconds
from adn.base.levels import Task
from adn.closedloop.people.actor import WorkItem
from adn.closedloop.people.plain import plain
from adn.training import looking
from adn.training.looking import Shown
from adn.training.screens import Screens
from adn.training.texts import task_asked, task_name

PROBED: Final = (Task.ROOT_CAUSE,)
MOST_STEPS: Final = 6


def sheet_of(
    item: WorkItem,
    screens: Screens,
    targets: Mapping[str, float],
    told: Shown | None,
    hints: bool,
    wrong: str,
) -> Shown:
    """Return what is shown of a piece of work.

    Args:
        item: The work.
        screens: What can be looked at.
        targets: The clocks that are to be met, seconds.
        told: What was looked at last, if anything was.
        hints: Whether hints are given.
        wrong: Why the last move could not be made, if it could not.
    """
    suggested = item.suggestion is not None
    return {
        "now_s": seconds(item.now),
        "work": {
            "id": item.id,
            "task": item.task,
            "name": task_name(item.task),
            "asked": task_asked(item.task, suggested=suggested),
            "role": item.role,
            "again": item.attempt,
            "steps": item.looks,
        },
        "top": looking.summary(screens),
        "incident": _incident(item, targets),
        "suggestion": _suggestion(item),
        "table": _table(item, screens),
        "told": told,
        "moves": _moves(item, suggested, hints),
        "wrong": wrong,
    }


def _incident(item: WorkItem, targets: Mapping[str, float]) -> Shown | None:
    """Return the incident, and how long the three clocks have run since its first sign."""
    held = item.incident
    if held is None:
        return None
    return {
        "id": held.id,
        "status": held.status.value,
        "severity": held.severity,
        "opened_s": seconds(held.opened_at),
        "began_s": seconds(held.began_at),
        "running_s": seconds(max(0, item.now - held.began_at)),
        "targets_s": dict(targets),
        "alarms": len(held.alarms),
        "objects": list(held.objects),
        "services": list(held.services),
    }


def _suggestion(item: WorkItem) -> Any:
    if item.suggestion is None:
        return None
    told = dict(item.suggestion)
    if item.task == Task.ROOT_CAUSE:
        return {"suspects": plain(told["suspects"][:5]), "domain": told["domain"]}
    if item.task == Task.RECOVERY_ANALYSIS:
        return _plan(told)
    return plain(told)


def _table(item: WorkItem, screens: Screens) -> Shown:
    """Return what lies before whoever has the work, and is no conclusion of anybody's."""
    sees = item.sees
    if item.task == Task.DATA_COLLECTION:
        return {
            "signals": [
                {"id": row[0], "sign": row[1], "object": row[2], "what": row[3]}
                for row in sees.get("signals", ())
            ]
        }
    if item.task == Task.ALARM_FILTERING:
        seen = screens.view.seen_alarms
        return {
            "alarms": [
                {
                    "id": name,
                    "severity": seen[name].perceived_severity.value,
                    "cause": seen[name].probable_cause.value,
                    "object": seen[name].managed_object,
                    "active": name in screens.view.active_alarms,
                }
                for name in sees.get("alarms", ())
                if name in seen
            ]
        }
    if item.task == Task.FAULT_RECOGNITION and "call" in sees:
        return {
            "call": plain(sees["call"]),
            "alike": sees.get("before", 0),
            "known": bool(sees.get("known", False)),
        }
    if item.task == Task.RECOVERY_ANALYSIS:
        return {"options": [_plan(row) for row in item.choices]}
    if item.task == Task.DETERMINATION:
        return {"plan": _plan(sees["plan"])}
    if item.task == Task.EXECUTION:
        return {"commands": [[row[0], row[1]] for row in sees.get("commands", ())]}
    return {}


def _plan(plan: Mapping[str, Any]) -> Shown:
    """Return a plan without the maps that only the network reads."""
    expected = plan["expected"]
    return {
        "purpose": plan["purpose"],
        "steps": [[row[0], row[1]] for row in plan["steps"][:MOST_STEPS]],
        "more": max(0, len(plan["steps"]) - MOST_STEPS),
        "outside_before": expected.get("outside_before"),
        "outside_after": expected.get("outside_after"),
        "takes_s": expected.get("seconds"),
        "risk": plan["risk"],
        "because": list(plan["because"]),
    }


def _moves(item: WorkItem, suggested: bool, hints: bool) -> list[str]:
    """Return what can be done about the work."""
    looks = ["look"]
    probing = ["probe"] if item.task in PROBED else []
    deciding = ["approve", "reject", "decide"] if suggested else ["decide"]
    return [*looks, *probing, *(["hint"] if hints else []), *deciding, "escalate", "pass", "leave"]
