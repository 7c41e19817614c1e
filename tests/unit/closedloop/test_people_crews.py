"""Crews: so many at a time, sometimes for nothing, and what they did is all written down."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adn.base.clock import HOUR, MINUTE, Millis, SimClock
from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.journal import Journal
from adn.closedloop.people.actor import Reply, WorkItem
from adn.closedloop.people.crews import Crews
from adn.closedloop.people.modelled import MOST_VISITS, ModelledActor
from adn.closedloop.people.profile import FIELD, Skill, profile_of
from adn.northbound.commands import Command, CommandResult

ABOUT = IncidentSnapshot("INC-0001", Status.OPEN, 0, 0, "major")


@dataclass
class Yard:
    """Stands in for orders: every trip takes an hour."""

    clock: SimClock
    sent: list[tuple[Millis, str]] = field(default_factory=list)

    def carry_out(self, commands: Any) -> Generator[Any, Any, list[CommandResult | None]]:
        self.sent += [(self.clock.now, c.id) for c in commands]
        if commands:
            yield self.clock.sleep(HOUR)
        return [CommandResult(c.id, True, self.clock.now) for c in commands]


@dataclass
class Unlucky:
    """Sets out for ten minutes at a time, so often for nothing."""

    visits: int = 0

    def ask(self, item: WorkItem) -> Reply:
        return Reply("look" if item.looks < self.visits else "done", took=10 * MINUTE)


@dataclass
class Depot:
    """Crews on a clock, and what they wrote."""

    actor: Any
    count: int = 1
    end: Millis = 24 * HOUR

    def __post_init__(self) -> None:
        self.clock, self.outbox = SimClock(), list[Any]()
        self.yard = Yard(self.clock)
        journal = Journal(self.clock, self.outbox)
        self.crews = Crews(self.clock, self.yard, journal, self.count, self.actor, self.end)

    def send(self, *kinds: str) -> Any:
        commands = [
            Command(f"CMD-{number:04d}", kind, "duct:A~B" if "fibre" in kind else "A~B")
            for number, kind in enumerate(kinds, 1)
        ]
        return self.clock.process(self.crews.carry_out(commands, ABOUT))

    def run(self) -> None:
        while self.clock.next_event() <= self.end:
            self.clock.move_to(self.clock.next_event())
            self.clock.drain()

    def replied(self) -> list[Any]:
        return [record.data for record in self.outbox if record.kind == "work.replied"]


def test_a_crew_goes_out_when_one_is_free_and_answers_keep_their_order() -> None:
    depot = Depot(Unlucky())
    done = depot.send("splice-fibre", "reset-interface", "replace-transceiver")
    depot.run()
    assert depot.yard.sent == [(0, "CMD-0002"), (0, "CMD-0001"), (70 * MINUTE, "CMD-0003")]
    assert [answer.command for answer in done.value] == ["CMD-0001", "CMD-0002", "CMD-0003"]
    assert [row["waited_s"] for row in depot.replied()] == [0.0, 3600.0]
    assert [row["took_s"] for row in depot.replied()] == [3600.0, 4200.0]
    assert {row["role"] for row in depot.replied()} == {"field"}


def test_nothing_is_added_to_a_published_time_to_repair() -> None:
    """What vendors publish runs from the report to the mended fibre."""
    depot = Depot(Unlucky(visits=2))
    depot.send("splice-fibre")
    depot.run()
    assert depot.yard.sent == [(0, "CMD-0001")]
    assert depot.replied()[0]["replies"] == []


def test_a_crew_that_finds_nothing_sets_out_again_and_only_then_is_the_work_done() -> None:
    depot = Depot(Unlucky(visits=2))
    depot.send("replace-transceiver")
    depot.run()
    assert depot.yard.sent == [(30 * MINUTE, "CMD-0001")]
    (row,) = depot.replied()
    assert row["took_s"] == 90 * 60
    assert [reply[0] for reply in row["replies"]] == ["look", "look", "done"]


def test_who_is_out_when_the_run_ends_and_what_nobody_has_gone_to_is_written_down() -> None:
    depot = Depot(Unlucky(), end=30 * MINUTE)
    depot.send("replace-transceiver", "replace-transceiver")
    depot.run()
    said = [(row["verdict"], row["took_s"], row["waited_s"]) for row in depot.replied()]
    assert said == [("outstanding", 1800.0, 0.0), ("outstanding", 0.0, 1800.0)]


def test_a_depot_without_work_does_not_wake_the_clock() -> None:
    from adn.base.clock import NEVER

    assert Depot(Unlucky()).clock.next_event() == NEVER


def item(attempt: int = 0, looks: int = 0, incident: str = "INC-0001") -> WorkItem:
    about = replace(ABOUT, id=incident)
    sees = {"command": ["replace-card", "leaf-1/card-2"]}
    return WorkItem("FLD-1", "K", "field", "", 0, about, None, (), sees, looks, attempt)


def actor(fruitless: float, seed: int = 3) -> ModelledActor:
    skill = Skill({}, {}, 0.0, "test", fruitless)
    profile = replace(profile_of("noc-default"), skills={FIELD: skill})
    return ModelledActor(profile, MINUTE, Key.root(seed))


def test_what_a_crew_meets_hangs_on_what_is_to_be_mended_not_on_who_found_it() -> None:
    """The same fault is driven to with the same luck at every level."""
    crew = actor(0.5)
    assert crew.ask(item()) == crew.ask(item(incident="INC-0009"))
    assert len({crew.ask(item(attempt)).took for attempt in range(5)}) == 5


def test_a_crew_gives_up_finding_nothing_after_three_visits() -> None:
    crew = actor(1.0)
    verdicts = [crew.ask(item(looks=looks)).verdict for looks in range(MOST_VISITS + 1)]
    assert verdicts == ["look"] * MOST_VISITS + ["done"]


def test_one_first_visit_in_five_ends_nothing() -> None:
    crews = (ModelledActor(profile_of("noc-default"), MINUTE, Key.root(n)) for n in range(600))
    again = sum(crew.ask(item()).verdict == "look" for crew in crews)
    assert again / 600 == pytest.approx(0.2, abs=0.05)
