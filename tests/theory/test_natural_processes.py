"""Natural failures against what renewal and queueing theory say of them."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from adn.base.clock import DAY, HOUR, Millis
from adn.base.streams import Key
from adn.faults.processes import Arrival, arrivals, expected, mean_down, mean_rate
from adn.faults.rates import YEAR, published_rates, vendor_mtbf
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Duct, Link
from adn.topology.network import Network

RATES = published_rates()
KEY = Key.root(7)


@cache
def bundle(links: int = 200, length_km: float = 100.0) -> Network:
    """Return two elements and many links between them, each in a duct of its own."""
    builder = NetworkBuilder("bundle")
    for name in "az":
        builder.add_element(name)
    for number in range(1, links + 1):
        duct, mark = f"duct:{number:03d}", "" if number == 1 else f"#{number}"
        builder.add_duct(Duct(duct, length_km))
        builder.add_link(Link(f"a~z{mark}", "a", "z", 1e9, length_km, 10, (duct,)))
    return builder.build()


def drawn(process: str, end: Millis, scale: float) -> dict[str, list[Arrival]]:
    """Return the failures of every duct or link of the bundle."""
    network = bundle()
    table = RATES.processes[process].fault.target
    found: dict[str, list[Arrival]] = {
        name: [] for name in (network.ducts if table == "duct" else network.links).ids
    }
    for one in arrivals(network, process, RATES, KEY, end, scale):
        found[one.target].append(one)
    return found


def down_share(failures: list[Arrival], end: Millis) -> float:
    return sum(min(one.at + one.down, end) - one.at for one in failures) / end


@pytest.mark.parametrize(
    ("process", "scale", "end"),
    [("fibre-cut", 60.0, 5 * YEAR), ("trunk-link-down", 1000.0, YEAR // 20)],
)
def test_availability_is_mtbf_over_mtbf_and_mttr(process: str, scale: float, end: Millis) -> None:
    """Over two hundred objects, within five standard errors of the closed form."""
    weight = 100.0 if process == "fibre-cut" else 1.0
    mtbf = 1.0 / (mean_rate(RATES.processes[process], scale) * weight)
    mttr = mean_down(RATES.processes[process], RATES)
    up = [1.0 - down_share(one, end) for one in drawn(process, end, scale).values()]
    error = float(np.std(up, ddof=1)) / math.sqrt(len(up))
    assert error < 0.01
    assert np.mean(up) == pytest.approx(mtbf / (mtbf + mttr), abs=5 * error)


def test_a_protected_pair_is_down_for_the_square_of_what_one_is() -> None:
    """Ducts fail independently: both are dark for (1 − A)² of the time, A the closed form."""
    process, scale, end = RATES.processes["fibre-cut"], 120.0, 5 * YEAR
    busy = mean_rate(process, scale) * 100.0 * mean_down(process, RATES)
    alone = busy / (1.0 + busy)
    ducts = list(drawn("fibre-cut", end, scale).values())
    both = []
    for one, other in zip(ducts[::2], ducts[1::2], strict=True):
        overlap = sum(
            max(0, min(x.at + x.down, y.at + y.down, end) - max(x.at, y.at))
            for x in one
            for y in other
        )
        both.append(overlap / end)
    error = float(np.std(both, ddof=1)) / math.sqrt(len(both))
    assert alone > 0.05
    assert np.mean(both) == pytest.approx(alone**2, abs=5 * error)
    assert np.mean(both) < alone / 5


def test_failures_come_as_a_poisson_process() -> None:
    """Where repair is short beside the wait: variance over mean is 1, waits are exponential."""
    end, scale = 40 * YEAR, 10.0
    found = drawn("link-flap", end, scale)
    years = np.array(
        [np.bincount([one.at // YEAR for one in row], minlength=40) for row in found.values()]
    ).ravel()
    dispersion = float(years.var(ddof=1) / years.mean())
    assert dispersion == pytest.approx(1.0, abs=5 * math.sqrt(2 / (len(years) - 1)))
    first = [row[0].at for row in found.values() if row]
    assert len(first) == len(found)
    rate = mean_rate(RATES.processes["link-flap"], scale)
    assert kstest(np.array(first) * rate, "expon").pvalue > 1e-4


def test_the_hour_of_a_failure_says_nothing() -> None:
    """Twenty-four bins of the day are equally full."""
    hours = [one.at % DAY // HOUR for row in drawn("link-flap", 40 * YEAR, 10.0).values()
             for one in row]  # fmt: skip
    counts = np.bincount(hours, minlength=24)
    fit = ((counts - counts.mean()) ** 2 / counts.mean()).sum()
    assert fit < chi2.ppf(1 - 1e-4, 23)


def test_vendors_are_as_reliable_as_published() -> None:
    """MTBF(p) = 336.51 exp(3.4371 p) h: median 1,877 h, and a tenth below 475 h."""
    assert vendor_mtbf(0.5) / HOUR == pytest.approx(1877, abs=1)
    end = 60 * YEAR
    found = drawn("fibre-cut-by-vendor", end, 1.0)
    down = RATES.durations["splice"].timing().mean()
    between = np.array([end / len(row) - down for row in found.values()]) / HOUR
    for percentile in (0.1, 0.25, 0.5, 0.75, 0.9):
        share = float((between < vendor_mtbf(percentile) / HOUR).mean())
        spread = math.sqrt(percentile * (1 - percentile) / len(between))
        assert share == pytest.approx(percentile, abs=5 * spread)


def test_splices_take_as_long_as_published() -> None:
    """MTTR(p) = 1.1345 exp(4.7709 p) h: median 12.3 h, mean 28 h."""
    took = [one.down / HOUR for row in drawn("fibre-cut", 20 * YEAR, 60.0).values() for one in row]
    assert len(took) > 2000
    error = float(np.std(took, ddof=1)) / math.sqrt(len(took))
    assert np.mean(took) == pytest.approx(1.1345 * (math.exp(4.7709) - 1) / 4.7709, abs=5 * error)
    for percentile in (0.1, 0.5, 0.9):
        share = np.mean(np.array(took) < 1.1345 * math.exp(4.7709 * percentile))
        spread = math.sqrt(percentile * (1 - percentile) / len(took))
        assert share == pytest.approx(percentile, abs=5 * spread)


@pytest.mark.parametrize("process", ["fibre-cut", "trunk-link-down", "router-restart"])
def test_as_many_are_open_as_come_times_how_long_they_stay(process: str) -> None:
    """Little's law, and the printed expectation: within five standard errors over twenty keys."""
    end, scale = YEAR // 2, 10.0
    told = expected(bundle(), process, RATES, end, scale)
    open_, came = [], []
    for seed in range(20):
        found = arrivals(bundle(), process, RATES, Key.root(seed), end, scale)
        open_.append(sum(min(one.at + one.down, end) - one.at for one in found) / end)
        came.append(len(found))
    for held, mean in ((open_, told.concurrent), (came, told.arrivals)):
        error = float(np.std(held, ddof=1)) / math.sqrt(len(held))
        assert np.mean(held) == pytest.approx(mean, abs=5 * error)
    assert told.concurrent == pytest.approx(
        told.arrivals / end * mean_down(RATES.processes[process], RATES), rel=1e-9
    )


def test_durations_of_the_three_modes_are_as_published() -> None:
    """Seconds to minutes by themselves, 10 to 100 min by hand, half a day with a splicer."""
    passing, handled = (RATES.durations[name].timing() for name in ("passing", "handled"))
    stream = KEY.stream("durations")
    short = np.array([passing.draw(stream) for _ in range(20_000)]) / 1000
    assert np.median(short) == pytest.approx(6, rel=0.05)
    assert float((short < 30).mean()) == pytest.approx(0.73, abs=0.02)
    assert passing.mean() / 1000 == pytest.approx(188, rel=0.02)
    long = np.array([handled.draw(stream) for _ in range(20_000)]) / 60_000
    assert float(((long > 10) & (long < 100)).mean()) == pytest.approx(0.8, abs=0.015)
