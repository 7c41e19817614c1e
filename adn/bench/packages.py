"""The packages that campaigns need beyond those of a run, and what to do where they lack."""

from __future__ import annotations

from importlib.util import find_spec

from adn.base.errors import Finding
from adn.bench.codes import BenchError


def need(*packages: str) -> None:
    """Refuse to begin without packages.

    Raises:
        BenchError: One is not installed.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        named = " and ".join(missing)
        verb = "is" if len(missing) == 1 else "are"
        message = f"{named} {verb} not installed; pip install 'adn[bench]'"
        raise BenchError(Finding("BEN020", message))
