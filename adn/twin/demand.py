"""Demand: what customers send, minute by minute; the true peaks are the twin's secret."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import MINUTE, Millis
from adn.base.pool import Runs, wandering
from adn.base.streams import Key, hash32
from adn.topology.network import Floats, Network
from adn.twin.rhythm import Rhythm

STEP: Final[Millis] = MINUTE
"""How often demand moves."""
MEMORY: Final = 0.9
"""Correlation of a service's variation from one minute to the next (assumption)."""
HIDDEN_SPREAD: Final = 0.1
"""Standard deviation of true over contracted peak (assumption)."""


@dataclass(frozen=True, slots=True)
class Surge:
    """More demand of some services for a while: up, along and down again, linear in time.

    Attributes:
        services: Rows of the services concerned.
        at: When demand begins to rise, simulated ms.
        span: From then until it begins to fall, ms.
        ramp: How long it rises, and how long it falls, ms; at most `span`.
        factor: Demand at the height over what it would be.
    """

    services: tuple[int, ...]
    at: Millis
    span: Millis
    ramp: Millis
    factor: float

    @property
    def end(self) -> Millis:
        """When nothing is left of it."""
        return self.at + self.span + self.ramp

    def level(self, at: Millis) -> float:
        """Return the factor at an instant.

        >>> crowd = Surge((0,), at=0, span=600_000, ramp=300_000, factor=3.0)
        >>> [crowd.level(minute * 60_000) for minute in (0, 2, 5, 10, 14, 15)]
        [1.0, 1.8, 3.0, 3.0, 1.4, 1.0]
        """
        if not self.at <= at < self.end:
            return 1.0
        rising = (at - self.at) / self.ramp if self.ramp else 1.0
        falling = (self.end - at) / self.ramp if self.ramp else 1.0
        return 1.0 + (self.factor - 1.0) * min(1.0, rising, falling)


class Demand:
    """Offered rates of all services over time."""

    def __init__(
        self, network: Network, key: Key, rhythm: Rhythm, scale: float, spread: float
    ) -> None:
        self._key = key.word("demand")
        self._series = np.array([hash32(name) for name in network.services.ids], np.uint32)
        hidden = noise.standard(self._key, self._series, 0).astype(np.float64)
        self._peak = network.demand_bps * scale * np.maximum(0.2, 1.0 + HIDDEN_SPREAD * hidden)
        self._rhythm, self._spread = rhythm, spread
        self._variation = np.zeros(len(self._series))
        self._step = 0
        self._at: Millis = 0
        self._surges: dict[str, Surge] = {}
        self._fresh = Runs(key.word("demand/variation"), self._series, wandering(0.0, np.inf))
        self._coming: deque[tuple[Millis, Floats, Floats]] = deque()

    def add(self, owner: str, surge: Surge) -> None:
        """Let some services be wanted more for a while."""
        self._surges[owner] = surge
        self._coming.clear()

    def surging(self) -> tuple[str, ...]:
        """Return whose surges are in demand as it last moved, sorted."""
        return tuple(
            name for name, surge in sorted(self._surges.items()) if surge.level(self._at) != 1.0
        )

    def factor(self) -> Floats:
        """Return by how much surges multiply each service's demand now, shape (S,)."""
        return self._factor(self._at)

    def _factor(self, at: Millis) -> Floats:
        factor = np.ones(len(self._series))
        for _, surge in sorted(self._surges.items()):
            factor[list(surge.services)] *= surge.level(at)
        return factor

    def advance(self, at: Millis) -> Floats:
        """Return the rates from `at` on, bit/s, shape (S,); call once a step, in order."""
        if not (self._coming and self._coming[0][0] == at):
            self._coming.clear()
            self._foresee(at)
        _, self._variation, rates = self._coming.popleft()
        self._step += 1
        self._at = at
        return rates

    def coming(self, at: Millis, steps: int) -> Floats:
        """Return the rates of the next steps, the first of which is at `at`, shape (steps, S)."""
        if self._coming and self._coming[0][0] != at:
            self._coming.clear()
        for step in range(len(self._coming), steps):
            self._foresee(at + step * STEP)
        return np.array([rates for _, _, rates in self._coming][:steps])

    def _foresee(self, at: Millis) -> None:
        """Reckon one more step: when it is, the services' variation, their rates."""
        before = self._coming[-1][1] if self._coming else self._variation
        fresh = np.empty(len(self._series), dtype=np.float32)
        self._fresh.take(self._step + 1 + len(self._coming), fresh)
        variation: Floats = MEMORY * before + np.sqrt(1.0 - MEMORY**2) * fresh.astype(np.float64)
        level = self._rhythm.level(at)
        rates: Floats = self._peak * level * np.maximum(0.05, 1.0 + self._spread * variation)
        self._coming.append((at, variation, rates * self._factor(at) if self._surges else rates))
