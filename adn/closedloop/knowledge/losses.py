"""What the losses of services say of directions: a Gaussian model with the lossy rate fitted.

A direction that loses a share p of its packets makes a service lose w·p, w being the share of the
service that crosses it; services that cross it and are healthy count against it. Hashing is
unknown: G flow groups put w(1−w)/G of variance on w. What queues are seen to drop, and what is
policed, is subtracted first. Residuals that nothing explains are uniform on [0, 1]: rare, but less
so for services that cross something which is reckoned to be full or was dead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csc_array, csr_array

from adn.base.clock import SECOND
from adn.closedloop.answering import answers
from adn.closedloop.estimate import Estimate
from adn.closedloop.knowledge.evidence import LOST_SHARE, Scope
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.topology.network import Bools, Floats, Ints

STRAY: Final = 1e-3
"""Chance of a loss that no hypothesis explains, per service (assumption)."""

DISRUPTED: Final = 0.1
"""Chance that a service which crossed something dead shows it while routing moves (assumption)."""

LINGERING: Final = 0.005
"""The same once routing has come to rest: less than what *unknown* is granted (assumption)."""

TRANSIENT_SPREAD: Final = 0.05
"""Spread of a loss measured over an interval in which routing moved: blackholes and microloops took
seconds of it, and hurt services that never crossed what failed (assumption)."""

TRANSIENT_MS: Final = 60 * SECOND
"""For how long after the latest alarm losses may still be averaged with such an interval: three
samples, their delay, and convergence (assumption)."""

FULL: Final = 0.95
"""Reckoned utilisation from which a queue may drop traffic that no report has counted yet."""

_QUIET_SPREAD: Final = 5e-4
"""Spread of a loss that is not passed on: below the detector's limit (assumption)."""

_ANOTHERS: Final = 1.0
"""Spread of a loss that another incident is about: it says nothing."""

NOTHING_THROUGH: Final = 0.99
"""Loss from which on a service that answers to loss is cut off, rather than slowed (assumption)."""

_MODEL_ERROR: Final = 0.3
"""Relative error of losses reckoned from discards (assumption)."""

_RATE_ERROR: Final = 0.1
"""Relative error of a fitted loss (assumption)."""

TEMPER: Final = 0.5
"""Weight of one service's evidence: services share flows' paths and errors, so they are not
independent witnesses (assumption)."""

_SPARED: Final = -6.0
"""Most that spared services count against *anything*: many share paths (assumption)."""

_ROUNDS: Final = 4


@dataclass(frozen=True)
class Losses:
    """Losses of services and what is already explained of them, columns over services (S,).

    Attributes:
        residual: Measured minus explained loss.
        variance: Of the residual.
        stray: Chance of a residual that is anything at all.
        departed: Whether the service is away from its baseline.
        shares: Share of each service per direction now, shape (S, D), by direction.
        routes: The same by service.
        flow_groups: Into how many groups each service is hashed.
        disruption: Chance that what crossed something dead shows it now.
    """

    residual: Floats
    variance: Floats
    stray: Floats
    departed: Floats
    shares: csc_array
    routes: csr_array
    flow_groups: Ints
    disruption: float


@dataclass(frozen=True)
class LossyFit:
    """How well each direction alone would explain the losses, columns over directions (D,).

    Attributes:
        gain: Log-likelihood gained over explaining nothing.
        rate: Fitted loss.
        crossing: How many services cross it noticeably.
        hurt: How many of these have departed.
    """

    gain: Floats
    rate: Floats
    crossing: Ints
    hurt: Ints


def read_losses(view: View, estimate: Estimate, scope: Scope) -> Losses:
    """Return what is measured, less what discards and policing explain.

    Services that were away from their baseline long before the incident say nothing of it.
    """
    names = estimate.network.services
    shares = estimate.shares()
    count = len(names)
    measured, spread = np.zeros(count), np.full(count, _QUIET_SPREAD)
    departed = np.zeros(count)
    for name, row in view.departures("service", "loss").items():
        if name in names:
            at = names.row(name)
            if not scope.concerns(name, row.first_at):
                spread[at] = _ANOTHERS
                continue
            measured[at], departed[at] = max(0.0, row.value - row.mean), 1.0
            spread[at] = max(row.spread, _QUIET_SPREAD / 2)
    # Of those who answer to loss nothing follows from how much less they send, unless it is all.
    answering = answers(estimate.network) & (measured < NOTHING_THROUGH)
    measured[answering], departed[answering] = 0.0, 0.0
    spread[answering] = _ANOTHERS
    discards = np.zeros(len(estimate.network.directions))
    for name, row in view.departures("direction", "discards").items():
        if name in estimate.network.directions and row.value > LOST_SHARE:
            discards[estimate.network.directions.row(name)] = row.value
    dropped = np.minimum(1.0, shares @ discards)
    policed = np.where(departed > 0, 1.0 - estimate.admitted_shares(), 0.0)
    full = (estimate.evaluate().utilisation > FULL).astype(np.float64)
    groups = estimate.network.flow_groups
    hashing = (shares.multiply(discards**2) - shares.multiply(shares).multiply(discards**2)).sum(1)
    kept = (1.0 - dropped) * (1.0 - policed) * estimate.reachable(shares)
    explained = np.where(departed > 0, 1.0 - kept, 0.0)
    moves = _moves(view)
    return Losses(
        residual=measured - explained,
        variance=spread**2
        + (_MODEL_ERROR * explained) ** 2
        + np.asarray(hashing) / groups
        + departed * (TRANSIENT_SPREAD if moves else 0.0) ** 2,
        stray=np.where(shares @ full > 0.0, DISRUPTED, STRAY),
        departed=departed,
        shares=csc_array(shares),
        routes=shares,
        flow_groups=groups,
        disruption=DISRUPTED if moves else LINGERING,
    )


def _moves(view: View) -> bool:
    """Return whether routing has moved of late, as alarms have it."""
    span = TRANSIENT_MS + 2 * view.lag
    return any(
        view.now - view.alarm_arrivals.get(name, alarm.event_time) < span
        for name, alarm in view.active_alarms.items()
        if alarm.probable_cause in (ProbableCause.LOSS_OF_SIGNAL, ProbableCause.ADJACENCY_DOWN)
    )


def log_density(residual: Floats, variance: Floats, stray: Floats) -> Floats:
    """Return ln of a normal density of the residual mixed with a uniform one."""
    normal = np.exp(-0.5 * residual**2 / variance) / np.sqrt(2.0 * np.pi * variance)
    found: Floats = np.log((1.0 - stray) * normal + stray)
    return found


def baseline(losses: Losses) -> Floats:
    """Return each service's log-likelihood as things are explained now, shape (S,)."""
    return log_density(losses.residual, losses.variance, losses.stray)


def fit_lossy(losses: Losses) -> LossyFit:
    """Return, for every direction, the loss that fits best and what it would explain.

    Directions that no departed service crosses explain nothing, and are not looked at.
    """
    count = losses.shares.shape[1]
    columns = crossed_by(losses, losses.departed > 0)
    row, owner, w = entries(losses, columns)
    gain, rate = fit_rates(losses, row, owner, w, len(columns))
    noticeable = w > 0.1
    hurt = noticeable & (losses.departed[row] > 0)
    fit = LossyFit(np.zeros(count), np.zeros(count), *np.zeros((2, count), dtype=np.int64))
    fit.gain[columns] = np.where(rate > LOST_SHARE, TEMPER * gain, 0.0)
    fit.rate[columns] = rate
    fit.crossing[columns] = np.bincount(owner, noticeable, len(columns)).astype(np.int64)
    fit.hurt[columns] = np.bincount(owner, hurt, len(columns)).astype(np.int64)
    return fit


def crossed_by(losses: Losses, services: Bools) -> Ints:
    """Return the directions that any of some services cross, sorted."""
    routes, rows = losses.routes, np.flatnonzero(services)
    at = spans(routes.indptr[rows], routes.indptr[rows + 1])
    seen = np.zeros(routes.shape[1], dtype=bool)
    seen[routes.indices[at]] = True
    return np.flatnonzero(seen)


def spans(begin: Ints, end: Ints) -> Ints:
    """Return all numbers of several half-open spans, one span after the other."""
    length = end - begin
    past = np.cumsum(length)
    return np.repeat(begin - (past - length), length) + np.arange(past[-1] if len(past) else 0)


def entries(losses: Losses, columns: Ints) -> tuple[Ints, Ints, Floats]:
    """Return who crosses some directions: services, places in `columns`, and shares."""
    shares = losses.shares
    begin, end = shares.indptr[columns], shares.indptr[columns + 1]
    at = spans(begin, end)
    return shares.indices[at], np.repeat(np.arange(len(columns)), end - begin), shares.data[at]


def fit_rates(
    losses: Losses, row: Ints, owner: Ints, w: Floats, count: int
) -> tuple[Floats, Floats]:
    """Return the log-likelihood gained and the loss fitted, for `count` directions.

    The rate is a weighted least-squares estimate, begun on the services that are hurt; a few
    rounds discount services that do not follow it (iteratively re-weighted, the weights being how
    far each is no stray). Arguments are those that `entries` returns.
    """
    dispersion = w * (1.0 - w) / losses.flow_groups[row] + (_RATE_ERROR * w) ** 2
    residual, variance, stray = losses.residual[row], losses.variance[row], losses.stray[row]
    trust, rate = losses.departed[row], np.zeros(count)
    off, wide = residual, variance
    for _ in range(_ROUNDS):
        wide = variance + rate[owner] ** 2 * dispersion
        top = np.bincount(owner, trust * w * residual / wide, count)
        bottom = np.bincount(owner, trust * w * w / wide, count)
        rate = np.clip(top / np.maximum(bottom, 1e-300), 0.0, 1.0)
        wide = variance + rate[owner] ** 2 * dispersion
        off = residual - w * rate[owner]
        normal = np.exp(-0.5 * off**2 / wide) / np.sqrt(2.0 * np.pi * wide)
        trust = normal / (normal + stray)
    before = log_density(residual, variance, stray)
    gain: Floats = np.bincount(owner, log_density(off, wide, stray) - before, count).astype(float)
    return gain, rate


def without_lossy(losses: Losses, direction: int, rate: float) -> Losses:
    """Return the losses once a direction's loss is taken as explained."""
    rest = replace(losses, residual=losses.residual.copy(), variance=losses.variance.copy())
    explain(rest, direction, rate)
    return rest


def explain(losses: Losses, direction: int, rate: float) -> Ints:
    """Take a direction's loss as explained, in place; return the services that cross it."""
    span = slice(losses.shares.indptr[direction], losses.shares.indptr[direction + 1])
    row: Ints = losses.shares.indices[span]
    w = losses.shares.data[span]
    losses.residual[row] -= w * rate
    spread = w * (1.0 - w) / losses.flow_groups[row] + (_RATE_ERROR * w) ** 2
    losses.variance[row] += rate**2 * spread
    return row


def disruption(losses: Losses, crossed: csr_array) -> Floats:
    """Return what each hypothesis gains by what it blackholed for a while, shape (H,).

    Args:
        losses: Losses and what is explained.
        crossed: Which services crossed what each hypothesis kills, shape (S, H).
    """
    better = np.maximum(0.0, np.log(losses.disruption) - baseline(losses))
    gain: Floats = TEMPER * (crossed.T @ better)
    return gain


def disrupted(losses: Losses, crossed: csr_array, hypothesis: int) -> Losses:
    """Return the losses once one hypothesis is taken to have disrupted what crossed it."""
    column = csc_array(crossed)
    rows = column.indices[column.indptr[hypothesis] : column.indptr[hypothesis + 1]]
    stray = losses.stray.copy()
    stray[rows] = np.maximum(stray[rows], losses.disruption)
    return replace(losses, stray=stray)


def anything(losses: Losses, chance: float) -> float:
    """Return what is gained if any service may have lost anything, with some chance.

    What leaves most services alone is not quite anything: those that are spared count against it.
    """
    better = np.maximum(0.0, np.log(chance) - baseline(losses))
    spared = float(np.log1p(-chance) * (1.0 - losses.departed).sum())
    return float(TEMPER * (max(spared, _SPARED) + (better * losses.departed).sum()))
