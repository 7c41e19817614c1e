"""Effects: what a command changes, as a pure function of what was before.

A command changes configuration, or renews the parts of objects. An impairment ends when the part
it sits on is renewed; no command names a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from adn.northbound.commands import MAX_COST, Command, command_kinds
from adn.topology.network import Floats, Network
from adn.twin.impairments import Impairment, Overlay, names_of
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
    """

    configuration: Configuration
    overlay: Overlay
    renewed: tuple[Impairment, ...] = ()


_RENEWS: Final[Mapping[str, frozenset[Part]]] = {
    "splice-fibre": frozenset({"fibre", "amplifier"}),
    "replace-transceiver": frozenset({"optics"}),
    "reset-interface": frozenset({"port-state"}),
    "set-link-cost": frozenset({"configuration"}),
    "restart-process": frozenset({"process", "forwarding"}),
    "resync-routes": frozenset({"forwarding"}),
    "rollback-configuration": frozenset({"configuration"}),
    "reboot-element": frozenset({"process", "port-state", "forwarding"}),
    "power-cycle": frozenset({"system", "process", "port-state", "forwarding"}),
    "replace-card": frozenset({"card", "port-state"}),
    "replace-element": frozenset(
        {"chassis", "system", "process", "port-state", "forwarding", "card"}
    ),
    "restore-feed": frozenset({"feed"}),
}
"""Which parts each command renews, on its target and on what belongs to the target.

A new element is given the configuration that the old one had, and the old one's optics.
"""


def apply(
    network: Network, command: Command, configuration: Configuration, overlay: Overlay
) -> Effect:
    """Return what `command` makes of a configuration and its impairments.

    Raises:
        RefusedError: Unknown command or target, or parameters that do not fit.
    """
    check_target(network, command)
    configure = _CONFIGURES.get(command.kind)
    if configure is not None:
        configuration = configure(network, command, configuration)
    renewed = tuple(row for row in overlay.active if renews(network, command, row))
    if not renewed:
        return Effect(configuration, overlay)
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
    if command.target not in names_of(network, kind.target):
        raise RefusedError(f"no such {kind.target}: {command.target}")


def element_of(network: Network, command: Command) -> int | None:
    """Return the element row that must be reachable to carry a command out.

    None for a crew, and for the power strip of a site, which is reached without the element.
    """
    kind = command_kinds()[command.kind]
    if kind.performed_by == "field" or command.kind == "power-cycle":
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
        "power-cycle": "element.power-down",
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
    return _belongs(network, command, impairment)


def _belongs(network: Network, command: Command, impairment: Impairment) -> bool:
    """Whether the part that an impairment sits on is the target's, or of what the target holds.

    A link belongs to the elements at its ends, a direction to its link, a card to its element; the
    forwarding entry of a direction is the sending element's alone.
    """
    table, name = PROPERTIES[impairment.property].table, impairment.object
    kind = command_kinds()[command.kind]
    if table == kind.target:
        return name == command.target
    if command.kind == "set-link-cost":
        return False  # of the link's configuration it writes the metric, and nothing else
    if kind.target == "element":
        element = network.elements.row(command.target)
        if table == "card":
            return int(network.card_element[network.cards.row(name)]) == element
        if table == "direction" and impairment.part == "forwarding":
            return int(network.tail[network.directions.row(name)]) == element
        ends = _ends(network, table, name)
        return element in ends
    if kind.target == "card":
        card = network.cards.row(command.target)
        return card in network.port_card[_ways(network, table, name)]
    return (
        kind.target == "link" and table == "direction" and network.link_of(name) == (command.target)
    )


def _ways(network: Network, table: str, name: str) -> list[int]:
    """Return the two direction rows of a link or of a direction's link; none of other objects."""
    if table not in {"link", "direction"}:
        return []
    link = network.links.row(name if table == "link" else network.link_of(name))
    return [2 * link, 2 * link + 1]


def _ends(network: Network, table: str, name: str) -> set[int]:
    """Return the element rows at the ends of a link or of a direction."""
    return {int(network.tail[row]) for row in _ways(network, table, name)}


def _set_cost(network: Network, command: Command, configuration: Configuration) -> Configuration:
    cost = command.params.get("cost")
    if not isinstance(cost, int) or isinstance(cost, bool) or not 1 <= cost <= MAX_COST:
        raise RefusedError(f"cost must be an integer in 1..{MAX_COST}, not {cost!r}")
    costs = configuration.cost.copy()
    costs[network.links.row(command.target)] = cost
    return replace(configuration, cost=costs)


def _drain(network: Network, command: Command, configuration: Configuration) -> Configuration:
    drained = command.params.get("drained")
    if not isinstance(drained, bool):
        raise RefusedError(f"drained must be true or false, not {drained!r}")
    row = frozenset({network.elements.row(command.target)})
    held = configuration.drained | row if drained else configuration.drained - row
    return replace(configuration, drained=held)


def _steer(network: Network, command: Command, configuration: Configuration) -> Configuration:
    routes = dict(configuration.routes)
    for service, path in _mapping(command, "routes").items():
        row = _own_service(network, command, service)
        if not path:
            routes.pop(row, None)
            continue
        routes[row] = _path(network, row, path)
    return replace(configuration, routes=routes)


def _path(network: Network, service: int, path: Any) -> tuple[int, ...]:
    if not isinstance(path, Sequence) or any(name not in network.directions for name in path):
        raise RefusedError(f"no such path: {path!r}")
    rows = tuple(network.directions.row(name) for name in path)
    nodes = [int(network.service_a[service]), *(int(network.head[row]) for row in rows)]
    joined = all(int(network.tail[row]) == node for row, node in zip(rows, nodes, strict=False))
    if not joined or nodes[-1] != network.service_z[service] or len(set(nodes)) != len(nodes):
        raise RefusedError(f"not a path of {network.services[service]}: {list(path)}")
    return rows


def _limit(network: Network, command: Command, configuration: Configuration) -> Configuration:
    admitted: Floats = configuration.admitted.copy()
    for service, share in _mapping(command, "shares").items():
        row = _own_service(network, command, service)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise RefusedError(f"a share must lie in 0..1, not {share!r}")
        if not network.elastic[row]:
            raise RefusedError(f"{service} is not elastic and may not be limited")
        admitted[row] = float(np.float64(share))
    return replace(configuration, admitted=admitted)


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


_CONFIGURES: Final[Mapping[str, Callable[[Network, Command, Configuration], Configuration]]] = {
    "set-link-cost": _set_cost,
    "drain-element": _drain,
    "steer-services": _steer,
    "limit-services": _limit,
}
"""What the commands that order something of the configuration make of it."""
