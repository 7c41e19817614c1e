"""The rooms import as the contracts say, and a planted import is caught with file and line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
WALK = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "adn"))
print(room.__file__)
"""

PLANTS = {
    "blind-loop": ("closedloop", "from adn.twin import properties"),
    "blind-world": ("twin", "from adn.closedloop import controller"),
    "emergence": ("faults", "from adn.northbound import alarms"),
    "logs-only": ("scoring", "from adn.physics import routing"),
    "quiet": ("topology", "import rich"),
    "rooms": ("base", "from adn.topology import network"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """Return a copy of the package in which things may be planted."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "adn", root / "adn", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def in_folder(root: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh interpreter that finds the package in `root` first."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def rooms_loaded_with(root: Path, room: str) -> set[str]:
    """Return the rooms that importing every module of `room` loads."""
    done = in_folder(root, WALK, room)
    assert done.returncode == 0, done.stderr
    loaded, home = done.stdout.splitlines()
    assert Path(home).is_relative_to(root)
    return {name.split(".")[1] for name in loaded.split() if "." in name}


def test_the_contracts_are_kept() -> None:
    """No room imports what the architecture forbids it."""
    done = in_folder(ROOT, LINT)
    assert done.returncode == 0, done.stdout
    assert ", 0 broken." in done.stdout


def test_planted_imports_break_every_contract_with_file_and_line(copy: Path) -> None:
    """One wrong import in a room breaks the contract that forbids it and is shown where it is."""
    for room, line in PLANTS.values():
        (copy / "adn" / room / "planted.py").write_text(f'"""Planted."""\n\n{line}\n')
    done = in_folder(copy, LINT)
    for room, _ in PLANTS.values():
        (copy / "adn" / room / "planted.py").unlink()
    assert done.returncode == 1
    assert f"Contracts: 0 kept, {len(PLANTS)} broken." in done.stdout
    for room, line in PLANTS.values():
        module = line.removeprefix("from ").removeprefix("import ").replace(" import ", ".")
        assert f"adn.{room}.planted -> {module} (l.3)" in done.stdout


def test_a_room_without_a_place_breaks_the_contract(copy: Path) -> None:
    """A new room has to be given its place among the others before it may exist."""
    (copy / "adn" / "somewhere").mkdir()
    (copy / "adn" / "somewhere" / "__init__.py").write_text('"""Planted."""\n')
    done = in_folder(copy, LINT)
    shutil.rmtree(copy / "adn" / "somewhere")
    assert done.returncode == 1
    assert "adn.somewhere" in done.stdout


def test_importing_the_loop_loads_neither_world_nor_script() -> None:
    """A fresh interpreter that imports all of the loop holds no twin, faults, scoring, scenario."""
    loaded = rooms_loaded_with(ROOT, "adn.closedloop")
    assert "closedloop" in loaded
    assert not loaded & {"twin", "faults", "scoring", "scenario", "session", "reference", "cli"}


def test_importing_the_collector_loads_neither_side() -> None:
    """What stands between the sides knows neither of them."""
    loaded = rooms_loaded_with(ROOT, "adn.northbound")
    assert loaded <= {"northbound", "physics", "topology", "base"}


def test_a_planted_import_is_seen_in_the_fresh_interpreter(copy: Path) -> None:
    """The check above does find the twin when a module of the loop imports it."""
    planted = copy / "adn" / "closedloop" / "planted.py"
    planted.write_text('"""Planted."""\n\nimport adn.twin.properties\n')
    loaded = rooms_loaded_with(copy, "adn.closedloop")
    planted.unlink()
    assert "twin" in loaded


def test_importing_the_package_loads_no_room() -> None:
    """`import adn` must stay free of side effects: the loop's modules run it first."""
    done = in_folder(
        ROOT, "import adn, sys; print(*[m for m in sys.modules if m.startswith('adn.')])"
    )
    assert done.stdout == "\n"
