"""Intent and prediction: what follows from what was promised, and where trends lead."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.clock import MINUTE
from adn.closedloop.control import derived
from adn.closedloop.intent import Intent, Measured
from adn.closedloop.predicting import Expected, Predictor
from adn.northbound.post import RollUp
from adn.northbound.telemetry import KPIS, Table
from adn.topology.network import Network


@pytest.fixture(scope="module")
def intent(ring: Network) -> Intent:
    return Intent(ring, derived(ring.rows.services))


def test_every_kpi_is_watched_and_none_closer_than_six_spreads(intent: Intent) -> None:
    limits = intent.control.watch_list().limits
    assert {(w.table, w.kpi) for w in limits} == {(k.table, k.name) for k in KPIS}
    assert min(w.z for w in limits) >= 6.0


def test_the_fall_of_traffic_at_night_is_nothing_to_be_told_of(intent: Intent) -> None:
    """At most three spreads off for all of a day come to less than the sum that is watched for."""
    (rate,) = [w for w in intent.control.watch if (w.table, w.kpi) == ("service", "rate")]
    assert rate.cusum > 3.0 * 24 * 360
    assert all(w.cusum == 20.0 for w in intent.control.watch if w is not rate)


def test_services_are_within_their_promise_or_outside(intent: Intent) -> None:
    names = ("vpn:A>B", "vpn:B>A", "vpn:A>C", "ghost", "vpn:C>A")
    loss = np.array([0.0, 0.1, 0.0, 1.0, np.nan])
    latency = np.array([10.0, 10.0, 60.0, 1.0, 60.0])
    found = intent.evaluate(Measured(names, loss, latency))
    assert found.outside == ("vpn:A>C", "vpn:B>A")
    assert found.within == 2, "who was promised nothing misses nothing, nor who is not heard of"


def test_later_measurements_of_some_services_take_the_place_of_earlier_ones(intent: Intent) -> None:
    measured = Measured(("vpn:A>B", "vpn:B>A"), np.zeros(2), np.array([10.0, 60.0]))
    later = measured.but({"vpn:B>A": (0.0, 10.0), "vpn:A>C": (1.0, 10.0)})
    assert (later.count, intent.evaluate(measured).outside) == (3, ("vpn:B>A",))
    assert intent.evaluate(later).outside == ("vpn:A>C",)


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


def rolled(
    end: int, values: list[float], measure: str = "latency", table: str = "service"
) -> RollUp:
    mean = np.array([values], dtype=np.float32)
    start = (end - 15) * MINUTE
    return RollUp(start, end * MINUTE, cast(Table, table), (measure,), mean, mean, 1.0)


def foretold(
    predictor: Predictor, courses: list[list[float]], ids: tuple[str, ...], *kind: str
) -> tuple[Expected, ...]:
    found: tuple[Expected, ...] = ()
    for i, values in enumerate(zip(*courses, strict=True), start=1):
        found = predictor.look_ahead(rolled(15 * i, list(values), *kind), ids)
    return found


def test_a_steady_rise_is_followed_to_its_limit(ring: Network) -> None:
    """40, 42, 44, 46 ms a quarter of an hour: 47 as the fourth ends, 50 after 22.5 minutes."""
    predictor, ids = Predictor(ring), ("vpn:A>B", "vpn:B>A")
    assert foretold(predictor, [[40.0, 42.0, 44.0], [10.0] * 3], ids) == (), "three are no trend"
    (found,) = foretold(Predictor(ring), [[40.0, 42.0, 44.0, 46.0], [10.0] * 4], ids)
    assert (found.object, found.kpi) == ("vpn:A>B", "latency")
    assert found.after == pytest.approx(22.5 * MINUTE, abs=10)


@pytest.mark.parametrize(
    "course",
    [
        [40.0, 45.0, 40.0, 44.0],
        [44.0, 42.0, 40.0, 38.0],
        [10.0, 10.1, 10.2, 10.3],
        [60.0, 61.0, 62.0, 63.0],
        [40.0, 40.0, 44.0, 48.0],
        [40.0, 46.0, 48.0, 48.5],
        [40.00, 40.05, 40.10, 40.15],
    ],
    ids=["no line", "falls", "too slow", "already outside", "a change", "it settles", "noise"],
)
def test_nothing_is_predicted_without_a_line_that_leads_there(
    course: list[float], ring: Network
) -> None:
    assert foretold(Predictor(ring), [course], ("vpn:A>B",)) == ()


def test_what_everyone_does_is_the_daily_profile_and_no_trend(ring: Network) -> None:
    """Load that grows by a tenth everywhere is the evening; by as much on one link alone, not."""
    ids = tuple(ring.directions.ids)
    evening = [[0.7 * 1.1**i for i in range(4)] for _ in ids]
    assert foretold(Predictor(ring), evening, ids, "utilisation", "direction") == ()
    alone = [evening[0], *([0.3] * 4 for _ in ids[1:])]
    (found,) = foretold(Predictor(ring), alone, ids, "utilisation", "direction")
    assert found.object == ids[0]


def test_light_that_fades_is_followed_to_where_it_no_longer_suffices(ring: Network) -> None:
    """2.5 dB a quarter of an hour of 15 dB: 10 are gone as the last ends, half an hour is left."""
    ids = tuple(ring.directions.ids)
    fading = [[-3.0 - 2.5 * i for i in range(4)], *([-3.0] * 4 for _ in ids[1:])]
    (found,) = foretold(Predictor(ring), fading, ids, "rx-power", "direction")
    assert (found.object, found.kpi) == (ids[0], "rx-power")
    assert found.after == pytest.approx(37.5 * MINUTE, abs=1000)


def test_what_is_accounted_for_is_not_foretold(ring: Network) -> None:
    predictor, ids = Predictor(ring), ("vpn:A>B",)
    for i, value in enumerate([40.0, 42.0, 44.0, 46.0], start=1):
        found = predictor.look_ahead(rolled(15 * i, [value]), ids, lambda name: name in ids)
    assert found == ()
