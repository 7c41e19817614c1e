"""Desks serve the severe before the mild and the old before the young, and nobody twice."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND, Millis, SimClock
from adn.base.errors import AdnError
from adn.base.levels import Task
from adn.base.records import Record
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.journal import Journal
from adn.closedloop.people.actor import RecordedReply, Reply, WorkItem
from adn.closedloop.people.desks import Desks, Request
from adn.closedloop.people.replayed import ReplayedActor
from adn.closedloop.people.rota import Rota


@dataclass
class Slow:
    """Takes ten minutes over everything, and remembers what lay before them."""

    took: Millis = 10 * MINUTE
    looks: int = 0
    seen: list[WorkItem] = field(default_factory=list)

    def ask(self, item: WorkItem) -> Reply:
        self.seen.append(item)
        if item.looks < self.looks:
            return Reply("look", {"probes": [["otdr", "A~B"]]}, self.took)
        return Reply("done", {"n": len(self.seen)}, self.took)


@dataclass
class Office:
    """Desks on a clock, and what they wrote."""

    actor: Any
    staff: dict[str, int] = field(default_factory=lambda: {"back-office": 1, "expert": 1})
    end: Millis = 600 * MINUTE
    outbox: list[Any] = field(default_factory=list)
    answers: list[tuple[Millis, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SimClock()
        self.journal = Journal(self.clock, self.outbox)
        self.desks = Desks(self.clock, self.journal, self.actor, Rota(self.staff), self.end)

    def hand(self, at: Millis, incident: IncidentSnapshot | None, **more: Any) -> Any:
        request = Request(
            more.pop("task", Task.ROOT_CAUSE),
            more.pop("role", "back-office"),
            None if incident is None else lambda: incident,
            **more,
        )

        def wait() -> Generator[Any, Any, None]:
            yield self.clock.sleep(at)
            _, work = yield from self.desks.ask(request)
            self.answers.append((self.clock.now, incident.id if incident else work))

        return self.clock.process(wait())

    def run(self, until: Millis) -> None:
        while self.clock.next_event() <= until:
            self.clock.move_to(self.clock.next_event())
            self.clock.drain()
        self.clock.move_to(until)

    def replies(self) -> list[Record]:
        return [r for r in self.outbox if r.kind == "work.replied"]


def about(number: int, severity: str = "major", opened: Millis = 0) -> IncidentSnapshot:
    return IncidentSnapshot(f"INC-{number:04d}", Status.OPEN, opened, opened, severity)


def test_the_more_severe_and_then_the_older_is_served_first() -> None:
    office = Office(Slow())
    office.hand(0, about(1))
    office.hand(1, about(2, "minor", 5))
    office.hand(2, about(3, "major", 9))
    office.hand(3, about(4, "major", 4))
    office.hand(4, about(5, "critical", 30))
    office.run(60 * MINUTE)
    order = [name for _, name in office.answers]
    assert order == ["INC-0001", "INC-0005", "INC-0004", "INC-0003", "INC-0002"]


def test_within_one_priority_it_is_first_come_first_served() -> None:
    office = Office(Slow())
    for number in range(5):
        office.hand(number, about(number, "major", 0))
    office.run(60 * MINUTE)
    assert [name for _, name in office.answers] == [f"INC-{n:04d}" for n in range(5)]


def test_two_people_work_at_once_and_the_third_piece_waits() -> None:
    office = Office(Slow(), {"back-office": 2})
    for number in range(3):
        office.hand(0, about(number))
    office.run(60 * MINUTE)
    assert [r.data["waited_s"] for r in office.replies()] == [0.0, 0.0, 600.0]
    assert [r.data["took_s"] for r in office.replies()] == [600.0] * 3
    assert [r.data["person"] for r in office.replies()] == [
        "back-office-1",
        "back-office-2",
        "back-office-1",
    ]
    assert {r.by for r in office.replies()} == {"human"}


def test_who_takes_over_from_another_desk_is_told_so() -> None:
    slow = Slow()
    office = Office(slow)
    office.hand(0, about(1))
    office.hand(20 * MINUTE, about(1), role="expert")
    office.hand(40 * MINUTE, about(1), role="expert")
    office.run(60 * MINUTE)
    assert [item.sees["from"] for item in slow.seen] == ["", "back-office", ""]
    assert [item.attempt for item in slow.seen] == [0, 1, 2]


def test_a_look_keeps_the_work_and_is_answered_with_what_is_known_then() -> None:
    office = Office(Slow(took=MINUTE, looks=2))
    probed: list[tuple[Millis, Any]] = []

    def probe(wanted: Any) -> Generator[Any, Any, None]:
        yield office.clock.sleep(30 * SECOND)
        probed.append((office.clock.now, wanted))

    office.hand(0, about(1), probe=probe, present=lambda item: ((), {"at": item.now}))
    office.run(60 * MINUTE)
    assert probed == [(90 * SECOND, [("otdr", "A~B")]), (180 * SECOND, [("otdr", "A~B")])]
    assert [item.sees["at"] for item in office.actor.seen] == [0, 90 * SECOND, 180 * SECOND]
    (reply,) = office.replies()
    assert reply.data["took_s"] == 240.0
    assert [row[0] for row in reply.data["replies"]] == ["look", "look", "done"]


def test_whoever_is_called_off_leaves_the_desk_and_the_time_is_written_down() -> None:
    office = Office(Slow())
    first = office.hand(0, about(1))
    second = office.hand(1, about(2))

    def interrupting() -> Generator[Any, Any, None]:
        yield office.clock.sleep(4 * MINUTE)
        second.interrupt()
        first.interrupt()

    office.clock.process(interrupting())
    first.callbacks.append(lambda event: setattr(event, "defused", True))
    second.callbacks.append(lambda event: setattr(event, "defused", True))
    office.hand(5 * MINUTE, about(3))
    office.run(60 * MINUTE)
    said = {r.ref["incident"]: r.data for r in office.replies()}
    assert said["INC-0001"]["verdict"] == said["INC-0002"]["verdict"] == "withdrawn"
    assert (said["INC-0001"]["took_s"], said["INC-0002"]["took_s"]) == (240.0, 0.0)
    assert said["INC-0003"]["waited_s"] == 0.0


def test_what_is_outstanding_at_the_end_is_written_down_with_all_it_would_have_taken() -> None:
    """Both what somebody is at and what nobody has come to; what comes at the end is not begun."""
    office = Office(Slow(), end=5 * MINUTE)
    office.hand(0, about(1))
    office.hand(MINUTE, about(2))
    office.hand(5 * MINUTE, about(3))
    office.run(5 * MINUTE)
    said = {r.ref["incident"]: r.data for r in office.replies()}
    assert sorted(said) == ["INC-0001", "INC-0002"]
    assert {row["verdict"] for row in said.values()} == {"outstanding"}
    assert [said[n]["took_s"] for n in sorted(said)] == [600.0, 600.0]
    assert [said[n]["waited_s"] for n in sorted(said)] == [0.0, 240.0]


def test_a_clock_without_work_is_not_woken_at_the_end() -> None:
    from adn.base.clock import NEVER

    assert Office(Slow()).clock.next_event() == NEVER


def test_a_recording_answers_as_it_was_answered_and_then_no_more() -> None:
    office = Office(Slow(took=MINUTE, looks=1))
    office.hand(0, about(1), present=lambda item: ((), {}))
    office.run(60 * MINUTE)
    (reply,) = office.replies()
    recorded = [RecordedReply("WRK-0001", *row) for row in reply.data["replies"]]
    again = Office(ReplayedActor(recorded))
    again.hand(0, about(1), present=lambda item: ((), {}))
    again.run(60 * MINUTE)
    assert again.replies() == office.replies()
    again.hand(0, about(2))
    with pytest.raises(AdnError, match="PPL003 the recording has no answer left to WRK-0002"):
        again.run(120 * MINUTE)
