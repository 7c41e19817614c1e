"""The checked way to make a `Network`: add rows in any order, then build or hear what is wrong.

Nothing is refused before `build`, so one run names every mistake. `Network` sorts the rows, so the
order in which they were added cannot be seen afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Self

from adn.base.errors import Finding, TopologyError
from adn.topology.elements import (
    Assumption,
    Card,
    Duct,
    Link,
    NetworkElement,
    NetworkRows,
    PowerFeed,
    Protection,
    Service,
    Site,
    direction_ids,
)
from adn.topology.naming import closest
from adn.topology.network import Network
from adn.topology.protecting import protection_findings

MIN_FLOW_GROUPS, MAX_FLOW_GROUPS = 1, 64

# Ids are joined with these signs into ids of links, directions and services.
_ELEMENT_ID = re.compile(r"[^\s~>#\x00-\x1f\x7f]+")
_ANY_ID = re.compile(r"[^\s\x00-\x1f\x7f]+")


class NetworkBuilder:
    """Collects rows and makes a `Network` of them.

    >>> builder = NetworkBuilder("pair").add_element("A").add_element("B")
    >>> builder.add_link(Link("A~B", "A", "B", 1e9, 10.0)).build().directions.ids
    ('A>B', 'B>A')
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._sites: list[Site] = []
        self._elements: list[NetworkElement] = []
        self._ducts: list[Duct] = []
        self._links: list[Link] = []
        self._services: list[Service] = []
        self._feeds: list[PowerFeed] = []
        self._cards: list[Card] = []
        self._protections: list[Protection] = []
        self._assumptions: list[Assumption] = []

    @classmethod
    def from_rows(cls, rows: NetworkRows) -> Self:
        """Return a builder that holds `rows`, unchecked as yet."""
        builder = cls(rows.name)
        builder._sites.extend(rows.sites)
        builder._elements.extend(rows.elements)
        builder._ducts.extend(rows.ducts)
        builder._links.extend(rows.links)
        builder._services.extend(rows.services)
        builder._feeds.extend(rows.feeds)
        builder._cards.extend(rows.cards)
        builder._protections.extend(rows.protections)
        builder._assumptions.extend(rows.assumptions)
        return builder

    def add_site(self, site: Site | str) -> Self:
        """Add a site, or one without coordinates by its id."""
        self._sites.append(Site(site) if isinstance(site, str) else site)
        return self

    def add_element(self, element: NetworkElement | str) -> Self:
        """Add an element, or a router by its id."""
        row = NetworkElement(element) if isinstance(element, str) else element
        self._elements.append(row)
        return self

    def add_duct(self, duct: Duct) -> Self:
        """Add a duct."""
        self._ducts.append(duct)
        return self

    def add_link(self, link: Link) -> Self:
        """Add a link."""
        self._links.append(link)
        return self

    def add_service(self, service: Service) -> Self:
        """Add a service."""
        self._services.append(service)
        return self

    def add_feed(self, feed: PowerFeed) -> Self:
        """Add a power feed."""
        self._feeds.append(feed)
        return self

    def add_card(self, card: Card) -> Self:
        """Add a line card."""
        self._cards.append(card)
        return self

    def add_protection(self, protection: Protection) -> Self:
        """Say what carries a link when its own fibre fails."""
        self._protections.append(protection)
        return self

    def add_assumption(self, assumption: Assumption) -> Self:
        """Say which values a rule has filled."""
        self._assumptions.append(assumption)
        return self

    def rows(self) -> NetworkRows:
        """Return what was added, in the order it was added, unchecked."""
        return NetworkRows(
            name=self.name,
            sites=tuple(self._sites),
            elements=tuple(self._elements),
            ducts=tuple(self._ducts),
            links=tuple(self._links),
            services=tuple(self._services),
            feeds=tuple(self._feeds),
            cards=tuple(self._cards),
            protections=tuple(self._protections),
            assumptions=tuple(self._assumptions),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return everything that forbids building, in a fixed order; empty if all is well."""
        return tuple(_findings(self.rows()))

    def build(self) -> Network:
        """Return the network.

        Raises:
            TopologyError: Something is wrong; it carries every finding at once.
        """
        if found := self.findings():
            raise TopologyError(found)
        return Network.from_rows(self.rows())


def _findings(rows: NetworkRows) -> Iterator[Finding]:
    if not rows.elements:
        yield Finding("TOP012", f"network '{rows.name}' has no elements; it needs at least one")
    yield from _identities("site", (row.id for row in rows.sites))
    yield from _identities("element", (row.id for row in rows.elements), _ELEMENT_ID)
    yield from _identities("duct", (row.id for row in rows.ducts))
    yield from _identities("link", (row.id for row in rows.links))
    yield from _identities("service", (row.id for row in rows.services))
    yield from _identities("feed", (row.id for row in rows.feeds))
    yield from _identities("card", (row.id for row in rows.cards))
    sites = {row.id for row in rows.sites}
    elements = {row.id for row in rows.elements}
    ducts = {row.id for row in rows.ducts}
    yield from _supply_findings(rows, sites)
    owners = {row.id: row.element for row in rows.cards}
    for card in sorted(rows.cards, key=lambda row: row.id):
        if card.element not in elements:
            yield Finding(
                "TOP016",
                f"card '{card.id}' is in element '{card.element}', which does not exist",
                hint=closest(card.element, elements),
            )
    for duct in sorted(rows.ducts, key=lambda row: row.id):
        yield from _positive(f"duct '{duct.id}'", "length_km", duct.length_km)
    for link in sorted(rows.links, key=lambda row: row.id):
        yield from _link_findings(link, elements, ducts)
        yield from _port_findings(link, owners)
    yield from _direction_findings(rows.links)
    yield from protection_findings(rows)
    for service in sorted(rows.services, key=lambda row: row.id):
        yield from _service_findings(service, elements)


def _supply_findings(rows: NetworkRows, sites: set[str]) -> Iterator[Finding]:
    """Where elements and feeds stand, and which feeds elements are corded to."""
    feeds = {row.id for row in rows.feeds}
    standing = sorted(("element", row.id, row.site) for row in rows.elements)
    standing += sorted(("feed", row.id, row.site) for row in rows.feeds)
    for what, name, site in standing:
        if site and site not in sites:
            yield Finding(
                "TOP010",
                f"{what} '{name}' stands at site '{site}', which does not exist",
                hint=closest(site, sites),
            )
    for element in sorted(rows.elements, key=lambda row: row.id):
        for feed, count in sorted(Counter(element.feeds).items()):
            if feed not in feeds:
                yield Finding(
                    "TOP015",
                    f"element '{element.id}' is corded to feed '{feed}', which does not exist",
                    hint=closest(feed, feeds),
                )
            if count > 1:
                yield Finding(
                    "TOP014",
                    f"element '{element.id}' lists feed '{feed}' {count} times; once is enough",
                )


def _port_findings(link: Link, owners: dict[str, str]) -> Iterator[Finding]:
    """Whether the cards of a link's ports exist, and are in the elements it ends at."""
    for end, name, card in (("a", link.a, link.card_a), ("z", link.z, link.card_z)):
        if not card:
            continue
        if card not in owners:
            yield Finding(
                "TOP016",
                f"link '{link.id}' ends ({end}) on card '{card}', which does not exist",
                hint=closest(card, owners),
            )
        elif owners[card] != name:
            yield Finding(
                "TOP017",
                f"link '{link.id}' ends ({end}) at '{name}', but on card '{card}' of "
                f"'{owners[card]}'",
            )


def _identities(
    table: str, ids: Iterable[str], allowed: re.Pattern[str] = _ANY_ID
) -> Iterator[Finding]:
    for name, count in sorted(Counter(ids).items()):
        if count > 1:
            yield Finding("TOP001", f"{table} id '{name}' is used {count} times; ids are unique")
        if not allowed.fullmatch(name):
            rule = "spaces" if allowed is _ANY_ID else "spaces, '~', '>' or '#'"
            yield Finding("TOP011", f"{table} id '{name}' must be non-empty and without {rule}")


def _link_findings(link: Link, elements: set[str], ducts: set[str]) -> Iterator[Finding]:
    for end, name in (("a", link.a), ("z", link.z)):
        if name not in elements:
            yield Finding(
                "TOP002",
                f"link '{link.id}' ends ({end}) at element '{name}', which does not exist",
                hint=closest(name, elements),
            )
    if link.a == link.z:
        yield Finding("TOP004", f"link '{link.id}' joins '{link.a}' to itself; it needs two ends")
    for duct in link.ducts:
        if duct not in ducts:
            yield Finding(
                "TOP003",
                f"link '{link.id}' rides in duct '{duct}', which does not exist",
                hint=closest(duct, ducts),
            )
    for duct, count in sorted(Counter(link.ducts).items()):
        if count > 1:
            yield Finding(
                "TOP014", f"link '{link.id}' lists duct '{duct}' {count} times; once is enough"
            )
    place = f"link '{link.id}'"
    yield from _positive(place, "capacity_bps", link.capacity_bps)
    yield from _positive(place, "length_km", link.length_km)
    yield from _positive(place, "cost", link.cost)
    if isfinite(link.cost) and link.cost != int(link.cost):
        yield Finding("TOP005", f"{place} has cost {link.cost:g}; it must be a whole number")


def _direction_findings(links: tuple[Link, ...]) -> Iterator[Finding]:
    """Two links with the same ends and mark would share the names of their directions."""
    seen: dict[str, set[str]] = {}
    for link in links:
        for name in direction_ids(link.id, link.a, link.z):
            seen.setdefault(name, set()).add(link.id)
    for name, owners in sorted(seen.items()):
        if len(owners) > 1:
            yield Finding(
                "TOP013",
                f"links {_listed(owners)} both have a direction '{name}'; "
                "mark parallel links with '#2', '#3' …",
            )


def _service_findings(service: Service, elements: set[str]) -> Iterator[Finding]:
    place = f"service '{service.id}'"
    for end, name in (("a", service.a), ("z", service.z)):
        if name not in elements:
            yield Finding(
                "TOP006",
                f"{place} ends ({end}) at element '{name}', which does not exist",
                hint=closest(name, elements),
            )
    if service.a == service.z:
        yield Finding("TOP007", f"{place} goes from '{service.a}' to itself; it needs two ends")
    yield from _positive(place, "demand_bps", service.demand_bps)
    if not (isfinite(service.sla.latency_ms) and service.sla.latency_ms > 0):
        yield Finding(
            "TOP008",
            f"{place} is promised latency {service.sla.latency_ms:g} ms; it must be above 0",
        )
    for what, share in (("loss", service.sla.loss), ("availability", service.sla.availability)):
        if not 0 <= share <= 1:
            yield Finding("TOP008", f"{place} is promised {what} {share:g}; it must be in 0..1")
    if not MIN_FLOW_GROUPS <= service.flow_groups <= MAX_FLOW_GROUPS:
        yield Finding(
            "TOP009",
            f"{place} has {service.flow_groups} flow groups; "
            f"it must have {MIN_FLOW_GROUPS} to {MAX_FLOW_GROUPS}",
        )
    if service.customers < 0:
        yield Finding("TOP005", f"{place} has {service.customers} customers; it cannot be negative")


def _positive(place: str, what: str, value: float) -> Iterator[Finding]:
    if not (isfinite(value) and value > 0):
        yield Finding("TOP005", f"{place} has {what} {value:g}; it must be above 0")


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in sorted(names))
