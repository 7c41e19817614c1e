"""Work on the network, and what goes wrong meanwhile: faults that a change causes.

A fault is conditioned on an explicit piece of work: it strikes while that is in progress, and what
it strikes stands beside what is worked on (at a neighbour, off the object that is out), for the
wrong port or the wrong box is the next one. Works of an element are a Poisson process over the
hours of the night in which work is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from adn.base.clock import DAY, HOUR, Millis
from adn.base.streams import Key
from adn.faults.kinds import FaultKind, TargetType
from adn.faults.processes import Waits, elements_of
from adn.faults.rates import YEAR, MaintenanceProcess
from adn.topology.network import Bools, Network
from adn.twin.impairments import names_of


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work on one element.

    Attributes:
        element: Its id.
        nth: The how manieth on this element, from 0.
        at: When the element goes out of service, simulated ms.
        span: For how long.
    """

    element: str
    nth: int
    at: Millis
    span: Millis


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault that some work causes."""

    kind: FaultKind
    target: str
    at: Millis


def works(
    network: Network,
    process: MaintenanceProcess,
    key: Key,
    starts: Millis,
    end: Millis,
    scale: float = 1.0,
) -> list[Work]:
    """Return the works of a maintenance process before `end`, by time and element.

    Args:
        network: Where.
        process: How often, when and for how long.
        key: What everything is drawn from.
        starts: Time of day at 0, ms after midnight.
        end: Until when, simulated ms from 0.
        scale: Factor on how often.
    """
    chosen = elements_of(network, process.of)
    ids = [name for name, one in zip(network.elements.ids, chosen, strict=True) if one]
    often = scale * process.rate
    if not often:
        return []
    first, last = (hour * HOUR for hour in process.hours)
    night, law, waits = last - first, process.lasts.timing(), Waits(ids, key)
    mean = YEAR * night / DAY / often
    spent, left, nth = np.zeros(len(ids)), np.arange(len(ids)), 0
    found: list[Work] = []
    while len(left):
        spent[left] += waits.of(left, nth) * mean
        # Hours of night, told from the midnight before the run, become hours of the run.
        at = spent[left] // night * DAY + first + spent[left] % night - starts
        for row, when in zip(left.tolist(), at.tolist(), strict=True):
            if 0 <= when < end:
                span = law.draw(key.stream(f"lasts/{ids[row]}/{nth}"))
                found.append(Work(ids[row], nth, int(when), max(1, span)))
        left, nth = left[at < end], nth + 1
    return sorted(found, key=lambda one: (one.at, one.element))


def expected_works(
    network: Network, process: MaintenanceProcess, span: Millis, scale: float = 1.0
) -> float:
    """Return how many works are expected in a stretch of whole days."""
    return scale * process.rate * float(elements_of(network, process.of).sum()) * span / YEAR


def mishap(
    network: Network,
    touched: Iterable[str],
    at: Millis,
    span: Millis,
    chance: float,
    weights: Mapping[str, float],
    kinds: Mapping[str, FaultKind],
    stream: np.random.Generator,
) -> Mishap | None:
    """Return what goes wrong during some work, if anything does and there is anything beside it.

    Args:
        network: Where.
        touched: Ids of the elements that the work touches.
        at: When it begins, simulated ms.
        span: How long it takes, ms.
        chance: That something goes wrong.
        weights: What may break, by the name of its kind, and how likely it is among them.
        kinds: These kinds.
        stream: What draws; always as much, so that a chance changes nothing but whether.
    """
    strikes, which, where, when = stream.random(4)
    if strikes >= chance:
        return None
    names, parts = zip(*sorted(weights.items()), strict=True)
    shares = np.cumsum(parts) / np.sum(parts)
    row = min(int(np.searchsorted(shares, which, side="right")), len(names) - 1)
    kind = kinds[names[row]]
    targets = beside(network, kind, touched)
    if not targets:
        return None
    return Mishap(kind, targets[int(where * len(targets))], at + int(when * span))


def beside(network: Network, kind: FaultKind, touched: Iterable[str]) -> tuple[str, ...]:
    """Return the objects that a kind strikes next to some elements, but not at them.

    They are at neighbours of the elements where there are any, else anywhere but there.
    """
    n = len(network.elements)
    worked = np.zeros(n, dtype=bool)
    worked[network.elements.rows(sorted(touched))] = True
    near = np.zeros(n, dtype=bool)
    for here, there in ((network.link_a, network.link_z), (network.link_z, network.link_a)):
        near[there[worked[here]]] = True
    near &= ~worked & network.transit
    names = names_of(network, kind.target)
    for chosen in (near, ~worked & network.transit):
        rows = np.flatnonzero(_at(network, kind, chosen) & ~_at(network, kind, worked))
        if len(rows):
            return tuple(names[int(row)] for row in rows)
    return ()


def elements_at(network: Network, table: TargetType, name: str) -> tuple[str, ...]:
    """Return the elements that work on an object touches, sorted."""
    if table == "element":
        return (name,)
    if table == "card":
        return (network.elements[int(network.card_element[network.cards.row(name)])],)
    if table == "feed":
        return network.elements_on_feed(name)
    if table == "duct":
        links = network.links_in_duct(name)
    else:
        links = (name if table == "link" else network.link_of(name),)
    rows = network.links.rows(links)
    ends = np.unique(np.concatenate([network.link_a[rows], network.link_z[rows]]))
    return tuple(network.elements[int(row)] for row in ends)


def _at(network: Network, kind: FaultKind, elements: Bools) -> Bools:
    """Return which objects of a kind's table are at some elements; a direction is at both ends."""
    linked = elements[network.link_a] | elements[network.link_z]
    if kind.target == "element":
        return elements
    if kind.target == "link":
        return linked
    if kind.target == "direction":
        return np.repeat(linked, 2)
    if kind.target == "card":
        return elements[network.card_element]
    table, ride, at = (
        (network.ducts, network.ride_duct, linked[network.ride_link])
        if kind.target == "duct"
        else (network.feeds, network.fed_feed, elements[network.fed_element])
    )
    found = np.zeros(len(table), dtype=bool)
    found[ride[at]] = True
    return found
