"""From a spec to a network: read the source, fill what it lacks by stated rules, build and check.

Every rule leaves an `Assumption` row with its numbers, the count of values it filled and its
source. The order is: lengths, metric, ducts, demands, services, then capacities from their load.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import isfinite
from statistics import median

import numpy as np

from adn.base.errors import Finding, TopologyError
from adn.base.streams import Key
from adn.topology.areas import generated
from adn.topology.branches import attached
from adn.topology.builder import NetworkBuilder
from adn.topology.demands import fill_demands, fill_services
from adn.topology.ducts import lay_ducts
from adn.topology.elements import (
    Assumption,
    Card,
    Link,
    NetworkElement,
    PowerFeed,
    Site,
)
from adn.topology.geography import fibre_route_km, great_circle_km
from adn.topology.leaf_spine import fabric_network
from adn.topology.naming import closest, link_id, slug, unique_slugs
from adn.topology.national import METRO, NATIONAL
from adn.topology.network import Network
from adn.topology.pairing import Member, paired_services
from adn.topology.protecting import with_protection
from adn.topology.sizing import sized
from adn.topology.sources import RawEdge, RawTopology, load_topology
from adn.topology.specs import LEAF_SPINE, TopologySpec
from adn.topology.weighting import weighted

SAME_PLACE_KM = 1.0
UNKNOWN_LENGTH_KM = 100.0
HOP_COST = 10
MOST_ELEMENTS = 5_000  # tables of all pairs take 200 MB each at this size

# Placeholder until the load is known; never reaches a network.
_UNSIZED_BPS = 1.0


def build_network(spec: TopologySpec, stream: np.random.Generator) -> Network:
    """Return the network that `spec` describes; equal streams give equal networks.

    Raises:
        TopologyError: The source is unknown or broken, or the spec does not fit it.
    """
    _check_spec(spec)
    if spec.source == LEAF_SPINE:
        network = fabric_network(spec)
        management_element(network, spec.management)
    elif spec.source in (METRO, NATIONAL):
        network = generated(spec)
        management_element(network, spec.management)
    else:
        network = network_from_raw(load_topology(spec.source, spec.base_folder), spec, stream)
    network = with_protection(network, spec.protection, spec.spare_fibres)
    return weighted(network) if spec.weighted else network


def network_from_raw(raw: RawTopology, spec: TopologySpec, stream: np.random.Generator) -> Network:
    """Return `raw` filled by the rules of `spec`.

    Raises:
        TopologyError: The spec does not fit the source.
    """
    _check_spec(spec)
    if len(raw.nodes) > MOST_ELEMENTS:
        raise TopologyError(
            Finding(
                "TOP036",
                f"'{raw.name}' has {len(raw.nodes):,} nodes; demands between all pairs are "
                f"possible up to {MOST_ELEMENTS:,}",
            )
        )
    ids = _element_ids(raw)
    builder = NetworkBuilder(raw.name)
    known_sites = _add_elements(builder, raw, ids)
    lengths, length_rules = _lengths(raw)
    plain = _links(raw, ids, lengths, spec)
    laid = lay_ducts(plain.links, plain.span_of, known_sites, spec)
    rim = attached(spec, builder.rows().elements, laid.links, known_sites)
    for element, at in zip(rim.elements, rim.sites, strict=True):
        builder.add_element(element).add_site(at)
    demands, demand_rules = fill_demands(raw, spec)
    services, service_rules = fill_services(demands, ids, spec, stream)
    members = [Member(row.id, row.site, kind=row.kind) for row in builder.rows().elements]
    paired, paired_rules = paired_services(spec.paired, members)
    services += paired
    links, capacity_rules = sized(
        laid.links + rim.links, plain.given_bps, builder.rows().elements, services, spec,
        {link.id: link.capacity_bps for link in rim.links},
    )  # fmt: skip
    for duct in (*laid.ducts, *rim.ducts):
        builder.add_duct(duct)
    for link in links:
        builder.add_link(link)
    for card, owner in _cards(links).items():
        builder.add_card(Card(card, owner))
    for service in services:
        builder.add_service(service)
    for rule in (
        *_source_rules(raw),
        *length_rules,
        *plain.assumptions,
        *laid.assumptions,
        *rim.assumptions,
        *demand_rules,
        *service_rules,
        *paired_rules,
        *capacity_rules,
    ):
        if rule.count:
            builder.add_assumption(rule)
    network = builder.build()
    management_element(network, spec.management)
    return network


def _add_elements(
    builder: NetworkBuilder, raw: RawTopology, ids: tuple[str, ...]
) -> dict[str, Site]:
    """Add the source's elements, their sites and feeds; return the sites with coordinates."""
    known_sites: dict[str, Site] = {}
    feeds: dict[str, str] = {}
    for name, node in zip(ids, raw.nodes, strict=True):
        site = slug(node.site) or name
        builder.add_element(NetworkElement(name, node.kind, site, node.feeds, node.transit))
        feeds = dict.fromkeys(node.feeds, site) | feeds
        if node.latitude is not None and node.longitude is not None:
            known_sites[name] = Site(site, node.latitude, node.longitude)
    for site, where in _sites(builder.rows().elements, known_sites).items():
        builder.add_site(where or Site(site))
    for feed, site in feeds.items():
        builder.add_feed(PowerFeed(feed, site))
    return known_sites


def _sites(elements: tuple[NetworkElement, ...], known: dict[str, Site]) -> dict[str, Site | None]:
    """Return the sites, each at the first known coordinates of what stands there."""
    sites: dict[str, Site | None] = {}
    for element in elements:
        sites[element.site] = sites.get(element.site) or known.get(element.id)
    return sites


def fixed_stream() -> np.random.Generator:
    """Return the stream that every build draws from: a description has one network.

    The seed of a run varies what happens on the network, not what it is.
    """
    return Key.root(0).child("topology").stream("topology")


def management_element(network: Network, named: str | None = None) -> str:
    """Return the element where the operations systems attach: `named`, or that with most links.

    Unless named, it is a hub where there are hubs, and one that forwards traffic of others.

    Raises:
        TopologyError: There is no element of that name.
    """
    if named is None:
        links = np.bincount(network.tail, minlength=len(network.elements))
        elsewhere = np.array([row.kind != "hub" for row in network.rows.elements])
        return network.elements[int(np.lexsort((-links, ~network.transit, elsewhere))[0])]
    if named not in network.elements:
        raise TopologyError(
            Finding(
                "TOP033",
                f"management element '{named}' does not exist",
                hint=closest(named, network.elements.ids),
            )
        )
    return named


def _check_spec(spec: TopologySpec) -> None:
    """Refuse numbers that no network can have, all at once."""
    total, angle = spec.total_demand_bps, spec.shared_duct_angle
    wrong = [
        ("headroom", spec.headroom, "above 0 and at most 1", 0 < spec.headroom <= 1),
        ("parallel_links", spec.parallel_links, "1 to 64", 1 <= spec.parallel_links <= 64),
        ("total_demand_bps", total, "above 0", total is None or (isfinite(total) and total > 0)),
        ("shared_duct_angle", angle, "0 to 180", angle is None or 0 <= angle <= 180),
        (
            "shared_duct_km",
            spec.shared_duct_km,
            "above 0",
            isfinite(spec.shared_duct_km) and spec.shared_duct_km > 0,
        ),
        ("metric", f"'{spec.metric}'", "'length' or 'hops'", spec.metric in ("length", "hops")),
    ]
    wrong += [
        (f"share of service kind '{kind.kind}'", kind.share, "above 0 and at most 1",
         0 < kind.share <= 1)
        for kind in spec.services
    ]  # fmt: skip
    found = [
        Finding("TOP032", f"{what} is {value}; it must be {right}")
        for what, value, right, fine in wrong
        if not fine
    ]
    if found:
        raise TopologyError(found)


def _cards(links: tuple[Link, ...]) -> dict[str, str]:
    """Return the element of each card that a port is on."""
    owners: dict[str, str] = {}
    for link in links:
        for element, card in ((link.a, link.card_a), (link.z, link.card_z)):
            if card:
                owners.setdefault(card, element)
    return owners


def _element_ids(raw: RawTopology) -> tuple[str, ...]:
    unknown = float("-inf")
    places = [
        (
            unknown if node.latitude is None else node.latitude,
            unknown if node.longitude is None else node.longitude,
        )
        for node in raw.nodes
    ]
    return unique_slugs([node.name for node in raw.nodes], places)


def _source_rules(raw: RawTopology) -> tuple[Assumption, ...]:
    names = [node.name for node in raw.nodes]
    loops = sum(edge.a == edge.z for edge in raw.edges)
    homeless = sum(node.latitude is None or node.longitude is None for node in raw.nodes)
    return (
        Assumption(
            "names of elements",
            "a name used again gets -2, -3 … from south to north",
            len(names) - len(set(names)),
        ),
        Assumption("links from a node to itself", "left out", loops),
        Assumption("coordinates", "unknown, shown as 0° 0°", homeless),
    )


def _lengths(raw: RawTopology) -> tuple[list[float], tuple[Assumption, ...]]:
    """Return the length of each edge, km."""
    lengths: list[float | None] = []
    by_route = 0
    for edge in raw.edges:
        length = edge.length_km if edge.length_km is not None else _route(raw, edge)
        by_route += edge.length_km is None and length is not None
        lengths.append(length)
    same_place = sum(length is not None and length <= 0 for length in lengths)
    some = [length for length in lengths if length]
    usual = round(median(some), 3) if some else UNKNOWN_LENGTH_KM
    unknown = sum(length is None for length in lengths)
    rules = (
        Assumption("link lengths", raw.lengths, len(some) if raw.lengths else 0, "topohub"),
        Assumption(
            "link lengths",
            "great circle × 1.5 below 1000 km, 1500 km up to 1200 km, × 1.25 above",
            by_route,
            "ITU-T G.826, Y.1541 (calculated route length)",
        ),
        Assumption(
            "link lengths of 0 km", f"{SAME_PLACE_KM:g} km between nodes of one place", same_place
        ),
        Assumption(
            "link lengths without coordinates",
            f"{usual:g} km, the median of the others" if some else f"{usual:g} km",
            unknown,
        ),
    )
    return [usual if km is None else (km if km > 0 else SAME_PLACE_KM) for km in lengths], rules


def _route(raw: RawTopology, edge: RawEdge) -> float | None:
    a, z = raw.nodes[edge.a], raw.nodes[edge.z]
    if a.latitude is None or a.longitude is None or z.latitude is None or z.longitude is None:
        return None
    return fibre_route_km(great_circle_km(a.latitude, a.longitude, z.latitude, z.longitude))


@dataclass(frozen=True, slots=True)
class _PlainLinks:
    """Links without ducts and capacities, what the source says of those, and the rules used."""

    links: tuple[Link, ...]
    span_of: dict[str, str]
    given_bps: dict[str, float]
    assumptions: tuple[Assumption, ...]


def _links(
    raw: RawTopology, ids: tuple[str, ...], lengths: list[float], spec: TopologySpec
) -> _PlainLinks:
    bundles: dict[tuple[str, str], list[tuple[float, float, str, str]]] = defaultdict(list)
    for edge, length in zip(raw.edges, lengths, strict=True):
        if edge.a != edge.z:
            a, z = ids[edge.a], ids[edge.z]
            cards = (edge.card_a, edge.card_z) if a < z else (edge.card_z, edge.card_a)
            bundles[min(a, z), max(a, z)].append((length, edge.capacity_bps or 0.0, *cards))
    links: list[Link] = []
    span_of: dict[str, str] = {}
    given: dict[str, float] = {}
    for (a, z), members in sorted(bundles.items()):
        number = 0
        for length, capacity, card_a, card_z in sorted(
            members
        ):  # file order must not number parallel links
            first = link_id(a, z, number + 1)
            for _ in range(spec.parallel_links):
                number += 1
                name = link_id(a, z, number)
                cost = HOP_COST if spec.metric == "hops" else max(1, round(length))
                links.append(
                    Link(name, a, z, _UNSIZED_BPS, length, cost, card_a=card_a, card_z=card_z)
                )
                span_of[name] = f"duct:{first}"
                if capacity > 0:
                    given[name] = capacity
    rule = (
        f"{HOP_COST} each"
        if spec.metric == "hops"
        else "one unit a km of length, rounded, at least 1"
    )
    copies = Assumption(
        "parallel links",
        f"{spec.parallel_links} of each link of the source, in the same ducts",
        len(links) - len(links) // spec.parallel_links,
    )
    costs = Assumption("interior-gateway costs", rule, len(links))
    return _PlainLinks(tuple(links), span_of, given, (costs, copies))
