"""Recognising: signals become incidents, and incidents that turn out to be one are joined.

Where the system recognises faults, an incident opens at once. Where it shares that with people, it
pages them and the incident opens when the page is acknowledged. Where people do it alone, signals
wait until someone looks at the screens, or a customer calls.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import combinations
from typing import Any, Final

from simpy.events import Event, Process

from adn.base.clock import SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.correlating import Group
from adn.closedloop.detectors import Anomaly
from adn.closedloop.handling import Handling
from adn.closedloop.incident import (
    Incident,
    IncidentSnapshot,
    Status,
    named_objects,
    named_services,
)
from adn.closedloop.operations import Operations
from adn.closedloop.performing import Performed

LOOSE: Final[Millis] = 60 * SECOND
"""How long a signal that is no reason for an incident by itself is kept for one to come."""

Concluding = Callable[[IncidentSnapshot], Generator[Event, Any, None]]


class Recognition:
    """All incidents of a run, from their first signal on.

    Args:
        ops: What to draw on.
        conclude: What is done once an incident is closed.
    """

    def __init__(self, ops: Operations, conclude: Concluding) -> None:
        self._ops, self._conclude = ops, conclude
        self._handlings: dict[str, tuple[Handling, Process]] = {}
        self._loose: list[Group] = []
        self._paged: list[Incident] = []
        self._count = 0
        ops.on_belief = self._merge_soon

    def take(self, signals: Sequence[Anomaly]) -> None:
        """Put signals to the incidents they belong to, or open new ones."""
        ops, now = self._ops, self._ops.clock.now
        self._loose = [group for group in self._loose if now - group.latest <= LOOSE]
        active = [incident for incident in ops.incidents if not incident.ended]
        known = [*active, *self._paged]
        counts = [len(incident.group.anomalies) for incident in known]
        loose = self._loose
        fresh = ops.correlator.sort(signals, [*(i.group for i in known), *loose])
        for incident, count in zip(known, counts, strict=True):
            joined = incident.group.anomalies[count:]
            if joined and incident in active:
                self._join(incident, joined)
        self._loose = []
        for group in [*loose, *fresh]:
            if group.opens:
                self._recognise(group)
            else:
                self._loose.append(group)
        self._merge()
        if ops.correlator.doubtful:
            ops.clock.call_at(now + ops.correlator.passing, lambda: self.take(()))

    def knows(self, service: str) -> bool:
        """Return whether an incident that is not over is about a service."""
        for incident in self._ops.incidents:
            cause = incident.group.cause
            explained = cause is not None and service in cause.explains
            if not incident.ended and (explained or service in incident.snapshot().services):
                return True
        return False

    def _recognise(self, group: Group) -> None:
        """Open an incident on a group, at once or when people agree that it is one."""
        ops, now = self._ops, self._ops.clock.now
        self._count += 1
        incident = Incident(f"INC-{self._count:04d}", now, group, joined_at=now)
        if ops.performing.waits(Task.FAULT_RECOGNITION):
            self._paged.append(incident)
            ops.clock.process(self._ask(incident))
        else:
            self._open(incident, Performed(True))

    def _ask(self, incident: Incident) -> Generator[Event, Any, None]:
        """Have people say whether it is an incident."""
        ops = self._ops
        people = ops.staff.recognised(incident)
        done = yield from ops.performing.perform(Task.FAULT_RECOGNITION, lambda: True, people)
        self._paged.remove(incident)
        if not done.answer:
            return
        incident.opened_at = incident.joined_at = ops.clock.now
        incident.stamps[Status.OPEN] = ops.clock.now
        self._open(incident, done)
        self._merge()

    def _open(self, incident: Incident, done: Performed[bool]) -> None:
        ops, now, snapshot = self._ops, self._ops.clock.now, incident.snapshot()
        ops.incidents.append(incident)
        ops.journal.evidence(
            "incident.opened",
            done.by,
            min(snapshot.began_at, now),
            incident.id,
            {
                "evidence": [a.evidence for a in incident.group.anomalies],
                "objects": list(snapshot.objects),
                "services": list(snapshot.services),
            },
            {"severity": snapshot.severity},
            done.work,
        )
        ops.journal.note("incident.status", incident.id, {}, {"status": incident.status.value})
        handling = Handling(incident, ops)
        self._handlings[incident.id] = (handling, ops.clock.process(self._handle(handling)))

    def _handle(self, handling: Handling) -> Generator[Event, Any, None]:
        yield from handling.run()
        incident = handling.case.incident
        if incident.status is Status.CLOSED:
            yield from self._conclude(incident.snapshot())

    def _join(self, incident: Incident, joined: Sequence[Anomaly]) -> None:
        incident.joined_at = self._ops.clock.now
        self._ops.journal.note(
            "incident.updated",
            incident.id,
            {
                "objects": list(named_objects(joined)),
                "services": list(named_services(joined)),
                "evidence": [a.evidence for a in joined],
            },
        )
        if any(anomaly.opens for anomaly in joined):
            self._handlings[incident.id][0].wake()

    def _merge(self) -> None:
        """Join incidents that were found to be one, the younger into the older.

        Whoever works on the younger one is told to leave it.
        """
        ops = self._ops
        standing = [incident for incident in ops.incidents if not incident.ended]
        for older, younger in combinations(standing, 2):
            if older.ended or younger.status not in (Status.OPEN, Status.LOCATED):
                continue
            if younger.crewed:
                continue
            if not ops.correlator.touch(older.group, younger.group):
                continue
            ops.correlator.add(older.group, younger.group.anomalies)
            younger.move(Status.MERGED, ops.clock.now)
            self._handlings[younger.id][1].interrupt()
            ops.journal.note("incident.merged", younger.id, {"into": older.id})
            self._join(older, younger.group.anomalies)

    def _merge_soon(self) -> None:
        """Look for incidents that are one, or more, once whoever found out has gone on."""
        self._ops.clock.call_at(self._ops.clock.now + 1, self._regroup)

    def _regroup(self) -> None:
        """Open what was parted from other incidents, and join incidents that are one."""
        for group in self._ops.correlator.take_parted():
            self._recognise(group)
        self._merge()
