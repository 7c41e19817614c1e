"""Intent: what services were promised, and the control information that follows from it.

A service's SLA is its expectation. From it are derived what the collector watches and how closely,
which commands are allowed up to which risk, and whether the expectation is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from adn.northbound.commands import command_kinds
from adn.northbound.post import WatchLimit, WatchList
from adn.northbound.telemetry import KPIS, Kpi
from adn.topology.network import Network

WATCH_Z: Final = 8.0
"""Spreads from which on a departure is passed on where the promise leaves room (assumption)."""
LEAST_WATCH_Z: Final = 6.0
WATCH_CUSUM: Final = 20.0
RISKS: Final = ("none", "low", "medium", "high")
NOISE_ROOM: Final = 3.0
"""A measurement within this many standard deviations of its noise of a limit may be within it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Which services meet their expectations; ids, sorted."""

    within: tuple[str, ...]
    outside: tuple[str, ...]


class Intent:
    """The expectations of all services of the recorded network."""

    def __init__(self, network: Network) -> None:
        rows = network.rows.services
        self._latency = {row.id: row.sla.latency_ms for row in rows}
        self._loss = {row.id: row.sla.loss for row in rows}
        self._measures = {kpi.name: kpi for kpi in KPIS if kpi.table == "service"}

    def watch_list(self) -> WatchList:
        """Return what the collector is to watch: closer where the tightest promise is close."""
        limits = [WatchLimit(k.table, k.name, self._closeness(k), WATCH_CUSUM) for k in KPIS]
        return WatchList(tuple(limits))

    def _closeness(self, kpi: Kpi) -> float:
        if (kpi.table, kpi.name) != ("service", "loss") or not self._loss:
            return WATCH_Z
        # Half of the strictest loss promise, in spreads.
        return min(WATCH_Z, max(LEAST_WATCH_Z, 0.5 * min(self._loss.values()) / kpi.floor))

    def limits(self) -> Mapping[str, Mapping[str, float]]:
        """Return how many services have each latency and loss limit, as the log shows it."""
        found: dict[str, dict[str, float]] = {"latency_ms": {}, "loss": {}}
        for name, table in (("latency_ms", self._latency), ("loss", self._loss)):
            for value in sorted(table.values()):
                found[name][f"{value:g}"] = found[name].get(f"{value:g}", 0) + 1
        return found

    def permitted(self) -> Mapping[str, str]:
        """Return the commands that may be given, each with its risk.

        What is never reversible and of high risk is allowed only on what is dark already.
        """
        return {name: kind.risk for name, kind in sorted(command_kinds().items())}

    def allows(self, kind: str, *, dark: bool) -> bool:
        """Return whether a command may be given to a target that is dark or not."""
        risk = self.permitted().get(kind)
        return risk is not None and (dark or RISKS.index(risk) < RISKS.index("high"))

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
            s for s, (loss, ms) in sorted(measured.items()) if self._broken(s, loss, ms)
        )
        kept = frozenset(outside)
        return Evaluation(tuple(s for s in sorted(measured) if s not in kept), outside)

    def _broken(self, service: str, loss: float, latency_ms: float) -> bool:
        return self.is_outside(service, loss, latency_ms)
