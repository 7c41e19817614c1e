"""Intent and prediction: what follows from what was promised, and where trends lead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.clock import MINUTE
from adn.closedloop.control import derived
from adn.closedloop.intent import Intent
from adn.closedloop.predicting import Expected, Predictor
from adn.northbound.post import RollUp
from adn.northbound.telemetry import KPIS
from adn.topology.network import Network


@pytest.fixture(scope="module")
def intent(ring: Network) -> Intent:
    return Intent(ring, derived(ring.rows.services))


def test_every_kpi_is_watched_and_none_closer_than_six_spreads(intent: Intent) -> None:
    limits = intent.control.watch_list().limits
    assert {(w.table, w.kpi) for w in limits} == {(k.table, k.name) for k in KPIS}
    assert min(w.z for w in limits) >= 6.0


def test_services_are_within_their_promise_or_outside(intent: Intent) -> None:
    found = intent.evaluate(
        {
            "vpn:A>B": (0.0, 10.0),
            "vpn:B>A": (0.1, 10.0),
            "vpn:A>C": (0.0, 60.0),
            "ghost": (1.0, 1.0),
        }
    )
    assert found.outside == ("vpn:A>C", "vpn:B>A")
    assert found.within == ("ghost", "vpn:A>B"), "who was promised nothing misses nothing"


@given(loss=st.floats(0, 1), latency=st.floats(0, 200))
def test_noise_alone_breaks_no_promise(loss: float, latency: float, intent: Intent) -> None:
    """A value at its limit may be measured a little above it."""
    outside = intent.is_outside("vpn:A>B", loss, latency)
    assert outside == (loss > 0.005 + 3e-4 or latency > 50.0 * 1.03)


def test_a_command_of_high_risk_is_allowed_on_what_is_dark_alone(intent: Intent) -> None:
    assert intent.allows("steer-services", dark=False)
    assert intent.allows("reboot-element", dark=True)
    assert not intent.allows("reboot-element", dark=False)
    assert not intent.allows("pull-the-plug", dark=True)


def rolled(end: int, latency: list[float]) -> RollUp:
    mean = np.array([latency], dtype=np.float32)
    return RollUp((end - 15) * MINUTE, end * MINUTE, "service", ("latency",), mean, mean, 1.0)


def test_a_steady_rise_is_followed_to_its_limit(ring: Network) -> None:
    """40, 42, 44 ms a quarter of an hour: 45 as the third ends, 50 after 37.5 minutes."""
    predictor, ids = Predictor(ring), ("vpn:A>B", "vpn:B>A")
    assert predictor.look_ahead(rolled(15, [40.0, 10.0]), ids) == ()
    assert predictor.look_ahead(rolled(30, [42.0, 10.0]), ids) == ()
    (found,) = predictor.look_ahead(rolled(45, [44.0, 10.0]), ids)
    assert (found.object, found.kpi) == ("vpn:A>B", "latency")
    assert found.after == pytest.approx(37.5 * MINUTE, abs=10)


@pytest.mark.parametrize(
    "course",
    [[40.0, 45.0, 40.0, 44.0], [44.0, 42.0, 40.0, 38.0], [10.0, 10.1, 10.2, 10.3], [60.0] * 4],
    ids=["no line", "falling", "beyond the horizon", "already outside"],
)
def test_nothing_is_predicted_without_a_line_that_leads_there(
    course: list[float], ring: Network
) -> None:
    predictor, found = Predictor(ring), [Expected("", "", 0)]
    for i, value in enumerate(course, start=1):
        found = list(predictor.look_ahead(rolled(15 * i, [value]), ("vpn:A>B",)))
    assert found == []
