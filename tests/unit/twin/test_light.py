"""One chain from lost light to lost traffic: received power, OSNR, bit errors, frames, the link."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND
from adn.northbound.alarms import ProbableCause
from adn.northbound.telemetry import kpi
from adn.physics.optics import FEC_LIMIT, RECEIVED_DBM, margin_db, spans_of
from adn.testing.trial import Trial, quiet_world, ring
from adn.topology.network import Network
from adn.twin.impairments import Impairment, Overlay
from adn.twin.state import State

NETWORK = ring(6)
LINK = NETWORK.links.row("n0~n1")
WAYS = [2 * LINK, 2 * LINK + 1]


def under(key: str, name: str, value: float, network: Network = NETWORK) -> State:
    row = Impairment("X", "X", key, name, "set", value, "optics")
    return State.of(network, Overlay(network, [row]))


def margin(network: Network = NETWORK) -> float:
    row = network.links.row("n0~n1")
    return float(margin_db(spans_of(network.length_km))[row])


def test_light_bit_errors_frames_and_the_link_go_in_this_order() -> None:
    edge = margin()
    states = [under("link.attenuation", "n0~n1", edge * share) for share in (0.0, 0.5, 0.9, 1.01)]
    light = [state.rx_dbm[WAYS[0]] for state in states]
    assert light[:3] == pytest.approx([RECEIVED_DBM - edge * share for share in (0.0, 0.5, 0.9)])
    assert light[3] < -30.0
    bits = [state.pre_fec[WAYS[0]] for state in states]
    assert bits == sorted(bits)
    assert bits[2] > bits[0] + 3.0
    osnr = [state.osnr_db[WAYS[0]] for state in states]
    assert osnr == sorted(osnr, reverse=True)
    assert [state.errors[WAYS[0]] for state in states[:3]] == [0.0] * 3, "all corrected as yet"
    assert [bool(state.link_up[LINK]) for state in states] == [True, True, True, False]


def test_frames_are_lost_just_before_the_signal_is() -> None:
    """Within the last few hundredths of a decibel the decoder gives up more and more blocks."""
    edge = margin()
    lost = [
        under("link.attenuation", "n0~n1", edge - short).errors[WAYS[0]]
        for short in (0.5, 0.05, 0.01, 0.002)
    ]
    assert lost == sorted(lost)
    assert lost[0] < 1e-6
    assert lost[-1] > 0.1


def test_corruption_and_given_up_frames_are_independent_losses() -> None:
    edge = margin()
    both = [
        Impairment("A", "X", "direction.errors", "n0>n1", "set", 0.1, "optics"),
        Impairment("B", "X", "link.attenuation", "n0~n1", "set", edge - 0.01, "optics"),
    ]
    alone = under("link.attenuation", "n0~n1", edge - 0.01).errors
    together = State.of(NETWORK, Overlay(NETWORK, both)).errors
    assert together[WAYS[0]] == pytest.approx(1.0 - 0.9 * (1.0 - alone[WAYS[0]]))
    assert together[WAYS[1]] == alone[WAYS[1]] > 0.0


def test_corruption_alone_leaves_light_as_it_was() -> None:
    healthy = State.of(NETWORK, Overlay(NETWORK))
    state = under("direction.errors", "n0>n1", 0.01)
    assert state.errors[WAYS[0]] == 0.01
    for column in ("rx_dbm", "osnr_db", "pre_fec"):
        assert np.array_equal(getattr(state, column), getattr(healthy, column))


def test_noise_of_an_amplifier_spoils_every_link_of_its_duct_and_takes_no_light() -> None:
    healthy = State.of(NETWORK, Overlay(NETWORK))
    state = under("duct.noise", "duct:n0~n1", 5.0)
    struck = np.isin(np.arange(len(healthy.lit)), WAYS)
    assert np.array_equal(state.rx_dbm, healthy.rx_dbm)
    assert (state.pre_fec[struck] > healthy.pre_fec[struck]).all()
    assert np.array_equal(state.pre_fec[~struck], healthy.pre_fec[~struck])


def test_in_the_dark_a_receiver_guesses_every_bit() -> None:
    state = under("duct.attenuation", "duct:n0~n1", 60.0)
    assert state.pre_fec[WAYS] == pytest.approx(np.log10(0.5))
    assert state.osnr_db[WAYS] == pytest.approx(0.0)


def test_a_receiver_near_its_limit_reports_a_degraded_signal() -> None:
    """Long before the signal is lost, so that there is time to do something about it."""
    trial = Trial(NETWORK, quiet_world(NETWORK))
    trial.to(MINUTE)
    edge = margin()
    trial.twin.impair(
        Impairment("X", "X", "direction.attenuation", "n0>n1", "set", edge - 0.5, "optics"), "fault"
    )
    trial.run(30 * SECOND)
    (alarm,) = [alarm for _, alarm in trial.alarms]
    assert alarm.probable_cause is ProbableCause.DEGRADED_SIGNAL
    assert (alarm.managed_object, alarm.reported_by) == ("n0>n1", "n1")
    assert not trial.twin.performance.outside.any()


def test_bit_errors_and_osnr_are_reported_each_minute_by_who_receives() -> None:
    trial = Trial(NETWORK, quiet_world(NETWORK))
    trial.to(3 * MINUTE)
    (frame,) = [
        one
        for _, one in trial.frames
        if "pre-fec-ber" in one.kpis and one.measured_at == 2 * MINUTE
    ]
    exact = trial.twin.state
    for name, column in (("pre-fec-ber", exact.pre_fec), ("osnr", exact.osnr_db)):
        shown = frame.values[frame.kpis.index(name)]
        assert np.abs(shown - column).max() < 8 * kpi("direction", name).noise
    assert exact.pre_fec.max() < np.log10(FEC_LIMIT) - 3.0
