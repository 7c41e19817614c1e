"""The published questionnaire arithmetic, Method 1 with compensation, fed with earned task levels.

A row takes the highest of its options that the tasks reach. Rows whose top is below the ceiling
would pull a perfect score down; so one that reaches its top is lifted to the mean of the rows whose
top is the ceiling. Scores of sub-scenarios are weighted by their fault weight. (TM Forum GB1059 and
GB1059B, as read in third-party accounts; the criteria are our own and stand in the data file.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import fsum
from typing import Any, Final

from adn.base.levels import AutonomyLevel, Task

_DIGITS: Final = 6
OTHER: Final = "Communications"
"""Category of a fault of which neither kind nor domain is known; an assumption."""


@dataclass(frozen=True, slots=True)
class Option:
    """What a row scores when tasks reach some levels."""

    score: float
    reach: Mapping[Task, AutonomyLevel]
    means: str


@dataclass(frozen=True, slots=True)
class Row:
    """One question: its weight, and its options from A on."""

    name: str
    weight: float
    intent: bool
    options: tuple[Option, ...]

    @property
    def top(self) -> float:
        """What option A scores."""
        return self.options[0].score

    def tasks(self) -> frozenset[Task]:
        """Return the tasks that option A asks about."""
        return frozenset(self.options[0].reach)


@dataclass(frozen=True, slots=True)
class Form:
    """One questionnaire."""

    name: str
    ceiling: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """The forms, and what sub-scenarios they are asked for."""

    forms: Mapping[str, Form]
    weights: Mapping[str, float]
    kinds: Mapping[str, str]
    domains: Mapping[str, str]

    def category(self, kind: str, fault_domain: str) -> str:
        """Return the category of alarm that a fault belongs to."""
        return self.kinds.get(kind) or self.domains.get(fault_domain, OTHER)


@dataclass(frozen=True, slots=True)
class Answer:
    """The options taken in one sub-scenario, and what they come to.

    Attributes:
        options: Index of the option taken, by row; 0 is A.
        score: Weighted mean with compensation.
        automatic: Whether every row but the one on intent takes option A.
    """

    options: Mapping[str, int]
    score: float
    automatic: bool

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values, options by letter."""
        letters = {name: "ABCDEF"[place] for name, place in self.options.items()}
        return {"score": self.score, "automatic": self.automatic, "options": letters}


@cache
def questionnaires() -> Questionnaires:
    """Return the forms shipped with the product."""
    import yaml

    text = resources.files("adn.assessment").joinpath("questionnaire.yml").read_text("utf-8")
    data = yaml.safe_load(text)
    forms = {
        key: Form(form["name"], data["ceiling"], tuple(_row(row) for row in form["rows"]))
        for key, form in data["forms"].items()
    }
    return Questionnaires(forms, data["categories"], data["kinds"], data["domains"])


def _row(row: Mapping[str, Any]) -> Row:
    options = tuple(
        Option(
            score=float(option["score"]),
            reach={Task(k): AutonomyLevel(v) for k, v in option.get("reach", {}).items()},
            means=option["means"],
        )
        for option in row["options"]
    )
    return Row(row["name"], row["weight"], bool(row.get("intent", False)), options)


def answer(form: Form, shown: Mapping[Task, AutonomyLevel]) -> Answer:
    """Return what a form comes to.

    Args:
        form: The questionnaire.
        shown: For each task that applies, the highest level shown (L0 where nothing was); rows
            of which no task of option A applies are left out, and the weights spread anew.
    """
    asked = [row for row in form.rows if row.tasks() & shown.keys()]
    return answered(form, {row.name: _option(row, shown) for row in asked})


def answered(form: Form, options: Mapping[str, int]) -> Answer:
    """Return what a form comes to when these options are taken; rows not named are left out."""
    rows = [row for row in form.rows if row.name in options]
    scores = {row.name: row.options[options[row.name]].score for row in rows}
    full = [scores[row.name] for row in rows if row.top == form.ceiling]
    anchor = fsum(full) / len(full) if full else 0.0
    for row in rows:
        if row.top < form.ceiling and options[row.name] == 0:
            scores[row.name] = max(row.top, anchor)
    total = fsum(row.weight for row in rows)
    score = fsum(row.weight * scores[row.name] for row in rows) / total if rows else 0.0
    automatic = bool(rows) and all(options[row.name] == 0 for row in rows if not row.intent)
    return Answer(dict(options), round(score, _DIGITS), automatic)


def _option(row: Row, shown: Mapping[Task, AutonomyLevel]) -> int:
    """Return the first option all of whose tasks reach their levels; inapplicable ones do."""
    for place, option in enumerate(row.options):
        if all(shown.get(task, level) >= level for task, level in option.reach.items()):
            return place
    return len(row.options) - 1


def final_score(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """Return the mean of sub-scenarios by fault weight; None if there is none."""
    total = fsum(weights[name] for name in scores)
    if not total:
        return None
    return round(fsum(weights[n] * score for n, score in scores.items()) / total, _DIGITS)


def end_to_end_rate(answers: Mapping[str, Answer], weights: Mapping[str, float]) -> float | None:
    """Return the fault weight of the sub-scenarios that run without people, of all there are."""
    total = fsum(weights[name] for name in answers)
    if not total:
        return None
    automatic: Sequence[float] = [weights[n] for n, one in answers.items() if one.automatic]
    return round(fsum(automatic) / total, _DIGITS)
