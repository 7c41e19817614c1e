"""What verbs refuse before they begin, in their own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.cli import main


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    """Return exit code, stdout and stderr of a command line."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return left.value.code, out, err


def test_a_run_that_could_not_be_written_is_not_begun(capsys, tmp_path: Path) -> None:
    """A file in the way of the run folder is told before anything is simulated."""
    file = tmp_path / "file"
    file.touch()
    for out in (file, file / "deeper"):
        assert refused(capsys, "run", "abilene-fibre-cut", "--out", out) == (
            2,
            "",
            f"{file}: RUN021 this is no folder; name one for the runs\n1 error\n",
        )


def test_a_seed_is_one_that_a_scenario_may_name(capsys) -> None:
    """Seeds reach from 0 to a thousand million, at the prompt as under `expect:`."""
    status, out, err = refused(capsys, "run", "abilene-fibre-cut", "--seed", 10**9 + 1)
    assert (status, out) == (2, "")
    assert "'--seed'" in err


def test_the_schema_has_no_name(capsys) -> None:
    """A word too many is refused and not ignored."""
    assert refused(capsys, "show", "schema", "x") == (
        2,
        "",
        "CLI003 schema takes no name; write adn show schema\n1 error\n",
    )
