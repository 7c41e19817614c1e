"""Errors that reach a user say where, what is wrong, what would be right, and where to look."""

from __future__ import annotations

import pytest

from adn.base.errors import (
    AdnError,
    Finding,
    PluginError,
    Position,
    RunFolderError,
    ScenarioError,
    TopologyError,
)


def test_a_finding_marks_the_wrong_word_and_names_the_right_one() -> None:
    """Place, code, message, source line, marks under the word, suggestion, next step."""
    finding = Finding(
        "SCN014",
        "unknown fault kind 'fiber-cut'",
        at=Position("scenarios/fibre-cut.yml", 37, 11),
        excerpt="  - kind: fiber-cut",
        width=9,
        hint="fibre-cut",
        see="adn list faults",
    )
    assert str(finding) == (
        "scenarios/fibre-cut.yml:37:11: SCN014 unknown fault kind 'fiber-cut'\n"
        "   37 |   - kind: fiber-cut\n"
        "                  ^^^^^^^^^ did you mean 'fibre-cut'?\n"
        "   see: adn list faults"
    )


def test_a_finding_needs_no_place() -> None:
    """Without a position only code and message stand, with the suggestion below."""
    assert str(Finding("SCN001", "no such scenario 'abilen'", hint="abilene-fibre-cut")) == (
        "SCN001 no such scenario 'abilen'\n   did you mean 'abilene-fibre-cut'?"
    )


def test_a_position_without_a_line_is_the_file() -> None:
    """A file that could not be read at all has no line to point to."""
    assert str(Position("a.yml")) == "a.yml"
    assert str(Position("a.yml", 3, 1)) == "a.yml:3:1"
    assert Position("a.yml", 3, 1) < Position("a.yml", 12, 1) < Position("b.yml", 1, 1)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_findings_are_shown_and_counted(count: int) -> None:
    """Several errors are reported at once, with their number last, in the right grammar."""
    findings = [Finding("TOP001", f"dangling link {number}") for number in range(count)]
    lines = str(AdnError(findings)).splitlines()
    assert lines[:-1] == [f"TOP001 dangling link {number}" for number in range(count)]
    assert lines[-1] == ("1 error" if count == 1 else f"{count} errors")


@pytest.mark.parametrize("kind", [ScenarioError, TopologyError, RunFolderError, PluginError])
def test_every_error_of_the_user_is_one_family(kind: type[AdnError]) -> None:
    """Whoever embeds the product catches all of them by one name, and one finding is enough."""
    error = kind(Finding("X001", "wrong"))
    assert isinstance(error, AdnError)
    assert error.findings == (Finding("X001", "wrong"),)
    assert str(error) == "X001 wrong\n1 error"
    assert str(kind(*error.args)) == str(error)  # a clock that fails raises it anew from its args
