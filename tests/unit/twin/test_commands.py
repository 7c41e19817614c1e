"""Commands: what each kind changes, what is refused and in which words, what it does meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.commands import Command, PlanNotice, command_kinds
from adn.testing.trial import Trial, quiet_world, ring
from adn.twin.effects import apply, renews

AT: Millis = 5 * MINUTE
LONG_WAY = ["n0>n5", "n5>n4", "n4>n3", "n3>n2", "n2>n1"]


def ready(**world: Any) -> Trial:
    network = ring()
    trial = Trial(network, quiet_world(network, **world))
    trial.to(AT)
    return trial


def path_of(trial: Trial, service: str) -> list[str]:
    network, forwarding = trial.network, trial.twin.forwarding
    flow = int(np.flatnonzero(forwarding.flows.service == network.services.row(service))[0])
    path = [d for d in forwarding.paths[flow].tolist() if d < len(network.directions)]
    return [network.directions[d] for d in path]


def effect(trial: Trial, command: str) -> Any:
    (row,) = trial.truth("command.effect", command)
    return row.data


# --- each kind ---


def test_steering_moves_a_service_and_an_empty_list_moves_it_back() -> None:
    trial = ready()
    assert path_of(trial, "s:n0>n1") == ["n0>n1"]
    done = trial.do("steer-services", "n0", {"routes": {"s:n0>n1": LONG_WAY}})
    assert trial.results[done].ok
    assert trial.results[done].message == "done"
    assert path_of(trial, "s:n0>n1") == LONG_WAY
    assert path_of(trial, "s:n1>n0") == ["n1>n0"]
    trial.do("steer-services", "n0", {"routes": {"s:n0>n1": []}})
    assert path_of(trial, "s:n0>n1") == ["n0>n1"]


def test_a_steered_service_falls_back_when_its_head_end_believes_its_path_down() -> None:
    """Until then it is lost; when the path is believed up again it returns to it."""
    trial = ready()
    trial.do("steer-services", "n0", {"routes": {"s:n0>n1": LONG_WAY}})
    cut = trial.now
    row = trial.impair("duct.attenuation", "duct:n3~n4", 60.0)
    service = trial.network.services.row("s:n0>n1")
    assert trial.twin.performance.down[service]
    back = next(
        at for at in trial.instants(cut + MINUTE) if not trial.twin.performance.down[service]
    )
    assert 50 <= back - cut <= 1_000
    assert path_of(trial, "s:n0>n1") == ["n0>n1"]
    trial.run(MINUTE)
    trial.relieve(row)
    trial.run(MINUTE)
    assert path_of(trial, "s:n0>n1") == LONG_WAY


def test_policing_admits_the_share_and_counts_the_rest_as_loss() -> None:
    trial = ready()
    row = trial.network.services.row("e:n0>n2")
    before = trial.twin.performance.services.rate_bps[row]
    trial.do("limit-services", "n0", {"shares": {"e:n0>n2": 0.7}})
    services = trial.twin.performance.services
    assert services.loss[row] == pytest.approx(0.3)
    assert services.rate_bps[row] == pytest.approx(0.7 * before)
    assert not trial.twin.performance.outside[row]
    trial.do("limit-services", "n0", {"shares": {"e:n0>n2": 0.4}})
    assert trial.twin.performance.outside[row]
    trial.do("limit-services", "n0", {"shares": {"e:n0>n2": 1}})
    assert trial.twin.performance.services.loss[row] == 0.0


def test_policing_takes_load_off_every_direction_of_the_path() -> None:
    trial = ready()
    before = trial.twin.performance.overload
    trial.do("limit-services", "n0", {"shares": {"e:n0>n2": 0.0}})
    lighter = before - trial.twin.performance.overload > 0
    names = {trial.network.directions[int(d)] for d in np.flatnonzero(lighter)}
    assert names == {"n0>n1", "n1>n2"}


def test_a_metric_moves_traffic_once_every_element_has_it() -> None:
    trial = ready()
    done = trial.do("set-link-cost", "n0~n1", {"cost": 65_535})
    assert path_of(trial, "s:n0>n1") == ["n0>n1"]
    finished = trial.results[done].finished_at
    moved = next(
        at for at in trial.instants(finished + MINUTE) if path_of(trial, "s:n0>n1") == LONG_WAY
    )
    assert 50 <= moved - finished <= 1_000
    assert trial.twin._control.adjacent.all()


def test_resetting_an_interface_takes_the_link_down_meanwhile() -> None:
    trial = ready()
    link = trial.network.links.row("n0~n1")
    name = trial.send("reset-interface", "n0~n1")
    trial.run(SECOND)
    assert not trial.twin.state.link_up[link]
    while name not in trial.results:
        trial.run(SECOND)
    assert trial.twin.state.link_up[link]
    assert trial.twin.overlay.active == ()
    trial.run(MINUTE)
    assert trial.twin._control.adjacent.all()


def test_rebooting_takes_the_element_dark_meanwhile() -> None:
    trial = ready(management="n3")
    n0 = trial.network.elements.row("n0")
    name = trial.send("reboot-element", "n0")
    trial.run(SECOND)
    assert not trial.twin.state.element_up[n0]
    assert not trial.twin.state.lit[trial.network.tail == n0].any()
    while name not in trial.results:
        trial.run(SECOND)
    assert trial.results[name].ok
    trial.run(MINUTE)
    assert trial.twin.state.element_up.all()
    assert not trial.twin.performance.outside.any()


def test_restarting_a_healthy_daemon_is_over_before_its_neighbours_miss_it_or_heals() -> None:
    trial = ready()
    trial.do("restart-process", "n2")
    trial.run(2 * MINUTE)
    assert trial.twin._control.adjacent.all()
    assert not trial.twin.performance.outside.any()


RENEWALS = [
    ("splice-fibre", "duct:n0~n1", "duct.attenuation", "duct:n0~n1", "fibre"),
    ("replace-transceiver", "n0~n1", "link.attenuation", "n0~n1", "optics"),
    ("replace-transceiver", "n0~n1", "direction.loss", "n1>n0", "optics"),
    ("reset-interface", "n0~n1", "link.port-fault", "n0~n1", "port-state"),
    ("reset-interface", "n0~n1", "direction.delay", "n0>n1", "port-state"),
    ("restart-process", "n2", "element.process-down", "n2", "process"),
    ("reboot-element", "n2", "element.process-down", "n2", "process"),
    ("reboot-element", "n2", "link.port-fault", "n1~n2", "port-state"),
    ("reboot-element", "n2", "direction.capacity", "n3>n2", "port-state"),
]


@pytest.mark.parametrize(("kind", "target", "key", "name", "part"), RENEWALS)
def test_a_repair_renews_its_part_on_its_target_and_nothing_else(
    kind: str, target: str, key: str, name: str, part: str
) -> None:
    trial = Trial(ring())
    command = Command("CMD-0001", kind, target)
    row = trial.impair(key, name, 0.5)
    assert row.part == part
    assert renews(trial.network, command, row)
    after = apply(trial.network, command, trial.twin.configuration, trial.twin.overlay)
    assert after.renewed == (row,)
    assert after.overlay.active == ()
    others = {(k, t) for k, t, *_ in RENEWALS} - {(kind, target)}
    for other_kind, other_target in sorted(others):
        expected = (other_kind, other_target, key, name, part) in RENEWALS
        found = renews(trial.network, Command("CMD-0002", other_kind, other_target), row)
        assert found == expected or (kind, other_kind) == ("reset-interface", "reboot-element")


def test_a_repair_elsewhere_renews_nothing() -> None:
    trial = ready()
    row = trial.impair("direction.loss", "n0>n1", 0.04)
    for kind, target in [
        ("replace-transceiver", "n1~n2"),
        ("reset-interface", "n0~n1"),
        ("splice-fibre", "duct:n0~n1"),
        ("reboot-element", "n0"),
    ]:
        assert not renews(trial.network, Command("CMD-0009", kind, target), row)


# --- probes ---


def test_measuring_a_link_counts_losses_both_ways() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    found = trial.results[trial.do("measure-link", "n0~n1")]
    assert found.message == "measured"
    assert found.measurement["reachable"] is True
    assert found.measurement["loss_forward"] == pytest.approx(0.04, abs=0.01)
    assert found.measurement["loss_backward"] == 0.0
    length = trial.network.length_km[trial.network.links.row("n0~n1")]
    assert found.measurement["delay_ms"] == pytest.approx(0.0049 * length, rel=1e-5)


def test_measuring_a_dark_link_finds_it_unreachable() -> None:
    trial = ready()
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    assert trial.results[trial.do("measure-link", "n0~n1")].measurement == {
        "reachable": False,
        "loss_forward": None,
        "loss_backward": None,
        "errors_forward": None,
        "errors_backward": None,
        "delay_ms": None,
    }


def test_reflectometry_finds_the_break_within_the_fibre_or_none() -> None:
    trial = ready()
    length = float(trial.network.length_km[trial.network.links.row("n0~n1")])
    whole = trial.results[trial.do("otdr", "n0~n1")].measurement
    assert whole == {"length_km": pytest.approx(length, rel=1e-5), "break_km": None}
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    broken = trial.results[trial.do("otdr", "n0~n1")].measurement
    assert 0.0 < broken["break_km"] < length
    trial = ready()
    trial.impair("link.port-fault", "n3~n4", 1.0)
    assert trial.results[trial.do("otdr", "n3~n4")].measurement["break_km"] is None


def test_asking_whether_a_daemon_runs() -> None:
    trial = ready()
    assert trial.results[trial.do("check-process", "n2")].measurement == {"running": True}
    trial.impair("element.process-down", "n2", 1.0)
    assert trial.results[trial.do("check-process", "n2")].measurement == {"running": False}


def test_probes_change_nothing_and_leave_no_effect() -> None:
    trial = ready()
    for kind, target in [("measure-link", "n0~n1"), ("otdr", "n0~n1"), ("check-process", "n0")]:
        trial.do(kind, target)
    assert trial.truths == []


# --- refusals ---

REFUSALS = [
    ("dance", "n0", {}, "no such command: dance"),
    ("restart-process", "n9", {}, "no such element: n9"),
    ("reset-interface", "n0", {}, "no such link: n0"),
    ("splice-fibre", "duct:x", {}, "no such duct: duct:x"),
    ("set-link-cost", "n0~n1", {}, "cost must be an integer in 1..65535, not None"),
    ("set-link-cost", "n0~n1", {"cost": 0}, "cost must be an integer in 1..65535, not 0"),
    ("set-link-cost", "n0~n1", {"cost": 65_536}, "cost must be an integer in 1..65535, not 65536"),
    ("set-link-cost", "n0~n1", {"cost": True}, "cost must be an integer in 1..65535, not True"),
    ("set-link-cost", "n0~n1", {"cost": 1.5}, "cost must be an integer in 1..65535, not 1.5"),
    ("steer-services", "n0", {}, "steer-services needs `routes`, a map of service ids"),
    ("steer-services", "n0", {"routes": []}, "steer-services needs `routes`, a map of service ids"),
    ("steer-services", "n0", {"routes": {"s:x": []}}, "no such service: s:x"),
    ("steer-services", "n0", {"routes": {"s:n1>n0": []}}, "s:n1>n0 does not enter at n0"),
    ("steer-services", "n0", {"routes": {"s:n0>n1": ["n0>n9"]}}, "no such path: ['n0>n9']"),
    (
        "steer-services",
        "n0",
        {"routes": {"s:n0>n1": ["n0>n5"]}},
        "not a path of s:n0>n1: ['n0>n5']",
    ),
    (
        "steer-services",
        "n0",
        {"routes": {"s:n0>n1": ["n0>n5", "n5>n0", "n0>n1"]}},
        "not a path of s:n0>n1: ['n0>n5', 'n5>n0', 'n0>n1']",
    ),
    ("limit-services", "n0", {"shares": 3}, "limit-services needs `shares`, a map of service ids"),
    ("limit-services", "n0", {"shares": {"e:n0>n2": 1.5}}, "a share must lie in 0..1, not 1.5"),
    ("limit-services", "n0", {"shares": {"e:n0>n2": True}}, "a share must lie in 0..1, not True"),
    (
        "limit-services",
        "n0",
        {"shares": {"s:n0>n1": 0.5}},
        "s:n0>n1 is not elastic and may not be limited",
    ),
]


@pytest.mark.parametrize(("kind", "target", "params", "words"), REFUSALS)
def test_what_does_not_fit_is_refused_in_plain_words_and_changes_nothing(
    kind: str, target: str, params: dict[str, Any], words: str
) -> None:
    trial = ready()
    before = trial.twin.configuration
    result = trial.results[trial.do(kind, target, params)]
    assert (result.ok, result.message) == (False, words)
    assert trial.twin.configuration is before
    assert trial.truths == []


def test_an_element_that_is_cut_off_obeys_nobody() -> None:
    trial = ready(management="n3")
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.impair("duct.attenuation", "duct:n0~n5", 60.0)
    for kind, target, params in [
        ("restart-process", "n0", {}),
        ("steer-services", "n0", {"routes": {}}),
        ("limit-services", "n0", {"shares": {}}),
        ("check-process", "n0", {}),
        ("reset-interface", "n0~n1", {}),
        ("measure-link", "n0~n5", {}),
        ("otdr", "n0~n1", {}),
    ]:
        sent = trial.now
        result = trial.results[trial.do(kind, target, params)]
        assert (result.ok, result.message) == (False, "n0 cannot be reached")
        assert result.finished_at == sent + 200
    assert all(row.owner == "FLT-0001" for row in trial.twin.overlay.active)


def test_an_element_that_is_cut_off_while_it_is_at_work_cannot_finish() -> None:
    trial = ready(management="n3")
    name = trial.send("limit-services", "n0", {"shares": {"e:n0>n2": 0.5}})
    trial.run(100)
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.impair("duct.attenuation", "duct:n0~n5", 60.0)
    trial.run(MINUTE)
    assert (trial.results[name].ok, trial.results[name].message) == (False, "n0 cannot be reached")
    assert (trial.twin.configuration.admitted == 1.0).all()


def test_commands_take_their_time_and_some_fail_without_effect() -> None:
    """Of 600 metric changes about 1 in 100 is not carried out; medians are the catalogue's."""
    trial = ready()
    names = []
    for number in range(600):
        names.append(trial.send("set-link-cost", "n0~n1", {"cost": 1_001 + number % 2}))
        trial.run(100)
    trial.run(2 * MINUTE)
    failed = [name for name in names if not trial.results[name].ok]
    assert 1 <= len(failed) <= 16
    assert {trial.results[name].message for name in failed} == {
        "not carried out: the element did not comply"
    }
    assert not any(trial.truth("command.effect", name) for name in failed)
    sent = {name: AT + 100 * number for number, name in enumerate(names)}
    took = np.array([trial.results[name].finished_at - sent[name] for name in names])
    stated = command_kinds()["set-link-cost"].time
    assert np.median(took) == pytest.approx(stated["median"] * SECOND, rel=0.1)
    assert np.percentile(took, 95) == pytest.approx(stated["p95"] * SECOND, rel=0.15)


def test_a_failed_reset_does_not_take_the_link_down() -> None:
    for seed in range(200):
        network = ring(3)
        trial = Trial(network, seed=seed)
        name = trial.send("reset-interface", "n0~n1")
        link = network.links.row("n0~n1")
        up = [trial.twin.state.link_up[link] for _ in trial.instants(3 * MINUTE)]
        if not trial.results[name].ok:
            assert all(up)
            return
        assert not all(up)
    pytest.fail("no reset failed in 200 runs")


# --- what the truth says of them ---


def test_a_repair_that_mends_helps_and_renews() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    while True:
        name = trial.send("replace-transceiver", "n0~n1")
        while name not in trial.results:
            trial.run(MINUTE)
        if trial.results[name].ok:
            break
    assert effect(trial, name) == {
        "applied": True,
        "renewed": True,
        "helped": True,
        "harmed": False,
        "field": True,
    }


def test_a_mitigation_that_moves_services_off_a_lossy_line_helps_without_renewing() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    name = trial.do("set-link-cost", "n0~n1", {"cost": 65_535})
    assert effect(trial, name) == {
        "applied": True,
        "renewed": False,
        "helped": True,
        "harmed": False,
        "field": False,
    }


def test_a_command_that_takes_services_out_harms() -> None:
    trial = ready()
    name = trial.do("limit-services", "n0", {"shares": {"e:n0>n2": 0.1}})
    found = effect(trial, name)
    assert (found["helped"], found["harmed"]) == (False, True)


def test_downtime_that_cut_services_off_and_mended_nothing_harms() -> None:
    trial = ready(management="n3")
    name = trial.do("reboot-element", "n1")
    assert effect(trial, name)["harmed"]
    trial.run(MINUTE)
    trial.impair("element.process-down", "n1", 1.0)
    trial.run(MINUTE)
    name = trial.do("reboot-element", "n1")
    found = effect(trial, name)
    assert (found["renewed"], found["helped"], found["harmed"]) == (True, True, False)


def test_a_reset_on_a_ring_with_room_harms_nobody() -> None:
    trial = ready()
    found = effect(trial, trial.do("reset-interface", "n0~n1"))
    assert (found["renewed"], found["helped"], found["harmed"]) == (False, False, False)


def judged(trial: Trial, *steps: Command) -> Any:
    trial.twin.judge(trial.now, PlanNotice("PLN-0001", "INC-0001", "mitigate", steps))
    (row,) = trial.truth("plan.judged", "PLN-0001")
    assert row.ref == {"incident": "INC-0001"}
    return row.data


def test_a_plan_is_judged_on_a_fork_that_leaves_the_network_alone() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    outside = int(trial.twin.performance.outside.sum())
    before = trial.twin.forwarding.paths.copy()
    step = Command("CMD-0001", "set-link-cost", "n0~n1", {"cost": 65_535})
    assert judged(trial, step) == {
        "outside_without": outside,
        "outside_with": 0,
        "restores": True,
        "harms": False,
    }
    assert (trial.twin.forwarding.paths == before).all()
    assert int(trial.twin.performance.outside.sum()) == outside


def test_a_plan_of_the_wrong_remedy_restores_nothing() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    found = judged(trial, Command("CMD-0001", "reset-interface", "n0~n1"))
    assert found["outside_with"] == found["outside_without"] > 0
    assert (found["restores"], found["harms"]) == (False, False)


def test_a_plan_that_takes_out_others_harms() -> None:
    trial = ready()
    step = Command("CMD-0001", "limit-services", "n0", {"shares": {"e:n0>n2": 0.1}})
    found = judged(trial, step)
    assert (found["outside_without"], found["outside_with"]) == (0, 1)
    assert (found["restores"], found["harms"]) == (True, True)


def test_a_step_of_a_plan_that_helps_counts_as_help_even_if_alone_it_would_not() -> None:
    trial = ready()
    trial.impair("direction.loss", "n0>n1", 0.04)
    drain = Command("CMD-0001", "set-link-cost", "n0~n1", {"cost": 65_535}, plan="PLN-0001")
    judged(trial, drain)
    name = trial.send("limit-services", "n0", {"shares": {"e:n0>n2": 0.9}}, plan="PLN-0001")
    trial.run(MINUTE)
    assert effect(trial, name)["helped"]
