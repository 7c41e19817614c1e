"""Where the elements of a run's network stand on paper: by coordinates, or by a computed layout."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from adn.base.errors import AdnError
from adn.topology.network import Network

Point = tuple[float, float]
Places = dict[str, Point]
MOST_COMPUTED: Final = 120
"""Elements up to which a layout by path lengths is affordable; it takes their square."""
APART: Final = 14.0
"""Distance on paper of elements that share a site, so that each is seen."""


def network_of(manifest: Mapping[str, Any], folder: Path) -> Network | None:
    """Return the network that a run was on, or None if its manifest does not say or no longer can.

    A page without a map is still a page: a network file outside `folder` may have moved since.
    """
    from adn.scenario.reader import read_text
    from adn.scenario.topology import build_scenario_network

    source = manifest.get("source")
    if not isinstance(source, str):
        return None
    try:
        return build_scenario_network(read_text(source, "the manifest's source", folder))
    except AdnError:
        return None


def places(network: Network, width: float, tallest: float, margin: float) -> tuple[Places, float]:
    """Return where each element stands, and how tall the drawing is.

    Longitude and latitude are drawn in the equirectangular projection, true to scale along the
    middle parallel (J. P. Snyder, Map Projections: A Working Manual, 1987, p. 90).
    """
    degrees = _coordinates(network)
    drawn = _projected(degrees) if degrees else _computed(network)
    return _apart(_fitted(drawn, width, tallest, margin), network)


def _coordinates(network: Network) -> Places:
    """Return (longitude, latitude) of each element; empty if there are too few to draw by.

    An element without coordinates stands between its neighbours.
    """
    sites = {site.id: (site.longitude, site.latitude) for site in network.rows.sites}
    known = {
        row.id: sites[row.site]
        for row in network.rows.elements
        if sites.get(row.site, (0.0, 0.0)) != (0.0, 0.0)
    }
    if len(set(known.values())) < 2 or 2 * len(known) < len(network.elements):
        return {}
    placed = dict(known)
    centre = _mean(list(known.values()))
    for name in network.elements.ids:
        if name not in known:
            ends = [network.rows.links[network.links.row(link)] for link in network.links_of(name)]
            near = [known[far] for end in ends for far in (end.a, end.z) if far in known]
            placed[name] = _mean(near) if near else centre
    return placed


def _mean(points: list[Point]) -> Point:
    count = len(points)
    return sum(x for x, _ in points) / count, sum(y for _, y in points) / count


def _projected(degrees: Places) -> Places:
    """Return places in the plane, y downwards."""
    latitudes = [latitude for _, latitude in degrees.values()]
    narrowing = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
    return {name: (x * narrowing, -y) for name, (x, y) in degrees.items()}


def _computed(network: Network) -> Places:
    """Return a layout from who is linked to whom, the same every time."""
    import networkx as nx

    graph: Any = nx.Graph()
    graph.add_nodes_from(network.elements.ids)
    graph.add_edges_from((link.a, link.z) for link in network.rows.links)
    ring = nx.circular_layout(graph)
    if len(graph) < 3:
        layout = ring
    elif len(graph) <= MOST_COMPUTED:
        layout = nx.kamada_kawai_layout(graph, pos=ring)
    else:
        layout = nx.spring_layout(graph, pos=ring, seed=0)
    return {name: (float(x), float(y)) for name, (x, y) in layout.items()}


def _fitted(drawn: Places, width: float, tallest: float, margin: float) -> tuple[Places, float]:
    """Return places scaled alike in both directions to fit, centred, and the height."""
    if not drawn:
        return {}, 2 * margin
    xs, ys = [x for x, _ in drawn.values()], [y for _, y in drawn.values()]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    inner, most = width - 2 * margin, tallest - 2 * margin
    scales = [room / span for room, span in ((inner, wide), (most, high)) if span > 1e-9]
    scale = min(scales, default=1.0)
    height = high * scale + 2 * margin
    left = margin + (inner - wide * scale) / 2
    fitted = {
        name: (left + (x - min(xs)) * scale, margin + (y - min(ys)) * scale)
        for name, (x, y) in drawn.items()
    }
    return fitted, height


def _apart(fitted: tuple[Places, float], network: Network) -> tuple[Places, float]:
    """Return the same with elements that stand on one spot set around it."""
    drawn, height = fitted
    shared: dict[tuple[int, int], list[str]] = {}
    for name in network.elements.ids:
        x, y = drawn[name]
        shared.setdefault((round(x), round(y)), []).append(name)
    for names in shared.values():
        for place, name in enumerate(names if len(names) > 1 else ()):
            turn = 2 * math.pi * place / len(names)
            x, y = drawn[name]
            drawn[name] = (x + APART * math.cos(turn), y + APART * math.sin(turn))
    return drawn, height
