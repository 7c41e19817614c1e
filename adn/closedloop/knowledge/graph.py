"""The knowledge graph: what there is, what rides on what, how it can fail, and what then shows.

A typed multigraph. Nodes are (type, id); edges bear the name of their relation. It is built from
the inventory and from mechanism knowledge when something first asks, grows when evidence names
something the records do not know, answers walks along relations, and says in words how an object is
related to what was seen. Services are drawn in when one is asked for, and hypotheses follow from
what there is. The service × direction incidence is a projection of its `routed_over` edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from scipy.sparse import csr_array

from adn.closedloop.knowledge.drawing import (
    draw_link,
    draw_mechanisms,
    draw_services,
    drawn_records,
)
from adn.closedloop.knowledge.models import FaultModels, fault_models
from adn.closedloop.knowledge.recorded import Recorded, reconciled, sound
from adn.closedloop.knowledge.relations import Node, Relations
from adn.closedloop.knowledge.telling import EDGE_SAYS, told
from adn.northbound.inventory import Inventory
from adn.northbound.problems import PROBLEM_CLASSES
from adn.topology.network import Network

__all__ = ["EDGE_SAYS", "NODE_TYPES", "KnowledgeGraph", "Node"]

NODE_TYPES: Final = (
    "site", "feed", "element", "card", "duct", "link", "direction", "service", "customers",
    "problem", "hypothesis", "evidence", "command",
)  # fmt: skip

_OF_SERVICES: Final = frozenset({"service", "customers"})
_TO_SERVICES: Final = frozenset({"enters_at", "leaves_at", "serves", "routed_over"})


class KnowledgeGraph:
    """What the loop knows of the network and of faults, as one graph.

    Attributes:
        models: The mechanism knowledge the graph was built with.
        version: Grows with every change of nodes or edges other than routes.
        grown: Whether it holds anything that the records do not say.
    """

    def __init__(
        self,
        inventory: Inventory,
        models: FaultModels | None = None,
        remedies: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        recorded: Recorded | None = None,
    ) -> None:
        """Take records; nothing is built before something is asked.

        Args:
            inventory: The network as recorded.
            models: Mechanism knowledge; the product's own if None.
            remedies: Problem → ``mitigated_by``/``repaired_by`` → command names.
            recorded: The sound part of the records, where it is known already.
        """
        self._rows = inventory.rows
        self._remedies = remedies or {}
        self._heard: tuple[str, ...] = ()
        self._models = models
        self._recorded = recorded
        self._corrections: tuple[str, ...] = ()
        self._built: Relations | None = None
        self._services_drawn = False
        self._shares: csr_array | None = None
        self._routes_drawn = True
        self._around: dict[tuple[Node, str], tuple[int, tuple[Node, ...]]] = {}
        self.version, self.grown = 0, False

    @property
    def models(self) -> FaultModels:
        """The mechanism knowledge that it is built with."""
        return self._models or fault_models()

    @property
    def network(self) -> Network:
        """Columns of the sound part of the records."""
        return self._sound().network

    @property
    def kept_out(self) -> tuple[str, ...]:
        """What of the records could not be used, in words."""
        return (*self._corrections, *self._sound().kept_out)

    @property
    def graph(self) -> Any:
        """All of it as a networkx multigraph; nodes (type, id), edge keys are relations."""
        import networkx as nx

        self._draw_services()
        self._draw_routes()
        graph: Any = nx.MultiDiGraph()
        for kind in NODE_TYPES:
            for name in self.nodes(kind):
                graph.add_node((kind, name), **self.attributes((kind, name)))
        for relation, source, target, attributes in self._relations.edges():
            graph.add_edge(source, target, key=relation, **attributes)
        for name in self.nodes("hypothesis"):
            for relation, other in self._of_hypothesis(name).items():
                ends = (other, ("hypothesis", name))
                graph.add_edge(*(ends if relation == "suffers" else ends[::-1]), key=relation)
        return graph

    def _sound(self) -> Recorded:
        if self._recorded is None:
            self._recorded = sound(self._rows)
        return self._recorded

    @property
    def _relations(self) -> Relations:
        """What is drawn so far."""
        if self._built is None:
            self._built = drawn_records(self.network.rows).copy()
            self._services_drawn = False
            self._around = {}
            draw_mechanisms(self._built, self.models, self._remedies)
        return self._built

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
            self._rows, self._corrections = rows, corrections
            self._recorded = self._built = self._shares = None
            self.grown = False
            self._routes_drawn = True
            self.version += 1

    # --- growing ---

    def add_node(self, type_: str, name: str, **attributes: Any) -> Node:
        """Add an object and return its node; known ones are kept.

        Raises:
            ValueError: There is no such type of node.
        """
        if type_ not in NODE_TYPES:
            raise ValueError(f"{type_!r} is no node type; known are {', '.join(NODE_TYPES)}")
        node = (type_, name)
        if type_ in _OF_SERVICES:
            self._draw_services()
        if self._relations.add_node(node, attributes):
            self._grow()
        return node

    def add_edge(self, source: Node, relation: str, target: Node, **attributes: Any) -> None:
        """Relate two nodes.

        Raises:
            ValueError: There is no such relation, or a node is missing.
        """
        if relation not in EDGE_SAYS:
            raise ValueError(f"{relation!r} is no relation; known are {', '.join(EDGE_SAYS)}")
        for node in (source, target):
            if node not in self:
                raise ValueError(f"{node[0]} {node[1]} is not in the graph")
        self._relations.add_edge(source, relation, target, attributes)
        self._grow()

    def add_link(
        self, name: str, a: str, z: str, ducts: Iterable[str] = (), **attributes: Any
    ) -> Node:
        """Add a link with its ends, its two directions and the ducts it rides on."""
        self._grow()
        return draw_link(self._relations, name, a, z, ducts, attributes)

    def _grow(self) -> None:
        self.version, self.grown = self.version + 1, True

    def adopt(self, name: str, reported_by: str) -> Node | None:
        """Return the node of an object named by evidence, adding it if no record knows it.

        Names of the form ``a>z`` and ``a~z`` (``#n`` for parallels) say what they join; any other
        unknown name that reports of itself is an element. Otherwise nothing can be said: None.
        """
        for kind in ("direction", "link", "element", "card", "duct", "feed"):
            if (kind, name) in self:
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
            if link in self:
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
        if not isinstance(node, tuple) or len(node) != 2:
            return False
        if node[0] == "hypothesis":
            return bool(self._of_hypothesis(str(node[1])))
        if node[0] in _OF_SERVICES:
            self._draw_services()
        return node in self._relations

    def nodes(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all nodes of a type, sorted."""
        if kind == "hypothesis":
            return tuple(sorted(f"{problem}@{name}" for problem, name in self.hypotheses()))
        if kind in _OF_SERVICES:
            self._draw_services()
        return self._relations.names(kind)

    def attributes(self, node: Node) -> Mapping[str, Any]:
        """Return what is known of a node by itself; nothing of one that is not in the graph."""
        if node[0] == "hypothesis":
            problem, _, name = node[1].partition("@")
            return {"problem": problem, "object": name} if node in self else {}
        return self._relations.attributes(node)

    def hypotheses(self) -> tuple[tuple[str, str], ...]:
        """Return every problem that every object may suffer, as (problem, object), sorted."""
        models, relations = self.models.problems, self._relations
        return tuple(
            (problem, name)
            for problem in sorted(PROBLEM_CLASSES)
            if problem in models
            for name in relations.names(PROBLEM_CLASSES[problem].object_type)
        )

    def neighbours(self, node: Node, relation: str) -> tuple[Node, ...]:
        """Return the nodes one relation away, sorted; ``~relation`` is walked backwards."""
        back = relation.startswith("~")
        wanted = relation[1:] if back else relation
        if wanted in {"suffers", "is_a"}:
            return self._suffering(node, wanted, back=back)
        if wanted in _TO_SERVICES:
            self._draw_services()
        if wanted == "routed_over":
            self._draw_routes()
        held = self._around.get((node, relation))
        if held is not None and held[0] == self.version and wanted != "routed_over":
            return held[1]
        found = tuple(sorted(self._relations.around(node, wanted, back=back)))
        self._around[node, relation] = (self.version, found)
        return found

    def _suffering(self, node: Node, relation: str, *, back: bool) -> tuple[Node, ...]:
        """Return what one of the two relations of hypotheses leads to."""
        if node[0] == "hypothesis":
            return tuple(
                other
                for held, other in self._of_hypothesis(node[1]).items()
                if held == relation and back == (relation == "suffers")
            )
        if relation == "is_a" and back and node[0] == "problem":
            return tuple(
                ("hypothesis", f"{problem}@{name}")
                for problem, name in self.hypotheses()
                if problem == node[1]
            )
        if relation == "suffers" and not back and node in self:
            return tuple(
                ("hypothesis", f"{problem}@{node[1]}")
                for problem, row in sorted(PROBLEM_CLASSES.items())
                if row.object_type == node[0] and problem in self.models.problems
            )
        return ()

    def _of_hypothesis(self, name: str) -> Mapping[str, Node]:
        """Return who suffers a hypothesis and which problem it is; nothing where there is none."""
        problem, mark, suffering = name.partition("@")
        if not mark or problem not in PROBLEM_CLASSES or problem not in self.models.problems:
            return {}
        node = (PROBLEM_CLASSES[problem].object_type, suffering)
        return {"suffers": node, "is_a": ("problem", problem)} if node in self else {}

    def related(self, relation: str) -> Iterable[tuple[Node, Node]]:
        """Return the ends of all edges of a relation, as they were added."""
        if relation in _TO_SERVICES:
            self._draw_services()
        if relation == "routed_over":
            self._draw_routes()
        return self._relations.pairs(relation)

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
        self._draw_services()
        return told(self._relations, node, evidence, limit)

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

    def _draw_services(self) -> None:
        if not self._services_drawn:
            draw_services(self._relations, self.network.rows)
            self._services_drawn = True

    def _draw_routes(self) -> None:
        if self._routes_drawn or self._shares is None:
            return
        self._draw_services()
        relations = self._relations
        relations.forget("routed_over")
        services, directions = self.network.services, self.network.directions
        held = self._shares.tocoo()
        for row, column, share in zip(*held.coords, held.data, strict=True):
            ends = ("service", services[int(row)]), ("direction", directions[int(column)])
            relations.add_edge(ends[0], "routed_over", ends[1], {"share": float(share)})
        self._routes_drawn = True
