"""Services between chosen elements: which pairs have one, taken in turns so that all take part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from adn.base.errors import Finding, TopologyError
from adn.topology.demands import MOST_SERVICES, too_many_services
from adn.topology.elements import Assumption, Service
from adn.topology.naming import closest, service_id
from adn.topology.specs import Ends, Locality, PairedServiceSpec


@dataclass(frozen=True, slots=True)
class Member:
    """An element that services may begin or end at.

    Attributes:
        id: Its id.
        site: Where it stands; empty where unknown.
        role: What a group of servers does; empty for everything else.
        kind: What kind of element it is.
    """

    id: str
    site: str = ""
    role: str = ""
    kind: str = ""


def paired_services(
    specs: Sequence[PairedServiceSpec], members: Sequence[Member]
) -> tuple[tuple[Service, ...], tuple[Assumption, ...]]:
    """Return the services of all classes.

    Args:
        specs: The classes.
        members: All elements, in the order in which they take turns.

    Raises:
        TopologyError: A class names what is not there, or has no pair at all; all of them.
    """
    services: list[Service] = []
    found: list[Finding] = []
    for spec in specs:
        starts, ends, slips = _both(spec, members)
        most = MOST_SERVICES + 1 if spec.pairs is None else min(spec.pairs, MOST_SERVICES + 1)
        made = [] if slips else list(islice(pairs(starts, ends, spec.locality), most))
        if not slips and not made:
            where = {"any": "", "same": " at the same site", "other": " at different sites"}
            message = f"services '{spec.kind}' have no two elements{where[spec.locality]} to join"
            slips = [Finding("TOP037", message)]
        found += slips
        services += [_service(spec, a, z) for a, z in made]
        if len(services) > MOST_SERVICES:
            found.append(too_many_services(f"more than {MOST_SERVICES:,}"))
            break
    if found:
        raise TopologyError(found)
    return tuple(services), _rules(services)


def _both(
    spec: PairedServiceSpec, members: Sequence[Member]
) -> tuple[list[Member], list[Member], list[Finding]]:
    starts, ends = (_chosen(which, members) for which in (spec.source, spec.target))
    slips = [
        _nobody(spec.kind, way, which, members)
        for way, which, held in (("from", spec.source, starts), ("to", spec.target, ends))
        if not held
    ]
    return starts, ends, slips


def _chosen(ends: Ends, members: Sequence[Member]) -> list[Member]:
    if ends.element is not None:
        return [member for member in members if member.id == ends.element]
    if ends.kind is not None:
        return [
            member
            for member in members
            if member.kind == ends.kind and ends.site in (None, member.site)
        ]
    return [
        member
        for member in members
        if member.role and ends.role in (None, member.role) and ends.site in (None, member.site)
    ]


def _nobody(kind: str, way: str, ends: Ends, members: Sequence[Member]) -> Finding:
    """Return what is wrong with ends that nobody is at."""
    if ends.element is not None:
        message = f"services '{kind}' go {way} element '{ends.element}', which does not exist"
        return Finding(
            "TOP037", message, hint=closest(ends.element, {member.id for member in members})
        )
    if ends.kind is not None:
        known = {member.kind for member in members if member.kind}
        message = f"services '{kind}' go {way} elements of kind '{ends.kind}'"
        if ends.kind in known:
            return Finding("TOP037", f"{message} at site '{ends.site}'; there are none")
        return Finding(
            "TOP037", f"{message}, which the network has none of", hint=closest(ends.kind, known)
        )
    groups = [member for member in members if member.role]
    for what, wanted, held in (
        ("role", ends.role, {member.role for member in groups}),
        ("site", ends.site, {member.site for member in groups}),
    ):
        if wanted is not None and wanted not in held:
            message = f"services '{kind}' go {way} {what} '{wanted}', which no group of servers has"
            return Finding("TOP037", message, hint=closest(wanted, held))
    where = f"role '{ends.role}' at site '{ends.site}'" if ends.role else "any"
    return Finding("TOP037", f"services '{kind}' go {way} groups of {where}; there are none")


def pairs(
    starts: Sequence[Member], ends: Sequence[Member], locality: Locality = "any"
) -> Iterator[tuple[str, str]]:
    """Yield all pairs of different elements, in turns.

    Of two lists of m ≥ n elements the first m pairs hold every element; the next m pair each with
    the next of the other list, and so on. Pairs of sites take turns where locality matters; what
    stands at no site is near to and far from all.

    >>> left, right = [Member("a"), Member("b")], [Member("x"), Member("y"), Member("z")]
    >>> list(pairs(left, right))[:4]
    [('a', 'x'), ('b', 'y'), ('a', 'z'), ('b', 'x')]
    """
    if locality == "any":
        yield from _turns(starts, ends)
        return
    left, right = _by_site(starts), _by_site(ends)
    rows = [
        _turns(left[a], right[z])
        for a in left
        for z in right
        if not (a and z) or (a == z) == (locality == "same")
    ]
    while rows:
        going = []
        for row in rows:
            pair = next(row, None)
            if pair is not None:
                going.append(row)
                yield pair
        rows = going


def _turns(starts: Sequence[Member], ends: Sequence[Member]) -> Iterator[tuple[str, str]]:
    few, many = (starts, ends) if len(starts) <= len(ends) else (ends, starts)
    for shift in range(len(few)):
        for number, one in enumerate(many):
            other = few[(number + shift) % len(few)]
            a, z = (other, one) if many is ends else (one, other)
            if a.id != z.id:
                yield a.id, z.id


def _by_site(members: Sequence[Member]) -> Mapping[str, list[Member]]:
    held: dict[str, list[Member]] = {}
    for member in members:
        held.setdefault(member.site, []).append(member)
    return held


def _service(spec: PairedServiceSpec, a: str, z: str) -> Service:
    return Service(
        id=service_id(spec.kind, a, z),
        kind=spec.kind,
        a=a,
        z=z,
        demand_bps=spec.demand_bps,
        sla=spec.sla,
        customers=spec.customers,
        flow_groups=spec.flow_groups,
        elastic=spec.elastic,
        manner=spec.manner,
    )


def _rules(services: Sequence[Service]) -> tuple[Assumption, ...]:
    rule = "between the elements chosen, in turns; demand and customers of each as its class says"
    return (Assumption("services", rule, len(services)),) if services else ()
