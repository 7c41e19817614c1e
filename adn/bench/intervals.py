"""Means and shares with 95 % intervals that know that faults of one evening are no strangers.

Faults of one (case, seed) share network, traffic and noise, so evenings are the independent
observations. The mean of all values is a ratio of two sums over evenings, and its variance is that
of a ratio estimator (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, section 9A.2); with one
value an evening it is Student's interval. Shares have the bounds by which levels are earned, from
both sides (`adn.assessment.intervals`); a single evening shows nothing of a share.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, Final

from adn.assessment.intervals import lower_bound
from adn.reference.summary import CONFIDENCE, Mean

_DIGITS: Final = 6


def clustered_mean(values: Iterable[tuple[Hashable, float]]) -> Mean | None:
    """Return the mean of values, each with its cluster; None without values.

    >>> clustered_mean([("a", 1.0), ("b", 2.0), ("c", 3.0)]).half.__round__(3)
    2.484
    """
    clusters = _clusters(values)
    count = sum(len(held) for held in clusters)
    if not count:
        return None
    mean = sum(sum(held) for held in clusters) / count
    variance = _variance(clusters, mean)
    if variance is None:
        return Mean(mean)
    from scipy.special import stdtrit

    return Mean(mean, float(stdtrit(len(clusters) - 1, 0.5 + CONFIDENCE / 2)) * sqrt(variance))


def share_of(verdicts: Iterable[tuple[Hashable, bool]]) -> dict[str, Any]:
    """Return a share with its interval: ``count``, ``of``, ``share``, ``interval``.

    Args:
        verdicts: Each with its cluster.

    >>> share_of([("a", True), ("b", True)])
    {'count': 2, 'of': 2, 'share': 1.0, 'interval': [0.34238, 1.0]}
    """
    clusters = _clusters((name, float(verdict)) for name, verdict in verdicts)
    sizes = [len(held) for held in clusters]
    passes = [round(sum(held)) for held in clusters]
    of, count = sum(sizes), sum(passes)
    if not of:
        return {"count": 0, "of": 0, "share": None, "interval": None}
    low = lower_bound(sizes, [size - good for size, good in zip(sizes, passes, strict=True)]).low
    high = lower_bound(sizes, passes).low
    interval = [round(low or 0.0, _DIGITS), round(1.0 - (high or 0.0), _DIGITS)]
    return {"count": count, "of": of, "share": round(count / of, _DIGITS), "interval": interval}


def as_json(mean: Mean | None) -> Mapping[str, Any]:
    """Return a mean and its interval in plain values; both None without a mean."""
    return {"mean": None, "interval": None} if mean is None else mean.as_json()


def _clusters(values: Iterable[tuple[Hashable, float]]) -> list[list[float]]:
    clusters: dict[Hashable, list[float]] = {}
    for name, value in values:
        clusters.setdefault(name, []).append(value)
    return list(clusters.values())


def _variance(clusters: Sequence[Sequence[float]], mean: float) -> float | None:
    """Return the variance of the mean of all values; None for a single cluster."""
    many = len(clusters)
    if many < 2:
        return None
    count = sum(len(held) for held in clusters)
    off = sum((sum(held) - mean * len(held)) ** 2 for held in clusters)
    return many / (many - 1) * off / (count * count)
