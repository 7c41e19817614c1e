"""SPF back-off against the state machine of RFC 8405, timers and all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adn.base.clock import MINUTE, SECOND, Millis
from adn.testing.trial import Trial, quiet_world, ring
from adn.twin.damping import Penalties
from adn.twin.throttling import Throttle
from adn.twin.timers import Damping, Protocol, Timers

TIMERS = Timers()


def machine(events: list[Millis]) -> list[Millis]:
    """Return the waits by the state machine itself: three states, two timers that expire first."""
    state, learn, holddown = "QUIET", None, None
    waits = []
    for now in events:
        if learn is not None and now >= learn and state == "SHORT_WAIT":
            state, learn = "LONG_WAIT", None
        if holddown is not None and now >= holddown:
            state, learn, holddown = "QUIET", None, None
        if state == "QUIET":
            state, learn = "SHORT_WAIT", now + TIMERS.spf_learn
            waits.append(TIMERS.spf_initial)
        else:
            waits.append(TIMERS.spf_short if state == "SHORT_WAIT" else TIMERS.spf_long)
        holddown = now + TIMERS.spf_holddown
    return waits


@given(st.lists(st.one_of(st.integers(0, 700), st.integers(9_000, 11_000)), max_size=30))
def test_waits_are_those_of_the_state_machine(gaps: list[int]) -> None:
    events = [sum(gaps[: i + 1]) for i in range(len(gaps))]
    throttle = Throttle(2, TIMERS)
    assert [throttle.news(1, at) for at in events] == machine(events)


@given(st.lists(st.integers(0, 20_000), max_size=20), st.lists(st.integers(0, 20_000), max_size=20))
def test_elements_wait_each_for_themselves(one: list[int], other: list[int]) -> None:
    both, alone = Throttle(2, TIMERS), Throttle(1, TIMERS)
    merged = sorted([(at, 0) for at in one] + [(at, 1) for at in other])
    waits = [(element, both.news(element, at)) for at, element in merged]
    assert [wait for element, wait in waits if element == 0] == [
        alone.news(0, at) for at in sorted(one)
    ]


def test_a_link_that_keeps_flapping_is_answered_ever_more_slowly() -> None:
    trial = Trial(ring())
    trial.to(MINUTE)
    for _ in range(6):
        row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
        trial.run(2 * SECOND)
        trial.relieve(row)
        trial.run(6 * SECOND)
    node = trial.network.elements.row("n3")
    often = int(trial.twin._control._runs[node])
    assert 2 <= often <= 11
    trial.run(MINUTE)
    assert trial.twin.forwarding.arrives.all()


def test_a_penalty_halves_in_its_half_life_and_the_interface_is_let_up_below_reuse() -> None:
    """Three losses within a moment: 3000, so 5 s · log2(3) until 1000."""
    held = Penalties(Damping())
    for at in (0, 0, 0):
        held.lost(7, at)
    assert held.wait(7, 0) == 7_925
    assert held.wait(7, 5_000) == 2_925
    assert held.wait(7, 7_925) == 0
    assert held.wait(8, 0) == 0


def test_an_interface_is_held_down_20_s_at_most_after_its_last_loss() -> None:
    held = Penalties(Damping())
    for _ in range(500):
        held.lost(1, 0)
    assert held.wait(1, 0) == 20_000


def test_two_losses_are_not_flapping_and_without_damping_nothing_is() -> None:
    held, none = Penalties(Damping()), Penalties(None)
    for _ in range(2):
        held.lost(1, 0)
    for _ in range(100):
        none.lost(1, 0)
    assert held.wait(1, 0) == none.wait(1, 0) == 0


def test_a_link_that_flaps_within_its_half_life_comes_back_seldom() -> None:
    network = ring()
    changes = {}
    slow = Damping(half_life=15 * SECOND, longest=MINUTE)
    for damping in (None, slow):
        world = replace(quiet_world(network), protocol=Protocol(damping=damping))
        trial = Trial(network, world)
        trial.to(MINUTE)
        link, seen, ups = network.links.row("n0~n1"), True, 0
        for _ in range(8):
            row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
            trial.run(SECOND)
            trial.relieve(row)
            for _ in trial.instants(trial.now + 6 * SECOND):
                now = bool(trial.twin._control.adjacent[link])
                ups += now and not seen
                seen = now
        trial.run(MINUTE)
        assert trial.twin._control.adjacent[link]
        changes[damping] = ups
    assert changes[None] == 8
    assert changes[slow] <= 4


def test_carrier_delay_is_waited_before_the_daemon_is_told() -> None:
    network = ring()
    timers = replace(TIMERS, carrier_down=2 * SECOND)
    trial = Trial(network, replace(quiet_world(network), timers=timers))
    trial.to(MINUTE)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(2 * SECOND)
    link = network.links.row("n0~n1")
    assert trial.twin._control.adjacent[link]
    trial.run(100)
    assert not trial.twin._control.adjacent[link]
    trial.relieve(row)
    trial.run(MINUTE)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(SECOND)
    trial.relieve(row)
    for _ in trial.instants(trial.now + MINUTE):
        assert trial.twin._control.adjacent[link]
