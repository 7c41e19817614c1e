"""Demand: what customers send, minute by minute; the true peaks are the twin's secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import MINUTE, Millis
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

    def add(self, owner: str, surge: Surge) -> None:
        """Let some services be wanted more for a while."""
        self._surges[owner] = surge

    def surging(self) -> tuple[str, ...]:
        """Return whose surges are in demand as it last moved, sorted."""
        return tuple(
            name for name, surge in sorted(self._surges.items()) if surge.level(self._at) != 1.0
        )

    def factor(self) -> Floats:
        """Return by how much surges multiply each service's demand now, shape (S,)."""
        factor = np.ones(len(self._series))
        for _, surge in sorted(self._surges.items()):
            factor[list(surge.services)] *= surge.level(self._at)
        return factor

    def advance(self, at: Millis) -> Floats:
        """Return the rates from `at` on, bit/s, shape (S,); call once a step, in order."""
        self._step += 1
        self._at = at
        fresh = noise.standard(self._key, self._series, self._step).astype(np.float64)
        self._variation = MEMORY * self._variation + np.sqrt(1.0 - MEMORY**2) * fresh
        level = self._rhythm.level(at)
        rates: Floats = self._peak * level * np.maximum(0.05, 1.0 + self._spread * self._variation)
        return rates * self.factor() if self._surges else rates
