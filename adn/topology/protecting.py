"""Which links have another way when their own fibre fails, and through which ducts it leads.

A way round is laid through ducts that the link's own fibre does not run in, along the shortest path
over other links; where there is none, the link stays unprotected and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final, Literal

from adn.base.errors import Finding, TopologyError
from adn.topology.elements import Assumption, Duct, Link, NetworkElement, NetworkRows, Protection
from adn.topology.naming import closest
from adn.topology.network import Network

WAIT_MS: Final = 300_000
"""Wait to restore: 5 minutes, the least of the 5 to 12 that ITU-T G.841 has (from memory)."""


@dataclass(frozen=True, slots=True)
class ProtectionSpec:
    """Protection of some links.

    Attributes:
        scheme: ``1+1`` or ``shared``.
        links: Ids of the links; none means all that no other entry names.
        ways: How many ways round a shared one may try.
        wait_ms: Wait to restore, ms; 0 for non-revertive.
    """

    scheme: Literal["1+1", "shared"]
    links: tuple[str, ...] = ()
    ways: int = 2
    wait_ms: int = WAIT_MS


@dataclass(frozen=True, slots=True)
class LaidProtection:
    """Protections, and the rules they were laid by."""

    protections: tuple[Protection, ...]
    assumptions: tuple[Assumption, ...]


def lay_protection(
    specs: Sequence[ProtectionSpec], links: Sequence[Link], elements: Sequence[NetworkElement]
) -> LaidProtection:
    """Return the ways round of the links that are to be protected.

    Raises:
        TopologyError: An entry names an unknown link, or one that another entry names.
    """
    if not specs:
        return LaidProtection((), ())
    chosen = _chosen(specs, links)
    transit = {row.id for row in elements if row.transit}
    found, bare = [], 0
    for link in sorted(links, key=lambda row: row.id):
        spec = chosen.get(link.id)
        if spec is None or not link.ducts:
            continue
        routes = _ways_round(link, links, transit, 1 if spec.scheme == "1+1" else spec.ways)
        if routes:
            found.append(Protection(link.id, spec.scheme, routes, spec.wait_ms))
        else:
            bare += 1
    rules = [
        Assumption(
            "protected links",
            "a second fibre, or spare ones, along the shortest way over other links that shares no "
            "duct with the own fibre",
            len(found),
            "the scenario",
        ),
        Assumption("links without a way round", "they stay as they are", bare, "the scenario"),
    ]
    return LaidProtection(tuple(found), tuple(rule for rule in rules if rule.count))


def with_protection(network: Network, specs: Sequence[ProtectionSpec], spares: int) -> Network:
    """Return a network whose links are protected as its description says.

    Raises:
        TopologyError: See `lay_protection`.
    """
    if not specs and not spares:
        return network
    rows = network.rows
    laid = lay_protection(specs, rows.links, rows.elements)
    return Network.from_rows(
        replace(
            rows,
            ducts=with_spares(rows.ducts, spares),
            protections=laid.protections,
            assumptions=(*rows.assumptions, *laid.assumptions),
        )
    )


def with_spares(ducts: Sequence[Duct], spares: int) -> tuple[Duct, ...]:
    """Return ducts with so many dark fibre pairs each."""
    return tuple(Duct(row.id, row.length_km, spares) for row in ducts) if spares else tuple(ducts)


def _chosen(specs: Sequence[ProtectionSpec], links: Sequence[Link]) -> dict[str, ProtectionSpec]:
    """Return the entry of each link that has one; an entry without links takes the rest."""
    known = {link.id for link in links}
    found: list[Finding] = []
    chosen: dict[str, ProtectionSpec] = {}
    for spec in specs:
        for name in spec.links:
            if name not in known:
                text = f"protection names link '{name}', which does not exist"
                found.append(Finding("TOP050", text, hint=closest(name, known)))
            elif name in chosen:
                text = f"link '{name}' is protected twice; it can have one protection"
                found.append(Finding("TOP050", text))
            else:
                chosen[name] = spec
    if found:
        raise TopologyError(found)
    for spec in specs:
        if not spec.links:
            chosen = dict.fromkeys(sorted(known - set(chosen)), spec) | chosen
    return chosen


def _ways_round(
    link: Link, links: Sequence[Link], transit: set[str], most: int
) -> tuple[tuple[str, ...], ...]:
    """Return up to `most` ways, each the shortest that shares no duct with the own or earlier."""
    taken = set(link.ducts)
    ways: list[tuple[str, ...]] = []
    while len(ways) < most:
        path = _shortest(link, [row for row in links if not taken & set(row.ducts)], transit)
        if path is None:
            break
        ways.append(path)
        taken |= set(path)
    return tuple(ways)


def _shortest(link: Link, links: Sequence[Link], transit: set[str]) -> tuple[str, ...] | None:
    """Return the ducts of the shortest way between a link's ends over links, a end first."""
    beside: dict[str, list[tuple[str, Link]]] = {}
    for row in links:
        if row.id != link.id and row.ducts:
            beside.setdefault(row.a, []).append((row.z, row))
            beside.setdefault(row.z, []).append((row.a, row))
    queue: list[tuple[float, tuple[str, ...], str, tuple[str, ...]]] = [(0.0, (), link.a, ())]
    done: set[str] = set()
    while queue:
        km, names, here, ducts = heappop(queue)
        if here == link.z:
            return tuple(dict.fromkeys(ducts))
        if here in done or (here != link.a and here not in transit):
            continue
        done.add(here)
        for there, row in beside.get(here, ()):
            if there not in done:
                way = row.ducts if row.a == here else row.ducts[::-1]
                heappush(queue, (km + row.length_km, (*names, row.id), there, (*ducts, *way)))
    return None


def protection_findings(rows: NetworkRows) -> Iterator[Finding]:
    """Yield what is wrong with the protections of a network's rows."""
    links = {row.id: row for row in rows.links}
    ducts = {row.id for row in rows.ducts}
    seen: set[str] = set()
    for row in sorted(rows.protections, key=lambda row: row.link):
        if row.link not in links:
            text = f"protection names link '{row.link}', which does not exist"
            yield Finding("TOP050", text, hint=closest(row.link, links))
            continue
        if row.link in seen:
            text = f"link '{row.link}' is protected twice; it can have one protection"
            yield Finding("TOP050", text)
        seen.add(row.link)
        for duct in sorted({duct for way in row.routes for duct in way} - ducts):
            text = f"link '{row.link}' is protected in duct '{duct}', which does not exist"
            yield Finding("TOP051", text, hint=closest(duct, ducts))
        if not row.routes or not all(row.routes):
            yield Finding("TOP051", f"link '{row.link}' is protected by no ducts; name some")
        elif row.scheme == "1+1" and len(row.routes) > 1:
            text = f"link '{row.link}' has {len(row.routes)} ways round; 1+1 protection has one"
            yield Finding("TOP051", text)
