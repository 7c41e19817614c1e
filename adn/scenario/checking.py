"""A scenario tried as far as it goes without running it: read, network built, targets found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adn.base.streams import Key
from adn.scenario import read
from adn.scenario.natural import resolve_natural
from adn.scenario.reader import LoadedScenario
from adn.scenario.targets import PlannedTarget, resolve_targets
from adn.scenario.topology import build_scenario_network
from adn.topology.network import Network

SEED: Final = 0
"""The seed that a check draws with; what it finds wrong does not depend on it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A scenario that can be run, with the network and the faults that seed 0 gives."""

    loaded: LoadedScenario
    network: Network
    faults: tuple[PlannedTarget, ...]


def check_scenario(name_or_path: str) -> Checked:
    """Return a scenario with everything it needs.

    Raises:
        ScenarioError: It cannot be run; everything that is wrong is listed.
        TopologyError: The file of its network is broken.
        AdnError: Its people have a profile that cannot be used (PPL002, PPL004).
    """
    loaded = read(name_or_path)
    key = Key.root(SEED)
    network = build_scenario_network(loaded)
    faults = [
        *resolve_targets(loaded, network, key.stream),
        *resolve_natural(loaded, network, key).faults,
    ]
    loaded.scenario.operations.plan(loaded.folder, loaded.scenario.clock.starts)
    return Checked(loaded, network, tuple(faults))
