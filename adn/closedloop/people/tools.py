"""What lies on every desk: the loop's own locator and planner, run on what a person sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.locating import Diagnosis, Locator
from adn.closedloop.people.degraded import Eyes, seen_by
from adn.closedloop.people.profile import Profile
from adn.closedloop.planning import Plan, Planner
from adn.closedloop.view import View


class DeskTools:
    """A locator and a planner that show a person what follows from what they have noticed.

    Args:
        view: Everything that was observed.
        profile: How much people miss.
        key: Of all draws about people.
        locator: Makes the locator when it is first needed.
        planner: Makes the planner when it is first needed.
    """

    def __init__(
        self,
        view: View,
        profile: Profile,
        key: Key,
        locator: Callable[[], Locator],
        planner: Callable[[], Planner],
    ) -> None:
        self._view, self._profile, self._key = view, profile, key
        self._make_locator, self._make_planner = locator, planner

    @cached_property
    def _locator(self) -> Locator:
        return self._make_locator()

    @cached_property
    def _planner(self) -> Planner:
        return self._make_planner()

    def diagnose(self, incident: IncidentSnapshot, eyes: Eyes) -> Diagnosis:
        """Return where the trouble is, as it looks through someone's eyes."""
        seen = seen_by(eyes, self._view)
        return self._locator.locate(incident, seen)

    def plans(
        self,
        incident: IncidentSnapshot,
        diagnosis: Diagnosis,
        eyes: Eyes,
        excluded: frozenset[str],
    ) -> Sequence[Plan]:
        """Return what could be done about a diagnosis, as it looks through someone's eyes."""
        seen = seen_by(eyes, self._view)
        return self._planner.plan(incident, diagnosis, seen, excluded)

    def eyes(self, role: str, person: str, about: str) -> Eyes:
        """Return the eyes of a person of a role on something."""
        return Eyes(self._profile.skills[role], self._key, person, about)
