"""Text to plan of a run: scenario files, their errors, and what they resolve into.

    loaded = read("abilene-fibre-cut")

`read` takes a name of the library or a file. Everything is imported on first use, for pydantic and
yaml take a tenth of a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adn.scenario.describe import json_schema
    from adn.scenario.library import known_scenarios
    from adn.scenario.reader import LoadedFault, LoadedScenario
    from adn.scenario.targets import PlannedTarget, resolve_targets
    from adn.scenario.topology import topology_spec

_LAZY = {
    "LoadedFault": "reader",
    "LoadedScenario": "reader",
    "PlannedTarget": "targets",
    "json_schema": "describe",
    "known_scenarios": "library",
    "resolve_targets": "targets",
    "topology_spec": "topology",
}
__all__ = [
    "LoadedFault",
    "LoadedScenario",
    "PlannedTarget",
    "json_schema",
    "known_scenarios",
    "read",
    "resolve_targets",
    "topology_spec",
]


def read(name_or_path: str) -> LoadedScenario:
    """Return the scenario of a name (``abilene-fibre-cut``) or a file.

    Raises:
        ScenarioError: There is none, or it cannot be used; everything wrong with it is listed.
    """
    from adn.scenario.library import find
    from adn.scenario.reader import read_file

    path, shown = find(name_or_path)
    return read_file(path, shown)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"adn.scenario.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'adn.scenario' has no attribute {name!r}")
