"""Disturbances: they come, they go, and nothing of them is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.streams import Key
from adn.northbound.post import MaintenanceNotice
from adn.testing.trial import Trial, ring
from adn.twin.demand import Surge
from adn.twin.disturbances import (
    CollectorGap,
    Disturbance,
    Disturber,
    FlashCrowd,
    Outage,
)


def disturbed(*planned: Disturbance) -> Trial:
    """Return a trial on a ring of six with disturbances in store."""
    trial = Trial(ring(6))
    Disturber(trial.twin, planned, Key.root(5))
    return trial


def outage(**changed: object) -> Outage:
    plain = Outage("DST-0001", "maintenance", "link", "n0~n1", 10 * MINUTE, 5 * MINUTE)
    return replace(plain, **changed)


def test_a_crowd_multiplies_the_demand_of_its_services_and_no_other() -> None:
    crowd = FlashCrowd("DST-0001", Surge((0, 2), 10 * MINUTE, 10 * MINUTE, MINUTE, 2.0))
    trial, usual = disturbed(crowd), Trial(ring(6))
    for minute, factor in [(5, 1.0), (15, 2.0), (25, 1.0)]:
        trial.to(minute * MINUTE + SECOND)
        usual.to(minute * MINUTE + SECOND)
        expected = np.ones(len(trial.network.services))
        expected[[0, 2]] = factor
        np.testing.assert_allclose(trial.twin.rates / usual.twin.rates, expected)


def test_what_is_out_comes_back_and_leaves_nothing_behind() -> None:
    trial, usual = disturbed(outage()), Trial(ring(6))
    trial.to(12 * MINUTE)
    assert not trial.twin.state.link_up[trial.network.links.row("n0~n1")]
    for one in (trial, usual):
        one.to(30 * MINUTE)
    assert trial.twin.overlay.active == ()
    np.testing.assert_array_equal(
        trial.twin.performance.services.loss, usual.twin.performance.services.loss
    )
    np.testing.assert_array_equal(
        trial.twin.performance.utilisation, usual.twin.performance.utilisation
    )


def test_the_truth_says_when_it_began_and_ended() -> None:
    trial = disturbed(outage(announced=5 * MINUTE))
    trial.to(30 * MINUTE)
    (began,), (ended,) = trial.truth("disturbance.began"), trial.truth("disturbance.ended")
    assert (began.at, ended.at) == (10 * MINUTE, 15 * MINUTE)
    assert began.ref["objects"] == ["n0~n1", "n0>n1", "n1>n0"]
    assert began.data == {"kind": "maintenance", "announced": True, "until_s": 900.0}


def test_a_drain_leads_traffic_away_so_that_the_outage_hurts_nobody() -> None:
    """Without it, services are cut off until routing has noticed."""
    hurt = {}
    for drained in (0, 3 * MINUTE):
        trial = disturbed(outage(drained=drained))
        trial.to(10 * MINUTE - SECOND)
        directions = [trial.network.directions.row(name) for name in ("n0>n1", "n1>n0")]
        assert trial.twin.performance.utilisation[directions].any() == (not drained)
        assert trial.twin.state.link_up.all()
        trial.to(14 * MINUTE)
        impacts = trial.truth("disturbance.impact")
        hurt[drained] = [row.at for row in impacts if row.at >= 10 * MINUTE]
    assert hurt[0]
    assert not hurt[3 * MINUTE]


def test_what_maintenance_hurts_is_its_own_doing_and_no_faults() -> None:
    trial = disturbed(outage(table="element", target="n0"))
    trial.to(30 * MINUTE)
    assert trial.truth("disturbance.impact")
    assert trial.truth("fault.impact") == []
    assert {row.data["fault"] for row in trial.truth("alarm.cause")} == {None}


@pytest.mark.parametrize("command", ["reset-interface", "replace-transceiver"])
def test_no_command_ends_what_a_team_holds_out(command: str) -> None:
    trial = disturbed(outage(span=600 * MINUTE))
    trial.to(11 * MINUTE)
    trial.do(command, "n0~n1")
    assert not trial.twin.state.link_up[trial.network.links.row("n0~n1")]


def test_a_link_that_heals_can_be_reset_before() -> None:
    trial = disturbed(outage(kind="link-heals", span=600 * MINUTE))
    trial.to(11 * MINUTE)
    trial.do("reset-interface", "n0~n1")
    assert trial.twin.state.link_up[trial.network.links.row("n0~n1")]


def test_only_what_is_announced_is_told_and_in_time() -> None:
    told = outage(announced=5 * MINUTE, drained=2 * MINUTE)
    silent = outage(id="DST-0002", target="n2~n3")
    trial = disturbed(told, silent)
    trial.to(30 * MINUTE)
    ((at, notice),) = trial.told
    assert isinstance(notice, MaintenanceNotice)
    assert at == 5 * MINUTE
    assert notice.objects == ("n0~n1", "n0>n1", "n1>n0")
    assert (notice.start, notice.end) == (8 * MINUTE, 16 * MINUTE)


def test_a_dead_collector_loses_telemetry_and_no_alarm() -> None:
    trial = disturbed(CollectorGap("DST-0001", 10 * MINUTE, 5 * MINUTE))
    trial.to(11 * MINUTE)
    trial.impair("link.port-fault", "n0~n1", 1.0)
    trial.to(30 * MINUTE)
    for arrived, frame in trial.frames:
        lost = 10 * MINUTE <= arrived < 15 * MINUTE
        assert np.isnan(frame.values).all() == lost
        assert not frame.values.flags.writeable
        assert not frame.values.flags.writeable
    assert any(10 * MINUTE < arrived < 15 * MINUTE for arrived, _ in trial.alarms)


def test_a_collector_that_loses_a_share_loses_whole_elements() -> None:
    trial = disturbed(CollectorGap("DST-0001", 0, 60 * MINUTE, share=0.5))
    trial.to(5 * MINUTE)
    (began,) = trial.truth("disturbance.began")
    lost = set(began.ref["objects"])
    assert 0 < len(lost) < len(trial.network.elements)
    for _, frame in trial.frames:
        if frame.table == "element":
            missing = np.isnan(frame.values).all(axis=0)
            named = {trial.network.elements[int(row)] for row in np.flatnonzero(missing)}
            assert named == lost


def test_a_fault_during_maintenance_is_blamed_for_its_own_victims_alone() -> None:
    """And the maintenance for its own; what both hold down is both's."""
    trial = disturbed(outage(table="element", target="n0", span=60 * MINUTE))
    trial.to(20 * MINUTE)
    trial.twin.attribution.begin("FLT-0001", ["n3"], trial.now)
    trial.impair("element.power-down", "n3", 1.0)
    trial.to(30 * MINUTE)
    out = {
        kind: {name for row in trial.truth(kind) for name in row.data["out"]}
        for kind in ("fault.impact", "disturbance.impact")
    }
    ends = {row.id: {row.a, row.z} for row in trial.network.rows.services}
    own = {name for name, held in ends.items() if "n3" in held}
    assert own - {name for name, held in ends.items() if "n0" in held} <= out["fault.impact"]
    assert {name for name, held in ends.items() if held == {"n0", "n1"}}.isdisjoint(
        out["fault.impact"]
    )
    assert {name for name, held in ends.items() if "n0" in held} <= out["disturbance.impact"]
