"""What would show that an earned level means nothing, tried on results of runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from made_results import Result, Row, at_level_four, change, null, perfect, put, row, rows

from adn.assessment.assess import assess
from adn.assessment.criteria import Conduct, level_of
from adn.assessment.runs import SUBJECTS, read_results
from adn.base.levels import AutonomyLevel, Task


def only(results: list[Result]) -> dict[str, Any]:
    (found,) = assess(results)
    return found


def test_an_engine_that_does_nothing_earns_nothing() -> None:
    found = only(null())
    assert (found["earned"], found["verdict"]) == ("L0", "earned")
    assert found["indicators"]["self_healing"] == 0.0
    assert found["indicators"]["pass_3"] == 0.0


@pytest.mark.parametrize("spoil", [None, "J", "K", "H"])
@pytest.mark.parametrize("claimed", ["L0", "L3", "L5"])
def test_changing_the_claimed_level_changes_nothing_that_is_earned(
    claimed: str, spoil: str | None
) -> None:
    """The label of the row is all that moves, however good or bad the runs are."""
    results = change(at_level_four(perfect(60)), spoil or "", put(right=False, in_time=False))
    as_it_was = only(results)
    for each in results:
        each["cell"]["level"] = claimed
        each["card"]["level"] = claimed
    assert only(results) == {**as_it_was, "claimed": claimed}


def test_an_approval_takes_its_instance_to_level_three_and_enough_of_them_the_level() -> None:
    """One approval on J: that instance is worth L3 at most. One is forgiven, thirty are not."""
    results = change(at_level_four(perfect()), "J", put(subject="P/S"), first=1)
    (first, *_), (run, *_) = rows(results, "J"), read_results(results)
    approved = next(one for one in run.instances if one.task == "J")
    assert approved.conduct == Conduct(SUBJECTS["P/S"], first["right"], first["in_time"])
    assert level_of(Task.DETERMINATION, approved.conduct) == "L3"
    assert only(results)["earned"] == "L4"
    assert only(results)["tasks"]["J"]["at"]["L4"]["passed"] == 199
    assert only(change(results, "J", put(subject="P/S"), first=30))["earned"] == "L3"


def test_a_person_who_decides_alone_takes_the_instance_to_level_two() -> None:
    found = only(change(at_level_four(perfect()), "J", put(subject="P")))
    assert found["earned"] == "L2"


def test_a_perfect_engine_that_needs_six_minutes_is_no_level_four() -> None:
    """All is right and done by the system alone; only the last clock is missed: L3."""
    results = change(at_level_four(perfect()), "K", put(in_time=False))
    for each in results:
        for one in each["card"]["faults"]:
            one.update(restore_s=360.0, met_135=False)
    found = only(results)
    assert found["earned"] == "L3"
    assert found["why"] == [
        (
            "K (action execution) at L4: 0 of 200 count (0.0 %, at least 0.0 % shown, 90 % owed): "
            "200 late"
        )
    ]
    assert found["indicators"]["mttr_goal"]["met"]
    assert found["indicators"]["on_time"] == 0.0


def test_one_broken_chain_leaves_no_level() -> None:
    """Whatever the other ninety-nine show; and the run and the reason are named."""
    results = at_level_four(perfect())
    results[41]["broken"] = ["events.jsonl: record 17 is missing"]
    found = only(results)
    assert found["verdict"] == "no level"
    assert [found[key] for key in ("earned", "base", "score", "named")] == [
        None, None, None, "no level",
    ]  # fmt: skip
    assert found["why"] == ["evening seed 42: events.jsonl: record 17 is missing"]
    assert {one["earned"] for one in found["by_fault_domain"].values()} == {None}


def test_crying_wolf_loses() -> None:
    """Three false alarms for each true one: recognition is wrong most of the time: L1 at most.

    Repairs of what was not broken cap at L3 besides.
    """
    results = at_level_four(perfect())
    for each in results:
        each["tasks"] += [{**row("E", None), "right": False} for _ in range(6)]
        each["card"]["false_incidents"] = 6
    found = only(results)
    assert found["earned"] == "L1"
    assert found["indicators"]["pass_3"] == 0.0
    idle = at_level_four(perfect())
    for each in idle:
        each["card"]["conduct"]["idle_repairs"] = 1
        each["card"]["actions"] += 1
    found = only(idle)
    assert found["earned"] == "L3"
    assert found["caps"][0] == {
        "level": "L3",
        "why": "100 of 300 actions were taken when nothing was broken; 1% is let pass",
    }


def test_shutting_everything_down_loses() -> None:
    """Every plan is wrong, and the harm stands: no level of execution, and a cap at L2 besides."""
    results = at_level_four(perfect())
    change(results, "IJKV", put(right=False, in_time=False))
    for each in results:
        each["card"]["conduct"].update(harmful=2, harmful_standing=2)
    found = only(results)
    assert found["earned"] == "L0"
    assert found["caps"][0]["level"] == "L2"
    harmless_on_paper = at_level_four(perfect())
    for each in harmless_on_paper:
        each["card"]["conduct"].update(harmful=2, harmful_standing=2)
    found = only(harmless_on_paper)
    assert (found["earned"], found["score"]) == ("L2", 2.0)


@pytest.mark.parametrize(
    ("harm", "most"),
    [
        (put(subject=None, right=False, in_time=False), "L2"),
        (put(right=False, in_time=False), "L2"),
        (put(subject="P"), "L2"),
        (put(in_time=False), "L3"),
        (put(subject="P/S"), "L3"),
    ],
)
def test_what_is_wrong_with_location_takes_the_level(
    harm: Callable[[Row], None], most: str
) -> None:
    """Nobody, wrong, by a person, late, with a person: each has its level; no decimal hides it."""
    found = only(change(at_level_four(perfect()), "H", harm))
    assert found["earned"] == most
    assert found["score"] < int(most[1]) + 1


def test_a_bad_locator_at_full_autonomy_is_worse_than_review_by_people() -> None:
    """L5 that locates wrongly, and so repairs wrongly, ends below a reviewed L3 that is right."""
    alone = change(perfect(level="L5"), "HIJK", put(right=False, in_time=False))
    reviewed = change(at_level_four(perfect(level="L3")), "FGHIJ", put(subject="P/S"))
    change(reviewed, "HK", put(in_time=False))
    worse, better = only(alone), only(reviewed)
    assert (worse["claimed"], better["claimed"]) == ("L5", "L3")
    assert (worse["earned"], better["earned"]) == ("L0", "L3")


def test_the_order_of_results_never_matters() -> None:
    results = [*at_level_four(perfect(40)), *null(40, case="other")]
    assert assess(results[::-1]) == assess(results)
    for each in results:
        each["tasks"].reverse()
    assert assess(results) == assess(results[::-1])


def test_an_unused_veto_is_no_blemish() -> None:
    """Nothing in the evidence of a task says that a person could have stepped in."""
    assert only(at_level_four(perfect()))["earned"] == AutonomyLevel.L4
