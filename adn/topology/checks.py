"""What is sound but worth a warning: islands, single points of failure, limits nobody can keep.

Each ``check_*`` gives findings with codes TOP101 and up; none of them forbids a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from adn.base.errors import Finding
from adn.topology.loading import distances, healthy_load
from adn.topology.network import Bools, Floats, Ints, Network

PROPAGATION_MS_PER_KM: Final = 0.0049  # group index 1.468 of G.652 fibre: 4.9 µs a km
_SHOWN: Final = 5
# Above any path's length in km: lets one number order paths by cost, then by length.
_KM_CEILING: Final = 1e7


@dataclass(frozen=True, slots=True)
class SinglePoints:
    """What parts the network when it alone fails, sorted.

    Attributes:
        elements: Elements without which others cannot reach each other.
        links: Links without which their ends cannot reach each other.
        ducts: Ducts of several links whose cut parts what no one of those links does.
    """

    elements: tuple[str, ...]
    links: tuple[str, ...]
    ducts: tuple[str, ...]


def check(network: Network) -> list[Finding]:
    """Return all warnings about `network`, in a fixed order."""
    return [finding for one in _CHECKS for finding in one(network)]


def single_points(network: Network) -> SinglePoints:
    """Return the elements, links and shared ducts that are single points of failure."""
    import networkx as nx

    ends = list(zip(network.link_a.tolist(), network.link_z.tolist(), strict=True))
    between = Counter(ends)
    between.update({(z, a): count for (a, z), count in list(between.items())})
    simple: Any = nx.Graph()
    simple.add_nodes_from(range(len(network.elements)))
    simple.add_edges_from(_joining(network, only=True))
    cuts = {frozenset(pair) for pair in nx.bridges(simple) if between[pair] == 1}
    bridges = [row for row, pair in enumerate(ends) if frozenset(pair) in cuts]
    elements = sorted(network.elements[row] for row in nx.articulation_points(simple))
    return SinglePoints(
        elements=tuple(elements),
        links=tuple(network.links[row] for row in bridges),
        ducts=_parting_ducts(network, set(bridges)),
    )


def _parting_ducts(network: Network, bridges: set[int]) -> tuple[str, ...]:
    whole = int(_islands(network, np.ones(len(network.links), dtype=np.bool_)).max(initial=-1))
    parting = []
    for row, name in enumerate(network.ducts.ids):
        held = network.ride_link[network.ride_duct == row]
        rest = [link for link in held.tolist() if link not in bridges]
        if len(rest) > 1:
            up = np.ones(len(network.links), dtype=np.bool_)
            up[rest] = False
            if int(_islands(network, up).max()) > whole:
                parting.append(name)
    return tuple(parting)


def _joining(
    network: Network, up: Bools | None = None, *, only: bool = False
) -> list[tuple[int, int]]:
    """Return pairs of element rows whose links join parts of the network, sorted.

    What forwards nothing for others joins none: it hangs on the first of its neighbours, or, with
    `only`, on its only one and on none where it has several.
    """
    used = np.ones(len(network.links), dtype=np.bool_) if up is None else up
    a, z = network.link_a[used], network.link_z[used]
    inner = network.transit[a] & network.transit[z]
    pairs = set(zip(a[inner].tolist(), z[inner].tolist(), strict=True))
    near: dict[int, set[int]] = {}
    for end, far in ((a, z), (z, a)):
        outer = ~network.transit[end] & network.transit[far]
        for row, neighbour in zip(end[outer].tolist(), far[outer].tolist(), strict=True):
            near.setdefault(row, set()).add(neighbour)
    pairs |= {(row, min(held)) for row, held in near.items() if not only or len(held) == 1}
    return sorted(pairs)


def _islands(network: Network, up: Bools) -> Ints:
    """Return the number of the island each element is on, shape (n,)."""
    nodes = len(network.elements)
    pairs = np.array(_joining(network, up), dtype=np.int64).reshape(-1, 2)
    a, z = pairs[:, 0], pairs[:, 1]
    graph = csr_array((np.ones(a.size), (a, z)), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def link_loads(network: Network) -> Floats:
    """Return each link's healthy load in its busier direction at contracted peak, shape (L,)."""
    demand = np.zeros((len(network.elements), len(network.elements)))
    np.add.at(demand, (network.service_a, network.service_z), network.demand_bps)
    forward, backward = healthy_load(
        network.link_a, network.link_z, network.cost, demand, network.transit
    )
    return np.asarray(np.maximum(forward, backward), dtype=np.float64)


def check_islands(network: Network) -> list[Finding]:
    """Warn of elements that cannot reach the largest part of the network."""
    island = _islands(network, np.ones(len(network.links), dtype=np.bool_))
    sizes = np.bincount(island)
    if sizes.size < 2:
        return []
    main = int(np.argmax(sizes))
    outside = [network.elements[row] for row in np.flatnonzero(island != main).tolist()]
    return [
        Finding(
            "TOP101",
            f"the network is in {sizes.size} parts; outside the largest: {_some(outside)}",
        )
    ]


def check_single_points(network: Network) -> list[Finding]:
    """Warn of whatever parts the network when it alone fails."""
    points = single_points(network)
    texts = (
        ("TOP102", "element", points.elements),
        ("TOP103", "link", points.links),
        ("TOP104", "shared duct", points.ducts),
    )
    return [
        Finding(code, f"the network is parted by the failure of one {what}: {_some(names)}")
        for code, what, names in texts
        if names
    ]


def check_same_place(network: Network) -> list[Finding]:
    """Warn of links whose ends stand at one place: their length is a guess."""
    place = {
        site.id: (site.latitude, site.longitude)
        for site in network.rows.sites
        if (site.latitude, site.longitude) != (0.0, 0.0)
    }
    site = {row.id: row.site for row in network.rows.elements}
    guessed = [
        row.id
        for row in network.rows.links
        if site[row.a] != site[row.z]  # within one site a length is no matter of coordinates
        and place.get(site[row.a])
        and place.get(site[row.a]) == place.get(site[row.z])
    ]
    if not guessed:
        return []
    count = _counted(len(guessed), "link joins", "links join")
    return [
        Finding("TOP105", f"{count} elements at the same coordinates, so length is a guess: "
                + _some(guessed))
    ]  # fmt: skip


def check_paths(network: Network) -> list[Finding]:
    """Warn of services without a path: they are down for good."""
    reach = distances(network.link_a, network.link_z, network.cost, network.transit)
    lost = np.flatnonzero(np.isinf(reach[network.service_a, network.service_z])).tolist()
    if not lost:
        return []
    count = _counted(len(lost), "service has", "services have")
    names = _some([network.services[row] for row in lost])
    return [Finding("TOP106", f"{count} no path at all: {names}")]


def check_load(network: Network) -> list[Finding]:
    """Warn of links whose healthy peak load is more than they carry."""
    share = link_loads(network) / network.capacity_bps
    over = [
        f"{network.links[row]} ({share[row]:.0%})" for row in np.flatnonzero(share > 1).tolist()
    ]
    if not over:
        return []
    count = _counted(len(over), "link is", "links are")
    return [Finding("TOP107", f"{count} over-subscribed at contracted peak: {_some(over)}")]


def check_latency(network: Network) -> list[Finding]:
    """Warn of latency limits below what light needs over the healthy path."""
    if not len(network.services) or not len(network.links):
        return []
    cost = network.cost * _KM_CEILING + network.length_km
    total = distances(network.link_a, network.link_z, cost, network.transit)
    reach = total[network.service_a, network.service_z]
    km = np.mod(np.where(np.isfinite(reach), reach, 0.0), _KM_CEILING)
    least = km * PROPAGATION_MS_PER_KM
    late = [
        f"{network.services[row]} ({network.latency_limit_ms[row]:g} ms, light takes "
        f"{least[row]:.1f} ms)"
        for row in np.flatnonzero(least > network.latency_limit_ms).tolist()
    ]
    if not late:
        return []
    count = _counted(len(late), "service has a latency limit", "services have latency limits")
    return [Finding("TOP108", f"{count} that its healthy path cannot keep: {_some(late)}")]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


_CHECKS: Final[tuple[Callable[[Network], list[Finding]], ...]] = (
    check_islands,
    check_single_points,
    check_same_place,
    check_paths,
    check_load,
    check_latency,
)
