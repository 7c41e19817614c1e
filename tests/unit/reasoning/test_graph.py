"""The knowledge graph is typed, can be asked, extended and explained, and survives bad records."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.closedloop.estimate import Estimate
from adn.closedloop.knowledge.graph import NODE_TYPES, KnowledgeGraph
from adn.closedloop.knowledge.models import fault_models, read_models
from adn.closedloop.knowledge.recorded import sound
from adn.closedloop.playbooks import remedies
from adn.northbound.inventory import Inventory
from adn.northbound.problems import PROBLEM_CLASSES
from adn.topology.elements import direction_ids


@pytest.fixture
def graph(rows) -> KnowledgeGraph:
    return KnowledgeGraph(Inventory(rows, "A"), None, remedies())


def test_relations_can_be_walked_both_ways(graph):
    duct = ("duct", "d-shared")
    assert graph.neighbours(duct, "~rides_on") == (("link", "B~C"), ("link", "B~G"))
    assert [name for _, name in graph.walk(duct, ["~rides_on", "has_direction"])] == [
        "B>C", "B>G", "C>B", "G>B",
    ]  # fmt: skip


def test_a_chain_of_relations_is_told_in_words(graph):
    assert graph.explain(("duct", "d-shared"), ("direction", "B>C")) == (
        "d-shared carries B~C, B~C sends as B>C"
    )
    assert graph.explain(("duct", "d-AB"), ("duct", "nowhere")) == (
        "d-AB and nowhere are not related by any record"
    )


def test_every_object_may_suffer_the_problems_of_its_type(graph):
    for problem, row in PROBLEM_CLASSES.items():
        for name in graph.nodes(row.object_type):
            hypothesis = ("hypothesis", f"{problem}@{name}")
            assert hypothesis in graph.neighbours((row.object_type, name), "suffers")
            assert graph.neighbours(hypothesis, "is_a") == (("problem", problem),)


def test_problems_are_related_to_evidence_and_to_remedies(graph):
    duct = ("problem", "fibre-loss")
    assert ("evidence", "loss-of-signal") in graph.neighbours(duct, "manifests_as")
    assert graph.neighbours(duct, "repaired_by") == (("command", "splice-fibre"),)
    assert ("command", "steer-services") in graph.neighbours(duct, "mitigated_by")


def test_the_incidence_is_the_projection_of_the_routed_over_edges(graph):
    shares = Estimate.of(graph.network).shares()
    graph.route(shares)
    assert graph.incidence() is shares
    dense = shares.toarray()
    for row, service in enumerate(graph.network.services.ids):
        used = {graph.network.directions[int(d)] for d in np.flatnonzero(dense[row])}
        held = graph.neighbours(("service", service), "routed_over")
        assert {name for _, name in held} == used


def test_it_can_be_had_as_a_networkx_multigraph(graph):
    drawn = graph.graph
    assert set(drawn[("link", "B~C")][("duct", "d-shared")]) == {"rides_on"}
    assert drawn.nodes[("duct", "d-shared")]["length_km"] > 0.0
    hypothesis = ("hypothesis", "fibre-loss@d-shared")
    assert set(drawn[("duct", "d-shared")][hypothesis]) == {"suffers"}
    assert set(drawn[hypothesis][("problem", "fibre-loss")]) == {"is_a"}
    assert len(drawn) == sum(len(graph.nodes(kind)) for kind in NODE_TYPES)


def test_nothing_is_built_before_something_is_asked(rows):
    unusable = Inventory(replace(rows, links=None), "A")
    graph = KnowledgeGraph(unusable, None, remedies())
    with pytest.raises(TypeError):
        graph.nodes("element")


def test_new_routes_replace_old_ones(graph):
    healthy = Estimate.of(graph.network)
    graph.route(healthy.shares())
    assert ("direction", "A>B") in graph.neighbours(("service", "voice-A-B"), "routed_over")
    graph.route(healthy.fork(down=frozenset({"A~B"})).shares())
    assert ("direction", "A>B") not in graph.neighbours(("service", "voice-A-B"), "routed_over")


def test_it_grows_by_nodes_and_edges_and_refuses_unknown_types(graph):
    version = graph.version
    graph.add_edge(graph.add_node("element", "new"), "located_at", graph.add_node("site", "hill"))
    assert graph.version > version
    assert graph.neighbours(("element", "new"), "located_at") == (("site", "hill"),)
    with pytest.raises(ValueError, match=r"'router' is no node type"):
        graph.add_node("router", "new")
    with pytest.raises(ValueError, match=r"'likes' is no relation"):
        graph.add_edge(("element", "new"), "likes", ("site", "hill"))
    with pytest.raises(ValueError, match=r"site nowhere is not in the graph"):
        graph.add_edge(("element", "new"), "located_at", ("site", "nowhere"))


@pytest.mark.parametrize(
    ("name", "reporter", "expected"),
    [
        ("A>B", "B", ("direction", "A>B")),
        ("A>X", "X", ("direction", "A>X")),
        ("X~Y#2", "X", ("link", "X~Y#2")),
        ("X", "X", ("element", "X")),
        ("nonsense", "X", None),
        ("A>", "A", None),
    ],
)
def test_objects_that_no_record_knows_are_adopted_where_their_name_says_what_they_are(
    graph, name, reporter, expected
):
    assert graph.adopt(name, reporter) == expected
    if expected:
        assert graph.neighbours(expected, "suffers")


def test_an_adopted_direction_of_a_recorded_link_joins_that_link(rows):
    links = tuple(replace(row, z="C") if row.id == "A~B" else row for row in rows.links)
    graph = KnowledgeGraph(Inventory(replace(rows, links=links), "A"))
    assert ("direction", "B>A") not in graph
    graph.adopt("B>A", "A")
    assert graph.neighbours(("direction", "B>A"), "~has_direction") == (("link", "A~B"),)


def test_records_that_cannot_be_true_are_kept_out_and_named(broken_rows):
    found = sound(broken_rows)
    assert found.kept_out == (
        "element A is recorded twice; the first is kept",
        "link A~X ends at X, which is not recorded",
        "link C~D rides on d-lost, which is not recorded",
        "service lost ends at X, which is not recorded",
    )
    assert "C~D" in found.network.links
    assert "A~X" not in found.network.links


def test_what_reports_is_believed_over_what_is_recorded(rows):
    reporting = [way for row in rows.links for way in direction_ids(row.id, row.a, row.z)]
    links = {row.id: row for row in rows.links}
    links["E~H"] = replace(links["D~E"], id="E~H", a="E", z="H")
    links["C~D"] = replace(links["C~D"], z="G")
    links["A~B"] = replace(links["A~B"], id="A~P")
    del links["F~G"]
    graph = KnowledgeGraph(Inventory(replace(rows, links=tuple(links.values())), "A"))
    graph.reconcile(reporting)
    assert graph.network.links.ids == tuple(sorted(row.id for row in rows.links))
    assert sorted(graph.network.directions.ids) == sorted(reporting)
    assert graph.network.rows.links[graph.network.links.row("C~D")].ducts == ("d-CD",)
    assert graph.kept_out == (
        "link A~P is called A~B by its ends",
        "link C~D is recorded, but neither of its ends reports",
        "link C~D reports, but is not recorded so",
        "link E~H is recorded, but neither of its ends reports",
        "link F~G reports, but is not recorded so",
    )


def test_records_that_agree_with_what_reports_are_left_alone(graph):
    network = graph.network
    graph.reconcile(network.directions.ids)
    assert graph.network is network


def test_names_that_follow_no_convention_are_left_alone(rows):
    links = tuple(replace(row, id=f"circuit-{n}") for n, row in enumerate(rows.links))
    graph = KnowledgeGraph(Inventory(replace(rows, links=links), "A"))
    network = graph.network
    graph.reconcile(network.directions.ids)
    assert graph.network is network


def test_every_problem_class_has_a_model_with_a_source():
    models = fault_models().problems
    assert set(models) == set(PROBLEM_CLASSES)
    assert all(model.source for model in models.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"problems": {"gremlins": {}}}, "'gremlins' is no problem class"),
        (
            {"problems": {"congestion": {"shows": [{"evidence": "smell"}]}}},
            "congestion shows 'smell', which is no evidence",
        ),
        ({"unknown": {"share": 1.5, "chance": 0.5}}, "1.5 is no chance"),
    ],
)
def test_mechanism_knowledge_that_makes_no_sense_is_refused(change, message):
    tree = {"evidence": {}, "problems": {}, "unknown": {"share": 0.1, "chance": 0.1}}
    with pytest.raises(ValueError, match=message):
        read_models(tree | change)
