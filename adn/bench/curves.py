"""What is demonstrated after so many seeds: how certainty grows as evenings are added.

There is no learner yet, so what grows is not the loop but what is known of it: the lower bound of
the share of faults that meet 1-3-5, and that of the poorest task at the claimed level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from adn.assessment.attainment import attainment, tally_of
from adn.assessment.runs import RunResult, read_results
from adn.base.levels import AutonomyLevel, Task
from adn.bench.pool import Pool, faults_of
from adn.bench.rows import shares

POINTS: Final = 10
"""Most points of a curve."""


def evidence_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent, level and number of seeds, the seeds taken in their order."""
    for (agent, level), results in pool.contenders.items():
        seeds = sorted({result["cell"]["seed"] for result in results})
        runs = read_results(results)
        for count in counts(len(seeds)):
            kept = set(seeds[:count])
            some = [result for result in results if result["cell"]["seed"] in kept]
            met = shares(list(faults_of(some)))["met_share"]
            worst = worst_task([run for run in runs if run.seed in kept], level)
            yield {
                "agent": agent,
                "level": level,
                "seeds": count,
                "faults": met["of"],
                "met_share": met["share"],
                "met_low": met["interval"][0] if met["interval"] else None,
                "worst_task": worst[0] if worst else None,
                "worst_task_low": worst[1] if worst else None,
            }


def counts(seeds: int) -> list[int]:
    """Return after how many seeds a curve is drawn: every one, or `POINTS` spread evenly.

    >>> counts(3), counts(20)
    ([1, 2, 3], [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    """
    if seeds <= POINTS:
        return list(range(1, seeds + 1))
    return sorted({round(seeds * place / POINTS) for place in range(1, POINTS + 1)})


def worst_task(runs: Sequence[RunResult], level: str) -> tuple[str, float] | None:
    """Return the task with the least lower bound at a level, over domains; None if none is owed."""
    found = []
    for domain in sorted({run.domain for run in runs}):
        tally = tally_of(run for run in runs if run.domain == domain)
        for task in Task:
            low = attainment(tally, task, AutonomyLevel(level)).low
            if low is not None:
                found.append((low, task.value))
    if not found:
        return None
    low, name = min(found)
    return name, low
