"""Natural failures drawn over the objects of a network, each object for itself.

An object is up for an exponential time and then down for as long as its process says, again and
again (an alternating renewal process; where it is up nearly always, a Poisson process). Every draw
is a function of the key, the process, the object's name and how many failures it has had, so an
object more or another window shifts nobody's failures. `scale` divides the times between failures
and leaves durations alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import noise
from adn.base.clock import Millis
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.faults.kinds import TargetType
from adn.faults.rates import VENDOR_MTBF, YEAR, Process, Rates, vendor_mtbf
from adn.topology.network import Floats, Ints, Names, Network
from adn.twin.impairments import names_of

MOST: Final = 100_000
"""Failures of one process in one run; where more are expected, the scale is a mistake."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One failure.

    Attributes:
        process: Name of its process.
        target: Id of the object.
        at: When, simulated ms.
        down: How long it lasts: published, drawn for this failure, ms.
        passing: Whether it is over by itself after that; else it stays until it is repaired.
        params: Parameters that were drawn.
    """

    process: str
    target: str
    at: Millis
    down: Millis
    passing: bool
    params: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Population:
    """The objects that a process may strike, and how often it strikes each.

    Attributes:
        table: What they are.
        rows: Rows of the table, ascending, shape (n,).
        weight: What the rate is multiplied by for each, shape (n,).
    """

    table: TargetType
    rows: Ints
    weight: Floats


def elements_of(network: Network, of: str | tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return which elements a process or a maintenance is about, shape (n,)."""
    if of == "forwarding":
        return network.transit
    kinds = [row.kind for row in network.rows.elements]
    return np.array([of == "all" or kind in of for kind in kinds], dtype=bool)


def population(network: Network, process: Process) -> Population:
    """Return the objects that a process may strike."""
    table = process.fault.target
    names = names_of(network, table)
    weight = np.ones(len(names))
    if process.per == "km":
        weight = np.array([row.length_km for row in network.rows.ducts])
    if process.per == "element":
        held = np.bincount(network.card_element, minlength=len(network.elements))
        weight = 1.0 / held[network.card_element]
    if process.of != "all":
        chosen = elements_of(network, process.of)
        weight = weight * (chosen[network.card_element] if table == "card" else chosen)
    rows = np.flatnonzero(weight > 0.0)
    return Population(table, rows, weight[rows])


def mean_rate(process: Process, scale: float) -> float:
    """Return failures a millisecond of up time and unit of weight, in the mean."""
    if process.per == "vendor":
        _, b = VENDOR_MTBF
        return scale * -float(np.expm1(-b)) / (b * vendor_mtbf(0.0))
    return scale * process.rate / YEAR


def arrivals(
    network: Network, name: str, rates: Rates, key: Key, end: Millis, scale: float = 1.0
) -> list[Arrival]:
    """Return the failures of one process before `end`, by time and object.

    Args:
        network: Where.
        name: Of the process, a key of `rates.processes`.
        rates: All processes.
        key: What everything is drawn from.
        end: Until when, simulated ms from 0.
        scale: Factor on how often.

    Raises:
        OverflowError: More than `MOST` are expected.
    """
    process, own = rates.processes[name], key.child(name)
    struck = population(network, process)
    names = names_of(network, struck.table)
    ids = [names[int(row)] for row in struck.rows]
    rate = mean_rate(process, scale) * struck.weight
    if process.per == "vendor":
        vendors = [own.stream(f"vendor/{one}").random() for one in ids]
        rate = np.array([scale / vendor_mtbf(percentile) for percentile in vendors])
    if float((rate * end / (1.0 + rate * mean_down(process, rates))).sum()) > MOST:
        raise OverflowError(f"'{name}' is to strike more than {MOST:,} times")
    found: list[Arrival] = []
    for target, nth, at, (down, passing) in _strikes(ids, rate, own, end, process, rates):
        params = _parameters(process, target, nth, own, rates)
        found.append(Arrival(name, target, at, down, passing, params))
    return sorted(found, key=lambda one: (one.at, one.target))


def _strikes(
    ids: list[str], rate: Floats, key: Key, end: Millis, process: Process, rates: Rates
) -> Iterator[tuple[str, int, Millis, tuple[Millis, bool]]]:
    """Yield which object fails for the how manieth time, when, and for how long."""
    waits = Waits(ids, key)
    left = np.flatnonzero(rate > 0.0)
    now = np.zeros(len(ids))
    nth = 0
    while len(left):
        now[left] += waits.of(left, nth) / rate[left]
        left = left[now[left] < end]
        for row in left.tolist():
            at, lasts = int(now[row]), _down(process, ids[row], nth, key, rates)
            yield ids[row], nth, at, lasts
            now[row] = at + lasts[0]
        nth += 1


class Waits:
    """Standard exponential waits of objects, by name: 53 bits from hashes of 64."""

    def __init__(self, ids: list[str], key: Key) -> None:
        digest = b"".join(blake2b(one.encode(), digest_size=8).digest() for one in ids)
        self._halves = np.frombuffer(digest, dtype=np.uint32).reshape(-1, 2)
        self._keys = [(key.word(f"{half}/0"), key.word(f"{half}/1")) for half in ("high", "low")]

    def of(self, rows: Ints, nth: int) -> Floats:
        """Return the wait of each object for its `nth` failure, in mean times between failures."""
        first, second = (np.ascontiguousarray(half) for half in self._halves[rows].T)
        high, low = (
            noise.bits(one, first, nth) ^ noise.bits(other, second, nth)
            for one, other in self._keys
        )
        whole = high.astype(np.float64) * 2.0**21 + (low >> np.uint32(11)).astype(np.float64)
        return np.asarray(-np.log1p(-(whole + 0.5) * 2.0**-53), dtype=np.float64)


def _down(process: Process, target: str, nth: int, key: Key, rates: Rates) -> tuple[Millis, bool]:
    """Return how long a failure lasts, and whether it is over by itself after that."""
    stream = key.stream(f"down/{target}/{nth}")
    passing = bool(stream.random() < process.passing)
    law = rates.durations[process.passes if passing else process.mended].timing()
    return max(1, law.draw(stream)), passing


def _parameters(
    process: Process, target: str, nth: int, key: Key, rates: Rates
) -> dict[str, float]:
    """Return the parameters that a process draws for a failure, within the limits of its kind."""
    params = {}
    for drawn in sorted(process.draws):
        limits = process.fault.parameters[drawn]
        value = rates.corruption.draw(key.stream(f"parameters/{target}/{nth}/{drawn}"))
        params[drawn] = min(max(value, limits.low), limits.high)
    return params


@dataclass(frozen=True, slots=True)
class Expected:
    """What a process is expected to bring in a stretch of time, before any seed.

    Attributes:
        process: Its name.
        kind: Its fault kind.
        objects: How many objects it may strike.
        arrivals: Failures.
        passing: Those of them that are over by themselves.
        concurrent: Faults that are open at a time, if repaired as published (Little's law).
        shared: Failures that strike more links than one.
    """

    process: str
    kind: str
    objects: int
    arrivals: float
    passing: float
    concurrent: float
    shared: float


def expected(network: Network, name: str, rates: Rates, span: Millis, scale: float) -> Expected:
    """Return what a process is expected to bring within a stretch of time.

    An object that is down does not fail: of a time T it has T / (up + down) failures, and is down
    for down / (up + down) of it.
    """
    process = rates.processes[name]
    struck = population(network, process)
    down = mean_down(process, rates)
    rate = mean_rate(process, scale) * struck.weight
    each = span * rate / (1.0 + rate * down)
    total = float(each.sum())
    shared = float(each[_links(network, struck) > 1].sum())
    return Expected(
        name, process.kind, len(struck.rows), total, total * process.passing,
        total * down / span, shared,
    )  # fmt: skip


def lasting_part(row: Expected, rates: Rates) -> Expected:
    """Return what is left of an expectation without what is over by itself."""
    process = rates.processes[row.process]
    left = 1.0 - process.passing
    passing = process.passing * rates.durations[process.passes].timing().mean()
    return replace(
        row,
        arrivals=row.arrivals * left,
        passing=0.0,
        concurrent=row.concurrent * (1.0 - passing / mean_down(process, rates)),
        shared=row.shared * left,
    )


def mean_down(process: Process, rates: Rates) -> float:
    """Return how long a failure of a process lasts in the mean, ms."""
    passing: Timing = rates.durations[process.passes].timing()
    mended: Timing = rates.durations[process.mended].timing()
    return process.passing * passing.mean() + (1.0 - process.passing) * mended.mean()


def _links(network: Network, struck: Population) -> Ints:
    """Return how many links each object of a population takes along."""
    names: Names = names_of(network, struck.table)
    ones = np.ones(len(names), dtype=np.int64)
    ends = np.concatenate([network.link_a, network.link_z])
    per_element = np.bincount(ends, minlength=len(network.elements))
    if struck.table == "duct":
        pairs = np.unique(np.column_stack([network.ride_duct, network.ride_link]), axis=0)
        ones = np.bincount(pairs[:, 0], minlength=len(names))
    elif struck.table == "element":
        ones = per_element
    elif struck.table == "card":
        carded = network.port_card[network.port_card >= 0]
        ones = np.bincount(carded, minlength=len(names))
    elif struck.table == "feed":
        ones = np.bincount(
            network.fed_feed, weights=per_element[network.fed_element], minlength=len(names)
        ).astype(np.int64)
    return np.asarray(ones[struck.rows], dtype=np.int64)
