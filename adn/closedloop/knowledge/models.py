"""Mechanism knowledge as data: how often each class of problem occurs and how it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from adn.base.clock import SECOND, Millis
from adn.northbound.problems import PROBLEM_CLASSES

Seen = Literal["passive", "present", "probe"]
Loses = Literal["", "direction", "destinations", "anywhere"]
ANYWHERE: Final = "anywhere"


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """One thing that may be seen.

    Attributes:
        name: Unique name.
        object_type: Of which type of object.
        stray: Chance that it is seen where nothing of the kind is wrong.
        seen: Whether its absence counts always, never, or where a probe has looked.
        probe: The command that looks for it, or empty.
        says: What it is, in words.
    """

    name: str
    object_type: str
    stray: float
    seen: Seen
    probe: str
    says: str


@dataclass(frozen=True, slots=True)
class Manifestation:
    """What a problem is expected to show, where, how surely and by when.

    Attributes:
        evidence: Name of the evidence.
        along: Edges to walk from the object, ``~`` backwards; empty for the object itself.
        chance: Probability that it shows at all.
        within_ms: Within what time of onset it is there, 0 for at once.
    """

    evidence: str
    along: tuple[str, ...]
    chance: float
    within_ms: Millis


@dataclass(frozen=True, slots=True)
class Milder:
    """How a problem shows where it is less than complete.

    Attributes:
        evidence: Of which kinds one shows then wherever the problem may show it.
        unless: What does not show then.
        share: Share of occurrences that are like that.
        chance: Probability that it shows in one place.
        spares: Evidence that is not to be missed then.
    """

    evidence: frozenset[str]
    unless: str
    share: float
    chance: float
    spares: frozenset[str]


@dataclass(frozen=True, slots=True)
class FaultModel:
    """How often a problem class occurs and how it shows.

    Attributes:
        problem: Public problem class.
        rate: Occurrences a year.
        per_km: Whether the rate is per km of duct.
        shows: What it is expected to show.
        disrupts: Edges to the directions it blackholes, or None if routing does not move.
        loses: What its lasting losses look like: those of a direction,
            towards destinations, or anywhere.
        source: Where the figures come from.
        milder: How it shows where it is less than complete, if that is known.
    """

    problem: str
    rate: float
    per_km: bool
    shows: tuple[Manifestation, ...]
    disrupts: tuple[str, ...] | None
    loses: Loses
    source: str
    milder: Milder | None = None


@dataclass(frozen=True, slots=True)
class FaultModels:
    """All mechanism knowledge.

    Attributes:
        evidence: What may be seen, by name.
        problems: How each problem class shows, by name.
        unknown_share: Share of incidents that no class describes.
        unknown_chance: Chance with which such an incident shows any one thing that is seen.
    """

    evidence: Mapping[str, EvidenceKind]
    problems: Mapping[str, FaultModel]
    unknown_share: float
    unknown_chance: float


@cache
def fault_models() -> FaultModels:
    """Return the models shipped with the product."""
    import yaml

    text = resources.files(__package__).joinpath("fault_models.yml").read_text(encoding="utf-8")
    return read_models(yaml.safe_load(text))


def read_models(tree: Mapping[str, Any]) -> FaultModels:
    """Return models from their tree.

    Raises:
        ValueError: A problem class, evidence or probability is not what it must be.
    """
    kinds = {
        name: EvidenceKind(
            name=name,
            object_type=row["object"],
            stray=_chance(row["stray"]),
            seen=row["seen"],
            probe=row.get("probe", ""),
            says=row["says"],
        )
        for name, row in tree["evidence"].items()
    }
    problems = {name: _model(name, row, kinds) for name, row in tree["problems"].items()}
    return FaultModels(
        evidence=kinds,
        problems=problems,
        unknown_share=_chance(tree["unknown"]["share"]),
        unknown_chance=_chance(tree["unknown"]["chance"]),
    )


def _model(name: str, row: Mapping[str, Any], kinds: Mapping[str, EvidenceKind]) -> FaultModel:
    if name not in PROBLEM_CLASSES:
        raise ValueError(f"{name!r} is no problem class; known are {', '.join(PROBLEM_CLASSES)}")
    for shown in row["shows"]:
        if shown["evidence"] not in kinds:
            raise ValueError(f"{name} shows {shown['evidence']!r}, which is no evidence")
    disrupts = row.get("disrupts")
    return FaultModel(
        problem=name,
        rate=float(row["prior"]["rate"]),
        per_km=row["prior"]["per"] == "km",
        shows=tuple(
            Manifestation(
                evidence=shown["evidence"],
                along=tuple(shown["along"]),
                chance=_chance(shown["chance"]),
                within_ms=round(shown.get("within_s", 0) * SECOND),
            )
            for shown in row["shows"]
        ),
        disrupts=None if disrupts is None else tuple(disrupts),
        loses=_loses(name, row.get("loses", "")),
        source=f"{row['prior']['source']}; {row['source']}",
        milder=_milder(name, row.get("milder"), kinds),
    )


def _milder(
    name: str, row: Mapping[str, Any] | None, kinds: Mapping[str, EvidenceKind]
) -> Milder | None:
    if row is None:
        return None
    for evidence in (*row["evidence"], row["unless"], *row["spares"]):
        if evidence not in kinds:
            raise ValueError(f"{name} is milder by {evidence!r}, which is no evidence")
    return Milder(
        evidence=frozenset(row["evidence"]),
        unless=row["unless"],
        share=_chance(row["share"]),
        chance=_chance(row["chance"]),
        spares=frozenset(row["spares"]),
    )


def _loses(name: str, value: str) -> Loses:
    for known in ("", "direction", "destinations", "anywhere"):
        if value == known:
            return known
    raise ValueError(f"{name} loses {value!r}, which is no form of loss")


def _chance(value: float) -> float:
    if not 0.0 < value < 1.0:
        raise ValueError(f"{value} is no chance; it must lie between 0 and 1, both left out")
    return float(value)
