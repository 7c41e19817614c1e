"""Review at every roll-up: collection, intent fulfilment and look ahead leave their evidence."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

from simpy.events import Event

from adn.base.clock import Millis, seconds
from adn.base.levels import Task
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.intent import Evaluation, Intent
from adn.closedloop.journal import Journal
from adn.closedloop.performing import Performing
from adn.closedloop.predicting import HORIZON, Predictor
from adn.closedloop.view import View
from adn.northbound.post import RollUp


class Reviewer:
    """Looks at the network as a whole, four times an hour and when an incident closes."""

    def __init__(
        self, view: View, intent: Intent, journal: Journal, performing: Performing
    ) -> None:
        self._view, self._intent = view, intent
        self._journal, self._performing = journal, performing
        self._predictor = Predictor(view.network)
        self._measured: dict[str, tuple[float, float]] = {}

    def review(self, seen: RollUp, now: Millis) -> Generator[Event, Any, None]:
        """Take in a roll-up: tasks C, and B and F where the table has expectations."""
        complete, by = yield from self._performing.perform(
            Task.DATA_COLLECTION, lambda: seen.complete
        )
        self._journal.evidence(
            "data.collected",
            by,
            seen.start,
            data={"table": seen.table, "complete": complete, "kpis": list(seen.kpis)},
        )
        if seen.table == "service" and {"loss", "latency"} <= set(seen.kpis):
            self._measured = self._means(seen)
            yield from self._evaluate(now)
        if seen.table == "service" or "utilisation" in seen.kpis:
            yield from self._look_ahead(seen, now)

    def conclude(self, incident: IncidentSnapshot) -> Generator[Event, Any, None]:
        """Evaluate the intent once more as an incident closes, on the latest measurements."""
        for name in incident.services:
            latest = []
            for measure in ("loss", "latency"):
                held = self._view.series("service", name, measure)
                values = [x for x in held.values if not math.isnan(x)] if held else []
                latest.append(values[-1] if values else 0.0)
            self._measured[name] = (latest[0], latest[1])
        yield from self._evaluate(self._view.now, incident.id)

    def _means(self, seen: RollUp) -> dict[str, tuple[float, float]]:
        loss = seen.mean[seen.kpis.index("loss")].tolist()
        latency = seen.mean[seen.kpis.index("latency")].tolist()
        return {
            name: (lost, 0.0 if math.isnan(ms) else ms)
            for name, lost, ms in zip(self._view.roster("service"), loss, latency, strict=True)
            if not math.isnan(lost)
        }

    def _evaluate(self, started: Millis, incident: str = "") -> Generator[Event, Any, None]:
        found: Evaluation
        found, by = yield from self._performing.perform(
            Task.INTENT_EVALUATION, lambda: self._intent.evaluate(self._measured)
        )
        self._journal.evidence(
            "intent.evaluated",
            by,
            started,
            ref={"incident": incident} if incident else {},
            data={
                "services": len(self._measured),
                "within": len(found.within),
                "outside": list(found.outside),
            },
        )

    def _look_ahead(self, seen: RollUp, now: Millis) -> Generator[Event, Any, None]:
        ids = self._view.roster(seen.table)
        expected, by = yield from self._performing.perform(
            Task.FAULT_PREDICTION, lambda: self._predictor.look_ahead(seen, ids)
        )
        self._journal.evidence(
            "prediction.made",
            by,
            now,
            ref={"objects": sorted({e.object for e in expected})},
            data={
                "horizon_s": seconds(HORIZON),
                "expected": [[e.object, e.kpi, seconds(e.after)] for e in expected],
            },
        )
