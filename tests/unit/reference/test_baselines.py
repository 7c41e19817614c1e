"""The trivial locators: each says what its name says, and sees nothing but the view."""

from __future__ import annotations

import pytest

from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.view import View
from adn.northbound.alarms import Alarm, EventType, ProbableCause, Severity
from adn.northbound.inventory import Inventory
from adn.reference.baselines import (
    BASELINES,
    ConstantGuess,
    FirstAlarm,
    LoudestDevice,
    TopologyVote,
)
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, Service, Sla
from adn.topology.network import Network


def chain() -> Network:
    """Return four elements in a row; every service crosses b>c."""
    builder = NetworkBuilder("chain")
    for name in "abcd":
        builder.add_element(name)
    for a, z in ("ab", "bc", "cd"):
        builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 10.0))
    for a, z in ("ad", "ac", "bc"):
        builder.add_service(Service(f"voice:{a}>{z}", "voice", a, z, 1e6, Sla(50.0, 0.1)))
    return builder.build()


@pytest.fixture
def view() -> View:
    return View(Inventory(chain().rows, "a"))


def alarm(number: int, about: str, cause: ProbableCause) -> Alarm:
    return Alarm(
        number, f"ALM-{number:06d}", about, "a", EventType.COMMUNICATIONS, cause, Severity.MAJOR, 0
    )


def snapshot(view: View, *alarms: Alarm, services: tuple[str, ...] = ()) -> IncidentSnapshot:
    for one in alarms:
        view.see_alarm(1000, one)
    names = tuple(one.alarm_id for one in alarms)
    return IncidentSnapshot("INC-0001", Status.OPEN, 1000, 1000, "major", names, (), (), services)


def said(locator: object, snap: IncidentSnapshot, view: View) -> tuple[str, str]:
    (suspect,) = locator.locate(snap, view).suspects
    return suspect.object, suspect.problem


def test_first_alarm_takes_the_first_at_its_word(view: View) -> None:
    snap = snapshot(
        view,
        alarm(1, "b~c", ProbableCause.ADJACENCY_DOWN),
        alarm(2, "d", ProbableCause.SOFTWARE_ERROR),
    )
    assert said(FirstAlarm(), snap, view) == ("b~c", "link-down")


def test_loudest_device_counts_alarms(view: View) -> None:
    snap = snapshot(
        view,
        alarm(1, "d", ProbableCause.SOFTWARE_ERROR),
        alarm(2, "a>b", ProbableCause.LOSS_OF_SIGNAL),
        alarm(3, "b>a", ProbableCause.LOSS_OF_SIGNAL),
    )
    assert said(LoudestDevice(), snap, view) == ("a~b", "link-down")


def test_topology_vote_blames_what_the_hurt_services_share(view: View) -> None:
    snap = snapshot(view, services=("voice:a>d", "voice:a>c", "voice:b>c"))
    assert said(TopologyVote(), snap, view) == ("b>c", "packet-loss")


def test_a_constant_guess_never_changes(view: View) -> None:
    first = said(ConstantGuess(), snapshot(view), view)
    loud = snapshot(view, alarm(1, "d", ProbableCause.SOFTWARE_ERROR), services=("voice:a>d",))
    assert said(ConstantGuess(), loud, view) == first


@pytest.mark.parametrize("name", [name for name in BASELINES if name != "constant-guess"])
def test_with_nothing_to_go_by_the_answer_is_unknown(name: str, view: View) -> None:
    assert said(BASELINES[name](), snapshot(view), view) == ("", "unknown")
