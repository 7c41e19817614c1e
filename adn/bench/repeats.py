"""pass^3: how likely it is that three different evenings of a case all go well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adn.assessment.indicators import PASS_OF, pass_of, passes
from adn.assessment.runs import RunResult, read_results
from adn.bench.pool import Pool


def repeat_rows(pool: Pool, weights: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent and level: evenings passed, and pass^3 as the mean over cases.

    Args:
        pool: The results.
        weights: Of cases in that mean; 1 where none is given.
    """
    for (agent, level), results in pool.contenders.items():
        runs = read_results(results)
        by_case = {
            case: pass_of([run for run in runs if run.case == case], PASS_OF)
            for case in _cases(runs)
        }
        known = {case: chance for case, chance in by_case.items() if chance is not None}
        weight = sum(weights.get(case, 1.0) for case in known)
        total = sum(weights.get(case, 1.0) * chance for case, chance in known.items())
        yield {
            "agent": agent,
            "level": level,
            "runs": len(runs),
            "passed": sum(map(passes, runs)),
            "pass3": total / weight if known else None,
            "by_case": by_case,
        }


def _cases(runs: Iterable[RunResult]) -> list[str]:
    return sorted({run.case for run in runs})
