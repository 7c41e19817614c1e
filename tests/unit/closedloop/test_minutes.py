"""Where services report each minute, a mean of what passed is not taken for what lasts."""

from __future__ import annotations

from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND, Millis, SimClock
from adn.closedloop.control import derived
from adn.closedloop.correlating import PASSING, Cause, Correlator, Group
from adn.closedloop.detectors import Anomaly
from adn.closedloop.intent import Intent
from adn.closedloop.ordering import Orders
from adn.closedloop.patience import is_worth
from adn.closedloop.probing import loses_any
from adn.closedloop.verifying import Verifier
from adn.closedloop.view import View
from adn.northbound.inventory import Inventory
from adn.northbound.post import Candidates
from adn.northbound.telemetry import Roster

AT = 10 * MINUTE
HURT = "vpn:C>D"


@pytest.fixture
def slow(inventory: Inventory) -> View:
    view = View(inventory)
    names = view.network.services.ids
    view.see_roster(0, Roster("service", names, MINUTE))
    view.see_roster(0, Roster("direction", view.network.directions.ids, 10 * SECOND))
    return view


def cut(view: View, bench: Any) -> tuple[Correlator, Group]:
    """Return a cut of A~B that was located, and to which C>D was joined as disturbed in passing."""
    view.see_alarm(AT, bench.alarm(1, "A>B", AT))
    correlator = Correlator(view)
    (group,) = correlator.sort(
        [Anomaly("direction", "A>B", "alarm", AT, alarm="ALM-000001", evidence="ALM-000001")], []
    )
    explains = frozenset({"A~B", "A>B", "B>A"})
    group.cause = Cause("duct:A~B", "fibre-loss", 0.99, AT, explains=explains, lasting=explains)
    tick = AT + 30 * SECOND
    hurt = Anomaly("service", HURT, "loss", tick, 90.0, evidence="ANM-1")
    lossy(view, bench, tick, 1)
    assert correlator.sort([hurt], [group]) == []
    assert correlator.doubtful
    return correlator, group


def lossy(view: View, bench: Any, tick: Millis, ticks: int) -> None:
    view.see_candidates(tick + 2 * SECOND, bench.losses(tick, [HURT], 0.02, ticks))


def healthy(view: View, tick: Millis) -> None:
    view.see_candidates(tick + 2 * SECOND, Candidates(tick, "service", ()))


def test_a_second_mean_that_holds_the_same_seconds_is_no_second_fault(
    slow: View, bench: Any
) -> None:
    correlator, group = cut(slow, bench)
    lossy(slow, bench, AT + 90 * SECOND, 2)
    healthy(slow, AT + 150 * SECOND)
    slow.now = AT + 32 * SECOND + correlator.passing
    assert correlator.sort((), [group]) == []
    assert not correlator.doubtful


def test_what_an_interval_that_began_afterwards_still_shows_is_another_fault(
    slow: View, bench: Any
) -> None:
    correlator, group = cut(slow, bench)
    for n in (1, 2):
        lossy(slow, bench, AT + 30 * SECOND + n * MINUTE, 1 + n)
    slow.now = AT + 32 * SECOND + correlator.passing
    (other,) = correlator.sort((), [group])
    assert [row.object for row in other.anomalies] == [HURT]


def test_doubt_lasts_as_long_as_two_intervals_take(slow: View, inventory: Inventory) -> None:
    assert Correlator(View(inventory)).passing == PASSING
    assert Correlator(slow).passing == PASSING + 2 * (MINUTE - 10 * SECOND)


@pytest.mark.parametrize(("every", "ticks", "worth"), [
    (10 * SECOND, 1, False), (10 * SECOND, 2, True), (MINUTE, 1, True), (1 * SECOND, 2, True),
])  # fmt: skip
def test_patience_is_a_time_and_never_more_reports_than_usual(
    bench: Any, every: Millis, ticks: int, worth: bool
) -> None:
    assert is_worth("service", bench.candidate(HURT, 0.01, ticks), every) is worth


def test_a_crashed_element_is_dark_though_its_neighbours_still_report_on_what_it_sent(
    slow: View, bench: Any
) -> None:
    """One report holds what both ends measure, and is heard as long as one end speaks."""
    slow.see_candidates(AT, Candidates(AT, "direction", ()))
    slow.see_candidates(AT, Candidates(AT, "element", (), ("B",)))
    assert slow.unheard == frozenset({"B"})
    assert slow.silent == frozenset()
    slow.see_alarm(AT, bench.alarm(1, "B>A", AT))
    assert slow.silent == frozenset({"B"})
    assert slow.cut_off() == {name for name in slow.network.services.ids if "B" in name}


def test_services_that_end_at_what_is_dark_are_out_at_once_where_reports_are_slow(
    slow: View, bench: Any, inventory: Inventory
) -> None:
    clock = SimClock()
    intent = Intent(slow.network, derived(slow.network.rows.services))
    verifier = Verifier(clock, slow, intent, Orders(clock, [], slow))
    services = list(slow.network.services.ids)
    assert verifier.known(services) == frozenset()
    slow.see_candidates(AT, Candidates(AT, "element", (), ("B",)))
    slow.see_alarm(AT, bench.alarm(1, "B>A", AT))
    assert verifier.known(services) == slow.cut_off()
    assert Verifier(clock, View(inventory), intent, Orders(clock, [], slow)).known(services) == (
        frozenset()
    )


@pytest.mark.parametrize(("measured", "lossy"), [
    ({"loss_forward": 0.0, "loss_backward": 0.0}, False),
    ({"loss_forward": 0.001, "loss_backward": None}, True),
    ({"errors_backward": 0.001}, True),
    ({"reachable": False, "loss_forward": None}, False),
])  # fmt: skip
def test_a_link_loses_nothing_only_if_no_test_packet_is_lost_or_damaged(measured, lossy) -> None:
    assert loses_any(measured) is lossy
