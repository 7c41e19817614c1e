"""Prediction: where the trend of the roll-ups leads within the horizon.

A straight line is fitted by least squares to the latest roll-up means of each series and followed
to the service's promise, or to full utilisation. Only a line that explains most of the variance is
believed; an empty answer is an answer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base.clock import HOUR, Millis
from adn.northbound.post import RollUp
from adn.northbound.telemetry import Table
from adn.topology.network import Network

HORIZON: Final[Millis] = HOUR
POINTS: Final = 4
LEAST_POINTS: Final = 3
EXPLAINED: Final = 0.9
"""Share of the variance that the line must explain (assumption)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A series expected to cross its limit, and after how long."""

    object: str
    kpi: str
    after: Millis


class Predictor:
    """Keeps the latest roll-ups of each table and looks ahead along them."""

    def __init__(self, network: Network) -> None:
        self._services = {
            row.id: {"loss": row.sla.loss, "latency": row.sla.latency_ms}
            for row in network.rows.services
        }
        self._past: dict[tuple[Table, tuple[str, ...]], deque[RollUp]] = {}

    def look_ahead(self, seen: RollUp, ids: tuple[str, ...]) -> tuple[Expected, ...]:
        """Return what the trend up to this roll-up leads to, soonest first."""
        past = self._past.setdefault((seen.table, seen.kpis), deque(maxlen=POINTS))
        past.append(seen)
        if len(past) < LEAST_POINTS:
            return ()
        found: list[Expected] = []
        for line, measure in enumerate(seen.kpis):
            limit = self._limits(seen.table, measure, ids)
            if limit is not None:
                found += _crossings(past, line, measure, ids, limit)
        return tuple(sorted(found, key=lambda e: (e.after, e.object, e.kpi)))

    def _limits(
        self, table: Table, measure: str, ids: tuple[str, ...]
    ) -> npt.NDArray[np.float64] | None:
        if table == "service" and measure in ("loss", "latency"):
            return np.array([self._services.get(s, {}).get(measure, np.inf) for s in ids])
        if (table, measure) == ("direction", "utilisation"):
            return np.ones(len(ids))
        return None


def _crossings(
    past: deque[RollUp],
    line: int,
    measure: str,
    ids: tuple[str, ...],
    limit: npt.NDArray[np.float64],
) -> list[Expected]:
    at = np.array([(row.start + row.end) / 2 for row in past])
    values = np.stack([row.mean[line].astype(np.float64) for row in past])
    with np.errstate(invalid="ignore", divide="ignore"):
        off = (at - at.mean())[:, None]
        middle = values.mean(axis=0)
        slope = (off * (values - middle)).sum(axis=0) / (off**2).sum()
        fitted = middle + off * slope
        spread = ((values - middle) ** 2).sum(axis=0)
        explained = 1.0 - ((values - fitted) ** 2).sum(axis=0) / spread
        now = past[-1].end
        present = middle + (now - at.mean()) * slope
        after = (limit - present) / slope
        holds = (slope > 0) & (explained >= EXPLAINED) & (present < limit) & (after <= HORIZON)
    return [Expected(ids[row], measure, int(after[row])) for row in np.flatnonzero(holds)]
