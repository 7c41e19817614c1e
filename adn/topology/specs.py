"""What a network shall be: its source, and the numbers of the rules that fill what sources lack.

Plain values with defaults; a scenario resolves into them, and `build_network` turns them into a
`Network`. Every default without a published source is an assumption and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from adn.topology.elements import Sla

Metric = Literal["length", "hops"]


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """One class of services: what share of the demand between two elements it is, and its terms.

    Attributes:
        kind: Class of traffic; service ids begin with it.
        share: Share of each pair's demand, 0..1.
        sla: Limits of every service of this kind.
        flow_groups: Flow groups of every service of this kind, 8..64.
        customers: Customers of a service of mean demand; others have them in proportion.
        elastic: Whether these services may be slowed at the edge.
        pairs: Only so many pairs of elements, those with the largest demand; None means all.
    """

    kind: str
    share: float
    sla: Sla
    flow_groups: int = 16
    customers: int = 1
    elastic: bool = False
    pairs: int | None = None


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
        source: ``topohub:<set>/<name>`` or a GraphML file.
        metric: Interior-gateway cost: ``length`` (one unit a km, at least 1) or ``hops`` (10 each).
        headroom: Largest share of a link's rate that the healthy peak load may take, 0..1.
        total_demand_bps: Sum of all demands, bit/s; None means 10 Gbit/s an element.
        parallel_links: IP links made of each link of the source; they ride in the same ducts.
        shared_duct_angle: Links that leave a site within so many degrees of each other share
            their first stretch; None means none do.
        shared_duct_km: Length of that first stretch, at most a third of the shorter link.
        shared_ducts: Named ducts that named links share, besides.
        services: Classes of services.
        management: Element where the operations systems attach; None means the one with the most
            links.
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
    services: tuple[ServiceSpec, ...] = ()
    management: str | None = None
    base_folder: Path | None = None


# Latency and loss limits: ITU-T Y.1541 (2011) table 1, classes 0 (voice), 3 (vpn) and 4 (internet,
# latency only). Shares, customers, flow groups and the loss limit of internet are assumptions.
DEFAULT_SERVICES: Final = (
    ServiceSpec("voice", 0.1, Sla(latency_ms=100.0, loss=0.001), 16, 200, pairs=1000),
    ServiceSpec("vpn", 0.3, Sla(latency_ms=400.0, loss=0.001), 16, 20, pairs=1000),
    ServiceSpec("internet", 0.6, Sla(1000.0, 0.5, 0.99), 32, 2000, elastic=True, pairs=1000),
)
