"""A run folder is verified before a number is taken from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from story_builder import Run, good_run

from adn.base.errors import RunFolderError
from adn.base.records import chained, line_digest, log_digest
from adn.scoring import score
from adn.scoring.log import read_run
from adn.scoring.shapes import SUSPECTS


def refused(folder: Path) -> list[str]:
    """Return the findings, one line each, with the folder's own path left out."""
    with pytest.raises(RunFolderError) as caught:
        score(folder)
    return [str(finding).replace(f"{folder}/", "") for finding in caught.value.findings]


def reseal(folder: Path) -> None:
    """Give the manifest the digest of the logs as they now are: a careful forger."""
    manifest = json.loads((folder / "manifest.json").read_text())
    logs = [(folder / name).read_bytes() for name in ("events.jsonl", "truth.jsonl")]
    manifest["digest"] = log_digest(logs)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def edit_lines(folder: Path, name: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = folder / name
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return good_run().write(tmp_path / "run")


def test_a_whole_run_is_read_back_as_it_was_logged(folder: Path) -> None:
    log = read_run(folder)
    assert log.events == good_run().log().events
    assert log.truth == good_run().log().truth


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError) as caught:
        score(tmp_path / "none")
    assert str(caught.value) == (
        f"{tmp_path}/none: RUN001 this run folder does not exist; "
        "give the folder that `adn run` wrote\n1 error"
    )


def test_a_file_in_place_of_the_folder_is_named(folder: Path) -> None:
    with pytest.raises(RunFolderError, match="RUN001 this run folder is not a folder"):
        score(folder / "events.jsonl")


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").mkdir()
    assert refused(tmp_path) == [
        "manifest.json: RUN002 this file of the run is missing",
        "events.jsonl: RUN002 this file of the run is not a regular file",
        "truth.jsonl: RUN002 this file of the run is missing",
    ]


@pytest.mark.parametrize("name", ["events.jsonl", "truth.jsonl"])
def test_a_record_cannot_be_dropped_even_if_the_digest_is_forged(folder: Path, name: str) -> None:
    edit_lines(folder, name, lambda lines: lines[:2] + lines[3:])
    reseal(folder)
    gap, untied = refused(folder)
    assert gap == f"{name}:3:1: RUN005 seq 4 follows 2; 3 must stand here"
    assert untied.startswith(f"{name}:3:1: RUN011 prev is ")


def renumbered(lines: list[bytes]) -> list[bytes]:
    """Return lines with unbroken numbers, as a forger would write them."""
    rows = [re.sub(rb'"seq":\d+', b'"seq":%d' % n, line) for n, line in enumerate(lines, 1)]
    assert len(rows) == len(lines)
    return rows


@pytest.mark.parametrize("name", ["events.jsonl", "truth.jsonl"])
@pytest.mark.parametrize(
    ("change", "at"),
    [
        (lambda lines: renumbered(lines[:4] + lines[5:]), 5),
        (lambda lines: renumbered(lines[1:]), 1),
        (lambda lines: renumbered([*lines[:5], *lines[4:]]), 6),
        (lambda lines: renumbered([*lines[:3], lines[4], lines[3], *lines[5:]]), 4),
    ],
    ids=["removed", "first removed", "inserted", "swapped"],
)
def test_a_line_that_was_tampered_with_is_found_at_its_place(
    folder: Path, name: str, change: Callable[[list[bytes]], list[bytes]], at: int
) -> None:
    """However the numbers and the digest of the whole are forged: the chain is broken there."""
    edit_lines(folder, name, change)
    reseal(folder)
    found = [finding for finding in refused(folder) if "RUN011" in finding]
    assert found[0].startswith(f"{name}:{at}:1: RUN011 prev is ")


def test_a_changed_line_is_found_where_the_next_one_lets_go_of_it(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    was, now = line_digest(lines[1]), line_digest(lines[1].replace(b"critical", b"cleared!"))
    assert was != now
    edit_lines(
        folder,
        "events.jsonl",
        lambda lines: [lines[0], lines[1].replace(b"critical", b"cleared!"), *lines[2:]],
    )
    reseal(folder)
    message = (
        f"prev is {was}, but the line before has the digest {now}; "
        "it was changed, or a line was inserted or removed here"
    )
    assert refused(folder) == [f"events.jsonl:3:1: RUN011 {message}"]


def test_a_changed_last_line_breaks_the_seal(folder: Path) -> None:
    """No line holds on to the last one; the digest in the manifest does."""
    edit_lines(
        folder,
        "truth.jsonl",
        lambda lines: [*lines[:-1], lines[-1].replace(b"session", b"Session")],
    )
    (finding,) = refused(folder)
    assert "RUN009" in finding


def test_a_record_cannot_be_dropped_and_the_chain_made_anew(folder: Path) -> None:
    """A chain that is forged from one end to the other still does not match the seal."""
    before = json.loads((folder / "manifest.json").read_text())["digest"]
    edit_lines(folder, "events.jsonl", lambda lines: chained(read_run(folder).events[1:]))
    (finding,) = refused(folder)
    assert finding.startswith(f"manifest.json: RUN009 digest '{before}' is not that of the logs, '")
    assert finding.endswith("a record was changed, added or removed after the run")


def test_one_changed_digit_is_noticed(folder: Path) -> None:
    edit_lines(
        folder, "events.jsonl", lambda lines: [line.replace(b"652.9", b"612.9") for line in lines]
    )
    assert [f.split()[1] for f in refused(folder)] == ["RUN005", "RUN011", "RUN009"]


def test_a_file_cut_short_inside_a_record_is_noticed(folder: Path) -> None:
    path = folder / "truth.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    last = len(path.read_bytes().splitlines())
    inside, unsealed, digest = refused(folder)
    assert inside == (
        f"truth.jsonl:{last}:1: RUN004 the file ends inside a record; "
        "the run was cut short or the copy is incomplete"
    )
    assert unsealed == (
        f"truth.jsonl:{last}:1: RUN004 the last record must be truth.sealed; "
        "this run did not end, or its end was removed"
    )
    assert "RUN009" in digest


def test_a_file_cut_short_between_records_is_noticed(folder: Path) -> None:
    edit_lines(folder, "events.jsonl", lambda lines: lines[:-1])
    reseal(folder)
    (finding,) = refused(folder)
    assert "RUN004 the last record must be run.ended" in finding


def test_an_empty_file_is_noticed(folder: Path) -> None:
    (folder / "events.jsonl").write_bytes(b"")
    reseal(folder)
    (finding,) = refused(folder)
    assert finding == (
        "events.jsonl:1:1: RUN004 the last record must be run.ended; "
        "this run did not end, or its end was removed"
    )


def test_a_binary_file_is_refused_with_one_finding(folder: Path) -> None:
    (folder / "events.jsonl").write_bytes(bytes(range(256)) * 400)
    reseal(folder)
    assert refused(folder) == ["events.jsonl: RUN003 this file is binary, no log"]


def test_a_file_of_other_text_is_refused_with_few_findings(folder: Path) -> None:
    (folder / "events.jsonl").write_bytes("Grüße\n".encode("latin-1") * 500)
    reseal(folder)
    findings = refused(folder)
    assert findings[0] == "events.jsonl:1:1: RUN003 this line is not UTF-8 text"
    assert findings[20:] == ["events.jsonl: RUN003 and 481 more findings in this file"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[1]\n", "this line is not a JSON object"),
        (b'{"v":1,\n', "this line is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"v":NaN}\n', "this line is not JSON: NaN is no number"),
        (b"[" * 100_000 + b"\n", "this line is not JSON of a record: nested too deeply"),
        (b'{"v":9}\n', "v is 9; this version reads logs of format 2"),
        (
            b'{"v":2,"prev":"0000000000000000","seq":true,"t":"now","kind":"run.started","src":"session"}\n',
            "seq must be a whole number",
        ),
        (
            b'{"v":2,"prev":"0000000000000000","seq":1,"t":0.0,"kind":"run.started","src":"session","task":"Z"}\n',
            "task must be the letter of a task",
        ),
        (
            b'{"v":2,"prev":"0000000000000000","seq":1,"t":0.0,"kind":"run.started","src":"session","by":"me"}\n',
            "by must be system or human",
        ),
    ],
)
def test_a_line_that_is_no_record_is_refused(folder: Path, text: bytes, why: str) -> None:
    edit_lines(folder, "events.jsonl", lambda lines: [text, *lines[1:]])
    assert f"events.jsonl:1:1: RUN003 {why}" in refused(folder)


def run_with(kind: str, **parts: object) -> Run:
    run = good_run()
    run.seen(10.0, kind, **parts)
    return run


@pytest.mark.parametrize(
    ("run", "finding"),
    [
        (
            run_with("incident.lost"),
            "RUN006 unknown record kind 'incident.lost'; docs/event-log.md lists them",
        ),
        (
            run_with("service.state", data={"ok": [], "degraded": [], "down": []}),
            "RUN006 service.state belongs into truth.jsonl",
        ),
        (run_with("incident.status", name="INC-1"), "RUN007 incident.status must have data.status"),
        (
            run_with("incident.status", data={"status": "open"}),
            "RUN007 incident.status must have an id",
        ),
        (
            run_with("alarms.filtered", ref={"incident": "INC-1"}, data={"raw": 1, "shown": []}),
            "RUN007 alarms.filtered must have data.started_s",
        ),
        (
            run_with(
                "alarms.filtered",
                ref={"incident": "INC-1"},
                data={"started_s": 1.0, "raw": 1, "shown": []},
            ),
            "RUN007 alarms.filtered is evidence; it must have task D and by whom it was done",
        ),
        (
            good_run().did(
                "D",
                10.0,
                "alarms.filtered",
                by="",
                ref={"incident": "INC-1"},
                data={"started_s": 1.0, "raw": 1, "shown": []},
            ),
            "RUN007 alarms.filtered is evidence; it must have task D and by whom it was done",
        ),
        (
            good_run().did(
                "D",
                10.0,
                "alarms.filtered",
                ref={"incident": "INC-1"},
                data={"started_s": "then", "raw": 1, "shown": "all"},
            ),
            "RUN008 alarms.filtered: data.started_s must be a number",
        ),
        (
            good_run().did(
                "H",
                10.0,
                "incident.located",
                ref={"incident": "INC-1"},
                data={"started_s": 1.0, "suspects": [["A", "link-down"]], "because": []},
            ),
            f"RUN008 incident.located: data.suspects must be {SUSPECTS[0]}",
        ),
    ],
)
def test_a_record_that_departs_from_the_catalogue_is_refused(
    tmp_path: Path, run: Run, finding: str
) -> None:
    assert f"events.jsonl:2:1: {finding}" in refused(run.write(tmp_path / "run"))


def test_time_may_not_run_backwards(folder: Path) -> None:
    def swap(lines: list[bytes]) -> list[bytes]:
        rows = [json.loads(line) for line in lines]
        rows[2]["t"], rows[3]["t"] = 603.0, 602.0
        return [json.dumps(row).encode() + b"\n" for row in rows]

    edit_lines(folder, "events.jsonl", swap)
    reseal(folder)
    assert "events.jsonl:4:1: RUN005 t 602.0 is earlier than that of the line before" in refused(
        folder
    )


def test_findings_in_all_files_come_together(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"scenario": 3, "targets": {"detect_s": "soon"}}')
    edit_lines(folder, "events.jsonl", lambda lines: lines[:-1])
    edit_lines(folder, "truth.jsonl", lambda lines: lines[1:])
    findings = refused(folder)
    assert findings[0] == "manifest.json: RUN008 scenario must be text"
    level = "it must be one of L0 to L5, or levels by domain"
    assert findings[1] == f"manifest.json: RUN008 level is missing; {level}"
    assert "manifest.json: RUN008 targets: detect_s must be a number" in findings
    assert any("events.jsonl" in finding and "RUN004" in finding for finding in findings)
    assert "truth.jsonl:1:1: RUN005 seq 2 follows 0; 1 must stand here" in findings


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not JSON: Expecting value"),
        ("[]", "is not a JSON object"),
        ("\x00", "is not JSON: Expecting value"),
    ],
)
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str, why: str) -> None:
    (folder / "manifest.json").write_text(text)
    assert refused(folder) == [f"manifest.json: RUN003 the manifest {why}"]
