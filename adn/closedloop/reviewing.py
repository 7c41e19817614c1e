"""Review at every roll-up: collection, intent fulfilment and look ahead leave their evidence.

Where people review, they do so once an hour, and nobody waits for them.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from itertools import chain
from typing import Any, Final

import numpy as np
from simpy.events import Event

from adn.base.clock import HOUR, Millis, SimClock, seconds
from adn.base.levels import Task
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.intent import Evaluation, Intent, Measured
from adn.closedloop.journal import Journal
from adn.closedloop.people.staff import Staff
from adn.closedloop.performing import Performed, Performing
from adn.closedloop.predicting import HORIZON, Expected, Predictor
from adn.closedloop.view import View
from adn.northbound.post import RollUp

BY_PEOPLE: Final[Millis] = HOUR
"""How often people look at promises and trends (assumption)."""
LOOKED_AT: Final = frozenset({"loss", "utilisation"})
"""Opening the curves of these, people see the others of the table as well."""


class Reviewer:
    """Looks at the network as a whole, at roll-ups and when an incident closes.

    Args:
        clock: The loop's clock.
        view: What was seen.
        intent: What was promised.
        journal: Where evidence is left.
        performing: Who does what.
        staff: Who is asked.
        begin: From when people look, simulated ms.
    """

    def __init__(
        self,
        clock: SimClock,
        view: View,
        intent: Intent,
        journal: Journal,
        performing: Performing,
        staff: Staff,
        begin: Millis,
    ) -> None:
        self._clock, self._view, self._intent = clock, view, intent
        self._journal, self._performing, self._staff = journal, performing, staff
        self._predictor = Predictor(view.network)
        self._measured = Measured()
        self._since: Millis = 0
        self._begin = begin
        self._due: dict[tuple[Task, str], Millis] = {}
        self._ahead: dict[tuple[str, tuple[str, ...]], tuple[Expected, ...]] = {}

    def review(self, seen: RollUp, now: Millis) -> None:
        """Take in a roll-up: tasks C, and B and F where the table has expectations."""
        collects = self._performing.assists(Task.DATA_COLLECTION)
        if collects:
            self._journal.evidence(
                "data.collected",
                "system",
                seen.start,
                data={"table": seen.table, "complete": seen.complete, "kpis": list(seen.kpis)},
            )
        if seen.table == "service" and {"loss", "latency"} <= set(seen.kpis):
            self._measured = self._means(seen) if collects else Measured()
            self._since = seen.start
            self._evaluate(now, seen.end)
        if self._predictor.minds(seen):
            self._look_ahead(seen, now)

    def conclude(self, incident: IncidentSnapshot) -> Generator[Event, Any, None]:
        """Evaluate the intent once more as an incident closes, on the latest measurements.

        Where people evaluate, the duty lead does before the matter is laid aside; where people
        review what the system does, someone reads it afterwards.
        """
        latest: dict[str, tuple[float, float]] = {}
        for name in incident.services:
            measured = []
            for measure in ("loss", "latency"):
                held = self._view.series("service", name, measure)
                values = [x for x in held.values if not math.isnan(x)] if held else []
                measured.append(values[-1] if values else 0.0)
            latest[name] = (measured[0], measured[1])
        self._measured = self._measured.but(latest)
        self._evaluate(self._view.now, self._view.now, incident)
        if self._performing.is_reviewed(Task.INTENT_EVALUATION):
            found = self._intent.evaluate(self._measured)
            yield from self._staff.evaluated(found, incident)(found)

    def _means(self, seen: RollUp) -> Measured:
        loss = seen.mean[seen.kpis.index("loss")].astype(np.float64)
        latency = seen.mean[seen.kpis.index("latency")].astype(np.float64)
        return Measured(self._view.roster("service"), loss, np.nan_to_num(latency))

    def _is_due(self, task: Task, table: str) -> bool:
        """Return whether people are to look again."""
        now = self._clock.now
        if now < self._due.get((task, table), self._begin):
            return False
        self._due[task, table] = now + BY_PEOPLE
        return True

    def _evaluate(
        self, started: Millis, until: Millis, incident: IncidentSnapshot | None = None
    ) -> None:
        """Compare what was measured since the last roll-up began, up to an instant."""
        task = Task.INTENT_EVALUATION
        found = self._intent.evaluate(self._measured)
        span = {"from_s": seconds(self._since), "to_s": seconds(until)}
        looked = {"services": self._measured.count, **span}
        if not self._performing.waits(task):
            self._tell_evaluation(Performed(found), looked, started, incident)
        elif incident or self._is_due(task, ""):
            self._clock.process(self._evaluated(found, looked, started, incident))

    def _evaluated(
        self,
        found: Evaluation,
        looked: Mapping[str, Any],
        started: Millis,
        incident: IncidentSnapshot | None,
    ) -> Generator[Event, Any, None]:
        done = yield from self._performing.perform(
            Task.INTENT_EVALUATION, lambda: found, self._staff.evaluated(found, incident)
        )
        self._tell_evaluation(done, looked, started, incident)

    def _tell_evaluation(
        self,
        done: Performed[Evaluation],
        looked: Mapping[str, Any],
        started: Millis,
        incident: IncidentSnapshot | None,
    ) -> None:
        self._journal.evidence(
            "intent.evaluated",
            done.by,
            started,
            ref={"incident": incident.id} if incident else {},
            data={
                **looked,
                "within": done.answer.within,
                "outside": list(done.answer.outside),
            },
            work=done.work,
        )

    def _look_ahead(self, seen: RollUp, now: Millis) -> None:
        ids = self._view.roster(seen.table)
        expected = self._predictor.look_ahead(seen, ids, self._accounted)
        looked = {
            "table": seen.table,
            "kpis": list(seen.kpis),
            "from_s": seconds(seen.start),
            "to_s": seconds(seen.end),
        }
        if not self._performing.waits(Task.FAULT_PREDICTION):
            self._tell_prediction(Performed(expected), looked, now)
            return
        self._ahead[seen.table, seen.kpis] = expected
        if LOOKED_AT.intersection(seen.kpis) and self._is_due(Task.FAULT_PREDICTION, seen.table):
            of_table = [rows for key, rows in sorted(self._ahead.items()) if key[0] == seen.table]
            self._clock.process(self._foreseen(tuple(chain(*of_table)), looked, now))

    def _accounted(self, service: str) -> bool:
        """Return whether a service's trend is put down to traffic, or to the loop's own doing."""
        if service in self._view.limits or service in self._view.routes:
            return True
        return bool(self._predictor.busy & self._view.paths.links.get(service, frozenset()))

    def _foreseen(
        self, expected: tuple[Expected, ...], looked: Mapping[str, Any], started: Millis
    ) -> Generator[Event, Any, None]:
        done = yield from self._performing.perform(
            Task.FAULT_PREDICTION, lambda: expected, self._staff.foreseen(expected)
        )
        self._tell_prediction(done, looked, started)

    def _tell_prediction(
        self, done: Performed[tuple[Expected, ...]], looked: Mapping[str, Any], started: Millis
    ) -> None:
        self._journal.evidence(
            "prediction.made",
            done.by,
            started,
            ref={"objects": sorted({e.object for e in done.answer})},
            data={
                **looked,
                "horizon_s": seconds(HORIZON),
                "expected": [[e.object, e.kpi, seconds(e.after)] for e in done.answer],
            },
            work=done.work,
        )
