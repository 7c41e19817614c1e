"""The conductor: carries post between the two clocks in time order; the world moves first.

Every road has a length above zero: commands take time in the network, and the collector answers a
question `ANSWER` later; so the ring cannot spin at one instant.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from heapq import heappop, heappush
from typing import Final

from adn.base.clock import NEVER, Millis, seconds
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


class Conductor:
    """Runs a twin and a controller against each other.

    Args:
        twin: The world.
        controller: Whoever runs the network.
        log: Where both are written down.
        warmup: Until when the collector only learns.
        witness: Shown every frame as the collector gets it, if given.
    """

    def __init__(
        self,
        twin: Twin,
        controller: Controller,
        log: Log,
        warmup: Millis,
        witness: Callable[[TelemetryFrame], None] | None = None,
    ) -> None:
        self._witness = witness
        self._twin, self._controller, self._log = twin, controller, log
        self._rosters = rosters(twin.network)
        self._collector = Collector(self._rosters, warmup)
        self._answers: list[tuple[Millis, int, Observation]] = []
        self._asked = 0

    def run(self, until: Millis, progress: Callable[[Millis], None] | None = None) -> None:
        """Carry post until the end of the run."""
        for roster in self._rosters:
            self._controller.deliver(0, roster)
        self._send(0)
        while (now := self._next()) <= until:
            delivered = self._bring(now)
            if delivered or self._controller.next_event() <= now:
                self._send(now)
            if progress:
                progress(now)

    def _next(self) -> Millis:
        answer = self._answers[0][0] if self._answers else NEVER
        return min(self._twin.next_event(), answer, self._controller.next_event())

    def _bring(self, now: Millis) -> bool:
        """Deliver what the world and the collector have for operations at `now`."""
        seen: list[Observation] = []
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
                self._witness(report)
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
