"""Trying: what a candidate is expected to do under what may be wrong, in one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from adn.closedloop.estimate import Estimate
from adn.closedloop.tactics import Step
from adn.northbound.commands import command_kinds
from adn.topology.network import Bools

BURST: Final = 1.03
"""Factor on rates when plans are judged, so that they hold when traffic swings (assumption)."""

_RISKS: Final[Mapping[str, float]] = {"none": 0.0, "low": 0.25, "medium": 0.5, "high": 5.0}

_TIME_WEIGHT: Final = 0.01

_STEP_WEIGHT: Final = 0.02

_RETRY: Final = 0.15
"""Share of the time to restore that a failed attempt costs (assumption)."""

_FOR_GOOD: Final = 0.2
"""How much better it is to end an incident than to bridge it (assumption)."""


@dataclass(frozen=True)
class Belief:
    """The estimate under one suspect, and how probable that is."""

    probability: float
    estimate: Estimate


@dataclass(frozen=True)
class Trial:
    """A candidate that was tried.

    Attributes:
        tactic: Which.
        steps: What it would send.
        outside: Services expected outside their limits.
        minded: Those of them that the incident looks after.
        pain: Customers and excess loss weighed in.
        worst_load: Utilisation of the fullest direction.
        score: What the search makes small.
    """

    tactic: str
    steps: tuple[Step, ...]
    outside: float
    minded: float
    pain: float
    worst_load: float
    score: float


def attempt(
    tactic: str, steps: tuple[Step, ...], beliefs: tuple[Belief, ...], minded: Bools
) -> Trial:
    """Return what a candidate is expected to do, over the beliefs.

    Args:
        tactic: Its name.
        steps: What it would send.
        beliefs: The network under each leading suspect.
        minded: Services that the incident looks after, shape (S,).
    """
    outside = theirs = pain = worst = 0.0
    customers = beliefs[0].estimate.network.customers
    weight = 1.0 + customers / max(1.0, float(customers.mean()))
    for belief in beliefs:
        estimate = belief.estimate
        for step in steps:
            estimate = estimate.apply(step)
        outlook = estimate.fork(rate_bps=estimate.rate_bps * BURST).evaluate()
        outside += belief.probability * float(outlook.outside.sum())
        theirs += belief.probability * float((outlook.outside & minded).sum())
        beyond = np.maximum(0.0, outlook.kpis.loss - estimate.network.loss_limit)
        hurt = np.where(outlook.outside, 1.0 + beyond, 0.0)
        pain += belief.probability * float((weight * hurt).sum())
        worst = max(worst, float(outlook.utilisation.max(initial=0.0)))
    score = pain + _RISKS[risk(steps)] + _TIME_WEIGHT * seconds(steps)
    score += _STEP_WEIGHT * len(steps)
    return Trial(tactic, steps, outside, theirs, pain, worst, score)


def perhaps(trial: Trial, nothing: Trial, works: float, steps: tuple[Step, ...]) -> Trial:
    """Return what a repair is expected to do that may not work.

    Where it does not, what hurts goes on until that is noticed; where it does, the incident is
    over, and nothing need be taken back.
    """
    pain = trial.pain + (1.0 - works) * _RETRY * max(0.0, nothing.pain - trial.pain)
    score = pain + _RISKS[risk(steps)] + _TIME_WEIGHT * seconds(steps) - _FOR_GOOD
    return replace(trial, pain=pain, score=score, steps=steps)


def expected(nothing: Trial, trial: Trial) -> dict[str, float]:
    """Return what a plan promises, against doing nothing, for the log."""
    return {
        "outside_before": round(nothing.outside, 3),
        "outside_after": round(trial.outside, 3),
        "gain": round(nothing.pain - trial.pain, 3),
        "worst_load": round(trial.worst_load, 4),
        "seconds": seconds(trial.steps),
    }


def risk(steps: tuple[Step, ...]) -> str:
    """Return the largest risk of any step."""
    kinds = command_kinds()
    return max(
        (kinds[step.kind].risk for step in steps), key=lambda risk: _RISKS[risk], default="none"
    )


def seconds(steps: tuple[Step, ...]) -> float:
    """Return the typical time of the slowest step: steps to different targets run together."""
    times = [command_kinds()[step.kind].time for step in steps]
    return max((float(row.get("median", 43_200.0)) for row in times), default=0.0)
