"""Correlation: signals become incidents, by cause, time, topology and the paths of services.

Every signal has a *reach*: the links it concerns. An alarm on a link concerns the links that share
its ducts; a silent element, its links; a service, the links on its recorded shortest paths. The
reach of an incident is that of its signals, together with the links that its services move to when
the links believed down are left out: congestion there is its consequence, not another fault.

Reach alone would make one incident of everything in a fabric, where every path meets every other.
So once an incident is located, only what its cause explains still belongs to it; the rest is the
next fault, however near.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.detectors import Anomaly
from adn.closedloop.estimate import Estimate
from adn.closedloop.explaining import crossing_now, loses_too_much
from adn.closedloop.reaching import Reach
from adn.closedloop.view import View

STORM: Final[Millis] = 45 * SECOND
"""Signals this close in time that touch neighbouring elements are one storm (assumption)."""

OPEN_ENDED: Final[Millis] = 3 * MINUTE
"""For how long after its latest signal an unlocated incident takes in what it reaches."""

TRANSIENT: Final[Millis] = MINUTE
"""For how long after the first sign of a fault its traces may be anywhere near (assumption)."""

AFTERWARDS: Final[Millis] = 90 * SECOND
"""For how long after its location services that crossed what is impaired may still tell of it."""

INITIAL: Final[Millis] = 10 * MINUTE
"""For how long after its location all that an incident named is looked after; later, others may
hurt the same services (assumption)."""

PASSING: Final[Millis] = 34 * SECOND
"""What is put down to a passing disturbance must be over by then (assumption): two samples, their
delay, and convergence; longer where services report on longer intervals (`Correlator.passing`)."""

OWN: Final[Millis] = 30 * SECOND
"""For how long after a command its own disturbance may show (assumption)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What an incident is surely enough put down to, and what follows from it.

    Attributes:
        object: Id of the object.
        problem: Its public problem class.
        probability: Of its being so.
        since: When it was first believed, simulated ms.
        severity: Fitted loss of a lossy direction, else 0.
        towards: Elements towards which alone it loses traffic; empty for all.
        explains: Objects at which it may show, and services that it may hurt.
        lasting: The same without services that are hurt only as long as they cross it.
    """

    object: str
    problem: str
    probability: float
    since: Millis
    severity: float = 0.0
    towards: tuple[str, ...] = ()
    explains: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()


@dataclass(slots=True)
class Group:
    """Signals believed to come from one fault.

    Attributes:
        anomalies: In order of arrival.
        core: Links that its alarms and silences, or else its services, concern.
        reach: All links where its consequences may show.
        latest: Measurement time of its latest signal.
        cause: What it was located to; None as long as that is in doubt.
        incident: Id of its incident, if it has come to one.
    """

    anomalies: list[Anomaly] = field(default_factory=list)
    core: frozenset[int] = frozenset()
    reach: frozenset[int] = frozenset()
    latest: Millis = 0
    cause: Cause | None = None
    incident: str = ""

    @property
    def opens(self) -> bool:
        """Whether any of its signals is reason enough for an incident."""
        return any(anomaly.opens for anomaly in self.anomalies)

    @property
    def began_at(self) -> Millis:
        """Measurement time of its earliest signal."""
        return min((anomaly.measured_at for anomaly in self.anomalies), default=self.latest)


class Correlator:
    """Puts signals to the groups they belong to."""

    def __init__(self, view: View) -> None:
        self.reach = Reach(view)
        self._view = view
        self._parted: list[Group] = []
        self._doubtful: list[tuple[Millis, Anomaly, Group]] = []
        self._asked_again: set[tuple[str, Millis]] = set()

    @cached_property
    def _estimate(self) -> Estimate:
        return Estimate.of(self._view.network)

    def add(self, group: Group, anomalies: Iterable[Anomaly]) -> None:
        """Join signals to a group and widen its reach."""
        fresh = list(anomalies)
        group.anomalies += fresh
        for anomaly in fresh:
            group.core |= self.reach.of(anomaly)
            group.latest = max(group.latest, anomaly.measured_at)
        self.widen(group)

    def widen(self, group: Group) -> None:
        """Take in where traffic went that used the links now down."""
        down = self.reach.down()
        rows = self.reach.rows(down)
        moved = self.reach.users(rows & group.core)
        group.reach |= group.core | self.reach.detours(down, moved)

    def belongs(self, anomaly: Anomaly, group: Group) -> bool:
        """Return whether a signal is of the same fault as a group."""
        return self.bond(anomaly, group) > 0

    def bond(self, anomaly: Anomaly, group: Group) -> int:
        """Return how firmly a signal belongs to a group.

        3 where it crosses what a located cause impairs now, 2 where that cause explains it, 1 by
        nearness, 0 not at all.
        """
        if group.cause is not None:
            return self._bond_to_cause(anomaly, group, group.cause)
        links = self.reach.of(anomaly)
        since = anomaly.measured_at - group.latest
        if links & group.reach and since <= OPEN_ENDED:
            return 1
        near = abs(since) <= STORM
        if not links or not group.core:
            # Something the records do not know: time is all there is to go by.
            return int(near)
        return int(near and bool(self.reach.neighbours(links) & group.core))

    def _bond_to_cause(self, anomaly: Anomaly, group: Group, cause: Cause) -> int:
        name, at = anomaly.object, anomaly.measured_at
        if anomaly.table == "service" and self.mended(group, at):
            return int(self._own_doing(anomaly, group) and (name, at) not in self._asked_again)
        if anomaly.table == "service" and loses_too_much(self._view, name, cause):
            return 0
        if anomaly.table == "service" and name in self._crossing(cause):
            return 3
        if name == cause.object or name in cause.lasting:
            return 2
        if name in cause.explains and at <= cause.since + AFTERWARDS + self._view.lag:
            return 2
        if anomaly.what in {"alarm", "silence"} and anomaly.opens:
            return 0
        if (name, at) in self._asked_again or not self.reach.of(anomaly) & group.reach:
            return 0
        moved = bool(cause.lasting & frozenset(self._view.network.links.ids))
        early = moved and self._soon_after(group, at)
        return int(early or not anomaly.opens or self._own_doing(anomaly, group))

    def _soon_after(self, group: Group, at: Millis) -> bool:
        """Return whether something was seen soon after a group's first sign, or after an alarm.

        What is worn may go for good long after it was first seen.
        """
        span = TRANSIENT + self._view.lag
        alarms = (row.measured_at for row in group.anomalies if row.what == "alarm" and row.opens)
        return at <= group.began_at + span or any(0 <= at - then <= span for then in alarms)

    def _crossing(self, cause: Cause) -> frozenset[str]:
        """Return the services that cross what a cause impairs, as routing is now."""
        return crossing_now(cause, self._estimate.believing(self._view))

    def minded(self, group: Group, named: frozenset[str], away: frozenset[str]) -> frozenset[str]:
        """Return the services that an incident has to look after.

        Args:
            group: Its signals.
            named: Services that it was seen to hurt.
            away: Services that are away from their baseline now.
        """
        cause = group.cause
        if cause is None:
            return named | away
        explained = cause.lasting | self._crossing(cause)
        if self._view.now <= cause.since + INITIAL:
            return named | (away & explained)
        return (named | away) & explained

    def mended(self, group: Group, at: Millis) -> bool:
        """Return whether the cause of a group was repaired before some instant."""
        return any(
            row.incident == group.incident and row.purpose == "repair" and result.finished_at < at
            for row, result in self._view.doings
        )

    def _own_doing(self, anomaly: Anomaly, group: Group) -> bool:
        """Return whether what was done about a group disturbs just where a signal comes from."""
        at, links = anomaly.measured_at, self.reach.of(anomaly)
        view, late = self._view, self._view.lag
        underway = [row for row, sent in view.underway.values() if sent <= at + OWN]
        done = [row for row, result in view.doings if -OWN <= at - result.finished_at <= OWN + late]
        for command in (*underway, *done):
            if command.incident != group.incident:
                continue
            touched = {*command.params.get("routes", ()), *command.params.get("shares", ())}
            about = self.reach.at(command.target)
            if command.purpose == "repair":
                about |= group.reach  # what had gone another way comes back
            if anomaly.object in touched or links & about:
                return True
        return False

    def sort(self, anomalies: Sequence[Anomaly], groups: Sequence[Group]) -> list[Group]:
        """Put signals to `groups`, the firmest bond first, or to new ones, which are returned.

        Alarms come first and large departures before small ones, so that consequences find their
        cause already there; new groups that turn out to touch are one.
        """
        anomalies = [*anomalies, *self._still_there()]
        ranked = sorted(anomalies, key=lambda a: (a.what != "alarm", -a.size, a.object, a.what))
        fresh: list[Group] = []
        pending: dict[int, list[Anomaly]] = {}
        for anomaly in ranked:
            everyone = [*groups, *fresh]
            bonds = [self.bond(anomaly, group) for group in everyone]
            firmest = max(bonds, default=0)
            home = everyone[bonds.index(firmest)] if firmest else None
            if firmest == 1 and home is not None and home.cause is not None:
                self._doubtful.append((self._view.now, anomaly, home))
            if home is None:
                home = Group()
                fresh.append(home)
            if any(home is group for group in fresh):
                self.add(home, [anomaly])
            else:
                pending.setdefault(id(home), []).append(anomaly)
        for group in groups:
            self.add(group, pending.get(id(group), []))
        return self._touching_joined(fresh)

    @property
    def passing(self) -> Millis:
        """After how long what was put down to a passing disturbance must no longer be seen."""
        return PASSING + 2 * self._view.lag

    @property
    def doubtful(self) -> bool:
        """Whether signals were joined to located groups by mere nearness, not long ago."""
        return bool(self._doubtful)

    def _still_there(self) -> list[Anomaly]:
        """Return services taken for disturbed in passing that are hurt still: it was not that.

        A mean tells so only if its interval began after the disturbance.
        """
        view, again, span = self._view, list[Anomaly](), self.passing
        kept: list[tuple[Millis, Anomaly, Group]] = []
        for since, anomaly, group in self._doubtful:
            if view.now - since < span:
                kept.append((since, anomaly, group))
                continue
            if not anomaly.opens or anomaly.table != "service":
                continue
            held = view.departure(anomaly.table, anomaly.object, anomaly.what)
            if held is None:
                continue
            if held.last_at - view.interval("service", anomaly.what) < since + view.lag:
                continue
            if self._own_doing(replace(anomaly, measured_at=held.last_at), group):
                kept.append((view.now, anomaly, group))  # disturbed anew, by a change
                continue
            self._asked_again.add((anomaly.object, anomaly.measured_at))
            again.append(anomaly)
            group.anomalies[:] = [row for row in group.anomalies if row is not anomaly]
        self._doubtful = kept
        return again

    # --- two faults in one group ---

    def part(self, group: Group, other: Cause) -> bool:
        """Take out of a located group what another cause explains, and keep it for `take_parted`.

        Nothing is parted unless what is taken out is reason for an incident by itself.

        Args:
            group: Its cause is known.
            other: A second cause that is believed to be there.
        """
        own = group.cause
        if own is None or (own.object, own.problem) == (other.object, other.problem):
            return False
        apart = [a for a in group.anomalies if _rather(a, other, own)]
        if not any(a.opens for a in apart) or len(apart) == len(group.anomalies):
            return False
        kept = [a for a in group.anomalies if a not in apart]
        group.anomalies[:], group.core, group.reach = [], frozenset(), frozenset()
        self.add(group, kept)
        home = Group()
        self.add(home, apart)
        self._parted.append(home)
        return True

    def take_parted(self) -> list[Group]:
        """Return the groups that were parted from others since last asked."""
        parted, self._parted = self._parted, []
        return parted

    def _touching_joined(self, groups: Sequence[Group]) -> list[Group]:
        whole: list[Group] = []
        for group in groups:
            home = next((g for g in whole if self.touch(g, group)), None)
            if home is None:
                whole.append(group)
            else:
                self.add(home, group.anomalies)
        return whole

    def touch(self, one: Group, other: Group) -> bool:
        """Return whether two groups are of one fault.

        Located ones are if they have one cause, or if the cause of one explains all of the other.
        Others are if they are close in time and their reaches meet.
        """
        if one.cause is not None and other.cause is not None:
            return (one.cause.object, one.cause.problem) == (
                other.cause.object,
                other.cause.problem,
            )
        if one.cause is not None or other.cause is not None:
            located, loose = (one, other) if one.cause is not None else (other, one)
            return all(self.bond(anomaly, located) >= 2 for anomaly in loose.anomalies)
        near = abs(one.latest - other.latest) <= STORM
        return near and bool(one.reach & other.core or other.reach & one.core)


def _rather(anomaly: Anomaly, other: Cause, own: Cause) -> bool:
    """Return whether a signal is explained by another cause and not by a group's own."""
    name = anomaly.object
    return (name == other.object or name in other.explains) and not (
        name == own.object or name in own.explains
    )
