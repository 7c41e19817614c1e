"""From a scenario to what the topology room builds from, and its complaints back to their lines."""

from __future__ import annotations

from functools import lru_cache

from adn.base.errors import Finding, ScenarioError, TopologyError
from adn.base.keeping import times_forgotten
from adn.scenario.fabricspec import FabricEntry
from adn.scenario.mannerspec import manner
from adn.scenario.marks import Path
from adn.scenario.mediaspec import ProtectionEntry
from adn.scenario.reader import LoadedScenario, refused
from adn.scenario.rimspec import BranchesEntry
from adn.scenario.servicespec import EndsEntry
from adn.scenario.topologyspec import Topology
from adn.topology.elements import Sla
from adn.topology.filling import build_network, fixed_stream
from adn.topology.network import Network
from adn.topology.specs import (
    DEFAULT_SERVICES,
    BranchSpec,
    EdgeSpec,
    Ends,
    FabricSite,
    FabricSpec,
    PairedServiceSpec,
    ServiceSpec,
    SharedDuct,
    TopologySpec,
)


def topology_spec(loaded: LoadedScenario) -> TopologySpec:
    """Return the topology and services of a scenario as the topology room's own values."""
    topology = loaded.scenario.topology
    return TopologySpec(
        source=topology.source or topology.file or "",
        metric=topology.metric or ("length" if topology.fabric is None else "hops"),
        headroom=topology.headroom,
        total_demand_bps=topology.total_demand,
        parallel_links=topology.parallel_links,
        shared_duct_angle=topology.shared_duct_angle,
        shared_duct_km=topology.shared_duct_length,
        shared_ducts=tuple(
            SharedDuct(duct.name, duct.links, duct.length) for duct in topology.shared_ducts
        ),
        services=_services(loaded),
        paired=_paired(loaded),
        protection=tuple(entry.spec() for entry in topology.protection),
        spare_fibres=topology.spare_fibres,
        edges=tuple(
            EdgeSpec(edge.name, edge.at, edge.kind, edge.rate, edge.length)
            for edge in topology.edges
        ),
        branches=None if topology.branches is None else _branches(topology.branches),
        fabric=None if topology.fabric is None else _fabric(topology.fabric),
        metro=None if topology.metro is None else topology.metro.spec(),
        national=None if topology.national is None else topology.national.spec(),
        area=topology.area,
        management=topology.management.element if topology.management else None,
        weighted=topology.multipath == "capacity",
        base_folder=loaded.folder,
    )


def build_scenario_network(loaded: LoadedScenario) -> Network:
    """Return the network of a scenario, the same for every seed.

    Raises:
        ScenarioError: It cannot be built as the scenario says; the finding names the line.
    """
    spec = topology_spec(loaded)
    try:
        if spec.area is not None or loaded.scenario.topology.file is not None:
            # An area of a federation is built but once, and a file may change.
            return build_network(spec, fixed_stream())
        return _built(spec, times_forgotten())
    except TopologyError as error:
        raise placed(loaded, error) from error


@lru_cache(maxsize=8)
def _built(spec: TopologySpec, _since: int) -> Network:
    """Return the network of a spec, which nobody changes: runs may share it."""
    return build_network(spec, fixed_stream())


def placed(loaded: LoadedScenario, error: TopologyError) -> ScenarioError:
    """Return a topology's complaints with the lines of the scenario that they are about."""
    return refused([_placed(loaded, finding) for finding in error.findings])


def _services(loaded: LoadedScenario) -> tuple[ServiceSpec, ...]:
    if not loaded.scenario.services:
        return DEFAULT_SERVICES
    return tuple(
        ServiceSpec(
            kind=service.kind,
            share=service.share,
            sla=Sla(service.sla.latency, service.sla.loss, service.sla.availability),
            flow_groups=service.flow_groups,
            customers=service.customers,
            elastic=service.elastic,
            manner=manner(service),
            pairs=service.pairs,
        )
        for service in loaded.scenario.services
        if service.share is not None
    )


def _paired(loaded: LoadedScenario) -> tuple[PairedServiceSpec, ...]:
    return tuple(
        PairedServiceSpec(
            kind=service.kind,
            source=_ends(service.from_),
            target=_ends(service.to),
            demand_bps=service.demand,
            sla=Sla(service.sla.latency, service.sla.loss, service.sla.availability),
            pairs=service.pairs,
            locality=service.locality,
            flow_groups=service.flow_groups,
            customers=service.customers,
            elastic=service.elastic,
            manner=manner(service),
        )
        for service in loaded.scenario.services
        if service.from_ is not None and service.to is not None and service.demand is not None
    )


def _ends(ends: EndsEntry) -> Ends:
    return Ends(ends.role, ends.site, ends.element, ends.kind)


def _branches(branches: BranchesEntry) -> BranchSpec:
    return BranchSpec(
        count=branches.count,
        kind=branches.kind,
        rate_bps=branches.rate,
        length_km=branches.length,
        dual_homed=branches.dual_homed,
        ducts=branches.ducts,
        around=branches.around,
    )


def _fabric(fabric: FabricEntry) -> FabricSpec:
    between = fabric.inter_site
    return FabricSpec(
        sites=tuple(FabricSite(site.name, site.latitude, site.longitude) for site in fabric.sites),
        roles=tuple(sorted(fabric.roles.items())),  # the order of keys says nothing
        edges=fabric.edges,
        spines=fabric.spines,
        leaves=fabric.leaves,
        borders=fabric.borders,
        leaf_spine_bps=fabric.leaf_spine,
        group_bps=fabric.group_link,
        edge_bps=fabric.edge_link,
        edge_km=fabric.edge_length,
        inter_site_links=between.links,
        inter_site_bps=between.rate,
        inter_site_km=between.length,
        inter_site_ducts=between.ducts,
        cards_per_spine=fabric.cards_per_spine,
        cards_per_leaf=fabric.cards_per_leaf,
        cards_per_border=fabric.cards_per_border,
        single_corded=fabric.single_corded,
        lossless=fabric.lossless,
    )


def _placed(loaded: LoadedScenario, finding: Finding) -> Finding:
    """Return a finding at the line it is about: what it quotes, looked for under `topology:`."""
    if finding.at is not None:
        return finding
    path = _culprit(loaded, finding.message)
    return loaded.finding(path, finding.code, finding.message, hint=finding.hint, see=finding.see)


def _protected(entries: tuple[ProtectionEntry, ...], message: str) -> Path | None:
    """Return the path of the protected link that a message quotes, if it is about one."""
    for number, entry in enumerate(entries):
        for place, link in enumerate(entry.links):
            if f"'{link}'" in message and "protect" in message:
                return ("topology", "protection", number, "links", place)
    return None


def _culprit(loaded: LoadedScenario, message: str) -> Path:
    """Return the path of what a message quotes, the innermost first."""
    topology = loaded.scenario.topology
    ducts = list(enumerate(topology.shared_ducts))
    for number, duct in sorted(ducts, key=lambda pair: f"'{pair[1].name}'" not in message):
        for place, link in enumerate(duct.links):
            if f"'{link}'" in message:
                return ("topology", "shared_ducts", number, "links", place)
        if f"'{duct.name}'" in message:
            return ("topology", "shared_ducts", number)
    if (found := _protected(topology.protection, message)) is not None:
        return found
    for number, edge in enumerate(topology.edges):
        if f"edge '{edge.name}'" in message:
            return ("topology", "edges", number)
    if topology.branches is not None and message.startswith("branches "):
        return ("topology", "branches")
    if topology.management and f"'{topology.management.element}'" in message:
        return ("topology", "management", "element")
    for number, service in enumerate(loaded.scenario.services):
        if f"'{service.kind}'" in message:
            return ("services", number)
    return _origin(topology, message)


def _origin(topology: Topology, message: str) -> Path:
    """Return the path of where the network comes from."""
    if topology.area is not None and f"'{topology.area}'" in message:
        return ("topology", "area")
    for key in ("fabric", "metro", "national"):
        if getattr(topology, key) is not None:
            return ("topology", key)
    return ("topology", "source" if topology.source else "file")
