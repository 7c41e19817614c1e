"""Which set of problems explains the evidence best: greedy Bayesian inference.

After Flock (Harsh et al., "Flock: Accurate network fault localization at scale", PACMNET/CoNEXT
2023): hypotheses are added to the set one at a time while the posterior grows, every candidate
being judged at once. Alarms and probes enter as a noisy-or, losses of services as a Gaussian model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.closedloop.knowledge.destinations import (
    DestinationFit,
    Passing,
    fit_destinations,
    without_destinations,
)
from adn.closedloop.knowledge.hypotheses import Hypotheses
from adn.closedloop.knowledge.losses import (
    DISRUPTED,
    Losses,
    anything,
    disrupted,
    disruption,
    fit_lossy,
    without_lossy,
)
from adn.closedloop.knowledge.models import FaultModels
from adn.closedloop.knowledge.signs import Signs
from adn.topology.network import Bools, Floats, Ints

LARGEST_SET: Final = 3
_DIGITS: Final = 9


@dataclass(frozen=True)
class Standing:
    """One member of the best set, and every alternative to it given the others.

    Attributes:
        member: Its hypothesis row, or -1 for *unknown*.
        probability: Of each hypothesis in its stead, shape (H,).
        unknown: Probability of *unknown* in its stead.
        gain: Log-likelihood that it adds to the others.
        spoken: Whether anything seen speaks for each hypothesis in its stead, shape (H,).
        rate: Fitted loss of each direction in its stead, shape (D,).
        crossing: Services that cross each direction noticeably, shape (D,).
        hurt: How many of these have departed, shape (D,).
        drops: How the tables of elements fit in its stead.
    """

    member: int
    probability: Floats
    unknown: float
    gain: float
    spoken: Bools
    rate: Floats
    crossing: Ints
    hurt: Ints
    drops: DestinationFit


@dataclass(frozen=True)
class Given:
    """A cause that is believed already: a hypothesis row, and what it was found to lose."""

    row: int
    severity: float = 0.0


@dataclass(frozen=True)
class _Scores:
    """Log-likelihood that each hypothesis, and *unknown*, would add to a set."""

    gain: Floats
    unknown: float
    rate: Floats
    crossing: Ints
    hurt: Ints
    drops: DestinationFit


class Inference:
    """The evidence of one moment against all hypotheses.

    Attributes:
        seen: Which services pass which elements.
    """

    def __init__(
        self,
        hypotheses: Hypotheses,
        signs: Signs,
        losses: Losses,
        crossed: csr_array,
        models: FaultModels,
        seen: Passing,
        given: Sequence[Given] = (),
    ) -> None:
        """Hold them.

        Args:
            hypotheses: All that may be wrong.
            signs: Alarms, series and probes.
            losses: Losses of services.
            crossed: Which services crossed what each hypothesis kills, shape (S, H).
            models: For the chances of *unknown*.
            seen: Which services pass which elements.
            given: What is there already, and explains its share of what is seen.
        """
        self._all = hypotheses
        self._signs = signs
        self._losses = losses
        self._crossed = crossed
        self._unknown_chance = models.unknown_chance
        self.seen = seen
        self._given = {row.row: row.severity for row in given}
        self._moving = np.array(
            [models.problems[problem].loses == "anywhere" for problem, _ in hypotheses.names],
            dtype=bool,
        )
        self._shown_row, self._shown_item = np.nonzero(signs.q)
        self._shown_q = signs.q[self._shown_row, self._shown_item]
        total = float(np.logaddexp.reduce(hypotheses.log_prior))
        self._unknown_prior = total + float(np.log(models.unknown_share))

    def standings(self) -> tuple[Standing, ...]:
        """Return the members of the best set, what adds most first; never none.

        What is given is no member.
        """
        given = list(self._given)
        chosen: list[int] = []
        for _ in range(LARGEST_SET):
            scores = self._scores(given + chosen)
            posterior = scores.gain + self._all.log_prior
            posterior[given + chosen] = -np.inf
            best = int(np.argmax(np.round(posterior, _DIGITS)))  # of equals, the first by name
            if chosen and posterior[best] <= 0.0:
                break
            if not chosen and posterior[best] < scores.unknown + self._unknown_prior:
                return (self._standing(-1, given, scores),)
            chosen.append(best)
        found = [
            self._standing(member, others, self._scores(others))
            for member in chosen
            for others in [given + [other for other in chosen if other != member]]
        ]
        return tuple(sorted(found, key=lambda row: (-round(row.gain, _DIGITS), row.member)))

    def _standing(self, member: int, others: list[int], scores: _Scores) -> Standing:
        """Normalise over everything that could stand in a member's stead."""
        posterior = scores.gain + self._all.log_prior
        posterior[others] = -np.inf
        last = scores.unknown + self._unknown_prior
        top = max(float(posterior.max(initial=-np.inf)), last)
        weight, rest = np.exp(posterior - top), float(np.exp(last - top))
        total = float(weight.sum()) + rest
        return Standing(
            member=member,
            probability=weight / total,
            unknown=rest / total,
            gain=float(scores.gain[member]) if member >= 0 else scores.unknown,
            spoken=scores.gain > 0.0,
            rate=scores.rate,
            crossing=scores.crossing,
            hurt=scores.hurt,
            drops=scores.drops,
        )

    def _scores(self, chosen: list[int]) -> _Scores:
        """Return what each hypothesis would add to a chosen set."""
        signs, everything = self._signs, self._all
        shown = signs.stray + signs.q[chosen].sum(axis=0)
        before = np.log(-np.expm1(-shown))
        row, item = self._shown_row, self._shown_item
        better = np.log(-np.expm1(-(shown[item] + self._shown_q))) - before[item]
        gain = np.bincount(row, better, len(everything.names)) + signs.missed
        losses = self._losses
        for taken in chosen:
            losses = self._explain(losses, taken)
        fit = fit_lossy(losses)
        lossy = everything.direction >= 0
        gain[lossy] += fit.gain[everything.direction[lossy]]
        drops = fit_destinations(losses, self.seen)
        dropping = everything.element >= 0
        gain[dropping] += drops.gain[everything.element[dropping]]
        gain[self._moving] += max(0.0, anything(losses, DISRUPTED))
        gain += disruption(losses, self._crossed)
        any_item = np.log1p(-(1.0 - self._unknown_chance) * np.exp(-shown)) - before
        unknown = float(np.maximum(any_item, 0.0).sum()) + anything(losses, self._unknown_chance)
        return _Scores(gain, unknown, fit.rate, fit.crossing, fit.hurt, drops)

    def _explain(self, losses: Losses, row: int) -> Losses:
        """Return the losses with one hypothesis taken as true."""
        direction, element = int(self._all.direction[row]), int(self._all.element[row])
        if direction >= 0:
            rate = float(fit_lossy(losses).rate[direction])
            return without_lossy(losses, direction, min(rate, self._given.get(row) or 1.0))
        if element >= 0:
            fit = fit_destinations(losses, self.seen)
            return without_destinations(losses, self.seen, element, fit.rate * fit.held)
        return disrupted(losses, self._crossed, row)
