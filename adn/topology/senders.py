"""How services are sent, in columns: transport, connections, packets, jobs and slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from adn.topology.elements import PLAIN, NetworkRows, Service, Slice

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

SEGMENT_BYTES: Final = {"udp": 800, "tcp": 1460, "roce": 1024}
"""Payload of a packet: of TCP over IPv4 in a full Ethernet frame, of RoCE the largest MTU that fits
one; of UDP nothing depends on it."""
STEP_MS: Final = 10_000.0
"""Length of one step of a training job in good order, exchange included (assumption)."""


@dataclass(frozen=True)
class Senders:
    """Columns over services, shape (S,), unless said otherwise.

    Attributes:
        plain: Whether all traffic is inelastic and in no slice: then nothing here matters.
        tcp: Which services slow down.
        roce: Which services go back N.
        connections: Concurrent connections.
        segment_bytes: Payload of a packet, bytes.
        job: Number of the job that each is part of, -1 for none.
        step_ms: Length of a step of each job in good order, ms, shape (J,).
        slice: Number of the slice each is in.
        slices: The slices by number; the first is that of all that is in none.
        lossless: Links that pause instead of dropping, both ways, shape (2L,).
    """

    plain: bool
    tcp: Bools
    roce: Bools
    connections: Floats
    segment_bytes: Floats
    job: Ints
    step_ms: Floats
    slice: Ints
    slices: tuple[Slice, ...]
    lossless: Bools

    @classmethod
    def of(cls, rows: NetworkRows) -> Senders:
        """Return the senders of the services of a network, whose rows are sorted."""
        if all(row.manner is PLAIN for row in rows.services):
            return cls._plain(len(rows.services), 2 * len(rows.links))
        manners = [row.manner for row in rows.services]
        transport = np.array([manner.transport for manner in manners], dtype="U4")
        steps: dict[str, int] = {}
        for manner in manners:
            if manner.job:
                steps[manner.job] = max(steps.get(manner.job, 0), manner.step_ms)
        jobs = {name: number for number, name in enumerate(sorted(steps))}
        sliced = {manner.slice.name: manner.slice for manner in manners}
        slices = tuple(sliced.get(name, Slice()) for name in sorted({"", *sliced}))
        numbers = {row.name: number for number, row in enumerate(slices)}
        lossless = np.repeat(np.array([link.lossless for link in rows.links], dtype=bool), 2)
        return cls(
            plain=bool((transport == "udp").all()) and len(slices) == 1,
            tcp=transport == "tcp",
            roce=transport == "roce",
            connections=np.array([_connections(row) for row in rows.services], dtype=float),
            segment_bytes=np.array([_segment(row) for row in rows.services], dtype=float),
            job=np.array([jobs.get(manner.job, -1) for manner in manners], dtype=np.int64),
            step_ms=np.array([steps[name] or STEP_MS for name in jobs], dtype=float),
            slice=np.array([numbers[manner.slice.name] for manner in manners], dtype=np.int64),
            slices=slices,
            lossless=lossless,
        )

    @classmethod
    def _plain(cls, services: int, directions: int) -> Senders:
        """Return the senders of inelastic traffic alone, of which nothing else is asked."""
        nothing, never = np.zeros(services), np.zeros(services, dtype=bool)
        return cls(
            plain=True,
            tcp=never,
            roce=never,
            connections=nothing,
            segment_bytes=nothing,
            job=np.full(services, -1),
            step_ms=np.zeros(0),
            slice=np.zeros(services, dtype=np.int64),
            slices=(Slice(),),
            lossless=np.zeros(directions, dtype=bool),
        )


def _connections(row: Service) -> int:
    return row.manner.connections or max(row.customers, row.flow_groups)


def _segment(row: Service) -> int:
    return row.manner.segment_bytes or SEGMENT_BYTES[row.manner.transport]
