"""Reporting: when elements report, when it arrives, and how far ahead that is already known.

As long as the network performs steadily from minute to minute, all reports up to some instant are
known before they come, and so is when they arrive. Then they are handed over by the train, as far
ahead as whoever takes them in wants to go, and only then has the time in between passed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice, pairwise
from typing import Final

import numpy as np

from adn.base.clock import Millis, SimClock
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.northbound.telemetry import TelemetryFrame
from adn.northbound.train import Place, Train
from adn.twin.demand import STEP
from adn.twin.measuring import Measuring, Present
from adn.twin.routine import Routine, foreseen
from adn.twin.transporting import Transporting

_DRAWN: Final = 64
"""So many delays are drawn at once."""


class _Delays:
    """The delays of a block's frames in their order."""

    def __init__(self, timing: Timing, stream: np.random.Generator) -> None:
        self._timing, self._stream = timing, stream
        self._drawn: deque[Millis] = deque()

    def take(self) -> Millis:
        """Return the next."""
        self.coming(1)
        return self._drawn.popleft()

    def coming(self, count: int) -> list[Millis]:
        """Return the next few without taking them."""
        while len(self._drawn) < count:
            self._drawn.extend(self._timing.draws(self._stream, _DRAWN))
        return list(islice(self._drawn, count))

    def skip(self, count: int) -> None:
        """Take a few."""
        for _ in range(count):
            self._drawn.popleft()


class Reporting:
    """The reports of a network's elements on their way to the collector.

    Args:
        routine: What the twin does every so often.
        clock: The twin's clock.
        measuring: What elements report.
        transporting: What becomes of it underway.
        timing: How long a report takes to arrive.
        key: For how long each takes.
        arrived: Told of every frame when it arrives.
    """

    def __init__(
        self,
        routine: Routine,
        clock: SimClock,
        measuring: Measuring,
        transporting: Transporting,
        timing: Timing,
        key: Key,
        arrived: Callable[[TelemetryFrame], None],
    ) -> None:
        self._routine, self._clock, self._arrived = routine, clock, arrived
        self._measuring, self._transporting = measuring, transporting
        self._delays = [
            _Delays(timing, key.stream(f"telemetry/delay/{one.table}/{one.interval}"))
            for one in measuring.blocks
        ]
        self._numbers: list[int] = []
        self._underway: dict[int, tuple[Place, TelemetryFrame]] = {}
        self._names = [tuple(row.name for row in one.kpis) for one in measuring.blocks]
        # Only if a minute is made of whole intervals is each interval steady whose minute is.
        self._even = all(STEP % block.interval == 0 for block in measuring.blocks)

    def begin(self, report: Callable[[int], None]) -> None:
        """Let `report` be called each interval of each block."""
        for number, block in enumerate(self._measuring.blocks):
            self._numbers.append(
                self._routine.every(block.interval, partial(report, number), foreseen)
            )

    def send(self, number: int, frame: TelemetryFrame) -> None:
        """Send what has been measured of a block just now on its way."""
        now = self._clock.now
        arrives = now + self._delays[number].take()
        interval = self._measuring.blocks[number].interval
        for at, sent in self._transporting.carried(frame, interval, arrives):
            self._underway_at((at, now, number), sent)

    def _underway_at(self, place: Place, frame: TelemetryFrame) -> None:
        ticket = self._routine.once(place[0], lambda: self._arrive(ticket))
        self._underway[ticket] = (place, frame)

    def _arrive(self, ticket: int) -> None:
        self._arrived(self._underway.pop(ticket)[1])

    # --- by the train ---

    def trains(self, limit: Millis, step: Millis, presents: Sequence[Present]) -> list[Train]:
        """Return the frames of all blocks that arrive before `limit`, or before it is known what.

        Args:
            limit: From when on something else may happen.
            step: When traffic moves next.
            presents: How the network performs: now, from `step` on, and so on each minute.

        Returns:
            One train for each block of which any frame arrives; none if frames have to go one by
            one.
        """
        now, since = self._clock.now, self._measuring.present[0]
        limit = min(limit, step + STEP * (len(presents) - 1))
        if not self._even or not self._transporting.plain:
            return []
        first: list[Millis] = []
        known: list[int] = []
        for number, block in enumerate(self._measuring.blocks):
            every = block.interval
            begin = (now // every + 1) * every
            if begin - every < since:
                return []  # something has changed since the last report: that is averaged first
            last = step + STEP * (len(presents) - 1)
            each = [
                presents[max(0, -((step - at) // STEP))] for at in range(begin, last + 1, every)
            ]
            count = self._measuring.foresee(number, begin // every, each)
            if count < len(each):
                limit = min(limit, begin + count * every)
            first.append(begin)
            known.append(count)
        found = [
            self._train(number, begin, known[number], limit) for number, begin in enumerate(first)
        ]
        if any(train is None for train in found):
            return []
        return [train for train in found if train and train.frames]

    def _train(self, number: int, begin: Millis, known: int, limit: Millis) -> Train | None:
        """Return the train of a block, or None if its frames do not arrive in their order."""
        block = self._measuring.blocks[number]
        every = block.interval
        count = min(known, max(0, -((begin - limit) // every)))
        delays = self._delays[number].coming(count)
        places = [(begin + k * every + delays[k], begin + k * every, number) for k in range(count)]
        before = [one for one in self._underway.values() if one[0][2] == number]
        places = [place for place, _ in before] + places
        if any(one >= next_one for one, next_one in pairwise(places)):
            return None
        while places and places[-1][0] >= limit:
            places.pop()
        loose = [frame for _, frame in before]
        if all(self._measuring.holds(number, frame) for frame in loose):
            begin, count, loose = begin - len(loose) * every, count + len(loose), []
        frames, held = self._measuring.foreseen(number, begin // every, count)
        frames = (loose + frames)[: len(places)]
        held = held[: max(0, len(places) - len(loose))]
        return Train(block.table, self._names[number], places, frames, held)

    def pass_by(self, last: Place) -> None:
        """Let time go on to the arrival of the last frame of the trains that was taken in.

        Args:
            last: Its place.
        """
        until = last[0]
        done = {ticket for ticket, (place, _) in self._underway.items() if place <= last}
        due: dict[int, Millis] = {}
        sent: list[tuple[Place, TelemetryFrame]] = []
        now = self._clock.now
        for number, block in enumerate(self._measuring.blocks):
            every = block.interval
            begin = (now // every + 1) * every
            ticks = max(0, until // every - begin // every + 1)
            places = self._delays[number].coming(ticks)
            frames, _ = self._measuring.foreseen(number, begin // every, ticks)
            for k, (delay, frame) in enumerate(zip(places, frames, strict=True)):
                at = begin + k * every
                if (at + delay, at, number) > last:
                    sent.append(((at + delay, at, number), frame))
            self._delays[number].skip(ticks)
            due[self._numbers[number]] = begin + ticks * every
        for ticket in done:
            del self._underway[ticket]
        self._routine.pass_over(until, due, done)
        for place, frame in sorted(sent, key=lambda one: one[0][1:]):
            self._underway_at(place, frame)
