"""Skill: what a person sees of what there is to see.

A modelled person never sees the truth. They look at the same view as the loop, and overlook or
misread each sign with a probability that their profile gives; whether they do hangs on who they
are, on the incident and on the sign alone, so the same run shows it the same way again. An alarm or
a departure that is misread is taken to be at the neighbour that stands next to it in every list:
the other direction of the same link. A measurement that is misread has its two ends confused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adn.base.streams import Key
from adn.closedloop.people.profile import SIGNS, Notes, Skill
from adn.closedloop.view import SeriesKey, View
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult
from adn.northbound.post import Candidate
from adn.topology.network import Network

_WHOLE: Final = 2.0**64
GUIDED: Final = 0.25
"""Whoever reviews what the system points out misses so much of what they would miss alone
(assumption)."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """One person looking at one incident.

    Attributes:
        skill: What they miss.
        key: Of all draws about people.
        person: Who.
        incident: Which, and which look at it.
        guided: Whether somebody shows them where to look: they miss less.
        tired: Factor on every chance to miss something.
    """

    skill: Skill
    key: Key
    person: str
    incident: str
    guided: bool = False
    tired: float = 1.0

    def overlooks(self, sign: str, name: str) -> bool:
        """Return whether they do not see a sign of a kind."""
        return self._chance("overlooks", sign, name) < self._share * self.skill.overlooks[sign]

    def misreads(self, sign: str, name: str) -> bool:
        """Return whether they take it for its neighbour."""
        return self._chance("misreads", sign, name) < self._share * self.skill.misreads[sign]

    def slips(self, what: str) -> bool:
        """Return whether they do the second best thing for once."""
        return self._chance("slips", "", what) < self.tired * self.skill.slips

    @property
    def _share(self) -> float:
        return self.tired * (GUIDED if self.guided else 1.0)

    def _chance(self, how: str, sign: str, name: str) -> float:
        word = self.key.word(f"{self.person}/{self.incident}/{how}/{sign}/{name}")
        return word / _WHOLE


def handed_over(view: View, notes: Notes, key: Key, hands: Sequence[str], incident: str) -> View:
    """Return what is left of a view after everyone in `hands` has passed it on by their notes."""
    lost = Skill(dict.fromkeys(SIGNS, notes.lost), dict.fromkeys(SIGNS, 0.0), 0.0, notes.source)
    for person in hands:
        view = seen_by(Eyes(lost, key, f"notes/{person}", incident), view)
    return view


def seen_by(eyes: Eyes, view: View, told: Iterable[tuple[SeriesKey, Candidate]] = ()) -> View:
    """Return the view as a person has it; `told` are departures that they found by hand."""
    network = view.network

    def alarm(row: Alarm) -> Alarm | None:
        if eyes.overlooks("alarm", row.alarm_id):
            return None
        if eyes.misreads("alarm", row.alarm_id):
            return replace(row, managed_object=neighbour(network, row.managed_object))
        return row

    def departure(key: SeriesKey) -> SeriesKey | None:
        name = "/".join(key)
        if eyes.overlooks("departure", name):
            return None
        if eyes.misreads("departure", name):
            return (key[0], neighbour(network, key[1]), key[2])
        return key

    def silence(name: str) -> bool:
        return not eyes.overlooks("departure", f"silence/{name}")

    def probe(command: Command, result: CommandResult) -> CommandResult | None:
        if eyes.overlooks("probe", command.id):
            return None
        if eyes.misreads("probe", command.id):
            return replace(result, measurement=_confused(result.measurement))
        return result

    return view.narrowed(alarm, departure, silence, probe, told)


def neighbour(network: Network, name: str) -> str:
    """Return what stands next to an object in a list: a link's other direction, else itself."""
    if name not in network.directions:
        return name
    return network.directions[network.directions.row(name) ^ 1]


def _confused(measured: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a measurement with its two directions confused."""
    ways = {
        f"{what}_{way}": f"{what}_{other}"
        for what in ("loss", "errors")
        for way, other in (("forward", "backward"), ("backward", "forward"))
    }
    return {ways.get(name, name): value for name, value in sorted(measured.items())}
