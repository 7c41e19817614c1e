"""The page of a run: what it says, that it asks for nothing, and that nothing gets into it raw."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from page_reader import DUCT, Page, cut_run, on_abilene
from story_builder import CUT, Run, good_run

from adn.base.errors import RunFolderError
from adn.base.levels import level_table
from adn.cli import main
from adn.report import report_page, write_report
from adn.report.page import MOST_PICTURED

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='y'>&amp;\x00\u202e]]>"


def hostile_run() -> Run:
    """Return a run in which everything that can be text is hostile."""
    run = Run()
    run.extra |= {
        "title": HOSTILE,
        "scenario": HOSTILE,
        "source": HOSTILE,
        "versions": {HOSTILE: HOSTILE},
        "network": {"name": HOSTILE, "elements": HOSTILE},
    }
    services = [HOSTILE, "svc-2"]
    run.fault(name=HOSTILE, kind=HOSTILE, target=HOSTILE, domain=HOSTILE, objects=[HOSTILE],
              out=services, restored_s=700.0, cleared_s=800.0, cleared_by=HOSTILE,
              equivalent=[(HOSTILE, "x"), ("y", HOSTILE)])  # fmt: skip
    run.state(600.0, down=services).alarm(601.0, HOSTILE)
    run.opened(610.0, objects=[HOSTILE], services=services).located(620.0, (HOSTILE, HOSTILE))
    run.plan(630.0, HOSTILE, purpose=HOSTILE, verdict=HOSTILE, executed_s=640.0)
    run.command(631.0, HOSTILE, kind=HOSTILE, purpose=HOSTILE)
    return run


def bad_run() -> Run:
    """Return a run with two faults, one missed, and an incident about nothing."""
    run = cut_run()
    run.fault(2000.0, name="FLT-0002", target="Chicago~New-York", out=("svc-3",))
    run.opened(2090.0, "INC-0002", objects=("Chicago~New-York",), services=("svc-3",))
    return run.opened(3000.0, "INC-0003", objects=("Seattle",), services=())


RUNS: list[Callable[[], Run]] = [Run, good_run, cut_run, bad_run, hostile_run]


@pytest.mark.parametrize("build", RUNS)
def test_every_tag_is_closed_in_order_and_no_attribute_stands_twice(
    build: Callable[[], Run],
) -> None:
    assert Page(report_page(build().log())).faults == []


@pytest.mark.parametrize("build", RUNS)
def test_nothing_is_fetched_and_nothing_runs(build: Callable[[], Run]) -> None:
    page = report_page(build().log())
    parsed = Page(page)
    names = {tag for tag, _ in parsed.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "image", "use", "a"}
    asked = {
        key
        for _, attributes in parsed.tags
        for key in attributes
        if key in {"src", "href", "xlink:href", "style", "srcset", "action"} or key[:2] == "on"
    }
    assert asked == set()
    assert not re.search(r"https?:|url\(|@import|//\w+\.", page)


def test_the_policy_allows_the_pages_own_style_sheet_and_nothing_else() -> None:
    page = report_page(cut_run().log())
    style = page.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = (
        attributes["content"]
        for tag, attributes in Page(page).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_hostile_names_are_written_as_text() -> None:
    page = report_page(hostile_run().log())
    assert "<script" not in page
    assert "\x00" not in page
    assert "\u202e" not in page, "a name must not turn the direction of writing"
    assert '"><script>alert(1)</script>' in Page(page).text


def test_what_no_shape_is_asked_of_may_be_of_any_type() -> None:
    """Scoring checks what it reads; the page reads more, and takes it as it comes."""
    run = good_run()
    run.extra |= {"title": 3, "network": [], "versions": None, "source": "adn: ["}
    data = {
        "event_type": None,
        "probable_cause": 1,
        "perceived_severity": ["critical"],
        "event_time_s": {},
    }
    run.seen(605.0, "alarm.raised", "ALM-000009", src="twin", ref={"object": None}, data=data)
    data = {"kind": "no-such-kind", "target": None, "params": None, "purpose": "probe"}
    run.seen(606.0, "command.submitted", "CMD-0009", ref={"incident": "INC-0001"}, data=data)
    data = {"started_s": 607.0, "suspects": [["", "", -1.0], ["x", "y", 1e300]], "because": 3}
    run.did("H", 654.0, "incident.located", ref={"incident": "INC-0001"}, data=data)
    run.did("H", 655.0, "incident.located", ref={"incident": "INC-0001"},
            data=data | {"suspects": [], "because": [None, {}]})  # fmt: skip
    assert Page(report_page(run.log())).faults == []


def test_the_clocks_say_took_target_and_verdict() -> None:
    text = Page(report_page(cut_run().log())).text
    assert "Detect 0:14.2 Detect: took 14.2 s, target 60 s within 1:00 met met" in text
    assert "Locate 0:52.9 Locate: took 52.9 s, target 180 s within 3:00 met met" in text
    assert (
        "Restore 1:40.1 Restore: took 100.1 s, target 300 s within 5:00 met met by command" in text
    )
    assert "The fault met all three clocks." in text


def test_a_missed_clock_is_said_in_words_and_drawn_beyond_the_target() -> None:
    run = on_abilene(Run()).fault(600.0, target="Denver", restored_s=1000.0).opened(690.0)
    page = Page(report_page(run.log()))
    assert "1 of 1 fault missed a clock." in page.text
    assert "Detect 1:30.0 Detect: took 90 s, target 60 s within 1:00 missed missed" in page.text
    assert "Locate – Locate: never, target 180 s within 3:00 missed never" in page.text
    assert page.classes("cut") == 2, "detect and restore reach beyond the bar"


def test_the_map_marks_the_truth_the_suspects_and_where_something_was_done() -> None:
    page = Page(report_page(cut_run().log()))
    assert page.classes("node") == 11
    assert page.classes("link") == 14
    assert page.classes("struck-band") == 2, "both links of the duct"
    assert page.classes("suspect-line") == 2
    assert page.classes("suspect-ring") == 1, "the second suspect is an element"
    assert page.classes("acted") == 2, "the head end, and the sign in the panel"
    for said in (
        "really struck: Denver~Kansas-City",
        "suspect 1: Houston~Kansas-City",
        "suspect 2: Denver",
        "mitigated at Denver",
        "duct:Kansas-City/west fibre-loss 90% right",
        "Denver fibre-loss 45%",
        "struck: duct:Kansas-City/west",
    ):
        assert said in page.text


def test_one_struck_direction_gets_an_arrow_of_its_own() -> None:
    run = on_abilene(Run()).fault(600.0, target="Denver>Kansas-City", objects=())
    page = Page(report_page(run.log()))
    assert page.texts.count("Denver>Kansas-City") >= 2
    assert page.classes("struck") == 3, "the cross, the arrow, and the sign in the panel"


def test_the_lanes_hold_alarms_phases_and_commands() -> None:
    page = Page(report_page(cut_run().log()))
    for said in (
        "storm of 7",
        "0:14.2 INC-0001",
        "0:38.7 duct:Kansas-City/west 90%",
        "0:00.1 PLN-0001 to mitigate",
        "0:47.0 as planned",
        "limit-services",
        "2 at worst, restored by command",
        "at worst 2 services out of limits, 1 of them down; 7 alarms came, 1 shown",
    ):
        assert said in page.text
    assert page.classes("tick-severe") == 7 + 7, "in the lane, and in the strip"


def test_every_picture_has_a_name_and_is_described() -> None:
    page = report_page(bad_run().log())
    for drawing in re.findall(r"<svg[^>]*>.{0,200}", page, re.DOTALL):
        named = 'aria-hidden="true"' in drawing or "<title>" in drawing
        assert named, drawing
    assert page.count("<desc>") == 3 * 3 + 1, "map, timeline and services each, and the strip"


def test_who_did_what_is_a_row_a_task() -> None:
    page = Page(report_page(good_run().log()))
    for task, name in level_table().names.items():
        assert page.text.count(f"{task} {name} ") == 1, task
    assert "H root-cause analysis system 1 system 1 1 of 1 1 of 1 –" in page.text


def test_the_story_is_the_one_that_explain_tells() -> None:
    page = Page(report_page(good_run().log()))
    assert "The story of INC-0001, line by line" in page.text
    assert "service is back" in page.text


def test_every_fault_and_every_unpaired_incident_has_a_section() -> None:
    text = Page(report_page(bad_run().log())).text
    assert "FLT-0001: fibre-cut of duct:Kansas-City/west , as INC-0001" in text
    assert "FLT-0002: fibre-cut of Chicago~New-York , as INC-0002" in text
    assert "INC-0003: an incident about nothing" in text
    assert "1 of 2 faults missed a clock." in text


def test_a_run_in_which_nothing_was_broken_says_so() -> None:
    text = Page(report_page(on_abilene(Run()).log())).text
    assert "Nothing was broken, and nothing was believed to be." in text
    assert "The whole run" in text
    assert "FLT-" not in text


def test_a_false_alarm_is_told_though_nothing_was_broken() -> None:
    run = on_abilene(Run()).opened(900.0, objects=("Denver",), services=()).located(910.0, CUT)
    text = Page(report_page(run.log())).text
    assert "Nothing was broken, yet 1 incident opened." in text
    assert "Nothing was wrong here." in text


def test_an_unnoticed_fault_reads_well() -> None:
    text = Page(report_page(on_abilene(Run()).fault(600.0, target="Denver").log())).text
    assert "fibre-cut of Denver , unnoticed" in text
    assert "Nobody noticed." in text
    assert "Nothing was commanded." in text


def test_without_its_network_a_page_has_all_but_the_map() -> None:
    page = Page(report_page(good_run().log()))
    assert "The network cannot be drawn" in page.text
    assert page.classes("node") == 0
    assert "Timeline of FLT-0001" in page.text


def test_a_page_with_very_many_incidents_stays_readable() -> None:
    run = Run()
    for number in range(1, MOST_PICTURED + 4):
        run.opened(600.0 + number, f"INC-{number:04}", objects=("Denver",), services=())
    text = Page(report_page(run.log())).text
    assert "3 more faults and incidents are not pictured." in text


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = bad_run().write(tmp_path / "run")
    first = write_report(folder).read_bytes()
    assert write_report(folder, tmp_path / "again.html").read_bytes() == first


def test_the_order_of_hashes_does_not_show(tmp_path: Path) -> None:
    folder = bad_run().write(tmp_path / "run")
    pages = []
    for seed in ("1", "2"):
        page = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "adn", "report", str(folder), "--out", str(page)]
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        pages.append(page.read_bytes())
    assert pages[0] == pages[1]


def adn(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


def test_the_verb_prints_where_the_page_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    page = folder / "report.html"
    assert adn(capsys, "report", folder) == (0, f"{page}\n", "")
    _, out, _ = adn(capsys, "report", folder, "--json")
    assert json.loads(out) == {"report": str(page), "bytes": page.stat().st_size}
    assert sorted(file.name for file in folder.iterdir()) == [
        "events.jsonl", "manifest.json", "report.html", "truth.jsonl"
    ]  # fmt: skip


def test_a_damaged_run_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good_run().write(tmp_path / "run")
    events = folder / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b"INC-0001", b"INC-0002", 1))
    status, out, err = adn(capsys, "report", folder, "--out", tmp_path / "page.html")
    assert (status, out) == (2, "")
    assert "RUN009" in err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["run"]


def test_what_is_no_page_is_never_replaced(tmp_path: Path) -> None:
    """A slip of the hand must not cost a log."""
    folder = good_run().write(tmp_path / "run")
    before = (folder / "events.jsonl").read_bytes()
    for place in (folder / "events.jsonl", folder):
        with pytest.raises(RunFolderError, match="RUN020 this is no page and will not be replaced"):
            write_report(folder, place)
    assert (folder / "events.jsonl").read_bytes() == before


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = good_run().write(tmp_path / "run")
    with pytest.raises(RunFolderError, match="RUN021 the report cannot be written: No such file"):
        write_report(folder, tmp_path / "none" / "page.html")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["run"]


def test_a_failed_renewal_leaves_the_page_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = good_run().write(tmp_path / "run")
    page = write_report(folder)
    before = page.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunFolderError, match="No space left on device"):
        write_report(folder)
    assert page.read_bytes() == before
    assert not list(folder.glob(".*"))


def test_the_duct_of_the_tests_is_the_one_that_is_struck() -> None:
    """Guards the tests above: their right suspect is right."""
    (fault,) = cut_run().score().faults
    assert fault.clocks.located_top1
    assert fault.fault.right[0] == DUCT
