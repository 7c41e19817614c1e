"""The closed loop as a controller: takes post in, lets its processes run, hands messages out.

It has a clock of its own, which the conductor drives. One process reads post and finds incidents;
one handles each incident. Evidence of every task goes out as records, in the order of its making.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import combinations
from typing import Any, Final

from simpy.events import Event, Process

from adn.base.clock import SECOND, Millis, SimClock
from adn.base.levels import Task
from adn.closedloop.complaints import TicketDetector
from adn.closedloop.controller import Briefing
from adn.closedloop.correlating import Correlator, Group
from adn.closedloop.detectors import (
    AlarmDetector,
    Anomaly,
    DepartureDetector,
    Detector,
    OrdinaryForest,
    Signal,
    SilenceDetector,
)
from adn.closedloop.handling import Handling
from adn.closedloop.incident import Incident, Status, named_objects, named_services
from adn.closedloop.intent import Intent
from adn.closedloop.journal import Journal
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import GraphLocator, Locator
from adn.closedloop.operations import Operations
from adn.closedloop.ordering import Orders
from adn.closedloop.performing import Performing
from adn.closedloop.planning import Planner, WhatIfPlanner
from adn.closedloop.playbooks import remedies
from adn.closedloop.reviewing import Reviewer
from adn.closedloop.view import SeriesKey, View
from adn.northbound.alarms import Alarm
from adn.northbound.commands import CommandResult
from adn.northbound.post import (
    Candidates,
    MaintenanceNotice,
    Message,
    Observation,
    RollUp,
    SeriesReply,
    Ticket,
)
from adn.northbound.telemetry import Roster, kpis_of

LOOSE: Final[Millis] = 60 * SECOND
"""How long a signal that is no reason for an incident by itself is kept for one to come."""
ORDINARY_SERIES: Final = 60
"""So many series a table are sampled at the end of warm-up, to show what is ordinary."""
ORDINARY_SAMPLES: Final = 20
FIT_BEFORE: Final[Millis] = 3 * SECOND


class ClosedLoop:
    """Detects, locates, mitigates, repairs and verifies; implements `Controller`.

    Args:
        briefing: All it is told before the run.
        locator: Names suspects; the knowledge graph's where None.
        planner: Proposes plans; the playbooks' where None.

    Raises:
        AdnError: The level needs people (LVL001).
    """

    def __init__(
        self,
        briefing: Briefing,
        locator: Locator | None = None,
        planner: Planner | None = None,
    ) -> None:
        performing = Performing(briefing.level)
        self._warmup = briefing.warmup
        self._clock = SimClock()
        self._outbox: list[Message] = []
        self._view = View(briefing.inventory)
        self._orders = Orders(self._clock, self._outbox, self._view)
        self._journal = Journal(self._clock, self._outbox)
        self._intent = Intent(self._view.network)
        self._reviewer = Reviewer(self._view, self._intent, self._journal, performing)
        self._correlator = Correlator(self._view)
        graph = KnowledgeGraph(briefing.inventory, remedies=remedies())
        self._ops = Operations(
            clock=self._clock,
            view=self._view,
            journal=self._journal,
            orders=self._orders,
            intent=self._intent,
            performing=performing,
            correlator=self._correlator,
            locator=locator or GraphLocator(graph),
            planner=planner or WhatIfPlanner(graph, briefing.inventory.management),
        )
        self._forest = OrdinaryForest(briefing.key.child("ordinary-forest"))
        self._key = briefing.key
        self._detectors: tuple[Detector, ...] = (
            AlarmDetector(self._view),
            DepartureDetector(self._view, self._forest),
            SilenceDetector(self._view),
            TicketDetector(self._view),
        )
        self._inbox: list[Observation] = []
        self._mail: Event = self._clock.event()
        self._incidents: list[Incident] = self._ops.incidents
        self._ops.on_belief = self._merge_soon
        self._handlings: dict[str, tuple[Handling, Process]] = {}
        self._loose: list[Group] = []
        self._anomalies = 0
        self._clock.process(self._set_controls())
        self._clock.process(self._read_post())
        if briefing.warmup > FIT_BEFORE:
            self._clock.process(self._learn_ordinary())

    # --- the controller's three doors ---

    def next_event(self) -> Millis:
        """Return when the loop next has something to do of its own accord."""
        return self._clock.next_event()

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Take in one observation; timers due at the same instant come after it."""
        self._clock.move_to(now)
        self._clock.call_first(lambda: self._receive(seen))

    def advance(self, now: Millis) -> Sequence[Message]:
        """Act up to and including `now`; return what is sent, in order."""
        self._clock.move_to(now)
        self._clock.drain()
        self._view.now = now
        sent = tuple(self._outbox)
        self._outbox.clear()
        return sent

    # --- post ---

    def _receive(self, seen: Observation) -> None:
        now = self._clock.now
        if isinstance(seen, Roster):
            self._view.see_roster(now, seen)
        elif isinstance(seen, Alarm):
            self._view.see_alarm(now, seen)
        elif isinstance(seen, Candidates):
            self._view.see_candidates(now, seen)
        elif isinstance(seen, RollUp):
            self._view.see_rollup(now, seen)
        elif isinstance(seen, Ticket):
            self._view.see_ticket(now, seen)
        elif isinstance(seen, MaintenanceNotice):
            self._view.see_notice(now, seen)
        elif isinstance(seen, CommandResult):
            self._orders.answer(seen)
        elif isinstance(seen, SeriesReply):
            self._orders.reply(seen)
        self._inbox.append(seen)
        if not self._mail.triggered:
            self._mail.succeed()

    def _read_post(self) -> Generator[Event, Any, None]:
        while True:
            yield self._mail
            self._mail = self._clock.event()
            post, self._inbox = self._inbox, []
            signals: list[Anomaly] = []
            for seen in post:
                if isinstance(seen, RollUp):
                    yield from self._reviewer.review(seen, self._clock.now)
                elif isinstance(seen, Alarm | Candidates | Ticket):
                    signals += self._detect(seen)
            if signals:
                yield from self._sort(signals)

    def _detect(self, seen: Signal) -> list[Anomaly]:
        found = [anomaly for detector in self._detectors for anomaly in detector.observe(seen)]
        if self._clock.now < self._warmup:
            if isinstance(seen, Candidates):
                size = len(self._view.roster(seen.table)) or len(seen.rows)
                self._forest.learn_candidates(seen, size)
            return []
        return [self._numbered(anomaly) for anomaly in found]

    def _numbered(self, anomaly: Anomaly) -> Anomaly:
        if anomaly.evidence:
            return anomaly
        self._anomalies += 1
        return anomaly.with_evidence(f"ANM-{self._anomalies:06d}")

    # --- incidents ---

    def _sort(self, signals: Sequence[Anomaly]) -> Generator[Event, Any, None]:
        now = self._clock.now
        self._loose = [group for group in self._loose if now - group.latest <= LOOSE]
        active = [incident for incident in self._incidents if not incident.ended]
        counts = [len(incident.group.anomalies) for incident in active]
        loose = self._loose
        fresh = self._correlator.sort(signals, [*(i.group for i in active), *loose])
        for incident, count in zip(active, counts, strict=True):
            joined = incident.group.anomalies[count:]
            if joined:
                self._join(incident, joined)
        self._loose = []
        for group in [*loose, *fresh]:
            if group.opens:
                yield from self._open(group)
            else:
                self._loose.append(group)
        self._merge()

    def _open(self, group: Group) -> Generator[Event, Any, None]:
        now = self._clock.now
        incident = Incident(f"INC-{len(self._incidents) + 1:04d}", now, group, joined_at=now)
        snapshot, by = yield from self._ops.performing.perform(
            Task.FAULT_RECOGNITION, incident.snapshot
        )
        self._incidents.append(incident)
        self._journal.evidence(
            "incident.opened",
            by,
            min(snapshot.began_at, now),
            incident.id,
            {
                "evidence": [a.evidence for a in group.anomalies],
                "objects": list(snapshot.objects),
                "services": list(snapshot.services),
            },
            {"severity": snapshot.severity},
        )
        self._journal.note("incident.status", incident.id, {}, {"status": incident.status.value})
        handling = Handling(incident, self._ops, self._clock.event())
        self._handlings[incident.id] = (handling, self._clock.process(self._handle(handling)))

    def _handle(self, handling: Handling) -> Generator[Event, Any, None]:
        yield from handling.run()
        if handling.incident.status is Status.CLOSED:
            yield from self._reviewer.conclude(handling.incident.snapshot())

    def _join(self, incident: Incident, joined: Sequence[Anomaly]) -> None:
        incident.joined_at = self._clock.now
        self._journal.note(
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
        """Join incidents that were found to be one, the younger into the older."""
        standing = [incident for incident in self._incidents if not incident.ended]
        for older, younger in combinations(standing, 2):
            if older.ended or younger.status not in (Status.OPEN, Status.LOCATED):
                continue
            if not self._correlator.touch(older.group, younger.group):
                continue
            self._correlator.add(older.group, younger.group.anomalies)
            younger.move(Status.MERGED, self._clock.now)
            self._handlings[younger.id][1].interrupt()
            self._journal.note("incident.merged", younger.id, {"into": older.id})
            self._join(older, younger.group.anomalies)

    def _merge_soon(self) -> None:
        """Look for incidents that are one, once whoever found out has gone on."""
        self._clock.call_at(self._clock.now + 1, self._merge)

    # --- before anything happens ---

    def _set_controls(self) -> Generator[Event, Any, None]:
        """Task A: say what is watched, within which limits, and what may be done."""
        yield self._clock.sleep(0)
        performing, intent = self._ops.performing, self._intent
        started = self._clock.now
        watch, by = yield from performing.perform(Task.CONTROL_INFORMATION, intent.watch_list)
        self._outbox.append(watch)
        settings: dict[str, Any] = {
            "watch-list": {f"{w.table}.{w.kpi}": [w.z, w.cusum] for w in watch.limits},
            "limits": intent.limits(),
            "permitted-commands": dict(intent.permitted()),
        }
        for setting, value in settings.items():
            self._journal.evidence(
                "control.set",
                by,
                started,
                data={"setting": setting, "author": performing.author, "value": value},
            )

    def _learn_ordinary(self) -> Generator[Event, Any, None]:
        """At the end of warm-up, sample ordinary series and fit the second stage."""
        yield self._clock.sleep(self._warmup - FIT_BEFORE)
        draw = self._key.stream("ordinary-series")
        wanted: list[SeriesKey] = []
        for table in ("service", "direction"):
            ids = self._view.roster(table)
            chosen = sorted(draw.permutation(len(ids))[:ORDINARY_SERIES].tolist())
            wanted += [
                (table, ids[row], kpi.name) for row in chosen for kpi in kpis_of(table, 10 * SECOND)
            ]
        reply: SeriesReply | None = yield from self._orders.ask(wanted, ORDINARY_SAMPLES)
        if reply is not None:
            self._forest.learn_series(reply)
        self._forest.fit()
