"""What a campaign leaves when its process is ended at any moment, without a word."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adn.base.streams import Key
from adn.bench import store
from adn.bench.ledger import Ledger

HERE = Path(__file__).parent
SUITE = HERE / "tiny-suite.yml"
NAME = "tiny@1"
ADN = [sys.executable, "-m", "adn", "bench", str(SUITE)]


def drive(out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "driver.py"), str(out), *more]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HERE.parents[1]
    )


def whole(out: Path) -> tuple[str, str]:
    done = drive(out)
    said, wrong = done.communicate(timeout=120)
    assert done.returncode == 0, wrong
    return said, (out / "results.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_killed_at_twenty_moments_a_campaign_ends_as_if_it_never_was(tmp_path: Path) -> None:
    """Nothing recorded is lost or run again, and all results are the same, byte by byte."""
    said, results = whole(tmp_path / "whole")
    assert said.split() == ["begun", "92", "92"]
    out, moments = tmp_path / "killed", Key.root(135).stream("kills").uniform(0.0, 0.25, 20)
    recorded: dict[str, bytes] = {}
    for moment in moments:
        process = drive(out)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        if not (out / NAME).is_dir():
            continue
        now = {str(path): (out / NAME / path).read_bytes() for path in store.files_of(out / NAME)}
        assert now.items() >= recorded.items()
        recorded = now
    said, again = whole(out)
    assert int(said.split()[1]) == 92 - len(recorded)
    assert again == results
    assert not list(out.rglob("*.part"))
    with Ledger(out / NAME / "ledger.sqlite") as ledger:
        assert {(row[5], row[6]) for row in ledger.rows()} == {("recorded", 1)}


@pytest.mark.slow
def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    """No file may grow beyond the limit: first not a run's own, then not the ledger."""
    said, results = whole(tmp_path / "whole")
    for limit in ("2000", "60000"):
        out = tmp_path / limit
        process = drive(out, "--limit", limit)
        _, wrong = process.communicate(timeout=120)
        assert process.returncode == 1
        assert "BEN015 cannot be written" in wrong
        assert "Traceback" not in wrong
        found = len(store.files_of(out / NAME))
        said, again = whole(out)
        assert int(said.split()[1]) == 92 - found
        assert again == results


@pytest.mark.slow
def test_real_runs_on_two_processes_are_resumed_after_kills(tmp_path: Path) -> None:
    def bench(out: Path, *more: str) -> subprocess.Popen[str]:
        command = [*ADN, "--seeds", "1", "--jobs", "2", "--out", str(out), "--json", *more]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    said, wrong = bench(tmp_path / "whole").communicate(timeout=300)
    assert wrong == ""
    out, counts = tmp_path / "killed", []
    for least in (1, 5, 9):
        process = bench(out, "--resume")
        while process.poll() is None and len(store.files_of(out / NAME)) < least:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        counts.append(len(store.files_of(out / NAME)))
    again = json.loads(bench(out, "--resume").communicate(timeout=300)[0])
    assert counts == sorted(counts)
    assert again["runs_done"] == 20 - counts[-1]
    assert again["tables"] == json.loads(said)["tables"]


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_leaves_no_process(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*ADN, "--jobs", "2", "--seeds", "1:200", "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and not store.files_of(tmp_path / NAME):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == ""
    assert wrong.endswith("interrupted\n")
    assert "Traceback" not in wrong
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a worker is still there")
