"""What hangs on the rim of a network and forwards nothing for others: edges and thin branches.

An edge is named by hand with the elements it is linked to. Branches are laid around the elements in
turns, each with a place, an access duct and a link or two by stated rules. Numbers that differ from
branch to branch hang on a hash of its id, so that one branch more moves no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from adn.base.errors import Finding, TopologyError
from adn.base.streams import hash32
from adn.topology.elements import Assumption, Duct, Link, NetworkElement, Site
from adn.topology.geography import fibre_route_km, great_circle_km, place_beyond
from adn.topology.naming import closest, link_id
from adn.topology.specs import BranchSpec, TopologySpec

HOP_COST = 10
MOST_BRANCHES = 2_000
_ROUTE_FACTOR = 1.5  # of ITU-T G.826 below 1000 km
_WHOLE = 2**32


@dataclass(frozen=True, slots=True)
class Rim:
    """Elements that were attached, with their sites, ducts and links, and by what rules."""

    elements: tuple[NetworkElement, ...] = ()
    sites: tuple[Site, ...] = ()
    ducts: tuple[Duct, ...] = ()
    links: tuple[Link, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class _Branch:
    """A branch: its id, its home, which way and how far from it, and its second home if any."""

    id: str
    home: str
    bearing: float
    length_km: float
    second: str = ""


def attached(
    spec: TopologySpec,
    elements: Sequence[NetworkElement],
    links: Sequence[Link],
    sites: Mapping[str, Site],
) -> Rim:
    """Return the edges and branches of `spec` on the network that `elements` and `links` are.

    Args:
        spec: Edges, branches and metric.
        elements: Elements of the source, in its order.
        links: Links between them.
        sites: Element id → its site, only where coordinates are known.

    Raises:
        TopologyError: An edge or a branch cannot be attached as the spec says; all of them.
    """
    found = [*_wrong_edges(spec, elements), *_wrong_branches(spec.branches, elements)]
    if found:
        raise TopologyError(found)
    laying = _Laying(spec, sites)
    for edge in spec.edges:
        laying.element(edge.name, edge.kind)
        for end in edge.at:
            laying.link(end, edge.name, edge.rate_bps, edge.length_km)
    branches = _branches(spec.branches, elements, links) if spec.branches else []
    if spec.branches:
        laying.branches(branches, spec.branches)
    return Rim(
        tuple(laying.elements),
        tuple(laying.sites),
        tuple(laying.ducts),
        tuple(laying.links),
        tuple(_rules(spec, branches)),
    )


def _wrong_edges(spec: TopologySpec, elements: Sequence[NetworkElement]) -> Iterator[Finding]:
    known = {element.id for element in elements}
    for edge in spec.edges:
        if not edge.at:
            yield Finding("TOP039", f"edge '{edge.name}' is linked to nothing; name an element")
        if edge.name in known:
            yield Finding("TOP039", f"edge '{edge.name}' has the id of an element of the source")
        for end in edge.at:
            if end not in known:
                message = f"edge '{edge.name}' is linked to '{end}', which the source does not have"
                yield Finding("TOP039", message, hint=closest(end, known))
        for what, value in (("rate", edge.rate_bps), ("length", edge.length_km)):
            if not (isfinite(value) and value > 0):
                message = f"{what} of edge '{edge.name}' is {value:g}; it must be above 0"
                yield Finding("TOP039", message)


def _wrong_branches(
    spec: BranchSpec | None, elements: Sequence[NetworkElement]
) -> Iterator[Finding]:
    if spec is None:
        return
    known = {element.id for element in elements if element.transit}
    for home in spec.around:
        if home not in known:
            message = f"branches around '{home}', which the source does not have"
            yield Finding("TOP039", message, hint=closest(home, known))
    limits = [
        ("number of branches", spec.count, 1, MOST_BRANCHES),
        ("number of access ducts of a home", spec.ducts, 1, 64),
        ("share of dual-homed branches", spec.dual_homed, 0, 1),
    ]
    for what, number, low, high in limits:
        if not low <= number <= high:
            yield Finding("TOP039", f"{what} is {number:g}; it must be {low} to {high}")
    for what, value in (("rate", spec.rate_bps), ("length", spec.length_km)):
        if not (isfinite(value) and value > 0):
            yield Finding("TOP039", f"{what} of branches is {value:g}; it must be above 0")


def _branches(
    spec: BranchSpec, elements: Sequence[NetworkElement], links: Sequence[Link]
) -> list[_Branch]:
    """Return the branches, home by home in turns; the second home is the nearest neighbour."""
    homes = list(dict.fromkeys(spec.around)) or [row.id for row in elements if row.transit]
    wide = max(2, len(str(-(-spec.count // len(homes)))))
    made = [
        (f"{homes[place % len(homes)]}-{spec.kind}-{place // len(homes) + 1:0{wide}d}",
         homes[place % len(homes)])
        for place in range(spec.count)
    ]  # fmt: skip
    by_hash = sorted(made, key=lambda pair: (hash32(f"second-home/{pair[0]}"), pair[0]))
    dual = {name for name, _ in by_hash[: round(spec.dual_homed * spec.count)]}
    second = _second_homes(elements, links)
    lonely = sorted({home for name, home in made if name in dual and home not in second})
    if lonely:
        message = f"branches of '{lonely[0]}' have no second home: it has no neighbour"
        raise TopologyError(Finding("TOP039", message))
    return [
        _Branch(
            name,
            home,
            360.0 * hash32(f"bearing/{name}") / _WHOLE,
            round(spec.length_km * (0.5 + hash32(f"length/{name}") / _WHOLE), 3),
            second[home] if name in dual else "",
        )
        for name, home in made
    ]


def _second_homes(elements: Sequence[NetworkElement], links: Sequence[Link]) -> dict[str, str]:
    """Return of each element the neighbour over the shortest link that forwards for others."""
    transit = {row.id for row in elements if row.transit}
    near: dict[str, tuple[float, str]] = {}
    for link in links:
        for here, there in ((link.a, link.z), (link.z, link.a)):
            if there in transit:
                best = (link.length_km, there)
                near[here] = min(near.get(here, best), best)
    return {here: there for here, (_, there) in near.items()}


class _Laying:
    """The rows of a rim while they are laid."""

    def __init__(self, spec: TopologySpec, known: Mapping[str, Site]) -> None:
        self._metric, self._known = spec.metric, known
        self.elements: list[NetworkElement] = []
        self.sites: list[Site] = []
        self.ducts: list[Duct] = []
        self.links: list[Link] = []

    def element(self, name: str, kind: str, place: tuple[float, float] | None = None) -> None:
        """Add an element that stands at a site of its own."""
        self.elements.append(NetworkElement(name, kind, name, transit=False))
        self.sites.append(Site(name) if place is None else Site(name, *place))

    def link(
        self, home: str, name: str, rate_bps: float, length_km: float, access: Duct | None = None
    ) -> None:
        """Add a link, in an access duct if any and then in a duct of its own."""
        a, z = sorted((home, name))
        link = link_id(a, z)
        cost = HOP_COST if self._metric == "hops" else max(1, round(length_km))
        span = Duct(f"duct:{link}", round(length_km - (access.length_km if access else 0.0), 3))
        self.ducts.append(span)
        ducts = (access.id, span.id) if access else (span.id,)
        self.links.append(
            Link(link, a, z, rate_bps, length_km, cost, ducts if a == home else ducts[::-1])
        )

    def branches(self, branches: Sequence[_Branch], spec: BranchSpec) -> None:
        """Add branches, sector by sector around their homes."""
        sectors: defaultdict[tuple[str, int], list[_Branch]] = defaultdict(list)
        for branch in branches:
            sector = min(spec.ducts - 1, int(branch.bearing * spec.ducts / 360.0))
            sectors[branch.home, sector + 1].append(branch)
        for (home, number), held in sorted(sectors.items()):
            shared = round(min(branch.length_km for branch in held) / 3, 3)
            access = Duct(f"duct:{home}/access-{number}", shared)
            self.ducts.append(access)
            for branch in held:
                self._branch(branch, spec, access)

    def _branch(self, branch: _Branch, spec: BranchSpec, access: Duct) -> None:
        here, far = self._known.get(branch.home), self._known.get(branch.second)
        place = None
        if here:
            place = place_beyond(
                here.latitude, here.longitude, branch.bearing, branch.length_km / _ROUTE_FACTOR
            )
        self.element(branch.id, spec.kind, place)
        self.link(branch.home, branch.id, spec.rate_bps, branch.length_km, access)
        if branch.second:
            length = 2 * branch.length_km
            if place and far:
                air = great_circle_km(*place, far.latitude, far.longitude)
                length = max(1.0, round(fibre_route_km(air), 3))
            self.link(branch.second, branch.id, spec.rate_bps, length)


def _rules(spec: TopologySpec, branches: Sequence[_Branch]) -> Iterator[Assumption]:
    if spec.edges:
        yield Assumption(
            "edges",
            "named by hand with the elements they are linked to, each link in a duct of its own",
            len(spec.edges),
            "the scenario",
        )
    chosen = spec.branches
    if chosen is None:
        return
    dual = sum(bool(branch.second) for branch in branches)
    half, most = 0.5 * chosen.length_km, 1.5 * chosen.length_km
    homes = "the elements named" if chosen.around else "all elements that forward for others"
    yield Assumption("branches", f"laid around {homes} in turns; forward nothing", len(branches))
    yield Assumption(
        "rates of branches' links",
        f"{chosen.rate_bps / 1e6:g} Mbit/s each, whatever their load",
        len(branches) + dual,
    )
    yield Assumption(
        "lengths of access links",
        f"{half:g} to {most:g} km by a hash of the branch's id, its bearing from home likewise; "
        f"fibre takes {_ROUTE_FACTOR:g} × the straight line",
        len(branches),
        "detour: ITU-T G.826; else assumption",
    )
    yield Assumption(
        "access ducts",
        f"links of a home that leave in the same of {chosen.ducts} sectors of the compass share a "
        "third of the shortest of them",
        len({(branch.home, int(branch.bearing * chosen.ducts / 360.0)) for branch in branches}),
    )
    yield Assumption(
        "dual-homed branches",
        f"{chosen.dual_homed:.0%}, those of the smallest hash of their ids; the second link leads "
        "to the neighbour over the home's shortest link, in a duct of its own; as long as the "
        "usual route, or, without coordinates, twice as long as the first",
        dual,
    )
