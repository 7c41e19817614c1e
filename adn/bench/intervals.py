"""Means and shares with 95 % intervals that know that faults of one evening are no strangers.

Faults of one (case, seed) share network, traffic and noise, so evenings are the independent
observations. The mean of all values is a ratio of two sums over evenings, and its variance is that
of a ratio estimator (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, section 9A.2); with one
value an evening it is Student's interval. A share near 0 or 1 has no useful variance of its own,
so its interval is Wilson's (E. B. Wilson, JASA 22, 1927) on the number of faults divided by the
design effect (L. Kish, Survey Sampling, 1965, section 8.2).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, Final

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
    of = sum(len(held) for held in clusters)
    if not of:
        return {"count": 0, "of": 0, "share": None, "interval": None}
    count = round(sum(sum(held) for held in clusters))
    share = count / of
    low, high = wilson(share, of / design_effect(clusters))
    interval = [round(low, _DIGITS), round(high, _DIGITS)]
    return {"count": count, "of": of, "share": round(share, _DIGITS), "interval": interval}


def design_effect(clusters: Sequence[Sequence[float]]) -> float:
    """Return how much wider clusters make the variance of a share; at least 1."""
    count = sum(len(held) for held in clusters)
    share = sum(sum(held) for held in clusters) / count
    alone = share * (1.0 - share) / count
    variance = _variance(clusters, share)
    return 1.0 if variance is None or not alone else max(1.0, variance / alone)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Return Wilson's interval of a share of a number of independent observations."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + CONFIDENCE / 2))
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


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
