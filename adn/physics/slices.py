"""Hard pipes and soft slices: at what rate each class of a shared line is served.

A hard pipe is a server of its own with a fixed rate: neither its delay nor its loss depends on
what others send, and what it leaves idle nobody else may use (as with FlexE, OIF IA FLEXE-02.1,
or a time-slot). Soft slices share the rest as under generalised processor sharing (Parekh &
Gallager, ToN 1993): each is sure of its weight's share, and what it leaves is the others'.
"""

from __future__ import annotations

import numpy as np

from adn.topology.network import Floats


def served_bps(load_bps: Floats, capacity_bps: Floats, reserved: Floats, weight: Floats) -> Floats:
    """Return the rate of the server that each class sees, bit/s, shape (D, K).

    A soft class is served at what the other soft classes leave of the line, at least its weight's
    share of it. So below that share it waits as in one common queue: 1/(C − Σ load) is the M/M/1
    time of either.

    Args:
        load_bps: Offered load of each class on each direction, bit/s, shape (D, K).
        capacity_bps: Line rate, bit/s, shape (D,).
        reserved: Share of every line set aside for each hard class, 0 for a soft one, shape (K,);
            the sum is below 1.
        weight: Weight of each soft class, above 0, shape (K,); that of a hard one says nothing.
    """
    hard = reserved > 0.0
    common = (capacity_bps * (1.0 - reserved.sum()))[:, None]
    heavy = np.where(hard, 0.0, weight)
    sure = common * (heavy / max(float(heavy.sum()), 1e-300))
    soft_load = np.where(hard, 0.0, load_bps)
    got = _shared_out(soft_load, common[:, 0], heavy)
    left = common - (got.sum(axis=1, keepdims=True) - got)
    return np.where(hard, capacity_bps[:, None] * reserved, np.maximum(sure, left))


def _shared_out(load_bps: Floats, common_bps: Floats, weight: Floats) -> Floats:
    """Return what each class gets of a line under weighted sharing, bit/s, shape (D, K).

    Whoever wants no more than its share gets that; the others share what is left. At most K
    rounds, since each settles somebody.
    """
    got = np.zeros_like(load_bps)
    open_ = load_bps > 0.0
    for _ in range(load_bps.shape[1]):
        heavy = np.where(open_, weight, 0.0)
        total = heavy.sum(axis=1, keepdims=True)
        left = common_bps[:, None] - got.sum(axis=1, keepdims=True)
        fair = np.maximum(left, 0.0) * heavy / np.where(total > 0.0, total, 1.0)
        content = open_ & (load_bps <= fair)
        got = np.where(content, load_bps, got)
        open_ &= ~content
        if not content.any():
            break
    heavy = np.where(open_, weight, 0.0)
    total = heavy.sum(axis=1, keepdims=True)
    left = np.maximum(common_bps[:, None] - got.sum(axis=1, keepdims=True), 0.0)
    found: Floats = got + left * heavy / np.where(total > 0.0, total, 1.0)
    return found
