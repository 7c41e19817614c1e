"""Traffic engineering: move services off overloaded directions, police what still does not fit.

Pure and deterministic. Both functions only take load away from directions above the target and
only add load to directions that stay below it, so neither can make the worst overload worse.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.sparse import csc_array, csr_array

from adn.physics.routing import Fabric
from adn.physics.traffic import offered_load
from adn.topology.network import Bools, Floats, Ints

TARGET: Final = 0.90
"""Utilisation to stay below after engineering (assumption: room for a few per cent of burst)."""

LATENCY_SHARE: Final = 0.9
"""Share of a service's latency limit that propagation may use on an explicit path (assumption)."""

_CONGESTION_MS: Final = 4.0
"""Extra path weight of a direction that would be filled to the target (assumption)."""

_HOP_MS: Final = 0.05
"""Path weight of one more hop, so that ties go to the shorter list (assumption)."""

_SWEEPS: Final = 2
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is carried from where to where, in columns over services, shape (S,).

    Attributes:
        source: Element row where each service enters.
        target: Element row where it leaves.
        rate_bps: Its offered rate, bit/s.
        latency_limit_ms: Its latency limit, ms.
        movable: Whether it may be put on an explicit path.
    """

    source: Ints
    target: Ints
    rate_bps: Floats
    latency_limit_ms: Floats
    movable: Bools


@dataclass(frozen=True, slots=True)
class Lines:
    """What carries it, in columns over directions, shape (D,).

    Attributes:
        up: Which directions may be used.
        capacity_bps: Line rate, bit/s.
        delay_ms: Propagation delay, ms.
    """

    up: Bools
    capacity_bps: Floats
    delay_ms: Floats


class _Search:
    """Cheapest path with room for one more service; holds the present load."""

    def __init__(self, fabric: Fabric, lines: Lines, load_bps: Floats, target: float) -> None:
        self.load = load_bps.copy()
        self.ceiling = lines.capacity_bps * target
        self._fabric, self._up, self._n = fabric, lines.up, fabric.n
        self._delay_ms = lines.delay_ms

    # Lists are made when a path is first looked for: mostly nothing is full, and none is.

    @cached_property
    def _delay(self) -> list[float]:
        found: list[float] = self._delay_ms.tolist()
        return found

    @cached_property
    def _head(self) -> list[int]:
        found: list[int] = self._fabric.head.tolist()
        return found

    @cached_property
    def _out(self) -> list[list[int]]:
        up = self._up.tolist()
        return [[d for d in row if d >= 0 and up[d]] for row in self._fabric.out.tolist()]

    @cached_property
    def _transit(self) -> list[bool]:
        found: list[bool] = self._fabric.transit.tolist()
        return found

    def path(
        self, source: int, target: int, rate: float, latency_limit_ms: float
    ) -> tuple[int, ...] | None:
        """Return the directions of the cheapest path with room, or None.

        Weight is propagation plus a term that grows with the fill of a direction. Where the
        cheapest path is too slow for the service, the fastest with room is tried.
        """
        room = self.ceiling - self.load - rate
        fits = (self._up & (room >= 0.0)).tolist()
        fill = np.clip(1.0 - room / self.ceiling, 0.0, 1.0) ** 4
        for weight in ((fill * _CONGESTION_MS).tolist(), [0.0] * len(fits)):
            found = self._dijkstra(source, target, fits, weight)
            if found is None:
                return None
            if sum(self._delay[d] for d in found) <= latency_limit_ms * LATENCY_SHARE:
                return found
        return None

    def _dijkstra(
        self, source: int, target: int, fits: list[bool], extra: list[float]
    ) -> tuple[int, ...] | None:
        best = [float("inf")] * self._n
        came: list[int] = [-1] * self._n
        from_node: list[int] = [-1] * self._n
        best[source] = 0.0
        heap = [(0.0, source)]
        while heap:
            length, node = heapq.heappop(heap)
            if node == target:
                break
            if length > best[node] or not (self._transit[node] or node == source):
                continue
            for d in self._out[node]:
                if not fits[d]:
                    continue
                reached = length + self._delay[d] + extra[d] + _HOP_MS
                head = self._head[d]
                if reached < best[head] - _TINY:
                    best[head], came[head], from_node[head] = reached, d, node
                    heapq.heappush(heap, (reached, head))
        if came[target] < 0:
            return None
        path: list[int] = []
        node = target
        while node != source:
            path.append(came[node])
            node = from_node[node]
        return tuple(reversed(path))


def relieve(
    fabric: Fabric,
    lines: Lines,
    traffic: Traffic,
    shares: csr_array,
    target: float = TARGET,
    avoid: Bools | None = None,
) -> dict[int, tuple[int, ...]]:
    """Return explicit paths that take services off directions above the target utilisation.

    Directions are taken worst first; of the services that cross one, those that relieve it most
    go first, each to the cheapest path on which it fits whole below the target and keeps its
    latency limit. Congestion-aware constrained shortest paths, as in constraint-based routing
    (RFC 2702), one service at a time.

    Args:
        fabric: Who can send to whom.
        lines: State of the directions.
        traffic: The services.
        shares: Present share of each service per direction, shape (S, D).
        target: Utilisation to stay below, 0..1.
        avoid: Directions to empty whatever their load (a lossy one), shape (D,).

    Returns:
        Service row → direction rows, for the services that are to move, sorted by row.
    """
    avoided = np.zeros(fabric.directions, dtype=bool) if avoid is None else avoid
    limit = np.where(avoided, 0.0, target * lines.capacity_bps)
    usable = Lines(lines.up & ~avoided, lines.capacity_bps, lines.delay_ms)
    search = _Search(fabric, usable, offered_load(shares, traffic.rate_bps), target)
    crossing = shares.tocsc()
    routes: dict[int, tuple[int, ...]] = {}
    for _ in range(_SWEEPS):
        excess = (search.load - limit) / lines.capacity_bps
        full = np.flatnonzero(excess > _TINY)
        moved = 0
        for d in full[np.lexsort((full, -excess[full]))].tolist():
            moved += _empty(d, search, traffic, shares, crossing, float(limit[d]), routes)
        if not moved:
            break
    return dict(sorted(routes.items()))


def _empty(
    direction: int,
    search: _Search,
    traffic: Traffic,
    shares: csr_array,
    crossing: csc_array,
    limit: float,
    routes: dict[int, tuple[int, ...]],
) -> int:
    """Move services off one direction until its load is at `limit`, bit/s; return how many."""
    span = slice(crossing.indptr[direction], crossing.indptr[direction + 1])
    rows, part = crossing.indices[span], crossing.data[span]
    moved = 0
    for k in np.lexsort((rows, -part * traffic.rate_bps[rows])).tolist():
        if search.load[direction] <= limit + _TINY * search.ceiling[direction]:
            break
        row = int(rows[k])
        if row in routes or not traffic.movable[row] or traffic.rate_bps[row] <= 0.0:
            continue
        rate = float(traffic.rate_bps[row])
        own = slice(shares.indptr[row], shares.indptr[row + 1])
        search.load[shares.indices[own]] -= shares.data[own] * rate
        path = search.path(
            int(traffic.source[row]),
            int(traffic.target[row]),
            rate,
            float(traffic.latency_limit_ms[row]),
        )
        if path is None:
            search.load[shares.indices[own]] += shares.data[own] * rate
            continue
        search.load[list(path)] += rate
        routes[row] = path
        moved += 1
    return moved


def shares_with(shares: csr_array, routes: Mapping[int, Sequence[int]]) -> csr_array:
    """Return the shares with some services' rows replaced by explicit paths.

    Args:
        shares: Shape (S, D).
        routes: Service row → direction rows.
    """
    if not routes:
        return shares
    services, directions = shares.shape
    rows = sorted(routes)
    keep = np.ones(services, dtype=bool)
    keep[rows] = False
    entries = np.repeat(np.arange(services), np.diff(shares.indptr))
    kept = keep[entries]
    paths = [np.asarray(routes[row], dtype=np.int64) for row in rows]
    lengths = [len(path) for path in paths]
    return csr_array(
        (
            np.concatenate([shares.data[kept], np.ones(sum(lengths))]),
            (
                np.concatenate([entries[kept], np.repeat(rows, lengths)]),
                np.concatenate([shares.indices[kept], *paths]),
            ),
        ),
        shape=(services, directions),
    )


def police(
    lines: Lines,
    shares: csr_array,
    rate_bps: Floats,
    floor: Floats,
    target: float = TARGET,
) -> Floats:
    """Return the share of each service to admit so that directions stay below the target.

    Directions are taken worst first. On each, everything above its floor is squeezed by the same
    factor; where even the floors do not fit, services stay at their floors and the direction
    stays too full. Afterwards what was taken in excess is handed back in row order.

    Args:
        lines: State of the directions.
        shares: Share of each service per direction, shape (S, D).
        rate_bps: Offered rate, bit/s, shape (S,).
        floor: Least share that may be admitted, 1 for a service not to be touched, shape (S,).
        target: Utilisation to stay below, 0..1.

    Returns:
        Admitted shares, floor ≤ share ≤ 1, shape (S,).
    """
    admitted = np.ones_like(rate_bps)
    crossing = shares.tocsc()
    ceiling = lines.capacity_bps * target
    load = offered_load(shares, rate_bps)
    done = np.zeros(len(ceiling), dtype=bool)
    while True:
        over = np.where(done, -np.inf, load / ceiling)
        worst = int(np.argmax(over))
        if over[worst] <= 1.0 + _TINY:
            break
        done[worst] = True
        span = slice(crossing.indptr[worst], crossing.indptr[worst + 1])
        rows = crossing.indices[span]
        spare = crossing.data[span] * rate_bps[rows] * (admitted[rows] - floor[rows])
        total = float(spare.sum())
        if total <= 0.0:
            continue
        factor = min(1.0, float(load[worst] - ceiling[worst]) / total)
        admitted[rows] -= factor * (admitted[rows] - floor[rows])
        load = offered_load(shares, rate_bps * admitted)
    return _hand_back(shares, rate_bps, admitted, ceiling - load)


def _hand_back(shares: csr_array, rate_bps: Floats, admitted: Floats, room: Floats) -> Floats:
    """Return the admitted shares, raised wherever every direction of the service has room."""
    for row in np.flatnonzero((admitted < 1.0) & (rate_bps > 0.0)).tolist():
        own = slice(shares.indptr[row], shares.indptr[row + 1])
        used, part = shares.indices[own], shares.data[own] * rate_bps[row]
        if not len(used):
            continue
        more = min(float(1.0 - admitted[row]), float(np.min(room[used] / part)))
        if more > _TINY:
            admitted[row] += more
            room[used] -= more * part
    return admitted
