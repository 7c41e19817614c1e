"""The network as recorded: what operations were told is out there, right or wrong."""

from __future__ import annotations

from dataclasses import dataclass

from adn.topology.elements import NetworkRows


@dataclass(frozen=True, slots=True)
class Inventory:
    """Recorded rows, and the element where the operations systems attach.

    The records may miss entries, hold extra ones, and have links that end elsewhere than in
    reality or bear another name; `adn.topology.recording` makes them so on purpose.
    """

    rows: NetworkRows
    management: str
