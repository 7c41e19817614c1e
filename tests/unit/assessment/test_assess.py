"""From many runs to a row: level, decimal, caps, and the words that say what is missing."""

from __future__ import annotations

import json

import pytest
from made_results import at_level_four, change, perfect, put, result

from adn.assessment.assess import assess
from adn.assessment.explaining import explain
from adn.assessment.levels import task_weights
from adn.base.levels import Task


def test_a_row_holds_what_is_promised_in_plain_values() -> None:
    (row,) = assess(at_level_four(perfect()))
    assert json.loads(json.dumps(row)) == row
    assert list(row) == [
        "agent", "claimed", "domain", "runs", "verdict", "earned", "base", "score", "named",
        "by_share", "caps", "why", "tasks", "by_fault_domain", "benchmark_level", "anlet",
        "indicators",
    ]  # fmt: skip
    assert row["named"] == "L4.0, IG1252-style"
    assert (row["verdict"], row["earned"], row["base"], row["score"]) == ("earned", "L4", 4, 4.0)
    assert list(row["tasks"]) == list("ABCDEFGHIJKV")
    assert row["tasks"]["K"]["at"]["L4"] == {
        "n": 200, "passed": 200, "q": 1.0, "low": 0.980924, "attained": True,
        "by_definition": False, "needed": 0,
        "short": {"nobody": 0, "subject": 0, "wrong": 0, "late": 0},
    }  # fmt: skip


def test_there_is_a_row_for_each_agent_claim_and_domain() -> None:
    results = [
        result(1, agent="oracle", level="L5"),
        result(1),
        result(1, level="L2"),
        result(1, case="fabric", domain="data-centre"),
    ]
    rows = [(row["agent"], row["claimed"], row["domain"]) for row in assess(results)]
    assert rows == [
        ("adn", "L2", "ip-wan"),
        ("adn", "L4", "data-centre"),
        ("adn", "L4", "ip-wan"),
        ("oracle", "L5", "ip-wan"),
    ]
    assert assess([]) == []


def test_the_decimal_is_the_weight_of_the_tasks_beyond_the_base() -> None:
    """J alone is held at L3: Decision weighs 15 of 100, so L3.85."""
    (row,) = assess(change(at_level_four(perfect()), "J", put(subject="P/S")))
    assert (row["earned"], row["score"], row["named"]) == ("L3", 3.85, "L3.8, IG1252-style")
    (row,) = assess(change(at_level_four(perfect()), "DEGHIJKVC", put(subject="P/S")))
    assert row["earned"] == "L1"


def test_weights_are_spread_evenly_over_the_tasks_of_a_dimension() -> None:
    weights = task_weights(Task)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights[Task.CONTROL_INFORMATION] == pytest.approx(0.05)
    assert weights[Task.FAULT_RECOGNITION] == pytest.approx(0.35 / 3)
    assert weights[Task.ROOT_CAUSE] == pytest.approx(0.05)
    assert weights[Task.DETERMINATION] == pytest.approx(0.15)
    without = task_weights(task for task in Task if task != Task.DETERMINATION)
    assert sum(without.values()) == pytest.approx(1.0)


def test_too_little_seen_is_told_apart_from_failing() -> None:
    """Twenty perfect runs earn nothing yet, and it is said what is wanting and what it would be."""
    (row,) = assess(at_level_four(perfect(20)))
    assert (row["verdict"], row["earned"], row["by_share"]) == ("not demonstrated", "L0", "L4")
    assert row["why"] == [
        (
            "C (data collection) at L1: 20 of 20 count (100.0 %, at least 83.8 % shown, "
            "90 % owed): 15 more instances like these would show it"
        )
    ]
    (failing,) = assess(change(at_level_four(perfect(20)), "K", put(right=False)))
    assert failing["verdict"] == "earned"
    assert failing["earned"] == "L0"


def test_a_single_failure_among_few_settles_nothing() -> None:
    """9 of 10 refute nothing that takes 35 of 35 to show; 33 of 40 do, and so do 0 of 4."""
    results = change(at_level_four(perfect(5)), "K", put(right=False), first=1)
    (row,) = assess(results)
    assert (row["verdict"], row["earned"]) == ("not demonstrated", "L0")
    assert row["tasks"]["K"]["at"]["L1"]["needed"] is None
    assert row["tasks"]["K"]["why"] == (
        "K (action execution) at L1: 9 of 10 count (90.0 %, at least 51.9 % shown, 90 % owed): "
        "1 wrong, too few to tell"
    )
    (row,) = assess(change(at_level_four(perfect(20)), "K", put(right=False), first=7))
    assert row["verdict"] == "earned"
    (row,) = assess(change(at_level_four(perfect(2)), "K", put(right=False)))
    assert row["verdict"] == "earned"


def test_a_task_that_nobody_saw_is_not_attained() -> None:
    results = at_level_four(perfect())
    for each in results:
        each["tasks"] = [one for one in each["tasks"] if one["task"] != "V"]
    (row,) = assess(results)
    assert (row["verdict"], row["earned"]) == ("not demonstrated", "L1")
    assert row["why"] == [
        (
            "V (service verification and closure) at L2: nothing was seen of it; "
            "35 instances are the fewest"
        )
    ]


def test_a_task_that_cannot_apply_is_left_out_with_its_reason() -> None:
    results = change(at_level_four(perfect()), "F", put(right=False))
    for each in results:
        each["inapplicable"] = {"F": "cuts give no warning"}
    (row,) = assess(results)
    assert row["earned"] == "L4"
    task = row["tasks"]["F"]
    assert (task["level"], task["applies"]) == (None, False)
    assert task["why"] == "left out: cuts give no warning"
    for each in results[:50]:
        each["inapplicable"] = {}
    (row,) = assess(results)
    assert row["tasks"]["F"]["at"]["L3"]["n"] == 50
    assert row["earned"] == "L2"


def test_what_fails_is_said_with_numbers_and_reasons() -> None:
    results = change(at_level_four(perfect()), "H", put(in_time=False), first=20)
    change(results, "H", put(subject="P/S"), first=10)
    (row,) = assess(results)
    assert row["why"] == [
        (
            "H (root-cause analysis) at L4: 180 of 200 count (90.0 %, at least 82.4 % shown, "
            "90 % owed): 10 with people where the system owes it, 10 late"
        )
    ]


def test_a_verdict_leads_back_to_the_evidence() -> None:
    results = change(perfect(), "K", put(in_time=False), first=5)
    (row,) = assess(results)
    assert row["tasks"]["K"]["see"] == str(explain(results, "K", "L5"))
    assert row["tasks"]["J"]["see"] == ""
    said = explain(results, "K", "L4")
    assert str(said) == (
        "K (action execution) at L4 fails: 5 of 200, see "
        "evening seed 1 FLT-0001 INC-0001 (late); evening seed 1 FLT-0002 INC-0002 (late); "
        "evening seed 2 FLT-0001 INC-0001 (late); and 2 more"
    )
    assert [(f.seed, f.fault) for f in said.failures] == [
        (1, "FLT-0001"), (1, "FLT-0002"), (2, "FLT-0001"), (2, "FLT-0002"), (3, "FLT-0001"),
    ]  # fmt: skip
    assert said.as_json()["failures"][0] == {
        "case": "evening", "seed": 1, "fault": "FLT-0001", "kind": "fibre-cut",
        "incident": "INC-0001", "subject": "S", "right": True, "in_time": False, "short": "late",
    }  # fmt: skip
    assert str(explain(results, "K", "L3")) == "K (action execution) at L3: all 200 count"
    assert str(explain([], "V", "L2")) == (
        "V (service verification and closure) at L2: nothing was seen of it"
    )


def capped(results: list[dict[str, object]]) -> tuple[object, list[str]]:
    (row,) = assess(results)
    return row["earned"], [cap["level"] for cap in row["caps"] if cap["level"] != "L4"]


def test_harm_that_stands_caps_at_two_and_idle_repairs_at_three() -> None:
    """Beyond one in a hundred actions: two of two hundred are let pass, three are not."""
    for key, cap in (("harmful_standing", "L2"), ("idle_repairs", "L3")):
        results = at_level_four(perfect())
        results[0]["card"]["conduct"][key] = 2
        assert capped(results) == ("L4", [])
        results[0]["card"]["conduct"][key] = 3
        assert capped(results) == (cap, [cap])


def test_who_gave_the_intent_caps() -> None:
    """Nothing derived, or a person who judges fulfilment: L3; one setting by a person: L4."""
    results = at_level_four(perfect())
    results[7]["card"]["intent"]["evaluated_by_people"] = 1
    assert capped(results) == ("L3", ["L3"])
    results = at_level_four(perfect())
    for each in results:
        each["card"]["intent"]["settings"] = {"person": 12, "derived": 0, "self": 0}
    assert capped(results) == ("L3", ["L3"])
    results = perfect(400, kinds=("new-kind",))
    for each in results:
        each["held_out"] = ["new-kind"]
    (row,) = assess(results)
    assert (row["earned"], row["score"], row["caps"], row["why"]) == ("L5", 5.0, [], [])
    results[3]["card"]["intent"]["settings"]["person"] = 1
    (row,) = assess(results)
    assert (row["earned"], row["score"]) == ("L4", 4.0)
    assert row["caps"] == [{"level": "L4", "why": "people wrote 1 of 4801 settings"}]


def test_full_autonomy_asks_for_kinds_that_nobody_has_met() -> None:
    """400 runs of known kinds are L4; the held-out ones have to be mastered as well."""
    results = perfect(400)
    (row,) = assess(results)
    assert row["earned"] == "L4"
    assert row["why"] == ["capped at L4: no fault of a held-out kind is among the runs"]
    for each in results[:100]:
        each["held_out"] = ["device-crash"]
    (row,) = assess(results)
    assert row["caps"] == [
        {
            "level": "L4",
            "why": "on faults of held-out kinds L5 is not shown: "
            "E 100 of 100, H 100 of 100, K 100 of 100 count",
        }
    ]


def test_levels_differ_by_the_domain_of_faults() -> None:
    """Optical faults are located, faults of elements are not."""

    def spoil(one: dict[str, object]) -> None:
        if one["fault_domain"] == "ip":
            one["right"] = False

    (row,) = assess(change(at_level_four(perfect()), "H", spoil))
    by = {name: one["earned"] for name, one in row["by_fault_domain"].items()}
    assert by == {"ip": "L2", "optical": "L4"}
    assert row["earned"] == "L2"


def test_the_benchmark_level_holds_in_cases_with_most_of_the_faults() -> None:
    """Four cases of five at L4 are 0.8 of the faults; three are not."""
    cases = [at_level_four(perfect(60, case=f"case-{name}")) for name in "abcde"]
    change(cases[0], "H", put(right=False))
    (row,) = assess([one for case in cases for one in case])
    assert row["benchmark_level"] == "L4"
    assert row["earned"] == "L2"
    change(cases[1], "H", put(right=False))
    (row,) = assess([one for case in cases for one in case])
    assert row["benchmark_level"] == "L2"
