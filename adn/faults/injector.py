"""The injector: brings planned faults upon the twin, and notices when nothing is left of them.

It adds and removes impairments and writes the truth about each fault; what then happens to the
network, and how anyone learns of it, is not its business.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from adn.base.clock import Millis, seconds
from adn.base.records import Record
from adn.base.streams import Key
from adn.faults.kinds import FaultKind, ImpairmentSpec, Intermittent, Ramp
from adn.northbound.commands import Command, command_kinds
from adn.topology.network import Network
from adn.twin.effects import renews
from adn.twin.impairments import Impairment
from adn.twin.properties import PROPERTIES
from adn.twin.twin import Twin


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault that will strike.

    Attributes:
        id: ``FLT-0001``, in order of onset.
        kind: Its kind.
        target: Id of the object it strikes.
        at: When, simulated ms.
        params: A value for every parameter of the kind.
        lasts: After how long it is over by itself, ms; None if it stays until it is repaired.
    """

    id: str
    kind: FaultKind
    target: str
    at: Millis
    params: Mapping[str, float]
    lasts: Millis | None = None


class Injector:
    """Applies planned faults to a twin.

    Args:
        twin: What they strike.
        planned: What is in store.
        key: For the on and off times of intermittent faults.
    """

    def __init__(self, twin: Twin, planned: Iterable[PlannedFault], key: Key) -> None:
        self._twin, self._key = twin, key
        self._left: dict[str, dict[str, Impairment]] = {}
        twin.carried_out.append(self._carried_out)
        for fault in planned:
            self._announce(fault)
            twin.clock.call_at(fault.at, partial(self._begin, fault))

    def _announce(self, fault: PlannedFault) -> None:
        kind = fault.kind
        data = {
            "fault": kind.name,
            "class": kind.problem,
            "domain": kind.domain,
            "at_s": seconds(fault.at),
            "params": dict(fault.params),
            "equivalent": equivalents(self._twin.network, fault),
        }
        ref = {"target": fault.target}
        self._twin.truth(Record(0, "fault.planned", "faults", id=fault.id, ref=ref, data=data))

    def _begin(self, fault: PlannedFault) -> None:
        twin = self._twin
        full = {
            impairment.id: (spec, impairment)
            for spec_row, spec in enumerate(fault.kind.impairments)
            for impairment in impairments_of(twin.network, fault, spec_row)
        }
        self._left[fault.id] = {name: impairment for name, (_, impairment) in full.items()}
        objects = affected(twin.network, fault)
        data = {
            "impairments": [
                [row.property, row.object, row.op, row.value] for _, row in full.values()
            ]
        }
        ref = {"target": fault.target, "objects": list(objects)}
        twin.truth(Record(twin.clock.now, "fault.onset", "faults", id=fault.id, ref=ref, data=data))
        twin.attribution.begin(fault.id, objects, twin.clock.now)
        for spec, impairment in full.values():
            if isinstance(spec.course, Ramp):
                twin.clock.process(self._ramp(impairment, spec.course))
            elif isinstance(spec.course, Intermittent):
                name = f"{fault.kind.name}/{fault.target}/{fault.at}/{impairment.property}"
                stream = self._key.stream(f"faults/{name}/{impairment.object}")
                twin.clock.process(self._flicker(impairment, spec.course, stream))
            else:
                twin.impair(impairment, "fault")
        if fault.lasts is not None:
            twin.clock.call_at(twin.clock.now + fault.lasts, partial(self._heal, fault.id))

    def _heal(self, fault: str) -> None:
        """End a fault that is over by itself, if nobody has repaired it before."""
        twin, left = self._twin, self._left[fault]
        if not left:
            return
        names = tuple(left)
        left.clear()
        for name in names:
            twin.latent.pop(name, None)
        twin.relieve(names, "heal")
        self._over(fault, "self", field=False)
        twin.observe("heal")

    def _over(self, fault: str, by: str, *, field: bool) -> None:
        """Write down that nothing is left of a fault."""
        now, data = self._twin.clock.now, {"by": by, "field": field}
        self._twin.truth(Record(now, "fault.cleared", "faults", id=fault, data=data))
        self._twin.attribution.end(fault, now)

    def _holds(self, impairment: Impairment) -> bool:
        """Whether the part is still broken: not yet renewed."""
        return impairment.id in self._left[impairment.owner]

    def _ramp(self, impairment: Impairment, course: Ramp) -> Generator[Any, Any, None]:
        self._twin.impair(at_strength(impairment, 0.0), "fault")
        for step in range(1, course.steps + 1):
            yield self._twin.clock.sleep(max(1, course.over // course.steps))
            if not self._holds(impairment):
                return
            self._twin.impair(at_strength(impairment, step / course.steps), "fault")

    def _flicker(
        self, impairment: Impairment, course: Intermittent, stream: np.random.Generator
    ) -> Generator[Any, Any, None]:
        """Come and go; what is quiet is still broken, so that a renewal finds it."""
        self._twin.latent[impairment.id] = impairment
        while True:
            for share, cause, mean in ((1.0, "fault", course.on), (0.0, "heal", course.off)):
                if not self._holds(impairment):
                    return
                self._twin.impair(at_strength(impairment, share), cause)
                yield self._twin.clock.sleep(_span(stream, mean))

    def _carried_out(self, command: Command) -> None:
        """Forget what a command has renewed; a fault of which nothing is left has ended."""
        twin = self._twin
        for fault, left in self._left.items():
            renewed = [name for name, row in left.items() if renews(twin.network, command, row)]
            for name in renewed:
                del left[name]
                twin.latent.pop(name, None)
            if renewed and not left:
                field = command_kinds()[command.kind].performed_by == "field"
                self._over(fault, command.id, field=field)


def _span(stream: np.random.Generator, mean: Millis) -> Millis:
    return max(1, round(mean * float(stream.exponential())))


def at_strength(impairment: Impairment, share: float) -> Impairment:
    """Return an impairment at a share (0..1) of its strength; at 0 it changes nothing.

    >>> full = Impairment("FLT-0001/0/x", "FLT-0001", "link.attenuation", "x", "add", 8.0, "optics")
    >>> at_strength(full, 0.25).value
    2.0
    """
    nothing = {"set": PROPERTIES[impairment.property].healthy, "add": 0.0, "scale": 1.0}
    neutral = nothing[impairment.op]
    return replace(impairment, value=neutral + (impairment.value - neutral) * share)


def impairments_of(network: Network, fault: PlannedFault, spec_row: int) -> list[Impairment]:
    """Return the impairments at full strength that one spec of a kind puts on a target."""
    spec = fault.kind.impairments[spec_row]
    prop = PROPERTIES[spec.property]
    value = spec.value
    strength = fault.params[value.removeprefix("$")] if isinstance(value, str) else value
    return [
        Impairment(
            id=f"{fault.id}/{spec_row}/{name}",
            owner=fault.id,
            property=spec.property,
            object=name,
            op=spec.op,
            value=strength,
            part=spec.part or prop.part,
        )
        for name in objects_of(network, fault.kind, fault.target, spec)
    ]


def objects_of(
    network: Network, kind: FaultKind, target: str, spec: ImpairmentSpec
) -> tuple[str, ...]:
    """Return the ids of the objects that a spec impairs, seen from the target."""
    if spec.of == "target":
        return (target,)
    if kind.target == "element":
        row = network.elements.row(target)
        if spec.of == "links":
            return network.links_of(target)
        ends = {"sending": network.tail, "receiving": network.head}
        wanted = [ends[spec.of]] if spec.of in ends else list(ends.values())
        mask = np.logical_or.reduce([end == row for end in wanted])
        return tuple(network.directions[int(i)] for i in np.flatnonzero(mask))
    if kind.target == "duct":
        return network.links_in_duct(target)
    if kind.target == "card":
        return network.links_on_card(target)
    row = network.links.row(target)
    return (network.directions[2 * row], network.directions[2 * row + 1])


def affected(network: Network, fault: PlannedFault) -> tuple[str, ...]:
    """Return the target and the components that bear its condition: what an operator would name.

    Of a feed those are the elements on it, and the links of those that are corded to no other.
    """
    target, kind = fault.target, fault.kind.target
    elements: tuple[str, ...] = ()
    links: tuple[str, ...]
    if kind == "duct":
        links = network.links_in_duct(target)
    elif kind == "element":
        links = network.links_of(target)
    elif kind == "card":
        links = network.links_on_card(target)
    elif kind == "feed":
        elements = network.elements_on_feed(target)
        alone = [row.id for row in network.rows.elements if row.feeds == (target,)]
        links = tuple(sorted({link for name in alone for link in network.links_of(name)}))
    elif kind == "direction":
        return (target, network.link_of(target))
    else:
        links = (target,)
    rows = [network.links.row(name) for name in links]
    directions = [network.directions[2 * row + side] for row in rows for side in (0, 1)]
    return tuple(dict.fromkeys((target, *elements, *links, *directions)))


_STAGES: Final = (("signal-degraded", "corruption"), ("line-degraded", "fibre-loss"))
"""Classes that what grows slowly passes through: first all is corrected, in the end it is not."""


def equivalents(network: Network, fault: PlannedFault) -> list[list[str]]:
    """Return the answers that no alarm or probe can tell from the right one, itself first.

    A feed whose only load is one element without another feed looks like that element without
    power, and what grows is for a while the one and later the other; for all other kinds there is
    an alarm or a probe that names the object.
    """
    found = [[fault.target, fault.kind.problem]]
    growing = any(isinstance(spec.course, Ramp) for spec in fault.kind.impairments)
    for alike in _STAGES:
        if growing and fault.kind.problem in alike:
            found += [[fault.target, other] for other in alike if other != fault.kind.problem]
    if fault.kind.target == "feed":
        held = network.elements_on_feed(fault.target)
        corded = {row.id: row.feeds for row in network.rows.elements}
        if len(held) == 1 and corded[held[0]] == (fault.target,):
            found.append([held[0], "element-down"])
    return found
