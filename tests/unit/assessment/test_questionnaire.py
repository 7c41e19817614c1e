"""The published questionnaire arithmetic, with the fixture that must come out exactly."""

from __future__ import annotations

import pytest
from made_results import at_level_four, change, null, perfect, put

from adn.assessment.assess import assess
from adn.assessment.questionnaire import (
    answer,
    answered,
    end_to_end_rate,
    final_score,
    questionnaires,
)
from adn.base.levels import AutonomyLevel, Task
from adn.faults.kinds import built_in_kinds

RAN = questionnaires().forms["ran"]
CORE = questionnaires().forms["core"]
BEST = {row.name: 0 for row in RAN.rows}


def test_the_published_example_comes_out_exactly() -> None:
    """Sub-scores 4, 3.83, 3.8, 4, 4 give 3.9145, and 0.7 of the fault weight runs end to end."""
    answers = {
        "Equipment": answered(RAN, BEST),
        "Processing": answered(RAN, {**BEST, "intent-driven": 1}),
        "Communications": answered(RAN, {**BEST, "collection and filtering": 1}),
        "Environmental": answered(RAN, BEST),
        "Security": answered(RAN, BEST),
    }
    scores = {name: one.score for name, one in answers.items()}
    assert scores == {
        "Equipment": 4.0,
        "Processing": 3.83,
        "Communications": 3.8,
        "Environmental": 4.0,
        "Security": 4.0,
    }
    weights = questionnaires().weights
    assert final_score(scores, weights) == 3.9145
    assert end_to_end_rate(answers, weights) == 0.7


def test_the_forms_have_the_published_weights_and_scores() -> None:
    ran = [(row.weight, [option.score for option in row.options]) for row in RAN.rows]
    assert ran == [
        (0.10, [4, 3, 0]),
        (0.10, [3, 2, 1, 0]),
        (0.15, [4, 3, 2, 0]),
        (0.20, [3, 2, 0]),
        (0.20, [4, 3, 2, 0]),
        (0.10, [4, 3, 0, 0]),
        (0.10, [4, 3, 0]),
        (0.05, [2, 1, 0]),
    ]
    core = [(row.weight, [option.score for option in row.options]) for row in CORE.rows]
    assert core == [
        (0.10, [3, 2, 1]),
        (0.10, [3, 2, 1]),
        (0.10, [4, 3, 2, 1]),
        (0.15, [4, 3, 2, 1]),
        (0.15, [4, 3, 2, 1]),
        (0.10, [4, 3, 2, 1]),
        (0.10, [4, 3, 2, 1]),
        (0.10, [2, 1]),
        (0.10, [3, 2, 1]),
    ]
    for weights in ([w for w, _ in ran], [w for w, _ in core], questionnaires().weights.values()):
        assert sum(weights) == pytest.approx(1.0)


def test_a_row_below_its_top_is_not_lifted() -> None:
    """Only a row that reaches its top is compensated, and never lowered below it."""
    worst = {row.name: len(row.options) - 1 for row in RAN.rows}
    assert answered(RAN, worst).score == 0.0
    only_implementation = answered(RAN, {**worst, "implementation": 0})
    assert only_implementation.score == pytest.approx(0.05 * 2)


@pytest.mark.parametrize("form", [RAN, CORE])
def test_no_further_task_level_ever_lowers_a_score(form: object) -> None:
    """Each task raised alone, from each level."""
    for below, above in zip(list(AutonomyLevel), list(AutonomyLevel)[1:], strict=False):
        flat = dict.fromkeys(Task, below)
        scores = [answer(form, {**flat, task: above}).score for task in Task]
        assert min(scores) >= answer(form, flat).score


def test_a_row_whose_tasks_cannot_apply_is_left_out() -> None:
    shown = {task: AutonomyLevel.L4 for task in Task if task != Task.FAULT_PREDICTION}
    found = answer(RAN, shown)
    assert "prediction" not in found.options
    assert found.score == 4.0
    assert found.automatic


def test_a_loop_that_is_perfect_has_the_highest_score_and_one_that_is_absent_none() -> None:
    (good,) = assess(at_level_four(perfect()))
    (bad,) = assess(null())
    assert (good["anlet"]["score"], good["anlet"]["end_to_end"]) == (4.0, 1.0)
    assert (bad["anlet"]["score"], bad["anlet"]["end_to_end"]) == (0.0, 0.0)
    assert bad["anlet"]["core"]["score"] == 1.0
    assert good["anlet"]["left_out"] == ["Processing", "Environmental", "Security"]
    assert sorted(good["anlet"]["sub_scenarios"]) == ["Communications", "Equipment"]


def test_one_kind_that_fails_lowers_the_score_of_its_category_alone() -> None:
    results = at_level_four(perfect())

    def spoil(one: dict[str, object]) -> None:
        if one["kind"] == "device-crash":
            one["right"] = False

    (found,) = assess(change(results, "H", spoil))
    subs = found["anlet"]["sub_scenarios"]
    assert subs["Communications"]["score"] == 4.0
    assert subs["Equipment"]["options"]["demarcation and locating"] == "C"
    assert found["anlet"]["end_to_end"] == pytest.approx(0.30 / 0.45, abs=1e-6)


def test_every_kind_of_the_catalogue_has_a_category() -> None:
    """A new kind is assigned, and not left to its domain by oversight."""
    assert sorted(questionnaires().kinds) == sorted(built_in_kinds())


def test_an_unknown_kind_goes_by_its_domain() -> None:
    asked = questionnaires()
    assert asked.category("never-met", "power") == "Environmental"
    assert asked.category("never-met", "") == "Communications"


def test_without_faults_there_is_no_score() -> None:
    results = perfect(40, kinds=())
    (found,) = assess(change(results, "A", put()))
    assert found["anlet"]["score"] is None
    assert found["anlet"]["end_to_end"] is None
    assert found["indicators"]["on_time"] is None
    assert found["benchmark_level"] is None
