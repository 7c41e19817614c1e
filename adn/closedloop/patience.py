"""Patience: how large a departure must be, and how long it must last, to be worth a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base.clock import Millis
from adn.northbound.post import Candidate
from adn.northbound.telemetry import Table, kpi

MOVING: Final = 3
"""For how many ticks a departure must last while announced maintenance moves traffic about."""
LEAST_Z: Final = 8.0
"""A lasting departure must still be this many spreads away: a mild one alone is no fault."""


@dataclass(frozen=True, slots=True)
class Patience:
    """From what size on, and for how long, a departure must last.

    Attributes:
        at_once: Departure from the mean that is enough at one tick, the KPI's unit.
        size: Departure that is enough after `ticks`, the KPI's unit.
        share: Departure relative to the mean that is needed besides.
        ticks: For how many consecutive ticks at the KPI's usual interval; where it is longer, one
            tick may tell of as much time.
        opens: Whether it may open an incident.
    """

    at_once: float
    size: float
    share: float
    ticks: int
    opens: bool = True


# Sizes are assumptions, set against KPI noise so that hours of healthy noise open nothing and a
# loss of one per cent is an anomaly at its second tick.
PATIENCE: Final[Mapping[tuple[Table, str], Patience]] = {
    ("service", "loss"): Patience(at_once=0.05, size=2.5e-3, share=0.0, ticks=2),
    ("service", "latency"): Patience(at_once=np.inf, size=1.0, share=0.08, ticks=2),
    ("service", "rate"): Patience(at_once=np.inf, size=0.0, share=0.5, ticks=2, opens=False),
    ("direction", "discards"): Patience(at_once=0.05, size=2.5e-3, share=0.0, ticks=2, opens=False),
    ("direction", "utilisation"): Patience(
        at_once=np.inf, size=0.15, share=0.25, ticks=2, opens=False
    ),
    ("direction", "errors"): Patience(at_once=1e-4, size=1e-5, share=0.0, ticks=2),
    ("direction", "rx-power"): Patience(at_once=3.0, size=1.0, share=0.0, ticks=2),
    ("direction", "pre-fec-ber"): Patience(at_once=np.inf, size=1.0, share=0.0, ticks=2),
    # It tells nothing that light and bit errors do not; it is there for who looks into a fault.
    ("direction", "osnr"): Patience(np.inf, size=np.inf, share=0.0, ticks=2, opens=False),
    ("element", "table-use"): Patience(at_once=0.3, size=0.15, share=0.2, ticks=2),
    ("element", "cpu"): Patience(at_once=np.inf, size=0.3, share=0.5, ticks=2, opens=False),
}


def is_worth(table: Table, row: Candidate, every: Millis = 0) -> bool:
    """Return whether a candidate is large enough for how long it has lasted.

    Args:
        table: Which objects.
        row: The candidate.
        every: How often it is reported, where that is not as usual: the mean of a minute tells of
            more time than two of ten seconds.

    >>> is_worth("service", Candidate("s", "loss", 0.2, 0.0, 2e-4, 1000.0, 40.0, 1))
    True
    >>> is_worth("service", Candidate("s", "loss", 0.01, 0.0, 2e-4, 50.0, 40.0, 1))
    False
    >>> is_worth("service", Candidate("s", "loss", 0.01, 0.0, 2e-4, 50.0, 40.0, 1), 60_000)
    True
    """
    rule = PATIENCE.get((table, row.kpi))
    if rule is None:
        return False
    away = abs(row.value - row.mean)
    if away >= rule.at_once:
        return True
    span = rule.ticks * kpi(table, row.kpi).interval_ms
    ticks = min(rule.ticks, -(-span // every)) if every else rule.ticks
    lasting = row.ticks >= ticks and row.z >= LEAST_Z
    return lasting and away >= rule.size and away >= rule.share * abs(row.mean)
