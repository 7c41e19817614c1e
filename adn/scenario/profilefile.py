"""A profile of people in a file of its own, beside the scenario that names it."""

from __future__ import annotations

from pathlib import Path, PurePath

from adn.base.errors import AdnError, Finding


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
        AdnError: There is no such file (PPL001).
        ScenarioError: It is no text (SCN002 to SCN005).
    """
    from adn.scenario.reader import read_bytes

    if not is_file(name):
        return ""
    path = folder / name
    if not path.exists():
        message = f"there is no profile '{name}'; put the file beside the scenario"
        raise AdnError(Finding("PPL001", message))
    return read_bytes(path, name)
