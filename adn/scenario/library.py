"""Scenarios by name: where they lie, and which there are."""

from __future__ import annotations

import os
from pathlib import Path

from adn.base.errors import Finding, ScenarioError
from adn.topology.naming import closest

SUFFIXES = (".yml", ".yaml")
SEARCH = "ADN_SCENARIO_PATH"
SUITES = "suites"
"""Folder of a library that holds suites of scenarios, and no scenarios."""


def folders() -> list[Path]:
    """Return the folders that are searched, the first one first; those that exist."""
    package = Path(__file__).resolve().parent.parent
    given = [Path(part) for part in os.environ.get(SEARCH, "").split(os.pathsep) if part]
    every = [*given, package / "_scenarios", package.parent / "scenarios"]
    return [folder for folder in every if folder.is_dir()]


def known_scenarios() -> dict[str, Path]:
    """Return every scenario of the library: name → file, sorted by name."""
    every = _known(folders())
    return {name: file for name, file in every.items() if not name.startswith(f"{SUITES}/")}


def known_suites() -> dict[str, Path]:
    """Return every suite of the library: name → file, sorted by name."""
    return _known([folder / SUITES for folder in folders()])


def _known(roots: list[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in roots:
        for file in sorted(folder.rglob("*")):
            if file.suffix in SUFFIXES and file.is_file():
                name = file.relative_to(folder).with_suffix("").as_posix()
                found.setdefault(name, file)
    return dict(sorted(found.items()))


def find(name_or_path: str) -> tuple[Path, str]:
    """Return the file that a name or path means, and how to call it.

    Raises:
        ScenarioError: It means none.
    """
    path = Path(name_or_path)
    is_path = path.suffix in SUFFIXES or path.is_absolute() or name_or_path.startswith(".")
    try:
        there = path.exists()
        directory = path.is_dir()
    except (OSError, ValueError):
        return path, shown_name(name_or_path)  # reading it will say why
    if (there and not directory) or (is_path and name_or_path):
        return path, shown_name(name_or_path)
    known = known_scenarios()
    if name_or_path in known:
        return known[name_or_path], _near(known[name_or_path])
    if directory and name_or_path:
        return path, shown_name(name_or_path)
    near = closest(name_or_path, known)
    raise ScenarioError(
        Finding(
            "SCN030",
            f"unknown scenario '{shown_name(name_or_path)}'",
            hint=near,
            see="adn list scenarios",
        )
    )


def shown_name(name: str) -> str:
    r"""Return a name as messages show it: on one line, not endless.

    >>> shown_name("a\nb")
    'a?b'
    """
    plain = "".join(sign if sign.isprintable() else "?" for sign in name)
    return plain if len(plain) <= 200 else plain[:199] + "…"


def _near(file: Path) -> str:
    """Return a file's name from the current folder where it lies inside, else in full."""
    try:
        return file.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(file)
