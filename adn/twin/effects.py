"""Effects: what a command changes, as a pure function of what was before.

A command changes configuration, or renews the parts of objects. An impairment ends when the part
it sits on is renewed; no command names a fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from adn.northbound.commands import MAX_COST, Command, command_kinds
from adn.topology.network import Floats, Network
from adn.twin.impairments import Impairment, Overlay
from adn.twin.properties import PROPERTIES, Part
from adn.twin.state import Configuration


class RefusedError(ValueError):
    """The network does not take the command as it stands."""


@dataclass(frozen=True)
class Effect:
    """What a command leaves behind.

    Attributes:
        configuration: The configuration after it.
        overlay: The impairments after it.
        renewed: Impairments that ended because their part was renewed.
        links: Link rows whose metric it changed.
    """

    configuration: Configuration
    overlay: Overlay
    renewed: tuple[Impairment, ...] = ()
    links: tuple[int, ...] = ()


_RENEWS: Final[Mapping[str, frozenset[Part]]] = {
    "splice-fibre": frozenset({"fibre"}),
    "replace-transceiver": frozenset({"optics"}),
    "reset-interface": frozenset({"port-state"}),
    "restart-process": frozenset({"process"}),
    "reboot-element": frozenset({"process", "port-state"}),
}
"""Which parts each repair renews, on its target and on what belongs to the target."""


def apply(
    network: Network, command: Command, configuration: Configuration, overlay: Overlay
) -> Effect:
    """Return what `command` makes of a configuration and its impairments.

    Raises:
        RefusedError: Unknown command or target, or parameters that do not fit.
    """
    check_target(network, command)
    if command.kind == "set-link-cost":
        return _set_cost(network, command, configuration, overlay)
    if command.kind == "steer-services":
        return _steer(network, command, configuration, overlay)
    if command.kind == "limit-services":
        return _limit(network, command, configuration, overlay)
    renewed = tuple(row for row in overlay.active if renews(network, command, row))
    gone = {row.id for row in renewed}
    kept = Overlay(network, (row for row in overlay.active if row.id not in gone))
    return Effect(configuration, kept, renewed)


def check_target(network: Network, command: Command) -> None:
    """Refuse a command of unknown kind or at an object that does not exist.

    Raises:
        RefusedError: See above.
    """
    kind = command_kinds().get(command.kind)
    if kind is None:
        raise RefusedError(f"no such command: {command.kind}")
    names = {"element": network.elements, "link": network.links, "duct": network.ducts}
    if command.target not in names[kind.target]:
        raise RefusedError(f"no such {kind.target}: {command.target}")


def element_of(network: Network, command: Command) -> int | None:
    """Return the element row that must be reachable to carry a command out; None for a crew."""
    kind = command_kinds()[command.kind]
    if kind.performed_by == "field":
        return None
    if kind.target == "element":
        return network.elements.row(command.target)
    return int(network.link_a[network.links.row(command.target)])


def downtime(command: Command) -> Impairment | None:
    """Return what a command breaks while it is being carried out, if anything."""
    keys = {
        "reset-interface": "link.port-fault",
        "restart-process": "element.process-down",
        "reboot-element": "element.power-down",
    }
    key = keys.get(command.kind)
    if key is None:
        return None
    prop = PROPERTIES[key]
    return Impairment(command.id, command.id, key, command.target, "set", 1.0, prop.part)


def renews(network: Network, command: Command, impairment: Impairment) -> bool:
    """Whether a command, once carried out, has renewed the part that an impairment sits on."""
    if impairment.part not in _RENEWS.get(command.kind, frozenset()):
        return False
    return (PROPERTIES[impairment.property].table, impairment.object) in _belonging(
        network, command
    )


def _belonging(network: Network, command: Command) -> set[tuple[str, str]]:
    """Return the (table, object) pairs that a repair of the target takes in."""
    kind = command_kinds()[command.kind]
    links: tuple[str, ...] = ()
    if kind.target == "element":
        links = network.links_of(command.target)
    elif kind.target == "link":
        links = (command.target,)
    held = {(str(kind.target), command.target)}
    for link in links:
        row = network.links.row(link)
        held |= {("link", link)}
        held |= {("direction", network.directions[2 * row + side]) for side in (0, 1)}
    return held


def _set_cost(
    network: Network, command: Command, configuration: Configuration, overlay: Overlay
) -> Effect:
    cost = command.params.get("cost")
    if not isinstance(cost, int) or isinstance(cost, bool) or not 1 <= cost <= MAX_COST:
        raise RefusedError(f"cost must be an integer in 1..{MAX_COST}, not {cost!r}")
    row = network.links.row(command.target)
    costs = configuration.cost.copy()
    costs[row] = cost
    return Effect(replace(configuration, cost=costs), overlay, links=(row,))


def _steer(
    network: Network, command: Command, configuration: Configuration, overlay: Overlay
) -> Effect:
    routes = dict(configuration.routes)
    for service, path in _mapping(command, "routes").items():
        row = _own_service(network, command, service)
        if not path:
            routes.pop(row, None)
            continue
        routes[row] = _path(network, row, path)
    return Effect(replace(configuration, routes=routes), overlay)


def _path(network: Network, service: int, path: Any) -> tuple[int, ...]:
    if not isinstance(path, Sequence) or any(name not in network.directions for name in path):
        raise RefusedError(f"no such path: {path!r}")
    rows = tuple(network.directions.row(name) for name in path)
    nodes = [int(network.service_a[service]), *(int(network.head[row]) for row in rows)]
    joined = all(int(network.tail[row]) == node for row, node in zip(rows, nodes, strict=False))
    if not joined or nodes[-1] != network.service_z[service] or len(set(nodes)) != len(nodes):
        raise RefusedError(f"not a path of {network.services[service]}: {list(path)}")
    return rows


def _limit(
    network: Network, command: Command, configuration: Configuration, overlay: Overlay
) -> Effect:
    admitted: Floats = configuration.admitted.copy()
    for service, share in _mapping(command, "shares").items():
        row = _own_service(network, command, service)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise RefusedError(f"a share must lie in 0..1, not {share!r}")
        if not network.elastic[row]:
            raise RefusedError(f"{service} is not elastic and may not be limited")
        admitted[row] = float(np.float64(share))
    return Effect(replace(configuration, admitted=admitted), overlay)


def _mapping(command: Command, name: str) -> Mapping[str, Any]:
    value = command.params.get(name)
    if not isinstance(value, Mapping):
        raise RefusedError(f"{command.kind} needs `{name}`, a map of service ids")
    return value


def _own_service(network: Network, command: Command, service: str) -> int:
    if service not in network.services:
        raise RefusedError(f"no such service: {service}")
    row = network.services.row(service)
    if network.elements[int(network.service_a[row])] != command.target:
        raise RefusedError(f"{service} does not enter at {command.target}")
    return row
