"""What full queues and lost packets do to those who send, on small networks with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.streams import Key
from adn.physics.routing import Fabric, direction_costs
from adn.physics.transport import TURNAROUND_MS, go_back_n, packets_in_flight, tcp_rate_bps
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import PLAIN, Link, Manner, NetworkElement, Service, Sla, Slice
from adn.topology.network import Floats, Network
from adn.twin import lines
from adn.twin.forwarding import Forwarding
from adn.twin.impairments import Impairment, Overlay
from adn.twin.lines import LEAST, Lines
from adn.twin.performance import Performance
from adn.twin.responding import respond, responds
from adn.twin.state import Configuration, State

GIGA = 1e9
TCP = Manner(transport="tcp", connections=8)
ROCE = Manner(transport="roce", connections=1)


def line(
    services: list[Service],
    rates: tuple[float, ...] = (10.0, 10.0, 10.0),
    *,
    kind: str = "router",
    lossless: bool = False,
) -> Network:
    """Return elements a, b, c, d in a line, each link with its own rate, Gbit/s."""
    builder = NetworkBuilder("line")
    for name in "abcdefg"[: len(rates) + 1]:
        builder.add_element(NetworkElement(name, kind))
    for number, rate in enumerate(rates):
        a, z = "abcdefg"[number : number + 2]
        builder.add_link(
            Link(f"{a}~{z}", a, z, rate * GIGA, 0.05 if lossless else 1.0, lossless=lossless)
        )
    for service in services:
        builder.add_service(service)
    return builder.build()


def service(name: str, a: str, z: str, gigabits: float, manner: Manner = PLAIN) -> Service:
    sla = Sla(50.0, 0.1)
    return Service(name, "data", a, z, gigabits * GIGA, sla, flow_groups=8, manner=manner)


def ready(network: Network, *rows: tuple[str, str, float]) -> tuple[State, Forwarding]:
    """Return the state under impairments (property, object, value), and the settled tables."""
    fabric = Fabric.of(network)
    listed = [
        Impairment(f"i{n}", f"i{n}", key, name, "set", value, "forwarding")
        for n, (key, name, value) in enumerate(rows)
    ]
    state = State.of(network, Overlay(network, listed))
    forwarding = Forwarding(network, fabric, Key.root(1).word("ecmp"))
    forwarding.settle(np.ones(fabric.directions, dtype=bool), direction_costs(network))
    forwarding.refresh()
    return state, forwarding


def performed(
    network: Network, *rows: tuple[str, str, float], demand: Floats | None = None
) -> Performance:
    state, forwarding = ready(network, *rows)
    configuration = Configuration.initial(network)
    wanted = network.demand_bps if demand is None else demand
    return Performance.of(network, state, configuration, forwarding, wanted)


def load(network: Network, found: Performance, direction: str) -> float:
    """Return the load of a direction, Gbit/s."""
    row = network.directions.row(direction)
    return float(found.overload[row] * network.capacity_bps[row // 2] / GIGA)


def test_what_a_full_queue_drops_does_not_load_what_follows() -> None:
    network = line([service("s", "a", "d", 20.0)])
    found = performed(network)
    assert load(network, found, "a>b") == pytest.approx(20.0)
    assert load(network, found, "b>c") == pytest.approx(10.0, rel=1e-3)
    assert load(network, found, "c>d") == pytest.approx(10.0, rel=1e-3)
    assert found.services.rate_bps[0] == pytest.approx(10.0 * GIGA, rel=5e-3)
    assert found.services.loss[0] == pytest.approx(0.5, rel=5e-3)


def test_what_crosses_only_the_second_of_two_full_links_finds_it_as_full_as_it_is() -> None:
    """Of 20 the first link lets 10 on; with 5 more the second is offered 15, not 25."""
    network = line([service("long", "a", "d", 20.0), service("short", "b", "c", 5.0)])
    found = performed(network)
    assert load(network, found, "b>c") == pytest.approx(15.0, rel=1e-3)
    assert found.services.loss[network.services.row("short")] == pytest.approx(1 / 3, rel=1e-2)


def test_loads_and_drops_agree_to_within_what_the_last_sweep_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four links, each feeding the next in a circle of demands: more sweeps change nothing."""
    names = "abcdefg"
    services = [
        service(f"s{n}", names[n], names[n + 3], 6.0 + n) for n in range(4)
    ] + [service(f"r{n}", names[n + 3], names[n], 6.0) for n in range(4)]  # fmt: skip
    network = line(services, (10.0,) * 6)
    state, forwarding = ready(network)
    sent = (network.demand_bps / 8)[forwarding.flows.service]
    few = Lines(network, state, forwarding).settle(sent)
    monkeypatch.setattr(lines, "SWEEPS", 400)
    monkeypatch.setattr(lines, "SETTLED", 0.0)
    many = Lines(network, state, forwarding).settle(sent)
    capacity = np.repeat(network.capacity_bps, 2)
    assert np.abs(few.load - many.load).max() <= 1e-6 * capacity.max()
    kept = many.lossy * (1.0 - many.discards)
    assert (kept <= capacity * (1 + 1e-9)).all()


def test_a_calm_network_is_left_alone_whoever_sends() -> None:
    for manner in (PLAIN, TCP, ROCE):
        network = line([service("s", "a", "d", 2.0, manner)])
        plain = line([service("s", "a", "d", 2.0)])
        state, _ = ready(network)
        offered = np.where(np.arange(6) % 2 == 0, 2.0 * GIGA, 0.0)
        assert not responds(network, state, offered, np.zeros(6))
        calm, usual = performed(network), performed(plain)
        assert (calm.services.rate_bps == usual.services.rate_bps).all()
        assert (calm.services.latency_ms == usual.services.latency_ms).all()


def test_a_loss_of_one_per_cent_slows_tcp_to_the_rate_of_its_equation() -> None:
    network = line([service("s", "a", "d", 4.0, TCP)])
    found = performed(network, ("direction.loss", "b>c", 0.01), ("direction.delay", "a>b", 10.0))
    calm = performed(network)
    assert calm.services.loss[0] == 0.0
    rtt = np.array([2.0 * (10.0 + 3 * 0.0049) + TURNAROUND_MS])
    rate = 8 * tcp_rate_bps(np.array([0.01]), rtt)[0]
    assert found.services.rate_bps[0] == pytest.approx(0.99 * rate, rel=1e-2)
    assert found.services.loss[0] == pytest.approx(1.0 - 0.99 * rate / (4.0 * GIGA), rel=1e-2)
    assert found.outside[0]


def test_tcp_takes_what_inelastic_traffic_leaves_and_shares_it_by_connections() -> None:
    heavy = replace(TCP, connections=24)
    network = line(
        [
            service("few", "a", "d", 9.0, TCP),
            service("many", "a", "d", 9.0, heavy),
            service("voice", "a", "d", 2.0),
        ]
    )
    found = performed(network)
    rate = dict(zip(network.services.ids, found.services.rate_bps / GIGA, strict=True))
    assert rate["voice"] == pytest.approx(2.0, rel=1e-3)
    assert rate["few"] == pytest.approx(2.0, rel=1e-2)
    assert rate["many"] == pytest.approx(6.0, rel=1e-2)
    assert load(network, found, "a>b") == pytest.approx(10.0, rel=1e-3)


def test_tcp_is_not_starved_altogether() -> None:
    network = line([service("bulk", "a", "d", 5.0, TCP), service("voice", "a", "d", 12.0)])
    found = performed(network)
    rate = float(found.services.rate_bps[network.services.row("bulk")])
    assert 0.0 < rate <= LEAST * 10.0 * GIGA


def halved(errors: float) -> tuple[Network, Performance]:
    """Return a job of two flows of 400 Gbit/s over 400G links, and its state under corruption."""
    job = replace(ROCE, job="training", step_ms=10_000)
    network = line(
        [service("one", "a", "c", 390.0, job), service("two", "c", "d", 390.0, job)],
        (400.0, 400.0, 400.0),
        kind="leaf",
        lossless=True,
    )
    return network, performed(network, ("direction.errors", "a>b", errors))


def test_one_lost_packet_in_a_thousand_about_halves_a_training_job_and_all_of_it() -> None:
    network, found = halved(1e-3)
    share = found.services.rate_bps / network.demand_bps
    assert share[0] == pytest.approx(share[1], rel=1e-12)
    rtt = np.array([TURNAROUND_MS + 2 * 2 * 0.05 * 0.0049])
    window = packets_in_flight(np.array([390e9]), rtt)
    useful = float(go_back_n(np.array([1e-3]), window)[0])
    assert share[0] == pytest.approx(useful, rel=0.03)
    assert 0.35 < share[0] < 0.6
    assert found.outside.all()
    _, calm = halved(0.0)
    assert (calm.services.loss == 0.0).all()


def test_more_corruption_slows_a_job_more() -> None:
    paces = [halved(errors)[1].services.rate_bps[1] for errors in (1e-5, 1e-4, 1e-3, 1e-2)]
    assert paces == sorted(paces, reverse=True)


def test_a_lossless_fabric_pauses_and_drops_nothing_and_victims_wait_too() -> None:
    """The culprits meet at c>d; the victim leaves at c and only shares a>b and b>c with them."""
    network = line(
        [
            service("culprit", "a", "d", 8.0, ROCE),
            service("victim", "a", "c", 4.0, ROCE),
            service("bystander", "b", "a", 4.0, ROCE),
        ],
        (20.0, 20.0, 4.0),
        kind="leaf",
        lossless=True,
    )
    state, forwarding = ready(network)
    sent = (network.demand_bps / 8)[forwarding.flows.service]
    answer = respond(network, state, forwarding, sent)
    assert (answer.discards == 0.0).all()
    found = performed(network)
    rate = dict(zip(network.services.ids, found.services.rate_bps / GIGA, strict=True))
    assert rate["culprit"] == pytest.approx(4.0, rel=1e-6)
    assert rate["victim"] == pytest.approx(2.0, rel=1e-6)
    assert rate["bystander"] == pytest.approx(4.0, rel=1e-6)
    paused = dict(zip(network.directions.ids, answer.paused, strict=True))
    assert paused["b>c"] == pytest.approx(1.0 - 6.0 / 20.0)
    assert paused["a>b"] == pytest.approx(1.0 - 6.0 / 20.0)
    assert paused["b>a"] == 0.0
    buffers = state.buffer_ms.max() * 3
    assert (found.services.latency_ms <= buffers + 0.02).all()
    assert not answer.stuck.any()


def test_the_same_traffic_without_pauses_goes_back_n_over_and_over() -> None:
    services = [service("culprit", "a", "d", 8.0, ROCE)]
    lossy = performed(line(services, (20.0, 20.0, 4.0), kind="leaf"))
    lossless = performed(line(services, (20.0, 20.0, 4.0), kind="leaf", lossless=True))
    assert lossy.services.rate_bps[0] < 0.1 * lossless.services.rate_bps[0]


def sliced(crowd: float, own: Slice) -> tuple[float, float]:
    """Return latency and loss of a service of 1 Gbit/s in a slice beside a crowd, Gbit/s."""
    network = line(
        [
            service("mine", "a", "d", 1.0, Manner(slice=own)),
            service("crowd", "a", "d", crowd),
        ]
    )
    found = performed(network)
    row = network.services.row("mine")
    return float(found.services.latency_ms[row]), float(found.services.loss[row])


def test_a_hard_slice_does_not_feel_a_crowd_and_a_soft_one_keeps_its_share() -> None:
    hard = Slice("gold", reserved=0.2)
    assert sliced(1.0, hard) == sliced(7.0, hard) == sliced(40.0, hard)
    soft = Slice("silver", weight=1.0)
    calm, crowded = sliced(1.0, soft), sliced(40.0, soft)
    assert calm[1] == crowded[1] == pytest.approx(0.0, abs=1e-9)
    assert calm[0] < crowded[0]
    none = sliced(40.0, Slice())
    assert none[1] > 0.7
    assert none[0] > 90.0
