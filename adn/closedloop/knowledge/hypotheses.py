"""Hypotheses in columns, compiled from the graph: what each problem of each object would show.

Evidence that shows follows a noisy-or: an item is absent only if no cause showed it and nothing
strayed in. Each cause's share of that is kept as q = −ln(1 − chance), so causes simply add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, get_args

import numpy as np
from scipy.sparse import csr_array, eye_array

from adn.base.clock import DAY, HOUR
from adn.base.keeping import kept
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.items import Key
from adn.closedloop.knowledge.models import ANYWHERE, EvidenceKind, Milder, Seen
from adn.closedloop.knowledge.relations import Node
from adn.northbound.problems import PROBLEM_CLASSES
from adn.topology.network import Floats, Ints, Names

WINDOW_MS: Final = HOUR
"""Within what time a second problem would be taken for part of the same incident (assumption)."""

NO_TABLE: Final = 0.01
"""Factor on the priors of table and process problems of what forwards nothing for others."""

_TABLED: Final = frozenset({"route-missing", "route-discarded", "table-full", "process-down"})
_YEAR_MS: Final = 365 * DAY
SEEN: Final = get_args(Seen)
_REPORTED: Final = {"direction": "received_by", "link": "terminates_at"}
_STEPPED: Final = ("card", "direction", "duct", "element", "feed", "link", "service", "site")
_NONE: Final[Ints] = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Places:
    """Where the expectations of a problem are that tell whether it is less than complete.

    Attributes:
        dim: Of the evidence that shows then, all its kinds.
        kinds: How many kinds these are.
        hard: Of the evidence that does not show then.
        spared: Of the evidence that is not missed then.
    """

    dim: Ints
    kinds: int
    hard: Ints
    spared: Ints


@dataclass(frozen=True)
class Hypotheses:
    """Every problem that every known object may have, H of them, and what each would show.

    Attributes:
        names: (problem, object), sorted, shape (H,).
        log_prior: ln of the chance of having begun within the window, shape (H,).
        keys: Evidence items that anything may show, shape (E,).
        reporters: Elements of which at least one must speak for an item to be heard, shape (E, n).
        elements: Ids of these elements, shape (n,).
        seen: How an item's absence counts, shape (E,): row of `Seen`.
        row: Hypothesis of each expectation, sorted, shape (X,).
        column: Evidence item of each expectation, shape (X,).
        chance: Chance of each expectation, shape (X,).
        within_ms: When it is there at the latest, shape (X,).
        anywhere: Evidence kind → q by hypothesis of showing anywhere, shape (H,).
        disrupts: Directions that each hypothesis blackholes, shape (H, D).
        direction: Row of the direction that is lossy under it, or -1, shape (H,).
        element: Row of the element that drops towards some targets under it, or -1, shape (H,).
        milder: How those problems show that may be less than complete, by problem.
    """

    names: tuple[tuple[str, str], ...]
    log_prior: Floats
    keys: tuple[Key, ...]
    reporters: csr_array
    elements: tuple[str, ...]
    seen: Ints
    row: Ints
    column: Ints
    chance: Floats
    within_ms: Ints
    anywhere: Mapping[str, Floats]
    disrupts: csr_array
    direction: Ints
    element: Ints
    milder: Mapping[str, Milder]

    @cached_property
    def place(self) -> Mapping[tuple[str, str], int]:
        """Row of each hypothesis, by (problem, object)."""
        return {name: row for row, name in enumerate(self.names)}

    def shows(self, row: int) -> slice:
        """Return where the expectations of a hypothesis are."""
        return slice(int(self._begins[row]), int(self._begins[row + 1]))

    @cached_property
    def _begins(self) -> Ints:
        """Where the expectations of each hypothesis begin, and where the last's end."""
        return np.searchsorted(self.row, np.arange(len(self.names) + 1))

    @cached_property
    def incomplete(self) -> tuple[tuple[Milder, Places], ...]:
        """How problems show that are less than complete, and where their expectations are."""
        kind = np.array([name for name, _ in self.keys])[self.column]
        found = []
        for problem, milder in self.milder.items():
            mine = np.array([name == problem for name, _ in self.names], dtype=bool)[self.row]
            dim, hard, spared = (
                np.flatnonzero(mine & np.isin(kind, sorted(kinds)))
                for kinds in (milder.evidence, {milder.unless}, milder.spares)
            )
            found.append((milder, Places(dim, len(milder.evidence), hard, spared)))
        return tuple(found)

    @cached_property
    def columns(self) -> Mapping[Key, int]:
        """Column of each evidence item, by its key."""
        return {key: column for column, key in enumerate(self.keys)}


class _Steps:
    """The nodes of a graph by row, and its relations as matrices; rows are in order of (type, id).

    Attributes:
        nodes: All nodes other than hypotheses and services, sorted.
        span: First row and row past the last of each type of node.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self.nodes: list[Node] = []
        self.span: dict[str, tuple[int, int]] = {}
        for kind in sorted(_STEPPED):
            first = len(self.nodes)
            self.nodes += [(kind, name) for name in graph.nodes(kind)]
            self.span[kind] = (first, len(self.nodes))
        self._row = {node: row for row, node in enumerate(self.nodes)}
        self._known: dict[tuple[str, ...], csr_array] = {}

    def along(self, relations: tuple[str, ...]) -> csr_array:
        """Return which nodes are reached from each by walking relations, shape (n, n)."""
        found = self._known.get(relations)
        if found is None:
            if len(relations) > 1:
                found = csr_array(self.along(relations[:-1]) @ self.along(relations[-1:]))
            elif relations:
                found = self._matrix(relations[0])
            else:
                found = csr_array(eye_array(len(self.nodes), format="csr"))
            found.sort_indices()
            self._known[relations] = found
        return found

    def _matrix(self, relation: str) -> csr_array:
        row = self._row
        pairs = self._graph.related(relation.removeprefix("~"))
        source = [row[a] for a, _ in pairs]
        target = [row[z] for _, z in pairs]
        ends = (target, source) if relation.startswith("~") else (source, target)
        size = len(self.nodes)
        return csr_array((np.ones(len(source)), ends), shape=(size, size))

    def reached(self, kind: str, relations: tuple[str, ...], of: str) -> tuple[Ints, Ints]:
        """Return which nodes `of` a type each node of a `kind` reaches: rows of both, in order."""
        first, past = self.span[kind]
        held = self.along(relations)
        start, stop = held.indptr[first], held.indptr[past]
        source = np.repeat(np.arange(past - first), np.diff(held.indptr[first : past + 1]))
        target = held.indices[start:stop].astype(np.int64)
        low, high = self.span[of]
        kept = (target >= low) & (target < high)
        return source[kept], target[kept]


def compile_hypotheses(graph: KnowledgeGraph) -> Hypotheses:
    """Return what the graph's hypotheses predict; worked out once for what is as recorded.

    Problem by problem, for all objects of its type at once: relations are walked as products of
    sparse matrices.
    """
    return _compiled(graph) if graph.grown else _as_recorded(graph)


@kept(2, by=lambda graph: (graph.network, graph.models))
def _as_recorded(graph: KnowledgeGraph) -> Hypotheses:
    return _compiled(graph)


def _compiled(graph: KnowledgeGraph) -> Hypotheses:
    names = graph.hypotheses()
    steps, kinds = _Steps(graph), graph.models.evidence
    evidence = sorted(kinds)
    directions = graph.network.directions
    recorded = np.array(
        [directions.row(name) if name in directions else -1 for _, name in _of(steps, "direction")],
        dtype=np.int64,
    )
    anywhere: dict[str, Floats] = {}
    row: list[Ints] = [_NONE]
    code: list[Ints] = [_NONE]
    chance: list[Floats] = [_NONE.astype(np.float64)]
    within: list[Ints] = [_NONE]
    lost: list[Ints] = [_NONE]
    lost_column: list[Ints] = [_NONE]
    log_prior = np.zeros(len(names))
    first = 0
    for problem in dict.fromkeys(problem for problem, _ in names):
        model, kind = graph.models.problems[problem], PROBLEM_CLASSES[problem].object_type
        count = steps.span[kind][1] - steps.span[kind][0]
        mine = slice(first, first + count)
        log_prior[mine] = _log_priors(graph, problem, _of(steps, kind))
        for shown in model.shows:
            if shown.along == (ANYWHERE,):
                column = anywhere.setdefault(shown.evidence, np.zeros(len(names)))
                column[mine] = -np.log1p(-shown.chance)
                continue
            source, target = steps.reached(kind, shown.along, kinds[shown.evidence].object_type)
            row.append(source + first)
            code.append(evidence.index(shown.evidence) * len(steps.nodes) + target)
            chance.append(np.full(len(source), shown.chance))
            within.append(np.full(len(source), shown.within_ms, dtype=np.int64))
        if model.disrupts is not None:
            source, target = steps.reached(kind, model.disrupts, "direction")
            column_of = recorded[target - steps.span["direction"][0]]
            lost.append((source + first)[column_of >= 0])
            lost_column.append(column_of[column_of >= 0])
        first += count
    # Of one hypothesis, expectations stay in the order of its model.
    rows = np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    codes, column_of_code = np.unique(np.concatenate(code)[order], return_inverse=True)
    keys = tuple(
        (evidence[at // len(steps.nodes)], steps.nodes[at % len(steps.nodes)][1])
        for at in codes.tolist()
    )
    killed = (np.concatenate(lost), np.concatenate(lost_column))
    return Hypotheses(
        names=names,
        log_prior=log_prior,
        keys=keys,
        reporters=_reporters(steps, codes, evidence, kinds),
        elements=tuple(name for _, name in _of(steps, "element")),
        seen=np.array([SEEN.index(kinds[kind].seen) for kind, _ in keys], dtype=np.int64),
        row=rows[order],
        column=column_of_code.astype(np.int64),
        chance=np.concatenate(chance)[order],
        within_ms=np.concatenate(within)[order],
        anywhere=anywhere,
        disrupts=csr_array((np.ones(len(killed[0])), killed), shape=(len(names), len(directions))),
        direction=_rows_of(graph, names, "direction", directions),
        element=_rows_of(graph, names, "destinations", graph.network.elements),
        milder={
            name: model.milder
            for name, model in sorted(graph.models.problems.items())
            if model.milder is not None
        },
    )


def _of(steps: _Steps, kind: str) -> list[Node]:
    return steps.nodes[slice(*steps.span[kind])]


def _rows_of(
    graph: KnowledgeGraph, names: Sequence[tuple[str, str]], loses: str, table: Names
) -> Ints:
    """Return the row of the object of each hypothesis that loses in some form, else -1."""
    lossy = {name for name, model in graph.models.problems.items() if model.loses == loses}
    return np.array(
        [table.row(name) if problem in lossy and name in table else -1 for problem, name in names],
        dtype=np.int64,
    )


def _log_priors(graph: KnowledgeGraph, problem: str, nodes: Sequence[Node]) -> Floats:
    """Return ln of the chance that the problem of each object began within the window."""
    model = graph.models.problems[problem]
    rate = np.full(len(nodes), model.rate)
    if model.per_km:
        length = [float(graph.attributes(node).get("length_km", 0.0)) for node in nodes]
        rate *= np.maximum(1.0, length)
    if problem in _TABLED:
        leaf = [not graph.attributes(node).get("transit", True) for node in nodes]
        rate[leaf] *= NO_TABLE
    found: Floats = np.log(rate * WINDOW_MS / _YEAR_MS)
    return found


def _reporters(
    steps: _Steps, codes: Ints, evidence: Sequence[str], kinds: Mapping[str, EvidenceKind]
) -> csr_array:
    """Return who would report each item: none where operations see for themselves."""
    of, node = np.divmod(codes, len(steps.nodes))
    first, past = steps.span["element"]
    rows: list[Ints] = [_NONE]
    columns: list[Ints] = [_NONE]
    for at, name in enumerate(evidence):
        relation = _REPORTED.get(kinds[name].object_type)
        if name == "silent" or relation is None:
            continue
        mine = np.flatnonzero(of == at)
        speaks = csr_array(steps.along((relation,))[node[mine], first:past])
        rows.append(np.repeat(mine, np.diff(speaks.indptr)))
        columns.append(speaks.indices.astype(np.int64))
    ends = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.ones(len(ends[0])), ends), shape=(len(codes), past - first))
