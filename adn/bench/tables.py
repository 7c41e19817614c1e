"""The tables of a campaign: everything that is printed, drawn and compared, in plain values.

The same results give the same tables, whoever ran them, in whatever order, on however many
machines: there are no paths and no wall times in them, and floats are rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from adn.bench import queries
from adn.bench.percentiles import clock_rows
from adn.bench.pool import Pool
from adn.bench.rows import row_of

DIGITS: Final = 6


def tables_of(suite: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return all tables of a campaign.

    Args:
        suite: What the suite says of itself; ``name``, ``version`` and ``digest`` at least.
        results: What is stored of each cell, in any order.
    """
    pool = Pool.of(results)
    tables = {
        "suite": dict(suite),
        "runs": len(results),
        "ladder": table(_ladder(pool), queries.LADDER),
        "bounds": table(_bounds(pool), queries.BOUNDS),
        "baselines": table(_baselines(pool), queries.BASELINES),
        "clocks": table(clock_rows(pool), queries.CLOCKS),
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
