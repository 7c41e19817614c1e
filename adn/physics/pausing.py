"""Pauses instead of drops: how congestion spreads backwards in a lossless fabric.

A port that is full does not drop but has those who feed it pause (IEEE 802.1Qbb). A paused port
stops for all of its traffic, also for what is bound elsewhere: so it fills in its turn and has
those behind it pause, hop by hop, and flows suffer that never come near the congestion (Zhu et
al., Congestion Control for Large-Scale RDMA Deployments, SIGCOMM 2015, §2).

A fluid model of the steady state. Queues are served in order of arrival, so flows that a full port
holds back are slowed in proportion to what they send; nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from adn.physics.fairness import max_min_rates
from adn.topology.network import Bools, Floats, Ints

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Pauses:
    """What pausing does.

    Attributes:
        passes: Share of its demand that each flow gets to send, 0..1, shape (F,).
        held: Share of what it is offered that each direction passes on, 0..1, shape (D,); below 1
            where it is full or has to pause.
        paused: Share of time that each direction stands still, 0..1, shape (D,).
        full: Directions that are the cause: full themselves, shape (D,).
        stuck: Directions that wait for each other in a circle, which pauses cannot leave again,
            shape (D,).
    """

    passes: Floats
    held: Floats
    paused: Floats
    full: Bools
    stuck: Bools


def pauses(
    hops: Ints, first: Ints, capacity_bps: Floats, wanted_bps: Floats, lossless: Bools
) -> Pauses:
    """Return how pauses slow the flows of a lossless class.

    First every flow gets its max-min share with its demand as weight: full ports slow in
    proportion. Then pauses spread: a direction passes on no larger a share than the worst of the
    directions that its traffic enters next, taken back hop by hop, from flow to flow, until nothing
    changes: as often as there are directions at most. A direction whose load is ρ and that passes
    the share s on stands still for 1 − s·ρ of the time.

    Args:
        hops: Direction rows of all flows, end to end, one past the last for none, shape (P,).
        first: Where each flow begins in `hops`, shape (F,).
        capacity_bps: What the class may use of each direction, bit/s, shape (D,).
        wanted_bps: Demand of each flow, bit/s, shape (F,).
        lossless: Which directions pause those who feed them; others bound nobody, shape (D,).
    """
    directions = len(capacity_bps)
    lengths = np.diff(np.append(first, len(hops)))
    limit = np.where(lossless, capacity_bps, np.inf)
    weight = np.where(wanted_bps > 0.0, wanted_bps, 1.0)
    share = max_min_rates(hops, first, limit, wanted_bps, weight) / weight
    share = np.where(wanted_bps > 0.0, share, 1.0)
    load = np.bincount(hops, np.repeat(wanted_bps, lengths), directions + 1)[:directions]
    got = np.bincount(hops, np.repeat(wanted_bps * share, lengths), directions + 1)[:directions]
    full = lossless & (load > limit * (1.0 + _TINY)) & (got >= limit * (1.0 - _TINY))
    level = np.zeros(directions + 1)
    np.maximum.at(level, hops, np.repeat(share, lengths))
    held = np.append(np.where(full, level[:directions], 1.0), 1.0)
    before, after = _steps(hops, first, np.repeat(wanted_bps, lengths), np.append(lossless, False))
    for _ in range(directions):
        known = held.copy()
        np.minimum.at(held, before, known[after])
        if np.array_equal(known, held):
            break
    passes = np.minimum.reduceat(held[hops], first) if len(first) else share
    passes = np.minimum(passes, share)
    usable = np.where(capacity_bps > 0.0, capacity_bps, 1.0)
    idle = 1.0 - held[:directions] * np.minimum(load / usable, 1.0)
    waits = held[before] < 1.0
    waits &= held[after] < 1.0
    return Pauses(
        passes=passes,
        held=held[:directions],
        paused=np.where(~full & (held[:directions] < 1.0), idle, 0.0),
        full=full,
        stuck=_circles(before[waits], after[waits], directions),
    )


def _steps(hops: Ints, first: Ints, wanted: Floats, lossless: Bools) -> tuple[Ints, Ints]:
    """Return the pairs of directions that some flow enters one after the other, both lossless."""
    if len(hops) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    joined = np.ones(len(hops), dtype=bool)
    joined[first] = False
    before, after = hops[:-1], hops[1:]
    kept = joined[1:] & (wanted[1:] > 0.0) & lossless[before] & lossless[after]
    pairs = np.unique(before[kept] * len(lossless) + after[kept])
    return pairs // len(lossless), pairs % len(lossless)


def _circles(before: Ints, after: Ints, directions: int) -> Bools:
    """Return the directions that lie on a circle of waiting."""
    stuck = np.zeros(directions, dtype=bool)
    if not len(before):
        return stuck
    graph = csr_array((np.ones(len(before)), (before, after)), shape=(directions, directions))
    _, part = connected_components(graph, connection="strong")
    shared = np.bincount(part)[part] > 1
    stuck |= shared
    return stuck
