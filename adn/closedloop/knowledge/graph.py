"""The knowledge graph: what there is, what rides on what, how it can fail, and what then shows.

A typed networkx multigraph. Nodes are (type, id); edges bear the name of their relation as key.
It is built from the inventory and from mechanism knowledge, grows when evidence names something
the records do not know, answers walks along relations, and says in words how an object is related
to what was seen. The service × direction incidence is a projection of its `routed_over` edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import networkx as nx
from scipy.sparse import csr_array

from adn.closedloop.knowledge.models import FaultModels, fault_models
from adn.closedloop.knowledge.recorded import reconciled, sound
from adn.northbound.commands import command_kinds
from adn.northbound.inventory import Inventory
from adn.northbound.problems import PROBLEM_CLASSES
from adn.topology.elements import direction_ids
from adn.topology.network import Network

Node = tuple[str, str]

NODE_TYPES: Final = (
    "site", "feed", "element", "card", "duct", "link", "direction", "service", "customers",
    "problem", "hypothesis", "evidence", "command",
)  # fmt: skip

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


class KnowledgeGraph:
    """What the loop knows of the network and of faults, as one graph.

    Attributes:
        graph: The networkx multigraph; nodes (type, id), edge keys are relations.
        network: Columns of the sound part of the records.
        kept_out: What of the records could not be used, in words.
        models: The mechanism knowledge the graph was built with.
        version: Grows with every change of nodes or edges other than routes.
    """

    def __init__(
        self,
        inventory: Inventory,
        models: FaultModels | None = None,
        remedies: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    ) -> None:
        """Build from records.

        Args:
            inventory: The network as recorded.
            models: Mechanism knowledge; the product's own if None.
            remedies: Problem → ``mitigated_by``/``repaired_by`` → command names.
        """
        self._rows = inventory.rows
        self._remedies = remedies or {}
        self._heard: tuple[str, ...] = ()
        self.models = models or fault_models()
        self.version = 0
        self._build(())

    def _build(self, corrections: tuple[str, ...]) -> None:
        recorded = sound(self._rows)
        self.graph: Any = nx.MultiDiGraph()
        self.network: Network = recorded.network
        self.kept_out = (*corrections, *recorded.kept_out)
        self._shares: csr_array | None = None
        self._routes_drawn = True
        self._around: dict[tuple[Node, str], tuple[int, tuple[Node, ...]]] = {}
        self._add_mechanisms(self._remedies)
        self._add_network()

    def reconcile(self, reporting: Sequence[str]) -> None:
        """Correct the records by which directions report; the graph is built anew if that differs.

        Args:
            reporting: Direction ids as the ports themselves give them; nothing is done if empty.
        """
        if not reporting or tuple(reporting) == self._heard:
            return
        self._heard = tuple(reporting)
        rows, corrections = reconciled(self._rows, reporting)
        if corrections:
            self._rows = rows
            self._build(corrections)

    # --- growing ---

    def add_node(self, type_: str, name: str, **attributes: Any) -> Node:
        """Add an object, its hypotheses with it, and return its node; known ones are kept.

        Raises:
            ValueError: There is no such type of node.
        """
        if type_ not in NODE_TYPES:
            raise ValueError(f"{type_!r} is no node type; known are {', '.join(NODE_TYPES)}")
        node = (type_, name)
        if node in self.graph:
            return node
        self.graph.add_node(node, **attributes)
        self.version += 1
        for problem, row in PROBLEM_CLASSES.items():
            if row.object_type == type_ and problem in self.models.problems:
                hypothesis = ("hypothesis", f"{problem}@{name}")
                self.graph.add_node(hypothesis, problem=problem, object=name)
                self.add_edge(node, "suffers", hypothesis)
                self.add_edge(hypothesis, "is_a", ("problem", problem))
        return node

    def add_edge(self, source: Node, relation: str, target: Node, **attributes: Any) -> None:
        """Relate two nodes.

        Raises:
            ValueError: There is no such relation, or a node is missing.
        """
        if relation not in EDGE_SAYS:
            raise ValueError(f"{relation!r} is no relation; known are {', '.join(EDGE_SAYS)}")
        for node in (source, target):
            if node not in self.graph:
                raise ValueError(f"{node[0]} {node[1]} is not in the graph")
        self.graph.add_edge(source, target, key=relation, **attributes)
        self.version += 1

    def add_link(
        self, name: str, a: str, z: str, ducts: Iterable[str] = (), **attributes: Any
    ) -> Node:
        """Add a link with its ends, its two directions and the ducts it rides on."""
        link = self.add_node("link", name, **attributes)
        ends = [self.add_node("element", end) for end in (a, z)]
        for end in ends:
            self.add_edge(link, "terminates_at", end)
        for way, sender, receiver in zip(
            direction_ids(name, a, z), ends, reversed(ends), strict=True
        ):
            direction = self.add_node("direction", way)
            self.add_edge(link, "has_direction", direction)
            self.add_edge(direction, "sent_by", sender)
            self.add_edge(direction, "received_by", receiver)
        for duct in ducts:
            self.add_edge(link, "rides_on", self.add_node("duct", duct))
        return link

    def adopt(self, name: str, reported_by: str) -> Node | None:
        """Return the node of an object named by evidence, adding it if no record knows it.

        Names of the form ``a>z`` and ``a~z`` (``#n`` for parallels) say what they join; any other
        unknown name that reports of itself is an element. Otherwise nothing can be said: None.
        """
        for kind in ("direction", "link", "element", "card", "duct", "feed"):
            if (kind, name) in self.graph:
                return (kind, name)
        plain, mark, number = name.partition("#")
        left, found, right = plain.partition("~")
        if found and left and right and left != right:
            return self.add_link(name, left, right, unlisted=True)
        left, found, right = plain.partition(">")
        if found and left and right and left != right:
            return self._adopt_direction(name, left, right, f"{mark}{number}")
        return self.add_node("element", name, unlisted=True) if name == reported_by else None

    def _adopt_direction(self, name: str, sender: str, receiver: str, number: str) -> Node:
        """Add a direction to the link its name implies, itself added where no record knows it."""
        for a, z in ((sender, receiver), (receiver, sender)):
            link = ("link", f"{a}~{z}{number}")
            if link in self.graph:
                break
        else:
            link = self.add_link(f"{sender}~{receiver}{number}", sender, receiver, unlisted=True)
        direction = self.add_node("direction", name, unlisted=True)
        self.add_edge(link, "has_direction", direction)
        self.add_edge(direction, "sent_by", self.add_node("element", sender))
        self.add_edge(direction, "received_by", self.add_node("element", receiver))
        return direction

    # --- asking ---

    def __contains__(self, node: object) -> bool:
        return node in self.graph

    def nodes(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all nodes of a type, sorted."""
        return tuple(sorted(name for held, name in self.graph if held == kind))

    def neighbours(self, node: Node, relation: str) -> tuple[Node, ...]:
        """Return the nodes one relation away, sorted; ``~relation`` is walked backwards."""
        back = relation.startswith("~")
        wanted = relation[1:] if back else relation
        if wanted == "routed_over":
            self._draw_routes()
        if node not in self.graph:
            return ()
        held = self._around.get((node, relation))
        if held is not None and held[0] == self.version and wanted != "routed_over":
            return held[1]
        around = self.graph.pred[node] if back else self.graph.succ[node]
        found = tuple(sorted(other for other, edges in around.items() if wanted in edges))
        self._around[node, relation] = (self.version, found)
        return found

    def walk(self, node: Node, along: Sequence[str]) -> tuple[Node, ...]:
        """Return the nodes reached by walking relations one after the other, sorted."""
        reached: tuple[Node, ...] = (node,)
        for relation in along:
            step = {other for held in reached for other in self.neighbours(held, relation)}
            reached = tuple(sorted(step))
        return reached

    def explain(self, node: Node, evidence: Node, limit: int = 4) -> str:
        """Say in words how two nodes are related: the shortest chain of relations between them.

        Args:
            node: Where to begin, such as a suspect.
            evidence: Where to end, such as the object of an alarm.
            limit: Longest chain that is worth telling.
        """
        if node not in self.graph or evidence not in self.graph:
            return f"{node[1]} and {evidence[1]} are not related by any record"
        chain = self._chain(node, evidence, limit)
        if chain is None:
            return f"{node[1]} and {evidence[1]} are more than {limit} relations apart"
        if len(chain) == 1:
            return f"{node[0]} {node[1]} itself"
        said = [f"{a[1]} {self._relation(a, z)} {z[1]}" for a, z in pairwise(chain)]
        return ", ".join(said)

    def _chain(self, node: Node, goal: Node, limit: int) -> list[Node] | None:
        """Return the shortest chain over physical relations, ties by name (breadth first)."""
        came: dict[Node, Node | None] = {node: None}
        edge = [node]
        for _ in range(limit):
            if goal in came:
                break
            following: list[Node] = []
            for held in edge:
                around = {*self.graph.succ[held], *self.graph.pred[held]}
                for other in sorted(around):
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

    def _relation(self, a: Node, z: Node) -> str:
        """Return the relation of two neighbours in words, whichever way it points."""
        if self.graph.has_edge(a, z):
            return EDGE_SAYS[min(self.graph[a][z])]
        return _BACKWARDS[min(self.graph[z][a])]

    # --- routes ---

    def route(self, shares: csr_array) -> None:
        """Set the `routed_over` edges: services in network row order, shape (S, D).

        Edges are drawn when a walk first asks for them; 700 services on 50 nodes have 10⁴.
        """
        if shares is not self._shares:
            self._shares, self._routes_drawn = shares, False

    def incidence(self) -> csr_array | None:
        """Return the projection onto services × directions of the network, expected shares."""
        return self._shares

    def _draw_routes(self) -> None:
        if self._routes_drawn or self._shares is None:
            return
        old = [edge for edge in self.graph.edges(keys=True) if edge[2] == "routed_over"]
        self.graph.remove_edges_from(old)
        services, directions = self.network.services, self.network.directions
        held = self._shares.tocoo()
        for row, column, share in zip(*held.coords, held.data, strict=True):
            self.graph.add_edge(
                ("service", services[int(row)]),
                ("direction", directions[int(column)]),
                key="routed_over",
                share=float(share),
            )
        self._routes_drawn = True

    # --- building ---

    def _add_mechanisms(self, remedies: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        for name, kind in sorted(self.models.evidence.items()):
            self.add_node("evidence", name, says=kind.says)
        for name, command in sorted(command_kinds().items()):
            self.add_node("command", name, says=command.says)
        for name, model in sorted(self.models.problems.items()):
            self.add_node("problem", name, says=PROBLEM_CLASSES[name].says, source=model.source)
            for shown in model.shows:
                self.add_edge(
                    ("problem", name),
                    "manifests_as",
                    ("evidence", shown.evidence),
                    chance=shown.chance,
                    along=shown.along,
                    within_ms=shown.within_ms,
                )
            for relation in ("mitigated_by", "repaired_by"):
                for order in remedies.get(name, {}).get(relation, ()):
                    self.add_edge(("problem", name), relation, ("command", order))

    def _add_network(self) -> None:
        rows = self.network.rows
        for site in rows.sites:
            self.add_node("site", site.id)
        for feed_row in rows.feeds:
            self.add_node("feed", feed_row.id)
        for element in rows.elements:
            node = self.add_node("element", element.id, kind=element.kind, transit=element.transit)
            for feed in element.feeds:
                self.add_edge(node, "powered_by", self.add_node("feed", feed))
            if len(element.feeds) == 1:
                self.add_edge(node, "fed_only_by", ("feed", element.feeds[0]))
            if ("site", element.site) in self.graph:
                self.add_edge(node, "located_at", ("site", element.site))
        self._add_lines()
        for service in rows.services:
            node = self.add_node("service", service.id)
            self.add_edge(node, "enters_at", ("element", service.a))
            self.add_edge(node, "leaves_at", ("element", service.z))
            self.add_edge(node, "serves", self.add_node("customers", service.kind))

    def _add_lines(self) -> None:
        """Add cards, ducts and links, and which port sits on which card."""
        rows = self.network.rows
        for card in rows.cards:
            self.add_edge(self.add_node("card", card.id), "part_of", ("element", card.element))
        for duct in rows.ducts:
            self.add_node("duct", duct.id, length_km=duct.length_km)
        for link in rows.links:
            self.add_link(link.id, link.a, link.z, link.ducts, length_km=link.length_km)
            ways = direction_ids(link.id, link.a, link.z)
            for way, card_id in zip(ways, (link.card_a, link.card_z), strict=True):
                if card_id:
                    self.add_edge(("direction", way), "on_card", ("card", card_id))


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
