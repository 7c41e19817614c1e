"""Demand and measurement noise have the moments and memory they are documented to have."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base.clock import DAY, HOUR, MINUTE
from adn.base.streams import Key
from adn.northbound.telemetry import KPIS
from adn.testing.trial import Trial, quiet_world, ring
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Service, Sla
from adn.topology.network import Network
from adn.twin.demand import HIDDEN_SPREAD, MEMORY, Demand
from adn.twin.measuring import MEMORY as NOISE_MEMORY
from adn.twin.measuring import Measuring
from adn.twin.rhythm import PROFILES, YEAR, Rhythm


def many(services: int) -> Network:
    builder = NetworkBuilder("many").add_element("a").add_element("z")
    for number in range(services):
        builder.add_service(Service(f"s{number}", "d", "a", "z", 1e6, Sla(9.0, 0.1)))
    return builder.build()


def rates(network: Network, spread: float, steps: int, profile: str = "flat") -> np.ndarray:
    demand = Demand(network, Key.root(11), Rhythm(profile), 1.0, spread)
    return np.array([demand.advance(step * MINUTE) for step in range(steps)])


@pytest.fixture(scope="module")
def variation() -> np.ndarray:
    """2,000 services' demand over their own mean, 300 minutes, the first 100 left out."""
    network = many(2000)
    return rates(network, 0.05, 300)[100:] / rates(network, 0.0, 1)[0] - 1.0


def test_variation_has_the_stated_spread_and_no_bias(variation: np.ndarray) -> None:
    assert variation.mean() == pytest.approx(0.0, abs=0.002)
    assert variation.std() == pytest.approx(0.05, rel=0.02)


def test_variation_is_stationary_across_services_and_time(variation: np.ndarray) -> None:
    early, late = variation[:50].std(), variation[-50:].std()
    assert early == pytest.approx(late, rel=0.05)


@pytest.mark.parametrize("lag", [1, 2, 5, 10])
def test_variation_forgets_as_an_ar1_process_does(variation: np.ndarray, lag: int) -> None:
    product = (variation[lag:] * variation[:-lag]).mean() / variation.var()
    assert product == pytest.approx(MEMORY**lag, abs=0.02)


def test_services_vary_independently_of_each_other(variation: np.ndarray) -> None:
    together = variation[::10].mean(axis=1).std() * np.sqrt(variation.shape[1])
    assert together == pytest.approx(0.05, rel=0.5)


def test_true_peaks_lie_about_the_contracted_ones() -> None:
    network = many(2000)
    peaks = rates(network, 0.0, 1)[0] / network.demand_bps
    assert peaks.mean() == pytest.approx(1.0, abs=0.01)
    assert peaks.std() == pytest.approx(HIDDEN_SPREAD, rel=0.06)
    assert (peaks >= 0.2).all()


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_without_variation_demand_follows_its_profile(profile: str) -> None:
    """At full hours the profile's share, halfway the mean of two, the next day the same."""
    network = many(3)
    demand = Demand(network, Key.root(2), Rhythm(profile), 2.0, 0.0)
    flat = Demand(network, Key.root(2), Rhythm("flat"), 2.0, 0.0).advance(0)
    for hour in range(24):
        share = PROFILES[profile][hour]
        following = PROFILES[profile][(hour + 1) % 24]
        assert demand.advance(hour * HOUR) == pytest.approx(share * flat)
        middle = demand.advance(hour * HOUR + HOUR // 2)
        assert middle == pytest.approx((share + following) / 2 * flat)
    assert demand.advance(DAY) == pytest.approx(PROFILES[profile][0] * flat)
    assert max(PROFILES[profile]) == 1.0
    assert len(PROFILES[profile]) == 24


def test_the_time_of_day_at_the_start_counts() -> None:
    network = many(1)
    late = Demand(network, Key.root(2), Rhythm("evening", 20 * HOUR), 1.0, 0.0).advance(HOUR)
    early = Demand(network, Key.root(2), Rhythm("evening"), 1.0, 0.0).advance(21 * HOUR)
    assert late == pytest.approx(early)


def test_days_of_the_week_and_years_carry_the_day_with_them() -> None:
    """At noon a day has its factor, at midnight the mean of two; growth compounds."""
    week = (1.0, 1.1, 1.0, 1.0, 0.9, 0.6, 0.4)
    rhythm = Rhythm("business", week=week, day=2)
    plain = Rhythm("business")
    for days in range(15):
        noon, midnight = days * DAY + DAY // 2, (days + 1) * DAY
        assert rhythm.level(noon) == pytest.approx(plain.level(noon) * week[(2 + days) % 7])
        between = (week[(2 + days) % 7] + week[(3 + days) % 7]) / 2
        assert rhythm.level(midnight) == pytest.approx(plain.level(midnight) * between)
    assert Rhythm("flat", growth=0.2).level(3 * YEAR) == pytest.approx(1.2**3)


def noise_of(name: str, table: str, ticks: int) -> np.ndarray:
    """Return the measurement error of a KPI in its standard deviations, shape (ticks, rows)."""
    row = next(row for row in KPIS if (row.table, row.name) == (table, name))
    network = ring(8)
    measuring = Measuring(network, Key.root(4), 0.0)
    one = next(
        one for one in measuring._instruments if name in one.names and one.block.table == table
    )
    one.measure(0, [0] * ticks, [[np.full(one.shape[1], 0.5)] * one.shape[0]])
    shown = one.ready[:, one.names.index(name)].astype(np.float64)
    return (shown / 0.5 - 1.0) / (row.noise if row.relative else row.noise / 0.5)


@pytest.fixture(scope="module")
def errors() -> np.ndarray:
    return noise_of("utilisation", "direction", 6000)[20:]


def test_measurement_noise_has_no_bias_and_the_stated_spread(errors: np.ndarray) -> None:
    assert errors.mean() == pytest.approx(0.0, abs=0.02)
    assert errors.std() == pytest.approx(1.0, rel=0.03)


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_measurement_noise_forgets_as_documented(errors: np.ndarray, lag: int) -> None:
    product = (errors[lag:] * errors[:-lag]).mean() / errors.var()
    assert product == pytest.approx(NOISE_MEMORY**lag, abs=0.02)


def test_measurement_noise_has_heavier_tails_than_the_normal(errors: np.ndarray) -> None:
    """Student's t of 5 degrees through AR(1) of ½ has an excess kurtosis of 6·(1−¼)²/(1−1/16)."""
    kurtosis = float((errors**4).mean() / errors.var() ** 2) - 3.0
    assert 1.5 < kurtosis < 6.5


def test_series_are_disturbed_independently(errors: np.ndarray) -> None:
    correlation = np.corrcoef(errors.T) - np.eye(errors.shape[1])
    assert np.abs(correlation).max() < 0.08


def test_ratios_stay_ratios_and_powers_may_be_negative() -> None:
    trial = Trial(ring(5))
    trial.run(20 * MINUTE)
    values = {"loss": [], "errors": [], "rx-power": []}
    for _, frame in trial.frames:
        for name, column in zip(frame.kpis, frame.values, strict=True):
            if name in values:
                values[name].append(column)
    for name in ("loss", "errors"):
        held = np.concatenate(values[name])
        assert (held >= 0.0).all()
        assert (held > 0.0).any()
    assert np.concatenate(values["rx-power"]).mean() == pytest.approx(-8.0, abs=0.05)


def test_gaps_come_in_the_stated_share_and_at_no_fixed_place() -> None:
    network = ring(8)
    trial = Trial(network, quiet_world(network, missing=0.02))
    trial.run(HOUR)
    held = np.concatenate(
        [frame.values[0] for _, frame in trial.frames if frame.table == "service"]
    )
    assert np.isnan(held).mean() == pytest.approx(0.02, rel=0.15)
    rows = np.array([frame.values[0] for _, frame in trial.frames if frame.table == "service"])
    per_series = np.isnan(rows).mean(axis=0)
    assert per_series.max() < 0.05
