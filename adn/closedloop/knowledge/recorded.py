"""The recorded network made fit to compute with.

Entries that cannot be true are kept out. Where ports report that no record knows, or recorded ports
never report, what reports is believed: ports do not invent themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Protocol, TypeVar

from adn.base.keeping import kept
from adn.topology.elements import (
    Card,
    Link,
    NetworkElement,
    NetworkRows,
    Service,
    direction_ids,
)
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


@kept(4)
def sound(rows: NetworkRows) -> Recorded:
    """Return the part of recorded rows that holds together, however wrong the records are."""
    said: list[str] = []
    elements = _first_of_each("element", rows.elements, said)
    ducts = _first_of_each("duct", rows.ducts, said)
    known, buried = {row.id for row in elements}, {row.id for row in ducts}
    feeds = _first_of_each("feed", rows.feeds, said)
    cards = [
        row for row in _first_of_each("card", rows.cards, said) if _card_holds(row, known, said)
    ]
    wired, slots = {row.id for row in feeds}, {row.id: row.element for row in cards}
    elements = [_without_unknown_feeds(row, wired, said) for row in elements]
    links = [
        _without_unknown_cards(_without_unknown_ducts(row, buried, said), slots, said)
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
            feeds=tuple(feeds),
            cards=tuple(cards),
        )
    )
    return Recorded(network, tuple(sorted(said)))


def reconciled(rows: NetworkRows, reporting: Sequence[str]) -> tuple[NetworkRows, tuple[str, ...]]:
    """Return recorded rows corrected by which directions report, and what was corrected.

    A recorded link of which neither direction reports is taken out; directions that report without
    a record make a link, with what the records say under its name, else with the medians of all
    others. Where most links are named by their ends, ``a~z``, those that are not get that name.

    Args:
        rows: The network as recorded.
        reporting: Direction ids as the ports themselves give them; empty if that is not known.
    """
    if not reporting:
        return rows, ()
    heard, said = set(reporting), list[str]()
    kept: dict[str, Link] = {}
    covered: set[str] = set()
    usual = 2 * sum(_by_convention(row) == row.id for row in rows.links) > len(rows.links)
    for row in rows.links:
        ways = direction_ids(row.id, row.a, row.z)
        if not heard.intersection(ways):
            said.append(f"link {row.id} is recorded, but neither of its ends reports")
            continue
        name = _by_convention(row) if usual else row.id
        if name != row.id:
            said.append(f"link {row.id} is called {name} by its ends")
        kept[name] = replace(row, id=name)
        covered.update(ways)
    recorded = {row.id: row for row in rows.links}
    for way in sorted(heard - covered):
        found = _from_direction(way, heard, recorded, rows.links)
        if found is not None and found.id not in kept:
            kept[found.id] = found
            said.append(f"link {found.id} reports, but is not recorded so")
    known = {row.id for row in rows.elements}
    ends = {end for row in kept.values() for end in (row.a, row.z)}
    elements = (*rows.elements, *(NetworkElement(name) for name in sorted(ends - known)))
    links = tuple(kept[name] for name in sorted(kept))
    return replace(rows, links=links, elements=elements), tuple(sorted(said))


def _by_convention(row: Link) -> str:
    """Return the name of a link that its ends imply, either way round, keeping its number."""
    _, mark, number = row.id.partition("#")
    if row.id == f"{row.z}~{row.a}{mark}{number}":
        return row.id
    return f"{row.a}~{row.z}{mark}{number}"


def _from_direction(
    way: str, heard: set[str], recorded: dict[str, Link], others: Sequence[Link]
) -> Link | None:
    """Return the link that a reporting direction and its reverse imply."""
    plain, mark, number = way.partition("#")
    tail, sign, head = plain.partition(">")
    if not sign or not tail or not head or f"{head}>{tail}{mark}{number}" not in heard:
        return None
    for a, z in ((tail, head), (head, tail)):
        like = recorded.get(f"{a}~{z}{mark}{number}")
        if like is not None:
            return replace(like, a=a, z=z)
    if not others:
        return None
    a, z = sorted((tail, head))
    return Link(
        id=f"{a}~{z}{mark}{number}",
        a=a,
        z=z,
        capacity_bps=median(row.capacity_bps for row in others),
        length_km=median(row.length_km for row in others),
        cost=round(median(row.cost for row in others)),
    )


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


def _card_holds(row: Card, known: set[str], said: list[str]) -> bool:
    if row.element not in known:
        said.append(f"card {row.id} sits in {row.element}, which is not recorded")
    return row.element in known


def _without_unknown_feeds(row: NetworkElement, wired: set[str], said: list[str]) -> NetworkElement:
    missing = [feed for feed in row.feeds if feed not in wired]
    if not missing:
        return row
    said.append(f"element {row.id} is fed by {', '.join(missing)}, which is not recorded")
    return replace(row, feeds=tuple(feed for feed in row.feeds if feed in wired))


def _without_unknown_cards(row: Link, slots: dict[str, str], said: list[str]) -> Link:
    """Return a link whose ports sit on cards of its own ends, or on none."""
    for end, card, element in (("card_a", row.card_a, row.a), ("card_z", row.card_z, row.z)):
        if card and slots.get(card) != element:
            said.append(f"link {row.id} has a port on {card}, which is no card of {element}")
            row = replace(row, card_a="") if end == "card_a" else replace(row, card_z="")
    return row


def _service_holds(row: Service, known: set[str], said: list[str]) -> bool:
    missing = sorted({row.a, row.z} - known)
    if missing:
        said.append(f"service {row.id} ends at {', '.join(missing)}, which is not recorded")
    return not missing
