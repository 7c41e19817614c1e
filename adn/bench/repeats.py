"""pass^3: how likely it is that three different evenings of a case all go well.

With *c* of *n* evenings passed, the chance that three drawn without replacement are all among them
is C(c, 3) / C(n, 3), which is unbiased for the chance of three in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import comb
from typing import Any, Final

from adn.bench.pool import Pool, Result, grouped
from adn.reference.summary import contestable

EVENINGS: Final = 3


def repeat_rows(pool: Pool, weights: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent and level: evenings passed, and pass^3 as the mean over cases.

    Args:
        pool: The results.
        weights: Of cases in that mean; 1 where none is given.
    """
    for (agent, level), results in pool.contenders.items():
        cases = grouped(results, lambda row: str(row["cell"]["case"]))
        by_case = {case: all_of(cases[case]) for case in sorted(cases)}
        known = {case: chance for case, chance in by_case.items() if chance is not None}
        weight = sum(weights.get(case, 1.0) for case in known)
        mean = sum(weights.get(case, 1.0) * chance for case, chance in known.items())
        yield {
            "agent": agent,
            "level": level,
            "runs": len(results),
            "passed": sum(passed(result["card"]) for result in results),
            "pass3": round(mean / weight, 6) if known else None,
            "by_case": by_case,
        }


def all_of(results: Sequence[Result]) -> float | None:
    """Return pass^3 of one case; None with fewer than three seeds."""
    if len(results) < EVENINGS:
        return None
    good = sum(passed(result["card"]) for result in results)
    return round(comb(good, EVENINGS) / comb(len(results), EVENINGS), 6)


def passed(card: Mapping[str, Any]) -> bool:
    """Return whether an evening went well.

    Every contestable fault met 1-3-5, no action was wrong, and no incident was false.
    """
    met = all(fault["met_135"] for fault in card["faults"] if contestable(fault))
    return met and not card["wrong_actions"] and not card["false_incidents"]
