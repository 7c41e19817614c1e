"""What lies on every desk: the loop's own locator and planner, run on what a person sees."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final

from adn.base.streams import Key
from adn.closedloop.correlating import Cause
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.locating import Diagnosis, Locator
from adn.closedloop.people.actor import WorkItem
from adn.closedloop.people.degraded import Eyes, handed_over, seen_by
from adn.closedloop.people.profile import Profile
from adn.closedloop.people.rota import RESTED, Tiredness
from adn.closedloop.planning import Plan, Planner
from adn.closedloop.view import SeriesKey, View
from adn.northbound.post import Candidate
from adn.northbound.telemetry import kpi

LATEST: Final = 3
"""So many samples are read off by hand."""
CLEAR_Z: Final = 12.0
"""A reading that is so many floors off is no noise (assumption)."""


class DeskTools:
    """A locator and a planner that show a person what follows from what they have noticed.

    `given` tells what the other incidents are put down to, by the id of one.

    Args:
        view: Everything that was observed.
        profile: How much people miss.
        key: Of all draws about people.
        locator: Makes the locator when it is first needed.
        planner: Makes the planner when it is first needed.
        tired: How tired people are.
    """

    def __init__(
        self,
        view: View,
        profile: Profile,
        key: Key,
        locator: Callable[[], Locator],
        planner: Callable[[], Planner],
        tired: Tiredness = RESTED,
    ) -> None:
        self._view, self._profile, self._key = view, profile, key
        self._make_locator, self._make_planner = locator, planner
        self._tired = tired
        self.given: Callable[[str], tuple[Cause, ...]] = lambda _incident: ()

    @cached_property
    def _locator(self) -> Locator:
        return self._make_locator()

    @cached_property
    def _planner(self) -> Planner:
        return self._make_planner()

    def diagnose(self, item: WorkItem) -> Diagnosis:
        """Return where the trouble is, as it looks to whoever has the work."""
        assert item.incident is not None
        seen = self._seen(item, item.incident)
        return self._locator.locate(item.incident, seen, self.given(item.incident.id))

    def plans(
        self, item: WorkItem, diagnosis: Diagnosis, excluded: frozenset[str]
    ) -> Sequence[Plan]:
        """Return what could be done about a diagnosis, as it looks to whoever has the work."""
        assert item.incident is not None
        seen = self._seen(item, item.incident)
        given = self.given(item.incident.id)
        return self._planner.plan(item.incident, diagnosis, seen, excluded, given)

    def _by_hand(self, incident: IncidentSnapshot) -> Iterator[tuple[SeriesKey, Candidate]]:
        """Yield what was measured by hand of an incident's services and is not as it should be.

        Whoever has no baselines has nothing to compare a latency with but the promise.
        """
        limits = {row.id: row.sla.latency_ms for row in self._view.network.rows.services}
        for name in incident.services:
            for measure, usual in (("loss", 0.0), ("latency", limits.get(name, math.inf))):
                held = self._view.series("service", name, measure)
                values = [x for x in held.values if math.isfinite(x)] if held else []
                worst = max(values[-LATEST:], default=0.0)
                known = kpi("service", measure)
                z = (worst - usual) / known.floor
                if z >= CLEAR_Z:
                    row = Candidate(name, measure, worst, usual, known.floor, z, z, LATEST)
                    yield ("service", name, measure), row

    def _seen(self, item: WorkItem, incident: IncidentSnapshot) -> View:
        """Return what whoever has the work has noticed, and was told by whom they relieved."""
        about = f"{incident.id}/{item.attempt}"
        eyes = Eyes(
            self._profile.skills[item.role],
            self._key,
            item.person,
            about,
            item.suggestion is not None,
            self._tired.misses(item.now),
        )
        seen, notes = seen_by(eyes, self._view, self._by_hand(incident)), self._profile.notes
        if item.hands and notes is not None:
            return handed_over(seen, notes, self._key, item.hands, about)
        return seen
