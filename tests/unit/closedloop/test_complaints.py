"""Tickets as a signal: agreement that chance does not explain, where telemetry shows nothing."""

from __future__ import annotations

from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.complaints import TicketDetector
from adn.closedloop.detectors import Anomaly
from adn.closedloop.view import View
from adn.northbound.inventory import Inventory
from adn.northbound.post import Complaint, MaintenanceNotice, Ticket
from adn.topology.elements import Link, NetworkElement, NetworkRows, Service, Sla

SPOKES = 40


@pytest.fixture
def view() -> View:
    """A hub with forty spokes, each with a service to the hub and one to the next spoke."""
    names = [f"S{number:02d}" for number in range(SPOKES)]
    sla = Sla(50.0, 0.005)
    rows = NetworkRows(
        name="star",
        elements=(NetworkElement("HUB"), *(NetworkElement(name) for name in names)),
        links=tuple(Link(f"HUB~{name}", "HUB", name, 1e10, 10.0) for name in names),
        services=tuple(
            Service(f"vpn:{name}>{other}", "vpn", name, other, 1e9, sla, customers=100)
            for number, name in enumerate(names)
            for other in (names[(number + k) % SPOKES] for k in (1, 2, 3))
        ),
    )
    return View(Inventory(rows, "HUB"))


def complain(
    view: View,
    detector: TicketDetector,
    at: Millis,
    service: str,
    number: int,
    complaint: Complaint = "slow",
) -> list[Anomaly]:
    """Let a ticket about a service arrive; return what the detector makes of it."""
    ticket = Ticket(f"TCK-{number:04d}", "everything is slow", complaint, at - 3 * MINUTE, service)
    view.see_ticket(at, ticket)
    return list(detector.observe(ticket))


def test_one_complaint_is_no_reason_for_an_incident(view: View) -> None:
    assert complain(view, TicketDetector(view), 60 * MINUTE, "vpn:S00>S01", 1) == []


def test_several_that_agree_on_an_element_are(view: View) -> None:
    detector, found = TicketDetector(view), []
    services = ["vpn:S05>S06", "vpn:S04>S05", "vpn:S05>S07", "vpn:S05>S08", "vpn:S03>S05"]
    for number, service in enumerate(services, 1):
        found += complain(view, detector, 60 * MINUTE + number * MINUTE, service, number)
    assert {row.object for row in found} == set(services)
    assert {(row.what, row.opens) for row in found} == {("ticket", True)}


def test_as_many_about_nothing_in_common_are_not(view: View) -> None:
    detector, found = TicketDetector(view), []
    for number in range(8):
        service = f"vpn:S{4 * number:02d}>S{4 * number + 1:02d}"
        found += complain(view, detector, 60 * MINUTE + number * MINUTE, service, number)
    assert found == []


def test_complaints_spread_over_hours_are_not(view: View) -> None:
    detector, found = TicketDetector(view), []
    for number in range(8):
        found += complain(view, detector, (60 + 20 * number) * MINUTE, "vpn:S05>S06", number)
    assert found == []


def test_what_is_not_the_networks_trouble_does_not_count(view: View) -> None:
    detector, found = TicketDetector(view), []
    for number in range(8):
        at = 60 * MINUTE + number * MINUTE
        found += complain(view, detector, at, "vpn:S05>S06", number, "other")
    assert found == []


def test_late_complaints_about_what_is_over_are_no_news(view: View, bench: Any) -> None:
    """Telemetry has shown the outage, and that it is over."""
    at = 50 * MINUTE
    view.see_candidates(at, bench.losses(at, ["vpn:S05>S06"], 0.3, 1))
    view.see_candidates(at + MINUTE, bench.losses(at + MINUTE, [], 0.3, 1))
    detector, found = TicketDetector(view), []
    for number in range(8):
        found += complain(view, detector, 55 * MINUTE + number * SECOND, "vpn:S05>S06", number)
    assert found == []


def test_complaints_about_what_telemetry_shows_add_to_it_and_open_nothing(
    view: View, bench: Any
) -> None:
    at = 60 * MINUTE
    view.see_candidates(at - 10 * SECOND, bench.losses(at - 10 * SECOND, ["vpn:S05>S06"], 0.3, 1))
    (found,) = complain(view, TicketDetector(view), at, "vpn:S05>S06", 1)
    assert (found.object, found.opens, found.evidence) == ("vpn:S05>S06", False, "TCK-0001")


def test_complaints_about_announced_work_are_no_news_even_if_they_come_late(view: View) -> None:
    notice = MaintenanceNotice("MNT-0001", ("S05",), 50 * MINUTE, 60 * MINUTE)
    view.see_notice(0, notice)
    detector, found = TicketDetector(view), []
    for number in range(8):
        found += complain(view, detector, 65 * MINUTE + number * SECOND, "vpn:S05>S06", number)
    assert found == []
