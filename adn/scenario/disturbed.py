"""What a scenario's disturbances are about: named objects looked up, others picked by the seed.

Like the entries of `faults:`, every entry of `disturbances:` has a stream of its own, so that
adding one changes no other's pick or time, and none of a fault's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, cast

import numpy as np

from adn.base.clock import Millis
from adn.base.errors import Finding
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.faults.changes import elements_at
from adn.faults.rates import published_rates
from adn.scenario.disturbancespec import CollectorDies, FlashCrowd, Maintenance, ServiceChoice
from adn.scenario.marks import Path
from adn.scenario.natural import broken_by
from adn.scenario.reader import LoadedScenario, refused
from adn.scenario.schema import Clock
from adn.scenario.targets import PlannedTarget, Weights, pick_objects
from adn.scenario.units import shown
from adn.topology.naming import closest
from adn.topology.network import Network
from adn.twin import disturbances as twin
from adn.twin.demand import Surge

_LAST: Final = 1_000_000
"""Place of works that are not in the file: after all entries."""


def resolve_disturbances(
    loaded: LoadedScenario,
    network: Network,
    stream_of: Callable[[str], np.random.Generator],
    weights: Weights | None = None,
    more: Sequence[twin.Outage] = (),
) -> list[twin.Disturbance]:
    """Return every disturbance with its objects and its time, numbered in order of beginning.

    Args:
        loaded: The scenario.
        network: The network as it really is.
        stream_of: Gives the random stream of a name.
        weights: What `busiest` ranks by.
        more: Works besides those of the file, by time.

    Raises:
        ScenarioError: An object does not exist, or there are too few to pick from; all of them.
    """
    found: list[tuple[Millis, int, twin.Disturbance]] = []
    findings: list[Finding] = []
    clock = loaded.scenario.clock
    for number, entry in enumerate(loaded.scenario.disturbances):
        stream = stream_of(f"disturbance/{number}")
        at = _when(entry.at.timing(), clock, stream)
        if isinstance(entry, CollectorDies):
            gap = twin.CollectorGap("", at, entry.for_, entry.share, entry.table)
            found.append((at, number, gap))
            continue
        path: Path = ("disturbances", number)
        if isinstance(entry, FlashCrowd):
            rows, slips = _services(loaded, entry.services, (*path, "services"), network)
            surge = Surge(rows, at, entry.for_, entry.ramp, entry.factor)
            found.append((at, number, twin.FlashCrowd("", surge)))
            findings += slips
            continue
        where: Path = (*path, "target")
        names, slips = pick_objects(loaded, entry.target, where, network, stream, weights)
        findings += slips
        table = cast("twin.Taken", entry.target.table)
        for name in names:
            outage = twin.Outage("", entry.kind, table, name, at, entry.for_)
            if isinstance(entry, Maintenance):
                drained = min(entry.drained_for, at) if entry.drain else 0
                outage = replace(outage, drained=drained, announced=entry.announced)
            found.append((at, number, outage))
    if findings:
        raise refused(findings)
    found += [(one.at, _LAST + place, one) for place, one in enumerate(more)]
    ordered = sorted(found, key=lambda row: row[:2])
    return [replace(one, id=f"DST-{rank:04d}") for rank, (_, _, one) in enumerate(ordered, 1)]


def resolve_mishaps(
    loaded: LoadedScenario,
    network: Network,
    key: Key,
    stream_of: Callable[[str], np.random.Generator],
    weights: Weights | None = None,
) -> list[PlannedTarget]:
    """Return the faults that the maintenance of the file causes, by time.

    Args:
        loaded: The scenario, its disturbances resolved without a slip.
        network: The network as it really is.
        key: What draws whether something breaks, and what.
        stream_of: Gives the random stream of a name, as to `resolve_disturbances`.
        weights: What `busiest` ranks by.
    """
    found: list[PlannedTarget] = []
    clock, usual = loaded.scenario.clock, published_rates().maintenance.kinds
    for number, entry in enumerate(loaded.scenario.disturbances):
        if not isinstance(entry, Maintenance) or entry.mishap is None:
            continue
        stream = stream_of(f"disturbance/{number}")
        at = _when(entry.at.timing(), clock, stream)
        where: Path = ("disturbances", number, "target")
        names, _ = pick_objects(loaded, entry.target, where, network, stream, weights)
        held = entry.mishap
        kinds = usual if held.kinds is None else dict.fromkeys(held.kinds, 1.0)
        for name in names:
            touched = elements_at(network, entry.target.table, name)
            own, when = key.child(f"mishap/{number}/{name}"), (at, entry.for_)
            fault = broken_by(loaded, network, touched, when, held.chance, kinds, own)
            found += [fault] if fault else []
    return sorted(found, key=lambda one: (one.at, one.kind.name, one.target))


def _when(timing: Timing, clock: Clock, stream: np.random.Generator) -> Millis:
    """Return when something begins, within the part of the run that is scored."""
    return min(max(timing.draw(stream), clock.warmup), clock.duration - 1)


def _services(
    loaded: LoadedScenario, choice: ServiceChoice, path: Path, network: Network
) -> tuple[tuple[int, ...], list[Finding]]:
    """Return the rows of the services that a choice means, and what is wrong with it."""
    elements = {row.id: row.kind for row in network.rows.elements}
    known = {
        "kind": sorted({row.kind for row in network.rows.services}),
        "element": list(elements),
        "role": sorted(set(elements.values())),
    }
    what = {"kind": "class of services", "element": "element", "role": "kind of element"}
    findings = [
        _unknown(loaded, (*path, key), str(given), what[key], names)
        for key, names in known.items()
        if (given := getattr(choice, key)) is not None and given not in names
    ]
    findings += [
        _unknown(loaded, (*path, "of", number), name, "service", network.services.ids)
        for number, name in enumerate(choice.of or ())
        if name not in network.services
    ]
    rows = tuple(
        number
        for number, row in enumerate(network.rows.services)
        if choice.kind in (None, row.kind)
        and choice.element in (None, row.a, row.z)
        and choice.role in (None, elements[row.a], elements[row.z])
        and (choice.of is None or row.id in choice.of)
    )
    if not rows and not findings:
        findings.append(loaded.finding(path, "SCN027", "no service is all of this"))
    return rows, findings


def _unknown(
    loaded: LoadedScenario, path: Path, name: str, what: str, names: list[str] | tuple[str, ...]
) -> Finding:
    message = f"the network has no {what} {shown(name)}"
    return loaded.finding(path, "SCN021", message, hint=closest(name, names))
