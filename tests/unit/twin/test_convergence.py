"""The control plane in time: who knows what when, and what packets meet until then."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.testing.trial import Trial, ring
from adn.topology.network import Network

CUT: Millis = 5 * MINUTE


def cut(network: Network, seed: int = 1, duct: str = "duct:n0~n1") -> Trial:
    trial = Trial(network, seed=seed)
    trial.to(CUT)
    trial.impair("duct.attenuation", duct, 60.0)
    return trial


def outside(trial: Trial) -> set[str]:
    held = np.flatnonzero(trial.twin.performance.outside)
    return {trial.network.services[int(row)] for row in held}


def history(trial: Trial, until: Millis) -> list[tuple[Millis, frozenset[str]]]:
    """Run on; return the instants at which the set of services outside their limits changed."""
    seen = [(trial.now, frozenset(outside(trial)))]
    for at in trial.instants(until):
        now = frozenset(outside(trial))
        if now != seen[-1][1]:
            seen.append((at, now))
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_is_a_blackhole_until_tables_are_new_and_then_heals_by_itself(seed: int) -> None:
    """LOS detection, flooding, computation and download take tens to hundreds of ms."""
    trial = cut(ring(), seed)
    crossing = outside(trial)
    assert {"s:n0>n1", "s:n1>n0"} <= crossing
    seen = history(trial, CUT + MINUTE)
    healed, left = seen[-1]
    assert left == frozenset()
    assert 50 <= healed - CUT <= 1_000
    network = trial.network
    gone = {network.directions.row("n0>n1"), network.directions.row("n1>n0")}
    assert not gone & set(np.unique(trial.twin.forwarding.paths).tolist())


def test_traffic_into_the_cut_is_lost_whole_until_its_head_end_forwards_anew() -> None:
    trial = cut(ring())
    row = trial.network.services.row("s:n0>n1")
    n0 = trial.network.elements.row("n0")
    stale = int(trial.twin.forwarding.node_view[n0])
    up = trial.twin.forwarding.views[stale].up
    for _ in trial.instants(CUT + SECOND):
        forwarding = trial.twin.forwarding
        if forwarding.views[int(forwarding.node_view[n0])].up.all() and up.all():
            assert trial.twin.performance.services.loss[row] == 1.0
            assert trial.twin.performance.down[row]
    assert trial.twin.performance.services.loss[row] == 0.0


def test_elements_install_their_tables_at_different_times() -> None:
    trial = cut(ring(8))
    views = trial.twin.forwarding.node_view.copy()
    installed: dict[int, Millis] = {}
    for at in trial.instants(CUT + 2 * SECOND):
        now = trial.twin.forwarding
        for node in range(8):
            link_down = not now.views[int(now.node_view[node])].up.all()
            if link_down and node not in installed:
                installed[node] = at - CUT
    assert len(views) == len(installed) == 8
    assert len(set(installed.values())) > 4
    assert all(40 <= after <= 1_000 for after in installed.values())


def test_ends_lose_light_at_once_and_tell_routing_within_60_ms() -> None:
    trial = cut(ring())
    link = trial.network.links.row("n0~n1")
    assert not trial.twin.state.lit[[2 * link, 2 * link + 1]].any()
    assert not trial.twin.state.adjacent[link]
    lost = next(at for at in trial.instants(CUT + SECOND) if not trial.twin._control.adjacent[link])
    assert 15 <= lost - CUT <= 60


def test_a_microloop_is_seen_for_exactly_as_long_as_tables_disagree() -> None:
    """Somewhere over seeds an upstream element switches before the next one does."""
    found = 0
    for seed in range(12):
        trial = cut(ring(8), seed)
        fabric = trial.twin._fabric
        for _ in trial.instants(CUT + SECOND):
            forwarding = trial.twin.forwarding
            looping = (forwarding.paths < fabric.directions).sum(axis=1) >= 60
            if not looping.any():
                continue
            found += 1
            views = {
                forwarding.views[int(view)].up.tobytes() for view in forwarding.node_view.tolist()
            }
            assert len(views) > 1
            assert not forwarding.arrives[looping].any()
            services = forwarding.flows.service[looping]
            assert (trial.twin.performance.services.loss[services] > 0).all()
        assert trial.twin.forwarding.arrives.all()
    assert found > 0


def test_the_truth_says_how_long_the_blackhole_lasted() -> None:
    trial = cut(ring())
    seen = dict(history(trial, CUT + MINUTE))
    healed = max(seen)
    states = [row for row in trial.truth("service.state") if row.at >= CUT]
    assert states[0].at == CUT
    assert set(states[0].data["down"]) == set(seen[CUT])
    assert states[-1].at == healed
    down: set[str] = set()
    for row in states:
        down = (down | set(row.data["down"])) - set(row.data["ok"]) - set(row.data["degraded"])
    assert not down


def test_an_adjacency_comes_back_two_to_five_seconds_after_the_light() -> None:
    for seed in range(5):
        trial = cut(ring(), seed)
        trial.run(MINUTE)
        link = trial.network.links.row("n0~n1")
        (row,) = trial.twin.overlay.active
        trial.relieve(row)
        lit = trial.now
        assert trial.twin.state.lit[2 * link]
        back = next(at for at in trial.instants(lit + MINUTE) if trial.twin._control.adjacent[link])
        assert 2 * SECOND <= back - lit <= 5 * SECOND


def test_after_the_light_is_back_traffic_returns_to_its_first_paths() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    before = trial.twin.forwarding.paths.copy()
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    assert trial.twin.forwarding.paths.shape != before.shape or (
        (trial.twin.forwarding.paths != before).any()
    )
    trial.relieve(row)
    trial.run(MINUTE)
    paths = trial.twin.forwarding.paths
    width = min(paths.shape[1], before.shape[1])
    assert (paths[:, :width] == before[:, :width]).all()


def test_a_flap_shorter_than_the_carrier_delay_is_not_noticed() -> None:
    trial = cut(ring())
    (row,) = trial.twin.overlay.active
    trial.run(10)
    trial.relieve(row)
    trial.run(MINUTE)
    assert trial.twin._control.adjacent.all()
    assert not trial.twin._control._runs.any()


def test_silent_loss_changes_no_table_and_raises_no_alarm() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    before, views = trial.twin.forwarding.paths.copy(), trial.twin.forwarding.node_view.copy()
    trial.impair("direction.loss", "n0>n1", 0.04)
    trial.run(30 * MINUTE)
    assert (trial.twin.forwarding.paths == before).all()
    assert (trial.twin.forwarding.node_view == views).all()
    assert trial.alarms == []
    assert "s:n0>n1" in outside(trial)
    assert "s:n1>n0" not in outside(trial)
    assert trial.twin.state.lit.all()
    assert trial.twin._control.adjacent.all()


def test_loss_so_heavy_that_hellos_die_takes_the_adjacency_by_its_liveness_check() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    trial.impair("direction.loss", "n0>n1", 0.95)
    link = trial.network.links.row("n0~n1")
    lost = next(at for at in trial.instants(CUT + MINUTE) if not trial.twin._control.adjacent[link])
    assert lost - CUT == 900
    trial.run(MINUTE)
    assert outside(trial) == set()
    assert trial.twin.state.lit.all()


def test_neighbours_miss_a_dead_daemon_only_after_the_hold_time() -> None:
    for seed in range(4):
        trial = Trial(ring(), seed=seed)
        trial.to(CUT)
        trial.impair("element.process-down", "n2", 1.0)
        own = trial.network.links.rows(trial.network.links_of("n2"))
        noticed: dict[int, Millis] = {}
        for at in trial.instants(CUT + MINUTE):
            for link in own.tolist():
                if not trial.twin._control.adjacent[link]:
                    noticed.setdefault(link, at - CUT)
        assert set(noticed) == set(own.tolist())
        assert all(20 * SECOND <= after <= 30 * SECOND for after in noticed.values())


def test_until_the_hold_time_a_dead_daemon_harms_nobody() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    trial.impair("element.process-down", "n2", 1.0)
    trial.to(CUT + 20 * SECOND - 1)
    assert outside(trial) == set()
    assert not trial.twin.state.adjacent.all()
    assert trial.twin._control.adjacent.all()


def test_a_dead_daemon_keeps_its_table_and_others_route_around_it() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    n2 = trial.network.elements.row("n2")
    table = trial.twin.forwarding.views[int(trial.twin.forwarding.node_view[n2])]
    trial.impair("element.process-down", "n2", 1.0)
    trial.run(2 * MINUTE)
    held = trial.twin.forwarding.views[int(trial.twin.forwarding.node_view[n2])]
    assert (held.up == table.up).all()
    assert (held.cost == table.cost).all()
    others = trial.twin.forwarding
    passing = [
        flow
        for flow, path in enumerate(others.paths.tolist())
        if n2 in [int(trial.network.head[d]) for d in path if d < others._fabric.directions][:-1]
    ]
    assert passing == []
    assert {name for name in outside(trial) if name.endswith(">n2")} == {
        name for name in trial.network.services.ids if name.endswith(">n2")
    }
    assert "s:n2>n3" not in outside(trial)


def test_restarting_the_daemon_heals() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    row = trial.impair("element.process-down", "n2", 1.0)
    trial.run(2 * MINUTE)
    assert outside(trial)
    trial.relieve(row)
    trial.run(10 * SECOND)
    assert outside(trial) == set()
    assert trial.twin._control.adjacent.all()


def test_a_daemon_back_before_the_hold_time_was_never_missed() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    row = trial.impair("element.process-down", "n2", 1.0)
    trial.run(15 * SECOND)
    trial.relieve(row)
    for _ in trial.instants(trial.now + MINUTE):
        assert trial.twin._control.adjacent.all()
    assert trial.alarms == []


def test_a_cut_while_a_daemon_is_dead_is_known_to_it_after_its_restart() -> None:
    trial = Trial(ring(6, chords=[(0, 3)]))
    trial.to(CUT)
    dead = trial.impair("element.process-down", "n2", 1.0)
    trial.run(5 * SECOND)
    trial.impair("duct.attenuation", "duct:n4~n5", 60.0)
    trial.run(MINUTE)
    trial.relieve(dead)
    trial.run(MINUTE)
    forwarding = trial.twin.forwarding
    view = forwarding.views[int(forwarding.node_view[trial.network.elements.row("n2")])]
    down = trial.network.links.row("n4~n5")
    assert not view.up[[2 * down, 2 * down + 1]].any()
    assert outside(trial) == set()


@pytest.mark.parametrize("dead_for", [1 * SECOND, 1 * MINUTE])
def test_a_link_that_died_while_both_its_daemons_were_dead_is_found_out_by_either(
    dead_for: Millis,
) -> None:
    trial = Trial(ring())
    trial.to(CUT)
    dead = [trial.impair("element.process-down", name, 1.0) for name in ("n2", "n3")]
    trial.run(SECOND)
    trial.impair("duct.attenuation", "duct:n2~n3", 60.0)
    trial.run(dead_for)
    trial.relieve(*dead)
    trial.run(MINUTE)
    assert not trial.twin._control.adjacent[trial.network.links.row("n2~n3")]
    assert outside(trial) == set()


def test_a_metric_that_was_set_while_a_daemon_was_dead_is_told_when_it_returns() -> None:
    trial = Trial(ring())
    trial.to(CUT)
    dead = trial.impair("element.process-down", "n2", 1.0)
    trial.run(SECOND)
    name = trial.do("set-link-cost", "n1~n2", {"cost": 60_000})
    assert trial.results[name].ok
    trial.run(MINUTE)
    trial.relieve(dead)
    trial.run(MINUTE)
    costs = trial.twin.configuration.cost
    forwarding = trial.twin.forwarding
    for node in range(6):
        held = forwarding.views[int(forwarding.node_view[node])]
        assert (held.cost == np.repeat(costs, 2)).all(), trial.network.elements[node]
