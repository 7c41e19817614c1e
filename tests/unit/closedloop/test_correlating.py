"""Correlation: one storm, one incident; two faults, two."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.clock import SECOND
from adn.closedloop.correlating import Correlator, Group
from adn.closedloop.detectors import Anomaly
from adn.closedloop.view import View
from adn.northbound.inventory import Inventory
from adn.topology.elements import Duct, Link, NetworkElement, NetworkRows, Service, Sla

CUT = [
    Anomaly("direction", "A>B", "alarm", 1000, alarm="ALM-1", evidence="ALM-1"),
    Anomaly("direction", "B>A", "alarm", 1200, alarm="ALM-2", evidence="ALM-2"),
    Anomaly("link", "A~B", "alarm", 1500, alarm="ALM-3", evidence="ALM-3"),
    Anomaly("service", "vpn:A>B", "loss", 10_000, 900.0, evidence="ANM-1"),
    Anomaly("service", "vpn:C>D", "loss", 10_000, 90.0, evidence="ANM-2"),
    Anomaly("direction", "C>D", "discards", 10_000, 80.0, evidence="ANM-3"),
]


def seen_cut(inventory: Inventory, bench: Any) -> View:
    view = View(inventory)
    view.see_alarm(1000, bench.alarm(1, "A>B", 1000))
    return view


def test_a_storm_with_its_consequences_elsewhere_is_one_group(
    bench: Any, inventory: Inventory
) -> None:
    """Congestion on the far side of the ring, where the traffic went, belongs to the cut."""
    correlator = Correlator(seen_cut(inventory, bench))
    (group,) = correlator.sort(CUT, [])
    assert len(group.anomalies) == len(CUT)


@settings(max_examples=30, deadline=None)
@given(storm=st.permutations(CUT))
def test_the_order_of_arrival_within_an_instant_does_not_matter(
    storm: list[Anomaly], bench: Any, inventory: Inventory
) -> None:
    view = seen_cut(inventory, bench)
    (group,) = Correlator(view).sort(storm, [])
    (plain,) = Correlator(view).sort(CUT, [])
    assert group.core == plain.core
    assert group.reach == plain.reach
    assert {a.evidence for a in group.anomalies} == {a.evidence for a in CUT}


def two_islands() -> NetworkRows:
    """The ring, and far away from it a pair of elements of its own."""
    ends = [("A", "B"), ("B", "C"), ("C", "D"), ("A", "D"), ("X", "Y")]
    pairs = [("A", "B"), ("C", "D"), ("X", "Y")]
    return NetworkRows(
        name="islands",
        elements=tuple(NetworkElement(name) for name in "ABCDXY"),
        ducts=tuple(Duct(f"duct:{a}~{z}", 9.0) for a, z in ends),
        links=tuple(Link(f"{a}~{z}", a, z, 1e9, 9.0, 10, (f"duct:{a}~{z}",)) for a, z in ends),
        services=tuple(Service(f"vpn:{a}>{z}", "vpn", a, z, 1e8, Sla(9.0, 0.01)) for a, z in pairs),
    )


def test_faults_that_share_nothing_are_two_groups() -> None:
    view = View(Inventory(two_islands(), "A"))
    far = Anomaly("direction", "X>Y", "alarm", 1100, alarm="ALM-9", evidence="ALM-9")
    groups = Correlator(view).sort([*CUT[:3], far], [])
    assert sorted(len(group.anomalies) for group in groups) == [1, 3]


def test_a_late_signal_joins_the_group_it_touches(bench: Any, inventory: Inventory) -> None:
    correlator = Correlator(seen_cut(inventory, bench))
    (group,) = correlator.sort(CUT[:1], [])
    assert correlator.sort(CUT[3:4], [group]) == []
    assert [a.evidence for a in group.anomalies] == ["ALM-1", "ANM-1"]


def test_what_the_records_do_not_know_is_joined_by_time_alone(
    bench: Any, inventory: Inventory
) -> None:
    correlator = Correlator(seen_cut(inventory, bench))
    (group,) = correlator.sort(CUT[:1], [])
    soon = Anomaly("element", "ghost", "silence", 20_000)
    late = Anomaly("element", "ghost", "silence", 500 * SECOND)
    assert correlator.belongs(soon, group)
    assert not correlator.belongs(late, group)


def test_groups_that_come_to_touch_are_one(bench: Any, inventory: Inventory) -> None:
    correlator = Correlator(seen_cut(inventory, bench))
    one, other = Group(), Group()
    correlator.add(one, CUT[:1])
    correlator.add(other, CUT[3:4])
    assert correlator.touch(one, other)
    other.latest = one.latest + 3600 * SECOND
    assert not correlator.touch(one, other)
