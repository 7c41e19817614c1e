"""Bad scenario files, each with the exact text that its author gets to read.

``ADN_REWRITE=1 pytest tests/errors`` writes the texts anew; read the diff line by line.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from adn.cli import main

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.yml"))
VERBS = [verb for verb in ("check", "run") if find_spec(f"adn.cli.{verb}")]


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run the command line in this process; return its exit code and what it printed."""
    with pytest.raises(SystemExit) as leave:
        main(arguments)
    printed = capsys.readouterr()
    assert isinstance(leave.value.code, int)
    return leave.value.code, printed.out, printed.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_exactly_this_text_and_nothing_is_written(
    case: str, verb: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(HERE / f"{case}.yml", folder / "case.yml")
    code, out, err = outcome([verb, "case.yml"], capsys)
    expected = HERE / f"{case}.txt"
    if os.environ.get("ADN_REWRITE") == "1" and verb == "check":
        expected.write_text(err, encoding="utf-8")
    assert err == expected.read_text(encoding="utf-8")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert [path.name for path in folder.iterdir()] == ["case.yml"]


def test_every_text_belongs_to_a_case() -> None:
    assert sorted(path.stem for path in HERE.glob("*.txt")) == CASES


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("binary", "SCN005 not UTF-8 text (byte 1); save it as UTF-8"),
        ("nul", "SCN005 binary; a scenario is text"),
        ("large", "SCN004 larger than 1 MB; a scenario is some hundred lines"),
        ("directory", "SCN002 this is a directory; name a scenario file"),
        ("fifo", "SCN002 this is no regular file; name a scenario file"),
        ("missing", "SCN001 no such file\n   see: adn list scenarios"),
        ("loop", "SCN001 cannot be read: too many levels of symbolic links"),
    ],
)
def test_what_is_no_scenario_file_is_refused_at_once(
    kind: str, expected: str, verb: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "case.yml"
    if kind == "binary":
        path.write_bytes(bytes(range(255, -1, -1)))
    elif kind == "nul":
        path.write_bytes(b"adn: 1\nname: a\0b\n")
    elif kind == "large":
        with path.open("wb") as stream:
            stream.truncate(100_000_000)
    elif kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    before = sorted(folder.iterdir())
    code, out, err = outcome([verb, "case.yml"], capsys)
    assert err == f"case.yml: {expected}\n1 error\n"
    assert (code, out) == (2, "")
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_name_is_told_with_the_nearest_one(
    verb: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = folder / "library"
    library.mkdir()
    (library / "abilene-zz-cut.yml").write_text("adn: 1\n")
    monkeypatch.setenv("ADN_SCENARIO_PATH", str(library))
    code, out, err = outcome([verb, "abilene-zz-cu"], capsys)
    assert err == (
        "SCN030 unknown scenario 'abilene-zz-cu'\n"
        "   did you mean 'abilene-zz-cut'?\n"
        "   see: adn list scenarios\n"
        "1 error\n"
    )
    assert (code, out) == (2, "")


def test_the_errors_of_several_files_are_all_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("empty", "number-without-unit"):
        shutil.copy(HERE / f"{name}.yml", folder / f"{name}.yml")
    code, out, err = outcome(["check", "empty.yml", "number-without-unit.yml"], capsys)
    assert (code, out) == (2, "")
    assert "empty.yml: SCN003" in err
    assert "number-without-unit.yml:5:19: SCN006" in err
    assert err.endswith("2 errors\n")


def test_a_file_with_endless_errors_is_not_listed_to_its_end(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"key-{number}: 1\n" for number in range(5000))
    (folder / "case.yml").write_text(lines)
    code, _, err = outcome(["check", "case.yml"], capsys)
    assert code == 2
    assert err.count("SCN013") < 100
    assert err.endswith("case.yml: SCN099 and 4902 more\n100 errors\n")
