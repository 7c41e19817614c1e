"""A world that is not quite as operations were told: its true parameters lie off the stated ones.

The records say what a line was built for and the loop reckons with it; what a line really carries,
how long its fibre really is, what customers really send, and how fast routing and reporting really
are, differ. How much accuracy that costs is measured by making it larger.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from adn.base import noise
from adn.base.sampling import Timing
from adn.base.streams import Key, hash32
from adn.topology.network import Floats, Network
from adn.twin.twin import World

Values = TypeVar("Values")


def deviating(network: Network, world: World, share: float, key: Key) -> tuple[Network, World]:
    """Return network and world with every true parameter off by up to a share of it.

    Each is multiplied by a factor drawn evenly from 1 − share to 1 + share: rate and length of each
    link and peak demand of each service by their names, every timer, delay and rate of loss in
    reporting by its own.

    Args:
        network: As built; what operations are told of stays as it was.
        world: As stated.
        share: 0 changes nothing; below 1.
        key: Of the draws.
    """
    if share == 0.0:
        return network, world
    rows = network.rows
    rate = _factors(key, "rate", network.links.ids, share)
    length = _factors(key, "length", network.links.ids, share)
    demand = _factors(key, "demand", network.services.ids, share)
    links = tuple(
        replace(row, capacity_bps=row.capacity_bps * rate[i], length_km=row.length_km * length[i])
        for i, row in enumerate(rows.links)
    )
    services = tuple(
        replace(row, demand_bps=row.demand_bps * demand[i]) for i, row in enumerate(rows.services)
    )
    stream = key.stream("world")
    off = _Off(share, stream)
    world = replace(
        world,
        variation=world.variation * off.factor(),
        missing=world.missing * off.factor(),
        telemetry_delay=off.timing(world.telemetry_delay),
        habits=off.each(world.habits),
        timers=off.each(world.timers),
    )
    return Network.from_rows(replace(rows, links=links, services=services)), world


def _factors(key: Key, what: str, names: tuple[str, ...], share: float) -> Floats:
    """Return a factor for every name, 1 ± share, shape (len(names),)."""
    series = np.array([hash32(name) for name in names], dtype=np.uint32)
    drawn = noise.uniform(key.word(what), series, 0).astype(np.float64)
    factors: Floats = 1.0 + share * (2.0 * drawn - 1.0)
    return factors


class _Off:
    """Draws one factor after another."""

    def __init__(self, share: float, stream: np.random.Generator) -> None:
        self._share, self._stream = share, stream

    def factor(self) -> float:
        """Return the next factor."""
        return float(self._stream.uniform(1.0 - self._share, 1.0 + self._share))

    def timing(self, timing: Timing) -> Timing:
        """Return a distribution with its times stretched by one factor."""
        factor = self.factor()
        return replace(timing, first=timing.first * factor, second=timing.second * factor)

    def each(self, values: Values) -> Values:
        """Return a frozen record with every number and distribution in it off by its own factor."""
        record: Any = values
        changed: dict[str, Any] = {}
        for field in fields(record):
            value = getattr(record, field.name)
            if isinstance(value, Timing):
                changed[field.name] = self.timing(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                changed[field.name] = max(1, round(value * self.factor()))
            elif isinstance(value, float):
                changed[field.name] = value * self.factor()
        drawn: Values = replace(record, **changed)
        return drawn
