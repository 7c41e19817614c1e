"""Drills: shifts with a purpose, as data in `drills/`, one file each.

A file says which scenario is worked at which level, with which seed and at which desks, what is to
be learnt, what the trainee is told before and after, and which drill comes next for which weakness.
Texts are maps by language, English always among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from adn.base.errors import AdnError, Finding, Position
from adn.base.levels import AutonomyLevel, Task
from adn.topology.naming import closest
from adn.training.rating import CLOCKS
from adn.training.shift import roles_of
from adn.training.texts import ENGLISH, said

_KEYS: Final = frozenset(
    {
        "title",
        "scenario",
        "level",
        "seed",
        "seats",
        "order",
        "goals",
        "briefing",
        "hints",
        "debrief",
        "rated",
        "next",
    }
)
WEAKNESSES: Final = (*CLOCKS, *(task.value for task in Task), "otherwise")
"""What a next drill may be for."""


@dataclass(frozen=True, slots=True)
class Drill:
    """A shift with a purpose.

    Attributes:
        name: Its name, that of its file.
        title: What it is called; gives nothing away.
        scenario: Which scenario of the library is worked.
        level: At which level.
        seed: With which seed.
        seats: At which desks.
        order: Where it stands in the course.
        goals: What is to be learnt.
        briefing: What the trainee is told before.
        hints: What the first hint on a task adds, by task.
        debrief: What is said afterwards.
        rated: The tasks and clocks that matter most in it.
        next: Which drill comes next, by what was weak.
    """

    name: str
    title: Mapping[str, str]
    scenario: str
    level: AutonomyLevel
    seed: int
    seats: tuple[str, ...]
    order: int
    goals: tuple[Mapping[str, str], ...]
    briefing: Mapping[str, str]
    hints: Mapping[str, Mapping[str, str]]
    debrief: tuple[Mapping[str, str], ...]
    rated: tuple[str, ...]
    next: Mapping[str, str]


@cache
def drills() -> Mapping[str, Drill]:
    """Return the drills that come with the product, in the order of the course.

    Raises:
        AdnError: A file is no drill, or names a drill that is not there (TRN010).
    """
    folder = resources.files("adn.training").joinpath("drills")
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yml"))
    read = [
        read_drill(name.removesuffix(".yml"), folder.joinpath(name).read_text(encoding="utf-8"))
        for name in files
    ]
    found = {row.name: row for row in sorted(read, key=lambda row: (row.order, row.name))}
    wrong = [
        _finding(row.name, f"there is no drill '{name}' to go on with", closest(name, found))
        for row in found.values()
        for name in row.next.values()
        if name not in found
    ]
    if wrong:
        raise AdnError(wrong)
    return found


def drill_named(name: str) -> Drill | None:
    """Return the drill of a name, if there is one."""
    return drills().get(name)


def read_drill(name: str, text: str) -> Drill:
    """Return the drill in a text.

    Raises:
        AdnError: It is none; everything that is wrong with it, at once (TRN010).
    """
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError:
        raise AdnError(_finding(name, "this is no YAML")) from None
    if not isinstance(body, dict) or body.keys() != _KEYS:
        there = {str(key) for key in body} if isinstance(body, dict) else set()
        odd = [f"lacks {key}" for key in sorted(_KEYS - there)]
        odd += [f"has {key}, which no drill has" for key in sorted(there - _KEYS)]
        raise AdnError([_finding(name, f"the drill {one}") for one in odd])
    wrong = list(_wrong(body))
    if wrong:
        raise AdnError([_finding(name, one) for one in wrong])
    return Drill(
        name=name,
        title=body["title"],
        scenario=body["scenario"],
        level=AutonomyLevel(body["level"]),
        seed=body["seed"],
        seats=roles_of(",".join(body["seats"])),
        order=body["order"],
        goals=tuple(body["goals"]),
        briefing=body["briefing"],
        hints=body["hints"],
        debrief=tuple(body["debrief"]),
        rated=tuple(body["rated"]),
        next=body["next"],
    )


def _wrong(body: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the values of a drill."""
    found: list[str] = []
    texts = [("title", body["title"]), ("briefing", body["briefing"])]
    for key in ("goals", "debrief"):
        rows = body[key] if isinstance(body[key], list) else [None]
        texts += [(key, row) for row in rows or [None]]
    hints = body["hints"] if isinstance(body["hints"], dict) else {"?": None}
    texts += [(f"hints of {task}", row) for task, row in hints.items()]
    found += [
        f"{key}: write a text by language, with {ENGLISH}, as in {{{ENGLISH}: …}}"
        for key, row in texts
        if not (isinstance(row, dict) and isinstance(row.get(ENGLISH), str) and row[ENGLISH])
    ]
    if body["level"] not in list(AutonomyLevel):
        found.append(f"level: there is no level {body['level']}; there are L0 to L5")
    for key in ("seed", "order"):
        if not isinstance(body[key], int) or body[key] < 0:
            found.append(f"{key}: write a whole number")
    try:
        roles_of(",".join(map(str, body["seats"])))
    except (AdnError, TypeError):
        found.append("seats: write a list of desks, as in [front-office, back-office]")
    letters = [task.value for task in Task]
    found += [f"hints: there is no task {task}" for task in hints if task not in letters]
    known = {"rated": body["rated"], "next": body["next"]}
    for key, names in known.items():
        if not isinstance(names, list | dict):
            found.append(f"{key}: name clocks and tasks")
            continue
        found += [
            f"{key}: '{name}' is neither clock nor task; there are {', '.join(WEAKNESSES)}"
            for name in names
            if name not in WEAKNESSES
        ]
    return found


def _finding(name: str, message: str, hint: str = "") -> Finding:
    return Finding("TRN010", message, Position(f"drills/{name}.yml"), hint=hint)


def next_drill(drill: Drill, weak: Mapping[str, Any] | None) -> Drill | None:
    """Return what to practise next: what the weakness asks for, else the next of the course."""
    course = list(drills().values())
    if weak is not None:
        named = drill.next.get(str(weak["name"]), drill.next.get("otherwise", drill.name))
        return drills()[named]
    later = [row for row in course if row.order > drill.order]
    return later[0] if later else None


def after_drill(
    drill: Drill, debrief: Mapping[str, Any], language: str = ENGLISH
) -> dict[str, Any]:
    """Return what a debrief says of the drill it was: notes, and what to practise next."""
    coming = next_drill(drill, debrief["weakest"])
    return {
        "name": drill.name,
        "title": said(drill.title, language),
        "rated": list(drill.rated),
        "notes": [said(note, language) for note in drill.debrief],
        "next": coming.name if coming else "",
        "next_title": said(coming.title, language) if coming else "",
    }
