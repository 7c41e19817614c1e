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


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            ("--level", "L9"),
            "SCN017 no level 'L9'; write one of L0, L1, L2, L3, L4, L5\n   see: adn list levels\n",
        ),
        (
            ("--level", "L5..L0"),
            "CLI004 'L5..L0' is no range of levels; write the lower end first, as L0..L5\n",
        ),
        (
            ("--seeds", "20:1"),
            "CLI004 '20:1' names no seeds; write a range as 1:20 or a list as 1,3,5\n",
        ),
        (
            ("--level", "L4,L5", "--no-reference"),
            "CLI004 a ladder stands between its bounds; leave --no-reference out\n",
        ),
    ],
)
def test_levels_and_seeds_that_make_no_ladder_are_refused(capsys, given, says: str) -> None:
    """What is no level, no range and no list of seeds is told before anything is run."""
    told = f"{says}1 error\n"
    assert refused(capsys, "run", "abilene-fibre-cut", *given) == (2, "", told)


def test_the_schema_has_no_name(capsys) -> None:
    """A word too many is refused and not ignored."""
    assert refused(capsys, "show", "schema", "x") == (
        2,
        "",
        "CLI003 schema takes no name; write adn show schema\n1 error\n",
    )
