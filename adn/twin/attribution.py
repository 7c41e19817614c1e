"""Attribution: which fault is to blame for which service, written into the truth as it happens.

A service that leaves its limits is blamed on every active fault without which, once settled, it
would be within them (with the operations' settings as they are, or with none); where no single one
would do, on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from adn.base.clock import MINUTE, Millis
from adn.base.records import Record
from adn.northbound.telemetry import KPIS
from adn.topology.network import Bools, Floats, Network
from adn.twin.fork import Fork
from adn.twin.performance import Performance
from adn.twin.state import State

AFTERMATH: Final[Millis] = MINUTE
"""How long after its end a fault can still be blamed: until routing has settled (assumption)."""
BAND: Final = 3.0
"""Half-width of a KPI's healthy band, in standard deviations of its measurement."""

Counterfactual = Callable[[str], Fork]


class Attribution:
    """Keeps the blame of every fault, and says when it changes.

    Args:
        network: Whose services.
        truth: Where records go.
    """

    def __init__(self, network: Network, truth: Callable[[Record], None]) -> None:
        self._network, self._truth = network, truth
        n = len(network.services)
        self._outside = np.zeros(n, dtype=bool)
        self._class = np.zeros(n, dtype=np.int8)
        self._blamed: dict[str, Bools] = {}
        self._objects: dict[str, frozenset[str]] = {}
        self._ended: dict[str, Millis] = {}
        self._visible: set[str] = set()

    def begin(self, fault: str, objects: Sequence[str]) -> None:
        """A fault has begun to impair `objects`."""
        self._objects[fault] = frozenset(objects)
        self._blamed[fault] = np.zeros(len(self._outside), dtype=bool)

    def end(self, fault: str, at: Millis) -> None:
        """No impairment of a fault is left."""
        self._ended[fault] = at

    def _active(self, at: Millis) -> list[str]:
        """Return the faults that can be blamed at `at`."""
        return [
            fault
            for fault in sorted(self._objects)
            if self._ended.get(fault, at) + AFTERMATH > at or fault not in self._ended
        ]

    def update(
        self, at: Millis, performance: Performance, without: Counterfactual, cause: str
    ) -> None:
        """Take in the present performance and record what changed because of `cause`."""
        self._record_states(at, performance)
        left = performance.outside & ~self._outside
        back = self._outside & ~performance.outside
        self._outside = performance.outside.copy()
        blamed = self._blame(at, left, without) if left.any() else {}
        for fault, services in self._blamed.items():
            out = blamed.get(fault, np.zeros_like(services)) & ~services
            returned = services & back
            if out.any() or returned.any():
                self._blamed[fault] = (services | out) & ~returned
                self._truth(
                    Record(
                        at,
                        "fault.impact",
                        "twin",
                        id=fault,
                        data={
                            "out": self._names(out),
                            "back": self._names(returned),
                            "cause": cause,
                        },
                    )
                )

    def _blame(self, at: Millis, left: Bools, without: Counterfactual) -> dict[str, Bools]:
        active = self._active(at)
        running = [fault for fault in active if fault not in self._ended]
        if not running:
            return dict.fromkeys(active, left)
        blamed = {fault: self._spared(left, without(fault)) for fault in running}
        anyone = np.logical_or.reduce(list(blamed.values()))
        orphans = left & ~anyone
        if len(running) > 1 and orphans.any():
            blamed = {fault: services | orphans for fault, services in blamed.items()}
        return blamed

    @staticmethod
    def _spared(left: Bools, fork: Fork) -> Bools:
        """Return which of `left` would be within their limits had a fault never been.

        Either with operations' settings as they are, or with none: a service that was sacrificed
        to bridge a fault is that fault's victim too.
        """
        spared: Bools = left & ~fork.settled().outside
        if not np.array_equal(spared, left):
            spared |= left & ~fork.unconfigured().settled().outside
        return spared

    def look(
        self, at: Millis, performance: Performance, state: State, without: Counterfactual
    ) -> None:
        """Record the first noise-free departure from the healthy band that a fault causes."""
        for fault in self._active(at):
            if fault in self._visible or fault in self._ended:
                continue
            fork = without(fault)
            via = departure(
                self._network,
                (performance, state),
                (fork.settled(), State.of(self._network, fork.overlay)),
            )
            if via:
                self._visible.add(fault)
                self._truth(Record(at, "fault.visible", "twin", id=fault, data={"via": via}))

    @property
    def invisible(self) -> bool:
        """Whether a running fault has not been visible yet."""
        return any(
            fault not in self._visible and fault not in self._ended for fault in self._objects
        )

    def alarm(self, at: Millis, alarm_id: str, managed_object: str) -> None:
        """Record which fault an alarm is due to: its object's, else the one that is active."""
        active = self._active(at)
        own = [fault for fault in active if managed_object in self._objects[fault]]
        fault = own[0] if own else (active[0] if len(active) == 1 else None)
        data = {"fault": fault, "root": bool(own)}
        self._truth(Record(at, "alarm.cause", "twin", id=alarm_id, data=data))

    def _record_states(self, at: Millis, performance: Performance) -> None:
        now = np.where(performance.down, 2, np.where(performance.outside, 1, 0)).astype(np.int8)
        changed = now != self._class
        if changed.any():
            names = ("ok", "degraded", "down")
            data = {name: self._names(changed & (now == i)) for i, name in enumerate(names)}
            self._truth(Record(at, "service.state", "twin", data=data))
            self._class = now

    def _names(self, mask: Bools) -> list[str]:
        return [self._network.services[int(row)] for row in np.flatnonzero(mask)]


def departure(
    network: Network, now: tuple[Performance, State], otherwise: tuple[Performance, State]
) -> str:
    """Return the first KPI or condition that differs by more than its healthy band, or "".

    The band is `BAND` standard deviations of the KPI's measurement, at least its floor.
    """
    (seen, state), (expected, healthy) = now, otherwise
    dark = np.flatnonzero(~state.lit & healthy.lit)
    if len(dark):
        return f"light {network.directions[int(dark[0])]}"
    columns: dict[tuple[str, str], tuple[Floats, Floats]] = {
        ("service", "loss"): (seen.services.loss, expected.services.loss),
        ("service", "latency"): (seen.services.latency_ms, expected.services.latency_ms),
        ("service", "rate"): (seen.services.rate_bps, expected.services.rate_bps),
        ("direction", "utilisation"): (seen.utilisation, expected.utilisation),
        ("direction", "discards"): (seen.discards, expected.discards),
        ("direction", "errors"): (state.errors, healthy.errors),
        ("direction", "rx-power"): (state.rx_dbm, healthy.rx_dbm),
        ("element", "cpu"): (state.cpu, healthy.cpu),
    }
    names = {
        "service": network.services,
        "direction": network.directions,
        "element": network.elements,
    }
    for row in KPIS:
        measured, usual = columns[row.table, row.name]
        noise = row.noise * np.abs(usual) if row.relative else np.full(len(usual), row.noise)
        away = np.abs(measured - usual) > np.maximum(row.floor, BAND * noise)
        away |= np.isnan(measured) & ~np.isnan(usual)
        if away.any():
            return f"{row.table}.{row.name} {names[row.table][int(np.flatnonzero(away)[0])]}"
    return ""
