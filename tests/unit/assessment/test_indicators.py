"""Indicators, counted by hand."""

from __future__ import annotations

import pytest
from made_results import perfect, result

from adn.assessment.indicators import indicators_of, pass_of
from adn.assessment.runs import read_results


def test_what_never_happened_is_longer_than_anything() -> None:
    """Half of the faults unlocated: no 95th percentile; most of them: no median either."""
    results = perfect(4, kinds=("fibre-cut",))
    spans = [10.0, 30.0, 20.0, None]
    for each, span in zip(results, spans, strict=True):
        each["card"]["faults"][0]["locate_s"] = span
    found = indicators_of(read_results(results))
    assert found["mttl_s"] == {"n": 4, "never": 1, "median": 20.0, "p95": None}
    results[0]["card"]["faults"][0]["locate_s"] = None
    results[1]["card"]["faults"][0]["locate_s"] = None
    found = indicators_of(read_results(results))
    assert found["mttl_s"] == {"n": 4, "never": 3, "median": None, "p95": None}


def test_targets_are_asked_of_contestable_faults_only() -> None:
    results = perfect(3)
    results[0]["card"]["faults"][0].update(self_healed=True, met_135=False)
    results[1]["card"]["faults"][0].update(restorable=False, met_135=False)
    results[2]["card"]["faults"][0].update(impact_s=None, met_135=False)
    results[2]["card"]["faults"][1].update(met_135=False)
    found = indicators_of(read_results(results))
    assert (found["faults"], found["service_affecting"], found["contestable"]) == (6, 5, 3)
    assert found["on_time"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["on_time_per_phase"] == 1.0


def test_the_published_goal_is_met_only_if_all_is_restored() -> None:
    """At most 15 minutes in the mean, and nothing left unrestored."""
    results = perfect(2, kinds=("fibre-cut",))
    results[0]["card"]["faults"][0]["restore_s"] = 1600.0
    goal = indicators_of(read_results(results))["mttr_goal"]
    assert goal == {"goal_s": 900.0, "mean_s": 860.0, "met": True, "within": 0.5}
    results[0]["card"]["faults"][0]["restore_s"] = None
    goal = indicators_of(read_results(results))["mttr_goal"]
    assert goal == {"goal_s": 900.0, "mean_s": 120.0, "met": False, "within": 0.5}


def test_sums_and_shares_are_over_all_runs() -> None:
    results = perfect(2)
    first = results[0]["card"]
    first["alarms"].update(raw=120, shown=14, root_recall=0.5)
    first["closure"].update(closed=4, auto=1, reopened=1)
    first["faults"][0].update(first_time_right=False, self_healing=False)
    first["faults"][1].update(first_time_right=None)
    first["tickets"]["per_fault"] = {"FLT-0001": 7}
    found = indicators_of(read_results(results))
    assert found["alarm_compression"] == pytest.approx(1 - 16 / 160)
    assert found["root_recall"] == 0.75
    assert (found["auto_closure"], found["closed"], found["reopened"]) == (0.5, 6, 1)
    assert found["first_time_right"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["self_healing"] == 0.75
    assert found["tickets_per_fault"] == 2.25
    assert found["lost_minutes"] == 6.0
    assert found["availability"] == 0.9999


def test_three_different_seeds_must_all_pass() -> None:
    """Four of five seeds pass: 4 of the 10 triples are without blemish. A case of two has none."""
    results = [*perfect(5), *(result(seed, case="short") for seed in (1, 2))]
    results[2]["card"]["wrong_actions"] = 1
    runs = read_results(results)
    assert pass_of(runs, 3) == 0.4
    assert pass_of(read_results(results[5:]), 3) is None


@pytest.mark.parametrize("blemish", [{"false_incidents": 1}, {"wrong_actions": 1}])
def test_a_blemish_fails_a_run(blemish: dict[str, int]) -> None:
    results = perfect(3)
    results[0]["card"].update(blemish)
    assert indicators_of(read_results(results))["pass_3"] == 0.0
    results[0]["card"].update(dict.fromkeys(blemish, 0))
    assert indicators_of(read_results(results))["pass_3"] == 1.0
    results[0]["card"]["faults"][0]["met_135"] = False
    assert indicators_of(read_results(results))["pass_3"] == 0.0
