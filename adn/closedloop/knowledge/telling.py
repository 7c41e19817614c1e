"""How two objects are related, in words: the shortest chain of relations between them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from adn.closedloop.knowledge.relations import Node, Relations

EDGE_SAYS: Final[Mapping[str, str]] = {
    "located_at": "stands at",
    "powered_by": "is powered by",
    "fed_only_by": "has no other feed than",
    "part_of": "is part of",
    "on_card": "is sent from a port on",
    "terminates_at": "ends at",
    "rides_on": "rides on",
    "has_direction": "sends as",
    "sent_by": "is sent by",
    "received_by": "is received by",
    "enters_at": "enters at",
    "leaves_at": "leaves at",
    "serves": "serves",
    "routed_over": "is routed over",
    "suffers": "may suffer",
    "is_a": "is a",
    "manifests_as": "shows as",
    "mitigated_by": "is mitigated by",
    "repaired_by": "is repaired by",
}


_PHYSICAL: Final = frozenset(
    {"site", "feed", "element", "card", "duct", "link", "direction", "service"}
)

_BACKWARDS: Final[Mapping[str, str]] = {
    "located_at": "houses",
    "powered_by": "powers",
    "fed_only_by": "alone powers",
    "part_of": "holds",
    "on_card": "sends",
    "terminates_at": "ends",
    "rides_on": "carries",
    "has_direction": "belongs to",
    "sent_by": "sends",
    "received_by": "receives",
    "enters_at": "lets in",
    "leaves_at": "lets out",
    "routed_over": "carries",
}


def told(relations: Relations, node: Node, evidence: Node, limit: int) -> str:
    """Say how two nodes are related, by a chain of at most `limit` relations."""
    if node not in relations or evidence not in relations:
        return f"{node[1]} and {evidence[1]} are not related by any record"
    chain = _chain(relations, node, evidence, limit)
    if chain is None:
        return f"{node[1]} and {evidence[1]} are more than {limit} relations apart"
    if len(chain) == 1:
        return f"{node[0]} {node[1]} itself"
    said = [f"{a[1]} {_relation(relations, a, z)} {z[1]}" for a, z in pairwise(chain)]
    return ", ".join(said)


def _chain(relations: Relations, node: Node, goal: Node, limit: int) -> list[Node] | None:
    """Return the shortest chain over physical relations, ties by name (breadth first)."""
    came: dict[Node, Node | None] = {node: None}
    edge = [node]
    for _ in range(limit):
        if goal in came:
            break
        following: list[Node] = []
        for held in edge:
            for other in sorted(relations.all_around(held)):
                if other not in came and other[0] in _PHYSICAL:
                    came[other] = held
                    following.append(other)
        edge = following
    if goal not in came:
        return None
    chain = [goal]
    while (before := came[chain[-1]]) is not None:
        chain.append(before)
    return chain[::-1]


def _relation(relations: Relations, a: Node, z: Node) -> str:
    """Return the relation of two neighbours in words, whichever way it points."""
    there = relations.between(a, z)
    return EDGE_SAYS[min(there)] if there else _BACKWARDS[min(relations.between(z, a))]
