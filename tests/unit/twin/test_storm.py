"""Alarms under stress: the storm, queues at agents, late and overtaken notifications."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.sampling import Timing
from adn.northbound.alarms import ProbableCause
from adn.testing.trial import Trial, quiet_habits, quiet_world, ring
from adn.twin.alarming import Habits
from adn.twin.impairments import Impairment

AT = MINUTE
NETWORK = ring(8)


def cut(habits: Habits, *ducts: str) -> Trial:
    """Ducts are cut at `AT`; three minutes pass."""
    trial = Trial(NETWORK, quiet_world(NETWORK, habits=habits))
    trial.to(AT)
    for duct in ducts:
        trial.twin.impair(
            Impairment(f"X/{duct}", "X", "duct.attenuation", duct, "set", 60.0, "fibre"), "fault"
        )
    trial.run(3 * MINUTE)
    return trial


PARTED = ("duct:n0~n1", "duct:n3~n4")
"""Two cuts leave n1, n2 and n3 an island."""


def test_a_storm_is_services_telling_of_their_own_outage() -> None:
    calm = cut(quiet_habits(), *PARTED)
    storm = cut(replace(quiet_habits(), client_layer=True), *PARTED)
    extra = [
        alarm for _, alarm in storm.alarms if alarm.probable_cause is ProbableCause.CLIENT_FAILURE
    ]
    assert len(storm.alarms) - len(calm.alarms) == len(extra) > 10
    down = {NETWORK.services[row] for row in storm.twin.performance.down.nonzero()[0].tolist()}
    # Those that end on the island cannot be heard.
    assert {alarm.managed_object for alarm in extra} <= down


def test_an_agent_sends_no_faster_than_it_can() -> None:
    """One a second: a second's worth leaves at once, and the rest second by second."""
    slow = replace(quiet_habits(), client_layer=True, agent_rate=1.0, delay=Timing("fixed", 1.0))
    storm = cut(slow, *PARTED)
    by_agent: dict[str, list[int]] = {}
    for at, alarm in storm.alarms:
        by_agent.setdefault(alarm.reported_by, []).append(at)
    assert max(len(times) for times in by_agent.values()) >= 5
    for times in by_agent.values():
        assert all(b - a >= SECOND for a, b in pairwise(times))
    fast = cut(replace(slow, agent_rate=50.0), *PARTED)
    assert len(fast.alarms) == len(storm.alarms)
    assert max(at for at, _ in fast.alarms) < max(at for at, _ in storm.alarms)


def test_late_alarms_are_overtaken_and_none_is_lost() -> None:
    habits = replace(quiet_habits(), late=0.4, lateness=Timing("fixed", 40 * SECOND))
    late, prompt = cut(habits, *PARTED), cut(quiet_habits(), *PARTED)
    assert {alarm.managed_object for _, alarm in late.alarms} == {
        alarm.managed_object for _, alarm in prompt.alarms
    }
    times = [alarm.event_time for _, alarm in late.alarms]
    assert times != sorted(times)


@pytest.mark.parametrize("skew", [0, 3 * SECOND])
def test_each_element_s_clock_is_off_by_its_own(skew: int) -> None:
    trial = cut(replace(quiet_habits(), clock_skew=skew), *PARTED)
    off: dict[str, set[int]] = {}
    for at, alarm in trial.alarms:
        off.setdefault(alarm.reported_by, set()).add(at - SECOND - alarm.event_time)
    assert all(len(known) == 1 for known in off.values())
    assert (len(set.union(*off.values())) > 1) == (skew > 0)
