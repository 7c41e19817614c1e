"""A profile of people in a file of its own, beside the scenario that names it."""

from __future__ import annotations

from pathlib import Path, PurePath


def is_file(name: str) -> bool:
    """Return whether a name of a profile is that of a file.

    >>> is_file("our-people.yml"), is_file("noc-default")
    (True, False)
    """
    return PurePath(name).suffix in (".yml", ".yaml")


def text_of(name: str, folder: Path) -> str:
    """Return the text of a profile that lies beside a scenario; empty if it is no file.

    Args:
        name: As the scenario names it.
        folder: Where the scenario lies.

    Raises:
        ScenarioError: There is no such file, or it is no text (SCN001 to SCN005).
    """
    from adn.scenario.reader import read_bytes

    return read_bytes(folder / name, name) if is_file(name) else ""
