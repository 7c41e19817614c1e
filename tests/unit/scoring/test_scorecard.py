"""The scorecard as a whole: its exact shape, and the same from memory as from files."""

from __future__ import annotations

import json
from pathlib import Path

from story_builder import good_run

from adn.scoring import score

EXPECTED = {
    "scenario": "small-cut@1",
    "level": "L4",
    "seed": 7,
    "faults": [
        {
            "id": "FLT-0001",
            "kind": "fibre-cut",
            "domain": "optical",
            "target": "duct-A-B",
            "onset_s": 600.0,
            "t0_s": 600.0,
            "impact_s": 0.0,
            "self_healed": False,
            "restorable": True,
            "detect_s": 14.2,
            "locate_s": 52.9,
            "restore_s": 100.1,
            "rectify_s": 2400.0,
            "restored_by": "command",
            "located_top1": True,
            "class_top1": True,
            "met_135": True,
            "met_135_per_phase": True,
            "first_time_right": True,
            "self_healing": True,
        }
    ],
    "incidents": 1,
    "false_incidents": 0,
    "duplicates": 0,
    "incidents_on_disturbances": 0,
    "actions": 2,
    "wrong_actions": 0,
    "found": 1.0,
    "people": {
        "touches": 0,
        "minutes": 0.0,
        "waited_minutes": 0.0,
        "field_minutes": 37.667,
        "roles": {},
    },
    "service": {"down_minutes": 0.0, "degraded_minutes": 3.337, "availability": 1.0},
    "alarms": {"raw": 2, "shown": 1, "root_recall": 1.0},
    "tickets": {"raised": 0, "from_network": 0, "per_fault": {"FLT-0001": 0}},
    "conduct": {"harmful": 0, "harmful_standing": 0, "idle_repairs": 0, "quiet_s": 600.0},
    "closure": {"closed": 0, "by_system": 0, "true": 0, "auto": 0, "reopened": 0},
    "intent": {
        "settings": {"person": 0, "derived": 0, "self": 0},
        "evaluations": 0,
        "evaluated_by_people": 0,
    },
    "level_lived": "L5",
    "timings_assumed": 2,
    "simulated_s": 3600.0,
}


def test_a_run_that_goes_well_has_the_documented_scorecard_key_by_key(tmp_path: Path) -> None:
    folder = good_run().write(tmp_path / "run")
    card = score(folder)
    digest = json.loads((folder / "manifest.json").read_text())["digest"]
    expected = {}
    for key, value in EXPECTED.items():
        expected[key] = value
        if key == "seed":
            expected["digest"] = digest
    assert json.dumps(card.as_json()) == json.dumps(expected)


def test_memory_and_files_score_alike(tmp_path: Path) -> None:
    run = good_run()
    from_files = score(run.write(tmp_path / "run"))
    run.extra["digest"] = from_files.digest
    assert run.score() == from_files


def test_scoring_writes_nothing(tmp_path: Path) -> None:
    folder = good_run().write(tmp_path / "run")
    before = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    score(folder)
    assert {path: path.read_bytes() for path in sorted(folder.iterdir())} == before
