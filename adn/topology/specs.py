"""What a network shall be: its source, and the numbers of the rules that fill what sources lack.

Plain values with defaults; a scenario resolves into them, and `build_network` turns them into a
`Network`. Every default without a published source is an assumption and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from adn.topology.elements import PLAIN, Manner, Sla
from adn.topology.national import MetroSpec, NationalSpec
from adn.topology.protecting import ProtectionSpec

Metric = Literal["length", "hops"]
Locality = Literal["any", "same", "other"]
LEAF_SPINE: Final = "leaf-spine"
"""The source of a network that is made from a `FabricSpec`."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """One class of services: what share of the demand between two elements it is, and its terms.

    Attributes:
        kind: Class of traffic; service ids begin with it.
        share: Share of each pair's demand, 0..1.
        sla: Limits of every service of this kind.
        flow_groups: Flow groups of every service of this kind, 1..64.
        customers: Customers of a service of mean demand; others have them in proportion.
        elastic: Whether these services may be slowed at the edge.
        manner: How their traffic is sent.
        pairs: Only so many pairs of elements, those with the largest demand; None means all.
    """

    kind: str
    share: float
    sla: Sla
    flow_groups: int = 16
    customers: int = 1
    elastic: bool = False
    pairs: int | None = None
    manner: Manner = PLAIN


@dataclass(frozen=True, slots=True)
class Ends:
    """Which elements services begin or end at: one by its id, groups of servers, or all of a kind.

    Attributes:
        role: Groups of this role; of any where None.
        site: Groups at this site, or elements of the kind there; at any where None.
        element: The one element of this id; then the others are None.
        kind: Elements of this kind, such as ``branch``; then role is None.
    """

    role: str | None = None
    site: str | None = None
    element: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class PairedServiceSpec:
    """One class of services between chosen elements, each of the same contracted peak.

    Attributes:
        kind: Class of traffic; service ids begin with it.
        source: Where they begin.
        target: Where they end.
        demand_bps: Contracted peak of each, bit/s.
        sla: Limits of each.
        pairs: How many of the possible pairs have one, taken in turns so that as many elements as
            possible take part; None means all.
        locality: Whether both ends are at the same site, at different ones, or either.
        flow_groups: Flow groups of each, 1..64.
        customers: Customers of each.
        elastic: Whether these services may be slowed at the edge.
        manner: How their traffic is sent.
    """

    kind: str
    source: Ends
    target: Ends
    demand_bps: float
    sla: Sla
    pairs: int | None = None
    locality: Locality = "any"
    flow_groups: int = 16
    customers: int = 1
    elastic: bool = False
    manner: Manner = PLAIN


@dataclass(frozen=True, slots=True)
class FabricSite:
    """A site of a fabric; coordinates in degrees, None where unknown."""

    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class FabricSpec:
    """A data-centre fabric of leaves and spines over one to four sites; all figures are choices.

    Attributes:
        sites: Its sites.
        roles: How many groups of servers of each role a site has, in the order they are laid over
            the racks.
        edges: Elements outside the sites that reach them over their border leaves, such as
            ``branches`` and ``internet``.
        spines: Spines of a site, each linked to every leaf and border leaf.
        leaves: Leaves of a site, two a rack.
        borders: Border leaves of a site.
        leaf_spine_bps: Rate of a link between a spine and a leaf or border leaf, bit/s.
        group_bps: Rate of each of the two links of a group of servers, bit/s.
        edge_bps: Rate of a link between an edge and a border leaf, bit/s.
        edge_km: Length of such a link, km.
        inter_site_links: Links between border leaves for each pair of sites.
        inter_site_bps: Rate of each, bit/s.
        inter_site_km: Length of each, km; None means the usual route between the coordinates.
        inter_site_ducts: Ducts that the links of a pair of sites share.
        cards_per_spine: Line cards of a spine.
        cards_per_leaf: Line cards of a leaf.
        cards_per_border: Line cards of a border leaf.
        single_corded: Share of each site's elements that are corded to one of its two feeds only.
        lossless: Whether links within a site pause senders instead of dropping.
    """

    sites: tuple[FabricSite, ...]
    roles: tuple[tuple[str, int], ...]
    edges: tuple[str, ...] = ()
    spines: int = 4
    leaves: int = 12
    borders: int = 2
    leaf_spine_bps: float = 100e9
    group_bps: float = 25e9
    edge_bps: float = 100e9
    edge_km: float = 20.0
    inter_site_links: int = 4
    inter_site_bps: float = 200e9
    inter_site_km: float | None = None
    inter_site_ducts: int = 2
    cards_per_spine: int = 2
    cards_per_leaf: int = 2
    cards_per_border: int = 2
    single_corded: float = 0.1
    lossless: bool = False


@dataclass(frozen=True, slots=True)
class EdgeSpec:
    """An element at the rim of a network: a headquarters, the internet, a cloud.

    Attributes:
        name: Its id.
        at: Elements it has a link to each, in a duct of its own.
        kind: What it is.
        rate_bps: Rate of each link, bit/s.
        length_km: Length of each, km.
    """

    name: str
    at: tuple[str, ...]
    kind: str = "edge"
    rate_bps: float = 100e9
    length_km: float = 20.0


@dataclass(frozen=True, slots=True)
class BranchSpec:
    """Branches on thin access links around the elements of a network; all figures are choices.

    Attributes:
        count: How many.
        kind: What they are; ids contain it.
        rate_bps: Rate of an access link, bit/s, whatever its load.
        length_km: Mean length of the link to the home of a branch, km.
        dual_homed: Share of the branches with a second link, to a neighbour of their home.
        ducts: Access ducts around each home, one for each sector of the compass.
        around: Homes; none means all elements of the source that forward traffic of others.
    """

    count: int
    kind: str = "branch"
    rate_bps: float = 50e6
    length_km: float = 30.0
    dual_homed: float = 0.2
    ducts: int = 4
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedDuct:
    """A stretch of conduit that several links share over `length_km` of their own length."""

    name: str
    links: tuple[str, ...]
    length_km: float


@dataclass(frozen=True, slots=True)
class TopologySpec:
    """A source and the numbers of the filling rules.

    Attributes:
        source: ``topohub:<set>/<name>``, a GraphML file, ``leaf-spine``, ``metro`` or
            ``national``.
        metric: Interior-gateway cost: ``length`` (one unit a km, at least 1) or ``hops`` (10 each).
        headroom: Largest share of a link's rate that the healthy peak load may take, 0..1.
        total_demand_bps: Sum of all demands, bit/s; None means 10 Gbit/s an element.
        parallel_links: IP links made of each link of the source; they ride in the same ducts.
        shared_duct_angle: Links that leave a site within so many degrees of each other share
            their first stretch; None means none do.
        shared_duct_km: Length of that first stretch, at most a third of the shorter link.
        shared_ducts: Named ducts that named links share, besides.
        protection: Links that have another way at the optical layer.
        spare_fibres: Fibre pairs kept dark in each duct, for shared protection.
        services: Classes of services that share the demand matrix.
        paired: Classes of services between chosen elements.
        edges: Elements at the rim, besides those of the source.
        branches: Branches around its elements.
        fabric: The fabric, where the source is ``leaf-spine``.
        metro: The area, where the source is ``metro``.
        national: The federation, where the source is ``national``.
        area: The one area of it that is meant; None means the whole, which is never built.
        management: Element where the operations systems attach; None means the one with the most
            links.
        weighted: Whether equal-cost next hops take traffic in proportion to rates, not evenly.
        base_folder: Folder that a relative GraphML file is looked up from; None means the current.
    """

    source: str
    metric: Metric = "length"
    headroom: float = 0.5
    total_demand_bps: float | None = None
    parallel_links: int = 1
    shared_duct_angle: float | None = None
    shared_duct_km: float = 5.0
    shared_ducts: tuple[SharedDuct, ...] = ()
    protection: tuple[ProtectionSpec, ...] = ()
    spare_fibres: int = 0
    services: tuple[ServiceSpec, ...] = ()
    paired: tuple[PairedServiceSpec, ...] = ()
    edges: tuple[EdgeSpec, ...] = ()
    branches: BranchSpec | None = None
    fabric: FabricSpec | None = None
    metro: MetroSpec | None = None
    national: NationalSpec | None = None
    area: str | None = None
    management: str | None = None
    weighted: bool = False
    base_folder: Path | None = None


# Latency and loss limits: ITU-T Y.1541 (2011) table 1, classes 0 (voice), 3 (vpn) and 4 (internet,
# latency only). Shares, customers, flow groups and the loss limit of internet are assumptions.
DEFAULT_SERVICES: Final = (
    ServiceSpec("voice", 0.1, Sla(latency_ms=100.0, loss=0.001), 16, 200, pairs=1000),
    ServiceSpec("vpn", 0.3, Sla(latency_ms=400.0, loss=0.001), 16, 20, pairs=1000),
    ServiceSpec("internet", 0.6, Sla(1000.0, 0.5, 0.99), 32, 2000, elastic=True, pairs=1000),
)
