"""Rows of a ladder: what is pooled, what is averaged, and what a clock that never stopped is."""

from __future__ import annotations

from typing import Any

from adn.reference.summary import summarised


def fault(**given: Any) -> dict[str, Any]:
    usual = {
        "impact_s": 0.0,
        "self_healed": False,
        "restorable": True,
        "detect_s": 10.0,
        "locate_s": 30.0,
        "restore_s": 60.0,
        "located_top1": True,
        "met_135": True,
    }
    return usual | given


def card(*faults: dict[str, Any], lost: float = 0.0, people: float = 0.0) -> dict[str, Any]:
    return {
        "faults": list(faults),
        "wrong_actions": 1,
        "false_incidents": 0,
        "duplicates": 0,
        "people": {"minutes": people, "field_minutes": 0.0},
        "service": {"down_minutes": lost, "degraded_minutes": 0.0},
    }


def test_only_contestable_faults_count_for_1_3_5() -> None:
    row = summarised(
        [
            card(
                fault(),
                fault(self_healed=True),
                fault(restorable=False, met_135=False),
                fault(met_135=False, restore_s=None),
            )
        ],
        [card()],
    )
    assert (row.met, row.contestable, row.hurting) == (1, 2, 4)


def test_a_clock_that_never_stopped_is_longer_than_any_other() -> None:
    row = summarised([card(fault(locate_s=None), fault(locate_s=None), fault())], [card()])
    assert row.locate_s is None
    assert row.restore_s == 60.0


def test_what_was_saved_is_paired_by_seed() -> None:
    """The evenings differ by thousands of minutes; what acting saves differs by two."""
    runs = [card(lost=100.0), card(lost=5000.0)]
    idle = [card(lost=151.0), card(lost=5049.0)]
    row = summarised(runs, idle)
    assert row.saved.value == 50.0
    assert row.saved.half is not None
    assert row.lost.half is not None
    assert row.saved.half < 20.0 < row.lost.half
    assert row.wrong_actions == 2


def test_one_run_has_no_interval() -> None:
    assert summarised([card(people=3.0)], [card()]).people.as_json() == {
        "mean": 3.0,
        "interval": None,
    }
