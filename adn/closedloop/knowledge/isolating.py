"""Isolation: who falls silent because what connects it is down, and not of itself.

The elements of a chain or a ring whose every way out is down are alive, but nobody hears of them.
Whatever takes all the ways out explains their silence as well as a death of their own would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from adn.closedloop.knowledge.hypotheses import Hypotheses
from adn.closedloop.knowledge.signs import Signs
from adn.topology.network import Bools, Ints, Network

CERTAIN: Final = 0.97
"""Chance that what is cut off falls silent: nearly all of it is asked within one interval
(assumption)."""


@dataclass(frozen=True)
class Part:
    """Dark elements that hang together, and the links that lead out to those that speak."""

    elements: frozenset[str]
    ways_out: Ints


def dark_parts(network: Network, dark: Iterable[str]) -> tuple[Part, ...]:
    """Return the connected parts that dark elements make up, in order of their first element."""
    inside = np.zeros(len(network.elements), dtype=np.bool_)
    inside[network.elements.rows(sorted(n for n in dark if n in network.elements))] = True
    if not inside.any():
        return ()
    label = _labels(network, inside[network.link_a] & inside[network.link_z])
    found = []
    for part in dict.fromkeys(label[inside].tolist()):
        mine = inside & (label == part)
        ways = np.flatnonzero(mine[network.link_a] != mine[network.link_z])
        names = frozenset(network.elements[int(row)] for row in np.flatnonzero(mine))
        found.append(Part(names, ways))
    return tuple(found)


def cut_off(network: Network, down: Iterable[str], already: Iterable[str]) -> frozenset[str]:
    """Return the elements that some links, going down, part from most of the network.

    Args:
        network: As recorded.
        down: The links that go down.
        already: Links that carry nothing now, these or others.
    """
    up = np.ones(len(network.links), dtype=np.bool_)
    gone = frozenset(down)
    up[network.links.rows(sorted(frozenset(already) - gone))] = False
    before = _apart(network, up)
    up[network.links.rows(sorted(gone))] = False
    alone = _apart(network, up) & ~before
    return frozenset(network.elements[int(row)] for row in np.flatnonzero(alone))


def explained(
    signs: Signs, hypotheses: Hypotheses, parts: Sequence[Part], given: Sequence[int]
) -> Signs:
    """Return the signs with the silence of what is cut off put down to what cuts it off.

    Args:
        signs: The evidence of the moment.
        hypotheses: Their columns.
        parts: What is dark, by `dark_parts`.
        given: Rows of what is believed already; what it takes needs no taking.
    """
    column = {item.object: at for at, item in enumerate(signs.items) if item.kind == "silent"}
    q, kills = signs.q, hypotheses.disrupts
    for part in parts:
        silent = [column[name] for name in sorted(part.elements) if name in column]
        ways = np.unique(np.concatenate([2 * part.ways_out, 2 * part.ways_out + 1]))
        taken = np.asarray(kills[list(given)][:, ways].sum(axis=0)).ravel() > 0 if given else None
        left = ways if taken is None else ways[~taken]
        if not silent or not len(left):
            continue
        counts = np.asarray(kills[:, left].sum(axis=1)).ravel()
        rows = np.flatnonzero(counts >= len(left))
        if q is signs.q:
            q = q.copy()
        q[np.ix_(rows, np.array(silent))] += -np.log1p(-CERTAIN)
    return signs if q is signs.q else replace(signs, q=q)


def _apart(network: Network, up: Bools) -> Bools:
    """Return which elements do not hang together with most others, shape (N,)."""
    label = _labels(network, up)
    apart: Bools = label != int(np.argmax(np.bincount(label)))
    return apart


def _labels(network: Network, held: Bools) -> Ints:
    """Return the number of the connected part of each element over some links, shape (N,)."""
    ends = (network.link_a[held], network.link_z[held])
    size = len(network.elements)
    matrix = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    labels: Ints = connected_components(matrix, directed=False)[1].astype(np.int64)
    return labels
