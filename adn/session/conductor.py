"""The conductor: carries post between the two clocks in time order; the world moves first.

Every road has a length above zero: commands take time in the network, and the collector answers a
question `ANSWER` later; so the ring cannot spin at one instant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from heapq import heappop, heappush
from itertools import chain
from operator import itemgetter
from typing import Final

from adn.base.clock import MINUTE, NEVER, SECOND, Millis, seconds
from adn.base.records import Record
from adn.closedloop.controller import Controller
from adn.northbound.collector import Collector
from adn.northbound.commands import Command, PlanNotice
from adn.northbound.post import Message, Observation, SeriesRequest, WatchList
from adn.northbound.telemetry import TelemetryFrame
from adn.session.crossing import asked, observed, ordered
from adn.session.log import Log
from adn.twin.measuring import rosters
from adn.twin.twin import Report, Twin

ANSWER: Final[Millis] = 500
"""How long the collector takes to answer a question (assumption)."""
_SHORT: Final[Millis] = 10 * SECOND
"""Shorter stretches are not worth a look ahead."""


class Conductor:
    """Runs a twin and a controller against each other.

    Args:
        twin: The world.
        controller: Whoever runs the network.
        log: Where both are written down.
        warmup: Until when the collector only learns.
        witness: Shown all frames as the collector gets them, one or several at a time, if given.
        coasting: Whether quiet stretches are gone through without asking everybody at each instant
            when they next have something to do; changes nothing but speed.
    """

    def __init__(
        self,
        twin: Twin,
        controller: Controller,
        log: Log,
        warmup: Millis,
        witness: Callable[[Sequence[TelemetryFrame]], None] | None = None,
        *,
        coasting: bool = True,
    ) -> None:
        self._witness, self._coasting = witness, coasting
        self._twin, self._controller, self._log = twin, controller, log
        self._rosters = rosters(twin.network, twin.world.intervals)
        self._collector, self._warmup = Collector(self._rosters, warmup), warmup
        self._answers: list[tuple[Millis, int, Observation]] = []
        self._asked = 0

    def run(self, until: Millis, progress: Callable[[Millis], None] | None = None) -> None:
        """Carry post until the end of the run."""
        for roster in self._rosters:
            self._controller.deliver(0, roster)
        self._send(0)
        now: Millis = 0
        while now <= until:
            seen: list[Observation] = []
            if self._coasting:
                now, seen = self._coast(until, progress)
            if not seen:
                now = self._next()
            if now > until:
                break
            delivered = self._bring(now, seen)
            if delivered or self._controller.next_event() <= now:
                self._send(now)
            if progress:
                progress(now)

    def _coast(
        self, until: Millis, progress: Callable[[Millis], None] | None
    ) -> tuple[Millis, list[Observation]]:
        """Go through a quiet stretch; return when it ended and what ended it, if anything.

        It is quiet while the world does nothing but its routine, the collector has nothing to pass
        on and neither it nor the controller anything due.
        """
        answer = self._answers[0][0] if self._answers else NEVER
        end = min(until + 1, answer, self._controller.next_event())
        told: Millis = 0
        while (found := self._by_train(end) or self._by_frame(end)) is not None:
            now, seen = found
            if seen:
                return now, seen
            if progress and now >= told + MINUTE:
                progress(now)
                told = now
        return 0, []

    def _by_train(self, end: Millis) -> tuple[Millis, list[Observation]] | None:
        """Go on by as many frames as are known and tell nothing; None if by none."""
        now = self._twin.clock.now
        if not self._collector.calm or end - now < _SHORT:
            return None
        trains = self._twin.trains(min(end, self._warmup) if now < self._warmup else end)
        found = self._collector.ingest_trains(trains) if trains else None
        if found is None:
            return None
        last, seen = found
        if self._witness:
            pairs = (zip(train.places, train.frames, strict=True) for train in trains)
            frames = sorted(chain.from_iterable(pairs), key=itemgetter(0))
            self._witness([frame for place, frame in frames if place <= last])
        self._twin.pass_by(last)
        return last[0], seen

    def _by_frame(self, end: Millis) -> tuple[Millis, list[Observation]] | None:
        """Go on to the next report; None if before `end` something else is due."""
        found = self._twin.coast(end)
        if found is None:
            return None
        now, reports = found
        return now, [one for report in reports for one in self._collected(now, report)]

    def _next(self) -> Millis:
        answer = self._answers[0][0] if self._answers else NEVER
        return min(self._twin.next_event(), answer, self._controller.next_event())

    def _bring(self, now: Millis, seen: list[Observation]) -> bool:
        """Deliver `seen`, and what else world and collector have for operations at `now`."""
        for report in self._twin.advance(now):
            seen += self._collected(now, report)
        while self._answers and self._answers[0][0] <= now:
            seen.append(heappop(self._answers)[2])
        for item in seen:
            record = observed(now, item)
            if record:
                self._log.public(record)
            self._controller.deliver(now, item)
        return bool(seen)

    def _collected(self, now: Millis, report: Report) -> list[Observation]:
        if isinstance(report, TelemetryFrame):
            if self._witness:
                self._witness([report])
            return self._collector.ingest(report, now)
        return [report]

    def _send(self, now: Millis) -> None:
        for message in self._controller.advance(now):
            self._carry(now, message)

    def _carry(self, now: Millis, message: Message) -> None:
        if isinstance(message, Command | PlanNotice):
            message = deepcopy(message)  # a map in a command may not be shared by both sides
        if isinstance(message, Record):
            self._log.public(message)
        elif isinstance(message, Command):
            self._log.public(ordered(now, message))
            self._twin.submit(now, message)
        elif isinstance(message, PlanNotice):
            self._twin.judge(now, message)
        elif isinstance(message, SeriesRequest):
            self._log.public(asked(now, message))
            self._asked += 1
            heappush(self._answers, (now + ANSWER, self._asked, self._collector.ask(message)))
        elif isinstance(message, WatchList):
            self._collector.watch(message)


def opening(level: str, duration: Millis, warmup: Millis) -> Record:
    """Return the first public record of a run."""
    data = {"level": level, "duration_s": seconds(duration), "warmup_s": seconds(warmup)}
    return Record(0, "run.started", "session", data=data)
