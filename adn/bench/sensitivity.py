"""What a slow approval costs: the same levels with people who take 1, 5 and 15 minutes.

No source says how long an operator takes to approve a change, so the time is a parameter, swept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adn.bench.groups import figures
from adn.bench.pool import Pool, evening, faults_of, grouped, on
from adn.bench.rows import a_run, people_minutes
from adn.reference.summary import service_minutes


def approval_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent, level and median time of approval, slowest last.

    `approval_s` is None for runs at the scenario's own time, which are of the same evenings.
    """
    swept = grouped(pool.swept, lambda row: (row["cell"]["agent"], row["cell"]["level"]))
    for (agent, level), results in swept.items():
        own = on(map(evening, results), pool.contenders.get((agent, level), ()))
        by_time = grouped((*own, *results), lambda row: row["cell"]["approval_s"])
        for approval in sorted(by_time, key=lambda span: (span is not None, span or 0.0)):
            rows = by_time[approval]
            yield (
                {"agent": agent, "level": level, "approval_s": approval, "runs": len(rows)}
                | {
                    "people_minutes": a_run(rows, people_minutes),
                    "waited_minutes": a_run(rows, lambda card: card["people"]["waited_minutes"]),
                    "service_minutes": a_run(rows, service_minutes),
                }
                | figures(list(faults_of(rows)))
            )
