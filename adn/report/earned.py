"""What was earned in one line: the level, and what keeps it from the next."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any, Final

_MOST_TASKS: Final = 4

Row = Mapping[str, Any]


def level_text(score: float | None) -> str:
    """Return a score as levels are written: cut after a digit, so that 3.96 is no L4.0.

    >>> level_text(3.96), level_text(None)
    ('L3.9', 'no level')
    """
    return "no level" if score is None else f"L{floor(score * 10 + 1e-6) / 10:.1f}"


def earned_text(row: Row) -> str:
    """Return what a row of the assessment comes to, and what keeps it from the next level.

    >>> earned_text({"claimed": "L4", "score": 4.0, "base": 4, "tasks": {}, "caps": []})
    '→ L4.0'
    """
    said, held = f"→ {level_text(row['score'])}", held_up(row)
    return f"{said} ({held})" if held else said


def held_up(row: Row) -> str:
    """Return what keeps a row below the level that it claims: a cap, or tasks of the next level.

    Nothing if it earned what it claims, or has no level.
    """
    if row["base"] is None or row["base"] >= int(row["claimed"][1:]):
        return ""
    beyond = f"L{row['base'] + 1}"
    failed = {
        name: task["at"][beyond]["needed"]
        for name, task in row["tasks"].items()
        if task["applies"] and beyond in task["at"] and not task["at"][beyond]["attained"]
    }
    never = [name for name, needed in failed.items() if needed is None]
    if never:
        more = " …" if len(never) > _MOST_TASKS else ""
        falls = "fall" if len(never) > 1 else "falls"
        return f"{beyond}: {' '.join(never[:_MOST_TASKS])}{more} {falls} short"
    if failed:
        name = max(failed, key=lambda one: (failed[one], one))
        return f"{beyond} not demonstrated: {failed[name]:,} more of {name}"
    return "capped" if row["caps"] else ""
