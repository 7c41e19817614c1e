"""Losses towards some elements only: what a table without the right routes would make of services.

A table that lacks or discards routes drops everything that crosses its element towards the elements
concerned, and nothing else. A service towards one of them loses the share of it that crosses; how
large that is differs from the expected share, since a few flow groups are hashed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.closedloop.knowledge.losses import TEMPER, Losses, baseline, log_density
from adn.topology.network import Floats, Ints, Network

LEAST_RATE: Final = 0.5
"""Such a table drops everything; an interval in which it began to shows less (assumption)."""

_LEAST_SHARE: Final = 0.01
_RATE_ERROR: Final = 0.1
_ROUNDS: Final = 3


@dataclass(frozen=True)
class Passing:
    """Which services pass which elements on their way to a troubled target; K entries.

    Only services towards elements that some departed service is bound for are held: the others
    are unharmed under every hypothesis of this form that is worth a thought.

    Attributes:
        element: Row of the element passed, shape (K,).
        service: Row of the service, shape (K,).
        share: Share of the service that passes, shape (K,).
        pair: Row of the (element, target) pair, shape (K,).
        pair_element: Element row of each pair, shape (Q,).
        pair_target: Target row of each pair, shape (Q,).
        elements: How many elements there are.
    """

    element: Ints
    service: Ints
    share: Floats
    pair: Ints
    pair_element: Ints
    pair_target: Ints
    elements: int


@dataclass(frozen=True)
class DestinationFit:
    """How well each element's table alone would explain the losses.

    Attributes:
        gain: Log-likelihood gained over explaining nothing, shape (n,).
        rate: Fitted share that each pair drops, shape (Q,).
        held: Which pairs explain something, shape (Q,).
    """

    gain: Floats
    rate: Floats
    held: Floats


def passing(network: Network, losses: Losses) -> Passing:
    """Return who passes where towards the elements that departed services are bound for."""
    count = len(network.elements)
    troubled = np.zeros(count, dtype=bool)
    troubled[network.service_z[losses.departed > 0]] = True
    shares = csr_array(losses.shares)
    row = np.repeat(np.arange(shares.shape[0]), np.diff(shares.indptr))
    kept = troubled[network.service_z[row]]
    row, column, share = row[kept], shares.indices[kept], shares.data[kept]
    passed = csr_array((share, (row, network.tail[column])), shape=(shares.shape[0], count))
    passed.sum_duplicates()
    service = np.repeat(np.arange(passed.shape[0]), np.diff(passed.indptr))
    element, part = passed.indices.astype(np.int64), np.minimum(passed.data, 1.0)
    held = part > _LEAST_SHARE
    service, element, part = service[held], element[held], part[held]
    pairs, pair = np.unique(element * count + network.service_z[service], return_inverse=True)
    return Passing(element, service, part, pair, pairs // count, pairs % count, count)


def fit_destinations(losses: Losses, seen: Passing) -> DestinationFit:
    """Return, for every element, what it would explain if it dropped towards the best targets."""
    count = len(seen.pair_element)
    if not count:
        return DestinationFit(np.zeros(seen.elements), np.zeros(0), np.zeros(0))
    w = seen.share
    residual, variance = losses.residual[seen.service], losses.variance[seen.service]
    stray = losses.stray[seen.service]
    dispersion = w * (1.0 - w) / losses.flow_groups[seen.service] + (_RATE_ERROR * w) ** 2
    trust, rate = losses.departed[seen.service], np.ones(count)
    for _ in range(_ROUNDS):
        wide = variance + rate[seen.pair] ** 2 * dispersion
        top = np.bincount(seen.pair, trust * w * residual / wide, count)
        bottom = np.bincount(seen.pair, trust * w * w / wide, count)
        rate = np.clip(top / np.maximum(bottom, 1e-300), LEAST_RATE, 1.0)
        wide = variance + rate[seen.pair] ** 2 * dispersion
        off = residual - w * rate[seen.pair]
        normal = np.exp(-0.5 * off**2 / wide) / np.sqrt(2.0 * np.pi * wide)
        trust = normal / (normal + stray)
    gain = TEMPER * np.bincount(
        seen.pair, log_density(off, wide, stray) - baseline(losses)[seen.service], count
    )
    # Any of the troubled targets might be meant: each that is named must be worth naming.
    targets = len(np.unique(seen.pair_target))
    net = gain - np.log(1.0 + targets)
    held = (net > 0.0).astype(np.float64)
    total = np.bincount(seen.pair_element, held * net, seen.elements)
    return DestinationFit(total.astype(np.float64), rate, held)


def towards(seen: Passing, fit: DestinationFit, element: int) -> tuple[Ints, Floats]:
    """Return the targets towards which an element would drop, and what share."""
    mine = (seen.pair_element == element) & (fit.held > 0)
    return seen.pair_target[mine], fit.rate[mine]


def without_destinations(losses: Losses, seen: Passing, element: int, rate: Floats) -> Losses:
    """Return the losses once what an element drops is taken as explained.

    Args:
        losses: Losses and what is explained so far.
        seen: Who passes where.
        element: Row of the element.
        rate: Share dropped by pair, 0 where nothing is, shape (Q,).
    """
    here = np.flatnonzero((seen.element == element) & (rate[seen.pair] > 0.0))
    row, w, p = seen.service[here], seen.share[here], rate[seen.pair[here]]
    residual, variance = losses.residual.copy(), losses.variance.copy()
    residual[row] -= w * p
    variance[row] += p**2 * (w * (1.0 - w) / losses.flow_groups[row] + (_RATE_ERROR * w) ** 2)
    return replace(losses, residual=residual, variance=variance)
