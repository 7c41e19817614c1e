"""The ways of flow groups as compiled loops: what `tracing.py`, `views.py` and `forwarding.py` do.

Next hops are compared and chosen by the same sums of whole numbers and the same hash: both give the
same bits.
"""

# ruff: noqa: C901 — one loop inside another is what a compiler is good at

from __future__ import annotations

import numpy as np
from numba import njit

_INF = np.inf
_LOW = np.uint64(0xFFFFFFFF)
_FIRST, _SECOND = np.uint64(0x7FEB352D), np.uint64(0x846CA68B)
_FIFTEEN, _SIXTEEN = np.uint64(15), np.uint64(16)


@njit(cache=True)
def _mixed(x):
    """Return the hash of `noise` of one 32-bit word, held in 64 bits."""
    x ^= x >> _SIXTEEN
    x = (x * _FIRST) & _LOW
    x ^= x >> _FIFTEEN
    x = (x * _SECOND) & _LOW
    x ^= x >> _SIXTEEN
    return x


@njit(cache=True)
def turned(pool, rows, prices, moved, shape):
    """Return at which elements next hops differ by two views, and towards what.

    Args:
        pool: Distances, shape (room, n).
        rows: Row of each tree by either view, shape (T,) each.
        prices: Metric of each direction by either view, shape (D + 1,) each.
        moved: Trees and elements of the distances that differ, shape (C,) each.
        shape: Tail and head of each direction; directions by their tails and where each one's
            begin, and the same by heads.

    Returns:
        Elements and trees, shape (K,) each, sorted; where those of each element begin, (n + 1,).
    """
    tail, head, leaving, first_out, entering, first_in = shape
    one, other = prices
    n, trees = len(first_out) - 1, len(rows[0])
    start, by = _grouped(moved[0], moved[1], trees)
    repriced = np.zeros(n, dtype=np.bool_)
    for way in range(len(tail)):
        repriced[tail[way]] |= one[way] != other[way]
    always = np.flatnonzero(repriced)
    room = trees * len(always)
    for k in range(len(by)):
        room += first_in[by[k] + 1] - first_in[by[k]]
    nodes, towards = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    points, seen = np.empty(n, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    found = 0
    for tree in range(trees):
        count = len(always)
        points[:count] = always
        seen[always] = tree
        for k in range(start[tree], start[tree + 1]):
            for at in range(first_in[by[k]], first_in[by[k] + 1]):
                near = tail[entering[at]]
                if seen[near] != tree:
                    seen[near] = tree
                    points[count] = near
                    count += 1
        near, far = pool[rows[0][tree]], pool[rows[1][tree]]
        for k in range(count):
            least, lowest = _INF, _INF
            for at in range(first_out[points[k]], first_out[points[k] + 1]):
                way = leaving[at]
                least = min(least, one[way] + near[head[way]])
                lowest = min(lowest, other[way] + far[head[way]])
            for at in range(first_out[points[k]], first_out[points[k] + 1]):
                way = leaving[at]
                used = least < _INF and one[way] + near[head[way]] == least
                if used != (lowest < _INF and other[way] + far[head[way]] == lowest):
                    nodes[found], towards[found] = points[k], tree
                    found += 1
                    break
    first, tree = _grouped(nodes[:found], towards[:found], n)
    return np.repeat(np.arange(n), np.diff(first)), tree, first


@njit(cache=True)
def _grouped(group, values, groups):
    """Return where those of each group begin, (groups + 1,), and the values by group, as found."""
    start = np.zeros(groups + 2, dtype=np.int64)
    for k in range(len(group)):
        start[group[k] + 2] += 1
    for g in range(2, len(start)):
        start[g] += start[g - 1]
    by = np.empty(len(group), dtype=np.int64)
    for k in range(len(group)):
        by[start[group[k] + 1]] = values[k]
        start[group[k] + 1] += 1
    return start[: groups + 1], by


@njit(cache=True)
def pass_by(points, flows, held, tail, elements, dirty):
    """Mark the flow groups that come by an element whose table now points elsewhere.

    Args:
        points: Elements, and trees towards which they point elsewhere, shape (K,) each.
        flows: Flow groups in the order of their trees, and where those of each tree begin.
        held: Path, length, and where it is stuck, of each flow group.
        tail: Sending element of each direction, shape (D,).
        elements: How many there are.
        dirty: What is marked, shape (F,).
    """
    node, tree = points
    order, start = flows
    paths, length, stuck = held
    first, by = _grouped(tree, node, len(start) - 1)
    marked = np.zeros(elements, dtype=np.bool_)
    for t in range(len(start) - 1):
        if first[t] == first[t + 1]:
            continue
        for k in range(first[t], first[t + 1]):
            marked[by[k]] = True
        for at in range(start[t], start[t + 1]):
            flow = order[at]
            if stuck[flow] >= 0 and marked[stuck[flow]]:
                dirty[flow] = True
            for hop in range(length[flow]):
                if dirty[flow]:
                    break
                way = paths[flow, hop]
                dirty[flow] = way < len(tail) and marked[tail[way]]
        for k in range(first[t], first[t + 1]):
            marked[by[k]] = False


@njit(cache=True)
def trace(todo, flows, views, shape, drops, words, repair, out):
    """Follow flow groups hop by hop; see `tracing.trace`.

    Args:
        todo: Flow groups, shape (k,).
        flows: Source, target, place of the target, and hash of all flow groups, shape (F,) each.
        views: View of each element; prices, rows and pool of trees.
        shape: Head of each direction, directions by their tails and where each one's begin, weight
            of each direction, hash of each element.
        drops: Directions that are left out, shape (D,) or none at all; pairs at which traffic is
            dropped, sorted.
        words: The two words of the hash.
        repair: View of the repair path round each direction or -1, shape (D + 1,), or none at all.
        out: Paths, shape (k, most hops), lengths, whether they arrive, where they are stuck and
            which dead direction they were put round, shape (k,) each; all are written.
    """
    source, target, aim, hashes = flows
    node_view, head = views[0], shape[0]
    paths, length, arrives, stuck, bent = out
    end, most = len(head), paths.shape[1]
    for i in range(len(todo)):
        flow = todo[i]
        node, held, count = source[flow], -1, 0
        arrives[i], stuck[i], bent[i] = False, -1, -1
        who = (hashes[flow], target[flow], aim[flow])
        while count < most:
            tables = held < 0
            view = node_view[node] if tables else held
            way = _next(node, view, tables, who, views, shape, drops, words)
            if tables and len(repair) and repair[way] >= 0:
                onward = _next(node, repair[way], False, who, views, shape, drops, words)
                if onward < end:
                    bent[i], held, way = way, repair[way], onward
            if way == end:
                stuck[i] = node
                break
            paths[i, count] = way
            count += 1
            node = head[way]
            if node == target[flow]:
                arrives[i] = True
                break
        for hop in range(count, most):
            paths[i, hop] = end
        length[i] = max(count, 1)


@njit(cache=True)
def _next(node, view, tables, who, views, shape, drops, words):
    """Return the direction that a flow group takes out of an element, D where there is none."""
    head, leaving, first_out, weight, node_hash = shape
    unused, dark = drops
    price, tree, end = views[1][view], views[3][views[2][view, who[2]]], len(head)
    begin, stop = first_out[node], first_out[node + 1]
    best = _INF
    for at in range(begin, stop):
        best = min(best, price[leaving[at]] + tree[head[leaving[at]]])
    if best == _INF:
        return end
    if tables and len(dark):
        pair = node * (len(first_out) - 1) + who[1]
        place = np.searchsorted(dark, pair)
        if place < len(dark) and dark[place] == pair:
            return end
    spare = False
    if tables and len(unused):
        for at in range(begin, stop):
            way = leaving[at]
            spare |= price[way] + tree[head[way]] == best and not unused[way]
    ways, tickets, taken = 0, 0, end
    for at in range(begin, stop):
        way = leaving[at]
        if price[way] + tree[head[way]] == best and not (spare and unused[way]):
            ways += 1
            tickets += weight[way]
            if taken == end:
                taken = way
    if ways < 2:
        return taken
    name = np.uint64(who[0]) ^ np.uint64(node_hash[node])
    draw = _mixed((_mixed(name ^ words[0]) + words[1]) & _LOW)
    wanted = np.int64(draw) % tickets
    drawn = 0
    for at in range(begin, stop):
        way = leaving[at]
        if price[way] + tree[head[way]] == best and not (spare and unused[way]):
            drawn += weight[way]
            if drawn > wanted:
                return way
    return taken


@njit(cache=True)
def write(todo, traced, held, end):
    """Write the paths that have changed; return which have, shape (k,).

    Args:
        todo: Flow groups, shape (k,).
        traced: Paths, lengths and whether they arrive, as `trace` has them.
        held: The same of all flow groups; the paths are wide enough.
        end: What pads paths.
    """
    paths, length, arrives = traced
    moved = np.zeros(len(todo), dtype=np.bool_)
    for i in range(len(todo)):
        flow = todo[i]
        differs = length[i] != held[1][flow] or arrives[i] != held[2][flow]
        for hop in range(length[i]):
            if differs:
                break
            differs = paths[i, hop] != held[0][flow, hop]
        if not differs:
            continue
        moved[i] = True
        for hop in range(length[i]):
            held[0][flow, hop] = paths[i, hop]
        for hop in range(length[i], held[1][flow]):
            held[0][flow, hop] = end
        held[1][flow], held[2][flow] = length[i], arrives[i]
    return moved


@njit(cache=True)
def loaded(paths, length, sent, whole, alive, load):
    """Add what flow groups offer to each direction to `load`, shape (D + 1,), in their order.

    Args:
        paths: Shape (F, hops).
        length: Hops of each, shape (F,).
        sent: What each would send, bit/s, shape (F,).
        whole: Share that gets over each direction, shape (D + 1,).
        alive: 1 where the source sends at all, else 0, shape (F,).
        load: What is added to.
    """
    for flow in range(len(length)):
        share = alive[flow]
        for hop in range(length[flow]):
            way = paths[flow, hop]
            load[way] += sent[flow] * share
            share *= whole[way]


@njit(cache=True)
def followed(paths, length, keep, delay, through, late):
    """Write what gets through the path of each flow group, and its delay, ms, shape (F,).

    Args:
        paths: Shape (F, hops).
        length: Hops of each, shape (F,).
        keep: Share that gets through each direction, shape (D + 1,).
        delay: Time in each direction, ms, shape (D + 1,).
        through: Written.
        late: Written.
    """
    for flow in range(len(length)):
        kept, spent = 1.0, 0.0
        for hop in range(length[flow]):
            way = paths[flow, hop]
            kept *= keep[way]
            spent += delay[way]
        through[flow], late[flow] = kept, spent


@njit(cache=True)
def queued(paths, sent, keep, spared, paused, load):
    """Add what flow groups offer to each queue to `load`, shape (V + 1,), in their order.

    Args:
        paths: Queues end to end, where those of each flow group begin, and how many they are.
        sent: What each sends, bit/s, shape (F,).
        keep: Share that gets through each queue, and through those that spare it, (V + 1,) each.
        spared: Which hops are spared from drops, shape (P,); none at all: none.
        paused: Whether what is spared counts.
        load: What is added to.
    """
    hops, first, length = paths
    for flow in range(len(length)):
        share = 1.0
        for at in range(first[flow], first[flow] + length[flow]):
            queue = hops[at]
            spare = len(spared) > 0 and spared[at]
            if paused or not spare:
                load[queue] += sent[flow] * share
            share *= keep[1][queue] if spare else keep[0][queue]
