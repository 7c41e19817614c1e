"""Telemetry on its way: each imperfection shows in what arrives, and good health in nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.sampling import Timing
from adn.northbound.collector import Collector
from adn.northbound.telemetry import TelemetryFrame
from adn.testing.trial import Trial, quiet_world, ring
from adn.twin.impairments import Impairment
from adn.twin.measuring import reporter_of, rosters
from adn.twin.transporting import Carriage, Transporting

NETWORK = ring(6)


def trial(carriage: Carriage | None = None, until: int = 10 * MINUTE) -> Trial:
    world = quiet_world(NETWORK)
    made = Trial(NETWORK, replace(world, carriage=carriage) if carriage else world)
    made.to(until)
    return made


def of(made: Trial, table: str, kpi: str) -> list[tuple[int, TelemetryFrame]]:
    return [(at, one) for at, one in made.frames if one.table == table and kpi in one.kpis]


def test_a_healthy_collection_brings_every_frame_once_and_in_order() -> None:
    measured = [one.measured_at for _, one in of(trial(), "service", "loss")]
    assert measured == sorted(set(measured))


def test_what_is_carried_badly_was_measured_all_the_same() -> None:
    """Values that arrive are those of the healthy collection: carriage adds no noise."""
    well = {one.measured_at: one.values for _, one in of(trial(), "service", "loss")}
    badly = trial(Carriage(late=0.3, doubled=0.3, mute=0.2))
    for _, one in of(badly, "service", "loss"):
        there = ~np.isnan(one.values)
        assert np.array_equal(one.values[there], well[one.measured_at][there])


def test_late_frames_are_overtaken_and_the_collector_copes() -> None:
    late = Carriage(late=0.2, lateness=Timing("fixed", MINUTE))
    frames = of(trial(late, 30 * MINUTE), "service", "loss")
    measured = [one.measured_at for _, one in frames]
    assert measured != sorted(measured)
    made = Collector(rosters(NETWORK), 0)
    for at, one in frames:
        made.ingest(one, at)
    assert made.arrivals["late"] == pytest.approx(0.2 * len(frames), rel=0.5)
    assert made.arrivals["doubled"] == 0


def test_a_little_late_is_put_in_its_place() -> None:
    late = Carriage(late=0.2, lateness=Timing("fixed", 12 * SECOND))
    made = Collector(rosters(NETWORK), 0)
    for at, one in of(trial(late, 30 * MINUTE), "service", "loss"):
        made.ingest(one, at)
    assert made.arrivals["reordered"] > 10
    assert made.arrivals["late"] == 0


def test_frames_that_come_twice_are_counted_once() -> None:
    frames = of(trial(Carriage(doubled=0.25), 30 * MINUTE), "service", "loss")
    made = Collector(rosters(NETWORK), 0)
    for at, one in frames:
        made.ingest(one, at)
    sent = {one.measured_at for _, one in frames}
    assert made.arrivals["doubled"] == len(frames) - len(sent) > 0


def test_silences_come_in_runs_and_take_all_of_an_element() -> None:
    carriage = Carriage(mute=0.1, run=2 * MINUTE)
    made = Transporting(NETWORK, carriage, trial().twin._key)
    mute = np.array([made.mute(at) for at in range(0, 20 * 60 * MINUTE, 10 * SECOND)])
    assert mute.mean() == pytest.approx(0.1, abs=0.03)
    begins = (mute[1:] & ~mute[:-1]).sum()
    assert mute.sum() / begins >= 0.9 * 12, "twelve frames of 10 s and more in a run"
    seen = [one for _, one in of(trial(carriage, 60 * MINUTE), "direction", "utilisation")]
    reporter = NETWORK.tail
    gaps = np.array([np.isnan(one.values[0]) for one in seen])
    assert gaps.any()
    for element in range(len(NETWORK.elements)):
        assert (
            gaps[:, reporter == element].all(axis=1) == gaps[:, reporter == element].any(1)
        ).all()


def test_a_reboot_is_a_gap_in_what_is_counted_and_in_nothing_else() -> None:
    made = trial(until=5 * MINUTE + 2 * SECOND)
    down = Impairment("X", "X", "element.power-down", "n2", "set", 1.0, "chassis")
    made.twin.impair(down, "fault")
    made.run(SECOND)
    made.twin.relieve(("X",), "heal")
    made.run(30 * SECOND)
    row = NETWORK.elements.row("n2")
    own = NETWORK.tail == row
    gaps = {
        one.measured_at: np.isnan(one.values[one.kpis.index("utilisation")])
        for _, one in of(made, "direction", "utilisation")
    }
    assert gaps[5 * MINUTE + 10 * SECOND][own].all()
    assert not gaps[5 * MINUTE + 10 * SECOND][~own].any()
    assert not gaps[5 * MINUTE + 20 * SECOND].any()
    made.to(7 * MINUTE)
    light = {one.measured_at: one for _, one in of(made, "direction", "rx-power")}[6 * MINUTE]
    heard = reporter_of(NETWORK, _kpi("errors")) == row
    assert np.isnan(light.values[light.kpis.index("errors")][heard]).all()
    assert not np.isnan(light.values[light.kpis.index("rx-power")]).any()


def test_narrow_counters_say_nothing_of_fast_ports() -> None:
    """10 Gbit/s fill 32 bits of octets in 3.4 s; their packets do not in 10."""
    made = trial(Carriage(counter_bits=32))
    for _, one in of(made, "direction", "utilisation"):
        assert np.isnan(one.values[one.kpis.index("utilisation")]).all()
        assert not np.isnan(one.values[one.kpis.index("discards")]).any()


def _kpi(name: str):  # type: ignore[no-untyped-def]
    from adn.northbound.telemetry import kpi

    return kpi("direction", name)
