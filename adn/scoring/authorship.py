"""Authorship: who set what is watched and allowed, and who said whether promises were kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from adn.scoring.assess import AUTHORS
from adn.scoring.log import RunLog


@dataclass(frozen=True, slots=True)
class Authorship:
    """Counts of settings by author, of evaluations, and of those that people made."""

    person: int
    derived: int
    self_set: int
    evaluations: int
    evaluated_by_people: int

    def as_json(self) -> dict[str, Any]:
        """Return the object of the scorecard."""
        return {
            "settings": {"person": self.person, "derived": self.derived, "self": self.self_set},
            "evaluations": self.evaluations,
            "evaluated_by_people": self.evaluated_by_people,
        }


def authorship_of(log: RunLog) -> Authorship:
    """Return whose the control information of a run is; an author nobody knows is a person."""
    authors = Counter(
        author if author in AUTHORS else "person"
        for author in (str(record.data["author"]) for record in log.kind("control.set"))
    )
    evaluated = [record.by for record in log.kind("intent.evaluated")]
    return Authorship(
        person=authors["person"],
        derived=authors["derived"],
        self_set=authors["self"],
        evaluations=len(evaluated),
        evaluated_by_people=evaluated.count("human"),
    )
