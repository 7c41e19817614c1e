"""Reads GraphML files as the Internet Topology Zoo writes them; trusts nothing in them.

A file with a document type is refused, since that is where entity bombs live, and so is one over
20 MB, or with so many or so deep tags that a tree of it would fill the memory.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from adn.base.errors import Finding, Position, TopologyError
from adn.topology.sources import RawEdge, RawNode, RawTopology

MOST_BYTES: Final = 20_000_000
MOST_TAGS: Final = 500_000
MOST_DEPTH: Final = 100


def read_graphml(path: Path) -> RawTopology:
    """Return the network in a GraphML file.

    Node attributes read: ``label``, ``Latitude``, ``Longitude``, ``kind``, ``site``, ``feeds``
    (blank between) and ``transit``; edge attributes: ``LinkSpeedRaw`` (bit/s), ``capacity_bps``,
    ``length_km`` and ``cards`` (that at the end named by ``a``, a blank, the other; ``-`` is none).

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
    return RawTopology(title, nodes, edges)


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
    return content


def _parse(path: Path, content: bytes) -> Any:
    import networkx as nx

    _survey(path, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on odd but readable files; checks look at the result
            return nx.read_graphml(BytesIO(content))
    except (nx.NetworkXError, ParseError, LookupError, TypeError, ValueError) as error:
        reason = str(error).strip("'\"") or type(error).__name__
        raise _refusal(path, "TOP025", f"is not a GraphML document: {reason}") from error


def _survey(path: Path, content: bytes) -> None:
    """Refuse what is no XML, or is XML made to hurt, before a tree is built of it.

    Raises:
        TopologyError: So it is.
    """
    seen = depth = 0

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal seen, depth
        seen, depth = seen + 1, depth + 1
        if seen > MOST_TAGS or depth > MOST_DEPTH:
            raise _refusal(
                path, "TOP023", f"has over {MOST_TAGS:,} tags or nests them over {MOST_DEPTH} deep"
            )

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_what: object) -> None:
        raise _refusal(path, "TOP024", "has a document type (DTD); take it out, it is not needed")

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        at = Position(str(path), error.lineno, error.offset + 1)
        raise TopologyError(Finding("TOP025", f"not XML: {reason}", at=at)) from error
    except (LookupError, ValueError) as error:  # an encoding that is unknown or of many bytes
        raise _refusal(path, "TOP025", f"not XML: {error}") from error


def _node(name: Any, attributes: dict[str, Any]) -> RawNode:
    label = str(attributes.get("label") or f"node-{name}")
    latitude = _number(attributes.get("Latitude", attributes.get("latitude")))
    longitude = _number(attributes.get("Longitude", attributes.get("longitude")))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 360:
        latitude = longitude = None
    return RawNode(
        label,
        latitude,
        longitude,
        kind=str(attributes.get("kind") or "router"),
        site=str(attributes.get("site") or ""),
        feeds=tuple(dict.fromkeys(str(attributes.get("feeds") or "").split())),
        transit=str(attributes.get("transit", True)).casefold() not in ("false", "0"),
    )


def _cards(a: str, attributes: dict[str, Any]) -> tuple[str, str]:
    """Return the cards at the end whose label is `a` and at the other."""
    held = str(attributes.get("cards") or "").split()
    if len(held) != 2:
        return "", ""
    first, second = ("" if card == "-" else card for card in held)
    return (first, second) if attributes.get("a", a) == a else (second, first)


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
                *_cards(str(graph.nodes[a].get("label")), attributes),
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
