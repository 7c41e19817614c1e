"""A federation tried as far as it goes without playing it: dealt, and its smallest areas built.

What an entry of `faults:` or `disturbances:` strikes is looked up in the smallest area that it may
fall to; an area of each kind is built, and no more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from adn.base.errors import Finding, ScenarioError
from adn.base.streams import Key
from adn.scenario.disturbed import resolve_disturbances
from adn.scenario.federation import Federation
from adn.scenario.reader import LoadedScenario, refused
from adn.scenario.targets import resolve_targets
from adn.scenario.topology import build_scenario_network


@dataclass(frozen=True, slots=True)
class CheckedFederation:
    """A federation that can be played.

    Attributes:
        federation: It.
        faults: How many faults are dealt over its areas, natural ones apart.
        built: The areas that were built to try it.
    """

    federation: Federation
    faults: int
    built: tuple[str, ...]


def check_federation(loaded: LoadedScenario) -> CheckedFederation:
    """Return a federation with what was found of it.

    Raises:
        ScenarioError: It cannot be played; everything that is wrong is listed.
        AdnError: Its people have a profile that cannot be used.
    """
    federation = Federation.of(loaded)
    smallest: dict[str, dict[str, Counter[int]]] = {
        min((area.elements, area.name) for area in federation.areas if area.kind == kind)[1]: {
            "faults": Counter(),
            "disturbances": Counter(),
        }
        for kind in sorted({area.kind for area in federation.areas})
    }
    for table, number, fit in federation.fits():
        name = min((area.elements, area.name) for area in fit)[1]
        held = smallest.setdefault(name, {"faults": Counter(), "disturbances": Counter()})
        held[table][number] += 1
    findings: list[Finding] = []
    for name, dealt in sorted(smallest.items()):
        area = federation.scenario_of(name, {name: dealt})
        network, key = build_scenario_network(area), Key.root(0)
        for resolve in (resolve_targets, resolve_disturbances):
            try:
                resolve(area, network, key.stream)
            except ScenarioError as error:
                findings += error.findings
    if findings:
        raise refused(findings)
    loaded.scenario.operations.plan(loaded.folder, loaded.scenario.clock.starts)
    faults = sum(entry.count for entry in loaded.scenario.faults)
    return CheckedFederation(federation, faults, tuple(sorted(smallest)))
