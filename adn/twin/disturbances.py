"""Disturbances: what happens to a network and is no fault.

A flash crowd is demand; maintenance takes something out and puts it back; a link goes down and
heals; a collector loses telemetry. Each changes condition, demand or telemetry and nothing else,
writes when it began and ended into the truth, and takes the blame for what it does to services.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from adn.base import noise
from adn.base.clock import MINUTE, Millis, seconds
from adn.base.records import Record
from adn.base.streams import Key, hash32
from adn.northbound.commands import MAX_COST
from adn.northbound.post import MaintenanceNotice
from adn.northbound.telemetry import KPIS, Table, TelemetryFrame
from adn.topology.network import Bools, Ints, Network
from adn.twin.demand import Surge
from adn.twin.impairments import Impairment
from adn.twin.measuring import reporter_of
from adn.twin.properties import Part
from adn.twin.twin import Twin

SETTLING: Final[Millis] = MINUTE
"""How long a team waits with the metrics after it has put something back (assumption)."""

Taken = Literal["element", "link", "card", "duct"]

_OUT: Final[dict[Taken, tuple[str, float]]] = {
    "element": ("element.power-down", 1.0),
    "link": ("link.port-fault", 1.0),
    "card": ("card.failed", 1.0),
    "duct": ("duct.attenuation", 100.0),
}
"""What it is for an object to be out of service."""


@dataclass(frozen=True, slots=True)
class FlashCrowd:
    """More demand of some services for a while; `id` such as ``DST-0001``."""

    id: str
    surge: Surge


@dataclass(frozen=True, slots=True)
class Outage:
    """Something is taken out, or goes down, and comes back.

    Attributes:
        id: ``DST-0001``, in order of beginning.
        kind: ``maintenance`` or ``link-heals``.
        table: What is out.
        target: Its id.
        at: From when, simulated ms.
        span: For how long.
        drained: How long before that its traffic is led away by metric; 0 for not at all.
        announced: How long before `at` operations are told; None for never.
    """

    id: str
    kind: Literal["maintenance", "link-heals"]
    table: Taken
    target: str
    at: Millis
    span: Millis
    drained: Millis = 0
    announced: Millis | None = None


@dataclass(frozen=True, slots=True)
class CollectorGap:
    """Telemetry of a share of the elements (of one table, or of all) is lost in the collector."""

    id: str
    at: Millis
    span: Millis
    share: float = 1.0
    table: Table | None = None


Disturbance = FlashCrowd | Outage | CollectorGap


class Disturber:
    """Brings disturbances upon a twin.

    Args:
        twin: What they disturb.
        planned: What is in store.
        key: For which elements a collector loses.
    """

    def __init__(self, twin: Twin, planned: Iterable[Disturbance], key: Key) -> None:
        self._twin, self._key = twin, key
        self._notices = 0
        for one in planned:
            if isinstance(one, FlashCrowd):
                twin.surge(one.id, one.surge)
                twin.clock.process(self._crowd(one))
            elif isinstance(one, Outage):
                twin.clock.process(self._outage(one))
                if one.announced is not None:
                    told = max(0, one.at - max(one.announced, one.drained))
                    twin.clock.call_at(told, partial(self._announce, one))
            else:
                twin.clock.process(self._gap(one))

    def _record(self, one: Disturbance, kind: str, **said: Any) -> None:
        ended = said.pop("ended", False)
        objects = said.pop("objects", ())
        self._twin.truth(
            Record(
                self._twin.clock.now,
                "disturbance.ended" if ended else "disturbance.began",
                "twin",
                id=one.id,
                ref={} if ended else {"objects": list(objects)},
                data={"kind": kind, **said},
            )
        )

    # --- flash crowds ---

    def _crowd(self, one: FlashCrowd) -> Generator[Any, Any, None]:
        clock, surge = self._twin.clock, one.surge
        yield clock.sleep(surge.at - clock.now)
        names = [self._twin.network.services[row] for row in surge.services]
        until = seconds(surge.end)
        self._record(one, "flash-crowd", objects=names, announced=False, until_s=until)
        yield clock.sleep(surge.end - clock.now)
        self._record(one, "flash-crowd", ended=True)

    # --- what is out for a while ---

    def _announce(self, one: Outage) -> None:
        self._notices += 1
        notice = MaintenanceNotice(
            id=f"MNT-{self._notices:04d}",
            objects=affected(self._twin.network, one.table, one.target),
            start=one.at - one.drained,
            end=one.at + one.span + (SETTLING if one.drained else 0),
            description=f"work on {one.target}",
        )
        self._twin.report(notice)

    def _outage(self, one: Outage) -> Generator[Any, Any, None]:
        twin, clock = self._twin, self._twin.clock
        yield clock.sleep(max(0, one.at - one.drained) - clock.now)
        objects = affected(twin.network, one.table, one.target)
        end = one.at + one.span + (SETTLING if one.drained else 0)
        announced = one.announced is not None
        self._record(one, one.kind, objects=objects, announced=announced, until_s=seconds(end))
        twin.attribution.begin(one.id, objects, clock.now, disturbance=True)
        held = [self._impairment(one, "link.metric", name, MAX_COST) for name in objects]
        metrics = [row for row in held if one.drained and row.object in twin.network.links]
        for row in metrics:
            twin.impair(row, "disturbance")
        yield clock.sleep(one.at - clock.now)
        key, value = _OUT[one.table]
        out = self._impairment(one, key, one.target, value)
        twin.impair(out, "disturbance")
        yield clock.sleep(one.span)
        twin.relieve((out.id,), "heal")
        if metrics:
            yield clock.sleep(SETTLING)
            twin.relieve(tuple(row.id for row in metrics), "heal")
        twin.attribution.end(one.id, clock.now)
        self._record(one, one.kind, ended=True)

    def _impairment(self, one: Outage, key: str, name: str, value: float) -> Impairment:
        # A port that hangs is reset by the command that resets ports; what a team holds is not.
        part: Part = "port-state" if one.kind == "link-heals" else "held"
        return Impairment(f"{one.id}/{key}/{name}", one.id, key, name, "set", value, part)

    # --- the collector ---

    def _gap(self, one: CollectorGap) -> Generator[Any, Any, None]:
        clock, network = self._twin.clock, self._twin.network
        lost = self._lost(one)
        lose = partial(_without, network, lost, one.table)
        yield clock.sleep(one.at - clock.now)
        names = [network.elements[int(row)] for row in np.flatnonzero(lost)]
        until = seconds(one.at + one.span)
        self._record(one, "collector-dies", objects=names, announced=False, until_s=until)
        self._twin.on_the_way.append(lose)
        yield clock.sleep(one.span)
        self._twin.on_the_way.remove(lose)
        self._record(one, "collector-dies", ended=True)

    def _lost(self, one: CollectorGap) -> Bools:
        """Return which elements' telemetry the collector loses, shape (n,)."""
        hashes = np.array([hash32(name) for name in self._twin.network.elements.ids], np.uint32)
        drawn = noise.uniform(self._key.word(f"collector/{one.id}"), hashes, 0)
        lost: Bools = drawn < np.float32(one.share)
        return lost


def _without(
    network: Network, lost: Bools, table: Table | None, frame: TelemetryFrame
) -> TelemetryFrame:
    """Return a frame less what the elements in `lost` report."""
    if table not in (None, frame.table):
        return frame
    values = frame.values.copy()
    rows = {kpi.name: kpi for kpi in KPIS if kpi.table == frame.table}
    for line, name in enumerate(frame.kpis):
        reporter: Ints = reporter_of(network, rows[name])
        values[line, lost[reporter]] = np.nan
    values.flags.writeable = False
    return replace(frame, values=values)


def affected(network: Network, table: str, target: str) -> tuple[str, ...]:
    """Return an object that is out and the links and directions that go with it."""
    held: dict[str, Callable[[str], tuple[str, ...]]] = {
        "element": network.links_of,
        "card": network.links_on_card,
        "duct": network.links_in_duct,
    }
    links = held[table](target) if table in held else (target,)
    rows = [network.links.row(name) for name in links]
    directions = [network.directions[2 * row + side] for row in rows for side in (0, 1)]
    return tuple(dict.fromkeys((target, *links, *directions)))
