"""`adn train`: a script through a pipe, a debrief on stdout, a run that can be replayed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from adn.cli import _guarded
from adn.session.replaying import replay

from .conftest import EVENING

Adn = Callable[..., tuple[int, str, str]]


@pytest.fixture
def adn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Adn:
    """Run the command line here, in an empty folder; give its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", StringIO(typed))
        status = _guarded(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_a_piped_shift_is_debriefed_recorded_and_replayed(adn: Adn, tmp_path: Path) -> None:
    """What is typed stands in the transcript; the folder is a run like any other."""
    script = "kpis\ndecide yes\napprove\nleave\n"
    status, out, err = adn("train", str(EVENING), "--name", "Ann", typed=script)
    assert status == 0, err
    assert "> kpis" in out
    assert " of 100" in out
    assert "   FLT-0001   silent-loss of " in out
    folder = tmp_path / "runs/training/Ann/zanzibar-evening@1/L2/seed-1"
    assert {"debrief.json", "debrief.html", "report.html", "replies.jsonl"} <= {
        file.name for file in folder.iterdir()
    }
    assert replay(folder).same
    records = json.loads(adn("train", "--records", "Ann", "--json")[1])
    assert [(row["trainee"], row["scenario"]) for row in records] == [("Ann", "zanzibar-evening@1")]


def test_json_is_the_debrief_and_nothing_else(adn: Adn) -> None:
    """A program that trains gets one object."""
    _, out, _ = adn("train", str(EVENING), "--json", typed="leave\n")
    found = json.loads(out)
    assert found["score"] == 0.0
    assert found["says"][0].startswith("You left after ")


def test_without_a_name_the_drills_are_listed(adn: Adn) -> None:
    """Whoever does not know where to begin is shown the course."""
    status, out, _ = adn("train")
    assert status == 0
    assert "first-alarm" in out
    assert "supervising" in out


def test_wrong_options_are_told_what_would_be_right(adn: Adn) -> None:
    """Desks, clocks and levels that are none are refused before anything is run."""
    wrong = {
        ("--role", "roof"): "TRN002 there is no desk 'roof'; there are front-office, back-office, "
        "expert, duty-lead, and all",
        ("--clock", "trun"): "TRN003 there is no clock 'trun'; write --clock turn, or --clock wall "
        "with a --speed",
        ("--level", "L9"): "TRN004 there is no level 'L9' to train at; there are L0 to L5",
    }
    for options, says in wrong.items():
        status, _, err = adn("train", str(EVENING), *options)
        assert status == 2
        assert err.startswith(says)
