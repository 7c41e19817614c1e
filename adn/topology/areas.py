"""From a spec to one generated area: a metro area alone, or one area of a national network."""

from __future__ import annotations

from adn.base.errors import Finding, TopologyError
from adn.topology.backbone import backbone_network
from adn.topology.metro import metro_network
from adn.topology.national import BACKBONE, NATIONAL, area_of, metro_of
from adn.topology.network import Network
from adn.topology.specs import TopologySpec


def generated(spec: TopologySpec) -> Network:
    """Return the one area that a spec of source ``metro`` or ``national`` means.

    Raises:
        TopologyError: It means none, or a whole federation, which is never built in one piece.
    """
    if spec.metro is not None:
        return metro_network(spec.metro, spec.metric, spec.headroom)
    if spec.national is None:
        message = f"source '{spec.source}' needs to be told which network"
        raise TopologyError(Finding("TOP042", message))
    if spec.area is None:
        message = (
            f"source '{NATIONAL}' is a federation of areas and no network; name one of its areas, "
            f"such as area: {BACKBONE}"
        )
        raise TopologyError(Finding("TOP042", message))
    if spec.area == BACKBONE:
        return backbone_network(spec.national, spec.metric, spec.headroom)
    area = area_of(spec.national, spec.area)
    return metro_network(metro_of(spec.national, area), spec.metric, spec.headroom)
