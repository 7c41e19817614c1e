"""Faults as scenario files write them: what strikes where and when, and kinds made of data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast, get_args

from pydantic import BeforeValidator, Field, model_validator

from adn.base.sampling import Timing
from adn.faults.kinds import TargetType
from adn.scenario.distributions import SCENARIO, Instant
from adn.scenario.parts import Name, OrText, Part, Scalar, Slug, Text, contradiction
from adn.scenario.units import Duration, PositiveDuration, either
from adn.twin.properties import Unit


class Choice(Part):
    """One object by its id, or some picked by the seed."""

    id: Name | None = Field(None, description="Id of the one object; a plain text says the same.")
    pick: int | None = Field(None, ge=1, le=1000, description="How many the seed picks.")
    of: tuple[Name, ...] | None = Field(None, min_length=1, description="Pick among these ids.")
    busiest: int | None = Field(
        None, ge=1, le=1_000_000, description="Pick among so many with the most traffic."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Choice:
        if self.id is None and self.pick is None:
            raise contradiction("which one? write its id, or pick: 1", code="SCN015")
        filters = [name for name in type(self).model_fields if name != "id"]
        chosen = [name.rstrip("_") for name in filters if getattr(self, name) is not None]
        if self.id is not None and chosen:
            raise contradiction(
                f"'id' names the object, so '{chosen[0]}' has nothing to choose; drop one",
                chosen[0],
            )
        return self


class DuctChoice(Choice):
    """A duct, by id or picked."""

    min_links: int | None = Field(
        None, ge=1, le=10_000, description="Only ducts that hold at least so many links."
    )


class BetweenChoice(Choice):
    """What has two ends."""

    between: tuple[Name, ...] | None = Field(
        None, min_length=2, description="Only links whose two ends are both among these elements."
    )
    site: Name | None = Field(None, description="Only links whose two ends stand at this site.")


class LinkChoice(BetweenChoice):
    """A link, by id or picked."""

    kinds: tuple[Slug, Slug] | None = Field(
        None,
        description="Only links that join an element of the one kind to one of the other, such as "
        "`[leaf, spine]`; the two may be the same.",
    )


class DirectionChoice(BetweenChoice):
    """One direction of a link (`a>z`), by id or picked."""

    from_: Slug | None = Field(
        None, alias="from", description="Only directions in which an element of this kind sends."
    )
    to: Slug | None = Field(
        None, description="Only directions in which an element of this kind receives."
    )


class ElementChoice(Choice):
    """An element, by id or picked."""

    kind: Slug | None = Field(None, description="Only elements of this kind, such as `spine`.")
    site: Name | None = Field(None, description="Only elements at this site.")


class CardChoice(Choice):
    """A line card, by id or picked."""

    kind: Slug | None = Field(None, description="Only cards in elements of this kind.")
    site: Name | None = Field(None, description="Only cards in elements at this site.")


class FeedChoice(Choice):
    """A power feed, by id or picked."""

    site: Name | None = Field(None, description="Only feeds of this site.")


def _by_id(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


_BY_ID: Final = BeforeValidator(_by_id)
_OR_ID: Final = OrText("an id")


class Target(Part):
    """What a fault strikes: one object, or several of one type."""

    duct: Annotated[DuctChoice, _BY_ID, _OR_ID] | None = Field(None, description="A duct.")
    link: Annotated[LinkChoice, _BY_ID, _OR_ID] | None = Field(None, description="A link.")
    direction: Annotated[DirectionChoice, _BY_ID, _OR_ID] | None = Field(
        None, description="One direction of a link."
    )
    element: Annotated[ElementChoice, _BY_ID, _OR_ID] | None = Field(
        None, description="An element."
    )
    card: Annotated[CardChoice, _BY_ID, _OR_ID] | None = Field(None, description="A line card.")
    feed: Annotated[FeedChoice, _BY_ID, _OR_ID] | None = Field(None, description="A power feed.")

    @model_validator(mode="after")
    def _just_one(self) -> Target:
        named = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(named) != 1:
            given, types = " and ".join(named) or "none", either(list(type(self).model_fields))
            raise contradiction(f"a target is one of {types}, not {given}", code="SCN015")
        return self

    @property
    def table(self) -> TargetType:
        """The type of object that is struck."""
        named = (name for name in get_args(TargetType) if getattr(self, name) is not None)
        return cast("TargetType", next(named))

    @property
    def choice(self) -> Choice:
        """Which object, or how it is picked."""
        choice: Choice = getattr(self, self.table)
        return choice


class FaultEntry(Part):
    """A fault that will strike, or several of one kind."""

    kind: Slug = Field(description="Fault kind: built in (`adn list faults`), or under `kinds:`.")
    at: Instant | None = Field(
        None, description="When, from the start of the run; `45min` or a distribution."
    )
    between: tuple[Duration, Duration] | None = Field(
        None,
        description="Instead of `at`: at any time between two, all equally likely, such as "
        "`[1h, 23h]`.",
    )
    count: int = Field(
        1,
        ge=1,
        le=10_000,
        description="How often it strikes. Each strike draws its own time and object; none is "
        "struck twice before each that may be picked was struck once.",
    )
    area: Name | None = Field(
        None, description="In a federation: the area it strikes; any, in proportion to their sizes."
    )
    target: Target = Field(description="What it strikes.")
    with_: Mapping[str, Scalar] = Field(
        {}, alias="with", description="Parameters of the kind (`adn show fault KIND`)."
    )
    for_: Instant | None = Field(
        None,
        alias="for",
        description="It is over by itself after so long, unless repaired before; without it, it "
        "stays until it is repaired.",
    )

    @model_validator(mode="after")
    def _some_time(self) -> FaultEntry:
        if self.at is None and self.between is None:
            raise contradiction("when? write at: 45min, or between: [1h, 2h]", code="SCN015")
        if self.at is not None and self.between is not None:
            raise contradiction("'at' and 'between' both say when; keep one", "between")
        if self.between is not None and self.between[1] < self.between[0]:
            raise contradiction("'between' ends before it begins; swap the two", "between")
        if self.count > 1 and self.target.choice.pick not in (None, 1):
            raise contradiction("'count' strikes one object each time; write pick: 1", "count")
        return self

    def timing(self) -> Timing:
        """Return when it strikes, as a value."""
        if self.between is not None:
            low, high = self.between
            return Timing("uniform", float(low), float(high), SCENARIO)
        assert self.at is not None
        return self.at.timing()

    def lasting(self) -> Timing | None:
        """Return after how long it is over by itself; None if it is not."""
        return None if self.for_ is None else self.for_.timing()


class ConstantCourse(Part):
    """Full strength from onset on."""

    shape: Literal["constant"] = Field(description="Name of the course.")


class RampCourse(Part):
    """Grows linearly from nothing to full strength."""

    shape: Literal["ramp"] = Field(description="Name of the course.")
    over: PositiveDuration = Field(description="How long it grows.")
    steps: int = Field(60, ge=1, le=1000, description="In how many steps.")


class IntermittentCourse(Part):
    """On and off and on again; both times are drawn with these means."""

    shape: Literal["intermittent"] = Field(description="Name of the course.")
    on: PositiveDuration = Field(description="Mean time at full strength.")
    off: PositiveDuration = Field(description="Mean time at nothing.")


COURSES: Final[Mapping[str, type[Part]]] = {
    "constant": ConstantCourse,
    "intermittent": IntermittentCourse,
    "ramp": RampCourse,
}
CourseEntry = Annotated[
    ConstantCourse | RampCourse | IntermittentCourse, Field(discriminator="shape")
]


class ImpairmentEntry(Part):
    """A condition that a fault changes."""

    property: Name = Field(description="Condition column (`adn list properties`).")
    op: Literal["set", "add", "scale"] = Field("set", description="How it is changed.")
    value: Scalar = Field(description="With its unit, a factor for `scale`, or `$parameter`.")
    of: Literal["target", "directions", "links", "sending", "receiving"] = Field(
        "target", description="Which objects, seen from the target."
    )
    part: Name | None = Field(None, description="The part that bears it, if not the usual one.")
    course: CourseEntry = Field(
        ConstantCourse(shape="constant"), description="How its strength runs in time."
    )


class ParameterEntry(Part):
    """A number that whoever uses the kind may choose."""

    unit: Unit = Field(description="Its unit.")
    default: Scalar = Field(description="Its value where nothing is said.")
    low: Scalar = Field(description="Smallest allowed.")
    high: Scalar = Field(description="Largest allowed.")
    says: Text = Field(description="What it is.")
    source: Text = Field(description="Where the default comes from, or `assumption`.")


class RateEntry(Part):
    """How often the kind occurs, where that is published."""

    value: float = Field(ge=0, description="The number.")
    unit: Text = Field(description="Of what, such as `per 1000 km and year`.")
    source: Text = Field(description="Publication.")


class KindEntry(Part):
    """A kind of fault made of data."""

    name: Slug = Field(description="As `faults:` calls it.")
    says: Text = Field(description="What happens, in one sentence.")
    target: TargetType = Field(description="What it strikes.")
    problem: Slug = Field(description="Public problem class of the answer (`adn list problems`).")
    domain: Slug | None = Field(None, description="Domain of the answer; that of the problem.")
    impairments: tuple[ImpairmentEntry, ...] = Field(
        min_length=1, max_length=100, description="The conditions it changes."
    )
    parameters: Mapping[str, ParameterEntry] = Field({}, description="Numbers one may choose.")
    rate: RateEntry | None = Field(None, description="How often it occurs.")
    observability: str = Field("", description="What is expected to be seen.")
    mitigated_by: tuple[Slug, ...] = Field((), description="Commands expected to restore service.")
    repaired_by: tuple[Slug, ...] = Field((), description="Commands expected to end it.")
    grey: bool = Field(False, description="Whether element state stays healthy.")
