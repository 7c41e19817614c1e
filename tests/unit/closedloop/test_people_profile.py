"""Profiles are data that name their sources, and what they add up to is what is published."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.errors import AdnError
from adn.base.sampling import ASSUMPTION
from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.people.actor import WorkItem
from adn.closedloop.people.modelled import ModelledActor
from adn.closedloop.people.profile import ROLES, known_profiles, profile_of
from adn.closedloop.people.reading import read_profile

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
