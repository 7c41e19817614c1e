"""When a fault could first be seen: the start of its clocks where no service is hurt before."""

from __future__ import annotations

from adn.base.clock import MINUTE, Millis
from adn.faults.kinds import FaultKind, ImpairmentSpec, built_in_kinds
from adn.testing.trial import Trial, plan_fault, quiet_world, ring
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Duct, Link

AT: Millis = 5 * MINUTE


def test_a_dead_daemon_can_be_seen_from_the_first_adjacency_that_is_given_up() -> None:
    daemon = built_in_kinds()["routing-daemon-down"]
    trial = Trial(ring(), planned=[plan_fault(daemon, "n0", AT)])
    control, network = trial.twin._control, trial.network
    lost = next(at for at in trial.instants(AT + MINUTE) if not control.adjacent.all())
    (link,) = [name for name, up in zip(network.links.ids, control.adjacent, strict=True) if not up]
    (seen,) = trial.truth("fault.visible")
    assert (seen.at, seen.data["via"]) == (lost, f"adjacency {link}")


def test_a_dead_daemon_where_nobody_is_served_can_be_seen_all_the_same() -> None:
    """Its alarms ring, so an incident about them is no false one."""
    builder = NetworkBuilder("bare")
    for name in "abc":
        builder.add_element(name)
    for a, z in ("ab", "ac", "bc"):
        builder.add_duct(Duct(f"duct:{a}~{z}", 100.0))
        builder.add_link(Link(f"{a}~{z}", a, z, 10e9, 100.0, 10, (f"duct:{a}~{z}",)))
    daemon = built_in_kinds()["routing-daemon-down"]
    trial = Trial(builder.build(), planned=[plan_fault(daemon, "a", AT)])
    trial.to(AT + MINUTE)
    (seen,) = trial.truth("fault.visible")
    assert seen.at < trial.truth("alarm.cause")[0].at


def test_an_adjacency_that_another_fault_took_shows_nobody_else() -> None:
    harmless = FaultKind(
        name="busy",
        says="For a test.",
        target="element",
        problem="process-down",
        domain="ip",
        impairments=(ImpairmentSpec(property="element.cpu", op="add", value=0.01),),
    )
    planned = [
        plan_fault(harmless, "n0", AT),
        plan_fault(built_in_kinds()["routing-daemon-down"], "n0", AT, number=2),
    ]
    trial = Trial(ring(), planned=planned)
    trial.to(AT + MINUTE)
    trial.do("restart-process", "n0")
    trial.run(MINUTE)
    assert trial.truth("fault.visible", "FLT-0002") != []
    assert trial.truth("fault.visible", "FLT-0001") == []


def test_a_load_alarm_shows_a_fault_that_moves_the_load_by_less_than_its_noise() -> None:
    squeeze = FaultKind(
        name="squeeze",
        says="For a test.",
        target="direction",
        problem="packet-loss",
        domain="ip",
        impairments=(ImpairmentSpec(property="direction.capacity", op="scale", value=0.99),),
    )
    network = ring()
    row = network.directions.row("n0>n1")
    calm = Trial(network)
    scale = 0.946 / float(calm.twin.performance.overload[row])
    world = quiet_world(network, scale=scale)
    trial = Trial(network, world, planned=[plan_fault(squeeze, "n0>n1", AT)])
    assert trial.twin.performance.overload[row] < 0.95
    trial.to(AT)
    assert trial.twin.performance.overload[row] > 0.95
    (seen,) = trial.truth("fault.visible")
    assert (seen.at, seen.data["via"]) == (AT, "load n0>n1")
