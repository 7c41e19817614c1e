"""Results that cannot be assessed are refused, with what is wrong and where."""

from __future__ import annotations

import pytest
from made_results import perfect, result

from adn.assessment.assess import assess
from adn.assessment.runs import read_results
from adn.base.errors import AssessmentError


def refusal(results: list[dict[str, object]]) -> str:
    with pytest.raises(AssessmentError) as caught:
        assess(results)
    return str(caught.value)


def test_a_run_that_is_there_twice_is_refused() -> None:
    """Else a lucky run could be counted until it shows what one likes."""
    assert refusal([*perfect(3), result(2)]) == (
        "ASM001 run evening/adn/L4/seed-2 is given twice; a run counts once\n1 error"
    )


def test_a_misshapen_result_is_refused_and_all_of_them_told() -> None:
    lacks, odd, level = result(1), result(2), result(3)
    del lacks["card"]["conduct"]
    odd["tasks"][0]["subject"] = "robot"
    level["cell"]["level"] = "L6"
    assert refusal([lacks, odd, level]) == (
        "result 1 (evening/adn/L4/seed-1): ASM002 this result lacks 'conduct'; "
        "give results as `adn bench` stores them\n"
        "result 2 (evening/adn/L4/seed-2): ASM002 this result is not of its shape: "
        "subject 'robot' is none of P, P/S, S or nothing; "
        "give results as `adn bench` stores them\n"
        "result 3 (evening/adn/L6/seed-3): ASM002 this result is not of its shape: "
        "level 'L6' is none of L0, L1, L2, L3, L4, L5; "
        "give results as `adn bench` stores them\n"
        "3 errors"
    )


def test_one_name_for_two_scenarios_is_refused() -> None:
    other = result(2)
    other["scenario_digest"] = "another"
    assert refusal([result(1), other]) == (
        "ASM003 case evening stands for two scenarios: digest digest-of-evening in ip-wan, "
        "digest another in ip-wan; assess them apart\n1 error"
    )


@pytest.mark.parametrize("value", [None, [], "text", {}, {"cell": 3}])
def test_anything_else_is_refused_without_a_traceback(value: object) -> None:
    assert "ASM002" in refusal([value])


def test_runs_of_another_approval_time_are_left_out() -> None:
    slow = result(1)
    slow["cell"]["approval_s"] = 900.0
    assert len(read_results([result(1), slow])) == 1


def test_what_cannot_apply_is_not_counted() -> None:
    """Declared before the run, with or without the reason."""
    with_reason, without = result(1), result(2)
    with_reason["inapplicable"] = {"F": "cuts give no warning"}
    without["inapplicable"] = ["F"]
    runs = read_results([with_reason, without])
    assert all(one.task.value != "F" for run in runs for one in run.instances)
    assert [list(run.inapplicable.values()) for run in runs] == [["cuts give no warning"], [""]]
