"""Fast reroute: the loss lasts until the end of a dead link sends round it, and no longer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.testing.trial import Trial, quiet_world, ring
from adn.topology.network import Network
from adn.twin.timers import Protocol, Timers

CUT: Millis = 5 * MINUTE
WITHIN = Timers().light_high + 50
"""Detection and 50 ms."""


def cut(network: Network, seed: int, *, protected: bool) -> Trial:
    world = replace(quiet_world(network), protocol=Protocol(fast_reroute=protected))
    trial = Trial(network, world, seed=seed)
    trial.to(CUT)
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    return trial


def first_healed(trial: Trial, service: str) -> Millis:
    """Run until a service is through again; return how long after the cut that is."""
    row = trial.network.services.row(service)
    assert trial.twin.performance.services.loss[row] == 1.0
    for at in trial.instants(CUT + MINUTE):
        if trial.twin.performance.services.loss[row] == 0.0:
            return at - CUT
    raise AssertionError(f"{service} never heals")


@pytest.mark.parametrize("seed", range(4))
def test_with_a_repair_path_the_loss_lasts_detection_and_50_ms_at_most(seed: int) -> None:
    """Without one it lasts until a new table is in force: 50 ms of waiting, then the download."""
    timers = Timers()
    protected = first_healed(cut(ring(8), seed, protected=True), "s:n0>n1")
    bare = first_healed(cut(ring(8), seed, protected=False), "s:n0>n1")
    assert timers.light_low + timers.repair <= protected <= WITHIN
    assert bare >= timers.light_low + timers.spf_initial + timers.spf_compute + timers.fib_base // 2
    assert protected < bare


def test_a_repaired_flow_group_leaves_by_the_shortest_way_that_is_left() -> None:
    trial = cut(ring(6, chords=[(1, 5)]), 1, protected=True)
    first_healed(trial, "s:n0>n1")
    forwarding, network = trial.twin.forwarding, trial.network
    own = forwarding.flows.service == network.services.row("s:n0>n1")
    path = forwarding.paths[np.flatnonzero(own)[0]]
    names = [network.directions[d] for d in path.tolist() if d < len(network.directions)]
    assert names == ["n0>n5", "n5>n1"]


def test_where_no_way_is_left_nothing_is_repaired() -> None:
    network = ring(4)
    world = replace(quiet_world(network), protocol=Protocol(fast_reroute=True))
    trial = Trial(network, world)
    trial.to(CUT)
    for duct in ("duct:n0~n1", "duct:n0~n3"):
        trial.impair("duct.attenuation", duct, 60.0, owner=duct)
    row = network.services.row("s:n0>n2")
    for _ in trial.instants(CUT + 10 * SECOND):
        assert trial.twin.performance.services.loss[row] == 1.0


def test_once_all_have_new_tables_nothing_is_sent_over_a_repair_path() -> None:
    for protected in (False, True):
        trial = cut(ring(8), 2, protected=protected)
        trial.run(MINUTE)
        assert not trial.twin.forwarding._repairs
        assert (trial.twin.forwarding._bent < 0).all()
        assert trial.twin.forwarding.arrives.all()
    bare = cut(ring(8), 2, protected=False)
    bare.run(MINUTE)
    assert np.array_equal(bare.twin.forwarding.hops, trial.twin.forwarding.hops)


def test_a_link_that_returns_at_once_is_used_again_as_if_nothing_had_been() -> None:
    network = ring(6)
    world = replace(quiet_world(network), protocol=Protocol(fast_reroute=True))
    trial = Trial(network, world)
    before = trial.twin.forwarding.hops.copy()
    trial.to(CUT)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(90)
    assert trial.twin.forwarding._repairs
    trial.relieve(row)
    trial.run(MINUTE)
    assert not trial.twin.forwarding._repairs
    assert np.array_equal(before, trial.twin.forwarding.hops)


def test_microloops_are_there_all_the_same() -> None:
    """Repair ends when the own table is new; upstream tables may still be old then."""
    found = False
    for seed in range(12):
        trial = cut(ring(8), seed, protected=True)
        for _ in trial.instants(CUT + SECOND):
            forwarding = trial.twin.forwarding
            found |= bool(((forwarding.paths < trial.twin._fabric.directions).sum(1) >= 60).any())
        assert trial.twin.forwarding.arrives.all()
    assert found


def test_a_fork_in_which_the_link_was_never_cut_repairs_nothing() -> None:
    trial = cut(ring(8), 1, protected=True)
    trial.run(100)
    assert trial.twin.forwarding._repairs
    healthy = trial.twin.fork().without("FLT-0001").settled()
    assert not healthy.down.any()
    assert trial.twin.forwarding._repairs
