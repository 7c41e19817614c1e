"""Profiles are data that name their sources, and what they add up to is what is published."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adn.base.clock import DAY, HOUR, MINUTE, SECOND
from adn.base.errors import AdnError
from adn.base.sampling import ASSUMPTION
from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.people.actor import WorkItem
from adn.closedloop.people.modelled import ModelledActor
from adn.closedloop.people.profile import ROLES, SIGNS, known_profiles, profile_of
from adn.closedloop.people.reading import read_profile
from adn.closedloop.people.roster import OperationsPlan, Shift
from adn.closedloop.people.rota import Rota, Tiredness, tiredness_of
from adn.northbound.wire import from_json, to_json

HEAD = "difficulty: {sigma: 0.5, source: assumption}\n"
SKILL = (
    "skills:\n  - {role: expert, overlooks: {alarm: 0, departure: 0, ticket: 0, probe: 0}, "
    "misreads: {alarm: 0, departure: 0, ticket: 0, probe: 0}, slips: 0, source: assumption}\n"
)
ROW = "  - {role: expert, task: H, when: alone, dist: lognormal, median: 9, sigma: 1, unit: min"

# From the sign to restored: (role, task, with a suggestion), handovers where the desk changes, and
# what machines do meanwhile: settling, probing, the ticks before a plan, commands.
MACHINES = 57 * SECOND
L1 = [
    ("front-office", "E", False),
    ("front-office", "D", True),
    ("front-office", "G", False),
    ("back-office", "H", False),
    ("back-office", "I", False),
    ("duty-lead", "J", False),
    ("back-office", "K", True),
]
L2 = [
    ("front-office", "E", True),
    ("front-office", "D", True),
    ("front-office", "G", True),
    ("back-office", "H", False),
    ("back-office", "I", False),
    ("duty-lead", "J", False),
]


def composed(stages: list[tuple[str, str, bool]], count: int, poll: int = 0) -> np.ndarray:
    """Return minutes from onset to restored of many incidents, each with its own difficulty."""
    actor = ModelledActor(profile_of("noc-default"), 5 * MINUTE, Key.root(11))
    waits = Key.root(12).stream("poll")
    found = []
    for number in range(count):
        name = f"INC-{number:04d}"
        incident = IncidentSnapshot(name, Status.OPEN, 0, 0, "major")
        total, desk = MACHINES + int(waits.uniform(0, poll)) if poll else MACHINES, "front-office"
        for role, task, suggested in stages:
            sees = {"from": desk if role != desk else ""}
            said = {} if suggested else None
            item = WorkItem("WRK-1", task, role, role, 0, incident, said, (), sees)
            total += actor.takes(item)
            desk = role
        found.append(total / MINUTE)
    return np.array(found)


def test_modelled_people_reproduce_the_published_ten_to_a_hundred_minutes() -> None:
    """Govindan et al. 2016: 80 % last 10-100 min; log-normal, median 31.6 min, sigma 0.90."""
    minutes = composed(L2, 1500)
    assert np.median(minutes) == pytest.approx(31.6, rel=0.10)
    assert np.log(minutes).std() == pytest.approx(0.90, abs=0.08)
    assert np.mean((minutes >= 10) & (minutes <= 100)) == pytest.approx(0.80, abs=0.05)


def test_who_polls_is_slower_to_begin_with_but_no_slower_in_the_end() -> None:
    """At L1 the wait for the next look stands in for the page; the band is the same."""
    minutes = composed(L1, 1500, poll=15 * MINUTE)
    assert np.median(minutes) == pytest.approx(31.6, rel=0.25)
    assert 0.75 <= np.mean((minutes >= 10) & (minutes <= 100)) <= 0.92


def test_a_page_is_acknowledged_in_the_published_median() -> None:
    row = profile_of("noc-default").timing("front-office", "E", "suggested")
    assert row is not None
    assert row.median == 5 * MINUTE
    assert "Site Reliability Engineering" in row.source


def test_the_scenario_sets_how_long_approval_takes() -> None:
    row = profile_of("noc-default").timing("duty-lead", "J", "alone")
    assert row is not None
    drawn = [row.draw(Key.root(s).stream("x"), 15 * MINUTE) for s in range(400)]
    assert np.median(drawn) == pytest.approx(15 * MINUTE, rel=0.1)
    assert row.source == ASSUMPTION


@pytest.mark.parametrize("name", known_profiles())
def test_every_shipped_profile_names_a_source_for_every_row_and_has_all_roles(name: str) -> None:
    profile = profile_of(name)
    assert all(row.source for row in profile.timings.values())
    assert set(profile.skills) == set(ROLES)
    assert all(math.isfinite(row.sigma) for row in profile.timings.values())


def test_assumptions_are_counted_once_for_what_was_drawn_on() -> None:
    profile = read_profile(
        "mine.yml",
        HEAD
        + f"timings:\n{ROW}, source: assumption}}\n"
        + ROW.replace("alone", "handover")
        + ", source: a survey}\n"
        + ROW.replace("task: H", "task: I")
        + ", source: assumption}\n"
        + SKILL,
    )
    # The row of H, the skill, the difficulty; the handover is published, I was not asked.
    assert profile.rests_on_assumptions(frozenset({("expert", "H")})) == 3
    assert profile.rests_on_assumptions(frozenset()) == 0


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            f"{HEAD}timings:\n{ROW}}}\n{SKILL}",
            3,
            "expert/H/alone has no source; name one, or write source: assumption",
        ),
        (
            f"{HEAD}timings:\n{ROW}, source: ''}}\n{SKILL}",
            3,
            "expert/H/alone has no source; name one, or write source: assumption",
        ),
        (
            f"{HEAD}timings:\n{ROW}, source: x, more: 1}}\n{SKILL}",
            3,
            "expert/H/alone is no row; it has dist, median, role, sigma, source, task, unit, when",
        ),
        (
            f"{HEAD}timings:\n{ROW.replace('lognormal', 'normal')}, source: x}}\n{SKILL}",
            3,
            "expert/H/alone names an unknown task, distribution or unit",
        ),
        (
            f"{HEAD}timings:\n{ROW}, source: x}}\n{ROW}, source: x}}\n{SKILL}",
            4,
            "expert/H/alone stands twice",
        ),
        (
            f"{HEAD}timings: []\n{SKILL.replace(', source: assumption', '')}",
            4,
            "the skill of expert has no source; name one, or write assumption",
        ),
        (
            f"difficulty: {{sigma: 1}}\ntimings: []\n{SKILL}",
            1,
            "difficulty has no source; name one, or write source: assumption",
        ),
    ],
)
def test_a_row_without_a_source_is_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(AdnError) as caught:
        read_profile("mine.yml", text)
    assert str(caught.value) == f"mine.yml:{line}:1: PPL002 {says}\n1 error"


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(AdnError, match="PPL001 there is no profile 'nobody'; there are: noc-d"):
        profile_of("nobody")


def refused(text: str) -> list[str]:
    with pytest.raises(AdnError) as caught:
        read_profile("mine.yml", text)
    return [str(finding) for finding in caught.value.findings]


WHOLE = f"{HEAD}timings: []\n{SKILL}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "mine.yml: PPL002 a profile has difficulty, timings and skills"),
        ("[1]", "mine.yml:1:1: PPL002 a profile has difficulty, timings and skills"),
        ("a: [", ("mine.yml:1:5: PPL002 no YAML: expected the node content, "
         "but found '<stream end>'")),
        ("a: &b 1", ("mine.yml:1:4: PPL002 anchors, aliases and tags are not for profiles; write "
         "the value out")),
        ("a: !!python/object:os.system x", ("mine.yml:1:4: PPL002 anchors, aliases and tags are "
         "not for profiles; write the value out")),
        ("#" * 200_001, "mine.yml: PPL002 larger than 200 kB; no profile is"),
        (f"{WHOLE}colour: red\n", ("mine.yml:5:1: PPL002 'colour' is no key of a profile; it has "
         "about, desks, difficulty, fatigue, handover, skills, timings")),
        (f"{HEAD}timings: 3\n{SKILL}", "mine.yml:2:1: PPL002 timings is no list of rows"),
        (f"{HEAD}timings:\n  - 3\n{SKILL}", "mine.yml:3:1: PPL002 row 1 of timings is no map"),
        (f"{HEAD}timings:\n{ROW.replace('median: 9', 'median: .nan')}, source: x}}\n{SKILL}",
         "mine.yml:3:1: PPL002 expert/H/alone: median is nan; write a number from 0 to 1e+06"),
        (f"{HEAD}timings:\n{ROW.replace('sigma: 1', 'sigma: -1')}, source: x}}\n{SKILL}",
         "mine.yml:3:1: PPL002 expert/H/alone: sigma is -1; write a number from 0 to 10"),
        (f"{HEAD}timings: []\n{SKILL.replace('slips: 0', 'slips: 2')}",
         "mine.yml:4:1: PPL002 the skill of expert: slips is 2; write a number from 0 to 1"),
        (f"{HEAD}timings: []\n{SKILL.replace('alarm: 0, ', '', 1)}",
         ("mine.yml:4:1: PPL002 the skill of expert: it must say what it overlooks of alarm, "
         "departure, ticket, probe")),
        (f"{WHOLE}  - {{role: field, fruitless: 1, source: x}}\n",
         "mine.yml:5:1: PPL002 the skill of field: fruitless is 1; write a number from 0 to 0.95"),
        (f"{WHOLE}desks: {{expert: 0}}\n",
         "mine.yml:5:1: PPL002 expert has 0 people; write a whole number from 1 to 1000"),
        (f"{WHOLE}handover: {{lost: 0.1}}\n", ("mine.yml:5:1: PPL002 handover has no source; "
         "name one, or write source: assumption")),
        (f"{WHOLE}fatigue: {{night: 3}}\n",
         "mine.yml:5:1: PPL002 fatigue is a map that has misses, night, times"),
    ],
)  # fmt: skip
def test_whatever_a_file_holds_it_is_refused_with_its_line(text: str, says: str) -> None:
    assert refused(text) == [says]


def test_all_that_is_wrong_is_told_in_the_order_of_lines() -> None:
    text = f"difficulty: 1\ntimings:\n{ROW}}}\nskills: []\ndesks: {{janitor: 1}}\n"
    assert [line.split(":")[1] for line in refused(text)] == ["1", "3", "5"]


def test_a_small_operator_has_fewer_people_who_are_slower_and_miss_more() -> None:
    small, default = profile_of("noc-small"), profile_of("noc-default")
    assert sum(small.desks.values()) == 4
    alone = ("back-office", "H", "alone")
    slow, quick = small.timing(*alone), default.timing(*alone)
    assert slow is not None
    assert quick is not None
    assert slow.median is not None
    assert quick.median is not None
    assert slow.median > quick.median
    for role in ("front-office", "back-office"):
        for sign in SIGNS:
            held = small.skills[role].misreads[sign], default.skills[role].misreads[sign]
            assert held[0] >= held[1]
    over = (
        small.timing("back-office", "H", "handover"),
        default.timing("back-office", "H", "handover"),
    )
    assert over[0] is not None
    assert over[1] is not None
    assert (over[0].median or 0) < (over[1].median or 0)


@pytest.mark.parametrize("name", known_profiles())
def test_one_in_ten_is_back_at_what_was_interrupted_within_a_minute(name: str) -> None:
    row = profile_of(name).timing("back-office", "I", "resume")
    assert row is not None
    drawn = [row.draw(Key.root(s).stream("x"), 0) for s in range(2000)]
    assert np.mean(np.array(drawn) < MINUTE) == pytest.approx(0.1, abs=0.02)


# --- fatigue ---

FATIGUE = profile_of("noc-default").fatigue
assert FATIGUE is not None


def test_at_night_and_after_the_eighth_hour_more_is_missed() -> None:
    """30.4 % more at night; twice as much in the twelfth hour as in the first eight."""
    assert FATIGUE.misses(10 * HOUR, 0) == FATIGUE.misses(10 * HOUR, 8 * HOUR) == 1.0
    assert FATIGUE.misses(23 * HOUR, HOUR) == FATIGUE.misses(5 * HOUR, HOUR) == 1.304
    assert FATIGUE.misses(18 * HOUR, 12 * HOUR) == pytest.approx(2.0)
    assert FATIGUE.misses(6 * HOUR, 0) == 1.0


@given(st.integers(0, DAY - 1), st.integers(0, DAY), st.integers(0, DAY))
def test_nobody_gets_fresher_by_working(time_of_day: int, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert FATIGUE.slower(time_of_day, less) <= FATIGUE.slower(time_of_day, more)
    assert FATIGUE.misses(time_of_day, less) <= FATIGUE.misses(time_of_day, more)
    assert FATIGUE.slower(time_of_day, less) >= 1.0


def test_tired_people_take_longer_and_by_the_same_draws() -> None:
    rested = ModelledActor(profile_of("noc-default"), MINUTE, Key.root(3))
    tired = Tiredness(lambda _now: 1.5, lambda _now: 2.0)
    weary = ModelledActor(profile_of("noc-default"), MINUTE, Key.root(3), tired)
    about = IncidentSnapshot("INC-0001", Status.OPEN, 0, 0, "major")
    item = WorkItem("WRK-1", "H", "expert", "expert-1", 0, about)
    assert weary.takes(item) == pytest.approx(1.5 * rested.takes(item), abs=2)


def test_people_get_tired_only_where_the_scenario_asks_for_it() -> None:
    shifts = (Shift(22 * HOUR, 6 * HOUR, {}),)
    plan = OperationsPlan(starts=22 * HOUR, shifts=shifts)
    profile = profile_of("noc-default")
    assert tiredness_of(plan, profile).slower(6 * HOUR) == 1.0
    weary = tiredness_of(replace(plan, fatigue=True), profile)
    assert weary.slower(7 * HOUR) == pytest.approx(1.1 * (1 + 0.02 * 7))
    assert weary.slower(8 * HOUR) == 1.0
    silent = replace(profile, fatigue=None)
    with pytest.raises(AdnError, match="PPL004 the profile 'noc-default' says nothing of fatigue"):
        tiredness_of(replace(plan, fatigue=True), silent)


# --- the rota ---


def test_a_rota_without_shifts_never_changes() -> None:
    rota = Rota({"expert": 2})
    assert rota.on_duty(5 * DAY).people == {"expert": ("expert-1", "expert-2")}
    assert list(rota.changes(7 * DAY)) == []


def test_a_shift_goes_on_past_midnight_and_comes_again_every_day() -> None:
    rota = Rota({"expert": 2}, (Shift(22 * HOUR, 6 * HOUR, {"expert": 1}),), 23 * HOUR)
    assert list(rota.changes(DAY)) == [7 * HOUR, 23 * HOUR]
    assert rota.on_duty(0).people == {"expert": ("expert-1@22:00",)}
    assert rota.on_duty(0).since == -HOUR
    assert rota.on_duty(7 * HOUR).people == {"expert": ("expert-1@06:00", "expert-2@06:00")}
    assert rota.at_work(8 * HOUR) == HOUR
    assert rota.on_duty(DAY) == replace(rota.on_duty(DAY), since=23 * HOUR)


@given(st.integers(0, DAY - 1), st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_who_is_on_duty_changes_exactly_when_the_rota_says(
    starts: int, begins: int, ends: int
) -> None:
    assume(begins != ends)
    rota = Rota({"expert": 2}, (Shift(begins, ends, {"expert": 1}),), starts)
    changes = list(rota.changes(2 * DAY))
    assert changes == sorted(set(changes))
    for at in changes:
        assert rota.on_duty(at - 1).people != rota.on_duty(at).people
        assert rota.on_duty(at).since == at
    for begin, end in zip([0, *changes], [*changes, 2 * DAY], strict=True):
        assert rota.on_duty(begin).people == rota.on_duty(end - 1).people


def test_a_plan_with_shifts_crosses_to_a_loop_in_another_process() -> None:
    plan = OperationsPlan(
        profile="ours.yml",
        profile_text=WHOLE,
        starts=22 * HOUR,
        shifts=(Shift(22 * HOUR, 6 * HOUR, {"expert": 0}),),
        interrupts=True,
        fatigue=True,
    )
    assert from_json(OperationsPlan, json.loads(json.dumps(to_json(plan)))) == plan
