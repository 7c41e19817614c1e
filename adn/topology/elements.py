"""Row types of a network: what one site, element, duct, link or service is.

Words follow the field: a *duct* is what a digger cuts (a shared-risk group), a *link* is an IP
adjacency that rides on the fibres of one or more ducts, a *direction* is one way of a link (its
egress queue at the sending end), a *service* is traffic from one element to another under an SLA.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Transport = Literal["udp", "tcp", "roce"]
"""Inelastic traffic; TCP; a go-back-N transport over Ethernet (RDMA, RoCEv2)."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place; latitude and longitude in degrees, 0 where unknown."""

    id: str
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, slots=True)
class PowerFeed:
    """One of the power feeds of a site, such as ``feed:north/A``."""

    id: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class NetworkElement:
    """A managed device.

    Attributes:
        id: Unique name.
        kind: What it is: ``router``, ``leaf``, ``spine``, ``border-leaf``, ``servers`` …
        site: Where it stands; empty where unknown.
        feeds: Power feeds it is corded to; it is dark when all of them are. None are recorded
            where power is not modelled.
        transit: Whether it forwards traffic of others; a group of servers does not.
    """

    id: str
    kind: str = "router"
    site: str = ""
    feeds: tuple[str, ...] = ()
    transit: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """A line card; the ports on it share its fate."""

    id: str
    element: str


@dataclass(frozen=True, slots=True)
class Duct:
    """A stretch of buried conduit; everything in it shares one fate.

    Attributes:
        id: Unique name.
        length_km: Its length, km.
        spares: Fibre pairs in it that are kept dark, for links that are restored.
    """

    id: str
    length_km: float
    spares: int = 0


@dataclass(frozen=True, slots=True)
class Protection:
    """What carries a link when its own fibre fails.

    Attributes:
        link: The link.
        scheme: ``1+1``, a second fibre of its own that is always lit, or ``shared``, spare fibre
            pairs that are lit for whoever needs them first.
        routes: Ducts of each way round, from the a end to the z end, in order of preference; 1+1
            has one.
        wait_ms: How long the own fibre must have been whole before the link goes back to it, ms;
            0 for never (non-revertive).
    """

    link: str
    scheme: Literal["1+1", "shared"]
    routes: tuple[tuple[str, ...], ...]
    wait_ms: int = 300_000


@dataclass(frozen=True, slots=True)
class Link:
    """An IP adjacency between two elements.

    Attributes:
        id: By convention ``a~z``, with ``#n`` for parallel links.
        a: Element at the first end.
        z: Element at the second end.
        capacity_bps: Line rate each way, bit/s.
        length_km: Fibre length, km; propagation takes 4.9 µs a km.
        cost: Interior-gateway metric, a positive integer, the same both ways.
        ducts: Ducts its fibre pair runs through, from the a end to the z end.
        card_a: Line card that holds its port at the a end; empty where cards are not modelled.
        card_z: The same at the z end.
        weight: In proportion to what equal-cost next hops take traffic, a positive integer.
        lossless: Whether its ports have senders pause instead of dropping what is sent losslessly.
    """

    id: str
    a: str
    z: str
    capacity_bps: float
    length_km: float
    cost: int = 10
    ducts: tuple[str, ...] = ()
    card_a: str = ""
    card_z: str = ""
    lossless: bool = False
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Sla:
    """What a service was promised.

    Attributes:
        latency_ms: One-way latency limit, ms.
        loss: Limit of the lost share of its traffic, 0..1.
        availability: Promised share of time within both limits, 0..1.
    """

    latency_ms: float
    loss: float
    availability: float = 0.999


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of every line that services share.

    Attributes:
        name: Unique name; empty for what belongs to no slice.
        reserved: Share of every line set aside for a hard slice, 0..1; 0 for a soft one.
        weight: In proportion to what soft slices share a full line, above 0.
    """

    name: str = ""
    reserved: float = 0.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How those who send a service's traffic send it.

    Attributes:
        transport: ``udp`` sends whatever happens; ``tcp`` slows down; ``roce`` goes back N.
        connections: Concurrent connections; 0 for as many as there are customers, and at least one
            a flow group.
        segment_bytes: Payload of a packet, bytes; 0 for the transport's usual one.
        job: Training job whose step waits for this and all its other services; empty for none.
        step_ms: Length of its step in good order, ms; 0 for the usual one.
        slice: Its part of every line.
    """

    transport: Transport = "udp"
    connections: int = 0
    segment_bytes: int = 0
    job: str = ""
    step_ms: int = 0
    slice: Slice = Slice()


PLAIN: Final = Manner()
"""Inelastic traffic in no slice."""


@dataclass(frozen=True, slots=True)
class Service:
    """Traffic from one element to another, for customers, under an SLA.

    Attributes:
        id: Unique name.
        kind: Class of traffic, such as ``voice``.
        a: Element where the traffic enters.
        z: Element where it leaves.
        demand_bps: Contracted peak, bit/s.
        sla: Its limits.
        customers: How many customers it carries.
        flow_groups: In how many equal groups its flows are hashed over equal-cost paths.
        elastic: Whether it may be slowed at the edge for the sake of others.
        manner: How its traffic is sent.
    """

    id: str
    kind: str
    a: str
    z: str
    demand_bps: float
    sla: Sla
    customers: int = 1
    flow_groups: int = 16
    elastic: bool = False
    manner: Manner = PLAIN


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that the source did not give, and the rule that filled it.

    Attributes:
        what: What was missing, e.g. ``link capacities``.
        rule: The rule in one sentence, with its numbers.
        count: How many values it filled.
        source: A published source, or ``assumption``.
    """

    what: str
    rule: str
    count: int
    source: str = "assumption"


@dataclass(frozen=True, slots=True)
class NetworkRows:
    """A network as rows: the form of files, of the inventory and of the wire."""

    name: str
    sites: tuple[Site, ...] = ()
    elements: tuple[NetworkElement, ...] = ()
    ducts: tuple[Duct, ...] = ()
    links: tuple[Link, ...] = ()
    services: tuple[Service, ...] = ()
    feeds: tuple[PowerFeed, ...] = ()
    cards: tuple[Card, ...] = ()
    assumptions: tuple[Assumption, ...] = field(default=())
    protections: tuple[Protection, ...] = ()


def direction_ids(link: str, a: str, z: str) -> tuple[str, str]:
    """Return the names of a link's two directions, a to z first.

    >>> direction_ids("Denver~Kansas#2", "Denver", "Kansas")
    ('Denver>Kansas#2', 'Kansas>Denver#2')
    """
    _, mark, number = link.partition("#")
    return f"{a}>{z}{mark}{number}", f"{z}>{a}{mark}{number}"
