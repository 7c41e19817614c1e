"""Who sends how much to whom, and which services that traffic is.

Demands are kept by rows of the source, and random draws go in the order of the source, so that
other names for the nodes give the same network under other names.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from adn.base.errors import Finding, TopologyError
from adn.topology.elements import Assumption, Service
from adn.topology.naming import service_id
from adn.topology.network import Bools, Floats, Ints
from adn.topology.sources import RawTopology
from adn.topology.specs import ServiceSpec, TopologySpec

# Sources state their unit loosely or not at all, so only proportions are taken from them.
BPS_PER_ELEMENT = 10e9
MOST_SERVICES = 200_000


@dataclass(frozen=True, slots=True)
class Demands:
    """Traffic between nodes.

    Attributes:
        start: Node row of the one end, shape (P,).
        end: Node row of the other end, shape (P,).
        bps: Peak traffic, bit/s, shape (P,).
        directed: Whether it goes from start to end only; else its direction is open, shape (P,).
    """

    start: Ints
    end: Ints
    bps: Floats
    directed: Bools


def fill_demands(raw: RawTopology, spec: TopologySpec) -> tuple[Demands, tuple[Assumption, ...]]:
    """Return the source's demands, or gravity demands where it has none, scaled to the total."""
    if raw.demands:
        return _given(raw, spec)
    start, end, pull = _gravity(raw)
    rule = "gravity: in proportion to the product of both ends' numbers of links"
    bps, scale = _scaled(pull, len(raw.nodes), spec)
    note = Assumption("demands", f"{rule}, {scale}", int(bps.size))
    return Demands(start, end, bps, np.zeros(bps.size, dtype=np.bool_)), (note,)


def _given(raw: RawTopology, spec: TopologySpec) -> tuple[Demands, tuple[Assumption, ...]]:
    pairs = [pair for pair in sorted(raw.demands) if pair[0] != pair[1] and raw.demands[pair] > 0]
    held = set(pairs)
    start = np.array([a for a, _ in pairs], dtype=np.int64)
    end = np.array([z for _, z in pairs], dtype=np.int64)
    units = np.array([raw.demands[pair] for pair in pairs], dtype=np.float64)
    # A source that tells the two ways of any pair apart means the direction of all its demands.
    directed = np.full(len(pairs), any((z, a) in held for a, z in pairs), dtype=np.bool_)
    bps, scale = _scaled(units, len(raw.nodes), spec)
    note = Assumption("scale of demands", f"the source's proportions, {scale}", len(pairs))
    return Demands(start, end, bps, directed), (note,)


def _scaled(weights: Floats, elements: int, spec: TopologySpec) -> tuple[Floats, str]:
    """Return demands in bit/s in proportion to `weights`, and the rule of their scale."""
    total, why = spec.total_demand_bps, ""
    if total is None:
        total, why = BPS_PER_ELEMENT * elements, f" ({BPS_PER_ELEMENT / 1e9:g} Gbit/s an element)"
    summed = fsum(weights.tolist())
    bps = weights * (total / summed) if summed else weights
    return bps, f"scaled to {total / 1e9:g} Gbit/s in all{why}"


def _gravity(raw: RawTopology) -> tuple[Ints, Ints, Floats]:
    """Return pairs of nodes of the same island and the product of their degrees."""
    count = len(raw.nodes)
    a = np.array([edge.a for edge in raw.edges if edge.a != edge.z], dtype=np.int64)
    z = np.array([edge.z for edge in raw.edges if edge.a != edge.z], dtype=np.int64)
    degree = np.bincount(np.concatenate([a, z]), minlength=count).astype(np.float64)
    island = connected_components(
        csr_array((np.ones(a.size), (a, z)), shape=(count, count)), directed=False
    )[1]
    start, end = np.triu_indices(count, k=1)
    same = island[start] == island[end]
    start, end = start[same].astype(np.int64), end[same].astype(np.int64)
    return start, end, degree[start] * degree[end]


def fill_services(
    demands: Demands, ids: tuple[str, ...], spec: TopologySpec, stream: np.random.Generator
) -> tuple[tuple[Service, ...], tuple[Assumption, ...]]:
    """Return the services of all kinds.

    Raises:
        TopologyError: There would be more than 200,000 of them.
    """
    wanted = sum(min(demands.bps.size, _pairs(kind, demands)) for kind in spec.services)
    if wanted > MOST_SERVICES:
        raise TopologyError(too_many_services(f"{wanted:,}"))
    # Drawn for all pairs and kinds, so that fewer pairs of one kind turn no service of another.
    turned = stream.random((len(spec.services), demands.bps.size)) < 0.5
    turned &= ~demands.directed
    largest_first = np.argsort(-demands.bps, kind="stable")
    services: list[Service] = []
    for number, kind in enumerate(spec.services):
        rows = largest_first[: _pairs(kind, demands)]
        services.extend(_services_of(kind, rows, demands, ids, turned[number]))
    return tuple(services), _service_rules(services, int((~demands.directed).sum()), spec)


def too_many_services(wanted: str) -> Finding:
    """Return the finding that more services are wanted than are possible."""
    return Finding(
        "TOP035",
        f"that makes {wanted} services; at most {MOST_SERVICES:,} are possible; "
        "say of how many pairs of elements (pairs) each kind shall have them",
    )


def _pairs(kind: ServiceSpec, demands: Demands) -> int:
    return int(demands.bps.size) if kind.pairs is None else min(kind.pairs, int(demands.bps.size))


def _services_of(
    kind: ServiceSpec, rows: Ints, demands: Demands, ids: tuple[str, ...], turned: Bools
) -> list[Service]:
    mean = float(demands.bps[rows].mean()) if rows.size else 1.0
    made = []
    for row in rows.tolist():
        a, z = ids[int(demands.start[row])], ids[int(demands.end[row])]
        if turned[row]:
            a, z = z, a
        bps = float(demands.bps[row])
        made.append(
            Service(
                id=service_id(kind.kind, a, z),
                kind=kind.kind,
                a=a,
                z=z,
                demand_bps=bps * kind.share,
                sla=kind.sla,
                customers=max(1, round(kind.customers * bps / mean)),
                flow_groups=kind.flow_groups,
                elastic=kind.elastic,
                manner=kind.manner,
            )
        )
    return made


def _service_rules(
    services: list[Service], undirected: int, spec: TopologySpec
) -> tuple[Assumption, ...]:
    kinds = ", ".join(
        f"{kind.share:.0%} {kind.kind}"
        + (f" ({kind.pairs} largest pairs)" if kind.pairs is not None else "")
        for kind in spec.services
    )
    rules = []
    if services:
        rules.append(Assumption("services", f"of each pair's demand: {kinds}", len(services)))
        rules.append(
            Assumption(
                "customers of services",
                "in proportion to demand, a service of mean demand having as many as its kind says",
                len(services),
            )
        )
    if services and undirected:
        rules.append(
            Assumption(
                "direction of services",
                "where a demand has no direction, each kind's service of the pair goes one way, "
                "drawn by lot",
                undirected * len(spec.services),
            )
        )
    return tuple(rules)
