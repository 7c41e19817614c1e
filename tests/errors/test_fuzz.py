"""Whatever stands in a file, reading it gives a scenario or a ScenarioError, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import Finding, ScenarioError
from adn.scenario.reader import read_file, read_text

HERE = Path(__file__).parent
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.yml"))]
PIECES = [
    "{", "}", "[", "]", ": ", "- ", "\n", "\t", "&a ", "*a", "!!int ", "'", '"', "|", ">", "#",
    "? ", "<<: ", "---\n", "...\n", "%TAG", "null", "~", "true", "010", "1e999", "-0", "9" * 5000,
    ".inf", "0x1F", "5min", "3%", "\u2028", "\ufeff", "é", "💥", "$", "$share", "[key]", "uniform",
    "dist: ", "pick: 1", "with: ", "{}", "[]", "??", "\\",
]  # fmt: skip


def findings_of(text: str) -> tuple[Finding, ...]:
    """Return what is wrong with a text; nothing if it is a scenario."""
    try:
        read_text(text, "case.yml", Path())
    except ScenarioError as error:
        return error.findings
    return ()


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_a_mangled_scenario_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5))
        text = text[:start] + piece + text[end:]
    findings = findings_of(text)
    assert all(one.code and one.at and one.at.file == "case.yml" for one in findings)
    assert all(len(str(one)) < 2500 for one in findings)
    places = [(one.at.line, one.at.column) for one in findings if one.at and one.code != "SCN099"]
    assert places == sorted(places)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_a_file_of_random_bytes_is_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.yml"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError):
        read_file(path, "case.yml")
