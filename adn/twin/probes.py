"""Probes: what an active measurement, or an element that is asked, answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from adn.base.quantities import quantise

if TYPE_CHECKING:
    from adn.twin.twin import Twin

BREAK_DB: Final = 10.0
"""Loss at one point behind which a reflectometer sees nothing of the fibre (assumption)."""
PROBE_PACKETS: Final = 10_000
"""How many packets an active measurement sends each way (assumption)."""
_LOSSES: Final = ("loss_forward", "loss_backward")
_ERRORS: Final = ("errors_forward", "errors_backward")


def _measure_link(twin: Twin, target: str, stream: np.random.Generator) -> dict[str, Any]:
    """Send packets both ways over a link; the counts are binomial.

    The answer holds what the receiving ports counted as damaged meanwhile, besides what was lost.
    """
    link = twin.network.links.row(target)
    if not twin.state.link_up[link]:
        return {"reachable": False, **dict.fromkeys((*_LOSSES, *_ERRORS, "delay_ms"))}
    keep = (1.0 - twin.state.loss) * (1.0 - twin.state.errors)
    keep = keep * (1.0 - twin.performance.discards)
    rows = (2 * link, 2 * link + 1)
    lost = [int(stream.binomial(PROBE_PACKETS, 1.0 - keep[row])) for row in rows]
    damaged = [_damaged(twin, row, count, stream) for row, count in zip(rows, lost, strict=True)]
    delay = quantise(float(twin.state.delay_ms[2 * link]))
    return {
        "reachable": True,
        **{name: count / PROBE_PACKETS for name, count in zip(_LOSSES, lost, strict=True)},
        **{name: count / PROBE_PACKETS for name, count in zip(_ERRORS, damaged, strict=True)},
        "delay_ms": delay,
    }


def _damaged(twin: Twin, direction: int, lost: int, stream: np.random.Generator) -> int:
    """Return how many of the packets lost in a direction arrived damaged and were counted."""
    arrive = (1.0 - twin.state.loss[direction]) * (1.0 - twin.performance.discards[direction])
    damaged = float(arrive * twin.state.errors[direction])
    every = 1.0 - arrive * (1.0 - float(twin.state.errors[direction]))
    return int(stream.binomial(lost, min(1.0, damaged / every))) if lost else 0


def _otdr(twin: Twin, target: str, stream: np.random.Generator) -> dict[str, Any]:
    """Look along the fibre from the a end: where is the first break, to within 10 m?"""
    network = twin.network
    row = next(row for row in network.rows.links if row.id == target)
    excess = twin.overlay.column("duct.attenuation")
    reached, broken = 0.0, None
    lengths = {duct.id: duct.length_km for duct in network.rows.ducts}
    for duct in row.ducts:
        if excess[network.ducts.row(duct)] >= BREAK_DB:
            broken = reached + lengths[duct] * float(stream.uniform(0.05, 0.95))
            break
        reached += lengths[duct]
    return {
        "length_km": quantise(row.length_km),
        "break_km": None if broken is None else round(min(broken, row.length_km), 2),
    }


def _check_process(twin: Twin, target: str, stream: np.random.Generator) -> dict[str, Any]:
    """Is the routing daemon in the element's list of processes?"""
    del stream
    return {"running": bool(twin.state.process_up[twin.network.elements.row(target)])}


def _check_routes(twin: Twin, target: str, stream: np.random.Generator) -> dict[str, Any]:
    """Compare the forwarding table with the routing table; a full table lacks routes, too."""
    del stream
    network, state = twin.network, twin.state
    row, known = network.elements.row(target), twin.forwarding.destinations
    unused = np.flatnonzero(state.unused & np.repeat(state.adjacent, 2) & (network.tail == row))
    return {
        "missing": known.lacking(row, state),
        "discarding": known.discarding(row, state),
        "room": quantise(1.0 - float(state.table_use[row])),
        "unused": [network.directions[int(way)] for way in unused],
    }


def _read_configuration(twin: Twin, target: str, stream: np.random.Generator) -> dict[str, Any]:
    """Read metrics, rightly or wrongly configured, and static discard routes."""
    del stream
    network, state = twin.network, twin.state
    row = network.elements.row(target)
    metric = np.where(state.metric > 0, state.metric, twin.configuration.cost)
    return {
        "costs": {name: int(metric[network.links.row(name)]) for name in network.links_of(target)},
        "discards": twin.forwarding.destinations.discarding(row, state),
    }


PROBES: Final[Mapping[str, Callable[[Twin, str, np.random.Generator], dict[str, Any]]]] = {
    "measure-link": _measure_link,
    "otdr": _otdr,
    "check-process": _check_process,
    "check-routes": _check_routes,
    "read-configuration": _read_configuration,
}
"""How each probe of the catalogue comes by its answer; its stream is the command's own."""
