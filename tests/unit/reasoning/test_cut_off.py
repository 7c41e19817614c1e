"""What is cut off is silent without a fault of its own; what fails in part is still named."""

from __future__ import annotations

import pytest

from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.hypotheses import compile_hypotheses
from adn.closedloop.knowledge.isolating import cut_off, dark_parts, explained
from adn.closedloop.knowledge.items import Item
from adn.closedloop.knowledge.signs import read_signs
from adn.closedloop.locating import Diagnosis, GraphLocator
from adn.northbound.problems import UNKNOWN
from adn.topology.elements import direction_ids
from tests.unit.reasoning.conftest import CannedView, snapshot

SHARED = ("B~C", "B~G")
AGED_MS = 150_000


def locate(view: CannedView, *names: str) -> Diagnosis:
    return GraphLocator(KnowledgeGraph(view.inventory)).locate(snapshot(names), view)


def ways(view: CannedView, *links: str) -> list[str]:
    rows = [view.network.rows.links[view.network.links.row(link)] for link in links]
    return [way for row in rows for way in direction_ids(row.id, row.a, row.z)]


@pytest.mark.parametrize(
    ("down", "already", "alone"),
    [
        (("A~B",), (), set()),
        (("A~B", "A~H"), (), {"A"}),
        (("A~H",), ("A~B",), {"A"}),
        (("A~B", "A~H"), ("A~B", "A~H"), {"A"}),
        (("C~D", "E~F"), (), {"D", "E"}),
    ],
)
def test_who_is_cut_off_is_whoever_no_link_leads_to_any_more(view, down, already, alone) -> None:
    assert cut_off(view.network, down, already) == alone


def test_who_was_cut_off_before_is_not_cut_off_by_this(view) -> None:
    assert cut_off(view.network, ("C~D",), ("A~B", "A~H")) == frozenset()


def test_dark_elements_that_hang_together_are_one_part_with_all_its_ways_out(view) -> None:
    (chain, lone) = sorted(
        dark_parts(view.network, {"D", "E", "A"}), key=lambda part: -len(part.elements)
    )
    assert (chain.elements, lone.elements) == ({"D", "E"}, {"A"})
    assert {view.network.links[int(row)] for row in chain.ways_out} == {"C~D", "E~F"}
    assert dark_parts(view.network, ()) == ()


def test_silence_is_explained_by_what_takes_all_ways_out_that_were_left(view) -> None:
    graph = KnowledgeGraph(view.inventory)
    hypotheses = compile_hypotheses(graph)
    silent = {("silent", "B"): Item("silent", "B", True, "B reports nothing")}
    signs = read_signs(hypotheses, silent, graph.models.evidence, frozenset({"B"}), AGED_MS)
    parts = dark_parts(view.network, {"B"})
    cut = hypotheses.place["fibre-loss", "d-shared"]
    link = hypotheses.place["link-down", "A~B"]
    assert explained(signs, hypotheses, parts, []).q[cut, 0] == 0.0, "one way out is left"
    assert explained(signs, hypotheses, parts, [link]).q[cut, 0] > 3.0
    assert signs.q[cut, 0] == 0.0, "the signs themselves stay as they are"


def test_light_that_falls_in_all_of_a_duct_is_the_ducts_though_nothing_is_down(view) -> None:
    dim = ways(view, *SHARED)
    for way in dim:
        view.depart("direction", way, "rx-power", -8.0, -5.0, 0.1)
    found = locate(view, *dim)
    assert (found.suspects[0].problem, found.suspects[0].object) == ("fibre-loss", "d-shared")
    assert found.suspects[0].probability > 0.5


def test_light_that_falls_in_one_direction_is_not_the_ducts(view) -> None:
    (way, *_) = ways(view, *SHARED)
    view.depart("direction", way, "rx-power", -8.0, -5.0, 0.1)
    assert locate(view, way).suspects[0].problem != "fibre-loss"


def test_where_nothing_speaks_for_any_problem_it_is_unknown_and_nothing_is_probed(view) -> None:
    found = locate(view, "A")
    assert [(row.problem, row.probability) for row in found.suspects] == [(UNKNOWN, 1.0)]
    assert found.probes == ()
    assert found.suspects[0].because == (
        "nothing that is seen speaks for any known class of problem",
    )
