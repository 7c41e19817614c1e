"""Max-min fair shares of full links, by progressive filling.

All rates rise together, each in proportion to its weight, until a flow has what it wants or one of
its links is full; what is stopped stays, and the rest go on (Bertsekas & Gallager, Data Networks,
2nd ed. 1992, §6.5.2). Afterwards nobody can have more without somebody with less, per weight,
losing.
"""

from __future__ import annotations

import numpy as np

from adn.topology.network import Floats, Ints


def max_min_rates(
    hops: Ints, first: Ints, capacity_bps: Floats, wanted_bps: Floats, weight: Floats
) -> Floats:
    """Return the weighted max-min fair rates of flows over links, bit/s, shape (F,).

    Filled everywhere at once: in every round a flow stops at what it wants if each of its links
    could raise it that far, and a link stops its flows if none of them has a tighter link. Links'
    levels never fall from one round to the next, so both are where the common level would have
    stopped them. A flow that meets a link twice loads it twice; one without links gets what it
    wants.

    Args:
        hops: Link rows of all flows, end to end, shape (P,); a row of `capacity_bps` or, standing
            for no link at all, one past the last.
        first: Where each flow begins in `hops`, shape (F,); each has at least one entry.
        capacity_bps: What each link has to share out, bit/s, at least 0, shape (D,).
        wanted_bps: The most each flow would take, bit/s, shape (F,).
        weight: In proportion to what flows share, above 0, shape (F,).
    """
    links, rates = len(capacity_bps), np.zeros(len(wanted_bps))
    if not len(wanted_bps):
        return rates
    lengths = np.diff(np.append(first, len(hops)))
    enough = wanted_bps / weight
    going = wanted_bps > 0.0
    room = np.append(capacity_bps, np.inf)
    while going.any():
        flow = np.flatnonzero(going)
        begins, at = _spans(first[flow], lengths[flow])
        links_met, met_by = hops[at], np.repeat(np.arange(len(flow)), lengths[flow])
        heavy = np.bincount(links_met, weights=weight[flow][met_by], minlength=links + 1)
        used = heavy > 0.0
        level = np.where(used, np.maximum(room, 0.0) / np.where(used, heavy, 1.0), np.inf)
        tightest = np.minimum.reduceat(level[links_met], begins)
        done = enough[flow] <= tightest
        reaches = np.minimum(tightest, enough[flow])
        lowest = np.full(links + 1, np.inf)
        np.minimum.at(lowest, links_met, reaches[met_by])
        full = level <= lowest  # nobody on it is stopped earlier elsewhere
        done |= np.logical_or.reduceat(full[links_met], begins)
        share = np.where(enough[flow] <= tightest, wanted_bps[flow], weight[flow] * reaches)
        rates[flow[done]] = share[done]
        taken = np.where(done, share, 0.0)[met_by]
        room -= np.bincount(links_met, weights=taken, minlength=links + 1)
        going[flow[done]] = False
    return rates


def _spans(first: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Return where each of some spans begins when they are put end to end, and their entries."""
    begins = np.cumsum(lengths) - lengths
    entries = np.arange(int(lengths.sum())) + np.repeat(first - begins, lengths)
    return begins, entries
