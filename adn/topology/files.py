"""Networks as files: exact JSON of all rows, and GraphML for other programs.

Files are written under a temporary name and then renamed, so nothing half-written is ever found.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adn.base.errors import Finding, Position, TopologyError
from adn.topology.elements import (
    PLAIN,
    Assumption,
    Card,
    Duct,
    Link,
    Manner,
    NetworkElement,
    NetworkRows,
    PowerFeed,
    Protection,
    Service,
    Site,
    Sla,
    Slice,
)
from adn.topology.network import Network


def rows_to_json(rows: NetworkRows) -> dict[str, Any]:
    """Return `rows` as a JSON-like value; `rows_from_json` gives exactly the same rows back."""
    listed = asdict(rows)
    return {name: _as_list(value) for name, value in listed.items()}


def _as_list(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_list(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_list(item) for item in value]
    return value


def rows_from_json(data: Mapping[str, Any]) -> NetworkRows:
    """Return the rows that `rows_to_json` wrote; they are not checked for soundness.

    Raises:
        TopologyError: `data` does not have the shape of rows.
    """
    try:
        return NetworkRows(
            name=data["name"],
            sites=tuple(Site(**row) for row in data["sites"]),
            elements=tuple(
                NetworkElement(**{**row, "feeds": tuple(row["feeds"])}) for row in data["elements"]
            ),
            ducts=tuple(Duct(**row) for row in data["ducts"]),
            links=tuple(Link(**{**row, "ducts": tuple(row["ducts"])}) for row in data["links"]),
            services=tuple(
                Service(**{**row, "sla": Sla(**row["sla"]), "manner": _manner(row)})
                for row in data["services"]
            ),
            feeds=tuple(PowerFeed(**row) for row in data["feeds"]),
            cards=tuple(Card(**row) for row in data["cards"]),
            protections=tuple(
                Protection(**{**row, "routes": tuple(tuple(way) for way in row["routes"])})
                for row in data.get("protections", ())
            ),
            assumptions=tuple(Assumption(**row) for row in data["assumptions"]),
        )
    except (KeyError, TypeError) as error:
        reason = f"{error}" if isinstance(error, TypeError) else f"key {error} is missing"
        raise TopologyError(Finding("TOP027", f"not the rows of a network: {reason}")) from error


def _manner(service: Mapping[str, Any]) -> Manner:
    """Return how a service is sent; rows that do not say are plain."""
    row = service.get("manner")
    found = PLAIN if row is None else Manner(**{**row, "slice": Slice(**row["slice"])})
    return PLAIN if found == PLAIN else found


def graphml_text(network: Network) -> str:
    """Return `network` as GraphML: what the Topology Zoo's files hold, and what is known besides.

    That is costs and ducts, and where they are known sites, power feeds, line cards, and which
    elements forward nothing for others.
    """
    import networkx as nx

    graph: Any = nx.MultiGraph(label=network.name)
    for name, attributes in network.graph.nodes(data=True):
        where = {
            title: attributes[key]
            for title, key in (("Latitude", "latitude"), ("Longitude", "longitude"))
            if key in attributes
        }
        graph.add_node(name, label=name, kind=attributes["kind"], **where)
    for row in network.rows.elements:
        known: dict[str, Any] = {"site": row.site} if row.site not in ("", row.id) else {}
        known |= {"feeds": " ".join(row.feeds)} if row.feeds else {}
        known |= {} if row.transit else {"transit": False}
        graph.nodes[row.id].update(known)
    for a, z, name, attributes in network.graph.edges(keys=True, data=True):
        graph.add_edge(a, z, key=name, **(attributes | {"ducts": " ".join(attributes["ducts"])}))
    for link in network.rows.links:
        if link.card_a or link.card_z:
            cards = f"{link.card_a or '-'} {link.card_z or '-'}"
            graph.edges[link.a, link.z, link.id].update(a=link.a, cards=cards)
    return "\n".join(nx.generate_graphml(graph, named_key_ids=True)) + "\n"


def write_graphml(network: Network, path: Path, *, overwrite: bool = False) -> None:
    """Write `network` as GraphML.

    Raises:
        TopologyError: The file exists and may not be overwritten, or cannot be written.
    """
    if path.is_dir():
        raise _refusal(path, "is a folder; name a file")
    if path.exists() and not overwrite:
        raise _refusal(path, "exists; use --force to replace it")
    # Beside the target, because a rename across file systems is no longer one step.
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(graphml_text(network), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _refusal(path, f"cannot be written: {reason}") from error
    finally:
        beside.unlink(missing_ok=True)


def _refusal(path: Path, message: str) -> TopologyError:
    return TopologyError(Finding("TOP028", message, at=Position(str(path))))
