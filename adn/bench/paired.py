"""Levels held against each other on the same evenings: what differs is who did the work.

Common random numbers give every level the same faults, noise and traffic, so the difference of two
levels on one (case, seed) is free of what evenings differ in, and its interval is narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from adn.assessment.indicators import contestable
from adn.bench.intervals import as_json, clustered_mean
from adn.bench.pool import Evening, Pool, Result, evening, faults_of
from adn.bench.rows import people_minutes
from adn.reference.summary import service_minutes

Card = Mapping[str, Any]
A_RUN: Final[Mapping[str, Callable[[Card], float]]] = {
    "service_minutes": service_minutes,
    "people_minutes": people_minutes,
    "wrong_actions": lambda card: float(card["wrong_actions"]),
}
"""What is compared run by run."""


def paired_rows(pool: Pool, against: str) -> Iterator[dict[str, Any]]:
    """Yield the mean difference of each agent and level to the same agent's level `against`.

    Where an agent was not run at that level, its lowest one stands in.

    ``restore_s`` is over contestable faults that both restored, ``met_share`` over all contestable
    faults, the rest over runs. A difference below zero means less than at `against`.
    """
    rungs = pool.contenders
    for (agent, level), results in rungs.items():
        run_at = sorted(other for one, other in rungs if one == agent)
        base = against if against in run_at else run_at[0]
        if level != base:
            told = {"agent": agent, "level": level, "against": base}
            yield told | compared(results, rungs[agent, base])


def compared(results: Sequence[Result], base: Sequence[Result]) -> dict[str, Any]:
    """Return the differences of results to those of the same evenings in `base`."""
    other = {evening(result): result for result in base}
    pairs = [(mine, other[evening(mine)]) for mine in results if evening(mine) in other]
    faults = list(_fault_pairs(pairs))
    restored = [
        (when, mine["restore_s"] - theirs["restore_s"])
        for when, mine, theirs in faults
        if mine["restore_s"] is not None and theirs["restore_s"] is not None
    ]
    met = [(when, float(mine["met_135"]) - theirs["met_135"]) for when, mine, theirs in faults]
    row: dict[str, Any] = {
        "runs": len(pairs),
        "restore_s": _told(restored) | {"of": len(faults)},
        "met_share": _told(met),
    }
    for name, of in A_RUN.items():
        row[name] = _told([(evening(a), of(a["card"]) - of(b["card"])) for a, b in pairs])
    return row


def _fault_pairs(
    pairs: Sequence[tuple[Result, Result]],
) -> Iterator[tuple[Evening, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield faults that are contestable in both runs of a pair."""
    for mine, theirs in pairs:
        there = {fault["id"]: fault for _, fault in faults_of([theirs]) if contestable(fault)}
        for when, fault in faults_of([mine]):
            if contestable(fault) and fault["id"] in there:
                yield when, fault, there[fault["id"]]


def _told(values: Sequence[tuple[Evening, float]]) -> dict[str, Any]:
    return {"pairs": len(values), **as_json(clustered_mean(values))}
