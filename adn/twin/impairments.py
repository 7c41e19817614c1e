"""Condition = healthy baseline + active impairments; nothing is ever undone by an inverse.

Impairments compose in a fixed order (set, then scale, then add), so the order in which they come
and go cannot matter: removing one gives exactly the condition without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from adn.topology.network import Floats, Names, Network
from adn.twin.properties import PROPERTIES, Part, Table


@dataclass(frozen=True, slots=True)
class Impairment:
    """One change of one condition on one object.

    Attributes:
        id: Unique name; ends in the strength step for ramps.
        owner: The fault, command or disturbance behind it.
        property: Key of `PROPERTIES`.
        object: Id of the object, in the property's table.
        op: How the value combines with the condition.
        value: In the property's unit.
        part: The part that bears it.
    """

    id: str
    owner: str
    property: str
    object: str
    op: Literal["set", "add", "scale"]
    value: float
    part: Part


def names_of(network: Network, table: Table) -> Names:
    """Return the ids of a condition table."""
    names: dict[Table, Names] = {
        "duct": network.ducts,
        "link": network.links,
        "direction": network.directions,
        "element": network.elements,
        "card": network.cards,
        "feed": network.feeds,
    }
    return names[table]


class Overlay:
    """The active impairments over a network, and the condition they give."""

    def __init__(self, network: Network, impairments: Iterable[Impairment] = ()) -> None:
        self._network = network
        self._active: dict[str, Impairment] = {row.id: row for row in impairments}

    @property
    def active(self) -> tuple[Impairment, ...]:
        """The active impairments, by id."""
        return tuple(self._active[name] for name in sorted(self._active))

    def add(self, impairment: Impairment) -> None:
        """Make an impairment active; one of the same id is replaced."""
        self._active[impairment.id] = impairment

    def remove(self, name: str) -> bool:
        """End an impairment; return whether it was active."""
        return self._active.pop(name, None) is not None

    def without(self, owner: str) -> Overlay:
        """Return the overlay as it would be had `owner` never been."""
        return Overlay(self._network, (row for row in self.active if row.owner != owner))

    def column(self, key: str) -> Floats:
        """Return the condition column `key`: baseline, then set, scale and add, within limits.

        Where several set the same row, the worst wins: the one farthest from the healthy value,
        and of two equally far the larger.
        """
        prop = PROPERTIES[key]
        names = names_of(self._network, prop.table)
        values = np.full(len(names), prop.healthy)
        here = [row for row in self._active.values() if row.property == key]
        if not here:
            return values
        here.sort(key=lambda row: row.id)
        rows = {row.id: names.row(row.object) for row in here}
        strongest: dict[int, tuple[float, float]] = {}
        for row in here:
            if row.op == "set":
                rank = (abs(row.value - prop.healthy), row.value)
                strongest[rows[row.id]] = max(rank, strongest.get(rows[row.id], (-1.0, 0.0)))
        for at, (_, value) in strongest.items():
            values[at] = value
        for row in here:
            if row.op == "scale":
                values[rows[row.id]] *= row.value
        for row in here:
            if row.op == "add":
                values[rows[row.id]] += row.value
        clipped: Floats = np.clip(values, prop.low, prop.high)
        return clipped
