"""The states of an incident: what may follow what."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.closedloop.correlating import Group
from adn.closedloop.detectors import Anomaly
from adn.closedloop.incident import ENDED, LEGAL, IllegalMoveError, Incident, Status


def test_the_way_through_an_incident_is_legal_end_to_end() -> None:
    incident = Incident("INC-0001", 5, Group())
    way = [
        "located",
        "planned",
        "approved",
        "executing",
        "verifying",
        "restored",
        "reopened",
        "located",
    ]
    way += ["planned", "approved", "executing", "verifying", "restored", "closed"]
    for at, status in enumerate(way, start=6):
        incident.move(Status(status), at)
    assert incident.ended
    assert incident.stamps[Status.CLOSED] == 19


@pytest.mark.parametrize(
    ("here", "there"), [p for p in product(Status, Status) if p[1] not in LEGAL[p[0]]]
)
def test_no_other_move_is_possible(here: Status, there: Status) -> None:
    incident = Incident("INC-0001", 0, Group(), status=here)
    with pytest.raises(IllegalMoveError, match=f"INC-0001 cannot go from {here} to {there}"):
        incident.move(there, 1)
    assert incident.status is here


@given(st.lists(st.sampled_from(Status), max_size=12))
def test_an_ended_incident_never_moves_again(moves: list[Status]) -> None:
    incident = Incident("INC-0001", 0, Group())
    for at, status in enumerate(moves):
        was = incident.ended
        try:
            incident.move(status, at)
        except IllegalMoveError:
            continue
        assert not was
    assert all(not LEGAL[status] for status in ENDED)


def test_a_snapshot_names_what_signals_point_at_and_leaves_consequences_out() -> None:
    group = Group(
        anomalies=[
            Anomaly("direction", "B>A", "alarm", 30, alarm="ALM-1", evidence="ALM-1"),
            Anomaly("direction", "C>B", "alarm", 31, opens=False, alarm="ALM-2", evidence="ALM-2"),
            Anomaly("direction", "C>D", "discards", 32, 50.0, evidence="ANM-1"),
            Anomaly("service", "s2", "loss", 20, 50.0, evidence="ANM-2"),
            Anomaly("service", "s1", "latency", 40, 9.0, evidence="ANM-3"),
            Anomaly("service", "s3", "rate", 40, 9.0, opens=False, evidence="ANM-4"),
        ]
    )
    shot = Incident("INC-0001", 50, group).snapshot()
    assert shot.objects == ("B>A",)
    assert shot.services == ("s1", "s2")
    assert shot.alarms == ("ALM-1", "ALM-2")
    assert shot.anomalies == ("ANM-1", "ANM-2", "ANM-3", "ANM-4")
    assert (shot.began_at, shot.opened_at, shot.severity) == (20, 50, "critical")


@pytest.mark.parametrize(
    ("what", "severity"), [("alarm", "critical"), ("loss", "major"), ("latency", "minor")]
)
def test_severity_follows_what_is_felt(what: str, severity: str) -> None:
    group = Group(anomalies=[Anomaly("service", "s", what, 0, 9.0)])
    assert Incident("INC-0001", 0, group).severity == severity
