"""The rota: who is on duty at an instant, since when, and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adn.base.clock import DAY, Millis
from adn.base.errors import AdnError, Finding
from adn.closedloop.people.profile import Profile
from adn.closedloop.people.roster import OperationsPlan, Shift

TRAINEE: Final = "trainee"
"""What logs call the one who is trained."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Those who are on duty together.

    Attributes:
        since: When they began, simulated ms; before the run's start where they were there already.
        people: Names by role.
    """

    since: Millis
    people: Mapping[str, tuple[str, ...]]


class Rota:
    """Who is on duty.

    Without shifts the same people are there all the time. With them everybody goes home at the end
    of a shift, and whoever comes is somebody else; between shifts there are the desks of the plan.

    Args:
        desks: How many people by role, outside of shifts.
        shifts: Stretches of the day that do not overlap.
        starts: Time of day at instant 0, ms after midnight.
        trainee: Roles whose people are one trainee, who stays for the whole run.
    """

    def __init__(
        self,
        desks: Mapping[str, int],
        shifts: Sequence[Shift] = (),
        starts: Millis = 0,
        trainee: Sequence[str] = (),
    ) -> None:
        self.trainee = tuple(trainee)
        self._desks, self._shifts, self._starts = dict(sorted(desks.items())), shifts, starts
        self._bounds = sorted({at for s in shifts for at in (s.begins, s.ends)})

    def on_duty(self, now: Millis) -> Duty:
        """Return those who are on duty at an instant."""
        if not self._bounds:
            return Duty(0, self._people(self._desks, ""))
        since = self.time_of_day(now)
        begun = max((at for at in self._bounds if at <= since), default=self._bounds[-1])
        desks = dict(self._desks)
        for shift in self._shifts:
            if shift.covers(since):
                desks |= shift.desks
        label = f"@{begun // 3_600_000:02d}:{begun // 60_000 % 60:02d}"
        return Duty(now - (since - begun) % DAY, self._people(desks, label))

    def _people(self, desks: Mapping[str, int], label: str) -> Mapping[str, tuple[str, ...]]:
        named = {role: _names(role, count, label) for role, count in sorted(desks.items())}
        return named | dict.fromkeys(self.trainee, (TRAINEE,))

    def changes(self, until: Millis) -> Iterator[Millis]:
        """Yield, in order, the instants after 0 and before `until` at which a shift changes."""
        found = sorted((at - self._starts) % DAY for at in self._bounds)
        for day in range(0, until, DAY):
            yield from (day + at for at in found if 0 < day + at < until)

    def time_of_day(self, now: Millis) -> Millis:
        """Return what the clock on the wall says, ms after midnight."""
        return (self._starts + now) % DAY

    def at_work(self, now: Millis) -> Millis:
        """Return for how long those on duty have been there, ms."""
        return now - self.on_duty(now).since


@dataclass(frozen=True, slots=True)
class Tiredness:
    """How tired people are at an instant; everybody on a shift is as tired as the others.

    Attributes:
        slower: Gives the factor on durations.
        misses: Gives the factor on chances to miss something.
    """

    slower: Callable[[Millis], float] = lambda _now: 1.0
    misses: Callable[[Millis], float] = lambda _now: 1.0


RESTED: Final = Tiredness()
"""Nobody gets tired."""


def rota_of(plan: OperationsPlan) -> Rota:
    """Return the rota of a plan."""
    return Rota(plan.desks, plan.shifts, plan.starts, plan.trainee)


def tiredness_of(plan: OperationsPlan, profile: Profile) -> Tiredness:
    """Return how tired people get.

    Raises:
        AdnError: They are to get tired, and the profile says nothing of it (PPL004).
    """
    if not plan.fatigue:
        return RESTED
    if profile.fatigue is None:
        message = f"the profile '{profile.name}' says nothing of fatigue; give it a 'fatigue' part"
        raise AdnError(Finding("PPL004", message))
    rota, fatigue = rota_of(plan), profile.fatigue
    return Tiredness(
        lambda now: fatigue.slower(rota.time_of_day(now), rota.at_work(now)),
        lambda now: fatigue.misses(rota.time_of_day(now), rota.at_work(now)),
    )


def _names(role: str, count: int, label: str) -> tuple[str, ...]:
    return tuple(f"{role}-{number}{label}" for number in range(1, count + 1))
