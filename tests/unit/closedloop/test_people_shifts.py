"""Whoever is taken off work, or goes home, leaves it as far as it is, and nothing of it is lost.

And desks are the queues that theory knows: their waiting is Erlang's, more people never lengthen
it, and what is critical waits least.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import DAY, HOUR, MINUTE, SECOND, Millis, SimClock
from adn.base.levels import Task
from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.journal import Journal
from adn.closedloop.people.actor import RecordedReply, Reply, WorkItem
from adn.closedloop.people.desks import Desks, Request
from adn.closedloop.people.replayed import ReplayedActor
from adn.closedloop.people.roster import Shift
from adn.closedloop.people.rota import Rota

BACK = 2 * MINUTE
"""So long it takes to come back to work that was laid down."""
SEVERITIES = ("critical", "major", "minor", "warning")


@dataclass
class Steady:
    """Takes as long as the incident's number of minutes, or as is said for it."""

    takes: dict[str, Millis] = field(default_factory=dict)
    asked: list[WorkItem] = field(default_factory=list)

    def ask(self, item: WorkItem) -> Reply:
        self.asked.append(item)
        if item.resumes:
            return Reply("look", took=BACK)
        assert item.incident is not None
        return Reply("done", took=self.takes.get(item.incident.id, 10 * MINUTE))


@dataclass
class Floor:
    """One desk on a clock, and what was written of it."""

    actor: Any = field(default_factory=Steady)
    people: int = 1
    shifts: tuple[Shift, ...] = ()
    interrupts: bool = False
    end: Millis = 7 * DAY

    def __post_init__(self) -> None:
        self.clock, self.outbox = SimClock(), list[Any]()
        self.desks = Desks(
            self.clock,
            Journal(self.clock, self.outbox),
            self.actor,
            Rota({"expert": self.people}, self.shifts),
            self.end,
            interrupts=self.interrupts,
        )

    def hand(self, at: Millis, name: str, severity: str = "major", probe: Any = None) -> Any:
        about = IncidentSnapshot(name, Status.OPEN, at, at, severity)
        request = Request(Task.ROOT_CAUSE, "expert", lambda: about, probe=probe)

        def wait() -> Generator[Any, Any, None]:
            yield self.clock.sleep(at)
            yield from self.desks.ask(request)

        return self.clock.process(wait())

    def lived(self, until: Millis | None = None) -> dict[str, dict[str, Any]]:
        """Return what was written of each incident's work, and when it was answered."""
        until = self.end if until is None else until
        while self.clock.next_event() <= until:
            self.clock.move_to(self.clock.next_event())
            self.clock.drain()
        replies = [r for r in self.outbox if r.kind == "work.replied"]
        return {r.ref["incident"]: {**r.data, "at": r.at / SECOND} for r in replies}


def named(*spells: tuple[float, float, str]) -> list[list[Any]]:
    return [[begin * 60, end * 60, who] for begin, end, who in spells]


def test_critical_work_takes_a_person_off_and_they_come_back_to_what_they_were_at() -> None:
    floor = Floor(interrupts=True)
    floor.hand(0, "minor", "minor")
    floor.hand(4 * MINUTE, "critical", "critical")
    said = floor.lived()
    assert (said["critical"]["waited_s"], said["critical"]["at"]) == (0.0, 840.0)
    assert "spells" not in said["critical"]
    assert said["minor"]["spells"] == named((0, 4, "expert-1"), (14, 22, "expert-1"))
    assert said["minor"]["took_s"] == (10 + 2) * 60
    assert said["minor"]["waited_s"] == 10 * 60
    assert (said["minor"]["interruptions"], said["minor"]["handovers"]) == (1, 0)


def test_without_the_option_critical_work_waits_for_whoever_is_next_free() -> None:
    floor = Floor()
    floor.hand(0, "minor", "minor")
    floor.hand(4 * MINUTE, "critical", "critical")
    assert floor.lived()["critical"]["waited_s"] == 360.0


def test_only_what_is_less_urgent_is_interrupted_and_the_least_urgent_of_it() -> None:
    floor = Floor(people=3, interrupts=True)
    for number, severity in enumerate(("critical", "minor", "major")):
        floor.hand(number, severity, severity)
    floor.hand(MINUTE, "also critical", "critical")
    said = floor.lived()
    assert [name for name, row in said.items() if "spells" in row] == ["minor"]
    only = Floor(interrupts=True)
    only.hand(0, "first", "critical")
    only.hand(1, "second", "critical")
    assert only.lived()["second"]["waited_s"] == 599.999


def test_coming_back_never_costs_more_than_beginning_anew() -> None:
    floor = Floor(interrupts=True)
    floor.hand(0, "minor", "minor")
    floor.hand(MINUTE, "critical", "critical")
    assert floor.lived()["minor"]["took_s"] == (10 + 1) * 60


def test_who_waits_for_a_measurement_is_interrupted_when_it_is_there() -> None:
    class Probing(Steady):
        def ask(self, item: WorkItem) -> Reply:
            if item.incident and item.incident.id == "minor" and not item.looks + item.laid_down:
                return Reply("look", {"probes": [["otdr", "A~B"]]}, MINUTE)
            return super().ask(item)

    floor = Floor(Probing(), interrupts=True)
    floor.hand(0, "minor", "minor", probe=lambda _wanted: iter([floor.clock.sleep(5 * MINUTE)]))
    floor.hand(3 * MINUTE, "critical", "critical")
    said = floor.lived()
    assert said["critical"]["waited_s"] == 180.0
    assert said["minor"]["spells"] == named((0, 6, "expert-1"), (16, 28, "expert-1"))


# --- shifts ---

NIGHT = Shift(22 * HOUR, 6 * HOUR, {"expert": 1})


def test_at_the_change_of_shift_work_in_hand_goes_to_the_next_person() -> None:
    floor = Floor(shifts=(NIGHT,))
    floor.hand(22 * HOUR - 4 * MINUTE, "late")
    said = floor.lived()["late"]
    end = 22 * 60.0
    assert said["spells"] == named(
        (end - 4, end, "expert-1@06:00"), (end, end + 6 + 2, "expert-1@22:00")
    )
    assert (said["interruptions"], said["handovers"], said["waited_s"]) == (0, 1, 0.0)
    last = floor.actor.asked[-1]
    assert (last.resumes, last.hands, last.person) == (
        "shift",
        ("expert-1@06:00",),
        "expert-1@22:00",
    )


def test_who_takes_over_knows_through_how_many_hands_it_went() -> None:
    """And who only comes back to it after an interruption took it over from nobody."""
    floor = Floor(Steady({"long": 10 * HOUR}), shifts=(NIGHT,), interrupts=True)
    floor.hand(21 * HOUR, "long", "minor")
    floor.hand(23 * HOUR, "critical", "critical")
    said = floor.lived()["long"]
    assert (said["interruptions"], said["handovers"]) == (1, 2)
    asked = [item for item in floor.actor.asked if item.incident and item.incident.id == "long"]
    first, night = ("expert-1@06:00",), ("expert-1@06:00", "expert-1@22:00")
    assert [item.hands for item in asked] == [(), first, first, night]
    assert [item.resumes for item in asked] == ["", "shift", "interruption", "shift"]
    assert [item.laid_down for item in asked] == [0, 1, 2, 3]


def test_the_most_urgent_work_is_taken_over_first_and_the_rest_waits_for_the_few() -> None:
    floor = Floor(people=2, shifts=(NIGHT,))
    before = 22 * HOUR - 4 * MINUTE
    floor.hand(before, "minor", "minor")
    floor.hand(before, "major", "major")
    floor.hand(before + MINUTE, "critical", "critical")
    said = floor.lived()
    answered = sorted(said, key=lambda name: said[name]["at"])
    assert answered == ["critical", "major", "minor"]
    assert said["minor"]["waited_s"] == (10 + 8) * 60


def test_where_nobody_is_there_at_night_work_waits_for_the_morning() -> None:
    floor = Floor(shifts=(Shift(22 * HOUR, 6 * HOUR, {"expert": 0}),))
    floor.hand(23 * HOUR, "night")
    said = floor.lived()["night"]
    assert (said["person"], said["waited_s"]) == ("expert-1@06:00", 7 * 3600.0)


def test_what_was_interrupted_when_the_shift_ends_is_anybody_s() -> None:
    floor = Floor(shifts=(NIGHT,), interrupts=True)
    floor.hand(22 * HOUR - 10 * MINUTE, "minor", "minor")
    floor.hand(22 * HOUR - 5 * MINUTE, "critical", "critical")
    said = floor.lived()
    end = 22 * 60.0
    assert said["critical"]["spells"][-1] == [end * 60, (end + 7) * 60, "expert-1@22:00"]
    assert said["minor"]["spells"][-1] == [(end + 7) * 60, (end + 14) * 60, "expert-1@22:00"]
    assert said["minor"]["interruptions"] == 1


def test_what_is_laid_down_when_the_run_ends_counts_with_what_is_left_of_it() -> None:
    floor = Floor(interrupts=True, end=6 * MINUTE)
    floor.hand(0, "minor", "minor")
    floor.hand(4 * MINUTE, "critical", "critical")
    said = floor.lived()
    assert {row["verdict"] for row in said.values()} == {"outstanding"}
    assert (said["minor"]["took_s"], said["minor"]["waited_s"]) == (600.0, 120.0)
    assert said["critical"]["took_s"] == 600.0


def test_who_is_called_off_what_they_laid_down_leaves_it() -> None:
    floor = Floor(interrupts=True)
    waiting = floor.hand(0, "minor", "minor")
    waiting.callbacks.append(lambda event: setattr(event, "defused", True))
    floor.hand(4 * MINUTE, "critical", "critical")
    floor.clock.call_at(6 * MINUTE, waiting.interrupt)
    floor.hand(20 * MINUTE, "next")
    said = floor.lived()
    assert (said["minor"]["verdict"], said["minor"]["took_s"]) == ("withdrawn", 240.0)
    assert said["next"]["waited_s"] == 0.0


Works = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(1, 40),
        st.sampled_from(SEVERITIES),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(Works, st.integers(1, 3), st.booleans(), st.booleans())
def test_work_is_conserved(
    works: list[tuple[int, int, str]], people: int, interrupts: bool, shifts: bool
) -> None:
    """All of it is answered; at it, people spend what it takes and what coming back costs."""
    takes = {f"INC-{n}": took * MINUTE for n, (_, took, _) in enumerate(works)}
    short = tuple(Shift(h * HOUR // 2, (h + 1) * HOUR // 2, {"expert": people}) for h in range(4))
    floor = Floor(Steady(takes), people, short if shifts else (), interrupts)
    for number, (at, _, severity) in enumerate(works):
        floor.hand(at * MINUTE, f"INC-{number}", severity)
    said = floor.lived()
    assert set(said) == set(takes)
    spells: list[tuple[float, float, str]] = []
    for number, (at, took, _) in enumerate(works):
        row = said[f"INC-{number}"]
        down = row.get("interruptions", 0) + row.get("handovers", 0)
        assert took * 60 <= row["took_s"] <= took * 60 + down * BACK / SECOND
        assert row["at"] == at * 60 + row["waited_s"] + row["took_s"]
        begun = row["at"] - row["took_s"]
        mine = row.get("spells", [[begun, row["at"], row["person"]]])
        assert sum(end - begin for begin, end, _ in mine) == row["took_s"]
        spells += [tuple(spell) for spell in mine]
        assert [name for name, one in said.items() if one["verdict"] != "done"] == []
    for who in {person for *_, person in spells}:
        own = sorted((begin, end) for begin, end, person in spells if person == who)
        assert all(a[1] <= b[0] for a, b in pairwise(own)), who
    recorded = [
        RecordedReply(r.id, *row)
        for r in floor.outbox
        if r.kind == "work.replied"
        for row in r.data["replies"]
    ]
    again = Floor(ReplayedActor(recorded), people, short if shifts else (), interrupts)
    for number, (at, _, severity) in enumerate(works):
        again.hand(at * MINUTE, f"INC-{number}", severity)
    assert again.lived() == said


# --- theory ---


def offered(
    seed: int, count: int, load: float, people: int, mix: Sequence[str] = ("major",)
) -> tuple[dict[str, Millis], list[tuple[Millis, str, str]]]:
    """Return service times and arrivals of a queue with exponential times, mean 10 min."""
    stream = Key.root(seed).stream("queue")
    takes = np.ceil(stream.exponential(10 * MINUTE, count)).astype(int)
    gaps = stream.exponential(10 * MINUTE / (load * people), count)
    at = np.cumsum(gaps).astype(int)
    severities = stream.integers(0, len(mix), count)
    names = [f"INC-{n:05d}" for n in range(count)]
    arrivals = [(int(t), n, mix[s]) for t, n, s in zip(at, names, severities, strict=True)]
    return dict(zip(names, takes.tolist(), strict=True)), arrivals


def waits(
    queue: tuple[dict[str, Millis], list[tuple[Millis, str, str]]],
    people: int,
    *,
    interrupts: bool = False,
) -> dict[str, list[float]]:
    """Return how long work waited, minutes, by severity, the first tenth left out."""
    takes, arrivals = queue
    floor = Floor(Steady(takes), people, interrupts=interrupts, end=10_000 * DAY)
    for at, name, severity in arrivals:
        floor.hand(at, name, severity)
    said = floor.lived(arrivals[-1][0] + 30 * DAY)
    found: dict[str, list[float]] = {}
    for _, name, severity in arrivals[len(arrivals) // 10 :]:
        found.setdefault(severity, []).append(said[name]["waited_s"] / 60)
    return found


def erlang_c(people: int, load: float, mean: float) -> float:
    """Return the mean waiting time of M/M/c: C(c, a) / (c - a) times the mean service time."""
    a = people * load
    last = a**people / math.factorial(people) / (1 - load)
    waiting = last / (sum(a**k / math.factorial(k) for k in range(people)) + last)
    return waiting * mean / (people - a)


@pytest.mark.parametrize(("people", "load"), [(1, 0.6), (2, 0.7), (4, 0.8)])
def test_waiting_at_a_desk_is_that_of_erlang(people: int, load: float) -> None:
    """Within three standard errors of ten runs; and that is tight enough to tell desks apart."""
    means = [
        float(np.mean(waits(offered(seed, 700, load, people), people)["major"]))
        for seed in range(10)
    ]
    error = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    expected = erlang_c(people, load, 10.0)
    assert abs(np.mean(means) - expected) < 3 * error
    assert 3 * error < 0.6 * expected


def test_more_people_never_lengthen_the_wait() -> None:
    """The same work, seed by seed."""
    for seed in range(5):
        queue = offered(seed, 200, 0.9, 2, SEVERITIES)
        means = [
            float(np.mean([w for row in waits(queue, people).values() for w in row]))
            for people in (2, 3, 4)
        ]
        assert means == sorted(means, reverse=True)
        assert means[0] > means[-1]


@pytest.mark.parametrize("interrupts", [False, True])
def test_the_more_severe_waits_less_on_average(interrupts: bool) -> None:
    found: dict[str, list[float]] = {}
    for seed in range(4):
        queue = offered(seed, 400, 0.85, 2, SEVERITIES)
        for severity, row in waits(queue, 2, interrupts=interrupts).items():
            found.setdefault(severity, []).extend(row)
    means = [float(np.mean(found[severity])) for severity in SEVERITIES]
    assert means == sorted(means)
    assert means[0] < means[-1] / 3


def test_interruptions_shorten_the_wait_of_what_is_critical() -> None:
    queue = offered(1, 400, 0.85, 2, SEVERITIES)
    waited = [np.mean(waits(queue, 2, interrupts=flag)["critical"]) for flag in (False, True)]
    assert waited[1] < waited[0] / 2
