"""State: what follows at once from condition and configuration, before any protocol has reacted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from adn.northbound.commands import MAX_COST
from adn.physics.optics import DARK_DBM, UNLOCKED, Light, Plant, light
from adn.physics.protection import Ways
from adn.physics.traffic import buffers_ms, propagation_ms
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.impairments import Overlay

PROTOCOL_LOSS: Final = 0.9
"""One-way loss from which keep-alives stop getting through three in a row (assumption)."""
DEEP_MS: Final = 50.0
"""Buffer of a backbone port, in ms of line rate (assumption; loops assume another value)."""
SHALLOW_MS: Final = 1.0
"""Buffer of a data-centre switch's port, in ms of line rate (assumption)."""
TABLE_USE: Final = 0.5
"""Share of a forwarding table that is in use where all is well (assumption)."""


@dataclass(frozen=True)
class Configuration:
    """What operations may set.

    Attributes:
        cost: Metric of each link, shape (L,).
        routes: Explicit path (direction rows) per steered service row.
        admitted: Admitted share of each service at its edge, shape (S,).
        drained: Element rows that advertise the highest metric on all their links.
    """

    cost: Ints
    admitted: Floats
    routes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    drained: frozenset[int] = frozenset()

    @classmethod
    def initial(cls, network: Network) -> Configuration:
        """Return the configuration as built: recorded metrics, no steering, nothing policed."""
        return cls(cost=network.cost, admitted=np.ones(len(network.services)))


@dataclass(frozen=True)
class Selection:
    """Which way the light of protected links takes at an instant.

    Attributes:
        taken: Way of each protected link, in the order of `Ways.links`; 0 is its own fibre.
        switching: Links that are being switched over, so fast that nobody is told, shape (L,).
    """

    taken: Ints
    switching: Bools


@dataclass(frozen=True)
class State:
    """Derived condition, noise-free.

    Attributes:
        element_up: Powered elements, shape (n,).
        process_up: Elements whose routing daemon runs, shape (n,).
        lit: Directions whose receiver has a signal, shape (D,).
        own_lit: Directions that have a signal on the link's own fibre, whichever way it takes,
            shape (D,).
        way: Way that the light of each link takes, 0 its own fibre, shape (L,).
        link_up: Links whose both ports are up, shape (L,).
        adjacent: Links over which routing daemons can hear each other, shape (L,).
        loss: Uncounted loss per direction, 0..1, shape (D,); 1 where the link is down.
        errors: Counted corruption per direction, 0..1, shape (D,).
        delay_ms: Propagation and extra delay per direction, ms, shape (D,).
        capacity_bps: Usable rate per direction, bit/s, shape (D,).
        rx_dbm: Received light per direction, dBm, shape (D,).
        osnr_db: Optical signal-to-noise ratio per direction, dB in 0.1 nm, shape (D,); 0 in the
            dark.
        pre_fec: Decimal logarithm of the bit error ratio that the decoder of each direction's
            receiver meets, shape (D,); that of 0.5 without a signal.
        cpu: Extra control-plane load per element, 0..1, shape (n,).
        buffer_ms: Buffer of each sending port, ms of line rate, shape (D,).
        metric: Metric in force by mistake per link, 0 where it is as ordered, shape (L,).
        unused: Directions left out of equal-cost next hops, shape (D,).
        missing: Destinations that each element's forwarding table lacks, shape (n,).
        discarded: Destinations that each element's configuration discards, shape (n,).
        full: Share of destinations that found no room in its table, 0..1, shape (n,).
        table_use: Share of each element's forwarding table in use, 0..1, shape (n,).
        card_failed: Dead line cards, shape (C,).
        power_partly: Elements that have lost some of their feeds, not all, shape (n,).
        power_lost: Elements that have lost all the feeds they have, shape (n,).
    """

    element_up: Bools
    process_up: Bools
    lit: Bools
    own_lit: Bools
    way: Ints
    link_up: Bools
    adjacent: Bools
    loss: Floats
    errors: Floats
    delay_ms: Floats
    capacity_bps: Floats
    rx_dbm: Floats
    osnr_db: Floats
    pre_fec: Floats
    cpu: Floats
    buffer_ms: Floats
    metric: Ints
    unused: Bools
    missing: Ints
    discarded: Ints
    full: Floats
    table_use: Floats
    card_failed: Bools
    power_partly: Bools
    power_lost: Bools

    @classmethod
    def of(cls, network: Network, overlay: Overlay, selection: Selection | None = None) -> State:
        """Return the state that an overlay of impairments gives a network.

        Args:
            network: The network.
            overlay: Its impairments.
            selection: Which way protected links take just now; None: once protection has settled.
        """
        links = len(network.links)
        partly, lost = _power(network, overlay)
        dark = overlay.column("element.power-down") >= 0.5
        dark |= overlay.column("element.crashed") >= 0.5
        element_up = ~(dark | lost)
        process_up = element_up & (overlay.column("element.process-down") < 0.5)
        failed = overlay.column("card.failed") >= 0.5
        port = ~np.append(failed, False)[network.port_card]  # -1, no card, takes the one past all
        carded = port.reshape(links, 2).all(axis=1)
        own, found, way, delay = _light(network, overlay, selection)
        whole = found.signal
        powered = element_up[network.link_a] & element_up[network.link_z]
        port_ok = (overlay.column("link.port-fault") < 0.5) & carded
        link_up = whole.reshape(links, 2).all(axis=1) & powered & port_ok
        sending = np.repeat(port_ok, 2) & element_up[network.tail]
        sent = whole & sending
        linked = (
            link_up if selection is None else link_up | (selection.switching & powered & port_ok)
        )
        loss = overlay.column("direction.loss")
        deaf = (loss >= PROTOCOL_LOSS).reshape(links, 2).any(axis=1)
        hearing = process_up[network.link_a] & process_up[network.link_z]
        errors = overlay.column("direction.errors")
        given_up = whole & (found.frame_loss > 0.0)
        errors[given_up] = 1.0 - (1.0 - errors[given_up]) * (1.0 - found.frame_loss[given_up])
        full = overlay.column("element.table-full")
        return cls(
            element_up=element_up,
            process_up=process_up,
            lit=sent,
            own_lit=own.signal & sending,
            way=way,
            link_up=link_up,
            adjacent=linked & hearing & ~deaf,
            loss=np.where(np.repeat(link_up, 2), loss, 1.0),
            errors=errors,
            delay_ms=delay + overlay.column("direction.delay"),
            capacity_bps=np.repeat(network.capacity_bps, 2) * overlay.column("direction.capacity"),
            rx_dbm=np.where(sent, found.received_dbm, DARK_DBM),
            osnr_db=np.where(sent, found.osnr_db, 0.0),
            pre_fec=np.log10(np.where(sent, found.bit_errors, UNLOCKED)),
            cpu=overlay.column("element.cpu"),
            buffer_ms=buffers_ms(network, DEEP_MS, SHALLOW_MS),
            metric=_whole(overlay.column("link.metric")),
            unused=overlay.column("direction.unused") >= 0.5,
            missing=_whole(overlay.column("element.routes-missing")),
            discarded=_whole(overlay.column("element.routes-discarded")),
            full=full,
            table_use=np.where(full > 0.0, 1.0, TABLE_USE),
            card_failed=failed,
            power_partly=partly,
            power_lost=lost,
        )


def advertised(state: State, network: Network, configuration: Configuration) -> Ints:
    """Return the metric that each link is advertised with, shape (L,).

    A drained element's links have the highest there is, whatever else is in force.
    """
    metric: Ints = np.where(state.metric > 0, state.metric, configuration.cost)
    for row in sorted(configuration.drained):
        metric[(network.link_a == row) | (network.link_z == row)] = MAX_COST
    return metric


@dataclass(frozen=True)
class OpticalCondition:
    """What ails the light.

    Attributes:
        lost_db: Excess loss of each duct.
        noise_db: Excess noise of each duct's amplifiers.
        optics_db: Excess loss of the optics, shape (D,).
        sender_db: Excess noise of the senders, shape (D,).
    """

    lost_db: Floats
    noise_db: Floats
    optics_db: Floats
    sender_db: Floats

    @classmethod
    def of(cls, overlay: Overlay) -> OpticalCondition:
        """Return what ails the light under an overlay of impairments."""
        return cls(
            lost_db=overlay.column("duct.attenuation"),
            noise_db=overlay.column("duct.noise"),
            optics_db=np.repeat(overlay.column("link.attenuation"), 2)
            + overlay.column("direction.attenuation"),
            sender_db=overlay.column("direction.noise"),
        )

    def lit(self, ways: Ways) -> Bools:
        """Return which ways have a signal, shape (W,)."""
        return ways.lit(self.lost_db, self.noise_db, self.optics_db, self.sender_db)


def _light(
    network: Network, overlay: Overlay, selection: Selection | None
) -> tuple[Light, Light, Ints, Floats]:
    """Return the light on own fibres, the light that is used, the ways taken and their delay.

    Senders and ports are left out. Losses add up along a way; of amplifiers the noisiest drowns the
    others.
    """
    links = len(network.links)
    ails = OpticalCondition.of(overlay)
    rides, ducts = network.ride_link, network.ride_duct
    excess = np.bincount(rides, weights=ails.lost_db[ducts], minlength=links)
    noisiest = np.zeros(links)
    np.maximum.at(noisiest, rides, ails.noise_db[ducts])
    own = Plant.of(network).light(
        np.repeat(excess, 2) + ails.optics_db, np.repeat(noisiest, 2), ails.sender_db
    )
    delay = np.repeat(propagation_ms(network.length_km), 2)
    way = np.zeros(links, dtype=np.int64)
    ways = Ways.of(network)
    if ways is None:
        return own, own, way, delay
    taken = ways.settled(ails.lit(ways)) if selection is None else selection.taken
    way[ways.links] = taken
    moved = np.flatnonzero(taken)
    if not len(moved):
        return own, own, way, delay
    held = ways.first[moved] + taken[moved]
    rows = (2 * ways.links[moved, None] + np.arange(2)).ravel()
    both = np.repeat(held, 2)
    delay[rows] = propagation_ms(ways.length_km[both])
    round_ = light(
        ways.spans[both],
        ways.excess(ails.lost_db)[both] + ails.optics_db[rows],
        ways.noise(ails.noise_db)[both],
        ails.sender_db[rows],
    )
    return own, own.replaced(rows, round_), way, delay


def _whole(values: Floats) -> Ints:
    return np.rint(values).astype(np.int64)


def _power(network: Network, overlay: Overlay) -> tuple[Bools, Bools]:
    """Return which elements have lost some of their feeds, and which have lost all they have."""
    n = len(network.elements)
    down = overlay.column("feed.down") >= 0.5
    if not down.any():
        return np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    corded = np.bincount(network.fed_element, minlength=n)
    gone = np.bincount(network.fed_element, weights=down[network.fed_feed], minlength=n)
    return (gone > 0) & (gone < corded), (gone > 0) & (gone == corded)
