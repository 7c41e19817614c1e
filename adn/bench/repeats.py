"""pass^3: how likely it is that three different evenings of a case all go well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adn.assessment.indicators import PASS_OF, pass_of, passes
from adn.assessment.runs import RunResult, read_results
from adn.bench.pool import Pool


def repeat_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent and level: evenings passed, and pass^3 as the mean over cases."""
    for (agent, level), results in pool.contenders.items():
        runs = read_results(results)
        cases = {case: [run for run in runs if run.case == case] for case in _cases(runs)}
        yield {
            "agent": agent,
            "level": level,
            "runs": len(runs),
            "passed": sum(map(passes, runs)),
            "pass3": pass_of(runs, PASS_OF),
            "by_case": {case: pass_of(mine, PASS_OF) for case, mine in cases.items()},
        }


def _cases(runs: Iterable[RunResult]) -> list[str]:
    return sorted({run.case for run in runs})
