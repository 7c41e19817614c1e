"""ADN: an autonomous driving network digital-twin emulator.

    >>> import adn
    >>> scenario = adn.load("abilene-fibre-cut")
    >>> adn.run(scenario, adn.AutonomyLevel.L4, seed=7).scorecard  # doctest: +SKIP

The public surface is `load`, `run`, `AutonomyLevel` and `__version__`. It is lazy on purpose: the
closed loop lives in this package too, and importing it must load neither the twin nor the faults.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from adn.base.levels import AutonomyLevel
    from adn.scenario import read as load
    from adn.session.run import run_scenario as run

__version__: Final = "0.1.0"
__all__ = ["AutonomyLevel", "__version__", "load", "run"]

_HOMES: Final = {
    "AutonomyLevel": ("adn.base.levels", "AutonomyLevel"),
    "load": ("adn.scenario", "read"),
    "run": ("adn.session.run", "run_scenario"),
}


def __getattr__(name: str) -> Any:
    """Import the home of a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'adn' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
