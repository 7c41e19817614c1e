"""Hints in three grades: general advice, where to look, what an experienced colleague would say.

All of it rests on what the screens hold, and on what the desk's own tools make of that; the truth
is not within reach here.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from adn.base.levels import Task
from adn.closedloop.people.actor import WorkItem
from adn.training import looking
from adn.training.looking import Shown
from adn.training.screens import Screens
from adn.training.texts import task_hint

GRADES: Final = 3


def hint_on(item: WorkItem, screens: Screens, grade: int, advice: str = "") -> Shown:
    """Return a hint on a piece of work.

    Args:
        item: The work, as it is now.
        screens: What can be looked at.
        grade: 1 for advice, 2 for where to look, 3 for what a colleague would say.
        advice: What the drill adds to the general advice on the task.
    """
    if grade == 1:
        says = f"{task_hint(item.task)} {advice}".strip()
    else:
        says = _where(item, screens) if grade == 2 else _own(item)
    return {"look": "hint", "about": str(grade), "rows": [{"says": says}], "more": 0}


def _where(item: WorkItem, screens: Screens) -> str:
    """Return what stands out on the screens."""
    told: list[str] = []
    alarms = looking.alarms(screens, "")["rows"]
    if alarms:
        top = alarms[0]
        told.append(f"the most severe alarm is {top['severity']} on {top['object']}")
    away = [row for row in looking.kpis(screens, "")["rows"] if row["table"] != "service"]
    links = [row for row in away if row["kpi"] != "utilisation"] or away
    if links:
        top = links[0]
        told.append(f"the farthest from usual is {top['kpi']} of {top['object']}")
    shared = _shared(item, screens)
    if shared:
        name, count, of = shared
        told.append(f"{count} of the {of} services concerned are recorded to cross {name}")
    return "; ".join(told) if told else "nothing stands out on the screens yet"


def _shared(item: WorkItem, screens: Screens) -> tuple[str, int, int] | None:
    """Return the link that most of an incident's services are recorded to cross."""
    held, view = item.incident, screens.view
    if held is None or not held.services:
        return None
    crossed = Counter(
        row for name in held.services for row in view.paths.links.get(name, frozenset())
    )
    if not crossed:
        return None
    row, count = min(crossed.items(), key=lambda pair: (-pair[1], pair[0]))
    return view.network.links[row], count, len(held.services)


def _own(item: WorkItem) -> str:
    """Return what a colleague would say who has looked at the same screens."""
    sees = item.sees
    if item.task == Task.ROOT_CAUSE:
        rows = sees.get("suspects", ())
        if not rows or not rows[0][0]:
            return "a colleague would not know either: probe, or escalate"
        name, problem, probability = rows[0]
        return f"a colleague would suspect {name} of {problem}, and be {probability:.0%} sure"
    if item.task == Task.DEMARCATION:
        return f"a colleague would say {sees.get('domain') or 'unknown'}"
    if item.task == Task.RECOVERY_ANALYSIS:
        return "a colleague would take option 1" if item.choices else "no option is left: none"
    if item.task == Task.DETERMINATION:
        said = "allow" if sees.get("allowed") else "refuse"
        return f"a colleague would {said} it: {sees.get('reason')}"
    if item.task == Task.VERIFICATION:
        count = len(sees.get("outside", ()))
        return f"a colleague has measured {count} services outside their promises"
    if item.task == Task.FAULT_RECOGNITION:
        held = item.incident
        count = len(held.alarms) + len(held.anomalies) if held else int(sees.get("before", 1))
        return f"a colleague counts {count} signs that belong together"
    if item.task == Task.DATA_COLLECTION:
        return f"a colleague would note all {len(sees.get('signals', ()))} signals"
    if item.task == Task.ALARM_FILTERING:
        return "a colleague would keep the most severe alarms of each object"
    return "a colleague would read it and go on"
