"""The services of a metro area: from its hubs and borders to access elements and back, and inside.

A customer's service across areas is one segment an area, each with its share of the limits, as in
the static division of ITU-T Y.1542; a route is taken to have three segments (area, backbone, area)
of equal parts (assumption). Ends to ends are the limits of ITU-T Y.1541 (2011), table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from adn.topology.elements import Assumption, Service, Sla
from adn.topology.naming import service_id

SEGMENTS: Final = 3
FLOW_GROUPS: Final = 2
"""Flow groups of a service: it goes over one or two paths of a ring."""
Way = Literal["from-hub", "to-hub", "from-border", "to-border", "inside", "neighbour"]


def segment(latency_ms: float, loss: float, availability: float) -> Sla:
    """Return the limits of one segment of a route of three.

    >>> segment(90.0, 0.003, 0.997)
    Sla(latency_ms=30.0, loss=0.001, availability=0.999)
    """
    return Sla(
        round(latency_ms / SEGMENTS, 6),
        round(loss / SEGMENTS, 9),
        round(1.0 - (1.0 - availability) / SEGMENTS, 9),
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A class of services of access elements; `share` of the demand of its element."""

    name: str
    way: Way
    share: float
    customers: int
    sla: Sla
    elastic: bool = False


VOICE: Final = segment(100.0, 0.001, 0.9999)
BUSINESS: Final = segment(100.0, 0.001, 0.9995)
INTERNET: Final = segment(1000.0, 0.5, 0.99)
# Shares and customers are assumptions: what goes down is five times what comes up.
_KINDS: Final = (
    _Kind("internet-down", "from-hub", 0.30, 300, INTERNET, elastic=True),
    _Kind("voice-up", "to-hub", 0.01, 100, VOICE),
    _Kind("leased-line", "inside", 0.08, 1, BUSINESS),
    _Kind("mobile-down", "from-border", 0.15, 400, VOICE),
    _Kind("video", "from-hub", 0.25, 200, INTERNET, elastic=True),
    _Kind("internet-up", "to-hub", 0.05, 300, INTERNET, elastic=True),
    _Kind("mobile-up", "to-border", 0.03, 400, VOICE),
    _Kind("vpn", "inside", 0.08, 10, BUSINESS),
    _Kind("voice-down", "from-hub", 0.01, 100, VOICE),
    _Kind("handover", "neighbour", 0.04, 400, VOICE),
)


@dataclass(slots=True)
class Access:
    """An access element: its neighbour, its ring, the ring of its home, and what it may bring."""

    name: str
    neighbour: str
    ring: int
    home_ring: int
    worst_bps: float = 0.0


def metro_services(
    stream: np.random.Generator,
    count: int,
    demand_bps: float,
    access: Sequence[Access],
    borders: Sequence[str],
    hubs: Sequence[str],
) -> list[Service]:
    """Return so many services, dealt over the access elements in turns, class after class.

    What an element brings in its worse direction is added to its `worst_bps`.

    Args:
        stream: What is drawn: demands, and which hub, border or access element is the far end.
        count: How many services.
        demand_bps: Mean contracted peak of an access element, bit/s.
        access: The access elements.
        borders: The border routers.
        hubs: The hubs.
    """
    size = len(access)
    factors = stream.uniform(0.5, 1.5, size).tolist()
    drawn = stream.random(count).tolist()
    seen: dict[str, int] = {}
    services: list[Service] = []
    for number in range(count):
        row, slot = number % size, number // size
        kind = _KINDS[slot % len(_KINDS)]
        here, lot = access[row], drawn[number]
        far = _far(kind.way, row, lot, access, borders, hubs)
        bps = demand_bps * kind.share * factors[row]
        down = kind.way.startswith("from")
        a, z = (far, here.name) if down else (here.name, far)
        name = service_id(kind.name, a, z)
        again = seen[name] = seen.get(name, 0) + 1
        services.append(
            Service(
                name if again == 1 else f"{name}#{again}",
                kind.name,
                a,
                z,
                bps,
                kind.sla,
                kind.customers,
                FLOW_GROUPS,
                kind.elastic,
            )
        )
        here.worst_bps += bps
        if kind.way in ("inside", "neighbour"):
            access[_other(row, lot, size)].worst_bps += bps
    return services


def _far(
    way: Way, row: int, lot: float, access: Sequence[Access], borders: Sequence[str],
    hubs: Sequence[str],
) -> str:  # fmt: skip
    """Return the far end of a service of an access element."""
    if way.endswith("hub"):
        return hubs[int(lot * len(hubs))]
    if way.endswith("border"):
        return borders[int(lot * len(borders))]
    if way == "neighbour":
        return access[row].neighbour
    return access[_other(row, lot, len(access))].name


def _other(row: int, lot: float, size: int) -> int:
    """Return another row than the given one."""
    return (row + 1 + int(lot * (size - 1))) % size


def service_rules(count: int, demand_bps: float) -> tuple[Assumption, ...]:
    """Return by what rules the services of an area were made."""
    return (
        Assumption(
            "services",
            "ten classes dealt over the access elements in turns; "
            f"{demand_bps / 1e9:g} Gbit/s an element in the mean, half to one and a half of it",
            count,
        ),
        Assumption(
            "limits of services",
            "of ITU-T Y.1541, divided evenly over the three segments of a route",
            count,
            "ITU-T Y.1541, Y.1542 (static division; equal parts: assumption)",
        ),
    )
