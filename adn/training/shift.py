"""A shift: a scenario at a level with a seed, some of whose work a trainee does.

It is an ordinary run: the same twin, loop, logs and scores. What the trainee answered is recorded
with everybody else's answers, so `replay` lives the shift again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adn.base.clock import Millis
from adn.base.errors import AdnError, Finding
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.closedloop.controller import Briefing
from adn.closedloop.loop import ClosedLoop
from adn.closedloop.people.modelled import ModelledActor
from adn.closedloop.people.profile import DESK_ROLES, profile_of
from adn.closedloop.people.rota import tiredness_of
from adn.scenario.reader import LoadedScenario
from adn.session.assembly import Assembly, assemble, targets_of
from adn.session.run import References, Run, finish, play
from adn.topology.naming import closest
from adn.training.briefing import briefing_of
from adn.training.frontend import FrontEnd
from adn.training.prices import CLOCKS, ClockKind, Pacing, TurnClock, WallClock, prices_of
from adn.training.screens import Screens, Watched
from adn.training.seat import Seat

SEATS: Final = ("front-office", "back-office", "duty-lead")
"""Where a trainee sits unless told otherwise; the expert is a colleague to escalate to."""
FASTEST: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Shift:
    """What a shift is a shift of.

    Attributes:
        loaded: The scenario.
        level: Who does what.
        seed: Of everything that is drawn.
        roles: At whose desks the trainee sits.
        clock: Whether the world stands while they think.
        speed: Simulated seconds a second, on the wall clock.
        hints: Whether hints are given.
        routine: Whether figures without news are theirs to read, too.
        briefing: What else they are told before it begins.
        goals: What they are to learn.
        advice: What the first hint on a task adds, by its letter.
    """

    loaded: LoadedScenario
    level: AutonomyLevel
    seed: int
    roles: tuple[str, ...] = SEATS
    clock: ClockKind = "turn"
    speed: float = 10.0
    hints: bool = False
    routine: bool = False
    briefing: str = ""
    goals: tuple[str, ...] = ()
    advice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worked:
    """A shift that is over.

    Attributes:
        shift: What it was a shift of.
        run: The run that it left.
        left_at: When the trainee left before the end, simulated ms; None if they stayed.
    """

    shift: Shift
    run: Run
    left_at: Millis | None


def work(
    shift: Shift,
    front: FrontEnd,
    stopwatch: Callable[[], float] = lambda: 0.0,
    references: References | None = None,
) -> Worked:
    """Let a trainee work a shift.

    Args:
        shift: Which.
        front: Where they sit.
        stopwatch: Gives seconds since some instant; needed on the wall clock.
        references: What the do-nothing and oracle runs say of each fault, if they were made.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    plan = LevelPlan.of(shift.level)
    assembly = assemble(shift.loaded, plan, shift.seed, trainee=shift.roles)
    front.brief(briefing_of(shift, assembly))
    screens = Screens(assembly.briefing)
    seat = _seat(shift, assembly, front, screens, stopwatch)
    play(assembly, Watched(ClosedLoop(assembly.briefing, actor=seat), screens))
    return Worked(shift, finish(assembly, references), seat.left_at)


def _seat(
    shift: Shift,
    assembly: Assembly,
    front: FrontEnd,
    screens: Screens,
    stopwatch: Callable[[], float],
) -> Seat:
    briefing = assembly.briefing
    profile = profile_of(briefing.operations.profile, briefing.operations.profile_text)
    pacing: Pacing = TurnClock(prices_of(profile))
    if shift.clock == "wall":
        pacing = WallClock(shift.speed, stopwatch)
    return Seat(
        roles=shift.roles,
        front=front,
        colleagues=colleagues_of(briefing),
        screens=screens,
        pacing=pacing,
        end=briefing.duration,
        targets=targets_of(assembly),
        hints=shift.hints,
        routine=shift.routine,
        advice=shift.advice,
    )


def colleagues_of(briefing: Briefing) -> ModelledActor:
    """Return the modelled people of a run, who draw as they would without a trainee."""
    people = briefing.operations
    profile = profile_of(people.profile, people.profile_text)
    tired = tiredness_of(people, profile)
    return ModelledActor(profile, people.approval, briefing.key.child("people"), tired)


def roles_of(words: str) -> tuple[str, ...]:
    """Return the desks that some words name, `all` for every one.

    >>> roles_of("duty-lead,front-office"), len(roles_of("all"))
    (('front-office', 'duty-lead'), 4)

    Raises:
        AdnError: There is no such desk (TRN002).
    """
    if words == "all":
        return DESK_ROLES
    named = [word.strip() for word in words.split(",") if word.strip()]
    for name in named:
        if name not in DESK_ROLES:
            message = f"there is no desk '{name}'; there are {', '.join(DESK_ROLES)}, and all"
            raise AdnError(Finding("TRN002", message, hint=closest(name, DESK_ROLES)))
    if not named:
        message = f"a trainee sits somewhere; name a desk of {', '.join(DESK_ROLES)}, or all"
        raise AdnError(Finding("TRN002", message))
    return tuple(role for role in DESK_ROLES if role in named)


def level_of(word: str) -> AutonomyLevel:
    """Return the level of a name; a trainee is at one level everywhere.

    >>> level_of("L2").value
    'L2'

    Raises:
        AdnError: There is none of that name (TRN004).
    """
    if word not in list(AutonomyLevel):
        message = f"there is no level '{word}' to train at; there are L0 to L5"
        raise AdnError(Finding("TRN004", message))
    return AutonomyLevel(word)


def folder_of(run: Run, out: Path) -> Path:
    """Return the folder of a run that is written under `out`."""
    manifest = run.manifest
    return out / str(manifest["scenario"]) / str(manifest["level"]) / f"seed-{manifest['seed']}"


def clock_of(word: str, speed: float) -> ClockKind:
    """Return the clock of a name.

    Raises:
        AdnError: There is none of that name, or it cannot run that fast (TRN003).
    """
    for kind in CLOCKS:
        if word == kind:
            break
    else:
        message = f"there is no clock '{word}'; write --clock turn, or --clock wall with a --speed"
        raise AdnError(Finding("TRN003", message, hint=closest(word, CLOCKS)))
    if not 0.1 <= speed <= FASTEST:
        message = f"the wall clock runs 0.1 to {FASTEST:g} times as fast, not {speed:g} times"
        raise AdnError(Finding("TRN003", message))
    return kind
