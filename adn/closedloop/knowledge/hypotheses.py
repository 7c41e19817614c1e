"""Hypotheses in columns, compiled from the graph: what each problem of each object would show.

Evidence that shows follows a noisy-or: an item is absent only if no cause showed it and nothing
strayed in. Each cause's share of that is kept as q = −ln(1 − chance), so causes simply add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.base.clock import DAY, HOUR, Millis
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.items import Item, Key
from adn.closedloop.knowledge.models import ANYWHERE, EvidenceKind
from adn.topology.network import Floats, Ints, Names

WINDOW_MS: Final = HOUR
"""Within what time a second problem would be taken for part of the same incident (assumption)."""

NO_TABLE: Final = 0.01
"""Factor on the priors of table and process problems of what forwards nothing for others."""

_TABLED: Final = frozenset({"route-missing", "route-discarded", "table-full", "process-down"})
_YEAR_MS: Final = 365 * DAY


@dataclass(frozen=True)
class Hypotheses:
    """Every problem that every known object may have, H of them, and what each would show.

    Attributes:
        names: (problem, object), sorted, shape (H,).
        log_prior: ln of the chance of having begun within the window, shape (H,).
        keys: Evidence items that anything may show, shape (E,).
        reporters: Elements of which at least one must speak for an item to be heard, per item.
        seen: How an item's absence counts, per item.
        row: Hypothesis of each expectation, sorted, shape (X,).
        column: Evidence item of each expectation, shape (X,).
        chance: Chance of each expectation, shape (X,).
        within_ms: When it is there at the latest, shape (X,).
        anywhere: Evidence kind → q by hypothesis of showing anywhere, shape (H,).
        disrupts: Directions that each hypothesis blackholes, shape (H, D).
        direction: Row of the direction that is lossy under it, or -1, shape (H,).
        element: Row of the element that drops towards some targets under it, or -1, shape (H,).
    """

    names: tuple[tuple[str, str], ...]
    log_prior: Floats
    keys: tuple[Key, ...]
    reporters: tuple[tuple[str, ...], ...]
    seen: tuple[str, ...]
    row: Ints
    column: Ints
    chance: Floats
    within_ms: Ints
    anywhere: Mapping[str, Floats]
    disrupts: csr_array
    direction: Ints
    element: Ints

    @cached_property
    def place(self) -> Mapping[tuple[str, str], int]:
        """Row of each hypothesis, by (problem, object)."""
        return {name: row for row, name in enumerate(self.names)}

    def shows(self, row: int) -> slice:
        """Return where the expectations of a hypothesis are."""
        return slice(
            int(np.searchsorted(self.row, row)), int(np.searchsorted(self.row, row, side="right"))
        )


@dataclass
class _Columns:
    """Expectations as they are collected."""

    row: list[int] = field(default_factory=list)
    key: list[Key] = field(default_factory=list)
    chance: list[float] = field(default_factory=list)
    within: list[int] = field(default_factory=list)
    lost_row: list[int] = field(default_factory=list)
    lost_column: list[int] = field(default_factory=list)


def compile_hypotheses(graph: KnowledgeGraph) -> Hypotheses:
    """Return what the graph's hypotheses predict."""
    names = tuple(
        sorted(
            (graph.graph.nodes[n]["problem"], graph.graph.nodes[n]["object"]) for n in _nodes(graph)
        )
    )
    anywhere: dict[str, Floats] = {}
    found = _Columns()
    for row, (problem, name) in enumerate(names):
        _expect(graph, row, problem, name, found, anywhere, len(names))
    keys = tuple(sorted(set(found.key)))
    place = {key: column for column, key in enumerate(keys)}
    kinds = graph.models.evidence
    directions = graph.network.directions
    return Hypotheses(
        names=names,
        log_prior=np.array([_log_prior(graph, *name) for name in names]),
        keys=keys,
        reporters=tuple(_reporters(graph, *key) for key in keys),
        seen=tuple(kinds[kind].seen for kind, _ in keys),
        row=np.array(found.row, dtype=np.int64),
        column=np.array([place[key] for key in found.key], dtype=np.int64),
        chance=np.array(found.chance),
        within_ms=np.array(found.within, dtype=np.int64),
        anywhere=anywhere,
        disrupts=csr_array(
            (np.ones(len(found.lost_row)), (found.lost_row, found.lost_column)),
            shape=(len(names), len(directions)),
        ),
        direction=_rows_of(graph, names, "direction", directions),
        element=_rows_of(graph, names, "destinations", graph.network.elements),
    )


def _rows_of(
    graph: KnowledgeGraph, names: Sequence[tuple[str, str]], loses: str, table: Names
) -> Ints:
    """Return the row of the object of each hypothesis that loses in some form, else -1."""
    models = graph.models.problems
    held = [models[problem].loses == loses and name in table for problem, name in names]
    rows = [table.row(name) if is_ else -1 for is_, (_, name) in zip(held, names, strict=True)]
    return np.array(rows, dtype=np.int64)


def _nodes(graph: KnowledgeGraph) -> list[tuple[str, str]]:
    return [node for node in graph.graph if node[0] == "hypothesis"]


def _expect(
    graph: KnowledgeGraph,
    row: int,
    problem: str,
    name: str,
    found: _Columns,
    anywhere: dict[str, Floats],
    count: int,
) -> None:
    """Walk the graph from one object and note what its problem would show and disrupt."""
    model, kinds = graph.models.problems[problem], graph.models.evidence
    (node,) = graph.neighbours(("hypothesis", f"{problem}@{name}"), "~suffers")
    for shown in model.shows:
        if shown.along == (ANYWHERE,):
            column = anywhere.setdefault(shown.evidence, np.zeros(count))
            column[row] = -np.log1p(-shown.chance)
            continue
        for kind, related in graph.walk(node, shown.along):
            if kind == kinds[shown.evidence].object_type:
                found.row.append(row)
                found.key.append((shown.evidence, related))
                found.chance.append(shown.chance)
                found.within.append(shown.within_ms)
    if model.disrupts is not None:
        for kind, related in graph.walk(node, model.disrupts):
            if kind == "direction" and related in graph.network.directions:
                found.lost_row.append(row)
                found.lost_column.append(graph.network.directions.row(related))


def _log_prior(graph: KnowledgeGraph, problem: str, name: str) -> float:
    """Return ln of the chance that the object's problem began within the window."""
    model = graph.models.problems[problem]
    rate = model.rate
    if model.per_km:
        length = graph.graph.nodes[("duct", name)].get("length_km", 0.0)
        rate *= max(1.0, float(length))
    if problem in _TABLED and not graph.graph.nodes[("element", name)].get("transit", True):
        rate *= NO_TABLE
    return float(np.log(rate * WINDOW_MS / _YEAR_MS))


def _reporters(graph: KnowledgeGraph, kind: str, name: str) -> tuple[str, ...]:
    """Return the elements that would report an item; none where operations see for themselves."""
    object_type = graph.models.evidence[kind].object_type
    if kind == "silent":
        return ()
    relation = {"direction": "received_by", "link": "terminates_at"}.get(object_type)
    if relation is None:
        return ()
    return tuple(other for _, other in graph.neighbours((object_type, name), relation))


@dataclass(frozen=True)
class Signs:
    """The evidence of one moment: P items that show, and what does not show though it should.

    Attributes:
        items: What shows, shape (P,).
        stray: q of each showing for no reason, shape (P,).
        q: q of each hypothesis showing each item, shape (H, P).
        missed: Log-likelihood that each hypothesis loses by what does not show, shape (H,).
    """

    items: tuple[Item, ...]
    stray: Floats
    q: Floats
    missed: Floats


def read_signs(
    hypotheses: Hypotheses,
    items: Mapping[Key, Item],
    kinds: Mapping[str, EvidenceKind],
    silent: frozenset[str],
    age_ms: Millis,
) -> Signs:
    """Return the evidence in columns.

    Args:
        hypotheses: Their columns.
        items: What was seen.
        kinds: The kinds of evidence, by name.
        silent: Elements that report nothing, of which absent reports say nothing.
        age_ms: Time since the earliest sign; what is not due yet is not missed. A report that is
            due within w is there with probability age/w (uniform delay).
    """
    due = np.minimum(1.0, max(age_ms, 0) / np.maximum(hypotheses.within_ms, 1))
    early = hypotheses.chance * np.where(hypotheses.within_ms > 0, due, 1.0)
    shown = tuple(item for item in items.values() if item.present)
    place = {item.key: column for column, item in enumerate(shown)}
    at = np.array([place.get(key, -1) for key in hypotheses.keys], dtype=np.int64)
    missing = np.array(
        [
            key not in place and _counts(seen, key in items, reporters, silent)
            for key, seen, reporters in zip(
                hypotheses.keys, hypotheses.seen, hypotheses.reporters, strict=True
            )
        ],
        dtype=bool,
    )
    count = len(hypotheses.names)
    q = np.zeros((count, len(shown)))
    for column, item in enumerate(shown):
        if item.kind in hypotheses.anywhere:
            q[:, column] = hypotheses.anywhere[item.kind]
    there = at[hypotheses.column] >= 0
    np.add.at(
        q,
        (hypotheses.row[there], at[hypotheses.column[there]]),
        -np.log1p(-hypotheses.chance[there]),
    )
    lost = missing[hypotheses.column]
    missed = np.bincount(
        hypotheses.row[lost], weights=np.log1p(-early[lost]), minlength=count
    ).astype(np.float64)
    stray = np.array([-np.log1p(-kinds[item.kind].stray) for item in shown])
    return Signs(shown, stray, q, missed)


def _counts(seen: str, looked: bool, reporters: tuple[str, ...], silent: frozenset[str]) -> bool:
    """Return whether the absence of an item says anything."""
    if seen == "present":
        return False
    if seen == "probe":
        return looked
    return not reporters or not silent or not set(reporters) <= silent
