"""Profiles: how long people take and how much they miss, as data that names its sources.

A profile is a YAML file, one row for each (role, task, condition). A row without a source is
refused; ``assumption`` is a legal source and is counted in every report.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from adn.base.clock import HOUR, Millis
from adn.base.errors import AdnError, Finding
from adn.base.sampling import ASSUMPTION

CONDITIONS: Final = (
    "alone",
    "suggested",
    "each",
    "call",
    "known",
    "handover",
    "resume",
    "shift",
    "dispatch",
    "fruitless",
)
"""Without a suggestion, with one, for each further thing, with a customer on the telephone, with
one whose trouble is known, to take over from another desk, to come back to what was interrupted, to
take over at a change of shift; of crews, to set out, and to drive for nothing."""
ANY: Final = "any"
"""Stands for every task, in rows of ``resume`` and ``shift``."""
FIELD: Final = "field"
DESK_ROLES: Final = ("front-office", "back-office", "expert", "duty-lead")
ROLES: Final = (*DESK_ROLES, FIELD)
SIGNS: Final = ("alarm", "departure", "ticket", "probe")
APPROVAL: Final = "approval"
"""Stands for a median that the scenario sets."""

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
        fruitless: Of crews: probability that a visit ends nothing, and another is needed.
    """

    overlooks: Mapping[str, float]
    misreads: Mapping[str, float]
    slips: float
    source: str
    fruitless: float = 0.0


@dataclass(frozen=True, slots=True)
class Notes:
    """How much is lost when work is handed over at a change of shift.

    Attributes:
        lost: Probability that a sign that was noticed was not written down.
        source: A publication, or ``assumption``.
    """

    lost: float
    source: str


@dataclass(frozen=True, slots=True)
class Fatigue:
    """How much more tired people miss, and how much slower they are.

    Attributes:
        night: From when to when it is night, ms after midnight.
        misses_at_night: Factor on every chance to miss something, at night.
        fresh_for: For how long of a shift nothing more is missed, ms.
        misses_double: After so much longer twice as much is missed, ms.
        misses_source: Where that comes from.
        slower_at_night: Factor on every duration, at night.
        slower_per_hour: Added to that factor for each hour since the shift began.
        slower_source: Where that comes from.
    """

    night: tuple[Millis, Millis]
    misses_at_night: float
    fresh_for: Millis
    misses_double: Millis
    misses_source: str
    slower_at_night: float
    slower_per_hour: float
    slower_source: str

    def at_night(self, time_of_day: Millis) -> bool:
        """Return whether a time of day, ms after midnight, is night."""
        begins, ends = self.night
        if begins <= ends:
            return begins <= time_of_day < ends
        return time_of_day >= begins or time_of_day < ends

    def slower(self, time_of_day: Millis, at_work: Millis) -> float:
        """Return the factor on durations, for someone who has been at work for so long, ms."""
        night = self.slower_at_night if self.at_night(time_of_day) else 1.0
        return night * (1.0 + self.slower_per_hour * at_work / HOUR)

    def misses(self, time_of_day: Millis, at_work: Millis) -> float:
        """Return the factor on chances to miss something."""
        night = self.misses_at_night if self.at_night(time_of_day) else 1.0
        return float(night * 2.0 ** (max(0, at_work - self.fresh_for) / self.misses_double))


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
        desks: How many people it has by role, unless the scenario says.
        notes: What is lost at a change of shift; None where nothing is said of it.
        fatigue: What tiredness does; None where nothing is said of it.
    """

    name: str
    difficulty: float
    difficulty_source: str
    timings: Mapping[TimingKey, TimingRow]
    skills: Mapping[str, Skill]
    desks: Mapping[str, int] = field(default_factory=dict)
    notes: Notes | None = None
    fatigue: Fatigue | None = None

    def timing(self, role: str, task: str, when: str) -> TimingRow | None:
        """Return a row, or None where the work is said to take no time."""
        return self.timings.get((role, task, when)) or self.timings.get((role, ANY, when))

    def sources(self) -> tuple[str, ...]:
        """Return the source of everything that the profile says, one entry a row."""
        parts = [self.difficulty_source]
        parts += [row.source for row in self.timings.values()]
        parts += [row.source for row in self.skills.values()]
        parts += [self.notes.source] if self.notes else []
        if self.fatigue:
            parts += [self.fatigue.misses_source, self.fatigue.slower_source]
        return tuple(parts)

    def rests_on_assumptions(
        self, roles: frozenset[tuple[str, str]], *, shifts: bool = False, fatigue: bool = False
    ) -> int:
        """Return how many rows that a run drew on are assumptions.

        Args:
            roles: The (role, task) that were worked at, and (role, ``resume``) or (role,
                ``shift``) where work was taken up again.
            shifts: Whether work was handed over at a change of shift.
            fatigue: Whether people got tired.
        """
        asked = {role for role, _ in roles}
        rows = sum(
            row.source == ASSUMPTION
            for (role, task, when), row in self.timings.items()
            if (role, when if task == ANY else task) in roles
            or (when == "handover" and role in asked)
        )
        rows += sum(self.skills[r].source == ASSUMPTION for r in asked & self.skills.keys())
        if shifts and self.notes:
            rows += self.notes.source == ASSUMPTION
        if fatigue and self.fatigue:
            told = (self.fatigue.misses_source, self.fatigue.slower_source)
            rows += sum(source == ASSUMPTION for source in told)
        return rows + (bool(roles) and self.difficulty_source == ASSUMPTION)


def known_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the product, sorted."""
    folder = resources.files("adn.closedloop.people").joinpath("profiles")
    return tuple(sorted(f.name[:-4] for f in folder.iterdir() if f.name.endswith(".yml")))


@cache
def profile_of(name: str, text: str = "") -> Profile:
    """Return a profile: that of a text, or one that comes with the product.

    Args:
        name: Its name, or that of the file that the text is of.
        text: What the file holds; empty for one that comes with the product.

    Raises:
        AdnError: There is none of that name (PPL001), or it is none (PPL002).
    """
    from adn.closedloop.people.reading import read_profile

    if text:
        return read_profile(name, text)
    if name not in known_profiles():
        known = ", ".join(known_profiles())
        raise AdnError(Finding("PPL001", f"there is no profile '{name}'; there are: {known}"))
    file = resources.files("adn.closedloop.people").joinpath("profiles", f"{name}.yml")
    return read_profile(f"{name}.yml", file.read_text(encoding="utf-8"))
