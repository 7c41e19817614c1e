"""A campaign records every run once, goes on after whatever ended it, and mixes nothing."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from adn.base.errors import AdnError
from adn.base.levels import AutonomyLevel
from adn.bench import campaign as campaigns
from adn.bench import store
from adn.bench.campaign import run_campaign
from adn.bench.cell import Cell
from adn.bench.codes import BenchError
from adn.bench.ledger import Ledger
from adn.bench.plan import Plan, plan_of
from adn.bench.suite import read_suite

Ran = list[Cell]
NAME = "tiny@1"


def ledger_of(out: Path) -> list[tuple[object, ...]]:
    with Ledger(out / NAME / "ledger.sqlite") as ledger:
        return ledger.rows()


def test_every_cell_is_run_once_and_recorded(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    campaign = run_campaign(plan, tmp_path, told=lambda done, whole, _: told.append((done, whole)))
    assert ran == list(plan.cells)
    assert campaign.ran == 28
    assert [Cell(**result["cell"]) for result in campaign.results] == list(plan.cells)
    assert told[0] == (0, 28)
    assert told[-1] == (28, 28)
    assert len(list((tmp_path / NAME / "runs").rglob("*.parquet"))) == 28
    assert {(row[5], row[6]) for row in ledger_of(tmp_path)} == {("recorded", 1)}


def test_bounds_bear_the_verdicts_that_both_give(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    campaign = run_campaign(plan, tmp_path)
    for result in campaign.results:
        if result["cell"]["agent"] in ("do-nothing", "oracle") and result["card"]["faults"]:
            (fault,) = result["card"]["faults"]
            assert (fault["self_healed"], fault["restorable"]) == (False, True)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 27])
def test_resuming_runs_what_is_missing_and_nothing_else(
    count: int, plan: Plan, ran: Ran, stopping: Callable[[int], None], tmp_path: Path
) -> None:
    """A bound that waits for its counterpart is not recorded yet, and is run again."""
    whole = run_campaign(plan, tmp_path / "whole").results
    ran.clear()
    stopping(count)
    with pytest.raises(KeyboardInterrupt):
        run_campaign(plan, tmp_path / "out")
    recorded = {one.cell for one in store.stored(tmp_path / "out" / NAME)}
    assert count - 1 <= len(recorded) <= count
    ran.clear()
    stopping(-1)
    campaign = run_campaign(plan, tmp_path / "out", resume=True)
    assert set(ran) == set(plan.cells) - recorded
    assert campaign.ran == len(ran) == len(set(ran))
    assert campaign.results == whole
    assert run_campaign(plan, tmp_path / "out", resume=True).ran == 0


def test_without_resuming_what_is_there_is_moved_aside(
    plan: Plan, ran: Ran, tmp_path: Path
) -> None:
    run_campaign(plan, tmp_path)
    (tmp_path / NAME / "mark").write_text("first", encoding="utf-8")
    for _ in range(2):
        assert run_campaign(plan, tmp_path).ran == 28
        assert not (tmp_path / NAME / "mark").exists()
    assert not (tmp_path / f"{NAME}.before" / "mark").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f".{NAME}.lock",
        NAME,
        f"{NAME}.before",
    ]


def test_what_is_no_campaign_is_not_replaced(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(AdnError, match="BEN016 this is no campaign, and will not be replaced"):
        run_campaign(plan, tmp_path)


def test_resuming_an_empty_folder_starts_afresh(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    assert run_campaign(plan, tmp_path, resume=True).ran == 28


def test_a_lost_ledger_is_made_anew_from_the_files(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    run_campaign(plan, tmp_path)
    before = [row[:-1] for row in ledger_of(tmp_path)]
    for path in (tmp_path / NAME).glob("ledger.sqlite*"):
        path.unlink()
    assert run_campaign(plan, tmp_path, resume=True).ran == 0
    assert [row[:-1] for row in ledger_of(tmp_path)] == before


def test_a_file_that_was_removed_is_run_again(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    run_campaign(plan, tmp_path)
    cell = plan.cells[5]
    (tmp_path / NAME / store.path_of(cell)).unlink()
    ran.clear()
    assert run_campaign(plan, tmp_path, resume=True).ran == 1
    assert ran == [cell]


@pytest.mark.parametrize("damage", [b"", b"PAR1 no more"])
def test_a_damaged_run_is_named_and_nothing_is_lost(
    damage: bytes, plan: Plan, ran: Ran, tmp_path: Path
) -> None:
    run_campaign(plan, tmp_path)
    path = tmp_path / NAME / store.path_of(plan.cells[5])
    path.write_bytes(damage)
    with pytest.raises(AdnError) as caught:
        run_campaign(plan, tmp_path, resume=True)
    assert str(caught.value) == (
        f"{path}: BEN014 this run is damaged; remove the file, and --resume runs it again\n1 error"
    )
    path.unlink()
    assert run_campaign(plan, tmp_path, resume=True).ran == 1


def test_a_damaged_ledger_is_told_and_nothing_is_lost(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    run_campaign(plan, tmp_path)
    path = tmp_path / NAME / "ledger.sqlite"
    path.write_bytes(b"no ledger at all" * 400)
    with pytest.raises(AdnError) as caught:
        run_campaign(plan, tmp_path, resume=True)
    assert str(caught.value) == (
        f"{path}: BEN013 the ledger is damaged; remove it, and --resume makes it anew from the "
        "runs\n1 error"
    )
    path.unlink()
    assert run_campaign(plan, tmp_path, resume=True).ran == 0


def test_another_code_suite_or_scenario_is_named(
    plan: Plan, ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "suite"
    folder.mkdir()
    for path in Path(__file__).parent.glob("*.yml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    run_campaign(plan, tmp_path)
    for name, old, new in (
        ("tiny-suite.yml", "weight: 2", "weight: 3"),
        ("tiny.yml", "10min", "11min"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    monkeypatch.setattr(campaigns, "code_digest", lambda: "changed")
    other = plan_of(read_suite(str(folder / "tiny-suite.yml")))
    with pytest.raises(AdnError) as caught:
        run_campaign(other, tmp_path, resume=True)
    assert str(caught.value) == (
        f"{tmp_path / NAME}: BEN010 the suite, {folder / 'tiny-suite.yml'} and the scenario tiny, "
        f"{folder / 'tiny.yml'} and the code of adn changed since 28 runs were recorded; put back "
        "what was, or begin anew without --resume\n1 error"
    )


def test_a_campaign_can_grow_and_not_shrink(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    few = plan_of(plan.suite, [AutonomyLevel.L2], [1])
    first = run_campaign(few, tmp_path).ran
    assert run_campaign(plan, tmp_path, resume=True).ran == 28 - first
    with pytest.raises(AdnError, match=r"BEN011 \d+ recorded runs are not planned, such as tiny"):
        run_campaign(few, tmp_path, resume=True)


def test_a_second_process_is_kept_off(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    with (
        campaigns._alone(tmp_path, NAME),
        pytest.raises(AdnError, match="BEN012 another process runs this campaign"),
    ):
        run_campaign(plan, tmp_path)
    assert run_campaign(plan, tmp_path).ran == 28


def test_a_full_disk_is_told_and_what_was_recorded_stays(
    plan: Plan, ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, left = os.fsync, [9]

    def full(stream: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(stream)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AdnError) as caught:
        run_campaign(plan, tmp_path)
    path = tmp_path / NAME / store.path_of(plan.cells[8])
    assert str(caught.value) == (
        f"{path}: BEN015 cannot be written: no space left on the device; every run that is "
        "recorded stays, --resume goes on\n1 error"
    )
    assert len(list(tmp_path.rglob("*.part"))) == 0
    assert run_campaign(plan, tmp_path, resume=True).ran == 28 - 8


def test_a_ledger_on_a_full_disk_is_told_so(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger._there.execute("PRAGMA max_page_count = 1")
        cells = [Cell("c" * 500, "adn", "L4", seed) for seed in range(1000)]
        with pytest.raises(AdnError, match="BEN015 cannot be written: database or disk is full"):
            ledger.settle({}, cells, [])
        assert ledger.rows() == []


def test_a_ledger_whose_making_was_cut_short_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.rows() == []


def test_a_folder_that_cannot_be_read_is_told(
    plan: Plan, ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_campaign(plan, tmp_path)
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("agent=adn"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(AdnError, match="agent=adn: BEN016 cannot be read: permission denied"):
        run_campaign(plan, tmp_path, resume=True)


def test_what_was_begun_and_not_finished_is_swept(plan: Plan, ran: Ran, tmp_path: Path) -> None:
    run_campaign(plan, tmp_path)
    begun = tmp_path / NAME / store.path_of(plan.cells[0]).parent / ".seed-9.parquet.1.part"
    begun.write_bytes(b"half")
    assert run_campaign(plan, tmp_path, resume=True).ran == 0
    assert not begun.exists()


def test_a_stored_run_is_the_run(faked: Callable[..., dict], tmp_path: Path) -> None:
    """Names with slashes and signs of their own become folders that can be told apart."""
    cell = Cell("short/wan cut=1", "adn", "L4", 3, 60.0)
    one = store.write(tmp_path, faked(cell), {"suite": "s", "code": "c"})
    assert one.path == (
        "runs/case=short%2Fwan%20cut%3D1/agent=adn/level=L4/seed-3-approval-60s.parquet"
    )
    again = store.read(tmp_path, Path(one.path))
    assert again == one
    assert json.loads(json.dumps(faked(cell))) == again.result


def test_a_turned_bit_is_seen_or_does_no_harm(faked: Callable[..., dict], tmp_path: Path) -> None:
    one = store.write(tmp_path, faked(Cell("tiny", "adn", "L4", 1)), {"suite": "s", "code": "c"})
    path = Path(one.path)
    table = store.read_table(tmp_path, path)
    whole, seen = (tmp_path / path).read_bytes(), 0
    for place in range(0, len(whole), 61):
        turned = bytearray(whole)
        turned[place] ^= 0x10
        (tmp_path / path).write_bytes(turned)
        try:
            again = store.read_table(tmp_path, path)
        except BenchError:
            seen += 1
        else:
            assert again.to_pylist() == table.to_pylist()
    assert seen > len(whole) // 61 // 3


def test_the_ledger_survives_being_read_while_it_is_written(plan: Plan, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.settle({"suite": "s"}, plan.cells, [])
        with sqlite3.connect(tmp_path / "ledger.sqlite") as other:
            (count,) = other.execute(
                "SELECT count(*) FROM cells WHERE state = 'planned'"
            ).fetchone()
        other.close()
        assert count == 28
        assert ledger.facts() == {"suite": "s"}
