"""Diagnosis of one incident: demarcate, locate, filter its alarms, and probe while in doubt."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from simpy.events import Event

from adn.base.levels import Task
from adn.closedloop.condensing import shown_alarms
from adn.closedloop.incident import Incident
from adn.closedloop.locating import Diagnosis
from adn.closedloop.operations import Operations

PROBE_ROUNDS: Final = 3
PROBES_AT_ONCE: Final = 4
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
        self._told_domain = ""

    def locate(self, *, changed: bool) -> Generator[Event, Any, Diagnosis]:
        """Locate, probing as long as it is worth it; leave evidence whenever belief changes.

        Args:
            changed: Whether the loop has already changed something on account of the incident.
        """
        diagnosis = yield from self._look(changed)
        for _ in range(PROBE_ROUNDS):
            chosen = diagnosis.probes[:PROBES_AT_ONCE]
            if not chosen:
                break
            yield from self._ops.orders.carry_out(
                [
                    self._ops.orders.command(w.kind, w.target, {}, self._incident.id, "", "probe")
                    for w in chosen
                ]
            )
            diagnosis = yield from self._look(changed)
        return diagnosis

    def _look(self, changed: bool) -> Generator[Event, Any, Diagnosis]:
        ops, incident = self._ops, self._incident
        started = ops.clock.now
        snapshot = incident.snapshot()
        diagnosis, by = yield from ops.performing.perform(
            Task.ROOT_CAUSE, lambda: self._believed(ops.locator.locate(snapshot, ops.view), changed)
        )
        if diagnosis.domain != self._told_domain:
            self._told_domain = diagnosis.domain
            (domain, probability), by_g = yield from ops.performing.perform(
                Task.DEMARCATION, lambda: (diagnosis.domain, diagnosis.domain_probability)
            )
            ops.journal.evidence(
                "incident.demarcated",
                by_g,
                started,
                incident.id,
                {"incident": incident.id},
                {"domain": domain, "probability": probability},
            )
        top = diagnosis.suspects[0] if diagnosis.suspects else None
        if self.diagnosis is None or (top and (top.object, top.problem) != self._told_top):
            self._told_top = (top.object, top.problem) if top else None
            ops.journal.evidence(
                "incident.located",
                by,
                started,
                incident.id,
                {"incident": incident.id},
                {
                    "suspects": [[s.object, s.problem, s.probability] for s in diagnosis.suspects],
                    "because": list(top.because) if top else [],
                },
            )
            yield from self._filter_alarms(diagnosis)
        self.diagnosis = diagnosis
        return diagnosis

    def _believed(self, fresh: Diagnosis, changed: bool) -> Diagnosis:
        """Return what to believe: after own changes, a sure belief yields only to a surer one.

        What was done about it hides the symptoms that a belief rests on.
        """
        held = self.diagnosis
        if held is None or not changed or not _sure(held):
            return fresh
        surer = fresh.suspects and fresh.suspects[0].probability > held.suspects[0].probability
        return fresh if surer else held

    def _filter_alarms(self, diagnosis: Diagnosis) -> Generator[Event, Any, None]:
        ops, incident = self._ops, self._incident
        alarms = incident.snapshot().alarms
        top = diagnosis.suspects[0].object if diagnosis.suspects else ""
        shown, by = yield from ops.performing.perform(
            Task.ALARM_FILTERING, lambda: shown_alarms(ops.view, alarms, top)
        )
        ops.journal.evidence(
            "alarms.filtered",
            by,
            ops.clock.now,
            incident.id,
            {"incident": incident.id},
            {"raw": list(alarms), "shown": list(shown)},
        )


def _sure(diagnosis: Diagnosis) -> bool:
    return bool(diagnosis.suspects) and diagnosis.suspects[0].probability >= SURE
