"""The tables of a campaign: everything that is printed, drawn and compared, in plain values.

The same results give the same tables, whoever ran them, in whatever order, on however many
machines: there are no paths and no wall times in them, and floats are rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any, Final

from adn.assessment.assess import assess
from adn.bench import queries
from adn.bench.costs import cost_rows, prices_of
from adn.bench.curves import evidence_rows
from adn.bench.groups import case_of, domain_of, group_rows, kind_rows, size_of
from adn.bench.paired import paired_rows
from adn.bench.percentiles import clock_rows
from adn.bench.pool import Pool
from adn.bench.repeats import repeat_rows
from adn.bench.rows import row_of
from adn.bench.sensitivity import approval_rows
from adn.bench.validity import audit
from adn.bench.workload import workload_rows

DIGITS: Final = 6
AGAINST: Final = "L2"
"""The level that others are held against where a suite names none: people still decide there."""


def tables_of(suite: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return all tables of a campaign.

    Args:
        suite: What the suite says of itself, as `LoadedSuite.as_json` gives it.
        results: What is stored of each cell, in any order.
    """
    pool = Pool.of(results)
    against = str(suite.get("compare") or AGAINST)
    prices = prices_of(suite)
    weights = {str(row["case"]): float(row["weight"]) for row in suite.get("cases", ())}
    tables = {
        "suite": dict(suite),
        "runs": len(pool.results) + len(pool.swept),
        "targets": dict(pool.results[0]["targets"]) if pool.results else {},
        "levels": assess([*chain.from_iterable(pool.contenders.values())]),
        "ladder": table(_ladder(pool), queries.LADDER),
        "bounds": table(_bounds(pool), queries.BOUNDS),
        "baselines": table(_baselines(pool), queries.BASELINES),
        "paired": table(paired_rows(pool, against), queries.EVENINGS),
        "approvals": table(approval_rows(pool), queries.APPROVALS),
        "workload": table(workload_rows(pool), queries.WORKLOAD),
        "by_domain": table(group_rows(pool, "domain", domain_of), queries.BY_DOMAIN),
        "by_case": table(group_rows(pool, "case", case_of), queries.BY_CASE),
        "by_kind": table(kind_rows(pool), queries.BY_KIND),
        "by_size": table(group_rows(pool, "size", size_of), queries.BY_SIZE),
        "clocks": table(clock_rows(pool), queries.CLOCKS),
        "costs": table(cost_rows(pool, prices), queries.EVENINGS) | {"prices": prices},
        "evidence": table(evidence_rows(pool), queries.EVIDENCE),
        "pass3": table(repeat_rows(pool, weights), queries.PASSED),
        "validity": [check.as_json() for check in audit(pool)],
    }
    return dict(rounded(tables))


def table(rows: Iterable[Mapping[str, Any]], sql: str) -> dict[str, Any]:
    """Return a table: its rows, and the query that gets their figures from the stored runs."""
    return {"rows": [dict(row) for row in rows], "sql": sql}


def rounded(value: Any) -> Any:
    """Return plain values with floats rounded; what is no number becomes None.

    >>> rounded({"a": [0.12345678, float("inf")]})
    {'a': [0.123457, None]}
    """
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0 if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): rounded(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(held) for held in value]
    return value


def _ladder(pool: Pool) -> Iterator[dict[str, Any]]:
    for (agent, level), results in pool.contenders.items():
        yield {"agent": agent, "level": level} | row_of(results, pool)


def _bounds(pool: Pool) -> Iterator[dict[str, Any]]:
    for name, results in pool.bounds.items():
        yield {"agent": name} | row_of(results, pool)


def _baselines(pool: Pool) -> Iterator[dict[str, Any]]:
    for name, results in pool.baselines.items():
        yield {"agent": name, "level": results[0]["cell"]["level"]} | row_of(results, pool)
