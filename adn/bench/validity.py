"""The audit that stands beside the score: is what was measured worth measuring?

A check holds, does not hold, or (None) cannot be told from these runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from adn.assessment.indicators import contestable
from adn.bench.paired import compared
from adn.bench.pool import Pool, Result, Rung, evening, faults_of, grouped, on
from adn.bench.rows import hurting, people_minutes
from adn.reference.bounds import LIMIT
from adn.reference.summary import service_minutes

ENOUGH: Final = 35
"""Contestable faults below which nothing can be shown: 35 of 35 has a Wilson bound of 0.901."""
LIKELY: Final = 200
"""Contestable faults from which a share of 0.98 is likely to show as at least 0.90."""
_LIMIT_S: Final = LIMIT / 1000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Short, stable.
        asks: The question, in words.
        holds: The answer; None if these runs cannot tell.
        found: What was found.
    """

    name: str
    asks: str
    holds: bool | None
    found: str

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {"check": self.name, "asks": self.asks, "holds": self.holds, "found": self.found}


def audit(pool: Pool) -> list[Check]:
    """Return every check of a campaign, in a fixed order."""
    return [check(pool) for check in _CHECKS]


def monotone(pool: Pool) -> Check:
    """Return whether people's minutes fall from level to level.

    A level whose mean is above that of the level below refutes it, unless the paired interval of
    the difference holds zero: then these runs cannot tell.
    """
    rising: list[str] = []
    certain = False
    for (agent, low), (_, high) in _steps(pool):
        ours, below = pool.contenders[agent, high], pool.contenders[agent, low]
        if _mean(ours, people_minutes) <= _mean(below, people_minutes):
            continue
        change = compared(ours, below)["people_minutes"]
        sure = change["interval"] is not None and change["interval"][0] > 0
        certain |= sure
        rising.append(f"{agent} {low} to {high}{'' if sure else ' (within the interval)'}")
    levels = sum(1 for _ in _steps(pool))
    holds = False if certain else None if rising or not levels else True
    found = (
        f"they rise from {', '.join(rising)}"
        if rising
        else f"they fall at {levels} of {levels} steps"
    )
    return Check("people-monotone", "Do people have less to do at each higher level?", holds, found)


def _steps(pool: Pool) -> Iterator[tuple[Rung, Rung]]:
    rungs = list(pool.contenders)
    return ((a, b) for a, b in pairwise(rungs) if a[0] == b[0])


def _oracle(pool: Pool) -> Check:
    faults = [fault for _, fault in faults_of(pool.bounds.get("oracle", ())) if hurting(fault)]
    held = sum(
        fault["restore_s"] is not None and fault["restore_s"] <= _LIMIT_S for fault in faults
    )
    asks = "Can someone who knows everything restore what counts?"
    found = f"the oracle restores {held} of {len(faults)} faults within {_LIMIT_S:.0f} s"
    return Check("oracle-restores", asks, 2 * held > len(faults) if faults else None, found)


def _idle(pool: Pool) -> Check:
    asks = "Does doing nothing cost customers more than the loop at its highest level?"
    idle, best = pool.bounds.get("do-nothing", ()), _best(pool)
    if not idle or not best:
        return Check("doing-nothing-loses", asks, None, "doing nothing was not run")
    lost = grouped(idle, _case)
    worse = [
        case
        for case, rows in sorted(grouped(best, _case).items())
        if case in lost
        and _contested(rows)
        and _mean(rows, service_minutes) >= _mean(lost[case], service_minutes)
    ]
    if worse:
        found = f"not on {', '.join(worse)}"
    else:
        ours, theirs = _mean(best, service_minutes), _mean(idle, service_minutes)
        found = f"{theirs:,.1f} service minutes a run against {ours:,.1f}"
    return Check("doing-nothing-loses", asks, not worse, found)


def _between(pool: Pool) -> Check:
    asks = "Does no level do better for customers than the oracle?"
    oracle = pool.bounds.get("oracle", ())
    if not oracle:
        return Check("oracle-is-a-bound", asks, None, "the oracle was not run")
    most = _mean(oracle, service_minutes)
    above = [
        f"{agent} {level}"
        for (agent, level), rows in pool.contenders.items()
        if len(rows) == len(oracle) and _mean(rows, service_minutes) < most
    ]
    found = f"it is beaten by {', '.join(above)}" if above else f"it loses {most:,.1f} a run"
    return Check("oracle-is-a-bound", asks, not above, found)


def _trivial(pool: Pool) -> Check:
    asks = "Do trivial locators stay below the loop at the same level?"
    beaten: list[str] = []
    above: list[str] = []
    for name, rows in pool.baselines.items():
        ours = pool.contenders.get(("adn", rows[0]["cell"]["level"]))
        if ours is None or not _contested(rows):
            continue
        share, best = _met(rows), _met(on(map(evening, rows), ours))
        (above if share >= best else beaten).append(f"{name} {share:.0%} against {best:.0%}")
    holds = not above if above or beaten else None
    said = "; ".join(above or beaten) or "none was run beside the loop"
    return Check("baselines-below", asks, holds, said)


def _contestable(pool: Pool) -> Check:
    asks = "Does every case that has faults have contestable ones?"
    cases = grouped(_best(pool), _case)
    poor = [
        case
        for case, rows in sorted(cases.items())
        if not _contested(rows) and any(row["card"]["faults"] for row in rows)
    ]
    whole = sum(_contested(rows) for rows in cases.values())
    found = f"none on {', '.join(poor)}" if poor else f"{whole} over {len(cases)} cases"
    return Check("contestable", asks, not poor if cases else None, found)


def _enough(pool: Pool) -> Check:
    asks = f"Are there enough faults for a share of 0.98 to show as 0.90 (about {LIKELY})?"
    counts = [_contested(rows) for rows in pool.contenders.values()]
    least = min(counts, default=0)
    holds = True if least >= LIKELY else False if least < ENOUGH else None
    return Check("enough-faults", asks, holds, f"{least} contestable faults a level, pooled")


def _quiet(pool: Pool) -> Check:
    asks = "Is there a quiet case, on which whoever acts is wrong?"
    quiet = [
        case
        for case, rows in sorted(grouped(_best(pool), _case).items())
        if not any(row["card"]["faults"] for row in rows)
    ]
    return Check("quiet-case", asks, bool(quiet), ", ".join(quiet) or "none")


def _chains(pool: Pool) -> Check:
    """Tell whether evidence is whole; bounds leave none, for they act on no evidence."""
    rungs = (*pool.contenders.values(), *pool.baselines.values(), pool.swept)
    chained = [row for rows in rungs for row in rows]
    broken = [row for row in chained if row["broken"]]
    many = len(chained)
    found = f"{many - len(broken)} of {many} are whole"
    return Check("chains-whole", "Is every run's chain of evidence whole?", not broken, found)


def _same(pool: Pool) -> Check:
    asks = "Did every agent and level live through the same evenings?"
    rungs = [*pool.contenders.values(), *pool.bounds.values()]
    sets = [{evening(row) for row in rows} for rows in rungs]
    whole = set().union(*sets)
    missing = sum(len(whole - one) for one in sets)
    found = f"{missing} runs are missing" if missing else f"{len(whole)} evenings each"
    return Check("same-evenings", asks, not missing, found)


def _common(pool: Pool) -> Check:
    asks = "Did the same evening bring the same faults to everybody?"
    seen: dict[Any, set[Any]] = {}
    for row in (*pool.results, *pool.swept):
        brought = tuple(
            (f["id"], f["kind"], f["target"], f["onset_s"]) for f in row["card"]["faults"]
        )
        seen.setdefault(evening(row), set()).add(brought)
    differ = sorted(when for when, brought in seen.items() if len(brought) > 1)
    found = (
        ", ".join(f"{case} seed {seed} differs" for case, seed in differ)
        or f"on all {len(seen)} evenings"
    )
    return Check("common-random-numbers", asks, not differ, found)


def _digests(pool: Pool) -> Check:
    asks = "Are the runs of different seeds different runs?"
    twins = 0
    for rows in pool.contenders.values():
        for case in grouped(rows, _case).values():
            twins += len(case) - len({row["card"]["digest"] for row in case})
    return Check("digests-unique", asks, not twins, f"{twins} runs repeat another seed's")


def _assumed(pool: Pool) -> Check:
    """Tell how much of the timing is assumed; it is information, and neither good nor bad."""
    asks = "How many of the timings behind a run are assumptions?"
    most = {
        case: max(row["card"]["timings_assumed"] for row in rows)
        for case, rows in sorted(grouped(_best(pool), _case).items())
    }
    found = ", ".join(f"{count} on {case}" for case, count in most.items())
    return Check("timings-assumed", asks, None, found or "no runs")


_CHECKS: Final[Sequence[Callable[[Pool], Check]]] = (
    monotone,
    _oracle,
    _between,
    _idle,
    _trivial,
    _contestable,
    _enough,
    _quiet,
    _chains,
    _same,
    _common,
    _digests,
    _assumed,
)


def _best(pool: Pool) -> Sequence[Result]:
    """Return the results of the first agent at its highest level."""
    rungs = list(pool.contenders.items())
    mine = [rows for (agent, _), rows in rungs if agent == rungs[0][0][0]]
    return mine[-1] if mine else ()


def _case(result: Result) -> str:
    return str(result["cell"]["case"])


def _contested(results: Sequence[Result]) -> int:
    return sum(contestable(fault) for _, fault in faults_of(results))


def _met(results: Sequence[Result]) -> float:
    count = _contested(results)
    met = sum(contestable(fault) and fault["met_135"] for _, fault in faults_of(results))
    return met / count if count else 0.0


def _mean(results: Sequence[Result], of: Callable[[Mapping[str, Any]], float]) -> float:
    return sum(of(result["card"]) for result in results) / len(results)
