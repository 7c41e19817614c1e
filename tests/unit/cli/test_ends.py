"""How runs end that cannot go on: one line, an exit code, and no half-written result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adn.cli import main

SCENARIO = """\
adn: 1
name: {name}
version: 1
title: Areas of an operator
clock: {{duration: {duration}, warmup: 4min}}
topology: {topology}
"""
FEDERATION = "{source: national, national: {areas: 6, elements_per_area: 40, services: 4}}"
METRO = "{source: metro, metro: {elements: 5000, services: 20}}"
SMALL = "{source: metro, metro: {elements: 20, services: 2}}"

# Memory is limited when everything is imported, so that what runs out is the run's and no import's.
_SHORT_OF_MEMORY = """\
import resource, sys
from adn.session.imports import warm
import adn.cli, adn.cli.clocks_table, adn.report, adn.cli.timeline, adn.reference.bounds
warm()
pages = int(open("/proc/self/statm").read().split()[0])
held = pages * resource.getpagesize() + 48 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (held, held))
adn.cli.main(sys.argv[1:])
"""


def written(folder: Path, name: str, topology: str, duration: str = "12min") -> str:
    text = SCENARIO.format(name=name, topology=topology, duration=duration)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return f"{name}.yml"


def surroundings() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_run_that_is_short_of_memory_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, "large", METRO)
    done = subprocess.run(
        [sys.executable, "-c", _SHORT_OF_MEMORY, "run", file, "--no-reference"],
        cwd=tmp_path, env=surroundings(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines() == ["adn: not enough memory for this; try a smaller network"]
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_an_interrupt_ends_a_federation_at_once_and_it_can_go_on(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group of processes, as at a terminal."""
    file = written(tmp_path, "areas", FEDERATION, "3h")
    command = [sys.executable, "-m", "adn", "run", file, "--jobs", "2"]
    child = subprocess.Popen(
        command, cwd=tmp_path, env=surroundings(), stderr=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    ledger = tmp_path / "runs" / "areas@1" / "L4" / ".seed-1.areas" / "done.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (
        ledger.exists() and len(ledger.read_bytes().splitlines()) > 1
    ):
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130, said
    assert said.splitlines() == [
        "areas that are done are kept; the same command with --resume goes on",
        "interrupted",
    ]
    assert not (ledger.parents[1] / "seed-1").exists()
    kept = len(ledger.read_bytes().splitlines())
    assert 1 < kept < 8
    again = subprocess.run(
        [*command, "--resume", "--json"], cwd=tmp_path, env=surroundings(), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert f'"areas_played": {8 - kept}' in again.stdout


def left(arguments: list[str]) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_memory_that_runs_out_in_a_worker_is_told_as_in_any_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def short(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("adn.session.federation.run_scenario", short)
    written(tmp_path, "areas", FEDERATION)
    assert left(["run", "areas.yml", "--jobs", "1"]) == 2
    assert capsys.readouterr().err == "adn: not enough memory for this; try a smaller network\n"
    assert not Path("runs/areas@1/L4/seed-1").exists()


def test_a_full_disk_ends_a_run_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import errno

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("adn.session.folder._fill", full)
    written(tmp_path, "small", SMALL)
    assert left(["run", "small.yml", "--no-reference", "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[0] == (
        "runs/small@1/L4/seed-1: RUN021 the run cannot be written: No space left on device"
    )
    assert list(Path("runs/small@1/L4").iterdir()) == []


def test_what_is_for_federations_is_refused_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "small", SMALL)
    written(tmp_path, "areas", FEDERATION)
    for arguments, says in [
        (["run", "small.yml", "--resume"], "CLI005 --resume is for a federation of areas"),
        (["run", "small.yml", "--area", "area-001"], "SCN021 this is one network and no fed"),
        (["run", "areas.yml", "--area", "area-9"], "SCN021 the federation has no area 'area-9'"),
        (["run", "areas.yml", "--level", "L3..L4"], "CLI005 a federation is run at one level"),
        (["topology", "small.yml", "--area", "x"], "CLI005 --area is for a federation of areas"),
    ]:
        assert left(arguments) == 2
        assert says in capsys.readouterr().err


def test_a_federation_is_checked_listed_and_shown_without_being_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "areas", FEDERATION)
    assert left(["check", "areas.yml"]) == 0
    assert "7 areas  258 elements  1,032 services  0 faults" in capsys.readouterr().out
    assert left(["show", "scenario", "areas.yml"]) == 0
    assert "areas     6\n" in capsys.readouterr().out
    assert left(["topology", "areas.yml"]) == 0
    assert "metro" in capsys.readouterr().out
    assert left(["topology", "areas.yml", "--area", "backbone"]) == 0
    assert capsys.readouterr().out.startswith("backbone\n18 elements")
