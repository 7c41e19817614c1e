"""The run folder: whole or not there, whoever else writes, whatever the disk says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adn.base.errors import RunFolderError
from adn.session.folder import write_run
from adn.session.log import Log


def write(folder: Path, seed: int = 1) -> None:
    write_run(folder, Log(), {"seed": seed}, {"faults": []})


def test_a_run_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path / "L4" / "seed-1")
    assert [path.name for path in (tmp_path / "L4").iterdir()] == ["seed-1"]
    assert {path.name for path in (tmp_path / "L4" / "seed-1").iterdir()} == {
        "events.jsonl",
        "truth.jsonl",
        "replies.jsonl",
        "manifest.json",
        "scorecard.json",
    }


def test_a_later_run_replaces_an_earlier_one(tmp_path: Path) -> None:
    write(tmp_path / "seed-1", 1)
    write(tmp_path / "seed-1", 2)
    assert '"seed": 2' in (tmp_path / "seed-1" / "manifest.json").read_text()
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_run_folder_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "seed-1" / "thesis.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="RUN020"):
        write(tmp_path / "seed-1")
    assert [path.name for path in tmp_path.rglob("*")] == ["seed-1", "thesis.txt"]


def test_what_a_killed_run_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".seed-1.{os.getpid()}.part").mkdir()
    write(tmp_path / "seed-1")
    assert [path.name for path in tmp_path.iterdir()] == ["seed-1"]


def test_two_runs_that_finish_at_once_leave_one_whole_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two renames of one run another puts its own folder there."""
    folder, rename = tmp_path / "seed-1", Path.rename
    write(folder, 1)

    def beaten(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        if target.suffix == ".old":
            monkeypatch.setattr(Path, "rename", rename)
            folder.mkdir()
            (folder / "manifest.json").write_text("{}")
        return moved

    monkeypatch.setattr(Path, "rename", beaten)
    write(folder, 2)
    assert '"seed": 2' in (folder / "manifest.json").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["seed-1"]


def test_the_earlier_run_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = tmp_path / "seed-1", Path.rename
    write(folder, 1)

    def full(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(RunFolderError, match="RUN021 the run cannot be written: No space left"):
        write(folder, 2)
    assert '"seed": 1' in (folder / "manifest.json").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["seed-1"]


def test_a_place_that_may_not_be_looked_at_is_an_error_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(self: Path, **_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbidden)
    with pytest.raises(RunFolderError, match="RUN021 the run cannot be written: Permission denied"):
        write(tmp_path / "seed-1")
