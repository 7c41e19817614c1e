"""Transporting: what becomes of telemetry between the element and the collector.

Frames may come late, so late that others overtake them, or twice. Elements may say nothing for a
while, all their series in a run. And rates come from counters, which start anew when an element
does, and which wrap faster than they are read where they are too narrow for the port: then the rate
is unknown, and a careful collector leaves a gap.

All is drawn by counter-based noise from (name, tick), so that no frame need know of any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import MINUTE, SECOND, Millis, seconds
from adn.base.sampling import Timing
from adn.base.streams import Key, hash32
from adn.northbound.counters import OCTET, Bits, ambiguous
from adn.northbound.telemetry import KPIS, TelemetryFrame
from adn.physics.traffic import PACKET_BITS
from adn.topology.network import Bools, Ints, Network
from adn.twin.measuring import reporter_of

_OF_OCTETS: Final = frozenset({"utilisation"})
_OF_PACKETS: Final = frozenset({"discards", "errors"})
AGAIN: Final[Millis] = 5 * SECOND
"""A frame that comes twice comes again within so long (assumption: a retransmission)."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """How telemetry is carried; the defaults are those of a healthy collection.

    Attributes:
        late: Share of frames that come later than is usual, 0..1.
        lateness: By how much later.
        doubled: Share of frames that come twice, 0..1.
        mute: Share of time in which an element says nothing, in runs, 0..1.
        run: Length of such a run, ms.
        counter_bits: Width of the octet and packet counters of ports.
    """

    late: float = 0.0
    lateness: Timing = field(default_factory=lambda: Timing("lognormal", MINUTE, 10 * MINUTE))
    doubled: float = 0.0
    mute: float = 0.0
    run: Millis = 2 * MINUTE
    counter_bits: Bits = 64


class Transporting:
    """The way of a twin's frames to the collector.

    Args:
        network: Whose elements report.
        carriage: How their reports are carried.
        key: For every draw.
    """

    def __init__(self, network: Network, carriage: Carriage, key: Key) -> None:
        self._network, self._carriage, self._key = network, carriage, key
        self._elements = np.array([hash32(name) for name in network.elements.ids], np.uint32)
        self._started = np.full(len(network.elements), -1, dtype=np.int64)
        self._reporters: dict[tuple[str, str], Ints] = {}
        self._latest: Millis = -1

    def restarted(self, elements: Bools, now: Millis) -> None:
        """Take in that elements have just started: their counters begin at nothing."""
        if elements.any():
            self._started[elements] = self._latest = now

    @property
    def plain(self) -> bool:
        """Whether every frame arrives once and in its turn, unless its element starts anew."""
        carriage = self._carriage
        off = carriage.late or carriage.doubled or carriage.mute
        return not off and carriage.counter_bits == 64

    def carried(
        self, frame: TelemetryFrame, interval: Millis, arrives: Millis
    ) -> Iterator[tuple[Millis, TelemetryFrame]]:
        """Yield when a frame arrives, and what of it; twice where it comes twice.

        Args:
            frame: As it was sent.
            interval: How often such a frame is sent.
            arrives: When it arrives if nothing is out of the usual.
        """
        carriage, tick = self._carriage, frame.measured_at // interval
        sent = self._counted(frame, interval)
        if carriage.mute:
            sent = self._without_mute(sent)
        name = f"{frame.table}/{interval}"
        if carriage.late and self._lot(f"late/{name}", tick) < carriage.late:
            stream = self._key.stream(f"telemetry/lateness/{name}/{tick}")
            arrives += carriage.lateness.draw(stream)
        yield arrives, sent
        if carriage.doubled and self._lot(f"doubled/{name}", tick) < carriage.doubled:
            yield arrives + 1 + int(self._lot(f"again/{name}", tick) * AGAIN), sent

    def _lot(self, what: str, tick: int) -> float:
        series = np.array([hash32(what)], dtype=np.uint32)
        return float(noise.uniform(self._key.word("telemetry/carriage"), series, tick)[0])

    # --- gaps in runs ---

    def _without_mute(self, frame: TelemetryFrame) -> TelemetryFrame:
        mute = self.mute(frame.measured_at)
        gone = [mute[self._reporter(frame.table, name)] for name in frame.kpis]
        return _less(frame, np.array(gone)) if mute.any() else frame

    def mute(self, at: Millis) -> Bools:
        """Return which elements say nothing at an instant, shape (n,); each in runs of its own."""
        run = self._carriage.run
        slots = (at + self._elements.astype(np.int64) % run) // run
        quiet = np.zeros(len(slots), dtype=bool)
        word = self._key.word("telemetry/mute")
        for slot in np.unique(slots).tolist():
            here = slots == slot
            quiet[here] = noise.uniform(word, self._elements[here], slot) < np.float32(
                self._carriage.mute
            )
        return quiet

    # --- counters ---

    def _counted(self, frame: TelemetryFrame, interval: Millis) -> TelemetryFrame:
        """Return a frame with gaps where counters do not tell a rate."""
        fresh = self._latest > frame.measured_at - interval
        if frame.table != "direction" or not (fresh or self._carriage.counter_bits == 32):
            return frame
        gone = np.zeros(frame.values.shape, dtype=bool)
        for line, name in enumerate(frame.kpis):
            if name not in _OF_OCTETS | _OF_PACKETS:
                continue
            started = self._started[self._reporter(frame.table, name)]
            gone[line] = (started > frame.measured_at - interval) & (started <= frame.measured_at)
            rate = np.repeat(self._network.capacity_bps, 2)
            most = rate / (OCTET if name in _OF_OCTETS else PACKET_BITS)
            gone[line] |= ambiguous(most, seconds(interval), self._carriage.counter_bits)
        return _less(frame, gone) if gone.any() else frame

    def _reporter(self, table: str, name: str) -> Ints:
        found = self._reporters.get((table, name))
        if found is None:
            row = next(row for row in KPIS if (row.table, row.name) == (table, name))
            found = self._reporters[table, name] = reporter_of(self._network, row)
        return found


def _less(frame: TelemetryFrame, gone: Bools) -> TelemetryFrame:
    """Return a frame with gaps at `gone`, shape (kpis, rows)."""
    values = frame.values.copy()
    values[gone] = np.nan
    values.flags.writeable = False
    return replace(frame, values=values)
