"""The questionnaires filled in from runs: one sub-scenario for each category of alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adn.assessment.attainment import of_faults, tally_of
from adn.assessment.criteria import ABOVE_MANUAL, LEVELS, by_definition
from adn.assessment.levels import TaskLevel, inapplicable_in, task_levels
from adn.assessment.questionnaire import Form, answer, end_to_end_rate, final_score, questionnaires
from adn.assessment.runs import RunResult
from adn.base.levels import AutonomyLevel, Task


def questionnaires_of(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Return what the published arithmetic makes of some runs.

    Returns:
        ``score`` and ``end_to_end`` (None without faults) and ``sub_scenarios`` of the RAN form;
        ``left_out``, the categories that had no fault; ``core``, the same of the core form.
    """
    asked = questionnaires()
    present = {
        asked.category(fault["kind"], fault["domain"]) for run in runs for fault in run.faults
    }
    categories = [name for name in asked.weights if name in present]
    inapplicable = inapplicable_in(runs)

    def shown_in(category: str) -> dict[Task, AutonomyLevel]:
        its_own = of_faults(lambda one: asked.category(one.kind, one.fault_domain) == category)
        levels = task_levels(tally_of(runs, its_own), inapplicable)
        return {task: shown_level(one) for task, one in levels.items() if one.applies}

    shown = {category: shown_in(category) for category in categories}
    return {
        **_filled_in(asked.forms["ran"], shown, asked.weights),
        "left_out": [name for name in asked.weights if name not in present],
        "core": _filled_in(asked.forms["core"], shown, asked.weights),
    }


def _filled_in(
    form: Form,
    shown: Mapping[str, Mapping[Task, AutonomyLevel]],
    weights: Mapping[str, float],
) -> dict[str, Any]:
    answers = {category: answer(form, levels) for category, levels in shown.items()}
    scores = {category: one.score for category, one in answers.items()}
    return {
        "form": form.name,
        "score": final_score(scores, weights),
        "end_to_end": end_to_end_rate(answers, weights),
        "sub_scenarios": {
            category: {"weight": weights[category], **one.as_json()}
            for category, one in answers.items()
        },
    }


def shown_level(task: TaskLevel) -> AutonomyLevel:
    """Return the highest level at which the system was shown to do its part; L0 if at none.

    A level that is attained only because a person owes the task there shows nothing.
    """
    reached = LEVELS[0]
    for level in ABOVE_MANUAL:
        if not task.at[level].attained:
            break
        if not by_definition(task.task, level):
            reached = level
    return reached
