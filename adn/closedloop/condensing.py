"""Alarm filtering: of all the alarms of an incident, the few that a person need see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause

LOWEST_FIRST: Final = (
    ProbableCause.POWER_PROBLEM,
    ProbableCause.LOSS_OF_SIGNAL,
    ProbableCause.SOFTWARE_ERROR,
    ProbableCause.ADJACENCY_DOWN,
    ProbableCause.THRESHOLD_CROSSED,
)
"""Alarms of lower layers explain those of higher ones."""


def shown_alarms(view: View, alarms: Sequence[str], suspect: str) -> tuple[str, ...]:
    """Return the alarms on the suspect or on what it carries, of the lowest layer that has any.

    Where none is near the suspect, those of the lowest layer anywhere are shown: nothing that may
    be the root is hidden.
    """
    known = [view.seen_alarms[name] for name in alarms if name in view.seen_alarms]
    near = carried_by(view, suspect)
    close = [alarm for alarm in known if alarm.managed_object in near] or known
    for cause in LOWEST_FIRST:
        held = [alarm.alarm_id for alarm in close if alarm.probable_cause is cause]
        if held:
            return tuple(held)
    return tuple(alarm.alarm_id for alarm in close)


def carried_by(view: View, name: str) -> frozenset[str]:
    """Return an object with the links and directions that share its fate."""
    network = view.network
    links: Sequence[str] = ()
    if name in network.ducts:
        links = network.links_in_duct(name)
    elif name in network.links:
        links = (name,)
    elif name in network.directions:
        links = (network.link_of(name),)
    directions = [
        network.directions[2 * network.links.row(link) + way] for link in links for way in (0, 1)
    ]
    return frozenset({name, *links, *directions})
