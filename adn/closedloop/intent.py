"""Intent: what is expected of services, and whether it is met.

A service's SLA is its expectation; where people write the control information, the limits that they
wrote are (`adn.closedloop.control`). The network that is given holds those in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from adn.closedloop.control import Control
from adn.northbound.telemetry import KPIS
from adn.topology.network import Bools, Floats, Network

NOISE_ROOM: Final = 3.0
"""A measurement within this many standard deviations of its noise of a limit may be within it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What services were measured to get lately, in columns; NaN where nothing was heard.

    Attributes:
        names: Ids of services, shape (S,).
        loss: Lost share, shape (S,).
        latency_ms: One-way latency, shape (S,).
    """

    names: tuple[str, ...] = ()
    loss: Floats = field(default_factory=lambda: np.zeros(0))
    latency_ms: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def count(self) -> int:
        """How many services were heard of."""
        return len(self.names) - int(np.isnan(self.loss).sum())

    def but(self, latest: Mapping[str, tuple[float, float]]) -> Measured:
        """Return the same with later (loss, latency in ms) of some services."""
        if not latest:
            return self
        kept = np.array([name not in latest for name in self.names], dtype=bool)
        names = [name for name, held in zip(self.names, kept.tolist(), strict=True) if held]
        return Measured(
            (*names, *latest),
            np.append(self.loss[kept], [loss for loss, _ in latest.values()]),
            np.append(self.latency_ms[kept], [ms for _, ms in latest.values()]),
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How many services meet their expectations, and which do not: ids, sorted."""

    within: int
    outside: tuple[str, ...]


class Intent:
    """The expectations of all services of the recorded network.

    Args:
        network: The network with the expectations that are in force.
        control: The control information in force.

    Attributes:
        control: That control information; may be set anew.
    """

    def __init__(self, network: Network, control: Control) -> None:
        self.control = control
        self._network = network
        self._measures = {kpi.name: kpi for kpi in KPIS if kpi.table == "service"}
        self._promised: tuple[tuple[str, ...], Floats, Floats] = ((), np.zeros(0), np.zeros(0))

    def allows(self, kind: str, *, dark: bool) -> bool:
        """Return whether a command may be given to a target that is dark or not."""
        return self.control.allows(kind, dark=dark)

    def permits(self, kinds: Iterable[str]) -> bool:
        """Return whether commands may be given at all, whatever they are aimed at."""
        return all(kind in self.control.permitted for kind in kinds)

    def is_outside(self, service: str, loss: float, latency_ms: float) -> bool:
        """Return whether measured values break a service's promise beyond measurement noise."""
        one = Measured((service,), np.array([loss]), np.array([latency_ms]))
        return bool(self._broken(one)[0])

    def evaluate(self, measured: Measured) -> Evaluation:
        """Return which services break their promises beyond measurement noise.

        Who was promised nothing misses nothing.
        """
        broken = self._broken(measured)
        outside = sorted(measured.names[row] for row in np.flatnonzero(broken).tolist())
        return Evaluation(measured.count - len(outside), tuple(outside))

    def _broken(self, measured: Measured) -> Bools:
        loss_limit, latency_limit = self._limits(measured.names)
        room_loss = NOISE_ROOM * self._measures["loss"].noise
        room_latency = 1.0 + NOISE_ROOM * self._measures["latency"].noise
        broken: Bools = measured.loss > loss_limit + room_loss
        broken |= ~np.isnan(measured.loss) & (measured.latency_ms > latency_limit * room_latency)
        return broken

    def _limits(self, names: tuple[str, ...]) -> tuple[Floats, Floats]:
        """Return the limits of services, infinite for who was promised nothing, shapes (S,)."""
        if self._promised[0] is names:
            return self._promised[1:]
        net, at = self._network, self._network.services.find(names)
        loss = np.where(at >= 0, np.append(net.loss_limit, np.inf)[at], np.inf)
        latency = np.where(at >= 0, np.append(net.latency_limit_ms, np.inf)[at], np.inf)
        if len(names) > 1:
            self._promised = (names, loss, latency)
        return loss, latency
