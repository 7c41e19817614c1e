"""The models of a suite file: every key, its meaning, its unit and its default."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from adn.base.levels import AutonomyLevel
from adn.scenario.parts import Name, OrText, Part, Slug, Text, contradiction
from adn.scenario.schema import FormatNumber
from adn.scenario.units import PositiveDuration, refusal, shown

MOST_SEEDS = 10_000


def _level(value: Any) -> AutonomyLevel:
    names = [level.value for level in AutonomyLevel]
    if value not in names:
        raise refusal("SCN017", f"{shown(value)} is no level; write one of {', '.join(names)}")
    return AutonomyLevel(value)


def _case(value: Any) -> Any:
    return {"scenario": value} if isinstance(value, str) else value


LevelName = Annotated[AutonomyLevel, BeforeValidator(_level)]


class CaseEntry(Part):
    """One scenario of the suite."""

    scenario: Name = Field(
        description="Name of a scenario of the library, or a file, relative to the suite."
    )
    weight: float = Field(1.0, gt=0, le=1000, description="Its share in means.")


class SeedRange(Part):
    """Seeds, the first and the last of them."""

    from_: int = Field(ge=0, le=10**9, alias="from", description="The first.")
    to: int = Field(ge=0, le=10**9, description="The last.")

    @model_validator(mode="after")
    def _forwards(self) -> SeedRange:
        if self.to < self.from_:
            raise contradiction("the last seed lies before the first", "to")
        if self.to - self.from_ >= MOST_SEEDS:
            raise contradiction(f"more than {MOST_SEEDS} seeds", "to")
        return self

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of them."""
        return tuple(range(self.from_, self.to + 1))


class BaselineEntry(Part):
    """Trivial locators, run beside the levels."""

    seeds: int = Field(ge=1, le=MOST_SEEDS, description="On so many of the first seeds.")


class ApprovalEntry(Part):
    """Runs in which changes are approved faster or slower than the scenario says."""

    levels: tuple[LevelName, ...] = Field(min_length=1, description="At which levels.")
    medians: tuple[PositiveDuration, ...] = Field(
        min_length=1, max_length=10, description="Medians of the time until a change is approved."
    )
    seeds: int = Field(ge=1, le=MOST_SEEDS, description="On so many of the first seeds.")


class CompareEntry(Part):
    """Paired statistics over the same seeds."""

    with_: LevelName = Field(alias="with", description="The level that others are held against.")


class CostEntry(Part):
    """What things cost, in units of the reader's choice; assumptions, all of them."""

    desk_hour: float = Field(0.0, ge=0, le=1e9, description="An hour at a desk.")
    field_hour: float = Field(0.0, ge=0, le=1e9, description="An hour in the field.")
    service_minute: float = Field(
        0.0, ge=0, le=1e9, description="A minute that a service is down or outside its limits."
    )


class Suite(Part):
    """Scenarios × levels × seeds, and what is asked of them."""

    adn: FormatNumber = Field(description="Format of the file: 1.")
    suite: Slug = Field(description="Name; results cite it as name@version.")
    version: int = Field(ge=1, le=10**6, description="Raised when the suite's content changes.")
    title: Text = Field(description="One line for people.")
    about: str = Field("", description="What it measures and why.")
    cases: tuple[
        Annotated[CaseEntry, BeforeValidator(_case), OrText("Name of a scenario, or a file.")], ...
    ] = Field(min_length=1, max_length=1000, description="The scenarios, one at least quiet.")
    levels: tuple[LevelName, ...] = Field(
        tuple(AutonomyLevel), min_length=1, description="The levels that are claimed."
    )
    seeds: SeedRange = Field(description=str(SeedRange.__doc__))
    baselines: BaselineEntry | None = Field(None, description=str(BaselineEntry.__doc__))
    approvals: ApprovalEntry | None = Field(None, description=str(ApprovalEntry.__doc__))
    compare: CompareEntry | None = Field(None, description=str(CompareEntry.__doc__))
    cost: CostEntry | None = Field(None, description=str(CostEntry.__doc__))
