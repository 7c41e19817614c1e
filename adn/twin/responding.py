"""Responding: what full queues and lost packets do beyond losing packets.

Drops thin what follows; TCP slows down and shares what is left; go-back-N sends again, and its
jobs wait for the slowest; lossless ports pause; slices keep their part. All of it acts only at
instants at which something is lost or overfull, or in networks that have slices: a calm minute is
what it is without.

The order of precedence on a full line: inelastic traffic, then lossless, then TCP, which takes
what is left (an assumption; each priority is usually sure of some part, and so is TCP here).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adn.physics.pausing import Pauses
from adn.physics.transport import (
    TURNAROUND_MS,
    go_back_n,
    packets_in_flight,
    step_share,
    tcp_rate_bps,
)
from adn.topology.network import Bools, Floats, Ints, Network
from adn.topology.senders import Senders
from adn.twin.forwarding import Forwarding
from adn.twin.lines import DROPPING, Lines, Queues
from adn.twin.state import State


@dataclass(frozen=True, slots=True)
class Response:
    """What comes of an instant that is not calm.

    Attributes:
        load_bps: What is offered to each direction in the end, bit/s, shape (D,).
        discards: Share of it that finds the queue full, shape (D,).
        through: Share of what each flow group would send that its receiver gets, shape (F,).
        delay_ms: One-way delay of each flow group, ms, shape (F,).
        paused: Share of time that each direction stands still, shape (D,).
        stuck: Directions that wait for each other in a circle, shape (D,).
    """

    load_bps: Floats
    discards: Floats
    through: Floats
    delay_ms: Floats
    paused: Floats
    stuck: Bools


def responds(network: Network, state: State, load_bps: Floats, discards: Floats) -> bool:
    """Whether an instant is not calm: something is dropped, or somebody answers to a loss.

    Args:
        network: Whose traffic.
        state: The state of the directions.
        load_bps: Offered to each direction if nobody responds, shape (D,).
        discards: Share of it that finds the queue full, shape (D,).
    """
    used = load_bps > 0.0
    if bool((discards[used] >= DROPPING).any()):
        return True
    senders = network.senders
    if senders.plain:
        return False
    if len(senders.slices) > 1 or bool((load_bps > state.capacity_bps).any()):
        return True
    return bool((state.loss[used] > 0.0).any() or (state.errors[used] > 0.0).any())


def respond(network: Network, state: State, forwarding: Forwarding, sent_bps: Floats) -> Response:
    """Return what becomes of traffic at an instant that is not calm.

    Args:
        network: Whose traffic.
        state: The state of the directions.
        forwarding: The paths of the flow groups.
        sent_bps: What each flow group would send, bit/s, shape (F,).
    """
    lines = Lines(network, state, forwarding)
    alive = np.where(state.element_up[forwarding.flows.source], sent_bps, 0.0)
    senders = network.senders
    if not (senders.tcp.any() or senders.roce.any()):
        queues = lines.settle(alive)
        return _response(lines, queues, queues.through, queues.delay_ms, None)
    flows = _Flows.of(senders, forwarding)
    usual = lines.settle(np.where(flows.tcp, 0.0, alive))
    lost = 1.0 - np.where(forwarding.arrives, usual.through, 0.0)
    rtt = lines.travel_ms + usual.delay_ms + TURNAROUND_MS
    sending, goodput = np.ones(len(alive)), np.ones(len(alive))
    held: Pauses | None = None
    if flows.roce.any():
        held = lines.paused(usual, np.where(flows.roce, alive, 0.0))
        useful = go_back_n(
            lost, packets_in_flight(alive / flows.connections, rtt, flows.segment_bytes)
        )
        pace = _pace(senders, flows, useful * held.passes, lost)
        busy = np.minimum(held.passes, pace / np.where(useful > 0.0, useful, 1.0))
        sending = np.where(flows.roce, busy, sending)
        goodput = np.where(flows.roce, pace, goodput)
    if flows.tcp.any():
        bound = tcp_rate_bps(np.where(flows.tcp, lost, 0.0), rtt, flows.segment_bytes)
        wanted = np.where(flows.tcp, np.minimum(alive, flows.connections * bound), 0.0)
        others = lines.load(np.where(flows.tcp, 0.0, alive * sending), usual.keep)
        got = lines.shared(usual, others, wanted, flows.connections)
        share = np.where(alive > 0.0, got / np.where(alive > 0.0, alive, 1.0), 1.0)
        sending = np.where(flows.tcp, share, sending)
    queues = lines.settle(alive * sending)
    through = np.where(flows.roce, goodput, sending * queues.through)
    delay = queues.delay_ms
    if held is not None:
        delay = np.where(flows.roce, lines.delay_when(queues, held), delay)
    return _response(lines, queues, through, delay, held)


@dataclass(frozen=True, slots=True)
class _Flows:
    """How flow groups are sent, shape (F,); connections are those of the group."""

    tcp: Bools
    roce: Bools
    connections: Floats
    segment_bytes: Floats
    job: Ints

    @classmethod
    def of(cls, senders: Senders, forwarding: Forwarding) -> _Flows:
        service, count = forwarding.flows.service, forwarding.flows.count
        return cls(
            tcp=senders.tcp[service],
            roce=senders.roce[service],
            connections=senders.connections[service] / count[service],
            segment_bytes=senders.segment_bytes[service],
            job=np.where(senders.roce, senders.job, -1)[service],
        )


def _pace(senders: Senders, flows: _Flows, useful: Floats, lost: Floats) -> Floats:
    """Return the useful share of every flow group's rate once jobs have waited, shape (F,).

    In every step each connection has one last packet.
    """
    pace = useful.copy()
    for number, step_ms in enumerate(senders.step_ms.tolist()):
        mine = flows.job == number
        if not mine.any():
            continue
        with np.errstate(divide="ignore"):  # one that gets nothing through always loses it
            spared = np.log1p(-np.minimum(lost[mine], 1.0)) * flows.connections[mine]
        tail = 1.0 - float(np.exp(spared.sum()))
        pace[mine] = step_share(float(useful[mine].min()), tail, step_ms)
    return pace


def _response(
    lines: Lines, queues: Queues, through: Floats, delay: Floats, held: Pauses | None
) -> Response:
    """Return what came of it, by direction instead of by queue."""
    load = lines.by_direction(queues.load)
    dropped = lines.by_direction(queues.lossy * queues.discards)
    idle = np.zeros(len(load))
    return Response(
        load_bps=load,
        discards=np.where(load > 0.0, dropped / np.where(load > 0.0, load, 1.0), 0.0),
        through=through,
        delay_ms=delay,
        paused=idle if held is None else lines.worst(held.paused),
        stuck=idle > 0.0 if held is None else lines.worst(held.stuck.astype(np.float64)) > 0.0,
    )
