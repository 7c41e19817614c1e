"""The locator names the right object and problem, says why, and says so when it cannot know."""

from __future__ import annotations

import pytest

from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, GraphLocator
from adn.northbound.alarms import ProbableCause
from adn.northbound.problems import UNKNOWN


def locate(view, incident) -> Diagnosis:
    return GraphLocator(KnowledgeGraph(view.inventory)).locate(incident, view)


def top(found: Diagnosis) -> tuple[str, str]:
    return found.suspects[0].problem, found.suspects[0].object


def test_a_duct_is_suspected_when_all_its_links_lose_signal_and_light(view, incident):
    for link in ("B~C", "B~G"):
        view.lose_link(link)
        view.lose_light(link)
    found = locate(view, incident)
    assert top(found) == ("fibre-loss", "d-shared")
    assert found.suspects[0].probability > 0.9
    assert found.domain == "optical"
    assert any("d-shared carries B~C" in why and "1 more" in why
               for why in found.suspects[0].because)  # fmt: skip


def test_light_alone_cannot_tell_one_link_from_its_only_duct_so_a_probe_is_wished(view, incident):
    view.lose_link("C~D")
    view.lose_light("C~D")
    found = locate(view, incident)
    assert {row[:] for row in [(s.problem, s.object) for s in found.suspects[:2]]} == {
        ("fibre-loss", "d-CD"),
        ("link-down", "C~D"),
    }
    assert ("otdr", "C~D") in {(wish.kind, wish.target) for wish in found.probes}


def test_reflectometry_that_finds_a_break_names_the_duct(view, incident):
    view.lose_link("C~D")
    view.lose_light("C~D")
    view.answer("otdr", "C~D", length_km=100.0, break_km=42.0)
    found = locate(view, incident)
    assert top(found) == ("fibre-loss", "d-CD")
    assert found.suspects[0].probability > 0.95


def test_reflectometry_that_finds_the_fibre_whole_names_the_link(view, incident):
    view.lose_link("C~D")
    view.answer("otdr", "C~D", length_km=100.0, break_km=None)
    found = locate(view, incident)
    assert top(found) == ("link-down", "C~D")
    assert found.suspects[0].probability > 0.95


def test_reflectometry_tells_two_ducts_of_one_link_apart_by_distance(view, incident):
    view.lose_link("B~C")
    view.answer("otdr", "B~C", length_km=200.0, break_km=30.0)
    assert top(locate(view, incident)) == ("fibre-loss", "d-BC")


@pytest.mark.parametrize("direction", ["B>C", "C>B", "G>B", "A>H", "F>C"])
def test_a_lossy_direction_is_found_from_losses_of_services_alone(view, incident, direction):
    view.lose_packets(direction, 0.03, shift=0.3)
    found = locate(view, incident)
    assert top(found) == ("packet-loss", direction)
    assert found.suspects[0].probability > 0.9
    assert found.suspects[0].severity == pytest.approx(0.03, rel=0.2)


def test_a_process_is_suspected_when_all_adjacencies_of_an_element_go_with_light_on(view, incident):
    for link in ("A~B", "B~C", "B~G"):
        view.raise_alarm(ProbableCause.ADJACENCY_DOWN, link, link.replace("B", "").strip("~"))
    found = locate(view, incident)
    assert top(found) == ("process-down", "B")


def test_an_element_is_suspected_when_it_is_silent_and_its_neighbours_lose_signal(view, incident):
    for link, way, end in (("A~B", "B>A", "A"), ("B~C", "B>C", "C"), ("B~G", "B>G", "G")):
        view.raise_alarm(ProbableCause.ADJACENCY_DOWN, link, end)
        view.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, way, end)
    view.silent = frozenset({"B"})
    assert top(locate(view, incident)) == ("element-down", "B")


def test_congestion_is_the_answer_where_nothing_else_explains_the_drops(view, incident):
    view.depart("direction", "B>C", "discards", 0.08)
    for name in ("voice-A-C", "voice-B-C"):
        view.depart("service", name, "loss", 0.08)
    assert top(locate(view, incident)) == ("congestion", "B>C")


def test_congestion_is_a_consequence_where_a_duct_is_cut(view, incident):
    for link in ("B~C", "B~G"):
        view.lose_link(link)
    for way in ("A>H", "H>G"):
        view.depart("direction", way, "discards", 0.2)
        view.raise_alarm(ProbableCause.THRESHOLD_CROSSED, way, way[0])
    for name in ("voice-A-G", "voice-B-G", "bulk-A-F"):
        view.depart("service", name, "loss", 0.3)
    found = locate(view, incident)
    assert top(found) == ("fibre-loss", "d-shared")
    assert any("a consequence" in why for why in found.suspects[0].because)


def test_unknown_wins_where_nothing_explains_what_is_seen(view, incident):
    for way in ("A>B", "D>C", "F>E", "G>H"):
        view.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, way, way[-1])
    view.raise_alarm(ProbableCause.SOFTWARE_ERROR, "H", "H")
    found = locate(view, incident)
    assert found.suspects[0].problem == UNKNOWN
    assert found.domain == ""


def test_permuted_losses_collapse_the_belief_in_a_direction(view, incident):
    view.lose_packets("B>C", 0.03)
    held = [row.value for row in view.departures("service", "loss").values()]
    names = [name for name in view.network.services.ids if "-B-" not in name and "-C" not in name]
    view._put.clear()
    for name, value in zip(names[:: max(1, len(names) // len(held))], held, strict=False):
        view.depart("service", name, "loss", value)
    found = locate(view, incident)
    assert top(found) != ("packet-loss", "B>C")


def test_renaming_elements_renames_the_answer_and_changes_nothing_else(
    make_view, make_rows, incident
):
    called = dict(
        zip("ABCDEFGH", ("zoe", "yan", "xia", "wu", "vic", "uma", "tom", "sue"), strict=True)
    )
    plain, renamed = make_view(make_rows()), make_view(make_rows(called), "zoe")
    plain.lose_packets("B>C", 0.03)
    renamed.lose_packets("yan>xia", 0.03)
    one, other = locate(plain, incident), locate(renamed, incident)
    assert top(other) == ("packet-loss", "yan>xia")
    assert one.suspects[0].probability == pytest.approx(other.suspects[0].probability, abs=1e-9)


def test_probabilities_of_suspects_never_sum_to_more_than_one(view, incident):
    view.lose_link("B~C")
    view.lose_packets("F>C", 0.02)
    found = locate(view, incident)
    assert 0.0 < sum(row.probability for row in found.suspects) <= 1.0 + 1e-9


def test_records_with_errors_are_worked_with_and_an_unlisted_link_can_be_suspected(
    make_view, broken_rows, incident
):
    view = make_view(broken_rows)
    view.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, "A>B", "B")
    view.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, "B>A", "A")
    view.raise_alarm(ProbableCause.ADJACENCY_DOWN, "A~B", "A")
    assert top(locate(view, incident)) == ("link-down", "A~B")


def test_an_incident_that_names_one_fault_is_not_answered_with_another(view):
    view.lose_link("C~D")
    view.answer("otdr", "C~D", length_km=100.0, break_km=None)
    view.lose_packets("G>H", 0.03)
    services = tuple(view.departures("service", "loss"))
    from adn.closedloop.incident import IncidentSnapshot, Status

    other = IncidentSnapshot("INC-0002", Status.OPEN, 950_000, 850_000, "major", services=services)
    assert top(locate(view, other)) == ("packet-loss", "G>H")
