"""Records: a row a shift, nothing of a person but the name given."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from adn.base.errors import AdnError
from adn.training.records import append, shifts_of

DEBRIEF: dict[str, Any] = {
    "scenario": "tiny@1",
    "level": "L2",
    "seed": 3,
    "digest": "0" * 32,
    "score": 41.5,
    "weakest": {"kind": "task", "name": "H", "called": "Find the cause", "points": 10.0},
    "rating": {"clocks": {"detect": {"points": 80.0}}, "tasks": {"H": {"points": 10.0}}},
    "drill": {"name": "no-alarm", "next": "small-numbers"},
}


def test_shifts_are_appended_and_told_by_trainee(tmp_path: Path) -> None:
    """What was shown stands there in the order in which it was shown."""
    file = tmp_path / "deep" / "records.sqlite"
    assert shifts_of(file) == []
    assert [append(file, name, DEBRIEF) for name in ("Ann", "Bo", " Ann ")] == [1, 2, 3]
    assert [row["number"] for row in shifts_of(file, "Ann")] == [1, 3]
    assert len(shifts_of(file)) == 3
    (row,) = shifts_of(file, "Bo")
    assert row == {
        "number": 2,
        "trainee": "Bo",
        "drill": "no-alarm",
        "scenario": "tiny@1",
        "level": "L2",
        "seed": 3,
        "digest": "0" * 32,
        "score": 41.5,
        "clocks": {"detect": 80.0},
        "tasks": {"H": 10.0},
        "weakest": DEBRIEF["weakest"],
        "next": "small-numbers",
    }


def test_several_may_append_at_once(tmp_path: Path) -> None:
    """No shift is lost, whoever else writes."""
    file = tmp_path / "records.sqlite"
    threads = [
        Thread(target=lambda: [append(file, "Ann", DEBRIEF) for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["number"] for row in shifts_of(file)] == list(range(1, 41))


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing is written under no name."""
    with pytest.raises(AdnError, match="TRN020 a trainee's name has 1 to 80 printable signs"):
        append(tmp_path / "records.sqlite", name, DEBRIEF)


def test_a_file_that_holds_no_records_is_refused(tmp_path: Path) -> None:
    """What is no data base is left as it is, and said to be none."""
    file = tmp_path / "records.sqlite"
    file.write_text("this is a letter\n" * 100)
    with pytest.raises(AdnError, match="TRN021 these are no records of trainees"):
        append(file, "Ann", DEBRIEF)
    assert file.read_text().startswith("this is a letter")
