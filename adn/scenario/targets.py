"""Which objects faults strike: named ones are looked up, picked ones are drawn by the seed.

Every entry of `faults:` has a stream of its own, named by its index, so that adding an entry
changes no other's pick, and candidates are in the order of the network's sorted ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adn.base.clock import Millis
from adn.base.errors import Finding
from adn.faults.kinds import FaultKind
from adn.scenario.faultspec import Choice, DuctChoice, LinkChoice, Target
from adn.scenario.marks import Path
from adn.scenario.reader import LoadedScenario, refused
from adn.scenario.units import shown
from adn.topology.naming import closest
from adn.topology.network import Names, Network

Weights = Mapping[str, npt.NDArray[np.float64]]
"""Traffic of each object, by table, in row order; what `busiest` ranks by."""


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """One fault that will strike.

    Attributes:
        index: Which entry of `faults:` it comes from, from 0.
        kind: Its kind.
        target: Id of the object it strikes.
        at: When, simulated milliseconds.
        params: A value for every parameter of the kind.
    """

    index: int
    kind: FaultKind
    target: str
    at: Millis
    params: Mapping[str, float]


def resolve_targets(
    loaded: LoadedScenario,
    network: Network,
    stream_of: Callable[[str], np.random.Generator],
    weights: Weights | None = None,
) -> list[PlannedTarget]:
    """Return every fault with its object and its time, in the order of the file.

    Args:
        loaded: The scenario.
        network: The network as it really is.
        stream_of: Gives the random stream of a name.
        weights: What `busiest` ranks by: for each table it is used on, traffic per row.

    Raises:
        ScenarioError: An object does not exist, or there are too few to pick from; all of them.
    """
    planned: list[PlannedTarget] = []
    findings: list[Finding] = []
    for fault in loaded.faults:
        stream = stream_of(f"fault/{fault.index}")
        latest = loaded.scenario.clock.duration - 1
        at = min(max(fault.at.draw(stream), loaded.scenario.clock.warmup), latest)
        where: Path = ("faults", fault.index, "target")
        found, slips = pick_objects(loaded, fault.target, where, network, stream, weights)
        findings += slips
        planned += [
            PlannedTarget(fault.index, fault.kind, name, at, fault.params) for name in found
        ]
    if findings:
        raise refused(findings)
    return planned


def names_of(network: Network, table: str) -> Names:
    """Return the ids of a table: duct, link, direction or element."""
    names: Names = getattr(network, f"{table}s")
    return names


def pick_objects(
    loaded: LoadedScenario,
    target: Target,
    where: Path,
    network: Network,
    stream: np.random.Generator,
    weights: Weights | None = None,
) -> tuple[list[str], list[Finding]]:
    """Return the ids of the objects that a target names or the stream picks, and what is wrong.

    Args:
        loaded: The scenario.
        target: As its file has it.
        where: Where in the file it stands.
        network: The network as it really is.
        stream: What picks.
        weights: What `busiest` ranks by.
    """
    table, choice = target.table, target.choice
    path: Path = (*where, table)
    names = names_of(network, table)
    if choice.id is not None:
        finding = _unknown(loaded, path, choice.id, table, names)
        return ([], [finding]) if finding else ([choice.id], [])
    findings = []
    for number, name in enumerate(choice.of or ()):
        finding = _unknown(loaded, (*path, "of", number), name, table, names)
        findings += [finding] if finding else []
    if isinstance(choice, LinkChoice):
        for number, name in enumerate(choice.between or ()):
            where = (*path, "between", number)
            finding = _unknown(loaded, where, name, "element", network.elements)
            findings += [finding] if finding else []
    if findings:
        return [], findings
    rows = _candidates(choice, table, network, weights or {})
    wanted = choice.pick or 1
    if len(rows) < wanted:
        objects = f"{table}{'s' if wanted > 1 else ''}"
        message = f"{wanted} {objects} to be picked, and {len(rows) or 'none'} to pick from"
        return [], [loaded.finding((*path, "pick"), "SCN027", message)]
    picked = stream.choice(np.array(rows), size=wanted, replace=False, shuffle=False)
    return [names[int(row)] for row in sorted(picked)], []


def _candidates(choice: Choice, table: str, network: Network, weights: Weights) -> list[int]:
    """Return the rows that pass every filter, ascending."""
    names = names_of(network, table)
    rows = sorted({names.row(name) for name in choice.of}) if choice.of else range(len(names))
    kept = [row for row in rows if _passes(row, choice, table, network)]
    if choice.busiest is not None and table in weights:
        traffic = weights[table]
        kept = sorted(kept, key=lambda row: (-float(traffic[row]), row))[: choice.busiest]
    return sorted(kept)


def _passes(row: int, choice: Choice, table: str, network: Network) -> bool:
    if isinstance(choice, DuctChoice) and choice.min_links is not None:
        held = np.unique(network.ride_link[network.ride_duct == row])
        return len(held) >= choice.min_links
    if isinstance(choice, LinkChoice) and choice.between is not None:
        link = row // 2 if table == "direction" else row
        ends = {network.elements[int(end[link])] for end in (network.link_a, network.link_z)}
        return ends <= set(choice.between)
    return True


def _unknown(
    loaded: LoadedScenario, path: Path, name: str, table: str, names: Names
) -> Finding | None:
    if name in names:
        return None
    topology: Any = loaded.scenario.topology
    return loaded.finding(
        path,
        "SCN021",
        f"the network has no {table} {shown(name)}",
        hint=closest(name, names.ids),
        see=f"adn topology {topology.source or loaded.file}",
    )
