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
from adn.scenario.faultspec import (
    BetweenChoice,
    CardChoice,
    Choice,
    DirectionChoice,
    DuctChoice,
    ElementChoice,
    FeedChoice,
    LinkChoice,
    Target,
)
from adn.scenario.marks import Path
from adn.scenario.reader import LoadedFault, LoadedScenario, refused
from adn.scenario.units import shown
from adn.topology.naming import closest
from adn.topology.network import Names, Network
from adn.twin.impairments import names_of
from adn.twin.properties import Table

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
        lasts: After how long it is over by itself, ms; None if it is not.
    """

    index: int
    kind: FaultKind
    target: str
    at: Millis
    params: Mapping[str, float]
    lasts: Millis | None = None


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
        when = [_when(loaded, fault, stream)]
        where: Path = ("faults", fault.index, "target")
        found, slips = pick_objects(
            loaded, fault.target, where, network, stream, weights, shuffled=fault.count > 1
        )
        findings += slips
        if fault.count > 1:
            streams = [stream_of(f"fault/{fault.index}/{nth}") for nth in range(fault.count)]
            when = [_when(loaded, fault, one) for one in streams]
            found = [found[nth % len(found)] for nth in range(fault.count)] if found else []
        for nth, name in enumerate(found):
            own = stream_of(f"fault/{fault.index}/lasts/{nth}")
            lasts = None if fault.lasts is None else max(1, fault.lasts.draw(own))
            at = when[nth % len(when)]
            planned.append(PlannedTarget(fault.index, fault.kind, name, at, fault.params, lasts))
    if findings:
        raise refused(findings)
    return planned


def _when(loaded: LoadedScenario, fault: LoadedFault, stream: np.random.Generator) -> Millis:
    """Return when a fault strikes, within the part of the run that is scored."""
    clock = loaded.scenario.clock
    return min(max(fault.at.draw(stream), clock.warmup), clock.duration - 1)


def pick_objects(
    loaded: LoadedScenario,
    target: Target,
    where: Path,
    network: Network,
    stream: np.random.Generator,
    weights: Weights | None = None,
    *,
    shuffled: bool = False,
) -> tuple[list[str], list[Finding]]:
    """Return the ids of the objects that a target names or the stream picks, and what is wrong.

    Args:
        loaded: The scenario.
        target: As its file has it.
        where: Where in the file it stands.
        network: The network as it really is.
        stream: What picks.
        weights: What `busiest` ranks by.
        shuffled: Whether to return all that one might pick, in an order that the stream draws.
    """
    table, choice = target.table, target.choice
    path: Path = (*where, table)
    names = names_of(network, table)
    if choice.id is not None:
        finding = _unknown(loaded, path, choice.id, table, names)
        return ([], [finding]) if finding else ([choice.id], [])
    findings = _unknown_names(loaded, path, choice, table, network)
    if findings:
        return [], findings
    rows = _candidates(choice, table, network, weights or {})
    wanted = choice.pick or 1
    if len(rows) < wanted:
        objects = f"{table}{'s' if wanted > 1 else ''}"
        message = f"{wanted} {objects} to be picked, and {len(rows) or 'none'} to pick from"
        return [], [loaded.finding((*path, "pick"), "SCN027", message)]
    if shuffled:
        return [names[int(row)] for row in stream.permutation(np.array(rows))], []
    picked = stream.choice(np.array(rows), size=wanted, replace=False, shuffle=False)
    return [names[int(row)] for row in sorted(picked)], []


def _unknown_names(
    loaded: LoadedScenario, path: Path, choice: Choice, table: Table, network: Network
) -> list[Finding]:
    """Return what a choice names that the network does not have."""
    kinds = Names(sorted({row.kind for row in network.rows.elements}))
    sites = Names(row.id for row in network.rows.sites)
    known = {
        "of": (table, names_of(network, table)),
        "between": ("element", network.elements),
        "kinds": ("element of kind", kinds),
        "kind": ("element of kind", kinds),
        "from_": ("element of kind", kinds),
        "to": ("element of kind", kinds),
        "site": ("site", sites),
    }
    findings = []
    for key, (what, names) in known.items():
        held, where = getattr(choice, key, None) or (), (*path, key.rstrip("_"))
        several = isinstance(held, tuple)
        for number, name in enumerate(held if several else (held,)):
            place = (*where, number) if several else where
            finding = _unknown(loaded, place, name, what, names)
            findings += [finding] if finding else []
    return findings


def _candidates(choice: Choice, table: Table, network: Network, weights: Weights) -> list[int]:
    """Return the rows that pass every filter, ascending."""
    names, passes = names_of(network, table), _Filter(network, choice).passes
    rows = sorted({names.row(name) for name in choice.of}) if choice.of else range(len(names))
    kept = [row for row in rows if passes(row)]
    if choice.busiest is not None and table in weights:
        traffic = weights[table]
        kept = sorted(kept, key=lambda row: (-float(traffic[row]), row))[: choice.busiest]
    return sorted(kept)


class _Filter:
    """Says which rows of a table a choice leaves to pick from."""

    def __init__(self, network: Network, choice: Choice) -> None:
        self._network, self._choice = network, choice
        self._kind = [row.kind for row in network.rows.elements]
        self._site = [row.site for row in network.rows.elements]

    def passes(self, row: int) -> bool:
        """Whether a row passes every filter of the choice."""
        choice, network = self._choice, self._network
        if isinstance(choice, DuctChoice):
            if not choice.min_links:
                return True
            held = np.unique(network.ride_link[network.ride_duct == row])
            return len(held) >= choice.min_links
        if isinstance(choice, LinkChoice):
            return self._joins(choice, int(network.link_a[row]), int(network.link_z[row]))
        if isinstance(choice, DirectionChoice):
            return self._leads(choice, int(network.tail[row]), int(network.head[row]))
        if isinstance(choice, ElementChoice):
            return self._stands(choice, row)
        if isinstance(choice, CardChoice):
            return self._stands(choice, int(network.card_element[row]))
        if isinstance(choice, FeedChoice):
            return choice.site in (None, network.rows.feeds[row].site)
        return True

    def _within(self, choice: BetweenChoice, ends: set[int]) -> bool:
        among = choice.between is None or all(
            self._network.elements[end] in choice.between for end in ends
        )
        return among and all(choice.site in (None, self._site[end]) for end in ends)

    def _joins(self, choice: LinkChoice, a: int, z: int) -> bool:
        kinds = sorted((self._kind[a], self._kind[z]))
        return self._within(choice, {a, z}) and (
            choice.kinds is None or kinds == sorted(choice.kinds)
        )

    def _leads(self, choice: DirectionChoice, tail: int, head: int) -> bool:
        return (
            self._within(choice, {tail, head})
            and choice.from_ in (None, self._kind[tail])
            and choice.to in (None, self._kind[head])
        )

    def _stands(self, choice: ElementChoice | CardChoice, element: int) -> bool:
        return choice.kind in (None, self._kind[element]) and choice.site in (
            None,
            self._site[element],
        )


def _unknown(
    loaded: LoadedScenario, path: Path, name: str, what: str, names: Names
) -> Finding | None:
    if name in names:
        return None
    topology: Any = loaded.scenario.topology
    return loaded.finding(
        path,
        "SCN021",
        f"the network has no {what} {shown(name)}",
        hint=closest(name, names.ids),
        see=f"adn topology {topology.source or loaded.file}",
    )
