"""State: what follows at once from condition and configuration, before any protocol has reacted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from adn.physics.traffic import propagation_ms
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.impairments import Overlay

LAUNCH_DBM: Final = 0.0
"""Transmitted light (assumption: a long-haul transceiver's typical 0 dBm)."""
RECEIVED_DBM: Final = -8.0
"""Received light over a healthy span, amplified to one level whatever the length (assumption)."""
MARGIN_DB: Final = 15.0
"""Excess loss at which the receiver loses the signal (assumption; sensitivity ≈ −23 dBm)."""
DARK_DBM: Final = -40.0
"""What a receiver reports when there is no light (common floor of its monitor; assumption)."""
PROTOCOL_LOSS: Final = 0.9
"""One-way loss from which keep-alives stop getting through three in a row (assumption)."""


@dataclass(frozen=True)
class Configuration:
    """What operations may set.

    Attributes:
        cost: Metric of each link, shape (L,).
        routes: Explicit path (direction rows) per steered service row.
        admitted: Admitted share of each service at its edge, shape (S,).
    """

    cost: Ints
    admitted: Floats
    routes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def initial(cls, network: Network) -> Configuration:
        """Return the configuration as built: recorded metrics, no steering, nothing policed."""
        return cls(cost=network.cost, admitted=np.ones(len(network.services)))


@dataclass(frozen=True)
class State:
    """Derived condition, noise-free.

    Attributes:
        element_up: Powered elements, shape (n,).
        process_up: Elements whose routing daemon runs, shape (n,).
        lit: Directions whose receiver has a signal, shape (D,).
        link_up: Links whose both ports are up, shape (L,).
        adjacent: Links over which routing daemons can hear each other, shape (L,).
        loss: Uncounted loss per direction, 0..1, shape (D,); 1 where the link is down.
        errors: Counted corruption per direction, 0..1, shape (D,).
        delay_ms: Propagation and extra delay per direction, ms, shape (D,).
        capacity_bps: Usable rate per direction, bit/s, shape (D,).
        rx_dbm: Received light per direction, dBm, shape (D,).
        cpu: Extra control-plane load per element, 0..1, shape (n,).
    """

    element_up: Bools
    process_up: Bools
    lit: Bools
    link_up: Bools
    adjacent: Bools
    loss: Floats
    errors: Floats
    delay_ms: Floats
    capacity_bps: Floats
    rx_dbm: Floats
    cpu: Floats

    @classmethod
    def of(cls, network: Network, overlay: Overlay) -> State:
        """Return the state that an overlay of impairments gives a network."""
        links = len(network.links)
        element_up = overlay.column("element.power-down") < 0.5
        process_up = element_up & (overlay.column("element.process-down") < 0.5)
        duct = overlay.column("duct.attenuation")
        excess = np.bincount(
            network.ride_link, weights=duct[network.ride_duct], minlength=links
        ) + overlay.column("link.attenuation")
        powered = element_up[network.link_a] & element_up[network.link_z]
        port_ok = overlay.column("link.port-fault") < 0.5
        whole = excess < MARGIN_DB
        link_up = whole & powered & port_ok
        sent = np.repeat(whole & port_ok, 2) & element_up[network.tail]
        loss = overlay.column("direction.loss")
        deaf = (loss >= PROTOCOL_LOSS).reshape(links, 2).any(axis=1) if links else link_up
        hearing = process_up[network.link_a] & process_up[network.link_z]
        rx = np.where(sent, np.maximum(RECEIVED_DBM - np.repeat(excess, 2), DARK_DBM), DARK_DBM)
        return cls(
            element_up=element_up,
            process_up=process_up,
            lit=sent,
            link_up=link_up,
            adjacent=link_up & hearing & ~deaf,
            loss=np.where(np.repeat(link_up, 2), loss, 1.0),
            errors=overlay.column("direction.errors"),
            delay_ms=np.repeat(propagation_ms(network.length_km), 2)
            + overlay.column("direction.delay"),
            capacity_bps=np.repeat(network.capacity_bps, 2) * overlay.column("direction.capacity"),
            rx_dbm=rx,
            cpu=overlay.column("element.cpu"),
        )
