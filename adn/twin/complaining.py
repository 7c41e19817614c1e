"""Complaining: customers whose service is bad notice after a while, and some of them say so.

Complaints come from experience and never from faults: a service outside its limits is lossy, slow
or gone, and the worse it is the more of its customers complain. Others complain of what has nothing
to do with the network. What they say is vague, and at times about the wrong thing.

Every draw is keyed by service and minute, so the same seed gives the same background whatever
operations do, and a service that is well adds nothing to anyone's. All figures are assumptions.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import HOUR, MINUTE, Millis
from adn.base.records import Record
from adn.base.sampling import Timing
from adn.base.streams import Key, hash32
from adn.northbound.post import Complaint, Ticket
from adn.topology.network import Bools, Floats, Network
from adn.twin.performance import Performance
from adn.twin.twin import Twin

BAD_LOSS: Final = 0.1
"""Lost share of its traffic at which a service is as bad as one that is gone (assumption)."""
BAD_LATENCY: Final = 3.0
"""Latency over its limit at which a service is as bad as one that is gone (assumption)."""
LEAST: Final = 0.1
"""How bad a service just outside its limits is, of 1 for one that is gone (assumption)."""
MANY: Final = 1000
"""Customers from which on the front office rates a service that is gone critical (assumption)."""
RECALL: Final[Millis] = 5 * MINUTE
"""By so much at most customers misremember since when it has been so (assumption)."""

WORDS: Final[Mapping[Complaint, tuple[str, ...]]] = {
    "unreachable": (
        "cannot log in",
        "nothing works here",
        "the connection is dead",
        "we cannot reach it at all",
        "the whole office is offline",
    ),
    "slow": (
        "everything is slow",
        "it takes forever to open anything",
        "pages hardly load",
        "timeouts again and again",
        "transfers crawl or break off",
    ),
    "choppy": (
        "voices break up",
        "the picture freezes",
        "calls drop in mid-sentence",
        "we hear every other word",
    ),
    "other": (
        "the application shows an error",
        "my password is refused",
        "my computer hangs since the update",
        "the printer does not print",
        "a form cannot be saved",
    ),
}
"""What customers say, by what ails them."""
BACKGROUND: Final[tuple[tuple[Complaint, float], ...]] = (
    ("other", 0.6),
    ("slow", 0.3),
    ("unreachable", 0.1),
)
"""What those say whose trouble is not the network's, and how often (assumption)."""
_MINUTES: Final = 1024
_VOICE: Final = ("voice", "video", "call", "conference")


@dataclass(frozen=True, slots=True)
class Manners:
    """How customers complain.

    Attributes:
        background: Complaints an hour that have nothing to do with the network.
        propensity: Share of a service's customers who complain a minute while it is gone.
        per_service: Most tickets about one service in an hour.
        delay: From noticing to the ticket's arrival.
        wrong: Share of the tickets that name another service or site, 0..1.
        vague: Share of the tickets that name no service, 0..1.
    """

    background: float
    propensity: float
    per_service: int
    delay: Timing
    wrong: float
    vague: float


@dataclass(frozen=True, slots=True)
class _Complaint:
    """What ails one customer: the service, how, since when, and what is behind it."""

    service: int
    kind: Complaint
    since: Millis
    cause: tuple[str, ...]


class Complaining:
    """The customers of a twin's services.

    Args:
        twin: Whose services.
        manners: How they complain.
        key: For every draw.
    """

    def __init__(self, twin: Twin, manners: Manners, key: Key) -> None:
        network = twin.network
        self._twin, self._manners, self._key = twin, manners, key
        self._word = key.word("complaints")
        self._series = np.array([hash32(name) for name in network.services.ids], np.uint32)
        self._began = np.full(len(network.services), -1, dtype=np.int64)
        self._lately: dict[int, deque[Millis]] = {}
        self._customers = np.cumsum(network.customers.astype(np.float64))
        self._sites = {row.id: row.site for row in network.rows.elements}
        self._places = sorted({site for site in self._sites.values() if site})
        self._rows = {row.id: row for row in network.rows.services}
        self._raised = 0
        self._block = -1
        self._numbers: list[int] = []
        if len(network.services):
            twin.routine.every(MINUTE, self._live, self._idle)

    def _live(self) -> None:
        now = self._twin.clock.now
        self._hurt(now, self._twin.performance)
        self._unhurt(now)

    def _idle(self, until: Millis) -> Millis:
        """Return from when on, at most `until`, anybody may complain if nothing changes."""
        minute = self._twin.clock.now // MINUTE + 1
        if self._twin.performance.outside.any():
            return min(until, minute * MINUTE)
        while minute * MINUTE < until and not self._many(minute):
            minute += 1
        return min(until, minute * MINUTE)

    # --- who complains ---

    def _hurt(self, now: Millis, performance: Performance) -> None:
        """Let customers of bad services complain."""
        outside = performance.outside
        self._began[~outside] = -1
        if not outside.any():
            return
        self._began[outside & (self._began < 0)] = now
        rate = self._manners.propensity * self._twin.network.customers
        expected = rate * badness(self._twin.network, performance)
        drawn = noise.uniform(self._word, self._series, now // MINUTE).astype(np.float64)
        for row in np.flatnonzero(outside & (drawn < -np.expm1(-expected))).tolist():
            if self._one_more(row, now):
                kind = _ailment(self._twin.network, performance, row)
                complaint = _Complaint(row, kind, int(self._began[row]), self._cause(row))
                self._write(now, complaint, self._twin.network.services[row])

    def _one_more(self, service: int, now: Millis) -> bool:
        """Whether the front office takes one more ticket about a service this hour."""
        lately = self._lately.setdefault(service, deque())
        while lately and lately[0] <= now - HOUR:
            lately.popleft()
        if len(lately) >= self._manners.per_service:
            return False
        lately.append(now)
        return True

    def _cause(self, service: int) -> tuple[str, ...]:
        """Return the faults and disturbances that a service is bad for, sorted."""
        blamed = self._twin.attribution.blamed(service)
        return blamed or self._twin.crowded(service)

    def _unhurt(self, now: Millis) -> None:
        """Let customers complain of what has nothing to do with the network."""
        minute = now // MINUTE
        many = self._many(minute)
        if not many:
            return
        stream = self._key.stream(f"background/{minute}")
        for number in range(many):
            at = float(stream.random()) * self._customers[-1]
            row = int(np.searchsorted(self._customers, at, side="right"))
            kinds, shares = zip(*BACKGROUND, strict=True)
            drawn = float(stream.random()) * sum(shares)
            kind: Complaint = kinds[int(np.searchsorted(np.cumsum(shares), drawn))]
            self._write(now, _Complaint(row, kind, now, ()), f"background/{number}")

    def _many(self, minute: int) -> int:
        """Return how many complain so in a minute: Poisson, drawn for many minutes at once."""
        block, place = divmod(minute, _MINUTES)
        if block != self._block:
            minutes = np.arange(block * _MINUTES, (block + 1) * _MINUTES).astype(np.uint32)
            drawn = noise.uniform(self._key.word("background"), minutes, 0).astype(np.float64)
            mean = self._manners.background / 60.0
            below = poisson_below(mean, drawn.max())
            self._numbers = np.searchsorted(below, drawn, side="right").tolist()
            self._block = block
        return int(self._numbers[place])

    # --- what they say ---

    def _write(self, now: Millis, complaint: _Complaint, who: str) -> None:
        """Draw what the customer says, and let it arrive when it does."""
        stream = self._key.stream(f"ticket/{who}/{now // MINUTE}")
        arrives = now + self._manners.delay.draw(stream)
        words = WORDS[complaint.kind]
        text = words[int(stream.integers(len(words)))]
        since = max(0, complaint.since - int(stream.integers(RECALL)))
        service, site = self._address(complaint.service, stream)
        severity = "minor"
        if complaint.kind == "unreachable" and complaint.cause:
            many = int(self._twin.network.customers[complaint.service]) >= MANY
            severity = "critical" if many else "major"
        ticket = Ticket(
            id="",
            description=text,
            complaint=complaint.kind,
            since=since // MINUTE * MINUTE,
            service=service,
            site=site,
            severity=severity,
        )
        self._twin.clock.call_at(arrives, partial(self._arrive, ticket, complaint))

    def _address(self, service: int, stream: np.random.Generator) -> tuple[str, str]:
        """Return the service and the site that the customer names."""
        names = self._twin.network.services
        vague = bool(stream.random() < self._manners.vague)
        wrong = bool(stream.random() < self._manners.wrong)
        other = names[int(stream.integers(len(names)))]
        place = int(stream.integers(max(1, len(self._places))))
        misplaced = bool(stream.random() < 0.5)
        row = self._rows[names[service]]
        site = self._sites[row.a if stream.random() < 0.5 else row.z]
        if wrong and misplaced and self._places:
            site = self._places[place]
        named = other if wrong and not misplaced else row.id
        return ("" if vague else named), site

    def _arrive(self, ticket: Ticket, complaint: _Complaint) -> None:
        """Number a ticket as it comes in, and write down what is behind it."""
        twin = self._twin
        self._raised += 1
        name = f"TCK-{self._raised:04d}"
        cause = {
            "cause": list(complaint.cause),
            "service": twin.network.services[complaint.service] if complaint.cause else "",
        }
        twin.truth(Record(twin.clock.now, "ticket.cause", "twin", id=name, data=cause))
        twin.report(replace(ticket, id=name))


def poisson_below(mean: float, most: float) -> Floats:
    """Return the probability of at most 0, 1, 2… events, up to `most`.

    >>> [round(float(x), 4) for x in poisson_below(1.0, 0.9)]
    [0.3679, 0.7358, 0.9197]
    """
    term = total = math.exp(-mean)
    found = [total]
    while total <= most and term > 0.0:
        term *= mean / len(found)
        total += term
        found.append(total)
    return np.array(found)


def badness(network: Network, performance: Performance) -> Floats:
    """Return how bad each service is, 0 within its limits and 1 where nothing gets through.

    The larger of how far loss and latency are from their limits, as a share of the way to what is
    no better than nothing.
    """
    services = performance.services
    lossy = services.loss / BAD_LOSS
    latency = np.where(np.isfinite(services.latency_ms), services.latency_ms, np.inf)
    slow = (latency / network.latency_limit_ms - 1.0) / (BAD_LATENCY - 1.0)
    bad = np.clip(np.maximum(np.where(_lossy(network, performance), lossy, 0.0), slow), LEAST, 1.0)
    found: Floats = np.where(performance.outside, np.where(performance.down, 1.0, bad), 0.0)
    return found


def _lossy(network: Network, performance: Performance) -> Bools:
    """Return the services that lose more than they may, shape (S,)."""
    lossy: Bools = performance.services.loss > network.loss_limit
    return lossy


def _ailment(network: Network, performance: Performance, service: int) -> Complaint:
    """Return what the customers of a bad service would call it."""
    if performance.down[service]:
        return "unreachable"
    kind = network.rows.services[service].kind
    return "choppy" if any(word in kind for word in _VOICE) else "slow"
