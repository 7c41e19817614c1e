"""A network of many kinds of elements in a few rows: by site, by power feed, by kind of link."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from adn.base.quantities import quantise
from adn.topology.elements import Link
from adn.topology.network import Network


def site_rows(network: Network) -> list[dict[str, Any]]:
    """Return how many elements of each kind stand at each site, and the first and last of them.

    Elements that each stand alone at a site of their own are counted together, at no site.
    """
    held: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    shared = shared_sites(network)
    for row in network.rows.elements:
        held[row.site if row.site in shared else "", row.kind].append(row.id)
    return [
        {"site": site, "kind": kind, "count": len(ids), "first": ids[0], "last": ids[-1]}
        for (site, kind), ids in sorted(held.items())
    ]


def shared_sites(network: Network) -> frozenset[str]:
    """Return the sites where more than one element stands."""
    counts = Counter(row.site for row in network.rows.elements)
    return frozenset(site for site, count in counts.items() if site and count > 1)


def feed_rows(network: Network) -> list[dict[str, Any]]:
    """Return how many elements hang on each power feed, and which of them on no other."""
    alone: defaultdict[str, list[str]] = defaultdict(list)
    for row in network.rows.elements:
        if len(row.feeds) == 1:
            alone[row.feeds[0]].append(row.id)
    return [
        {
            "id": feed.id,
            "site": feed.site,
            "elements": len(network.elements_on_feed(feed.id)),
            "alone": alone[feed.id],
        }
        for feed in network.rows.feeds
    ]


def link_kind_rows(network: Network, peak_bps: Sequence[float]) -> list[dict[str, Any]]:
    """Return the links by the kinds and sites of their ends and by their rate.

    Args:
        network: The network.
        peak_bps: Healthy peak load of each link's busier direction, bit/s, in row order.
    """
    at = {row.id: row for row in network.rows.elements}
    shared = shared_sites(network)
    held: defaultdict[Any, list[tuple[float, Link]]] = defaultdict(list)
    for link, load in zip(network.rows.links, peak_bps, strict=True):
        ends = at[link.a], at[link.z]
        kinds = tuple(sorted(end.kind for end in ends))
        sites = tuple(sorted({end.site for end in ends if end.site in shared}))
        held[kinds, sites, link.capacity_bps].append((load / link.capacity_bps, link))
    rows = []
    for (kinds, sites, rate), links in sorted(held.items(), key=lambda item: item[0]):
        share, busiest = max(links, key=lambda pair: pair[0])
        lengths = [link.length_km for _, link in links]
        rows.append(
            {
                "kinds": list(kinds),
                "sites": list(sites),
                "count": len(links),
                "capacity_bps": quantise(rate),
                "shortest_km": quantise(min(lengths)),
                "longest_km": quantise(max(lengths)),
                "peak_load": quantise(share),
                "busiest": busiest.id if share else "",
            }
        )
    return rows
