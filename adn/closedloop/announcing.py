"""Announced maintenance: what operations were told will be worked on, and when.

What is announced is no incident while it lasts: neither the object, nor what goes with it, nor the
services that end on it.
"""

from __future__ import annotations

from typing import Final

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.post import MaintenanceNotice
from adn.topology.network import Network

EARLY: Final[Millis] = 30 * SECOND
LATE: Final[Millis] = 3 * MINUTE
"""By how much work may begin early, and its traces outlast it (assumptions)."""


class Announcements:
    """The notices so far.

    Args:
        network: The network as recorded.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._objects: dict[str, frozenset[str]] = {}
        self.notices: tuple[MaintenanceNotice, ...] = ()

    def add(self, notice: MaintenanceNotice) -> None:
        """Take in a notice; one of the same id replaces it."""
        kept = tuple(one for one in self.notices if one.id != notice.id)
        self.notices = (*kept, notice)
        self._objects[notice.id] = self._with_all(notice.objects)

    def in_force(self, now: Millis) -> tuple[MaintenanceNotice, ...]:
        """Return the notices whose time it is."""
        return tuple(one for one in self.notices if one.start - EARLY <= now <= one.end + LATE)

    def covers(self, name: str, now: Millis) -> bool:
        """Return whether an object is being worked on, or a service ends at what is."""
        return any(name in self._objects[one.id] for one in self.in_force(now))

    def covered(self, name: str, start: Millis, end: Millis) -> bool:
        """Return whether an object was being worked on at any time of a span."""
        return any(
            name in self._objects[one.id]
            for one in self.notices
            if one.start - EARLY <= end and start <= one.end + LATE
        )

    def _with_all(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return objects with their links, directions, cards and the services that end there."""
        network, held = self._network, set(names)
        for name in names:
            if name in network.elements:
                row = network.elements.row(name)
                held.update(network.links_of(name))
                held.update(card.id for card in network.rows.cards if card.element == name)
                held.update(
                    service
                    for service, a, z in zip(
                        network.services.ids, network.service_a, network.service_z, strict=True
                    )
                    if row in (a, z)
                )
            elif name in network.ducts:
                held.update(network.links_in_duct(name))
            elif name in network.cards:
                held.update(network.links_on_card(name))
        for name in sorted(held & frozenset(network.links.ids)):
            row = network.links.row(name)
            held.update(network.directions[2 * row + side] for side in (0, 1))
        return frozenset(held)
