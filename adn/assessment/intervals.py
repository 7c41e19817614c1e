"""How sure a share is: the lower end of a 95 % interval, robust to instances that fail together.

On independent instances it is Wilson's interval (Wilson 1927), two-sided 95 %: 35 passes of 35 are
the fewest that show 0.90, and 381 of 381 the fewest that show 0.99. Instances of one run are not
independent: what went wrong with one may go wrong with all. So Wilson is given an effective number
of instances, after Korn and Graubard (Survey Methodology 24, 1998)::

    n_eff = n · (t[n-1] / t[k-1])² / deff,    at most n

for k runs; t are 0.975 quantiles of Student's distribution. A single run shows nothing. Choices of
our own, each on the cautious side:

- deff is the variance between runs of the number of failures, over what independent failures would
  have; that of the total and not of the ratio, which hardly differs where failures are few, and
  does not reward runs that are long because nothing happened;
- deff is never below 1: failures that happen to be spread evenly are no extra evidence;
- the bound is the least over all ways of taking failures away. Else further failures could raise
  it, by spreading what looked like one bad run evenly over all of them.

So a further failure never raises the bound, and a further pass in a run never lowers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
Z: Final = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
MOST_NEEDED: Final = 10_000_000
"""Beyond this the number of instances that are needed is not worth telling."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What instances in runs show of a share.

    Attributes:
        low: Lower end of the interval; None if there is no instance.
        share: Share of passes where the bound is decided: the share itself, or a higher one if the
            failures of the worst runs alone decide.
        deff: Design effect there: how many instances count as one.
        instances: How many there are.
        runs: How many runs have any.
    """

    low: float | None
    share: float
    deff: float
    instances: int
    runs: int


def wilson_low(share: float, n: float) -> float:
    """Return the lower end of Wilson's two-sided 95 % interval of a share of n.

    >>> [wilson_low(1.0, n) >= 0.90 for n in (34, 35)]
    [False, True]
    >>> [wilson_low(1.0, n) >= 0.99 for n in (380, 381)]
    [False, True]
    """
    if n <= 0 or share <= 0:
        return 0.0
    z2 = Z * Z
    spread = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, (share + z2 / (2 * n) - spread) / (1 + z2 / n))


def wilson_high(share: float, n: float) -> float:
    """Return the upper end of the same interval: nothing seen refutes nothing.

    >>> round(wilson_high(0.5, 10), 3), wilson_high(0.0, 0)
    (0.763, 1.0)
    """
    return 1.0 - wilson_low(1.0 - share, n)


def fewest(target: float) -> int:
    """Return how many passes, and nothing else, are the fewest that show a target.

    >>> fewest(0.90), fewest(0.99)
    (35, 381)
    """
    return ceil(Z * Z * target / (1 - target) - 1e-9)


def lower_bound(sizes: Sequence[int], failures: Sequence[int]) -> Bound:
    """Return what runs with so many instances and so many failures each show.

    Args:
        sizes: Instances of each run.
        failures: Failures among them, run by run.
    """
    kept = [(size, failed) for size, failed in zip(sizes, failures, strict=True) if size > 0]
    n, k = sum(size for size, _ in kept), len(kept)
    if not n:
        return Bound(None, 0.0, 1.0, 0, 0)
    independent = _independent(n, k)
    worst = Bound(wilson_low(1.0, independent), 1.0, 1.0, n, k)
    failed, squares = 0, 0
    for most in sorted((failed for _, failed in kept), reverse=True):
        for one in range(most):
            failed += 1
            squares += 2 * one + 1
            deff = _design_effect(failed, squares, n, k)
            share = 1 - failed / n
            low = wilson_low(share, independent / deff)
            if worst.low is None or low <= worst.low:
                worst = Bound(low, share, deff, n, k)
    return worst


def needed(bound: Bound, target: float) -> int | None:
    """Return how many more instances would show the target, were they like those seen.

    Runs are taken to be as long as they were. None if no number would: the share is too low.
    """
    if bound.low is not None and bound.low >= target:
        return 0
    share = bound.share if bound.instances else 1.0
    if share <= target:
        return None
    # Wilson's bound reaches the target when the target's own standard error is z below the share.
    effective = Z * Z * target * (1 - target) / (share - target) ** 2
    length = bound.instances / bound.runs if bound.runs else 1.0

    def shows(n: int) -> bool:
        runs = max(1, round(n / length))
        return _independent(n, runs) / bound.deff >= effective * (1 - 1e-12)

    low = high = max(1, bound.instances)
    while not shows(high):
        low, high = high, 2 * high
        if high > MOST_NEEDED:
            return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle + 1, high)
    return max(1, high - bound.instances)


def _independent(n: int, runs: int) -> float:
    """Return how many independent instances n in so many runs are at most; 0 for a single run.

    Never fewer than there are runs: one of each would show as much.
    """
    if runs < 2:
        return 0.0
    return min(float(n), max(float(runs), n * (_student(n - 1) / _student(runs - 1)) ** 2))


def _design_effect(failed: int, squares: int, n: int, runs: int) -> float:
    """Return between-run variance of failures over the binomial one, at least 1.

    Args:
        failed: Failures in all.
        squares: Sum over runs of their failures squared.
        n: Instances in all.
        runs: How many runs.
    """
    if runs < 2 or failed >= n:
        return 1.0
    between = (runs * squares - failed * failed) / (runs - 1)
    alone = failed * (n - failed) / (n - 1)
    return max(1.0, between / alone)


@lru_cache(maxsize=4096)
def _student(freedom: int) -> float:
    """Return the 0.975 quantile of Student's distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))
