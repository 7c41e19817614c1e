"""Reads GraphML files as the Internet Topology Zoo writes them; trusts nothing in them.

A file with a document type is refused, since that is where entity bombs live, and so is a file
over 20 MB.
"""

from __future__ import annotations

import re
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from adn.base.errors import Finding, Position, TopologyError
from adn.topology.sources import RawEdge, RawNode, RawTopology

MOST_BYTES: Final = 20_000_000
_DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def read_graphml(path: Path) -> RawTopology:
    """Return the network in a GraphML file.

    Node attributes read: ``label``, ``Latitude``, ``Longitude``; edge attributes:
    ``LinkSpeedRaw`` (bit/s), ``capacity_bps`` and ``length_km``.

    Raises:
        TopologyError: The file cannot be read, or holds no network.
    """
    graph = _parse(path, _read(path))
    if not graph.number_of_nodes():
        raise _refusal(path, "TOP026", "holds no nodes; a network needs at least one")
    names = sorted(graph.nodes, key=_file_order)
    rows = {name: row for row, name in enumerate(names)}
    nodes = tuple(_node(name, graph.nodes[name]) for name in names)
    edges = _edges(graph, rows)
    title = str(graph.graph.get("label") or graph.graph.get("Network") or path.stem)
    return RawTopology(title, nodes, edges, {}, f"GraphML file {path.name}")


def _file_order(name: Any) -> tuple[int, str]:
    text = str(name)
    return (int(text), "") if text.isascii() and text.isdigit() else (-1, text)


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise _refusal(path, "TOP022", "is a folder; name a GraphML file in it")
    if not path.exists():
        raise _refusal(path, "TOP022", "does not exist")
    if not path.is_file():
        raise _refusal(path, "TOP022", "is not a regular file")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise _refusal(path, "TOP022", f"cannot be read: {reason}") from error
    if len(content) > MOST_BYTES:
        raise _refusal(path, "TOP023", f"is larger than {MOST_BYTES // 1_000_000} MB")
    if not content.strip():
        raise _refusal(path, "TOP025", "is empty; it must be a GraphML document")
    # In any other encoding a document type could hide from the search below.
    if b"\0" in content:
        raise _refusal(path, "TOP025", "is not a GraphML document in UTF-8")
    if _DTD.search(content):
        raise _refusal(path, "TOP024", "has a document type (DTD); take it out, it is not needed")
    return content


def _parse(path: Path, content: bytes) -> Any:
    import networkx as nx

    try:
        return nx.read_graphml(BytesIO(content))
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise TopologyError(
            Finding("TOP025", f"not XML: {reason}", at=Position(str(path), line, column + 1))
        ) from error
    except (nx.NetworkXError, ValueError, KeyError, LookupError, TypeError) as error:
        reason = str(error).strip("'\"") or type(error).__name__
        raise _refusal(path, "TOP025", f"is not a GraphML document: {reason}") from error


def _node(name: Any, attributes: dict[str, Any]) -> RawNode:
    label = str(attributes.get("label") or f"node-{name}")
    latitude = _number(attributes.get("Latitude", attributes.get("latitude")))
    longitude = _number(attributes.get("Longitude", attributes.get("longitude")))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 360:
        return RawNode(label)
    return RawNode(label, latitude, longitude)


def _edges(graph: Any, rows: dict[Any, int]) -> tuple[RawEdge, ...]:
    edges = []
    for a, z, attributes in graph.edges(data=True):
        # A link written once for either way is one link.
        if graph.is_directed() and rows[a] > rows[z] and graph.has_edge(z, a):
            continue
        capacity = _number(attributes.get("capacity_bps", attributes.get("LinkSpeedRaw")))
        length = _number(attributes.get("length_km"))
        edges.append(
            RawEdge(
                rows[a],
                rows[z],
                length if length is not None and length >= 0 else None,
                capacity if capacity is not None and capacity > 0 else None,
            )
        )
    return tuple(sorted(edges, key=lambda edge: (edge.a, edge.z, edge.length_km or 0.0)))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _refusal(path: Path, code: str, message: str) -> TopologyError:
    return TopologyError(Finding(code, message, at=Position(str(path))))
