"""Protection at the optical layer: 1+1 within 50 ms, restoration in seconds, and back again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import MINUTE, SECOND
from adn.physics.protection import Ways
from adn.testing.trial import Trial, quiet_world, ring
from adn.topology.builder import NetworkBuilder
from adn.topology.network import Network
from adn.topology.protecting import ProtectionSpec, lay_protection, with_spares
from adn.twin.impairments import Impairment, Overlay
from adn.twin.protecting import RESTORE_HIGH, RESTORE_LOW, SWITCH_HIGH, SWITCH_LOW
from adn.twin.state import State

AT = 2 * MINUTE
LINK, DUCT = "n0~n1", "duct:n0~n1"


def protected(
    scheme: str = "1+1", *, links: tuple[str, ...] = (LINK,), spares: int = 0, wait: int = MINUTE
) -> Network:
    """A ring of six whose links have ways round the other side."""
    rows = ring(6).rows
    spec = ProtectionSpec(scheme, links, wait_ms=wait)  # type: ignore[arg-type]
    laid = lay_protection([spec], rows.links, rows.elements)
    return NetworkBuilder.from_rows(
        replace(rows, protections=laid.protections, ducts=with_spares(rows.ducts, spares))
    ).build()


def cut(duct: str = DUCT) -> Impairment:
    return Impairment(
        f"FLT-0001/{duct}", "FLT-0001", "duct.attenuation", duct, "set", 60.0, "fibre"
    )


def struck(network: Network, *ducts: str) -> Trial:
    """A quiet trial just after ducts were cut."""
    trial = Trial(network, quiet_world(network))
    trial.to(AT)
    for duct in ducts or (DUCT,):
        trial.twin.impair(cut(duct), "fault")
    return trial


def test_a_second_fibre_takes_over_within_50_ms_and_routing_hears_nothing() -> None:
    network = protected()
    trial = struck(network)
    link = network.links.row(LINK)
    assert not trial.twin.state.link_up[link]
    trial.to(AT + SWITCH_LOW - 1)
    assert not trial.twin.state.link_up[link]
    assert trial.twin.performance.down.any(), "until then what crosses it is lost"
    trial.to(AT + SWITCH_HIGH)
    assert trial.twin.state.link_up[link]
    assert not trial.twin.performance.outside.any()
    trial.to(AT + 30 * SECOND)
    assert trial.twin.state.adjacent.all()
    assert {alarm.specific_problem for _, alarm in trial.alarms} == {
        "loss of signal", "protection switched",
    }  # fmt: skip


def test_light_takes_longer_the_other_way_round() -> None:
    network = protected()
    trial = struck(network)
    trial.run(SECOND)
    row = 2 * network.links.row(LINK)
    (way,) = network.rows.protections[0].routes
    km = sum(duct.length_km for duct in network.rows.ducts if duct.id in way)
    assert trial.twin.state.delay_ms[row] == pytest.approx(km * 0.0049)


def test_it_goes_back_once_its_fibre_has_been_whole_for_the_wait_to_restore() -> None:
    network = protected(wait=MINUTE)
    trial = struck(network)
    baseline = State.of(network, Overlay(network))
    trial.run(10 * SECOND)
    trial.twin.relieve((cut().id,), "heal")
    trial.run(MINUTE - 1)
    assert trial.twin.state.way.any()
    trial.run(20 * SECOND)
    for column in State.__dataclass_fields__:
        assert np.array_equal(getattr(trial.twin.state, column), getattr(baseline, column)), column
    assert all(alarm.is_clear for _, alarm in trial.alarms[-3:])


def test_a_fibre_that_breaks_again_is_waited_for_anew() -> None:
    trial = struck(protected(wait=MINUTE))
    trial.run(10 * SECOND)
    trial.twin.relieve((cut().id,), "heal")
    trial.run(50 * SECOND)
    trial.twin.impair(cut(), "fault")
    trial.run(SECOND)
    trial.twin.relieve((cut().id,), "heal")
    trial.run(50 * SECOND)
    assert trial.twin.state.way.any(), "only 50 s have passed since it was mended"
    trial.run(11 * SECOND)
    assert not trial.twin.state.way.any()


def test_a_non_revertive_link_stays_where_it_is() -> None:
    trial = struck(protected(wait=0))
    trial.run(10 * SECOND)
    trial.twin.relieve((cut().id,), "heal")
    trial.run(20 * MINUTE)
    assert trial.twin.state.way[trial.network.links.row(LINK)] == 1
    assert trial.twin.state.lit.all()


def test_where_both_fibres_are_cut_the_link_is_down_and_routing_learns_of_it() -> None:
    network = protected()
    trial = struck(network, "duct:n2~n3", DUCT)
    trial.run(30 * SECOND)
    row = network.links.row(LINK)
    assert not trial.twin.state.adjacent[row]
    assert "adjacency lost" in {alarm.specific_problem for _, alarm in trial.alarms}


def test_what_breaks_under_way_leaves_no_way_and_routing_learns_of_it_at_once() -> None:
    """The second fibre goes while the switch is under way: the light is why, not silence."""
    network = protected()
    trial = struck(network)
    trial.run(5)
    trial.twin.impair(cut("duct:n2~n3"), "fault")
    trial.run(SWITCH_HIGH + 200)
    assert not trial.twin.state.adjacent[network.links.row(LINK)]


def test_restoration_takes_seconds_and_routing_goes_round_meanwhile() -> None:
    network = protected("shared", spares=1)
    trial = struck(network)
    row = network.links.row(LINK)
    trial.run(RESTORE_LOW - 1)
    assert not trial.twin.state.adjacent[row]
    trial.to(AT + RESTORE_HIGH)
    assert trial.twin.state.lit.all()
    trial.run(10 * SECOND)
    assert trial.twin.state.adjacent.all()


def test_when_the_pool_is_spent_the_second_cut_stays() -> None:
    """Two links of a ring go round the same ducts; with one spare pair each, the first has it."""
    network = protected("shared", links=(LINK, "n2~n3"), spares=1)
    trial = struck(network)
    trial.run(20 * SECOND)
    trial.twin.impair(cut("duct:n2~n3"), "fault")
    trial.run(20 * SECOND)
    first, second = network.links.row(LINK), network.links.row("n2~n3")
    # Restored over the duct that is now cut, the first is dark again: no way is whole.
    assert not trial.twin.state.link_up[[first, second]].any()


def test_a_pool_serves_who_comes_first_and_then_who_waits() -> None:
    """A way held is a way gone; handed back, it goes to the next in need."""
    rows = ring(6).rows
    laid = lay_protection([ProtectionSpec("shared", (LINK,))], rows.links, rows.elements)
    far = laid.protections[0]
    # Another link that borrows the same spare pairs, parallel to the first in a duct of its own.
    twin_link = replace(next(r for r in rows.links if r.id == LINK), id="n0~n1#2", ducts=("own",))
    duct = replace(rows.ducts[0], id="own")
    network = NetworkBuilder.from_rows(
        replace(
            rows,
            links=(*rows.links, twin_link),
            ducts=with_spares((*rows.ducts, duct), 1),
            protections=(
                replace(far, wait_ms=MINUTE),
                replace(far, link="n0~n1#2", wait_ms=MINUTE),
            ),
        )
    ).build()
    first, second = network.links.row(LINK), network.links.row("n0~n1#2")
    trial = struck(network, "own")
    trial.run(20 * SECOND)
    trial.twin.impair(cut(), "fault")
    trial.run(20 * SECOND)
    assert trial.twin.state.link_up[second]
    assert not trial.twin.state.link_up[first]
    trial.twin.relieve((cut("own").id,), "heal")
    trial.run(MINUTE + RESTORE_HIGH)
    assert trial.twin.state.way[[second, first]].tolist() == [0, 1]
    assert trial.twin.state.link_up.all()


DUCTS = ["duct:n0~n1", "duct:n1~n2", "duct:n2~n3", "duct:n3~n4"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(DUCTS), st.booleans()), max_size=6), st.integers(0, 2))
def test_whatever_was_cut_and_mended_the_baseline_comes_back(
    steps: list[tuple[str, bool]], spares: int
) -> None:
    network = protected("shared" if spares else "1+1", links=(), spares=spares, wait=SECOND)
    trial = Trial(network, quiet_world(network))
    trial.to(SECOND)
    for duct, broken in steps:
        if broken:
            trial.twin.impair(cut(duct), "fault")
        else:
            trial.twin.relieve((cut(duct).id,), "heal")
        trial.run(3 * SECOND)
    trial.twin.relieve(tuple(cut(duct).id for duct in DUCTS), "heal")
    trial.run(30 * SECOND)
    baseline = State.of(network, Overlay(network))
    assert not trial.twin.state.way.any()
    assert np.array_equal(trial.twin.state.lit, baseline.lit)
    assert np.array_equal(trial.twin.state.rx_dbm, baseline.rx_dbm)


def test_settled_protection_fails_only_where_both_fibres_do() -> None:
    """What availability is reckoned from: up, unless own fibre and second fibre are both cut."""
    network = protected()
    ducts = [DUCT, *network.rows.protections[0].routes[0]]
    row = network.links.row(LINK)
    for mask in range(2 ** len(ducts)):
        broken = [duct for bit, duct in enumerate(ducts) if mask >> bit & 1]
        state = State.of(network, Overlay(network, map(cut, broken)))
        own, second = DUCT in broken, bool(set(broken) - {DUCT})
        assert state.link_up[row] == (not (own and second))


def test_the_pool_is_never_overdrawn() -> None:
    network = protected("shared", links=(), spares=1)
    ways = Ways.of(network)
    assert ways is not None
    for mask in range(64):
        lit = np.ones(len(ways.link), dtype=bool)
        for bit, duct in enumerate(network.ducts.ids):
            if mask >> bit & 1:
                lit[ways.ride_way[ways.ride_duct == network.ducts.row(duct)]] = False
        assert (ways.left(ways.settled(lit)) >= 0).all()
