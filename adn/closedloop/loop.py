"""The closed loop as a controller: takes post in, lets its processes run, hands messages out.

It has a clock of its own, which the conductor drives. One process reads post and finds incidents;
one handles each incident. Evidence of every task goes out as records, in the order of its making.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import SECOND, Millis, SimClock
from adn.base.levels import Task
from adn.closedloop.complaints import TicketDetector
from adn.closedloop.control import as_written, derived, expected
from adn.closedloop.controller import Briefing
from adn.closedloop.correlating import Correlator
from adn.closedloop.detectors import (
    AlarmDetector,
    Anomaly,
    DepartureDetector,
    Detector,
    OrdinaryForest,
    Signal,
    SilenceDetector,
)
from adn.closedloop.intent import Intent
from adn.closedloop.journal import Journal
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import GraphLocator, Locator
from adn.closedloop.operations import Operations
from adn.closedloop.ordering import Orders
from adn.closedloop.people.actor import Actor
from adn.closedloop.people.crews import Crews
from adn.closedloop.people.desks import Desks
from adn.closedloop.people.modelled import ModelledActor
from adn.closedloop.people.profile import profile_of
from adn.closedloop.people.replayed import ReplayedActor
from adn.closedloop.people.rota import rota_of, tiredness_of
from adn.closedloop.people.staff import Staff
from adn.closedloop.people.tools import DeskTools
from adn.closedloop.people.watching import Watch
from adn.closedloop.performing import By, Performing
from adn.closedloop.planning import Planner, WhatIfPlanner
from adn.closedloop.playbooks import remedies
from adn.closedloop.recognising import Recognition
from adn.closedloop.reviewing import Reviewer
from adn.closedloop.revising import Ordinary, revised
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
from adn.northbound.telemetry import Roster

ORDINARY_SERIES: Final = 60
"""So many series a table are sampled at the end of warm-up, to show what is ordinary."""
ORDINARY_SAMPLES: Final = 20
FIT_BEFORE: Final[Millis] = 3 * SECOND


class ClosedLoop:
    """Detects, locates, mitigates, repairs and verifies; implements `Controller`.

    Args:
        briefing: All it is told before the run.
        locator: Names suspects for the system; the knowledge graph's where None.
        planner: Proposes plans for the system; the playbooks' where None.
        actor: Who sits at the desks; modelled people where None, or those of the recording.

    Raises:
        AdnError: The profile of the people cannot be used (PPL001, PPL002, PPL004).
    """

    def __init__(
        self,
        briefing: Briefing,
        locator: Locator | None = None,
        planner: Planner | None = None,
        actor: Actor | None = None,
    ) -> None:
        performing = Performing(briefing.level)
        recorded = briefing.inventory.rows
        control = performing.control(
            lambda: as_written(briefing.written), lambda: derived(recorded.services)
        )
        inventory = replace(briefing.inventory, rows=expected(recorded, control))
        self._warmup = briefing.warmup
        self._clock = SimClock()
        self._outbox: list[Message] = []
        self._view = View(inventory)
        self._orders = Orders(self._clock, self._outbox, self._view)
        self._journal = Journal(self._clock, self._outbox)
        self._intent = Intent(self._view.network, control)
        graph = KnowledgeGraph(inventory, remedies=remedies())
        management = inventory.management
        people = briefing.operations
        profile = profile_of(people.profile, people.profile_text)
        tired = tiredness_of(people, profile)
        key = briefing.key.child("people")
        tools = DeskTools(
            self._view,
            profile,
            key,
            lambda: GraphLocator(graph),
            lambda: WhatIfPlanner(graph, management),
            tired,
        )
        if actor is None:
            actor = (
                ReplayedActor(people.replies)
                if people.replies
                else ModelledActor(profile, people.approval, key, tired)
            )
        end = briefing.duration
        desks = Desks(
            self._clock,
            self._journal,
            actor,
            rota_of(people),
            end,
            interrupts=people.interrupts,
        )
        staff = Staff(desks, tools)
        self._reviewer = Reviewer(
            self._clock,
            self._view,
            self._intent,
            self._journal,
            performing,
            staff,
            briefing.warmup,
        )
        self._ops = Operations(
            clock=self._clock,
            view=self._view,
            journal=self._journal,
            orders=self._orders,
            intent=self._intent,
            performing=performing,
            correlator=Correlator(self._view),
            locator=locator or GraphLocator(graph),
            planner=planner or WhatIfPlanner(graph, management),
            staff=staff,
            crews=Crews(self._clock, self._orders, self._journal, people.field_crews, actor, end),
        )
        tools.given = self._ops.given_to
        self._recognition = Recognition(self._ops, self._reviewer.conclude)
        self._watch = Watch(
            self._clock,
            self._journal,
            performing,
            staff,
            self._recognition.take,
            self._recognition.knows,
        )
        self._collects = performing.assists(Task.DATA_COLLECTION)
        self._ordinary = Ordinary(briefing.warmup // 2, briefing.warmup)
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
        self._anomalies = 0
        self._clock.process(self._set_controls())
        self._clock.process(self._read_post())
        if performing.waits(Task.DATA_COLLECTION):
            self._clock.process(self._watch.keep(briefing.warmup, people.poll))
        if briefing.warmup > FIT_BEFORE and self._collects:
            self._clock.process(self._learn_ordinary())
        if performing.revises:
            self._clock.process(self._revise_controls())

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
            if self._collects:
                self._view.see_candidates(now, seen)
        elif isinstance(seen, RollUp):
            self._view.see_rollup(now, seen)
        elif isinstance(seen, Ticket):
            self._view.see_ticket(now, seen)
            if now >= self._warmup:
                self._watch.call(seen)
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
                    self._reviewer.review(seen, self._clock.now)
                elif isinstance(seen, Alarm | Candidates | Ticket):
                    signals += self._detect(seen)
            if signals:
                self._watch.show(signals)

    def _detect(self, seen: Signal) -> list[Anomaly]:
        if isinstance(seen, Candidates) and not self._collects:
            return []
        found = [anomaly for detector in self._detectors for anomaly in detector.observe(seen)]
        if self._clock.now < self._warmup:
            if isinstance(seen, Candidates):
                self._ordinary.observe(seen)
                size = len(self._view.roster(seen.table)) or len(seen.rows)
                self._forest.learn_candidates(seen, size)
            return []
        return [self._numbered(anomaly) for anomaly in found]

    def _numbered(self, anomaly: Anomaly) -> Anomaly:
        if anomaly.evidence:
            return anomaly
        self._anomalies += 1
        return anomaly.with_evidence(f"ANM-{self._anomalies:06d}")

    # --- before anything happens ---

    def _set_controls(self) -> Generator[Event, Any, None]:
        """Task A: say what is watched, within which limits, and what may be done."""
        yield self._clock.sleep(0)
        control, started = self._intent.control, self._clock.now
        self._outbox.append(control.watch_list())
        for setting, value in control.settings(self._view.network.rows.services).items():
            self._tell_setting(setting, value, control.because.get(setting, ""), started)

    def _revise_controls(self) -> Generator[Event, Any, None]:
        """Task A again: set the watch anew, from what was ordinary in the warm-up."""
        yield self._clock.sleep(self._warmup)
        before, started = self._intent.control, self._clock.now
        control, reasons = revised(before, self._ordinary.departed)
        self._intent.control = control
        self._outbox.append(control.watch_list())
        for table, value in sorted(control.watched().items()):
            self._tell_setting(f"watch.{table}", value, reasons[table], started)

    def _tell_setting(self, setting: str, value: Any, because: str, started: Millis) -> None:
        performing = self._ops.performing
        # What people set, they set before the run: nobody is waited for.
        by: By = "human" if performing.waits(Task.CONTROL_INFORMATION) else "system"
        why = {"because": because} if because else {}
        said = {"setting": setting, "author": performing.author, "value": value}
        self._journal.evidence("control.set", by, started, data=said | why)

    def _learn_ordinary(self) -> Generator[Event, Any, None]:
        """At the end of warm-up, sample ordinary series and fit the second stage."""
        yield self._clock.sleep(self._warmup - FIT_BEFORE)
        draw = self._key.stream("ordinary-series")
        wanted: list[SeriesKey] = []
        for table in ("service", "direction"):
            ids = self._view.roster(table)
            chosen = sorted(draw.permutation(len(ids))[:ORDINARY_SERIES].tolist())
            wanted += [
                (table, ids[row], name) for row in chosen for name in self._view.frequent(table)
            ]
        reply: SeriesReply | None = yield from self._orders.ask(wanted, ORDINARY_SAMPLES)
        if reply is not None:
            self._forest.learn_series(reply)
        self._forest.fit()
