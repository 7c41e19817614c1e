"""What the product is held against: plain ways to do the same work, measured in the same run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import simpy

from adn.closedloop.knowledge.losses import Losses

KPIS = 20
TICK_S = 10


def touch(points: int) -> None:
    """Read and write so many float32 values once, in blocks of a cache's size."""
    block = np.zeros(1 << 18, dtype=np.float32)
    one = np.float32(1.0)
    for _ in range(points // len(block)):
        np.add(block, one, out=block)


def process_per_element(elements: int, ticks: int) -> int:
    """Let SimPy run one process per element that makes and watches its KPIs; return the points.

    The same model as the product's: daily profile, noise that remembers (AR(1)), limits, and a
    baseline whose mean and variance are exponentially weighted, with a cumulative sum beside it.
    """
    env = simpy.Environment()
    seen = [0, 0]

    def element(number: int):
        word = number * 2654435761 % 2**32
        state = [0.0] * KPIS
        mean = [0.5] * KPIS
        variance = [0.01] * KPIS
        total = [0.0] * KPIS
        while True:
            yield env.timeout(TICK_S)
            profile = 0.5 + 0.3 * math.sin(env.now * 7.27e-5)
            for kpi in range(KPIS):
                word = (word * 1664525 + 1013904223) % 2**32
                one = (word + 1) / 2**32
                word = (word * 1664525 + 1013904223) % 2**32
                noise = math.sqrt(-2.0 * math.log(one)) * math.cos(1.4629180792671596e-09 * word)
                state[kpi] = 0.6 * state[kpi] + 0.8 * noise
                value = min(1.0, max(0.0, profile * (1.0 + 0.02 * state[kpi])))
                off = value - mean[kpi]
                z = off / max(1e-3, math.sqrt(variance[kpi]))
                total[kpi] = max(0.0, total[kpi] + z - 1.0)
                mean[kpi] += 0.02 * off
                variance[kpi] += 0.02 * (off * off - variance[kpi])
                seen[0] += 1
                seen[1] += z > 8.0 or total[kpi] > 20.0

    for number in range(elements):
        env.process(element(number))
    env.run(until=TICK_S * ticks + 1)
    return seen[0]


def lossy_in_plain_python(losses: Losses, prior: float, most: int) -> list[int]:
    """Return the lossy directions, found by the same greedy inference over dictionaries.

    Incidence in dictionaries, one service at a time; the loss of a direction is fitted in rounds.
    Tables are built beforehand by `dictionaries`.
    """
    return greedy(*dictionaries(losses), prior, most)


Service = tuple[float, float, float]


def dictionaries(losses: Losses) -> tuple[dict[int, Service], dict[int, list[int]], set[int]]:
    """Return residual, variance and stray by service, services by direction, and who is hurt."""
    service = dict(
        enumerate(
            zip(
                losses.residual.tolist(),
                losses.variance.tolist(),
                losses.stray.tolist(),
                strict=True,
            )
        )
    )
    pointers, rows = losses.shares.indptr.tolist(), losses.shares.indices.tolist()
    users = {at: rows[pointers[at] : pointers[at + 1]] for at in range(len(pointers) - 1)}
    return service, users, set(np.flatnonzero(losses.departed).tolist())


def greedy(
    service: dict[int, Service],
    users: dict[int, list[int]],
    hurt: set[int],
    prior: float,
    most: int,
) -> list[int]:
    """Return the directions that together explain best what services lose."""
    service, found = dict(service), list[int]()
    while len(found) < most:
        best, top = (-1, 0.0), 0.0
        for direction, rows in users.items():
            if direction in found or hurt.isdisjoint(rows):
                continue
            gain, rate = _fit([service[row] for row in rows], [row in hurt for row in rows])
            if 0.5 * gain + prior > top:
                best, top = (direction, rate), 0.5 * gain + prior
        if best[0] < 0:
            return found
        found.append(best[0])
        for row in users[best[0]]:
            residual, variance, stray = service[row]
            service[row] = (residual - best[1], variance + (0.1 * best[1]) ** 2, stray)
    return found


def _fit(rows: Sequence[Service], departed: Sequence[bool]) -> tuple[float, float]:
    rate, trust = 0.0, [float(one) for one in departed]
    for _ in range(4):
        extra = (0.1 * rate) ** 2
        above = sum(t * r / (v + extra) for t, (r, v, _) in zip(trust, rows, strict=True))
        below = sum(t / (v + extra) for t, (_, v, _) in zip(trust, rows, strict=True))
        rate = min(1.0, max(0.0, above / max(below, 1e-300)))
        extra = (0.1 * rate) ** 2
        normal = [_normal(r - rate, v + extra) for r, v, _ in rows]
        trust = [n / (n + s) for n, (_, _, s) in zip(normal, rows, strict=True)]
    gain = 0.0
    for after, (residual, variance, stray) in zip(normal, rows, strict=True):
        before = (1.0 - stray) * _normal(residual, variance) + stray
        gain += math.log((1.0 - stray) * after + stray) - math.log(before)
    return (gain if rate > 5e-4 else 0.0), rate


def _normal(off: float, variance: float) -> float:
    return math.exp(-0.5 * off * off / variance) / math.sqrt(2.0 * math.pi * variance)
