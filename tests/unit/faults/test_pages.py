"""The pages about faults and physics say what the code says."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from adn.faults.datasheets import faults_page
from adn.faults.kinds import built_in_kinds
from adn.faults.rates import published_rates
from adn.faults.rates_page import written

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(adn\.[\w.]+)\.([A-Z_]+)` \| (.+?) \|", re.MULTILINE)


def test_the_page_of_faults_is_what_the_kinds_give() -> None:
    """If this fails, write it anew: python -m adn.faults.datasheets docs/faults.md."""
    assert (ROOT / "docs" / "faults.md").read_text(encoding="utf-8") == faults_page()


def test_the_page_of_faults_has_a_sheet_for_every_kind() -> None:
    page = faults_page()
    for name, kind in built_in_kinds().items():
        assert f"\n## {name}\n\n{kind.says}\n" in page


def test_the_page_of_natural_failures_has_the_rates_that_are_drawn_from() -> None:
    """If this fails: python -m adn.faults.rates_page docs/natural-failures.md."""
    page = (ROOT / "docs" / "natural-failures.md").read_text(encoding="utf-8")
    assert written(page) == page
    assert all(f"| `{name}` |" in page for name in published_rates().processes)


def test_every_rate_has_a_source_and_says_how_far_it_is_known() -> None:
    for name, process in published_rates().processes.items():
        assert process.source, name
        assert (process.mark == "A") is ("assumption" in process.source), name


def test_the_page_of_physics_gives_the_values_that_the_code_has() -> None:
    rows = ROW.findall((ROOT / "docs" / "physics.md").read_text(encoding="utf-8"))
    assert len(rows) > 10
    for module, name, shown in rows:
        value = getattr(import_module(module), name)
        if isinstance(value, int | float):
            assert repr(value) == shown, name
        else:
            assert all(word in value for word in re.findall(r"`(\w+)`", shown)), name


def test_every_assumed_constant_of_the_world_is_on_the_page_of_physics() -> None:
    page = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    listed = {(module, name) for module, name, _ in ROW.findall(page)}
    found = set()
    for folder in ("twin", "physics"):
        for file in sorted((ROOT / "adn" / folder).glob("*.py")):
            text = file.read_text(encoding="utf-8")
            for match in re.finditer(r'^([A-Z][A-Z_]+)\b[^\n]*\n"""([^"]*)"""', text, re.MULTILINE):
                if "assumption" in match[2]:
                    found.add((f"adn.{folder}.{file.stem}", match[1]))
    engineering = {pair for pair in found if pair[0] == "adn.physics.engineering"}
    assert found - engineering <= listed, sorted(found - engineering - listed)
    assert len(found) > 10
