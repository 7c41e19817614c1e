"""Which lossy directions explain the losses of a million services: greedy inference, bounded.

What a direction can explain at most is known without fitting it: as if every hurt service that
crosses it were explained to the last packet. Directions are fitted in order of that bound, a batch
at a time, until none that is left can beat the best; so of hundreds of thousands a few hundred are
fitted, and the answer is that of fitting all (branch and bound). The model is that of
`adn.closedloop.knowledge.losses`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from adn.closedloop.knowledge.evidence import LOST_SHARE
from adn.closedloop.knowledge.losses import (
    TEMPER,
    Losses,
    entries,
    explain,
    fit_rates,
    log_density,
    spans,
)
from adn.topology.network import Floats, Ints

BATCH: Final = 128


@dataclass(frozen=True, slots=True)
class Lossy:
    """A direction that is believed to lose: its row, its fitted loss, and what that explains."""

    direction: int
    rate: float
    gain: float


def lossy_directions(losses: Losses, log_prior: Floats, most: int) -> list[Lossy]:
    """Return the directions that together explain best what services lose, the surest first.

    Args:
        losses: What services lose, and which way they go.
        log_prior: ln of the chance that each direction loses, shape (D,).
        most: How many may be named.
    """
    found: list[Lossy] = []
    losses = replace(losses, residual=losses.residual.copy(), variance=losses.variance.copy())
    hurt = np.flatnonzero((losses.departed > 0) | (losses.residual != 0.0))
    while len(found) < most:
        best = _best(losses, log_prior, hurt, {row.direction for row in found})
        if best is None:
            break
        found.append(best)
        hurt = np.union1d(hurt, explain(losses, best.direction, best.rate))
    return found


def _best(losses: Losses, log_prior: Floats, hurt: Ints, known: set[int]) -> Lossy | None:
    """Return the direction that adds most to what is explained, or None if none adds anything."""
    columns, bound = _bounds(losses, hurt)
    promise = bound + log_prior[columns]
    promise[np.isin(columns, sorted(known))] = -np.inf
    order = np.argsort(-promise, kind="stable")
    best, standing = None, 0.0
    for begin in range(0, len(order), BATCH):
        batch = order[begin : begin + BATCH]
        if promise[batch[0]] <= standing:
            break
        chosen = columns[batch]
        row, owner, w = entries(losses, chosen)
        gain, rate = fit_rates(losses, row, owner, w, len(chosen))
        posterior = np.where(rate > LOST_SHARE, TEMPER * gain, 0.0) + log_prior[chosen]
        posterior[promise[batch] == -np.inf] = -np.inf
        at = int(np.argmax(posterior))
        if posterior[at] > standing:
            standing = float(posterior[at])
            best = Lossy(int(chosen[at]), float(rate[at]), float(TEMPER * gain[at]))
    return best


def _bounds(losses: Losses, hurt: Ints) -> tuple[Ints, Floats]:
    """Return the directions that hurt services cross, and the most that each could explain.

    A service whose loss is none and whose residual is none is best explained by no cause at all.
    """
    routes = losses.routes
    begin, end = routes.indptr[hurt], routes.indptr[hurt + 1]
    variance, stray = losses.variance[hurt], losses.stray[hurt]
    before = log_density(losses.residual[hurt], variance, stray)
    room = log_density(np.zeros(len(hurt)), variance, stray) - before
    columns, place = np.unique(routes.indices[spans(begin, end)], return_inverse=True)
    bound = TEMPER * np.bincount(place, np.repeat(room, end - begin), len(columns))
    return columns.astype(np.int64), bound.astype(np.float64)


def synthetic(
    services: int, directions: int, lossy: dict[int, float], hops: int, key: int
) -> Losses:
    """Return the losses of services over random paths in which some directions lose.

    A workload to measure inference by, and to show that what is lossy is found.

    Args:
        services: How many.
        directions: How many.
        lossy: Loss of the directions that lose.
        hops: Directions that a service crosses, each with all of its traffic.
        key: Of the draw.
    """
    from scipy.sparse import csc_array, csr_array

    from adn.base.streams import Key

    draw = Key.root(key).stream("synthetic losses")
    indices = draw.integers(0, directions, size=(services, hops)).astype(np.int32)
    indices.sort(axis=1)
    shape = (services, directions)
    pointers = np.arange(0, services * hops + 1, hops)
    routes = csr_array((np.ones(services * hops), indices.ravel(), pointers), shape=shape)
    routes.sum_duplicates()
    routes.data[:] = 1.0
    rate = np.zeros(directions)
    for direction, share in lossy.items():
        rate[direction] = share
    lost = 1.0 - np.exp(routes @ np.log1p(-rate))
    departed = (lost > 0.0).astype(np.float64)
    measured = np.where(departed > 0, lost * (1.0 + 0.05 * draw.standard_normal(services)), 0.0)
    return Losses(
        residual=measured,
        variance=np.full(services, 5e-4**2),
        stray=np.full(services, 1e-3),
        departed=departed,
        shares=csc_array(routes),
        routes=routes,
        flow_groups=np.full(services, 16),
        disruption=0.005,
    )
