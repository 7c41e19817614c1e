"""The repair of trees in `trees.py` as compiled loops.

Distances are sums of whole numbers and the repaired ones are the shortest there are, whatever the
order in which they are found: both give the same bits.
"""

# ruff: noqa: C901 — one loop inside another is what a compiler is good at

from __future__ import annotations

import numpy as np
from numba import njit

_INF = np.inf


@njit(cache=True)
def struck(pool, rows, prices, ways, shape):
    """Return which trees a change of prices touches, shape (T,).

    Args:
        pool: Distances, shape (room, n).
        rows: Row of each tree, shape (T,).
        prices: Before and after, shape (D + 1,) each.
        ways: Directions whose price has changed and whose tail forwards for others.
        shape: As `repair` has it.
    """
    before, after = prices
    tail, head, out = shape[0], shape[1], (shape[3], shape[4], shape[1])
    hit = np.zeros(len(rows), dtype=np.bool_)
    for i in range(len(rows)):
        tree = pool[rows[i]]
        for way in ways:
            near, far = tree[tail[way]], tree[head[way]]
            dearer = after[way] > before[way] and before[way] + far == near and near < _INF
            if after[way] + far < near or (dearer and not _held(tree, after, out, tail[way])):
                hit[i] = True
                break
    return hit


@njit(cache=True)
def repair(pool, rows, fresh, prices, ways, shape):
    """Work out some trees after a change of prices into fresh rows.

    Args:
        pool: Distances, shape (room, n); the fresh rows are written.
        rows: Rows of the trees before, shape (k,).
        fresh: Rows to write, shape (k,).
        prices: Before and after, shape (D + 1,) each.
        ways: As `struck` has them.
        shape: Tail and head of each direction; whether what its tail receives is passed on over
            it; directions by their tails and where each one's begin, and the same by heads.

    Returns:
        Trees (places in `rows`) and elements of the distances that have changed.
    """
    before, after = prices
    tail, head, relayed, leaving, first_out, entering, first_in = shape
    out = (leaving, first_out, head)
    n = pool.shape[1]
    trees = np.empty(len(rows) * n, dtype=np.int64)
    nodes = np.empty(len(rows) * n, dtype=np.int64)
    found = 0
    lost, was = np.empty(n, dtype=np.int64), np.empty(n)
    queue, waiting = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    for i in range(len(rows)):
        old, new = pool[rows[i]], pool[fresh[i]]
        new[:] = old
        count = 0
        for way in ways:  # what rested on a way that is dearer now
            u = tail[way]
            if (
                new[u] == _INF
                or after[way] <= before[way]
                or before[way] + old[head[way]] != old[u]
            ):
                continue
            if _held(new, after, out, u):
                continue
            lost[count], was[count] = u, new[u]
            new[u] = _INF
            count += 1
        done = 0
        while done < count:  # and all that rested on that alone
            for at in range(first_in[lost[done]], first_in[lost[done] + 1]):
                way = entering[at]
                w = tail[way]
                if new[w] == _INF or after[way] + was[done] > new[w]:
                    continue
                if not _held(new, after, out, w):
                    lost[count], was[count] = w, new[w]
                    new[w] = _INF
                    count += 1
            done += 1
        low, high = n, 0
        size = first = 0
        for j in range(count):
            queue[size] = lost[j]
            waiting[lost[j]] = True
            size += 1
        for way in ways:
            u = tail[way]
            if not waiting[u] and after[way] + old[head[way]] < old[u]:
                queue[size] = u
                waiting[u] = True
                size += 1
        while size:  # distances from those of neighbours, until nothing gets nearer
            u = queue[first]
            first = first + 1 if first + 1 < n else 0
            size -= 1
            waiting[u] = False
            least = _INF
            for at in range(first_out[u], first_out[u + 1]):
                way = leaving[at]
                least = min(least, after[way] + new[head[way]])
            low, high = min(low, u), max(high, u + 1)
            if least >= new[u]:
                continue
            new[u] = least
            for at in range(first_in[u], first_in[u + 1]):
                way = entering[at]
                w = tail[way]
                if relayed[way] and not waiting[w] and after[way] + least < new[w]:
                    place = first + size
                    queue[place if place < n else place - n] = w
                    waiting[w] = True
                    size += 1
        for u in range(low, high):
            if new[u] != old[u]:
                trees[found], nodes[found] = i, u
                found += 1
    return trees[:found].copy(), nodes[:found].copy()


@njit(cache=True)
def _held(tree, price, out, node):
    """Whether an element's distance still rests on one of its neighbours'."""
    leaving, first, head = out
    for at in range(first[node], first[node + 1]):
        way = leaving[at]
        if price[way] + tree[head[way]] <= tree[node]:
            return True
    return False
