"""Sequencing: frames in the order in which they were measured, however they arrive.

Who arrives in turn is passed on at once. Who is ahead of turn waits for what is missing, at most
`WINDOW`; who comes after its turn was given up, or a second time, is dropped and counted. In good
order nothing waits and nothing is dropped.
"""

from __future__ import annotations

from typing import Final

from adn.base.clock import SECOND, Millis
from adn.northbound.telemetry import TelemetryFrame

WINDOW: Final[Millis] = 15 * SECOND
"""How long a frame that is ahead waits for those before it (assumption: one and a half intervals
of streaming telemetry)."""

_REMEMBERED: Final = 1000
"""So many frames that never came are remembered, to tell one that comes after all from a double."""


class Sequencing:
    """The frames of one block of KPIs on their way into the statistics.

    Args:
        interval: How often one is due, simulated ms.

    Attributes:
        reordered: Frames that came too early and were put in their place.
        late: Frames that came after they had been given up.
        doubled: Frames that came again.
        waiting: Whether any frame waits for another.
    """

    def __init__(self, interval: Millis) -> None:
        self._interval = interval
        self._last: Millis | None = None
        self._missing: set[Millis] = set()
        self._held: dict[Millis, tuple[Millis, TelemetryFrame]] = {}
        self.reordered = self.late = self.doubled = 0

    @property
    def waiting(self) -> bool:
        """Whether any frame waits for another."""
        return bool(self._held)

    def push(self, frame: TelemetryFrame, now: Millis) -> list[TelemetryFrame]:
        """Take in one frame; return those whose turn it is, in order."""
        at = frame.measured_at
        if not self._held and (self._last is None or at == self._last + self._interval):
            self._last = at
            return [frame]
        if at in self._held or (self._last is not None and at <= self._last):
            if at in self._missing:
                self._missing.discard(at)
                self.late += 1
            else:
                self.doubled += 1
            return self.due(now)
        self._held[at] = (now, frame)
        return self.due(now)

    def next_in_turn(self, at: Millis) -> bool:
        """Whether the frame of `at` is the one whose turn is next, and nobody waits."""
        return not self._held and (self._last is None or at == self._last + self._interval)

    def pass_on(self, at: Millis) -> None:
        """Take it that all frames up to that of `at` came in turn."""
        self._last = at

    def due(self, now: Millis) -> list[TelemetryFrame]:
        """Return the frames whose turn it is by now, or who have waited long enough, in order."""
        ready: list[TelemetryFrame] = []
        for at in sorted(self._held):
            arrived, frame = self._held[at]
            turn = self._last is None or at == self._last + self._interval
            if not turn and now < arrived + WINDOW:
                break
            self._give_up(at)
            self.reordered += turn and arrived < now
            ready.append(frame)
            del self._held[at]
            self._last = at
        return ready

    def _give_up(self, at: Millis) -> None:
        """Wait no longer for what was due between the last frame passed on and that of `at`."""
        if self._last is not None:
            self._missing.update(range(self._last + self._interval, at, self._interval))
            if len(self._missing) > _REMEMBERED:
                self._missing = set(sorted(self._missing)[-_REMEMBERED:])
