"""Clocks by percentile: a median hides the evening that nobody forgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, inf, isinf
from typing import Any, Final

from adn.assessment.indicators import contestable
from adn.bench.pool import Pool, faults_of

CLOCKS: Final = ("detect", "locate", "restore")
PERCENTILES: Final = (10, 25, 50, 75, 90, 95, 99)


def clock_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield the percentiles of each clock over contestable faults, by agent and level.

    A clock that never stopped counts as longer than any other: its percentile is None.
    """
    for (agent, level), results in pool.contenders.items():
        faults = [fault for _, fault in faults_of(results) if contestable(fault)]
        for clock in CLOCKS:
            spans = [fault[f"{clock}_s"] for fault in faults]
            never = sum(span is None for span in spans)
            yield {
                "agent": agent,
                "level": level,
                "clock": clock,
                "faults": len(spans),
                "never": never,
                "never_share": round(never / len(spans), 6) if spans else None,
            } | dict(zip((f"p{at}" for at in PERCENTILES), percentiles(spans), strict=True))


def percentiles(
    spans: Iterable[float | None], at: Sequence[int] = PERCENTILES
) -> list[float | None]:
    """Return percentiles by nearest rank; None where a clock never stopped, or without clocks.

    >>> percentiles([1.0, 2.0, None], (50, 99)), percentiles([], (50,))
    ([2.0, None], [None])
    """
    held = sorted(inf if span is None else span for span in spans)
    if not held:
        return [None] * len(at)
    ranked = [held[max(1, ceil(share * len(held) / 100)) - 1] for share in at]
    return [None if isinf(span) else span for span in ranked]
