"""What was measured round each fault and incident, kept so that a report can draw it.

The recorder stands on the world's side beside the collector: it looks at the same frames, keeps
those of the last half hour, and cuts out of them the few series that tell most. It is in neither
log, so it changes no digest, and no controller ever sees it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from adn.base.clock import MINUTE, Millis, seconds
from adn.base.quantities import quantise
from adn.base.records import Record
from adn.northbound.telemetry import Table, TelemetryFrame, kpi
from adn.session.log import Log
from adn.topology.network import Floats, Names, Network

BEFORE: Final[Millis] = 10 * MINUTE
AFTER: Final[Millis] = 20 * MINUTE
"""How much is kept before and after the first sign of a matter."""
MOST_MATTERS: Final = 60
MOST_ROWS: Final = 20_000
"""Networks with more services and directions than this are not recorded: it would take memory."""
MOST_SERIES: Final[Mapping[Table, int]] = {"service": 3, "direction": 3, "element": 1}
TELLING: Final = 4.0
"""Departures, in spreads before the matter, from which on a series tells something."""
_OPENS: Final = frozenset({"incident.opened", "fault.onset"})


@dataclass(slots=True)
class _Matter:
    """Something whose surroundings are to be kept: what it names, and when it began."""

    name: str
    at: Millis
    objects: set[str]
    services: set[str]


class Recorder:
    """Keeps series round faults and incidents.

    Args:
        network: The network as it really is.
        log: The run's log, read for what begins when.
    """

    def __init__(self, network: Network, log: Log) -> None:
        self._network, self._log = network, log
        self._names: dict[Table, Names] = {
            "service": network.services,
            "direction": network.directions,
            "element": network.elements,
        }
        self._frames: deque[TelemetryFrame] = deque()
        self._open: list[_Matter] = []
        self._kept: dict[str, list[dict[str, Any]]] = {}
        self._read = {"events": 0, "truth": 0}
        self._off = len(network.services) + len(network.directions) > MOST_ROWS

    def take(self, frames: Sequence[TelemetryFrame]) -> None:
        """Take in frames as the collector gets them, in their order."""
        if self._off:
            return
        self._follow()
        if not self._open:
            self._keep([frame for frame in frames if frame.table in self._names])
            return
        for frame in frames:
            if frame.table in self._names:
                self._keep([frame])
                now = frame.measured_at
                for matter in [one for one in self._open if now >= one.at + AFTER]:
                    self._cut(matter)

    def _keep(self, frames: Sequence[TelemetryFrame]) -> None:
        """Keep frames for as long as they may be wanted."""
        self._frames.extend(frames)
        latest = max((frame.measured_at for frame in frames), default=0)
        while self._frames and self._frames[0].measured_at < latest - BEFORE - AFTER:
            self._frames.popleft()

    def content(self) -> bytes:
        """Return everything that was kept, as the file ``series.json`` holds it."""
        self._follow()
        for matter in list(self._open):
            self._cut(matter)
        kept = {"v": 1, "series": dict(sorted(self._kept.items()))}
        return json.dumps(kept, separators=(",", ":"), allow_nan=False).encode() + b"\n"

    def _follow(self) -> None:
        """Read what both logs say since the last time."""
        for name, records in (("events", self._log.events), ("truth", self._log.truths)):
            for record in records[self._read[name] :]:
                self._note(record)
            self._read[name] = len(records)

    def _note(self, record: Record) -> None:
        if record.kind in _OPENS and len(self._kept) + len(self._open) < MOST_MATTERS:
            named = {*record.ref.get("objects", ()), record.ref.get("target", "")}
            services = set(record.ref.get("services", ()))
            self._open.append(_Matter(record.id, record.at, named, services))
        elif record.kind in {"fault.impact", "incident.updated"}:
            for matter in self._open:
                if matter.name == record.id:
                    matter.services |= {
                        *record.data.get("out", ()),
                        *record.ref.get("services", ()),
                    }
                    matter.objects |= set(record.ref.get("objects", ()))

    def _cut(self, matter: _Matter) -> None:
        """Keep of a matter's surroundings the series that depart most; nothing more is needed."""
        self._open.remove(matter)
        found: list[dict[str, Any]] = []
        wanted: dict[Table, set[str]] = {
            "service": matter.services,
            "direction": set(self._directions(matter.objects)),
            "element": {name for name in matter.objects if name in self._network.elements},
        }
        for table, names in wanted.items():
            rows = sorted(self._names[table].row(n) for n in names if n in self._names[table])
            found += self._telling(table, np.array(rows, dtype=np.int64), matter)
        self._kept[matter.name] = found

    def _directions(self, objects: set[str]) -> Iterator[str]:
        """Yield the directions of the objects that a matter names."""
        network = self._network
        for name in sorted(objects):
            links: tuple[str, ...] = ()
            if name in network.directions:
                yield name
            elif name in network.links:
                links = (name,)
            elif name in network.ducts:
                links = network.links_in_duct(name)
            elif name in network.elements:
                links = network.links_of(name)
            elif name in network.cards:
                links = network.links_on_card(name)
            for link in links:
                row = network.links.row(link)
                yield from (network.directions[2 * row], network.directions[2 * row + 1])

    def _telling(self, table: Table, rows: Any, matter: _Matter) -> list[dict[str, Any]]:
        """Return the series of some rows that depart most from what they were before."""
        ranked: list[tuple[float, str, str, Callable[[], dict[str, Any]]]] = []
        kpis = dict.fromkeys(name for f in self._frames if f.table == table for name in f.kpis)
        for measure in kpis if len(rows) else ():
            at, values = self._series(table, measure, rows, matter)
            before = np.array(at) < matter.at
            if before.sum() < 2 or before.all():
                continue
            what = kpi(table, measure)
            with np.errstate(all="ignore"):
                seen = np.isfinite(values)
                base = _mean(values[before])
                spread = np.maximum(np.sqrt(_mean((values[before] - base) ** 2)), what.floor)
                far = np.where(seen, np.abs(values - base) / spread, 0.0)[~before].max(axis=0)
                # A series that falls silent tells as much as one that jumps.
                silent = ~seen[~before]
                far = np.maximum(far, np.where(silent.sum(axis=0) >= 3, 2 * TELLING, 0.0))
            for place in np.flatnonzero(far >= TELLING).tolist():
                row = int(rows[place])
                drawn: Callable[[], dict[str, Any]] = partial(
                    self._drawn, table, measure, row, float(base[place]), at, values[:, place]
                )
                ranked.append((-float(far[place]), self._names[table][row], measure, drawn))
        ranked.sort(key=lambda row: row[:3])
        chosen: dict[str, Callable[[], dict[str, Any]]] = {}
        for _, name, _, drawn in ranked:
            if len(chosen) < MOST_SERIES[table]:
                chosen.setdefault(name, drawn)
        return [drawn() for drawn in chosen.values()]

    def _drawn(
        self,
        table: Table,
        measure: str,
        row: int,
        base: float,
        at: Sequence[Millis],
        values: Floats,
    ) -> dict[str, Any]:
        """Return one series as a report draws it."""
        return {
            "table": table,
            "object": self._names[table][row],
            "kpi": measure,
            "unit": kpi(table, measure).unit,
            "limit": self._limit(table, measure, row),
            "baseline": _number(base),
            "at_s": [seconds(one) for one in at],
            "values": [_number(one) for one in values.tolist()],
        }

    def _series(
        self, table: Table, measure: str, rows: Any, matter: _Matter
    ) -> tuple[list[Millis], Floats]:
        """Return the instants and values, shape (instants, rows), of a KPI round a matter."""
        frames = [
            frame
            for frame in self._frames
            if frame.table == table
            and measure in frame.kpis
            and matter.at - BEFORE <= frame.measured_at <= matter.at + AFTER
        ]
        values = np.array(
            [frame.values[frame.kpis.index(measure)][rows] for frame in frames], dtype=np.float64
        ).reshape(len(frames), len(rows))
        return [frame.measured_at for frame in frames], values

    def _limit(self, table: Table, measure: str, row: int) -> float | None:
        limits = {
            "loss": self._network.loss_limit,
            "latency": self._network.latency_limit_ms,
        }
        return float(limits[measure][row]) if table == "service" and measure in limits else None


def _mean(values: Floats) -> Floats:
    """Return the mean of each column, gaps left out, shape (rows,)."""
    there = np.isfinite(values)
    total: Floats = np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return total


def _number(value: float) -> float | None:
    return quantise(float(value)) if np.isfinite(value) else None
