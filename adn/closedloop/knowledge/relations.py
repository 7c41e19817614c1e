"""Typed nodes and typed edges in dictionaries: cheap to fill, cheap to ask for one relation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Node = tuple[str, str]
"""A type and an id."""

_Edges = dict[Node, dict[Node, Mapping[str, Any]]]
_NONE: Mapping[Node, Mapping[str, Any]] = {}
_NOTHING: Mapping[str, Any] = {}


class Relations:
    """Nodes, and for each relation its edges both ways."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._out: dict[str, _Edges] = {}
        self._in: dict[str, _Edges] = {}

    def copy(self) -> Relations:
        """Return the same nodes and edges, to be changed apart; what is known of each is shared."""
        other = Relations()
        other._nodes = {kind: held.copy() for kind, held in self._nodes.items()}
        for mine, its in ((self._out, other._out), (self._in, other._in)):
            for relation, edges in mine.items():
                its[relation] = {node: held.copy() for node, held in edges.items()}
        return other

    def add_node(self, node: Node, attributes: Mapping[str, Any]) -> bool:
        """Add a node unless it is known; return whether it is new."""
        held = self._nodes.setdefault(node[0], {})
        if node[1] in held:
            return False
        held[node[1]] = attributes
        return True

    def add_edge(
        self, source: Node, relation: str, target: Node, attributes: Mapping[str, Any]
    ) -> None:
        """Relate two nodes; of one relation there is one edge between them."""
        self._out.setdefault(relation, {}).setdefault(source, {})[target] = attributes
        self._in.setdefault(relation, {}).setdefault(target, {})[source] = attributes

    def add_nodes(self, kind: str, names: Iterable[str]) -> None:
        """Add nodes of which nothing is known by themselves, those that are not known."""
        held = self._nodes.setdefault(kind, {})
        for name in names:
            held.setdefault(name, _NOTHING)

    def add_edges(self, relation: str, sources: Sequence[Node], targets: Sequence[Node]) -> None:
        """Relate nodes pair by pair, with nothing more to say of each pair."""
        out, back = self._out.setdefault(relation, {}), self._in.setdefault(relation, {})
        for source, target in zip(sources, targets, strict=True):
            out.setdefault(source, {})[target] = _NOTHING
            back.setdefault(target, {})[source] = _NOTHING

    def forget(self, relation: str) -> None:
        """Take out all edges of a relation."""
        self._out.pop(relation, None)
        self._in.pop(relation, None)

    def __contains__(self, node: Node) -> bool:
        return node[1] in self._nodes.get(node[0], {})

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all nodes of a type, sorted."""
        return tuple(sorted(self._nodes.get(kind, {})))

    def attributes(self, node: Node) -> Mapping[str, Any]:
        """Return what is known of a node by itself."""
        return self._nodes.get(node[0], {}).get(node[1], {})

    def around(self, node: Node, relation: str, *, back: bool) -> Iterable[Node]:
        """Return the nodes one relation away, forwards or backwards."""
        return (self._in if back else self._out).get(relation, {}).get(node, _NONE)

    def all_around(self, node: Node) -> set[Node]:
        """Return the nodes one edge of any relation away, either way."""
        found: set[Node] = set()
        for way in (self._out, self._in):
            for edges in way.values():
                found.update(edges.get(node, _NONE))
        return found

    def between(self, source: Node, target: Node) -> list[str]:
        """Return the relations of the edges from one node to another."""
        return [name for name, edges in self._out.items() if target in edges.get(source, _NONE)]

    def pairs(self, relation: str) -> list[tuple[Node, Node]]:
        """Return the ends of all edges of a relation, as they were added."""
        edges = self._out.get(relation, {})
        return [(source, target) for source, held in edges.items() for target in held]

    def edges(self) -> Iterator[tuple[str, Node, Node, Mapping[str, Any]]]:
        """Yield relation, source, target and attributes of every edge, by relation."""
        for relation, edges in sorted(self._out.items()):
            for source, held in edges.items():
                for target, attributes in held.items():
                    yield relation, source, target, attributes
