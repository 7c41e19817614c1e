"""Profiles: how long people take and how much they miss, as data that names its sources.

A profile is a YAML file, one row for each (role, task, condition). A row without a source is
refused; ``assumption`` is a legal source and is counted in every report.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np

from adn.base.clock import UNITS, Millis
from adn.base.errors import AdnError, Finding, Position
from adn.base.levels import Task
from adn.base.sampling import ASSUMPTION

CONDITIONS: Final = ("alone", "suggested", "each", "call", "known", "handover")
"""Without a suggestion, with one, for each further thing, with a customer on the telephone, with
one whose trouble is known, and to take over from another desk."""
ROLES: Final = ("front-office", "back-office", "expert", "duty-lead")
SIGNS: Final = ("alarm", "departure", "ticket", "probe")
APPROVAL: Final = "approval"
"""Stands for a median that the scenario sets."""

_ROW: Final = frozenset({"role", "task", "when", "dist", "median", "sigma", "unit", "source"})
_SKILL: Final = frozenset({"role", "overlooks", "misreads", "slips", "source"})

TimingKey = tuple[str, str, str]
"""Role, task and condition."""


@dataclass(frozen=True, slots=True)
class TimingRow:
    """How long one kind of work takes: log-normal; a sigma of zero means always the median.

    Attributes:
        median: Simulated ms; None where the scenario sets it.
        sigma: Standard deviation of the logarithm.
        source: A publication, or ``assumption``.
    """

    median: float | None
    sigma: float
    source: str

    def draw(self, stream: np.random.Generator, approval: Millis) -> float:
        """Return one duration, simulated ms."""
        median = float(approval) if self.median is None else self.median
        return median * math.exp(self.sigma * float(stream.standard_normal()))


@dataclass(frozen=True, slots=True)
class Skill:
    """How much a role misses.

    Attributes:
        overlooks: Probability that a sign of a kind is not seen.
        misreads: Probability that it is taken for its neighbour.
        slips: Probability of choosing the second best where the best is known.
        source: A publication, or ``assumption``.
    """

    overlooks: Mapping[str, float]
    misreads: Mapping[str, float]
    slips: float
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    """How the people of one organisation work.

    Attributes:
        name: Of the file.
        difficulty: Standard deviation of the logarithm of the factor that all work on one
            incident shares.
        difficulty_source: Where that comes from.
        timings: By role, task and condition.
        skills: By role.
    """

    name: str
    difficulty: float
    difficulty_source: str
    timings: Mapping[TimingKey, TimingRow]
    skills: Mapping[str, Skill]

    def timing(self, role: str, task: str, when: str) -> TimingRow | None:
        """Return a row, or None where the work is said to take no time."""
        return self.timings.get((role, task, when))

    def rests_on_assumptions(self, roles: frozenset[tuple[str, str]]) -> int:
        """Return how many rows that work of these (role, task) draws on are assumptions."""
        rows = sum(
            row.source == ASSUMPTION
            for (role, task, when), row in self.timings.items()
            if (role, task) in roles or (when == "handover" and role in {r for r, _ in roles})
        )
        skills = {role for role, _ in roles} & self.skills.keys()
        rows += sum(self.skills[role].source == ASSUMPTION for role in skills)
        return rows + (bool(roles) and self.difficulty_source == ASSUMPTION)


def known_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the product, sorted."""
    folder = resources.files("adn.closedloop.people").joinpath("profiles")
    return tuple(sorted(f.name[:-4] for f in folder.iterdir() if f.name.endswith(".yml")))


@cache
def profile_of(name: str) -> Profile:
    """Return a profile that comes with the product.

    Raises:
        AdnError: There is none of that name (PPL001).
    """
    if name not in known_profiles():
        known = ", ".join(known_profiles())
        raise AdnError(Finding("PPL001", f"there is no profile '{name}'; there are: {known}"))
    file = resources.files("adn.closedloop.people").joinpath("profiles", f"{name}.yml")
    return read_profile(name, file.read_text(encoding="utf-8"))


def read_profile(name: str, text: str) -> Profile:
    """Return the profile in a text.

    Raises:
        AdnError: It is no profile, or a row lacks its source (PPL002); all findings at once.
    """
    import yaml

    body = yaml.safe_load(text)
    wrong: list[str] = []
    if not isinstance(body, dict) or not {"difficulty", "timings", "skills"} <= body.keys():
        wrong.append("a profile has difficulty, timings and skills")
        body = {}
    timings = dict(_timings(body.get("timings", ()), wrong))
    skills = dict(_skills(body.get("skills", ()), wrong))
    difficulty = body.get("difficulty", {})
    if not difficulty.get("source"):
        wrong.append("difficulty has no source; name one, or write source: assumption")
    if wrong:
        place = Position(f"{name}.yml")
        raise AdnError([Finding("PPL002", message, place) for message in wrong])
    return Profile(name, float(difficulty["sigma"]), difficulty["source"], timings, skills)


def _timings(rows: Any, wrong: list[str]) -> Iterator[tuple[TimingKey, TimingRow]]:
    seen: set[TimingKey] = set()
    for row in rows:
        key = (str(row.get("role")), str(row.get("task")), str(row.get("when")))
        said = "/".join(key)
        if not row.get("source"):
            wrong.append(f"{said} has no source; name one, or write source: assumption")
        elif row.keys() != _ROW or key[0] not in ROLES or key[2] not in CONDITIONS:
            wrong.append(f"{said} is no row; it has {', '.join(sorted(_ROW))}")
        elif key[1] not in {*Task} or row["dist"] != "lognormal" or row["unit"] not in UNITS:
            wrong.append(f"{said} names an unknown task, distribution or unit")
        elif key in seen:
            wrong.append(f"{said} stands twice")
        else:
            seen.add(key)
            given = row["median"]
            median = None if given == APPROVAL else float(given) * UNITS[row["unit"]]
            yield key, TimingRow(median, float(row["sigma"]), str(row["source"]))


def _skills(rows: Any, wrong: list[str]) -> Iterator[tuple[str, Skill]]:
    for row in rows:
        role = str(row.get("role"))
        if not row.get("source"):
            wrong.append(f"the skill of {role} has no source; name one, or write assumption")
        elif row.keys() != _SKILL or role not in ROLES:
            wrong.append(f"the skill of {role} is no row; it has {', '.join(sorted(_SKILL))}")
        elif {*row["overlooks"]} != {*SIGNS} or {*row["misreads"]} != {*SIGNS}:
            wrong.append(f"the skill of {role} must say what it misses of {', '.join(SIGNS)}")
        else:
            overlooks = {sign: float(row["overlooks"][sign]) for sign in SIGNS}
            misreads = {sign: float(row["misreads"][sign]) for sign in SIGNS}
            yield role, Skill(overlooks, misreads, float(row["slips"]), str(row["source"]))
