"""Routing news reaches servers, and goes no further than them."""

from __future__ import annotations

from adn.base.clock import SECOND
from adn.testing.trial import Trial, quiet_world
from adn.topology.elements import Sla
from adn.topology.filling import build_network, fixed_stream
from adn.topology.specs import Ends, FabricSite, FabricSpec, PairedServiceSpec, TopologySpec

FABRIC = build_network(
    TopologySpec(
        "leaf-spine",
        metric="hops",
        paired=(PairedServiceSpec("calls", Ends("web"), Ends("app"), 1e9, Sla(5.0, 0.001)),),
        fabric=FabricSpec(
            (FabricSite("north"),), (("app", 2), ("web", 1)), spines=2, leaves=4, borders=1
        ),
    ),
    fixed_stream(),
)


def believes_up(trial: Trial, element: str, link: str) -> bool:
    """Whether the table of an element counts on a link."""
    plane = trial.twin.forwarding
    view = plane.views[int(plane.node_view[FABRIC.elements.row(element)])]
    return bool(view.up[2 * FABRIC.links.row(link)])


def test_a_cut_is_known_to_everyone_servers_included() -> None:
    trial = Trial(FABRIC, quiet_world(FABRIC))
    trial.to(SECOND)
    trial.impair("link.port-fault", "north-leaf-01~north-spine-1", 1.0)
    trial.run(30 * SECOND)
    for element in FABRIC.elements.ids:
        assert not believes_up(trial, element, "north-leaf-01~north-spine-1")


def test_a_leaf_cut_off_from_the_spines_learns_nothing_through_its_servers() -> None:
    """Its servers still hear the other leaf of the rack, and keep it to themselves."""
    trial = Trial(FABRIC, quiet_world(FABRIC))
    trial.to(SECOND)
    for spine in (1, 2):
        trial.impair("link.port-fault", f"north-leaf-01~north-spine-{spine}", 1.0)
    trial.run(30 * SECOND)
    trial.impair("link.port-fault", "north-leaf-03~north-spine-1", 1.0)
    trial.run(30 * SECOND)
    assert not believes_up(trial, "north-app-1", "north-leaf-03~north-spine-1")
    assert believes_up(trial, "north-leaf-01", "north-leaf-03~north-spine-1")


def test_operations_do_not_reach_a_leaf_through_its_servers() -> None:
    """They lose what is cut off from the spines, and keep the servers it shares."""
    trial = Trial(FABRIC, quiet_world(FABRIC))
    trial.to(SECOND)
    for spine in (1, 2):
        trial.impair("link.port-fault", f"north-leaf-01~north-spine-{spine}", 1.0)
    trial.run(30 * SECOND)
    assert not trial.results[trial.do("check-process", "north-leaf-01")].ok
    assert trial.results[trial.do("check-process", "north-app-1")].ok
