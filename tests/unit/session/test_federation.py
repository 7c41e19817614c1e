"""A federation played area by area: the same whatever plays it, whole or not there, resumable."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adn.base.errors import RunFolderError
from adn.base.levels import AutonomyLevel
from adn.scenario.reader import LoadedScenario, read_text
from adn.scoring import scorer
from adn.scoring.whole import accuracy, summed, whole_digest
from adn.session import federation as room
from adn.session import folder as folder_room
from adn.session.federation import AreaTask, Whole, alone, play_federation
from adn.session.replaying import replay
from adn.session.run import run_scenario
from adn.session.unfinished import DONE

TEXT = """\
adn: 1
name: two
version: 1
title: Two small areas and their backbone
clock: {duration: 10min, warmup: 3min}
topology: {source: national, national: {areas: 2, elements_per_area: 16, spread: 10%, services: 2}}
faults:
  - {kind: link-down, between: [4min, 6min], area: area-002, target: {link: {pick: 1}}}
"""
L4 = AutonomyLevel.L4
PLACE = Path("two@1/L4/seed-1")


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return read_text(TEXT, "two.yml", Path())


@pytest.fixture(scope="module")
def whole(loaded: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return play_federation(loaded, L4, 1, tmp_path_factory.mktemp("whole"))


def stop_after(areas: int) -> Callable[[float, str], None]:
    def progress(_: float, note: str) -> None:
        if note.startswith(f"{areas} of"):
            raise KeyboardInterrupt

    return progress


def test_the_whole_leaves_one_folder_with_those_areas_where_something_happened(
    whole: Whole,
) -> None:
    folder = whole.folder
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "scorecard.json",
        "areas.json",
        "areas",
    }
    assert [path.name for path in (folder / "areas").iterdir()] == ["area-002"]
    assert json.loads((folder / "scorecard.json").read_text()) == whole.card
    rows = json.loads((folder / "areas.json").read_text())["areas"]
    assert [row["area"] for row in rows] == ["backbone", "area-001", "area-002"]
    assert [row["quiet"] for row in rows] == [True, True, False]
    assert [path.name for path in folder.parent.iterdir()] == ["seed-1"]


def test_the_whole_is_the_sum_of_its_areas(whole: Whole) -> None:
    card = whole.card
    assert card["network"]["areas"] == 3
    assert card["network"]["elements"] == 32 + 10
    assert card["network"]["services"] == 2 * card["network"]["elements"]
    assert [row["area"] for row in card["faults"]] == ["area-002"]
    assert card["accuracy"]["faults"] == 1
    assert card["digest"] == whole_digest({row["area"]: row["digest"] for row in whole.areas})
    assert card["quiet_areas"] == 2


def test_what_it_cost_is_in_no_file(whole: Whole) -> None:
    assert {"wall_s", "speedup", "peak_rss_mb", "processes"} <= whole.cost.keys()
    assert whole.cost["processes"] == 1
    assert not whole.cost.keys() & whole.card.keys()


def test_an_area_played_alone_is_the_area_of_the_whole(
    loaded: LoadedScenario, whole: Whole
) -> None:
    for row in whole.areas:
        run = run_scenario(alone(loaded, row["area"], 1), L4, 1)
        assert run.manifest["digest"] == row["digest"]


def test_the_folder_of_an_area_is_a_run_folder_like_any_other(whole: Whole) -> None:
    folder = whole.folder / "areas" / "area-002"
    card = json.loads((folder / "scorecard.json").read_text())
    assert scorer.score(folder).as_json() == card
    assert replay(folder).same


def test_the_folder_of_the_whole_is_no_run_and_says_where_runs_are(whole: Whole) -> None:
    with pytest.raises(RunFolderError, match="RUN013 this is the whole of a federation; give the"):
        scorer.score(whole.folder)


def test_areas_have_draws_of_their_own(loaded: LoadedScenario, whole: Whole) -> None:
    """Equal keys would make the same noise in all areas; another seed makes other runs."""
    assert len({row["digest"] for row in whole.areas}) == 3
    other = run_scenario(alone(loaded, "area-001", 2), L4, 2)
    assert other.manifest["digest"] != whole.areas[1]["digest"]


def test_order_and_processes_change_nothing(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backwards(tasks: list[AreaTask], _: int) -> Any:
        return ((task, task.perform()) for task in reversed(tasks))

    monkeypatch.setattr(room, "spread", backwards)
    again = play_federation(loaded, L4, 1, tmp_path)
    assert again.card == whole.card
    assert again.areas == whole.areas
    for name in ("scorecard.json", "areas.json", "manifest.json", "areas/area-002/truth.jsonl"):
        assert (again.folder / name).read_bytes() == (whole.folder / name).read_bytes()


@pytest.mark.slow
def test_two_processes_come_to_the_same_as_one(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path
) -> None:
    again = play_federation(loaded, L4, 1, tmp_path, jobs=2)
    assert again.card == whole.card
    assert again.cost["processes"] in (2, 3)


def test_an_interrupted_run_leaves_no_result_and_goes_on_where_it_was(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        play_federation(loaded, L4, 1, tmp_path, progress=stop_after(2))
    folder = tmp_path / PLACE
    assert not folder.exists()
    ledger = folder.with_name(".seed-1.areas") / DONE
    assert len(ledger.read_text().splitlines()) == 3
    with ledger.open("a") as torn:
        torn.write('{"area": "area-0')
    again = play_federation(loaded, L4, 1, tmp_path, resume=True)
    assert again.cost["areas_played"] == 1
    assert again.card == whole.card
    assert [path.name for path in folder.parent.iterdir()] == ["seed-1"]


def test_without_resume_everything_is_played_again(loaded: LoadedScenario, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play_federation(loaded, L4, 1, tmp_path, progress=stop_after(1))
    assert play_federation(loaded, L4, 1, tmp_path).cost["areas_played"] == 3


def test_what_was_begun_with_another_scenario_is_not_gone_on_with(
    loaded: LoadedScenario, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        play_federation(loaded, L4, 1, tmp_path, progress=stop_after(1))
    other = read_text(TEXT.replace("10min", "11min"), "two.yml", Path())
    with pytest.raises(RunFolderError, match="RUN027 what was interrupted here was another"):
        play_federation(other, L4, 1, tmp_path, resume=True)


def test_a_full_disk_ends_it_in_one_line_and_leaves_no_result(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_room, "_fill", full)
    with pytest.raises(RunFolderError) as ended:
        play_federation(loaded, L4, 1, tmp_path)
    said = str(ended.value).splitlines()
    assert said[0].endswith("RUN021 the run cannot be written: No space left on device")
    assert not (tmp_path / PLACE).exists()
    monkeypatch.undo()
    assert play_federation(loaded, L4, 1, tmp_path, resume=True).card == whole.card


def test_a_disk_that_is_full_at_the_very_end_loses_nothing(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("adn.session.unfinished.put_in_place", full)
    with pytest.raises(RunFolderError, match="No space left"):
        play_federation(loaded, L4, 1, tmp_path)
    monkeypatch.undo()
    again = play_federation(loaded, L4, 1, tmp_path, resume=True)
    assert again.cost["areas_played"] == 0
    assert again.card == whole.card


def test_what_is_no_run_is_not_replaced(loaded: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / PLACE).mkdir(parents=True)
    (tmp_path / PLACE / "thesis.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="RUN020"):
        play_federation(loaded, L4, 1, tmp_path)


def test_roll_ups_of_all_areas_are_kept_where_asked_for(
    loaded: LoadedScenario, whole: Whole, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    longer = read_text(TEXT.replace("10min", "31min"), "two.yml", Path())
    kept = play_federation(longer, L4, 1, tmp_path, rollups=True)
    for area in ("backbone", "area-001", "area-002"):
        table = parquet.read_table(kept.folder / "areas" / area / "rollups.parquet")
        assert table.column_names[:4] == ["start_s", "table", "object", "kpi"]
        assert set(table["start_s"].to_pylist()) == {0.0, 900.0}
    assert kept.areas[1]["digest"] != whole.areas[1]["digest"]


def test_overhearing_changes_nothing(loaded: LoadedScenario, whole: Whole) -> None:
    heard: list[object] = []
    run = run_scenario(alone(loaded, "area-002", 1), L4, 1, overhear=heard.append)
    assert heard
    assert run.manifest["digest"] == whole.areas[2]["digest"]


def card(**changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "faults": [],
        "incidents": 1,
        "false_incidents": 0,
        "duplicates": 0,
        "incidents_on_disturbances": 0,
        "actions": 2,
        "wrong_actions": 0,
        "people": {
            "touches": 1,
            "minutes": 2.0,
            "waited_minutes": 0.5,
            "field_minutes": 3.0,
            "roles": {"noc": {"touches": 1, "minutes": 2.0, "waited_minutes": 0.5, "peak": 1}},
        },
        "service": {"down_minutes": 6.0, "degraded_minutes": 1.0, "availability": 0.99},
        "alarms": {"raw": 4, "shown": 2, "root_recall": 1.0},
        "tickets": {"raised": 1, "from_network": 0, "per_fault": {}},
        "conduct": {"harmful": 0, "quiet_s": 100.0},
        "closure": {"closed": 1},
        "intent": {"settings": {"person": 1, "derived": 2}, "evaluations": 1},
        "level_lived": "L4",
        "timings_assumed": 3,
        "simulated_s": 3600.0,
    }
    return base | changed


def fault(**changed: Any) -> dict[str, Any]:
    base = {
        "id": "FLT-0001",
        "impact_s": 0.0,
        "detect_s": 10.0,
        "locate_s": 20.0,
        "restore_s": 30.0,
        "rectify_s": None,
        "located_top1": True,
        "class_top1": True,
        "met_135": True,
    }
    return base | changed


def test_sums_are_of_counts_and_shares_are_of_all_faults() -> None:
    missed = fault(detect_s=None, locate_s=None, located_top1=False, met_135=False)
    tickets = {"raised": 2, "from_network": 2, "per_fault": {"FLT-0001": 2}}
    one = card(faults=[fault(), missed], alarms={"raw": 1, "shown": 1, "root_recall": 0.5})
    other = card(faults=[fault(detect_s=30.0)], level_lived="L3", tickets=tickets)
    total = summed({"b": other, "a": one}, {"a": 10, "b": 30})
    assert [row["area"] for row in total["faults"]] == ["a", "a", "b"]
    assert (total["incidents"], total["actions"]) == (2, 4)
    assert total["found"] == pytest.approx(2 / 3, abs=1e-6)
    assert total["people"]["minutes"] == 4.0
    assert total["people"]["roles"]["noc"] == {
        "touches": 2,
        "minutes": 4.0,
        "waited_minutes": 1.0,
        "peak": 1,
    }
    assert total["service"]["down_minutes"] == 12.0
    assert total["service"]["availability"] == pytest.approx(1 - 12 / (40 * 60))
    assert total["alarms"]["root_recall"] == pytest.approx(2 / 3, abs=1e-6)
    assert total["tickets"]["per_fault"] == {"b/FLT-0001": 2}
    assert total["intent"]["settings"] == {"person": 2, "derived": 4}
    assert total["level_lived"] == "L3"


def test_accuracy_is_over_faults_that_can_be_seen() -> None:
    unseen = fault(impact_s=None, detect_s=None, locate_s=None, located_top1=False)
    told = accuracy([fault(detect_s=5.0), fault(detect_s=7.0), unseen])
    assert (told["faults"], told["service_affecting"]) == (3, 2)
    assert (told["detected"], told["located_top1"]) == (1.0, 1.0)
    assert told["median_detect_s"] == 5.0
    assert told["median_rectify_s"] is None
    assert accuracy([])["detected"] == 1.0
