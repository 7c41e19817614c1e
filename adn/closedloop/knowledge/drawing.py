"""What is drawn into the knowledge graph: from mechanism knowledge and from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adn.base.keeping import kept
from adn.closedloop.knowledge.models import FaultModels
from adn.closedloop.knowledge.relations import Node, Relations
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.topology.elements import NetworkRows, direction_ids


def draw_mechanisms(
    relations: Relations,
    models: FaultModels,
    remedies: Mapping[str, Mapping[str, Sequence[str]]],
) -> None:
    """Draw what problems show as and what helps against them."""
    for name, kind in sorted(models.evidence.items()):
        relations.add_node(("evidence", name), {"says": kind.says})
    for name, command in sorted(command_kinds().items()):
        relations.add_node(("command", name), {"says": command.says})
    for name, model in sorted(models.problems.items()):
        node = ("problem", name)
        said = {"says": PROBLEM_CLASSES[name].says, "source": model.source}
        relations.add_node(node, said)
        for shown in model.shows:
            how = {"chance": shown.chance, "along": shown.along, "within_ms": shown.within_ms}
            relations.add_edge(node, "manifests_as", ("evidence", shown.evidence), how)
        for relation in ("mitigated_by", "repaired_by"):
            for order in remedies.get(name, {}).get(relation, ()):
                relations.add_edge(node, relation, ("command", order), {})


def draw_records(relations: Relations, rows: NetworkRows) -> None:
    """Draw sites, feeds, elements, cards, ducts and links of sound records."""
    for site in rows.sites:
        relations.add_node(("site", site.id), {})
    for feed_row in rows.feeds:
        relations.add_node(("feed", feed_row.id), {})
    for element in rows.elements:
        node = ("element", element.id)
        relations.add_node(node, {"kind": element.kind, "transit": element.transit})
        for feed in element.feeds:
            relations.add_node(("feed", feed), {})
            relations.add_edge(node, "powered_by", ("feed", feed), {})
        if len(element.feeds) == 1:
            relations.add_edge(node, "fed_only_by", ("feed", element.feeds[0]), {})
        if ("site", element.site) in relations:
            relations.add_edge(node, "located_at", ("site", element.site), {})
    for card in rows.cards:
        relations.add_node(("card", card.id), {})
        relations.add_edge(("card", card.id), "part_of", ("element", card.element), {})
    for duct in rows.ducts:
        relations.add_node(("duct", duct.id), {"length_km": duct.length_km})
    for link in rows.links:
        draw_link(relations, link.id, link.a, link.z, link.ducts, {"length_km": link.length_km})
        ways = direction_ids(link.id, link.a, link.z)
        for way, card_id in zip(ways, (link.card_a, link.card_z), strict=True):
            if card_id:
                relations.add_edge(("direction", way), "on_card", ("card", card_id), {})


@kept(2)
def drawn_records(rows: NetworkRows) -> Relations:
    """Return what is drawn of sound records, for all graphs to copy."""
    relations = Relations()
    draw_records(relations, rows)
    return relations


def draw_link(
    relations: Relations,
    name: str,
    a: str,
    z: str,
    ducts: Iterable[str],
    attributes: Mapping[str, Any],
) -> Node:
    """Draw a link with its ends, its two directions and the ducts it rides on."""
    link = ("link", name)
    relations.add_node(link, attributes)
    ends = ("element", a), ("element", z)
    for end in ends:
        relations.add_node(end, {})
        relations.add_edge(link, "terminates_at", end, {})
    for way, sender, receiver in zip(direction_ids(name, a, z), ends, ends[::-1], strict=True):
        direction = ("direction", way)
        relations.add_node(direction, {})
        relations.add_edge(link, "has_direction", direction, {})
        relations.add_edge(direction, "sent_by", sender, {})
        relations.add_edge(direction, "received_by", receiver, {})
    for duct in ducts:
        relations.add_node(("duct", duct), {})
        relations.add_edge(link, "rides_on", ("duct", duct), {})
    return link


def draw_services(relations: Relations, rows: NetworkRows) -> None:
    """Draw services with their ends and customers; thousands of them, so relation by relation."""
    services = rows.services
    nodes = [("service", service.id) for service in services]
    relations.add_nodes("service", [service.id for service in services])
    relations.add_nodes("customers", [service.kind for service in services])
    for relation, others in (
        ("enters_at", [("element", service.a) for service in services]),
        ("leaves_at", [("element", service.z) for service in services]),
        ("serves", [("customers", service.kind) for service in services]),
    ):
        relations.add_edges(relation, nodes, others)
