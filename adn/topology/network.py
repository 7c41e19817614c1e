"""A network in columns: what twin, loop and physics compute on.

Rows of every table are sorted by id, so set order cannot leak in. Direction rows come in pairs:
link *i* sends a→z in row 2i and z→a in row 2i+1. Arrays own their memory and are read-only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from adn.topology.elements import NetworkRows, direction_ids
from adn.topology.senders import Senders

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Names:
    """The ids of a table, both ways: row → id and id → row."""

    __slots__ = ("_rows", "ids")

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids: tuple[str, ...] = tuple(ids)
        self._rows = {name: row for row, name in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __getitem__(self, row: int) -> str:
        return self.ids[row]

    def row(self, name: str) -> int:
        """Return the row of `name`.

        Raises:
            KeyError: There is no such name.
        """
        return self._rows[name]

    def rows(self, names: Iterable[str]) -> Ints:
        """Return the rows of `names`, in their order."""
        return np.array([self._rows[name] for name in names], dtype=np.int64)

    def find(self, names: Iterable[str]) -> Ints:
        """Return the rows of `names`, in their order, -1 for those that there are not."""
        return np.array([self._rows.get(name, -1) for name in names], dtype=np.int64)


def frozen(values: Sequence[Any] | npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array that owns its memory and cannot be written."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


@dataclass(frozen=True)
class Network:
    """Sites, elements, ducts, links, directions and services, in columns.

    Build one with `NetworkBuilder` or `Network.from_rows`; both check. With L links, directions
    have 2L rows; `link_a`, `tail` and the like hold row numbers of the element table.

    Attributes:
        rows: The same network as rows, sorted.
        elements: Element ids.
        ducts: Duct ids.
        links: Link ids.
        directions: Direction ids.
        services: Service ids.
        link_a: Element row of each link's a end, shape (L,).
        link_z: Element row of each link's z end, shape (L,).
        capacity_bps: Line rate, bit/s, shape (L,).
        length_km: Fibre length, km, shape (L,).
        cost: Interior-gateway metric, shape (L,).
        tail: Element row that sends in each direction, shape (2L,).
        head: Element row that receives in each direction, shape (2L,).
        ride_link: Link rows of the (link, duct) incidence, shape (R,).
        ride_duct: Duct rows of the (link, duct) incidence, shape (R,).
        service_a: Element row where each service enters, shape (S,).
        service_z: Element row where each service leaves, shape (S,).
        demand_bps: Contracted peak, bit/s, shape (S,).
        latency_limit_ms: SLA limit, ms, shape (S,).
        loss_limit: SLA limit, 0..1, shape (S,).
        flow_groups: Shape (S,).
        elastic: Whether a service may be slowed at the edge, shape (S,).
        customers: Shape (S,).
        feeds: Power feed ids.
        cards: Line card ids.
        transit: Whether each element forwards traffic of others, shape (n,).
        card_element: Element row of each card, shape (C,).
        port_card: Card row of the port that sends in each direction, -1 where none, shape (2L,).
        fed_element: Element rows of the (element, feed) incidence, shape (P,).
        fed_feed: Feed rows of the (element, feed) incidence, shape (P,).
    """

    rows: NetworkRows
    elements: Names
    ducts: Names
    links: Names
    directions: Names
    services: Names
    link_a: Ints
    link_z: Ints
    capacity_bps: Floats
    length_km: Floats
    cost: Ints
    tail: Ints
    head: Ints
    ride_link: Ints
    ride_duct: Ints
    service_a: Ints
    service_z: Ints
    demand_bps: Floats
    latency_limit_ms: Floats
    loss_limit: Floats
    flow_groups: Ints
    elastic: Bools
    customers: Ints
    feeds: Names
    cards: Names
    transit: Bools
    card_element: Ints
    port_card: Ints
    fed_element: Ints
    fed_feed: Ints

    @classmethod
    def from_rows(cls, rows: NetworkRows) -> Network:
        """Return the columns of rows that are known to be sound (see `NetworkBuilder`)."""
        rows = NetworkRows(
            name=rows.name,
            sites=tuple(sorted(rows.sites, key=lambda row: row.id)),
            elements=tuple(sorted(rows.elements, key=lambda row: row.id)),
            ducts=tuple(sorted(rows.ducts, key=lambda row: row.id)),
            links=tuple(sorted(rows.links, key=lambda row: row.id)),
            services=tuple(sorted(rows.services, key=lambda row: row.id)),
            feeds=tuple(sorted(rows.feeds, key=lambda row: row.id)),
            cards=tuple(sorted(rows.cards, key=lambda row: row.id)),
            protections=tuple(sorted(rows.protections, key=lambda row: row.link)),
            assumptions=rows.assumptions,
        )
        elements = Names(row.id for row in rows.elements)
        ducts = Names(row.id for row in rows.ducts)
        links, services = rows.links, rows.services
        link_a = elements.rows(row.a for row in links)
        link_z = elements.rows(row.z for row in links)
        feeds, cards = Names(row.id for row in rows.feeds), Names(row.id for row in rows.cards)
        ports = [name for row in links for name in (row.card_a, row.card_z)]
        fed = [(i, feeds.row(name)) for i, row in enumerate(rows.elements) for name in row.feeds]
        rides = [(i, ducts.row(name)) for i, row in enumerate(links) for name in row.ducts]
        return cls(
            rows=rows,
            elements=elements,
            ducts=ducts,
            links=Names(row.id for row in links),
            directions=Names(name for row in links for name in direction_ids(row.id, row.a, row.z)),
            services=Names(row.id for row in services),
            link_a=frozen(link_a, np.int64),
            link_z=frozen(link_z, np.int64),
            capacity_bps=frozen([row.capacity_bps for row in links], np.float64),
            length_km=frozen([row.length_km for row in links], np.float64),
            cost=frozen([row.cost for row in links], np.int64),
            tail=frozen(np.column_stack([link_a, link_z]).ravel(), np.int64),
            head=frozen(np.column_stack([link_z, link_a]).ravel(), np.int64),
            ride_link=frozen([link for link, _ in rides], np.int64),
            ride_duct=frozen([duct for _, duct in rides], np.int64),
            service_a=frozen(elements.rows(row.a for row in services), np.int64),
            service_z=frozen(elements.rows(row.z for row in services), np.int64),
            demand_bps=frozen([row.demand_bps for row in services], np.float64),
            latency_limit_ms=frozen([row.sla.latency_ms for row in services], np.float64),
            loss_limit=frozen([row.sla.loss for row in services], np.float64),
            flow_groups=frozen([row.flow_groups for row in services], np.int64),
            elastic=frozen([row.elastic for row in services], np.bool_),
            customers=frozen([row.customers for row in services], np.int64),
            feeds=feeds,
            cards=cards,
            transit=frozen([row.transit for row in rows.elements], np.bool_),
            card_element=frozen(elements.rows(row.element for row in rows.cards), np.int64),
            port_card=frozen([cards.row(name) if name else -1 for name in ports], np.int64),
            fed_element=frozen([element for element, _ in fed], np.int64),
            fed_feed=frozen([feed for _, feed in fed], np.int64),
        )

    @property
    def name(self) -> str:
        """The network's name."""
        return self.rows.name

    def links_in_duct(self, duct: str) -> tuple[str, ...]:
        """Return the ids of the links that ride in a duct, sorted.

        Raises:
            KeyError: There is no such duct.
        """
        held = self.ride_link[self.ride_duct == self.ducts.row(duct)]
        return tuple(self.links[int(row)] for row in np.unique(held))

    def links_of(self, element: str) -> tuple[str, ...]:
        """Return the ids of the links that end at an element, sorted.

        Raises:
            KeyError: There is no such element.
        """
        row = self.elements.row(element)
        held = np.flatnonzero((self.link_a == row) | (self.link_z == row))
        return tuple(self.links[int(link)] for link in held)

    def links_on_card(self, card: str) -> tuple[str, ...]:
        """Return the ids of the links with a port on a line card, sorted.

        Raises:
            KeyError: There is no such card.
        """
        held = np.flatnonzero(self.port_card == self.cards.row(card)) // 2
        return tuple(self.links[int(row)] for row in np.unique(held))

    def elements_on_feed(self, feed: str) -> tuple[str, ...]:
        """Return the ids of the elements corded to a power feed, sorted.

        Raises:
            KeyError: There is no such feed.
        """
        held = self.fed_element[self.fed_feed == self.feeds.row(feed)]
        return tuple(self.elements[int(row)] for row in np.unique(held))

    def link_of(self, direction: str) -> str:
        """Return the link a direction belongs to.

        Raises:
            KeyError: There is no such direction.
        """
        return self.links[self.directions.row(direction) // 2]

    @cached_property
    def senders(self) -> Senders:
        """How the services are sent, in columns."""
        return Senders.of(self.rows)

    @cached_property
    def graph(self) -> Any:
        """The network as people see it: a networkx multigraph, nodes and edges sorted by id."""
        import networkx as nx

        graph: Any = nx.MultiGraph(name=self.name)
        places = {site.id: site for site in self.rows.sites}
        for element in self.rows.elements:
            site = places.get(element.site)
            where = {"latitude": site.latitude, "longitude": site.longitude} if site else {}
            graph.add_node(element.id, kind=element.kind, site=element.site, **where)
        for link in self.rows.links:
            graph.add_edge(
                link.a,
                link.z,
                key=link.id,
                capacity_bps=link.capacity_bps,
                length_km=link.length_km,
                cost=link.cost,
                ducts=list(link.ducts),
            )
        return graph
