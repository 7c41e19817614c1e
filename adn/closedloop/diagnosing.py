"""Diagnosis of one incident: filter its alarms, demarcate, locate, and probe while in doubt.

Where the system locates, alarms are filtered and the domain named in the light of the suspect.
Where people do, they read the alarms and name the domain first, and the cause is found on the next
desk.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import SECOND, Millis
from adn.base.levels import Task
from adn.closedloop.condensing import shown_alarms
from adn.closedloop.correlating import Cause
from adn.closedloop.incident import Incident
from adn.closedloop.locating import BELIEVED, Diagnosis, Suspect
from adn.closedloop.operations import Operations
from adn.closedloop.performing import Performed
from adn.closedloop.probing import confirmations
from adn.closedloop.tactics import LOSSY
from adn.closedloop.view import SeriesKey
from adn.northbound.problems import UNKNOWN

PROBE_ROUNDS: Final = 3
PROBES_AT_ONCE: Final = 8
COUNTERS: Final[Millis] = 80 * SECOND
"""Counters and light are polled every minute: a doubt that they may settle is kept open so long
after the first sign (assumption)."""
LOOK_AGAIN: Final[Millis] = 10 * SECOND
BY_HAND: Final = 3
"""So many samples are read off by hand."""
SURE: Final = 0.9
"""A top suspect at least this probable needs no probe."""


class Diagnosing:
    """What is believed of one incident, and how that came to be.

    Attributes:
        diagnosis: The present belief; None until first located.
    """

    def __init__(self, incident: Incident, ops: Operations) -> None:
        self.diagnosis: Diagnosis | None = None
        self._incident, self._ops = incident, ops
        self._told_top: tuple[str, str] | None = None
        self._told_by: tuple[str, ...] = ()
        self._read: frozenset[str] = frozenset()
        self._alarms: frozenset[str] = frozenset()

    def locate(self, *, changed: bool) -> Generator[Event, Any, Diagnosis]:
        """Locate, probing as long as it is worth it; leave evidence whenever belief changes.

        Args:
            changed: Whether the loop has already changed something on account of the incident.
        """
        performing, incident = self._ops.performing, self._incident
        if not incident.handed_over:
            if performing.waits(Task.ALARM_FILTERING):
                yield from self._filter_alarms("")
            if self._asks_for_domain_first():
                yield from self._demarcate(None)
        if performing.assists(Task.ROOT_CAUSE, incident.domain) and not incident.handed_over:
            diagnosis = yield from self._by_system(changed)
            if not performing.waits(Task.ROOT_CAUSE, incident.domain):
                return diagnosis
            if performing.waits(Task.DEMARCATION):
                yield from self._demarcate(diagnosis)
        else:
            diagnosis = None
        return (yield from self._by_people(diagnosis))

    def _asks_for_domain_first(self) -> bool:
        """Return whether the domain is named before the cause is looked for.

        People who find the cause alone are handed the incident by whoever names the domain; and
        where domains are at different levels, who finds the cause depends on the domain.
        """
        performing, domain = self._ops.performing, self._incident.domain
        if performing.by_domain and not domain:
            return True
        return performing.waits(Task.DEMARCATION) and not performing.assists(
            Task.ROOT_CAUSE, domain
        )

    # --- the system ---

    def _by_system(self, changed: bool) -> Generator[Event, Any, Diagnosis]:
        """Look, probe and look again; where nobody reviews it, what is found counts at once."""
        diagnosis = yield from self._look(changed)
        for _ in range(PROBE_ROUNDS):
            chosen = diagnosis.probes[:PROBES_AT_ONCE]
            if not chosen:
                break
            yield from self._probe([(w.kind, w.target) for w in chosen])
            diagnosis = yield from self._look(changed)
        while not changed and not _sure(diagnosis) and self._age() < COUNTERS:
            yield self._ops.clock.sleep(LOOK_AGAIN)
            diagnosis = yield from self._look(changed)
        return diagnosis

    def _age(self) -> Millis:
        """Return the time since the first sign of the incident."""
        return self._ops.clock.now - self._incident.snapshot().began_at

    def _look(self, changed: bool) -> Generator[Event, Any, Diagnosis]:
        ops, started = self._ops, self._ops.clock.now
        given = ops.given(self._incident)
        snapshot = self._incident.snapshot()
        self._alarms = frozenset(snapshot.alarms)
        fresh = ops.locator.locate(snapshot, ops.view, given)
        diagnosis = self._believed(fresh, changed)
        if not ops.performing.waits(Task.ROOT_CAUSE, self._incident.domain):
            yield from self._tell(Performed(diagnosis), started)
        return diagnosis

    def _probe(self, wanted: Sequence[tuple[str, str]]) -> Generator[Event, Any, None]:
        orders, name = self._ops.orders, self._incident.id
        yield from orders.carry_out(
            [orders.command(kind, target, {}, name, "", "probe") for kind, target in wanted]
        )

    def _believed(self, fresh: Diagnosis, changed: bool) -> Diagnosis:
        """Return what to believe: after own changes, a sure belief yields only to a surer one.

        What was done about it hides the symptoms that a belief rests on. How bad it is, is as
        was seen last.
        """
        held = self.diagnosis
        if held is None or not changed or not _sure(held):
            return fresh
        surer = fresh.suspects and fresh.suspects[0].probability > held.suspects[0].probability
        return fresh if surer else _as_now(held, fresh)

    def outdated(self) -> bool:
        """Return whether alarms came in since the system, where it finds causes alone, looked."""
        if self._ops.performing.waits(Task.ROOT_CAUSE, self._incident.domain):
            return False
        return not self._alarms.issuperset(self._incident.snapshot().alarms)

    def renew(self) -> Generator[Event, Any, None]:
        """Measure afresh how bad what is believed is, where the system knows of it."""
        ops, held = self._ops, self.diagnosis
        if held is None or not held.suspects:
            return
        if not ops.performing.assists(Task.ROOT_CAUSE, self._incident.domain):
            return
        top = held.suspects[0]
        if top.problem in LOSSY:
            yield from self._probe(confirmations(ops.view.network, top))
        fresh = ops.locator.locate(self._incident.snapshot(), ops.view, ops.given(self._incident))
        self.diagnosis = _as_now(held, fresh)

    # --- people ---

    def _by_people(self, suggestion: Diagnosis | None) -> Generator[Event, Any, Diagnosis]:
        """Have the cause found, or what the system found reviewed."""
        ops, started = self._ops, self._ops.clock.now
        if not ops.performing.assists(Task.DATA_COLLECTION):
            # Nobody collects for them: they log in and read off what customers complain about.
            services = self._incident.snapshot().services
            wanted: list[SeriesKey] = [
                ("service", name, measure) for name in services for measure in ("loss", "latency")
            ]
            yield from ops.orders.ask(wanted, BY_HAND)
        located = ops.staff.located(self._incident, self._probe)
        diagnosis, work = yield from located(suggestion)
        yield from self._tell(Performed(diagnosis, "human", work), started)
        return diagnosis

    # --- evidence ---

    def _tell(self, done: Performed[Diagnosis], started: Millis) -> Generator[Event, Any, None]:
        """Write down what is believed, if it is news."""
        diagnosis = done.answer
        own = done.by == "human" or not self._ops.performing.waits(Task.DEMARCATION)
        if own and diagnosis.domain != self._incident.domain:
            domain = diagnosis.domain, diagnosis.domain_probability
            self._tell_domain(Performed(domain, done.by, self._told_by + done.work), started)
        top = diagnosis.suspects[0] if diagnosis.suspects else None
        if self.diagnosis is None or (top and (top.object, top.problem) != self._told_top):
            self._told_top = (top.object, top.problem) if top else None
            self._ops.journal.evidence(
                "incident.located",
                done.by,
                started,
                self._incident.id,
                {"incident": self._incident.id},
                {
                    "suspects": [[s.object, s.problem, s.probability] for s in diagnosis.suspects],
                    "because": list(top.because) if top else [],
                },
                done.work,
            )
            if not self._ops.performing.waits(Task.ALARM_FILTERING):
                yield from self._filter_alarms(top.object if top else "")
        self.diagnosis = diagnosis
        self._believe(diagnosis)

    def _believe(self, diagnosis: Diagnosis) -> None:
        """Let correlation know the cause, and part from the incident what is another fault's."""
        ops, group = self._ops, self._incident.group
        held = group.cause
        group.cause = _cause(diagnosis.suspects[:1], ops.clock.now)
        if group.cause is None:
            return
        if held and (held.object, held.problem) == (group.cause.object, group.cause.problem):
            group.cause = replace(group.cause, since=held.since)
        for row in diagnosis.apart:
            other = _cause((row,), ops.clock.now)
            if other is not None:
                ops.correlator.part(group, other)
        ops.on_belief()

    def _demarcate(self, suggestion: Diagnosis | None) -> Generator[Event, Any, None]:
        """Have the domain named, or the system's word on it reviewed."""
        ops, started = self._ops, self._ops.clock.now

        def system() -> tuple[str, float]:
            found = suggestion or ops.locator.locate(
                self._incident.snapshot(), ops.view, ops.given(self._incident)
            )
            return found.domain, found.domain_probability

        people = ops.staff.demarcated(self._incident)
        done = yield from ops.performing.perform(Task.DEMARCATION, system, people)
        self._told_by = done.work
        if self._incident.domain != done.answer[0]:
            self._tell_domain(done, started)

    def _tell_domain(self, done: Performed[tuple[str, float]], started: Millis) -> None:
        self._incident.domain, probability = done.answer
        self._ops.journal.evidence(
            "incident.demarcated",
            done.by,
            started,
            self._incident.id,
            {"incident": self._incident.id},
            {"domain": self._incident.domain, "probability": probability},
            done.work,
        )

    def _filter_alarms(self, suspect: str) -> Generator[Event, Any, None]:
        """Pick the alarms that matter; people do so only when there are new ones."""
        ops, incident = self._ops, self._incident
        alarms, started = incident.snapshot().alarms, ops.clock.now
        new = frozenset(alarms) - self._read
        if ops.performing.waits(Task.ALARM_FILTERING) and not new:
            return
        self._read |= new
        done = yield from ops.performing.perform(
            Task.ALARM_FILTERING,
            lambda: shown_alarms(ops.view, alarms, suspect),
            ops.staff.filtered(incident, alarms, len(new)),
        )
        ops.journal.evidence(
            "alarms.filtered",
            done.by,
            started,
            incident.id,
            {"incident": incident.id},
            {"raw": list(alarms), "shown": list(done.answer)},
            done.work,
        )


def recurs(diagnosis: Diagnosis) -> bool:
    """Return whether what is believed will hurt again, however well things look now."""
    top = diagnosis.suspects[0] if diagnosis.suspects else None
    return top is not None and top.problem == "link-flapping" and top.probability >= BELIEVED


def _cause(suspects: Sequence[Suspect], now: Millis) -> Cause | None:
    """Return the suspect as a cause, if it is believed in and it is known what it explains."""
    for row in suspects:
        if row.probability >= BELIEVED and row.problem != UNKNOWN and row.explains:
            return Cause(
                object=row.object,
                problem=row.problem,
                probability=row.probability,
                since=now,
                severity=row.severity,
                towards=row.towards,
                explains=row.explains,
                lasting=row.lasting,
            )
    return None


def _as_now(held: Diagnosis, fresh: Diagnosis) -> Diagnosis:
    """Return a diagnosis with its causes as bad as they were seen to be last."""
    seen = {(row.object, row.problem): row for row in fresh.suspects}
    suspects = tuple(
        replace(seen.get((row.object, row.problem), row), probability=row.probability)
        for row in held.suspects
    )
    return replace(held, suspects=suspects)


def _sure(diagnosis: Diagnosis) -> bool:
    return bool(diagnosis.suspects) and diagnosis.suspects[0].probability >= SURE
