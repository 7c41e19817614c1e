"""What was earned in one line: the level, and what keeps it from the level that was claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any, Final

from adn.assessment.verdict import NOT_DEMONSTRATED

_MOST_TASKS: Final = 4

Row = Mapping[str, Any]


def level_text(score: float | None) -> str:
    """Return a score as levels are written: cut after a digit, so that 3.96 is no L4.0.

    >>> level_text(3.96), level_text(None)
    ('L3.9', 'no level')
    """
    return "no level" if score is None else f"L{floor(score * 10 + 1e-6) / 10:.1f}"


def reached(score: float | None, claimed: str) -> bool:
    """Whether a score reaches a claimed level.

    >>> reached(4.0, "L4"), reached(3.96, "L4"), reached(None, "L0")
    (True, False, False)
    """
    return score is not None and floor(score) >= int(claimed[1:])


def standing(verdict: str, score: float | None, claimed: str) -> str:
    """Return how a claim stands: the level, unless too little was seen to tell.

    A claim that was shown stands even if the level after it could not be told.

    >>> standing("not demonstrated", 0.6, "L4"), standing("not demonstrated", 4.2, "L4")
    ('not demonstrated', 'L4.2')
    """
    if verdict == NOT_DEMONSTRATED and not reached(score, claimed):
        return NOT_DEMONSTRATED
    return level_text(score)


def standing_of(row: Row) -> str:
    """Return how the claim of a row of the assessment stands."""
    return standing(row["verdict"], row["score"], row["claimed"])


def earned_text(row: Row) -> str:
    """Return what a row of the assessment comes to, and what keeps it from what it claims.

    >>> earned_text({"claimed": "L4", "verdict": "earned", "score": 4.0, "tasks": {}, "caps": []})
    'L4.0'
    """
    said, held = standing_of(row), held_up(row)
    if not held:
        return said
    return f"{said}; {held}" if said == NOT_DEMONSTRATED else f"{said} ({held})"


def held_up(row: Row) -> str:
    """Return what keeps a row below the level that it claims; nothing if it has it.

    Where too little was seen: what the shares alone would reach, and the task that wants most for
    the claim. Else: a cap, or the tasks that fail the next level.
    """
    if row["score"] is None or reached(row["score"], row["claimed"]):
        return ""
    if standing_of(row) == NOT_DEMONSTRATED:
        return _wanting(row)
    beyond = f"L{row['base'] + 1}"
    needed = _needed(row, beyond)
    failing = [name for name, more in needed.items() if more is None]
    if failing:
        return f"{beyond}: {_fall_short(failing)}"
    if needed:
        return f"{beyond} not demonstrated: {_most(needed)}"
    return "capped" if row["caps"] else ""


def _wanting(row: Row) -> str:
    """Return what a row has shown, what it would reach by its shares, and what is wanting most."""
    aim = min([row["claimed"], *(cap["level"] for cap in row["caps"])])
    needed = _needed(row, aim)
    unseen = [name for name in needed if not row["tasks"][name]["at"][aim]["n"]]
    failing = [name for name, more in needed.items() if more is None]
    parts = [f"{level_text(row['score'])} shown"] if row["base"] else []
    parts.append(
        f"nothing seen of {_names(unseen)}" if unseen else f"{row['by_share']} by its shares"
    )
    if failing:
        parts.append(f"{aim}: {_fall_short(failing)} so far")
    elif needed:
        it = "it" if not unseen and row["by_share"] == aim else aim
        parts.append(f"{_most(needed)} to show {it}")
    if aim != row["claimed"]:
        parts.append(f"{aim} at most")
    return ", ".join(parts)


def _needed(row: Row, level: str) -> dict[str, int | None]:
    """Return the tasks that a level is not attained in, and how many instances are wanting."""
    return {
        name: task["at"][level]["needed"]
        for name, task in row["tasks"].items()
        if task["applies"] and level in task["at"] and not task["at"][level]["attained"]
    }


def _most(needed: Mapping[str, int | None]) -> str:
    """Return the task of which most instances are wanting."""
    more, name = max((more or 0, name) for name, more in needed.items())
    return f"{more:,} more of {name}"


def _fall_short(names: Sequence[str]) -> str:
    return f"{_names(names)} {'fall' if len(names) > 1 else 'falls'} short"


def _names(names: Sequence[str]) -> str:
    return " ".join(names[:_MOST_TASKS]) + (" …" if len(names) > _MOST_TASKS else "")
