"""Attribution: the truth blames the fault that did it, also when another is about."""

from __future__ import annotations

import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.faults.kinds import FaultKind, ImpairmentSpec, Ramp, built_in_kinds
from adn.testing.trial import Trial, plan_fault, quiet_world, ring

AT: Millis = 5 * MINUTE
CUT, LOSS, DAEMON = (
    built_in_kinds()[name] for name in ("fibre-cut", "silent-loss", "routing-daemon-down")
)


def blamed(trial: Trial, fault: str) -> set[str]:
    """Return every service that a fault was ever blamed for."""
    return {name for row in trial.truth("fault.impact", fault) for name in row.data["out"]}


def still(trial: Trial, fault: str) -> set[str]:
    """Return the services that a fault is blamed for now."""
    held: set[str] = set()
    for row in trial.truth("fault.impact", fault):
        held = (held | set(row.data["out"])) - set(row.data["back"])
    return held


def outside(trial: Trial) -> set[str]:
    names = trial.network.services
    return {names[i] for i, out in enumerate(trial.twin.performance.outside) if out}


def test_one_fault_bears_all_that_it_does_and_gives_it_back() -> None:
    network = ring()
    trial = Trial(network, planned=[plan_fault(LOSS, "n0>n1", AT, {"share": 0.04})])
    trial.to(AT)
    assert still(trial, "FLT-0001") == outside(trial) != set()
    trial.do("set-link-cost", "n0~n1", {"cost": 65_535})
    trial.run(MINUTE)
    assert still(trial, "FLT-0001") == outside(trial) == set()
    back = [row for row in trial.truth("fault.impact") if row.data["back"]]
    assert {row.data["cause"] for row in back} == {"convergence CMD-0001"}


def test_a_cut_that_heals_by_itself_is_blamed_for_the_blackhole() -> None:
    trial = Trial(ring(), planned=[plan_fault(CUT, "duct:n0~n1", AT)])
    trial.to(AT + MINUTE)
    assert {"s:n0>n1", "s:n1>n0"} <= blamed(trial, "FLT-0001")
    assert still(trial, "FLT-0001") == set()
    first, *_ = trial.truth("fault.impact")
    assert (first.at, first.data["cause"]) == (AT, "fault")


def test_of_two_lossy_lines_each_is_blamed_for_its_own_services() -> None:
    network = ring()
    planned = [
        plan_fault(LOSS, "n0>n1", AT, {"share": 0.04}),
        plan_fault(LOSS, "n3>n4", AT, {"share": 0.04}, number=2),
    ]
    trial = Trial(network, planned=planned)
    trial.to(AT + MINUTE)
    first, second = still(trial, "FLT-0001"), still(trial, "FLT-0002")
    assert "s:n0>n1" in first - second
    assert "s:n3>n4" in second - first
    assert first | second == outside(trial)


def test_a_service_that_only_two_faults_together_ruin_is_blamed_on_both() -> None:
    planned = [
        plan_fault(LOSS, "n0>n1", AT, {"share": 0.003}),
        plan_fault(LOSS, "n1>n2", AT, {"share": 0.003}, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + MINUTE)
    assert outside(trial) >= {"s:n0>n2"}
    assert not outside(trial) & {"s:n0>n1", "s:n1>n2"}
    assert still(trial, "FLT-0001") == still(trial, "FLT-0002") == outside(trial)


def test_a_blackhole_is_not_blamed_on_another_fault_that_is_about() -> None:
    """A silent loss stands while a duct elsewhere is cut: the outage is the cut's alone."""
    planned = [
        plan_fault(LOSS, "n3>n4", AT, {"share": 0.04}),
        plan_fault(CUT, "duct:n0~n1", AT + 2 * MINUTE, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + 2 * MINUTE - 1)
    before = outside(trial)
    trial.to(AT + 2 * MINUTE)
    dark = outside(trial) - before
    assert "s:n0>n1" in dark
    trial.run(MINUTE)
    assert "s:n0>n1" not in outside(trial)
    assert not (dark - outside(trial)) & blamed(trial, "FLT-0001")
    assert dark <= blamed(trial, "FLT-0002")


def test_what_neither_fault_did_is_blamed_on_neither() -> None:
    """Operations police a service out of its limits while two faults far from it stand."""
    planned = [
        plan_fault(LOSS, "n3>n4", AT, {"share": 0.04}),
        plan_fault(LOSS, "n4>n5", AT, {"share": 0.04}, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + MINUTE)
    cut = trial.impair("element.power-down", "n1", 1.0, owner="CMD-0001")
    trial.run(3 * SECOND)
    assert "s:n0>n1" in outside(trial)
    for fault in ("FLT-0001", "FLT-0002"):
        assert "s:n0>n1" not in blamed(trial, fault)
    trial.relieve(cut)


def test_a_fault_can_be_seen_from_the_first_departure_it_causes() -> None:
    trial = Trial(ring(), planned=[plan_fault(CUT, "duct:n0~n1", AT)])
    trial.to(AT + MINUTE)
    (row,) = trial.truth("fault.visible")
    assert (row.at, row.id) == (AT, "FLT-0001")
    assert row.data["via"].startswith("light ")


def test_a_dead_daemon_cannot_be_seen_before_its_neighbours_miss_it() -> None:
    network = ring()
    trial = Trial(network, planned=[plan_fault(DAEMON, "n2", AT)])
    trial.to(AT + 5 * MINUTE)
    (row,) = trial.truth("fault.visible")
    assert 20 * SECOND <= row.at - AT <= 32 * SECOND


def ramp() -> FaultKind:
    spec = ImpairmentSpec(
        property="direction.loss", value=0.04, course=Ramp(shape="ramp", over=20 * MINUTE)
    )
    return FaultKind(
        name="creeping-loss",
        says="Loss that grows.",
        target="direction",
        problem="packet-loss",
        domain="ip",
        impairments=(spec,),
        repaired_by=("replace-transceiver",),
        grey=True,
    )


def test_a_ramp_can_be_seen_when_it_leaves_the_band_and_not_at_its_onset() -> None:
    trial = Trial(ring(), planned=[plan_fault(ramp(), "n0>n1", AT)])
    trial.to(AT + 21 * MINUTE)
    (onset,), (seen,) = trial.truth("fault.onset"), trial.truth("fault.visible")
    assert onset.at == AT
    assert AT < seen.at < AT + 2 * MINUTE
    assert seen.at < min(row.at for row in trial.truth("fault.impact"))


def test_another_fault_does_not_make_a_latent_one_visible() -> None:
    """While a ramp is still nothing, a cut elsewhere blackholes traffic: the ramp is not seen."""
    planned = [
        plan_fault(ramp(), "n3>n4", AT),
        plan_fault(CUT, "duct:n0~n1", AT + SECOND, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + 10 * SECOND)
    assert [row.id for row in trial.truth("fault.visible")] == ["FLT-0002"]


def test_after_its_end_a_fault_is_blamed_for_the_way_back_only() -> None:
    network = ring()
    world = quiet_world(network, management="n3")
    trial = Trial(network, world, planned=[plan_fault(DAEMON, "n1", AT)])
    trial.to(AT + 2 * MINUTE)
    trial.do("restart-process", "n1")
    trial.run(2 * MINUTE)
    (cleared,) = trial.truth("fault.cleared")
    assert cleared.id == "FLT-0001"
    later = trial.now
    trial.impair("element.power-down", "n4", 1.0, owner="CMD-0009")
    trial.run(MINUTE)
    assert not [row for row in trial.truth("fault.impact", "FLT-0001") if row.at > later]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_ids_of_faults_do_not_choose_who_is_blamed(order: tuple[int, int]) -> None:
    one, other = order
    planned = [
        plan_fault(CUT, "duct:n0~n1", AT, number=one),
        plan_fault(LOSS, "n3>n4", AT - MINUTE, {"share": 0.04}, number=other),
    ]
    trial = Trial(ring(), planned=sorted(planned, key=lambda fault: fault.id))
    trial.to(AT + MINUTE)
    assert "s:n0>n1" in blamed(trial, f"FLT-000{one}")
    assert "s:n0>n1" not in blamed(trial, f"FLT-000{other}")
    assert "s:n3>n4" in blamed(trial, f"FLT-000{other}")


def test_what_a_mended_fault_hid_becomes_the_other_faults() -> None:
    """Two lossy lines on one path: the second has no victims until the first is mended."""
    planned = [
        plan_fault(LOSS, "n0>n1", AT, {"share": 0.04}),
        plan_fault(LOSS, "n1>n2", AT + MINUTE, {"share": 0.04}, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + 2 * MINUTE)
    both = outside(trial) & {"s:n0>n2"}
    assert both <= still(trial, "FLT-0001")
    assert not both & still(trial, "FLT-0002")
    assert both
    trial.do("replace-transceiver", "n0~n1")
    trial.run(MINUTE)
    assert still(trial, "FLT-0001") == set()
    assert both <= still(trial, "FLT-0002") == outside(trial)


def test_an_element_whose_daemon_is_dead_reports_no_lost_adjacency() -> None:
    """Its neighbours do."""
    trial = Trial(ring(), planned=[plan_fault(DAEMON, "n2", AT)])
    trial.to(AT + 2 * MINUTE)
    lost = {
        alarm.reported_by for _, alarm in trial.alarms if alarm.specific_problem == "adjacency lost"
    }
    assert lost == {"n1", "n3"}
