"""Tracing: following flow groups hop by hop through the tables of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base import noise
from adn.physics.routing import Fabric
from adn.topology.network import Bools, Ints
from adn.twin.flows import Flows
from adn.twin.views import Views

MAX_HOPS: Final = 64
"""After so many hops a packet is dropped: the common initial TTL."""


@dataclass(frozen=True, slots=True)
class Tables:
    """By what elements forward.

    Attributes:
        fabric: Who can send to whom.
        flows: What is forwarded.
        views: What elements believe.
        node_view: Number of the view that each element's table follows from, shape (n,).
        node_hash: Hash of each element's name, shape (n,).
        key: Of the hash that chooses among equal-cost next hops.
        unused: Directions left out wherever there is another next hop, shape (D,).
        dark: Pairs at which traffic is dropped, element · n + target, sorted.
        repairs: Number of the view of the path round each dead direction that has one.
    """

    fabric: Fabric
    flows: Flows
    views: Views
    node_view: Ints
    node_hash: noise.UInt32
    key: int
    unused: Bools
    dark: Ints
    repairs: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Traced:
    """The ways of some flow groups.

    Attributes:
        paths: Direction rows, padded with D, shape (k, hops).
        length: How many of them, at least 1, shape (k,).
        arrives: Whether the target is reached, shape (k,).
        stuck: Element whose table knows no way, -1 if none, shape (k,).
        bent: Dead direction round which they are sent, -1 if none, shape (k,).
    """

    paths: Ints
    length: Ints
    arrives: Bools
    stuck: Ints
    bent: Ints


def trace(tables: Tables, todo: Ints) -> Traced:
    """Follow flow groups hop by hop, shape (k,)."""
    if tables.views.trees.compiled:
        return _trace_compiled(tables, todo)
    fabric, flows, end = tables.fabric, tables.flows, tables.fabric.directions
    flow, place = todo, np.arange(len(todo))
    node, target = flows.source[flow], flows.target[flow]
    hops: list[tuple[Ints, Ints]] = []
    arrives = np.zeros(len(todo), dtype=bool)
    stuck, bent = np.full((2, len(todo)), -1, dtype=np.int64)
    length = np.zeros(len(todo), dtype=np.int64)
    held = np.full(len(flow), -1, dtype=np.int64)  # the view of a repair path, once on it
    for _ in range(MAX_HOPS):
        if not len(flow):
            break
        direction = _next(tables, flow, node, held)
        if tables.repairs:
            direction, held, round_ = _round(tables, flow, node, direction, held)
            bent[place[round_ >= 0]] = round_[round_ >= 0]
        routed = direction < end
        if not routed.all():
            stuck[place[~routed]] = node[~routed]
            flow, place, target = flow[routed], place[routed], target[routed]
            direction, held = direction[routed], held[routed]
        if not len(flow):
            break
        hops.append((place, direction))
        length[place] += 1
        node = fabric.head[direction]
        going = node != target
        arrives[place[~going]] = True
        flow, place, node, target = flow[going], place[going], node[going], target[going]
        held = held[going]
    paths = np.full((len(todo), max(1, len(hops))), end, dtype=np.int64)
    for step, (rows, direction) in enumerate(hops):
        paths[rows, step] = direction
    return Traced(paths, np.maximum(length, 1), arrives, stuck, bent)


def _trace_compiled(tables: Tables, todo: Ints) -> Traced:
    """Do the same by compiled loops."""
    from adn.twin.compiled_paths import trace as follow

    trees, flows, fabric = tables.views.trees, tables.flows, tables.fabric
    k, end = len(todo), fabric.directions
    repair = np.zeros(0, dtype=np.int64)
    if tables.repairs:
        repair = np.full(end + 1, -1, dtype=np.int64)
        repair[list(tables.repairs)] = list(tables.repairs.values())
    out = (
        np.empty((k, MAX_HOPS), dtype=np.int64),
        np.empty(k, dtype=np.int64),
        np.empty(k, dtype=bool),
        np.empty(k, dtype=np.int64),
        np.empty(k, dtype=np.int64),
    )
    prices, rows = tables.views.stack
    follow(
        todo,
        (flows.source, flows.target, flows.aim, flows.hashes),
        (tables.node_view, prices, rows, trees.pool),
        (fabric.head, trees.leaving.ways, trees.leaving.first, trees.weight, tables.node_hash),
        (tables.unused if tables.unused.any() else tables.unused[:0], tables.dark),
        noise.words(tables.key, 0),
        repair,
        out,
    )
    paths, length, arrives, stuck, bent = out
    return Traced(paths[:, : int(length.max(initial=1))], length, arrives, stuck, bent)


def _next(tables: Tables, flow: Ints, node: Ints, held: Ints) -> Ints:
    """Return the direction that each flow group takes out of a node, D where there is none."""
    good, leaving = _ways(tables, flow, node, held)
    ways = good.sum(axis=1)
    slot = good.argmax(axis=1)
    several = np.flatnonzero(ways > 1)
    if len(several):
        names = tables.flows.hashes[flow[several]] ^ tables.node_hash[node[several]]
        draw = noise.bits(tables.key, names, 0)
        usable, weight = good[several], tables.fabric.weight
        drawn = usable if weight is None else usable * weight[leaving[several]]
        tickets: Ints = np.cumsum(drawn, axis=1, dtype=np.int64)
        wanted = (draw % tickets[:, -1].astype(np.uint32)).astype(np.int64)
        slot[several] = np.argmax(tickets > wanted[:, None], axis=1)
    taken: Ints = leaving[np.arange(len(flow)), slot]
    taken[ways == 0] = tables.fabric.directions
    return taken


def _ways(tables: Tables, flow: Ints, node: Ints, held: Ints) -> tuple[Bools, Ints]:
    """Return which ways out of each node its table uses, and the ways, (k, degree) each.

    On a repair path it is the view of whoever sent it there that counts, and nothing else.
    """
    trees, flows = tables.views.trees, tables.flows
    aim, by_table = flows.aim[flow], held < 0
    view = np.where(by_table, tables.node_view[node], held)
    prices, rows = tables.views.stack
    leaving = trees.out[node]
    onward = prices[view[:, None], leaving]
    onward = onward + trees.pool[rows[view, aim][:, None], trees.head[leaving]]
    best = onward.min(axis=1)[:, None]
    good: Bools = (onward == best) & (best < np.inf)
    if tables.unused.any():
        kept = good & (~np.append(tables.unused, True)[leaving] | ~by_table[:, None])
        good = np.where(np.any(kept, axis=1, keepdims=True), kept, good)
    if len(tables.dark):
        dropped = np.isin(node * tables.fabric.n + flows.target[flow], tables.dark)
        good[dropped & by_table] = False
    return good, leaving


def _round(
    tables: Tables, flow: Ints, node: Ints, taken: Ints, held: Ints
) -> tuple[Ints, Ints, Ints]:
    """Put what is about to enter a dead direction onto the repair path round it, if any.

    Returns:
        Direction, view of the repair path, and dead direction if it has just been put round it or
        -1, shape (k,) each.
    """
    repair = np.full(tables.fabric.directions + 1, -1, dtype=np.int64)
    repair[list(tables.repairs)] = list(tables.repairs.values())
    round_ = np.full(len(flow), -1, dtype=np.int64)
    hit = np.flatnonzero((repair[taken] >= 0) & (held < 0))
    if not len(hit):
        return taken, held, round_
    bent = repair[taken[hit]]
    onward = _next(tables, flow[hit], node[hit], bent)
    found = onward < tables.fabric.directions
    hit, taken, held = hit[found], taken.copy(), held.copy()
    round_[hit] = taken[hit]
    taken[hit], held[hit] = onward[found], bent[found]
    return taken, held, round_
