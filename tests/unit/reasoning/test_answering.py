"""The loop reckons that senders answer to loss and that slices keep their part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from adn.closedloop.answering import answered, answers, of_one_job
from adn.closedloop.estimate import Estimate
from adn.closedloop.explaining import crossing_now
from adn.physics.transport import TURNAROUND_MS, tcp_rate_bps
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import PLAIN, Link, Manner, NetworkElement, Service, Sla, Slice
from adn.topology.network import Network

JOB = Manner(transport="roce", connections=1, job="training")


@dataclass(frozen=True)
class Suspected:
    """A cause as the estimate takes it."""

    object: str
    problem: str = "corruption"
    severity: float = 1e-3
    towards: tuple[str, ...] = ()


def line(*services: tuple[str, str, str, float, Manner]) -> Network:
    """Return elements a, b, c in a line of 100 Gbit/s, with services (id, a, z, Gbit/s, manner)."""
    builder = NetworkBuilder("line")
    for name in "abc":
        builder.add_element(NetworkElement(name))
    for a, z in ("ab", "bc"):
        builder.add_link(Link(f"{a}~{z}", a, z, 100e9, 0.05))
    for name, a, z, rate, manner in services:
        builder.add_service(
            Service(name, "data", a, z, rate * 1e9, Sla(50.0, 0.1), flow_groups=8, manner=manner)
        )
    return builder.build()


def test_a_job_is_reckoned_to_go_at_the_pace_of_its_slowest_service() -> None:
    network = line(("one", "a", "b", 90.0, JOB), ("two", "b", "c", 90.0, JOB))
    calm = Estimate.of(network).evaluate()
    assert not calm.outside.any()
    told = Estimate.of(network).under(Suspected("a>b")).evaluate()
    assert told.kpis.loss[0] == pytest.approx(told.kpis.loss[1], abs=2e-3)
    assert told.kpis.loss[0] > 0.1
    assert told.outside.all()


def test_all_of_a_job_cross_what_one_of_its_services_crosses() -> None:
    network = line(
        ("one", "a", "b", 9.0, JOB), ("two", "b", "c", 9.0, JOB), ("other", "b", "c", 9.0, PLAIN)
    )
    assert crossing_now(Suspected("a>b"), Estimate.of(network)) == {"one", "two"}
    assert of_one_job(network, np.array([False, True, False])).sum() == 1
    assert answers(network).tolist() == [True, False, True]


def test_tcp_is_reckoned_to_be_slowed_to_its_equation_and_the_inelastic_not_at_all() -> None:
    network = line(
        ("bulk", "a", "c", 40.0, Manner(transport="tcp", connections=10)),
        ("voice", "a", "c", 1.0, PLAIN),
    )
    loss = np.array([0.01, 0.0, 0.0, 0.0])
    estimate = Estimate.of(network)
    delay = np.full(4, 5.0)
    share = answered(network, estimate.shares(), loss, delay, network.demand_bps)
    rate = 10 * tcp_rate_bps(np.array([0.01]), np.array([20.0 + TURNAROUND_MS]))[0]
    assert share == pytest.approx([rate / 40e9, 1.0])
    none = answered(network, estimate.shares(), np.zeros(4), delay, network.demand_bps)
    assert (none == 1.0).all()


def test_a_hard_slice_is_reckoned_not_to_feel_a_crowd() -> None:
    hard = Manner(slice=Slice("gold", reserved=0.2))
    network = line(("mine", "a", "c", 10.0, hard), ("crowd", "a", "c", 50.0, PLAIN))
    estimate = Estimate.of(network)
    rows = {name: network.services.row(name) for name in ("mine", "crowd")}
    crowded = estimate.fork(rate_bps=np.where(network.demand_bps > 20e9, 300e9, 10e9)).evaluate()
    calm = estimate.evaluate()
    assert crowded.kpis.latency_ms[rows["mine"]] == calm.kpis.latency_ms[rows["mine"]]
    assert crowded.kpis.loss[rows["mine"]] == pytest.approx(0.0, abs=1e-9)
    assert crowded.kpis.loss[rows["crowd"]] > 0.7
