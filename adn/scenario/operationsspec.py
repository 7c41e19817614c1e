"""The part of a scenario that says who runs the network: level, desks, crews, and their ways."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from adn.base.clock import DAY, MINUTE, Millis
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.closedloop.people.profile import Profile as People
from adn.closedloop.people.profile import known_profiles, profile_of
from adn.closedloop.people.roster import DESKS, OperationsPlan, Shift
from adn.closedloop.people.rota import tiredness_of
from adn.northbound.problems import PROBLEM_CLASSES
from adn.scenario.parts import Part, contradiction
from adn.scenario.profilefile import is_file, text_of
from adn.scenario.units import PositiveDuration, TimeOfDay, either, refusal, shown
from adn.topology.naming import closest

_MOST: Final = 1000
_DEFAULT: Final = "default"
_DOMAINS: Final = (_DEFAULT, *sorted({row.domain for row in PROBLEM_CLASSES.values()}))
_LEVELS: Final = [level.value for level in AutonomyLevel]


def _level(value: Any) -> AutonomyLevel:
    if value not in _LEVELS:
        raise refusal("SCN017", f"{shown(value)} is no level; write one of {', '.join(_LEVELS)}")
    return AutonomyLevel(value)


def _plan(value: Any) -> LevelPlan:
    """Return one level for all, or a level by domain."""
    if isinstance(value, LevelPlan):
        return value
    if not isinstance(value, dict):
        return LevelPlan(_level(value))
    if not value:
        raise refusal("SCN015", "which level? write L4, or {default: L3, ip: L4}")
    levels, slips = {}, []
    for key, held in value.items():
        if key not in _DOMAINS:
            near = closest(str(key), _DOMAINS)
            right = f"perhaps {near}" if near else f"write {either(list(_DOMAINS))}"
            slips.append(f"{shown(key)} is no domain, {right}")
        elif held not in _LEVELS:
            slips.append(f"{shown(held)} is no level of {key}, write one of {', '.join(_LEVELS)}")
        else:
            levels[key] = AutonomyLevel(held)
    if slips:
        raise refusal("SCN017", "; ".join(slips))
    return LevelPlan.by_domain(
        {key: level for key, level in levels.items() if key != _DEFAULT}, levels.get(_DEFAULT)
    )


def _profile(value: Any) -> str:
    """Return the name of a profile, or of a file beside the scenario that holds one."""
    known = known_profiles()
    if isinstance(value, str) and is_file(value):
        if PurePath(value).is_absolute() or ".." in PurePath(value).parts:
            raise refusal("SCN018", f"{shown(value)} lies elsewhere; put it beside the scenario")
    elif value not in known:
        right = either([*known, "the name of a .yml file beside the scenario"])
        raise refusal("SCN017", f"{shown(value)} is no profile; write {right}")
    return str(value)


_ONE: Final = {"type": "string", "enum": _LEVELS}
Level = Annotated[
    LevelPlan,
    BeforeValidator(_plan),
    WithJsonSchema(
        {
            "anyOf": [
                _ONE,
                {
                    "type": "object",
                    "properties": dict.fromkeys(_DOMAINS, _ONE),
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
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


class ShiftDesks(Part):
    """How many people sit at each desk during a shift; what is left out is as outside of it."""

    front_office: int | None = Field(
        None, alias="front-office", ge=0, le=_MOST, description="At the front office."
    )
    back_office: int | None = Field(
        None, alias="back-office", ge=0, le=_MOST, description="At the back office."
    )
    expert: int | None = Field(None, ge=0, le=_MOST, description="Experts.")
    duty_lead: int | None = Field(
        None, alias="duty-lead", ge=0, le=_MOST, description="Duty leads."
    )


class ShiftEntry(Part):
    """A stretch of every day, with people of its own; the work in hand is handed over."""

    begins: TimeOfDay = Field(alias="from", description="Time of day at which it begins.")
    ends: TimeOfDay = Field(
        alias="to", description="Time of day at which it ends; past midnight if earlier."
    )
    desks: ShiftDesks = Field(
        ShiftDesks.model_validate({}),
        description="How many people sit at each desk then; nobody is 0, work waits.",
    )

    @model_validator(mode="after")
    def _takes_time(self) -> ShiftEntry:
        if self.begins == self.ends:
            raise contradiction("the shift ends as it begins; a whole day needs none", "to")
        return self

    def shift(self) -> Shift:
        """Return the shift."""
        desks = self.desks.model_dump(by_alias=True, exclude_none=True)
        return Shift(self.begins, self.ends, desks)


class Operations(Part):
    """Who runs the network."""

    level: Level = Field(
        LevelPlan(AutonomyLevel.L4),
        description="Autonomy level, unless the command says; or one by domain, such as "
        "`{default: L3, ip: L4}`: an incident is handled at the level of the domain it is put "
        "down to, everything before that at `default`, which is the lowest of them if left out.",
    )
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
        "noc-default",
        description="How long people take and how much they miss: "
        f"{either([f'`{name}`' for name in known_profiles()])}, or a file beside the scenario.",
    )
    shifts: tuple[ShiftEntry, ...] = Field(
        (),
        description="Who is there when, by `clock.starts`; without, the same people all the time.",
    )
    interrupts: bool = Field(
        False,
        description="Whether critical work takes people off what is less urgent (assumption: it "
        "waits for whoever is next free).",
    )
    fatigue: bool = Field(
        False,
        description="Whether people get slower and miss more at night and late in a shift.",
    )

    @model_validator(mode="after")
    def _shifts_fit(self) -> Operations:
        rows = [entry.shift() for entry in self.shifts]
        for number, row in enumerate(rows):
            for other in rows[:number]:
                if row.covers(other.begins) or other.covers(row.begins):
                    raise contradiction("two shifts overlap; nobody works in both", "shifts")
        for role in DESKS:
            desks = [row.desks.get(role, 1) for row in rows]
            if desks and not any(desks) and sum(map(_length, rows)) >= DAY:
                raise contradiction(f"nobody ever sits at the desk '{role}'", "shifts")
        if self.fatigue and not rows:
            said = "fatigue counts from the beginning of a shift; give shifts"
            raise contradiction(said, "fatigue")
        return self

    def plan(self, folder: Path, starts: Millis) -> OperationsPlan:
        """Return what the operations side is told of it.

        Args:
            folder: Where the scenario lies, and a profile of its own.
            starts: Time of day at the start, ms after midnight.

        Raises:
            AdnError: The file of the profile cannot be used (PPL001, PPL002, PPL004).
        """
        text = text_of(self.profile, folder)
        profile = profile_of(self.profile, text)
        plan = OperationsPlan(
            desks=self._seated(profile),
            field_crews=self.field_crews,
            approval=self.approval,
            poll=self.poll,
            profile=self.profile,
            profile_text=text,
            starts=starts,
            shifts=tuple(entry.shift() for entry in self.shifts),
            interrupts=self.interrupts,
            fatigue=self.fatigue,
        )
        tiredness_of(plan, profile)  # raises where the profile knows of none
        return plan

    def _seated(self, profile: People) -> dict[str, int]:
        """Return who sits at the desks by the scenario, else the profile, else by default."""
        stated = self.desks.model_dump(by_alias=True, exclude_unset=True)
        return {role: stated.get(role, profile.desks.get(role, n)) for role, n in DESKS.items()}


def _length(shift: Shift) -> Millis:
    return (shift.ends - shift.begins) % DAY
