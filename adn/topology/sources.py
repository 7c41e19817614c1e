"""Where networks come from: the topohub collection by name, and GraphML files.

A source yields a `RawTopology`: what it says and no more. What it lacks is filled elsewhere, by
stated rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from adn.base.errors import Finding, TopologyError
from adn.topology.naming import closest, closest_few

TOPOHUB = "topohub:"
GRAPHML = ".graphml"


@dataclass(frozen=True, slots=True)
class RawNode:
    """A node as the source has it; coordinates in degrees, None where unknown.

    Where the source names no site, the node is one of its own; where it names no feeds, power is
    not known.
    """

    name: str
    latitude: float | None = None
    longitude: float | None = None
    kind: str = "router"
    site: str = ""
    feeds: tuple[str, ...] = ()
    transit: bool = True


@dataclass(frozen=True, slots=True)
class RawEdge:
    """An edge between two node rows; None, or no card, where the source does not say."""

    a: int
    z: int
    length_km: float | None = None
    capacity_bps: float | None = None
    card_a: str = ""
    card_z: str = ""


@dataclass(frozen=True, slots=True)
class RawTopology:
    """A network as its source gives it.

    Attributes:
        name: The network's name.
        nodes: In the order of the source.
        edges: In the order of the source; parallel ones are kept.
        demands: Traffic by (from row, to row) in the source's unit; empty where it has none. If
            no pair appears both ways, they have no direction.
        lengths: What the source's link lengths are, if that must be known to judge them.
    """

    name: str
    nodes: tuple[RawNode, ...]
    edges: tuple[RawEdge, ...]
    demands: Mapping[tuple[int, int], float] = field(default_factory=dict)
    lengths: str = ""


def load_topology(source: str, base_folder: Path | None = None) -> RawTopology:
    """Return the network that `source` names.

    Args:
        source: ``topohub:<set>/<name>``, or a GraphML file.
        base_folder: Folder that a relative file is looked up from; None means the current one.

    Raises:
        TopologyError: There is no such network, or its file is broken.
    """
    if source.startswith(TOPOHUB):
        return _from_topohub(source.removeprefix(TOPOHUB))
    if source.casefold().endswith(GRAPHML):
        from adn.topology.graphml import read_graphml

        path = Path(source)
        return read_graphml(path if base_folder is None else base_folder / path)
    by_name = {known.partition("/")[2]: known for known in reversed(topohub_names())}
    near = by_name.get(closest(source.rpartition("/")[2], by_name), "")
    raise TopologyError(
        Finding(
            "TOP020",
            f"unknown topology source '{source}'; write topohub:<set>/<name> or a {GRAPHML} file",
            hint=f"{TOPOHUB}{near}" if near else "",
        )
    )


@cache
def topohub_names() -> tuple[str, ...]:
    """Return the keys of all networks that the installed topohub ships, sorted."""
    root = resources.files("topohub") / "data"
    return tuple(sorted(_json_keys(root, "")))


def _json_keys(folder: Any, prefix: str) -> list[str]:
    keys: list[str] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            keys.extend(_json_keys(entry, f"{prefix}{entry.name}/"))
        elif entry.name.endswith(".json"):
            keys.append(prefix + entry.name.removesuffix(".json"))
    return keys


def _from_topohub(key: str) -> RawTopology:
    # topohub pastes the key into a path, so nothing but a listed key may reach it.
    names = topohub_names()
    if key not in names:
        raise TopologyError(_unknown_key(key, names))
    text = (resources.files("topohub") / "data" / f"{key}.json").read_text(encoding="utf-8")
    return _from_node_link(key, json.loads(text))


def _unknown_key(key: str, names: tuple[str, ...]) -> Finding:
    family, _, name = key.partition("/")
    within = {known.partition("/")[2]: known for known in names if known.startswith(f"{family}/")}
    if within:
        near = [f"{TOPOHUB}{within[each]}" for each in closest_few(name, within)]
        message = f"topohub has no network '{name}' among the {len(within)} of set '{family}'"
    else:
        families = sorted({known.partition("/")[0] for known in names})
        likely = closest(family, families)
        searched = [known for known in reversed(names) if known.startswith(likely)]
        anywhere = {known.partition("/")[2]: known for known in searched}
        near = [f"{TOPOHUB}{anywhere[each]}" for each in closest_few(name or family, anywhere)]
        message = f"topohub has no set '{family}'; it has {', '.join(families)}"
    if len(near) > 1:
        message += f"; close to it are {', '.join(near)}"
    return Finding("TOP021", message, hint=near[0] if near else "")


def _from_node_link(key: str, data: Mapping[str, Any]) -> RawTopology:
    # Node ids are strings in some sets and integers in others, and always strings as JSON keys.
    rows = {str(node["id"]): row for row, node in enumerate(data["nodes"])}
    nodes = []
    for node in data["nodes"]:
        longitude, latitude = node.get("pos") or (None, None)
        name = str(node["name"]) if node.get("name") else f"node-{node['id']}"
        nodes.append(RawNode(name, latitude, longitude))
    edges = [
        RawEdge(rows[str(edge["source"])], rows[str(edge["target"])], float(edge["dist"]))
        for edge in data["edges"]
    ]
    demands = {
        (rows[str(start)], rows[str(end)]): float(volume)
        for start, ends in (data["graph"].get("demands") or {}).items()
        for end, volume in ends.items()
    }
    lengths = "great-circle distances as topohub has them; real fibre takes detours"
    return RawTopology(key, tuple(nodes), tuple(edges), demands, lengths)
