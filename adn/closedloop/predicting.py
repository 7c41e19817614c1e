"""Prediction: where the trend of the roll-ups leads within the horizon.

A straight line is fitted by least squares to the latest roll-up means of each series and followed
to where it hurts: a service's limit, full utilisation, light that no longer suffices. A line is
believed only where it stands out: of the daily profile (what the median of all series does is taken
off), of noise (it rises by more than the KPI's smallest meaningful spread, and far more than series
of its kind do), and of the past (it rises steadily: a change made once, by whomever, is no trend).
An empty answer is an answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base.clock import HOUR, Millis
from adn.northbound.post import RollUp
from adn.northbound.telemetry import Kpi, Table, kpi
from adn.physics.optics import q_db
from adn.topology.network import Network

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HORIZON: Final[Millis] = HOUR
POINTS: Final = 4
"""So many roll-ups make a trend: with fewer, one change within an interval looks like a line."""
EXPLAINED: Final = 0.95
"""Share of the variance that the line must explain (assumption)."""
LEAST_STEP: Final = 0.15
MOST_STEP: Final = 0.5
"""Shares of the whole rise between which each roll-up's own must lie (assumptions); a third each
makes a straight line."""
OUTSTANDING: Final = 6.0
"""How many times as much as the median series a series must have moved (assumption)."""
BUSY: Final = 0.7
"""Mean load from which on a link's queues grow with traffic and no fault (assumption)."""
LIGHT_DB: Final = 15.0
"""Light that a link can lose before it goes down: nominal margin of the optics (assumption)."""
CORRECTED: Final = -2.0
"""Bit error ratio, as its decimal logarithm, at which decoders come to their limit (assumption of
the loop's; those of coherent ports correct 1.9e-2 to 2.0e-2)."""
MOST_EXACT: Final = -15.0
"""Below this decimal logarithm nobody has counted bit errors."""
MINDED: Final[frozenset[tuple[Table, str]]] = frozenset(
    {
        ("service", "loss"),
        ("service", "latency"),
        ("direction", "utilisation"),
        ("direction", "rx-power"),
        ("direction", "pre-fec-ber"),
    }
)


@dataclass(frozen=True, slots=True)
class Expected:
    """A series expected to cross its limit, and after how long."""

    object: str
    kpi: str
    after: Millis


def _never(service: str) -> bool:
    del service
    return False


class Predictor:
    """Keeps the latest roll-ups of each table and looks ahead along them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._promised: tuple[tuple[str, ...], dict[str, Floats]] = ((), {})
        self._past: dict[tuple[Table, tuple[str, ...]], deque[RollUp]] = {}
        self._usual: dict[tuple[Table, str], Floats] = {}
        self.busy: frozenset[int] = frozenset()

    @staticmethod
    def minds(seen: RollUp) -> bool:
        """Return whether a roll-up holds anything that is looked ahead on."""
        return any((seen.table, measure) in MINDED for measure in seen.kpis)

    def look_ahead(
        self, seen: RollUp, ids: tuple[str, ...], accounted: Callable[[str], bool] = _never
    ) -> tuple[Expected, ...]:
        """Return what the trend up to this roll-up leads to, soonest first.

        Args:
            seen: The roll-up.
            ids: The objects of its rows.
            accounted: Tells of a service whether its trend is put down to traffic, or to what the
                loop itself has done.
        """
        past = self._past.setdefault((seen.table, seen.kpis), deque(maxlen=POINTS))
        past.append(seen)
        if (seen.table, "utilisation") in MINDED and "utilisation" in seen.kpis:
            self._see_load(seen.mean[seen.kpis.index("utilisation")], ids)
        found: list[Expected] = []
        for line, measure in enumerate(seen.kpis):
            if (seen.table, measure) not in MINDED:
                continue
            values = np.stack([row.mean[line].astype(np.float64) for row in past])
            usual = self._usual.setdefault((seen.table, measure), values[0])
            if len(past) == POINTS:
                known, limit = kpi(seen.table, measure), self._limits(measure, ids, usual)
                found += _crossings(past, _worse_up(known, values), known, ids, limit)
        if seen.table == "service":
            found = [row for row in found if not accounted(row.object)]
        return tuple(sorted(found, key=lambda e: (e.after, e.object, e.kpi)))

    def _limits(self, measure: str, ids: tuple[str, ...], usual: Floats) -> Floats:
        """Return from where on it hurts, shape (rows,), the way that is worse counted upwards."""
        if measure == "utilisation":
            return np.ones(len(ids))
        if measure == "rx-power":
            light: Floats = LIGHT_DB - usual
            return light
        if measure == "pre-fec-ber":
            return np.full(len(ids), -q_db(10.0**CORRECTED))
        if self._promised[0] is not ids:
            limits = {"loss": self._network.loss_limit, "latency": self._network.latency_limit_ms}
            at = self._network.services.find(ids)
            found = {
                name: np.where(at >= 0, np.append(limit, np.inf)[at], np.inf)
                for name, limit in limits.items()
            }
            self._promised = (ids, found)
        return self._promised[1].get(measure, np.full(len(ids), np.inf))

    def _see_load(self, load: npt.NDArray[np.float32], ids: tuple[str, ...]) -> None:
        known = self._network.directions
        self.busy = frozenset(
            known.row(ids[row]) // 2
            for row in np.flatnonzero(load > BUSY).tolist()
            if ids[row] in known
        )


def _worse_up(known: Kpi, values: Floats) -> Floats:
    if known.name == "pre-fec-ber":
        # As Q in dB, which falls by what light and noise lose or gain; bit errors run away.
        return -q_db(10.0 ** np.clip(values, MOST_EXACT, -0.31))
    return -values if known.worse == "down" else values


def _crossings(
    past: deque[RollUp], values: Floats, known: Kpi, ids: tuple[str, ...], limit: Floats
) -> list[Expected]:
    """Return the series whose trend leads to their limit; `values` has shape (points, rows)."""
    at = np.array([(row.start + row.end) / 2 for row in past])
    off = (at - at.mean())[:, None]
    # Steps of a rise of next to nothing are without bound, and steady they are not.
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        middle = values.mean(axis=0)
        slope = (off * (values - middle)).sum(axis=0) / (off**2).sum()
        present = middle + (past[-1].end - at.mean()) * slope
        after = (limit - present) / slope
        holds: Bools = (slope > 0) & (present < limit)
        holds &= (values[-1] < limit) & (after <= HORIZON)
        if not holds.any():
            return []
        holds &= _stands_out(off, _less_common(values, relative=known.relative), known.floor)
    return [Expected(ids[row], known.name, int(after[row])) for row in np.flatnonzero(holds)]


def _less_common(values: Floats, *, relative: bool) -> Floats:
    """Return series without what the median series did: the daily profile is no trend."""
    if not len(values) or np.isnan(values).all():
        return values
    if relative:
        shared = np.nan_to_num(_medians(values / values[0]), nan=1.0)
        scaled: Floats = values / shared[:, None]
        return scaled
    rest: Floats = values - _medians(values - values[0])[:, None]
    return rest


def _medians(rows: Floats) -> Floats:
    """Return the median of each row's numbers, NaN where a row has none, shape (rows,)."""
    held = [row[~np.isnan(row)] for row in rows]
    return np.array([np.median(row) if len(row) else np.nan for row in held])


def _stands_out(off: Floats, own: Floats, floor: float) -> Bools:
    """Return which series rise steadily, and more than noise and their likes do, shape (rows,)."""
    middle = own.mean(axis=0)
    slope = (off * (own - middle)).sum(axis=0) / (off**2).sum()
    left = ((own - middle - off * slope) ** 2).sum(axis=0)
    explained = 1.0 - left / ((own - middle) ** 2).sum(axis=0)
    rise = own[-1] - own[0]
    steps = np.diff(own, axis=0) / rise
    steady = (steps >= LEAST_STEP).all(axis=0) & (steps <= MOST_STEP).all(axis=0)
    ordinary = np.nanmedian(np.abs(rise)) if len(rise) and not np.isnan(rise).all() else 0.0
    outstanding = rise > max(floor, OUTSTANDING * float(ordinary) if len(rise) > 2 else floor)
    result: Bools = steady & outstanding & (explained >= EXPLAINED)
    return result
