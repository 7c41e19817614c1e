"""Which ducts links ride in: a span of their own, stretches named by hand, shared ways into sites.

Shared ducts are what makes one spade cut several links. All stretches count inside a link's own
length, so adding a shared duct lengthens no path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adn.base.errors import Finding, TopologyError
from adn.topology.elements import Assumption, Duct, Link, Site
from adn.topology.geography import bearing_degrees
from adn.topology.naming import closest
from adn.topology.specs import SharedDuct, TopologySpec

_SHORTEST_KM = 1e-6


@dataclass(frozen=True, slots=True)
class LaidDucts:
    """Ducts, the links with their ducts filled in, and the rules that were used."""

    ducts: tuple[Duct, ...]
    links: tuple[Link, ...]
    assumptions: tuple[Assumption, ...]


def lay_ducts(
    links: Sequence[Link], span_of: Mapping[str, str], sites: Mapping[str, Site], spec: TopologySpec
) -> LaidDucts:
    """Return `links` with ducts.

    Args:
        links: Links without ducts.
        span_of: Link id → name of the span it rides in; links of one bundle have the same.
        sites: Element id → its site, only where coordinates are known.
        spec: Angle, length and names of shared ducts.

    Raises:
        TopologyError: A shared duct names an unknown link or is longer than one of its links.
    """
    by_hand = _by_hand(links, spec.shared_ducts)
    left_km = {
        link.id: link.length_km - sum(duct.length_km for duct in by_hand[link.id]) for link in links
    }
    entries = _entries(links, span_of, sites, left_km, spec)
    ducts = {duct.name: Duct(duct.name, duct.length_km) for duct in spec.shared_ducts}
    ducts |= {duct.id: duct for pair in entries.values() for duct in pair if duct}
    spans: dict[str, Duct] = {}
    laid = []
    for link in links:
        at_a, at_z = entries[link.id]
        rest = left_km[link.id] - sum(duct.length_km for duct in (at_a, at_z) if duct)
        names = [at_a.id] if at_a else []
        names += [duct.name for duct in by_hand[link.id] if not _only_at(duct, link.z, links)]
        if rest > _SHORTEST_KM:
            spans[span_of[link.id]] = Duct(span_of[link.id], rest)
            names.append(span_of[link.id])
        names += [duct.name for duct in by_hand[link.id] if _only_at(duct, link.z, links)]
        names += [at_z.id] if at_z else []
        laid.append(replace(link, ducts=tuple(names)))
    entry_ids = {duct.id for pair in entries.values() for duct in pair if duct}
    rules = _rules(len(spans), len(entry_ids), spec)
    return LaidDucts(tuple((ducts | spans).values()), tuple(laid), rules)


def _by_hand(
    links: Sequence[Link], shared: Sequence[SharedDuct]
) -> dict[str, tuple[SharedDuct, ...]]:
    """Return the hand-named ducts of each link, after checking that they fit."""
    known = {link.id: link for link in links}
    found: list[Finding] = []
    held: dict[str, tuple[SharedDuct, ...]] = dict.fromkeys(known, ())
    for duct in shared:
        for name in dict.fromkeys(duct.links):
            if name not in known:
                found.append(
                    Finding(
                        "TOP030",
                        f"shared duct '{duct.name}' names link '{name}', which does not exist",
                        hint=closest(name, known),
                    )
                )
            else:
                held[name] += (duct,)
        if not duct.links:
            found.append(Finding("TOP030", f"shared duct '{duct.name}' must name its links"))
    for name, ducts in held.items():
        total = sum(duct.length_km for duct in ducts)
        if total > known[name].length_km + _SHORTEST_KM:
            titles = ", ".join(f"'{duct.name}'" for duct in ducts)
            found.append(
                Finding(
                    "TOP031",
                    f"link '{name}' is {known[name].length_km:.6g} km long, but its shared ducts "
                    f"{titles} are {total:.6g} km; make them shorter",
                )
            )
    if found:
        raise TopologyError(found)
    return held


def _only_at(duct: SharedDuct, element: str, links: Sequence[Link]) -> bool:
    """Whether all links of a duct end at `element`, so the stretch must lie at that end."""
    members = [link for link in links if link.id in duct.links]
    return all(element in (link.a, link.z) for link in members)


def _entries(
    links: Sequence[Link],
    span_of: Mapping[str, str],
    sites: Mapping[str, Site],
    left_km: Mapping[str, float],
    spec: TopologySpec,
) -> dict[str, tuple[Duct | None, Duct | None]]:
    """Return each link's entry ducts at its a end and its z end."""
    at: dict[tuple[str, str], Duct] = {}
    for element in sorted(sites) if spec.shared_duct_angle is not None else ():
        leaving = {}
        for link in links:
            if element in (link.a, link.z):
                far = link.z if link.a == element else link.a
                if far in sites and left_km[link.id] > _SHORTEST_KM:
                    leaving[link.id] = far
        ways = _bearings(sites[element], {name: sites[far] for name, far in leaving.items()})
        groups = group_by_angle(ways, spec.shared_duct_angle or 0.0)
        # A bundle in one span shares everything already.
        shared = [group for group in groups if len({span_of[name] for name in group}) > 1]
        for number, group in enumerate(shared, start=1):
            third = min(left_km[name] for name in group) / 3
            duct = Duct(f"duct:{element}/{number}", min(spec.shared_duct_km, third))
            at |= {(name, element): duct for name in group}
    return {link.id: (at.get((link.id, link.a)), at.get((link.id, link.z))) for link in links}


def _bearings(here: Site, there: Mapping[str, Site]) -> dict[str, float]:
    """Return the bearing of each link that leaves a site, but for those that go nowhere."""
    return {
        name: bearing_degrees(here.latitude, here.longitude, far.latitude, far.longitude)
        for name, far in there.items()
        if (far.latitude, far.longitude) != (here.latitude, here.longitude)
    }


def group_by_angle(bearings: Mapping[str, float], angle: float) -> list[tuple[str, ...]]:
    """Return groups of links whose bearings all lie within `angle` degrees of each other.

    The sweep starts after the widest gap of the compass, so that north cuts no group in two.

    >>> group_by_angle({"p": 355.0, "q": 5.0, "r": 90.0}, 20.0)
    [('p', 'q'), ('r',)]
    """
    order = sorted(bearings, key=lambda name: (bearings[name], name))
    if not order:
        return []
    gaps = [((bearings[name] - bearings[order[i - 1]]) % 360.0, -i) for i, name in enumerate(order)]
    start = -max(gaps)[1] if len(order) > 1 else 0
    groups: list[list[str]] = []
    for name in order[start:] + order[:start]:
        if groups and (bearings[name] - bearings[groups[-1][0]]) % 360.0 <= angle:
            groups[-1].append(name)
        else:
            groups.append([name])
    return [tuple(group) for group in groups]


def _rules(spans: int, entries: int, spec: TopologySpec) -> tuple[Assumption, ...]:
    rules = [Assumption("span ducts", "every link of the source rides in a duct of its own", spans)]
    if spec.shared_duct_angle is not None:
        rules.append(
            Assumption(
                "entry ducts",
                f"links that leave a site within {spec.shared_duct_angle:g}° of each other share "
                f"their first {spec.shared_duct_km:g} km, at most a third of the shortest of them",
                entries,
            )
        )
    if spec.shared_ducts:
        rules.append(
            Assumption(
                "shared ducts",
                "named by hand with their links and length, counted inside the links' length",
                len(spec.shared_ducts),
                "the scenario",
            )
        )
    return tuple(rules)
