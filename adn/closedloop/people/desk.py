"""One desk: the people at it, and the work that waits for them.

Work is served by urgency, then in turn. Whatever is laid down before it is done, for something more
urgent or because the shift is over, joins those that wait and is taken up again; nothing is lost.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from simpy.events import Event

from adn.base.clock import Millis, SimClock

Why = Literal["interruption", "shift"]
MOST_URGENT: Final = 0
"""Only critical work interrupts, and it is never interrupted."""

Urgency = tuple[int, Millis]
"""Less is more urgent: the severity, then when the incident was opened."""


@dataclass(slots=True, eq=False)
class Place:
    """A piece of work in the queue of a desk, or in somebody's hands.

    Attributes:
        urgency: How urgent it is.
        number: In the order of arrival at the desk.
        taken: Happens when somebody takes it up; anew each time.
        person: Who has it; empty while it waits.
        keeper: Who laid it down and will take it up again; empty for anybody.
        why: Why it was laid down; empty if it never was.
        off: Happens when it has to be laid down; None while nobody can be taken off it.
    """

    urgency: Urgency
    number: int
    taken: Event
    person: str = ""
    keeper: str = ""
    why: Why | Literal[""] = ""
    off: Event | None = None

    def __lt__(self, other: Place) -> bool:
        """Return whether it is served first."""
        return (self.urgency, self.number) < (other.urgency, other.number)


class Desk:
    """People and the work before them.

    Args:
        clock: The loop's clock.
        people: Who is there.
        interrupts: Whether critical work takes people off what is less urgent.
    """

    def __init__(self, clock: SimClock, people: Sequence[str], *, interrupts: bool) -> None:
        self._clock, self._interrupts = clock, interrupts
        self._people, self._free = tuple(people), list(people)
        self._waiting: list[Place] = []
        self._in_hand: list[Place] = []
        self._count = 0

    def join(self, urgency: Urgency) -> Place:
        """Queue a piece of work."""
        self._count += 1
        place = Place(urgency, self._count, self._clock.event())
        insort(self._waiting, place)
        self._serve()
        return place

    def leave(self, place: Place) -> None:
        """Take a piece of work off the desk, done or not; whoever had it is free."""
        if not place.person:
            self._waiting.remove(place)
            return
        self._in_hand.remove(place)
        self._release(place.person)
        # Whoever waits is served after everything else that is due now, as they will have heard.
        heard = self._clock.event()
        heard.callbacks.append(lambda _event: self._serve())
        heard.succeed()

    def on_it(self, place: Place) -> Event:
        """Return the event of somebody having to lay down what they begin to work at now."""
        place.off = self._clock.event()
        off = place.off
        if place.person not in self._people:
            self._lay_down(place, "shift")
        self._serve()
        return off

    def off_it(self, place: Place) -> None:
        """Say that nobody can be taken off a piece of work for now."""
        place.off = None

    def relieve(self, people: Sequence[str]) -> None:
        """Let other people take over; what is in hand is laid down, for anybody to take up."""
        self._people, self._free = tuple(people), list(people)
        for place in list(self._in_hand):
            if place.off is not None:
                self._lay_down(place, "shift")
        for place in self._waiting:
            if place.keeper:
                place.keeper, place.why = "", "shift"
        self._serve()

    # --- serving ---

    def _serve(self) -> None:
        """Give work to whoever is free, and what is critical to whoever can be taken off."""
        for place in list(self._waiting):
            urgent = place.urgency[0] == MOST_URGENT
            if not self._free and not (urgent and self._interrupts):
                return
            person = self._whoever(place)
            if person:
                self._give(place, person)
            elif urgent and self._interrupts:
                self._interrupt_for(place)

    def _whoever(self, place: Place) -> str:
        if place.keeper:
            return place.keeper if place.keeper in self._free else ""
        return self._free[0] if self._free else ""

    def _interrupt_for(self, urgent: Place) -> None:
        """Take someone off the least urgent work there is, of two alike the later begun."""
        others = [
            place
            for place in self._in_hand
            if place.off is not None and place.urgency[0] > MOST_URGENT
        ]
        if others:
            least = max(others)
            person = least.person
            self._lay_down(least, "interruption")
            self._give(urgent, person)

    def _give(self, place: Place, person: str) -> None:
        self._waiting.remove(place)
        self._free.remove(person)
        self._in_hand.append(place)
        place.person, place.keeper = person, ""
        place.taken.succeed(person)

    def _lay_down(self, place: Place, why: Why) -> None:
        off, person = place.off, place.person
        assert off is not None
        self._in_hand.remove(place)
        place.keeper = person if why == "interruption" else ""
        place.person, place.why, place.off = "", why, None
        place.taken = self._clock.event()
        insort(self._waiting, place)
        self._release(person)
        off.succeed(why)

    def _release(self, person: str) -> None:
        if person in self._people and person not in self._free:
            insort(self._free, person)
