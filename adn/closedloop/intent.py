"""Intent: what is expected of services, and whether it is met.

A service's SLA is its expectation; where people write the control information, the limits that they
wrote are (`adn.closedloop.control`). The network that is given holds those in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from adn.closedloop.control import Control
from adn.northbound.telemetry import KPIS
from adn.topology.network import Network

NOISE_ROOM: Final = 3.0
"""A measurement within this many standard deviations of its noise of a limit may be within it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Which services meet their expectations; ids, sorted."""

    within: tuple[str, ...]
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
        rows = network.rows.services
        self.control = control
        self._latency = {row.id: row.sla.latency_ms for row in rows}
        self._loss = {row.id: row.sla.loss for row in rows}
        self._measures = {kpi.name: kpi for kpi in KPIS if kpi.table == "service"}

    def allows(self, kind: str, *, dark: bool) -> bool:
        """Return whether a command may be given to a target that is dark or not."""
        return self.control.allows(kind, dark=dark)

    def permits(self, kinds: Iterable[str]) -> bool:
        """Return whether commands may be given at all, whatever they are aimed at."""
        return all(kind in self.control.permitted for kind in kinds)

    def is_outside(self, service: str, loss: float, latency_ms: float) -> bool:
        """Return whether measured values break a service's promise beyond measurement noise."""
        if service not in self._loss:
            return False
        room_loss = NOISE_ROOM * self._measures["loss"].noise
        room_latency = 1.0 + NOISE_ROOM * self._measures["latency"].noise
        if loss > self._loss[service] + room_loss:
            return True
        return latency_ms > self._latency[service] * room_latency

    def evaluate(self, measured: Mapping[str, tuple[float, float]]) -> Evaluation:
        """Compare (loss, latency in ms) of services with their expectations."""
        outside = tuple(
            s for s, (loss, ms) in sorted(measured.items()) if self.is_outside(s, loss, ms)
        )
        kept = frozenset(outside)
        return Evaluation(tuple(s for s in sorted(measured) if s not in kept), outside)
