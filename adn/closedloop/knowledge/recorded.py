"""The recorded network made fit to compute with: entries that cannot be true are kept out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from adn.topology.elements import Link, NetworkRows, Service
from adn.topology.network import Network


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sound network, and in words what was kept out of it.

    Attributes:
        network: Columns of everything that holds together.
        kept_out: One sentence for each entry that does not, sorted.
    """

    network: Network
    kept_out: tuple[str, ...]


def sound(rows: NetworkRows) -> Recorded:
    """Return the part of recorded rows that holds together, however wrong the records are."""
    said: list[str] = []
    elements = _first_of_each("element", rows.elements, said)
    ducts = _first_of_each("duct", rows.ducts, said)
    known, buried = {row.id for row in elements}, {row.id for row in ducts}
    links = [
        _without_unknown_ducts(row, buried, said)
        for row in _first_of_each("link", rows.links, said)
        if _link_holds(row, known, said)
    ]
    services = [
        row
        for row in _first_of_each("service", rows.services, said)
        if _service_holds(row, known, said)
    ]
    network = Network.from_rows(
        NetworkRows(
            name=rows.name,
            sites=tuple(_first_of_each("site", rows.sites, said)),
            elements=tuple(elements),
            ducts=tuple(ducts),
            links=tuple(links),
            services=tuple(services),
        )
    )
    return Recorded(network, tuple(sorted(said)))


def _first_of_each(kind: str, rows: Iterable[Row], said: list[str]) -> list[Row]:
    """Return the first row of each id, in order."""
    kept: dict[str, Row] = {}
    for row in rows:
        if row.id in kept:
            said.append(f"{kind} {row.id} is recorded twice; the first is kept")
        else:
            kept[row.id] = row
    return list(kept.values())


def _link_holds(row: Link, known: set[str], said: list[str]) -> bool:
    missing = sorted({row.a, row.z} - known)
    if missing:
        said.append(f"link {row.id} ends at {', '.join(missing)}, which is not recorded")
    if row.a == row.z:
        said.append(f"link {row.id} begins and ends at {row.a}")
    usable = row.capacity_bps > 0 and row.cost > 0
    if not usable:
        said.append(f"link {row.id} has no capacity or no metric")
    return not missing and row.a != row.z and usable


def _without_unknown_ducts(row: Link, buried: set[str], said: list[str]) -> Link:
    missing = [duct for duct in row.ducts if duct not in buried]
    if not missing:
        return row
    said.append(f"link {row.id} rides on {', '.join(missing)}, which is not recorded")
    return replace(row, ducts=tuple(duct for duct in row.ducts if duct in buried))


def _service_holds(row: Service, known: set[str], said: list[str]) -> bool:
    missing = sorted({row.a, row.z} - known)
    if missing:
        said.append(f"service {row.id} ends at {', '.join(missing)}, which is not recorded")
    return not missing
