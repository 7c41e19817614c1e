"""A data-centre fabric of leaves and spines over several sites, made from a `FabricSpec`.

A folded Clos network (Clos, "A study of non-blocking switching networks", 1953; RFC 7938 section 3
for its use in data centres): at each site every leaf and border leaf has a link to every spine, a
rack holds two leaves and groups of servers that are linked to both, and border leaves reach the
other sites and whatever lies outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from math import isfinite

from adn.base.errors import Finding, TopologyError
from adn.base.streams import hash32
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Assumption, Duct, Link, NetworkElement, NetworkRows, Site
from adn.topology.geography import fibre_route_km, great_circle_km
from adn.topology.naming import link_id
from adn.topology.network import Network
from adn.topology.outfitting import outfitted
from adn.topology.pairing import Member, paired_services
from adn.topology.specs import LEAF_SPINE, FabricSite, FabricSpec, TopologySpec

HOP_COST = 10
USUAL_INTER_SITE_KM = 40.0
_SHORTEST_M, _LONGEST_M = 50, 100


def fabric_network(spec: TopologySpec) -> Network:
    """Return the fabric that `spec` describes, with its services.

    Raises:
        TopologyError: The spec cannot be built.
    """
    fabric = spec.fabric
    if fabric is None:
        message = f"source '{LEAF_SPINE}' needs to be told which fabric"
        raise TopologyError(Finding("TOP038", message))
    if found := list(_wrong(fabric)):
        raise TopologyError(found)
    plan = _Plan(fabric, spec.metric)
    services, rules = paired_services(spec.paired, plan.members)
    rows = outfitted(plan.rows(), fabric)
    builder = NetworkBuilder.from_rows(rows)
    for service in services:
        builder.add_service(service)
    for rule in rules:
        builder.add_assumption(rule)
    return builder.build()


def _wrong(fabric: FabricSpec) -> Iterator[Finding]:
    """Yield what no fabric can be."""
    borders_needed = len(fabric.sites) > 1 or bool(fabric.edges)
    sizes = [
        ("number of sites", len(fabric.sites), 1, 4),
        ("number of spines", fabric.spines, 1, 64),
        ("number of leaves", fabric.leaves, 2, 1024),
        ("number of border leaves", fabric.borders, int(borders_needed), 16),
        ("number of links between sites", fabric.inter_site_links, 1, 256),
        ("number of ducts between sites", fabric.inter_site_ducts, 1, 64),
        ("number of cards of a spine", fabric.cards_per_spine, 1, 16),
        ("number of cards of a leaf", fabric.cards_per_leaf, 1, 16),
        ("number of cards of a border leaf", fabric.cards_per_border, 1, 16),
        *((f"number of groups '{role}'", count, 0, 1000) for role, count in fabric.roles),
    ]
    for what, count, low, high in sizes:
        if not low <= count <= high:
            yield Finding("TOP038", f"{what} is {count}; it must be {low} to {high}")
    if fabric.leaves % 2:
        yield Finding(
            "TOP038", f"number of leaves is {fabric.leaves}; racks hold two, so it is even"
        )
    quantities = [
        ("rate between leaf and spine", fabric.leaf_spine_bps),
        ("rate of a group's links", fabric.group_bps),
        ("rate of an edge's links", fabric.edge_bps),
        ("rate between sites", fabric.inter_site_bps),
        ("length of an edge's links", fabric.edge_km),
        ("length between sites", 1.0 if fabric.inter_site_km is None else fabric.inter_site_km),
    ]
    for what, value in quantities:
        if not (isfinite(value) and value > 0):
            yield Finding("TOP038", f"{what} is {value:g}; it must be above 0")
    if not 0 <= fabric.single_corded <= 1:
        yield Finding("TOP038", f"single-corded share is {fabric.single_corded:g}; it is in 0..1")
    names = [site.name for site in fabric.sites], [role for role, _ in fabric.roles], fabric.edges
    for what, held in zip(("site", "role", "edge"), names, strict=True):
        for name, count in sorted(Counter(held).items()):
            if count > 1:
                yield Finding("TOP038", f"{what} '{name}' is named {count} times; once is enough")
    for role in sorted({"spine", "leaf", "border"}.intersection(names[1])):
        yield Finding("TOP038", f"no groups of servers have role '{role}'; that is a switch")


class _Plan:
    """The elements, links and ducts of a fabric, without power, cards and services.

    Attributes:
        members: What services may begin or end at: groups, then edges, then switches.
    """

    def __init__(self, fabric: FabricSpec, metric: str) -> None:
        self._fabric, self._metric = fabric, metric
        self._elements: list[NetworkElement] = []
        self._links: list[Link] = []
        self._ducts: dict[str, Duct] = {}
        self._parallel: Counter[tuple[str, str]] = Counter()
        self._groups: list[Member] = []
        self._borders: dict[str, list[str]] = {}
        for site in fabric.sites:
            self._site(site.name)
        for edge in fabric.edges:
            self._edge(edge)
        self._routes = 0
        for near, far in combinations(fabric.sites, 2):
            self._between(near, far)
        switches = [
            Member(row.id, row.site, kind=row.kind) for row in self._elements if row.transit
        ]
        edges = [Member(name, kind="edge") for name in fabric.edges]
        self.members = (*self._groups, *edges, *switches)

    def rows(self) -> NetworkRows:
        """Return the rows, and by what rules they were made."""
        fabric = self._fabric
        sites = tuple(
            Site(site.name, site.latitude or 0.0, site.longitude or 0.0) for site in fabric.sites
        )
        return NetworkRows(
            name=LEAF_SPINE,
            sites=sites,
            elements=tuple(self._elements),
            ducts=tuple(self._ducts.values()),
            links=tuple(self._links),
            assumptions=tuple(rule for rule in self._rules() if rule.count),
        )

    def _site(self, site: str) -> None:
        fabric = self._fabric
        wide = max(2, len(str(fabric.leaves)))
        leaves = [f"{site}-leaf-{number:0{wide}d}" for number in range(1, fabric.leaves + 1)]
        spines = [f"{site}-spine-{number}" for number in range(1, fabric.spines + 1)]
        borders = [f"{site}-border-{number}" for number in range(1, fabric.borders + 1)]
        self._borders[site] = borders
        for kind, names in (("spine", spines), ("leaf", leaves), ("border-leaf", borders)):
            self._elements += [NetworkElement(name, kind, site) for name in names]
        for switch in (*leaves, *borders):
            for spine in spines:
                self._indoors(switch, spine, fabric.leaf_spine_bps)
        racks = fabric.leaves // 2
        groups = [(role, n) for role, count in fabric.roles for n in range(1, count + 1)]
        for place, (role, number) in enumerate(groups):
            group, rack = f"{site}-{role}-{number}", place % racks
            self._elements.append(NetworkElement(group, "servers", site, transit=False))
            self._groups.append(Member(group, site, role, "servers"))
            for leaf in leaves[2 * rack : 2 * rack + 2]:
                self._indoors(group, leaf, fabric.group_bps)

    def _edge(self, edge: str) -> None:
        self._elements.append(NetworkElement(edge, "edge", transit=False))
        for border in (name for names in self._borders.values() for name in names):
            length = self._fabric.edge_km
            self._lay(edge, border, self._fabric.edge_bps, length, f"duct:{edge}~{border}")

    def _between(self, near: FabricSite, far: FabricSite) -> None:
        """Link two sites: border leaf by border leaf, spread over their ducts."""
        fabric = self._fabric
        length, across = fabric.inter_site_km or self._route(near, far), fabric.borders
        rounds = fabric.inter_site_links >= across * fabric.inter_site_ducts
        for number in range(fabric.inter_site_links):
            turn = number // across
            a = self._borders[near.name][number % across]
            z = self._borders[far.name][(number + turn) % across]
            # With links enough, every border leaf has one in every duct.
            duct = (turn if rounds else number) % fabric.inter_site_ducts + 1
            name = f"duct:{near.name}~{far.name}/{duct}"
            self._lay(a, z, fabric.inter_site_bps, length, name)

    def _route(self, near: FabricSite, far: FabricSite) -> float:
        if None in (near.latitude, near.longitude, far.latitude, far.longitude):
            return USUAL_INTER_SITE_KM
        self._routes += 1
        places = (near.latitude, near.longitude, far.latitude, far.longitude)
        air = great_circle_km(*(float(number or 0.0) for number in places))
        return max(1.0, round(fibre_route_km(air), 3))

    def _indoors(self, a: str, z: str, rate_bps: float) -> None:
        # Hashed from its name, so that no two builds and no other cable change it.
        metres = _SHORTEST_M + hash32(link_id(a, z)) % (_LONGEST_M - _SHORTEST_M + 1)
        self._lay(a, z, rate_bps, metres / 1000, lossless=self._fabric.lossless)

    def _lay(
        self,
        a: str,
        z: str,
        rate_bps: float,
        length_km: float,
        duct: str = "",
        lossless: bool = False,
    ) -> None:
        a, z = sorted((a, z))
        self._parallel[a, z] += 1
        name = link_id(a, z, self._parallel[a, z])
        cost = HOP_COST if self._metric == "hops" else max(1, round(length_km))
        ducts = (duct,) if duct else ()
        self._ducts |= {duct: Duct(duct, length_km)} if duct else {}
        link = Link(name, a, z, rate_bps, length_km, cost, ducts, lossless=lossless)
        self._links.append(link)

    def _rules(self) -> Iterator[Assumption]:
        fabric = self._fabric
        rates = (
            f"{fabric.leaf_spine_bps / 1e9:g} Gbit/s leaf to spine, {fabric.group_bps / 1e9:g} to "
            f"a group, {fabric.edge_bps / 1e9:g} to an edge, {fabric.inter_site_bps / 1e9:g} "
            "between sites"
        )
        indoors = sum(not link.ducts for link in self._links)
        outdoors = len(self._links) - indoors
        to_edges = len(fabric.edges) * len(fabric.sites) * fabric.borders
        far = outdoors - to_edges
        routed = far if self._routes else 0
        km = fabric.inter_site_km or USUAL_INTER_SITE_KM
        hops = f"{HOP_COST} each"
        by_length = "one unit a km of length, rounded, at least 1"
        yield Assumption(
            "size of the fabric",
            f"a site has {fabric.spines} spines, {fabric.leaves} leaves and {fabric.borders} "
            "border leaves, every leaf linked to every spine",
            len(self._elements) - len(self._groups) - len(fabric.edges),
        )
        yield Assumption(
            "groups of servers",
            f"laid over the racks in turns: {', '.join(f'{n} {role}' for role, n in fabric.roles)}",
            len(self._groups),
        )
        yield Assumption("link capacities", rates, len(self._links))
        yield Assumption(
            "link lengths within a site",
            f"{_SHORTEST_M} to {_LONGEST_M} m by a hash of the link's name, in no duct",
            indoors,
        )
        yield Assumption(
            "link lengths between sites",
            "great circle × 1.5 below 1000 km, 1500 km up to 1200 km, × 1.25 above",
            routed,
            "ITU-T G.826, Y.1541 (calculated route length)",
        )
        yield Assumption("link lengths between sites", f"{km:g} km each", far - routed)
        yield Assumption("link lengths to edges", f"{fabric.edge_km:g} km each", to_edges)
        yield Assumption(
            "ducts between sites",
            f"{fabric.inter_site_ducts} for each pair of sites; links spread over them in turns",
            len({duct for duct in self._ducts if "/" in duct}),
        )
        yield Assumption(
            "interior-gateway costs",
            hops if self._metric == "hops" else by_length,
            len(self._links),
        )
