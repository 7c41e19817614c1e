"""What elements report: telemetry by interval, alarms after their soak, neither when cut off."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from adn.base.clock import HOUR, MINUTE, SECOND, Millis
from adn.base.sampling import Timing
from adn.northbound.alarms import Alarm, Severity
from adn.northbound.telemetry import TelemetryFrame
from adn.testing.trial import Trial, quiet_world, ring
from adn.twin.alarming import Habits
from adn.twin.measuring import blocks_of, rosters

AT: Millis = 5 * MINUTE


def column(frame: TelemetryFrame, name: str) -> np.ndarray:
    return frame.values[frame.kpis.index(name)]


def frames(trial: Trial, kpi: str) -> list[tuple[Millis, np.ndarray]]:
    return [
        (frame.measured_at, column(frame, kpi)) for _, frame in trial.frames if kpi in frame.kpis
    ]


def raises(trial: Trial) -> list[tuple[Millis, Alarm]]:
    return [(at, a) for at, a in trial.alarms if a.perceived_severity != Severity.CLEARED]


def clears(trial: Trial) -> list[tuple[Millis, Alarm]]:
    return [(at, a) for at, a in trial.alarms if a.perceived_severity == Severity.CLEARED]


# --- telemetry ---


def test_each_table_reports_at_its_intervals() -> None:
    trial = Trial(ring())
    trial.to(2 * MINUTE + 3 * SECOND)
    seen = Counter((frame.table, frame.kpis) for _, frame in trial.frames)
    assert seen == {
        ("service", ("loss", "latency", "rate")): 12,
        ("direction", ("utilisation", "discards")): 12,
        ("direction", ("errors", "rx-power", "pre-fec-ber", "osnr")): 2,
        ("element", ("cpu", "table-use")): 2,
    }
    assert {block.interval for block in blocks_of({})} == {10 * SECOND, 60 * SECOND}


def test_reports_arrive_after_their_delay() -> None:
    trial = Trial(ring())
    trial.to(2 * MINUTE)
    assert all(at - frame.measured_at == 2 * SECOND for at, frame in trial.frames)


def test_rows_follow_the_roster() -> None:
    network = ring()
    sizes = {roster.table: len(roster.ids) for roster in rosters(network)}
    trial = Trial(network)
    trial.to(2 * MINUTE)
    for _, frame in trial.frames:
        assert frame.values.shape == (len(frame.kpis), sizes[frame.table])
        assert frame.values.dtype == np.float32
        assert not frame.values.flags.writeable


def test_a_report_is_the_mean_over_its_interval() -> None:
    """Loss that starts six seconds into an interval shows as four tenths of itself."""
    network = ring()
    trial = Trial(network)
    trial.to(AT + 6 * SECOND)
    trial.impair("direction.loss", "n0>n1", 0.10)
    trial.to(AT + 30 * SECOND)
    row = network.services.row("s:n0>n1")
    loss = {at: values[row] for at, values in frames(trial, "loss")}
    assert loss[AT] == pytest.approx(0.0, abs=1e-3)
    assert loss[AT + 10 * SECOND] == pytest.approx(0.04, abs=1e-3)
    assert loss[AT + 20 * SECOND] == pytest.approx(0.10, abs=1e-3)


def test_light_and_errors_count_from_the_instant_they_change() -> None:
    """A minute of which the last quarter has a lossy span shows a quarter of its effect."""
    network = ring()
    trial = Trial(network)
    trial.to(AT + 45 * SECOND)
    trial.impair("link.attenuation", "n0~n1", 8.0)
    trial.impair("direction.errors", "n0>n1", 0.02)
    trial.to(AT + 62 * SECOND)
    row = network.directions.row("n0>n1")
    assert dict(frames(trial, "rx-power"))[AT + MINUTE][row] == pytest.approx(-10.0, abs=0.3)
    assert dict(frames(trial, "errors"))[AT + MINUTE][row] == pytest.approx(0.005, rel=1e-3)


def test_a_cut_off_element_reports_nothing_and_the_others_go_on() -> None:
    network = ring()
    trial = Trial(network, quiet_world(network, management="n3"))
    trial.to(AT)
    for duct in ("duct:n0~n1", "duct:n0~n5"):
        trial.impair("duct.attenuation", duct, 60.0)
    trial.to(AT + 2 * MINUTE + 5 * SECOND)
    n0 = network.elements.row("n0")
    for at, values in frames(trial, "cpu"):
        assert np.isnan(values[n0]) == (at > AT), at
        assert not np.isnan(np.delete(values, n0)).any()
    after = [values for at, values in frames(trial, "utilisation") if at > AT]
    for values in after:
        assert (np.isnan(values) == (network.tail == n0)).all()
    received = [values for at, values in frames(trial, "rx-power") if at > AT]
    for values in received:
        assert (np.isnan(values) == (network.head == n0)).all()
    losses = [values for at, values in frames(trial, "loss") if at > AT]
    for values in losses:
        assert (np.isnan(values) == (network.service_z == n0)).all()


def test_a_dark_element_reports_nothing() -> None:
    network = ring()
    trial = Trial(network, quiet_world(network, management="n3"))
    trial.to(AT)
    trial.impair("element.power-down", "n0", 1.0)
    trial.to(AT + MINUTE + 5 * SECOND)
    n0 = network.elements.row("n0")
    assert np.isnan(dict(frames(trial, "cpu"))[AT + MINUTE][n0])


def test_a_convergence_shows_in_the_processors_of_those_who_computed() -> None:
    trial = Trial(ring())
    trial.to(AT)
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.to(AT + 3 * MINUTE + 5 * SECOND)
    load = dict(frames(trial, "cpu"))
    assert (load[AT + MINUTE] - load[AT + 2 * MINUTE]).mean() > 0.01


# --- alarms ---


def test_a_cut_raises_loss_of_signal_and_lost_adjacency_at_both_ends_after_the_soak() -> None:
    trial = Trial(ring())
    trial.to(AT)
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    found = {(a.managed_object, a.reported_by, a.specific_problem) for _, a in raises(trial)}
    assert found == {
        ("n0>n1", "n1", "loss of signal"),
        ("n1>n0", "n0", "loss of signal"),
        ("n0~n1", "n0", "adjacency lost"),
        ("n0~n1", "n1", "adjacency lost"),
    }
    for at, alarm in raises(trial):
        noticed = 0 if alarm.specific_problem == "loss of signal" else 60
        assert 2 * SECOND <= alarm.event_time - AT <= 2 * SECOND + noticed
        assert at == alarm.event_time + 1 * SECOND


def test_a_condition_gone_before_its_soak_raises_nothing() -> None:
    trial = Trial(ring())
    trial.to(AT)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(1_900)
    trial.relieve(row)
    trial.run(30)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(1_900)
    trial.relieve(row)
    trial.run(MINUTE)
    assert {a.specific_problem for _, a in raises(trial)} <= {"adjacency lost"}


def test_alarms_clear_once_the_condition_has_been_gone_for_the_clear_soak() -> None:
    trial = Trial(ring())
    trial.to(AT)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    trial.relieve(row)
    healed = trial.now
    trial.run(MINUTE)
    assert len(clears(trial)) == len(raises(trial)) == 4
    for at, alarm in clears(trial):
        back = 0 if alarm.specific_problem == "loss of signal" else 5 * SECOND
        assert 5 * SECOND <= alarm.event_time - healed <= 5 * SECOND + back
        assert at == alarm.event_time + 1 * SECOND


def test_a_flap_within_the_clear_soak_neither_clears_nor_raises_again() -> None:
    trial = Trial(ring())
    trial.to(AT)
    row = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    for _ in range(3):
        trial.relieve(row)
        trial.run(4 * SECOND)
        trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
        trial.run(4 * SECOND)
    signal = [a for _, a in trial.alarms if a.specific_problem == "loss of signal"]
    assert len(signal) == 2


def test_an_overloaded_line_raises_a_threshold_alarm_by_its_sender() -> None:
    network = ring(demand_bps=1e9)
    trial = Trial(network)
    trial.to(AT)
    assert raises(trial) == []
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    load = [a for _, a in raises(trial) if a.specific_problem == "utilisation"]
    full = np.flatnonzero(trial.twin.performance.overload > 0.95)
    assert len(full)
    assert {a.managed_object for a in load} == {network.directions[int(d)] for d in full}
    for alarm in load:
        row = network.directions.row(alarm.managed_object)
        assert alarm.reported_by == network.elements[int(network.tail[row])]


def test_what_stands_when_an_element_comes_back_is_raised_then() -> None:
    """Cut off at one stroke, n0 cannot say that it sees no light from n5 until n1 is back."""
    network = ring()
    trial = Trial(network, quiet_world(network, management="n3"))
    trial.to(AT)
    first = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.impair("duct.attenuation", "duct:n0~n5", 60.0)
    trial.run(5 * MINUTE)
    assert "n0" not in {a.reported_by for _, a in raises(trial)}
    trial.relieve(first)
    back = trial.now
    trial.run(MINUTE)
    late = [(at, a) for at, a in raises(trial) if a.reported_by == "n0"]
    assert {(a.managed_object, a.specific_problem) for _, a in late} >= {
        ("n5>n0", "loss of signal"),
        ("n0~n5", "adjacency lost"),
    }
    assert all(a.event_time >= back + 2 * SECOND for _, a in late)
    assert "n1>n0" not in {a.managed_object for _, a in late}


def test_what_ended_while_an_element_was_away_is_cleared_when_it_returns() -> None:
    network = ring()
    trial = Trial(network, quiet_world(network, management="n3"))
    trial.to(AT)
    first = trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    assert ("n0", "n1>n0") in {(a.reported_by, a.managed_object) for _, a in raises(trial)}
    second = trial.impair("duct.attenuation", "duct:n0~n5", 60.0)
    trial.run(MINUTE)
    count = len(trial.alarms)
    trial.relieve(first)
    trial.relieve(second)
    trial.run(MINUTE)
    assert len(trial.alarms) > count
    assert {a.alarm_id for _, a in raises(trial)} == {a.alarm_id for _, a in clears(trial)}


def noisy(lost: float, duplicated: float, skew: Millis = 0) -> Habits:
    delay = Timing("lognormal", 1 * SECOND, 4 * SECOND)
    return Habits(2 * SECOND, 5 * SECOND, delay, lost, duplicated, skew)


def flapping(trial: Trial, times: int) -> None:
    for _ in range(times):
        row = trial.impair("link.port-fault", "n0~n1", 1.0)
        trial.run(20 * SECOND)
        trial.relieve(row)
        trial.run(40 * SECOND)


def test_alarms_are_lost_and_doubled_in_the_stated_shares() -> None:
    network = ring()
    times = 100
    trial = Trial(network, quiet_world(network, habits=noisy(0.10, 0.20)))
    flapping(trial, times)
    trial.run(MINUTE)
    sent = 8 * times
    by_number = Counter(a.notification_id for _, a in trial.alarms)
    assert len(by_number) == pytest.approx(0.9 * sent, rel=0.05)
    doubled = sum(count == 2 for count in by_number.values())
    assert doubled == pytest.approx(0.2 * 0.9 * sent, rel=0.25)
    assert max(by_number.values()) == 2


def test_no_alarm_is_raised_twice_while_active_and_every_clear_has_one_raise_before() -> None:
    network = ring()
    trial = Trial(network, quiet_world(network, habits=noisy(0.0, 0.0)))
    flapping(trial, 40)
    trial.run(MINUTE)
    notices = sorted((a for _, a in trial.alarms), key=lambda a: a.notification_id)
    active: dict[tuple[str, str, str], str] = {}
    for alarm in notices:
        name = (alarm.managed_object, alarm.reported_by, alarm.specific_problem)
        if alarm.perceived_severity == Severity.CLEARED:
            assert active.pop(name) == alarm.alarm_id
        else:
            assert name not in active
            active[name] = alarm.alarm_id
    assert active == {}
    assert [a.notification_id for a in notices] == list(range(1, len(notices) + 1))


def test_element_clocks_are_off_by_the_stated_spread_and_stay_so() -> None:
    network = ring(12)
    trial = Trial(network, quiet_world(network, habits=noisy(0.0, 0.0, skew=500)))
    reference = Trial(network, quiet_world(network, habits=noisy(0.0, 0.0)))
    offsets: dict[str, set[int]] = {}
    for one in (trial, reference):
        one.to(AT)
        for link in network.links.ids:
            row = one.impair("link.port-fault", link, 1.0)
            one.run(20 * SECOND)
            one.relieve(row)
            one.run(40 * SECOND)
    right = {a.alarm_id: a.event_time for _, a in raises(reference)}
    for _, alarm in trial.alarms:
        if alarm.perceived_severity != Severity.CLEARED:
            offset = alarm.event_time - right[alarm.alarm_id]
            offsets.setdefault(alarm.reported_by, set()).add(offset)
    assert len(offsets) == 12
    assert all(len(own) == 1 for own in offsets.values())
    spread = [next(iter(own)) for own in offsets.values()]
    assert 100 < np.std(spread) < 1_000


def test_the_truth_names_the_fault_behind_each_alarm() -> None:
    trial = Trial(ring())
    trial.to(AT)
    trial.twin.attribution.begin("FLT-0001", ("duct:n0~n1", "n0~n1", "n0>n1", "n1>n0"))
    trial.impair("duct.attenuation", "duct:n0~n1", 60.0)
    trial.run(MINUTE)
    causes = {row.id: row.data for row in trial.truth("alarm.cause")}
    assert set(causes) == {a.alarm_id for _, a in trial.alarms}
    assert all(data == {"fault": "FLT-0001", "root": True} for data in causes.values())


def test_a_quiet_day_is_quiet() -> None:
    trial = Trial(ring())
    trial.to(6 * HOUR)
    assert trial.alarms == []
    assert trial.truths == []
