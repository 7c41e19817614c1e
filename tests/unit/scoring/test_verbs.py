"""`adn score` and `adn explain`: what they print, and with which code they leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from story_builder import CUT, Run, good_run

from adn.cli import main
from adn.cli.clocks_table import print_clocks


def adn(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


def late_run() -> Run:
    run = Run().fault(600.0, restored_s=1000.0, cause="convergence CMD-0001")
    return run.opened(610.0).located(900.0, CUT)


GOOD = """\
small-cut@1   L4   seed 7

   FLT-0001   fibre-cut   duct-A-B
             target       took
   detect      1:00     0:14.2   met
   locate      3:00     0:52.9   met
   restore     5:00     1:40.1   met   by command
   repair         –    40:00.0
   1-3-5 met   step by step met

   found 1 of 1   false 0   duplicates 0   wrong actions 0   alarms 2, shown 1, root recall 1.00
   service-minutes down 0.0, degraded 3.3, availability 1.000000   \
people 0.0 min in 0 touches, crews 37.7 min
   lived level L5   timings assumed 2   digest {digest}
"""


def test_score_prints_the_clocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = good_run().write(tmp_path / "run")
    digest = json.loads((folder / "manifest.json").read_text())["digest"]
    assert adn(capsys, "score", folder, "--strict") == (0, GOOD.format(digest=digest), "")


def test_score_as_json_is_the_scorecard_and_a_list_for_several(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    _, one, _ = adn(capsys, "score", folder, "--json")
    _, two, _ = adn(capsys, "score", folder, folder, "--json")
    assert json.loads(one)["faults"][0]["detect_s"] == 14.2
    assert json.loads(two) == [json.loads(one)] * 2


def test_strict_leaves_with_1_if_a_contestable_fault_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = late_run().write(tmp_path / "run")
    status, out, _ = adn(capsys, "score", folder, "--strict")
    assert status == 1
    assert "   locate      3:00     5:00.0   missed\n" in out
    assert "   restore     5:00     6:40.0   missed   by command\n" in out
    assert adn(capsys, "score", folder)[0] == 0


def test_broken_runs_are_all_named_and_nothing_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = good_run().write(tmp_path / "good")
    bad = good_run().write(tmp_path / "bad")
    (bad / "truth.jsonl").unlink()
    status, out, err = adn(capsys, "score", bad, good, tmp_path / "none", "--json")
    assert (status, out) == (2, "")
    assert err == (
        f"{bad}/truth.jsonl: RUN002 this file of the run is missing\n"
        f"{tmp_path}/none: RUN001 this run folder does not exist; "
        "give the folder that `adn run` wrote\n2 errors\n"
    )


def test_explain_tells_what_was_seen_believed_asked_done_and_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    status, out, _ = adn(capsys, "explain", folder, "INC-0001")
    assert status == 0
    told = [" ".join(line.split()) for line in out.splitlines()]
    assert told[0] == "INC-0001 on FLT-0001, fibre-cut of duct-A-B"
    for line in (
        "0:10:00.0 +0.0 true FLT-0001 strikes duct-A-B",
        "0:10:02.0 +2.0 seen ALM-000001 critical lossOfSignal on A>B",
        "0:10:52.9 +52.9 believed duct-A-B fibre-loss p 0.90",
        "0:10:53.0 +53.0 asked PLN-0001 allowed by system, risk low",
        "0:11:00.0 +60.0 done CMD-0001 steer-services A to mitigate",
        "0:11:40.1 +100.1 true 2 services back: svc-1 svc-2 (command CMD-0001)",
    ):
        assert line in told
    assert told.index("0:10:00.0 +0.0 true FLT-0001 strikes duct-A-B") == 3


def test_explain_as_json_has_the_same_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    _, out, _ = adn(capsys, "explain", folder, "INC-0001", "--json")
    story = json.loads(out)
    assert (story["incident"], story["fault"], story["verdict"]) == ("INC-0001", "FLT-0001", "true")
    assert [line["t"] for line in story["lines"]] == sorted(line["t"] for line in story["lines"])
    assert {line["part"] for line in story["lines"]} == {
        "seen",
        "believed",
        "asked",
        "done",
        "true",
    }


def test_explain_without_an_incident_lists_incidents_and_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = good_run().opened(50.0, "INC-0002", objects=["X"], services=[])
    run.opened(620.0, "INC-0003", objects=[])
    folder = run.write(tmp_path / "run")
    _, out, _ = adn(capsys, "explain", folder)
    rows = [line.split() for line in out.splitlines()]
    assert ["INC-0001", "0:10:14.2", "true", "FLT-0001", "duct-A-B", "fibre-loss"] in rows
    assert ["INC-0002", "0:00:50.0", "false", "–", "–"] in rows
    assert ["INC-0003", "0:10:20.0", "duplicate", "–", "–"] in rows
    assert ["FLT-0001", "0:10:00.0", "fibre-cut", "duct-A-B", "INC-0001"] in rows
    _, as_json, _ = adn(capsys, "explain", folder, "--json")
    assert [row["verdict"] for row in json.loads(as_json)["incidents"]] == [
        "false",
        "true",
        "duplicate",
    ]


def test_explain_of_an_incident_that_is_not_there_offers_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    status, out, err = adn(capsys, "explain", folder, "INC-001")
    assert (status, out) == (2, "")
    assert err == (
        "RUN012 this run has no incident 'INC-001'; it has INC-0001\n"
        "   did you mean 'INC-0001'?\n1 error\n"
    )


def test_a_false_incident_has_a_story_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = good_run().opened(50.0, "INC-0002", objects=["X"], services=[])
    _, out, _ = adn(capsys, "explain", run.write(tmp_path / "run"), "INC-0002")
    assert out.splitlines()[0] == "INC-0002   on nothing"
    assert " ".join(out.splitlines()[3].split()) == (
        "0:00:50.0 +0.0 believed INC-0002 critical, 0 services, objects X"
    )


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ((True, True), "(heals by itself; not counted)"),
        ((False, False), "(no command can restore it in time; not counted)"),
    ],
)
def test_the_table_says_which_faults_the_headline_does_not_count(
    reference: tuple[bool, bool], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_clocks(Run().fault(600.0, reference=reference).score().as_json())
    out = capsys.readouterr().out
    assert says in out
    assert "   detect      1:00          –   missed\n" in out


def test_many_faults_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run()
    for n in range(5):
        run.fault(600.0 + n, name=f"FLT-000{n}", target=f"d{n}")
    print_clocks(run.opened(615.0).score().as_json(), targets={"detect_s": 90.0})
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1] == ["target", "1:30", "3:00", "5:00", "–"]
    assert [row[0] for row in rows[2:7]] == [f"FLT-000{n}" for n in range(5)]
    assert rows[2][-5:] == ["0:15.0", "–", "–", "–", "missed"]


def test_a_fault_that_hurt_nothing_has_no_restore_to_miss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_clocks(Run().fault(600.0, out=(), visible_s=600.0).opened(610.0).score().as_json())
    assert "   restore     5:00          –   no service was hurt\n" in capsys.readouterr().out
