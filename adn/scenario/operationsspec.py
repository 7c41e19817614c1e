"""The part of a scenario that says who runs the network: level, desks, crews, and their ways."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from adn.base.clock import MINUTE
from adn.base.levels import AutonomyLevel
from adn.closedloop.people.profile import known_profiles
from adn.closedloop.people.roster import DESKS, OperationsPlan
from adn.scenario.parts import Part
from adn.scenario.units import PositiveDuration, either, refusal, shown

_MOST: Final = 1000


def _level(value: Any) -> AutonomyLevel:
    levels = [level.value for level in AutonomyLevel]
    if value not in levels:
        raise refusal("SCN017", f"{shown(value)} is no level; write one of {', '.join(levels)}")
    return AutonomyLevel(value)


def _profile(value: Any) -> str:
    known = known_profiles()
    if value not in known:
        raise refusal("SCN017", f"{shown(value)} is no profile; write {either(list(known))}")
    return str(value)


Level = Annotated[AutonomyLevel, BeforeValidator(_level)]
Profile = Annotated[str, BeforeValidator(_profile)]


class DesksEntry(Part):
    """How many people sit at each desk (assumptions)."""

    front_office: int = Field(
        DESKS["front-office"],
        alias="front-office",
        ge=1,
        le=_MOST,
        description="Look at the screens, take calls and pages, name the domain.",
    )
    back_office: int = Field(
        DESKS["back-office"],
        alias="back-office",
        ge=1,
        le=_MOST,
        description="Find the cause and something to do about it, carry it out and check.",
    )
    expert: int = Field(
        DESKS["expert"],
        ge=1,
        le=_MOST,
        description="Take over what is beyond the back office, or beyond the system.",
    )
    duty_lead: int = Field(
        DESKS["duty-lead"],
        alias="duty-lead",
        ge=1,
        le=_MOST,
        description="Approve changes and look after promises.",
    )


class Operations(Part):
    """Who runs the network."""

    level: Level = Field(AutonomyLevel.L4, description="Autonomy level, unless the command says.")
    desks: DesksEntry = Field(DesksEntry.model_validate({}), description=str(DesksEntry.__doc__))
    field_crews: int = Field(
        3, ge=1, le=_MOST, description="How many crews can be out at a time (assumption)."
    )
    approval: PositiveDuration = Field(
        5 * MINUTE,
        description="Median time until a change is approved (assumption: nothing is published).",
    )
    poll: PositiveDuration = Field(
        15 * MINUTE,
        description="How often people look at their screens unasked (assumption).",
    )
    profile: Profile = Field(
        "noc-default", description="How long people take and how much they miss."
    )

    def plan(self) -> OperationsPlan:
        """Return what the operations side is told of it."""
        return OperationsPlan(
            desks=self.desks.model_dump(by_alias=True),
            field_crews=self.field_crews,
            approval=self.approval,
            poll=self.poll,
            profile=self.profile,
        )
