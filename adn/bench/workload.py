"""What a level does to people: touches, minutes and heads by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from adn.bench.pool import Pool, cards_of
from adn.bench.rows import a_run


def workload_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent, level and role.

    Touches, minutes and waiting are means a run; a role that had nothing to do in a run counts as
    zero there. Head-count is the peak: the most people of the role at work at one time, over all
    runs. ``minutes_a_fault`` shares the minutes among all faults of the runs.
    """
    for (agent, level), results in pool.contenders.items():
        cards = cards_of(results)
        faults = sum(len(card["faults"]) for card in cards)
        for role in sorted({role for card in cards for role in card["people"].get("roles", {})}):
            held = [card["people"].get("roles", {}).get(role, {}) for card in cards]
            minutes = sum(row.get("minutes", 0.0) for row in held)
            waited = sum(row.get("waited_minutes", 0.0) for row in held)
            yield {
                "agent": agent,
                "level": level,
                "role": role,
                "touches": round(sum(row.get("touches", 0) for row in held) / len(held), 3),
                "minutes": a_run(results, partial(_minutes, role)),
                "waited_minutes": round(waited / len(held), 3),
                "head_count": max(int(row.get("peak", 0)) for row in held),
                "minutes_a_fault": round(minutes / faults, 3) if faults else None,
            }


def _minutes(role: str, card: Mapping[str, Any]) -> float:
    return float(card["people"].get("roles", {}).get(role, {}).get("minutes", 0.0))
