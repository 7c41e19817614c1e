"""One row per task instance: who did it, was it right, was it in time.

This is what a level is earned from, pooled over many runs. Right is what the sealed truth says; in
time is asked only of tasks that have a clock (E, H and K). A task that a fault called for and
nobody did is a row too, with no subject: a miss is a failure, never left out. What calls for I, J
and K is a contestable fault; to repair what heals by itself is nobody's duty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adn.base.clock import SECOND, Millis
from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.actions import NO_ACTION, effects_of
from adn.scoring.alarms import root_alarms, shown_alarms
from adn.scoring.assess import Handwork, Subject
from adn.scoring.clocks import HOLD, Clocks, Targets
from adn.scoring.incidents import Incident, incident_id
from adn.scoring.log import RunLog
from adn.scoring.pairing import Pairing, pairing_of
from adn.scoring.scorecard import FaultScore, fault_scores
from adn.scoring.truth import Fault, faults_of

_REFUSALS: Final = frozenset({"refuse", "refused", "reject", "rejected", "deny", "denied"})


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """One task of one incident or fault.

    Attributes:
        task: Which.
        fault: The fault concerned, or empty: nothing was really wrong.
        incident: The incident concerned, or empty: nobody noticed.
        domain: Domain of the fault, or empty.
        start: When work on it began, ms; None if it was never done.
        end: When it was done, ms; None if it never was.
        subject: Who did it; None if nobody.
        right: Whether the truth bears it out; None if the truth cannot say.
        in_time: Whether its clock was met; None if it has none.
    """

    task: Task
    fault: str
    incident: str
    domain: str
    start: Millis | None
    end: Millis | None
    subject: Subject | None
    right: bool | None
    in_time: bool | None


def task_instances(log: RunLog) -> tuple[TaskInstance, ...]:
    """Return the task instances D to K and V of a run, by task, fault and time."""
    faults = faults_of(log)
    table = _Table.of(log, faults, pairing_of(log))
    rows = [row for fault in faults for row in table.of_fault(fault)]
    rows += table.false_recognitions()
    rows += table.predictions()
    rows += [row for record in log.kind("plan.proposed") for row in table.analysed(record)]
    rows += [row for record in log.kind("plan.decided") for row in table.decided(record)]
    rows += [row for record in log.kind("plan.executed") for row in table.executed(record)]
    rows += [table.verified(record) for record in log.kind("service.verified")]
    return tuple(sorted(rows, key=lambda row: (row.task, row.fault, row.incident, row.end or -1)))


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything that judging a task instance needs to look up."""

    log: RunLog
    faults: Mapping[str, Fault]
    scores: Mapping[str, FaultScore]
    pairing: Pairing
    targets: Targets
    fault_by_incident: Mapping[str, Fault]
    handwork: Handwork
    judged: Mapping[str, Mapping[str, Any]]
    purposes: Mapping[str, str]
    effects: Mapping[str, Record]

    @classmethod
    def of(cls, log: RunLog, faults: Iterable[Fault], pairing: Pairing) -> _Table:
        """Return the table of a run."""
        by_id = {fault.id: fault for fault in faults}
        scores = {score.fault.id: score for score in fault_scores(log, by_id.values(), pairing)}
        return cls(
            log=log,
            faults=by_id,
            scores=scores,
            pairing=pairing,
            targets=Targets.of(log.manifest),
            fault_by_incident={
                member: by_id[name]
                for name, incident in pairing.incidents.items()
                for member in incident.members
            },
            handwork=Handwork.of(log),
            judged={record.id: record.data for record in log.kind("plan.judged")},
            purposes={r.id: r.data["purpose"] for r in log.kind("plan.proposed")},
            effects=effects_of(log),
        )

    def of_fault(self, fault: Fault) -> Iterator[TaskInstance]:
        """Yield what a fault calls for once: D, E, G, H, and misses of I, J and K."""
        if fault.t0 is None:
            return
        incident = self.pairing.incidents.get(fault.id)
        members = frozenset(incident.members if incident else ())
        clocks = self.scores[fault.id].clocks
        roots = root_alarms(self.log).get(fault.id)
        if roots:
            kept = bool(roots & shown_alarms(self.log, members))
            yield self._last(Task.ALARM_FILTERING, "alarms.filtered", fault, incident, kept)
        yield self._recognised(fault, incident, clocks)
        yield self._demarcated(fault, incident)
        in_time = clocks.locate is not None and clocks.locate <= self.targets.locate
        right = clocks.located_top1
        yield self._last(Task.ROOT_CAUSE, "incident.located", fault, incident, right, in_time)
        if self.scores[fault.id].contestable:
            yield from self._missed(fault, incident, members)

    def _recognised(self, fault: Fault, incident: Incident | None, clocks: Clocks) -> TaskInstance:
        """Return the instance of E for a fault."""
        in_time = clocks.detect is not None and clocks.detect <= self.targets.detect
        if incident is None:
            return self._miss(Task.FAULT_RECOGNITION, fault, None, in_time=False)
        opened = [r for r in self.log.kind("incident.opened") if r.id in incident.members]
        first = min(opened, key=lambda record: (record.at, record.id))
        return self._row(first, fault, right=True, in_time=in_time)

    def _demarcated(self, fault: Fault, incident: Incident | None) -> TaskInstance:
        """Return the instance of G for a fault: the domain believed last."""
        last = self._latest("incident.demarcated", incident)
        right = last is not None and last.data["domain"] == fault.domain
        return self._last(Task.DEMARCATION, "incident.demarcated", fault, incident, right)

    def _missed(
        self, fault: Fault, incident: Incident | None, members: frozenset[str]
    ) -> Iterator[TaskInstance]:
        """Yield a miss for each of I, J and K that a contestable fault has no record of."""
        kinds = (
            (Task.RECOVERY_ANALYSIS, "plan.proposed", None),
            (Task.DETERMINATION, "plan.decided", None),
            (Task.EXECUTION, "plan.executed", False),
        )
        for task, kind, in_time in kinds:
            done = any(
                incident_id(record) in members and self._is_action(record)
                for record in self.log.kind(kind)
            )
            if not done:
                yield self._miss(task, fault, incident, in_time)

    def _plan(self, record: Record) -> str:
        """Return which plan a record is about."""
        return record.id if record.kind == "plan.proposed" else str(record.ref["plan"])

    def _is_action(self, record: Record) -> bool:
        """Whether a record is about a plan that changes the network for the better."""
        return self.purposes.get(self._plan(record), "") not in NO_ACTION

    def analysed(self, record: Record) -> Iterator[TaskInstance]:
        """Yield the instance of I: the plan restores service, or keeps what is restored."""
        if not self._is_action(record):
            return
        judged = self.judged.get(record.id)
        right = None
        if judged is not None:
            nothing_out = _count(judged["outside_without"]) == 0
            right = bool(judged["restores"] or (nothing_out and not judged["harms"]))
        yield self._row(record, self._fault(record), right)

    def decided(self, record: Record) -> Iterator[TaskInstance]:
        """Yield the instance of J: allowed and no worse than nothing, or rightly refused."""
        if not self._is_action(record):
            return
        judged = self.judged.get(self._plan(record))
        right = None
        if judged is not None:
            without, outside = (_count(judged[f"outside_{way}"]) for way in ("without", "with"))
            harmless = not judged["harms"] and outside <= without
            refused = record.data["verdict"].lower() in _REFUSALS
            right = not (harmless and judged["restores"]) if refused else harmless
        yield self._row(record, self._fault(record), right)

    def executed(self, record: Record) -> Iterator[TaskInstance]:
        """Yield the instance of K: carried out as planned and to effect; field work is none."""
        effects = [self.effects[name] for name in record.ref["commands"] if name in self.effects]
        by_crew = bool(effects) and all(effect.data["field"] for effect in effects)
        if by_crew or not self._is_action(record):
            return
        right = bool(record.data["as_planned"] and all(e.data["applied"] for e in effects))
        fault = self._fault(record)
        in_time = None
        if fault is not None and self.scores[fault.id].contestable:
            restore = self.scores[fault.id].clocks.restore
            in_time = restore is not None and restore <= self.targets.restore
        yield self._row(record, fault, right, in_time)

    def verified(self, record: Record) -> TaskInstance:
        """Return the instance of V: what was said agrees with the truth, and no relapse follows."""
        fault = self._fault(record)
        out = False
        if fault is not None:
            out = bool(fault.outside_at(record.at))
            if record.data["fixed"]:
                out = out or any(
                    change.out and record.at < change.at <= record.at + HOLD
                    for change in fault.impacts
                )
        return self._row(record, fault, right=record.data["fixed"] != out)

    def false_recognitions(self) -> Iterator[TaskInstance]:
        """Yield the instances of E that were about nothing."""
        unfounded = {name for incident in self.pairing.false for name in incident.members}
        for record in self.log.kind("incident.opened"):
            if record.id in unfounded:
                yield self._row(record, None, right=False)

    def predictions(self) -> Iterator[TaskInstance]:
        """Yield the instances of F that foretold something."""
        for record in self.log.kind("prediction.made"):
            if record.data["expected"]:
                fault = self._foretold(record)
                yield self._row(record, fault, right=fault is not None)

    def _foretold(self, record: Record) -> Fault | None:
        """Return the first fault on what a prediction names that came within its horizon."""
        until = record.at + round(record.data["horizon_s"] * SECOND)
        named = frozenset(record.ref["objects"])
        for fault in self.faults.values():
            if fault.t0 is not None and record.at < fault.t0 <= until and named & fault.affected:
                return fault
        return None

    def _fault(self, record: Record) -> Fault | None:
        """Return the fault that a record's incident is paired with."""
        return self.fault_by_incident.get(incident_id(record))

    def _latest(self, kind: str, incident: Incident | None) -> Record | None:
        """Return the last record of a kind on an incident."""
        members = incident.members if incident else ()
        records = [r for r in self.log.kind(kind) if incident_id(r) in members]
        return records[-1] if records else None

    def _last(
        self,
        task: Task,
        kind: str,
        fault: Fault,
        incident: Incident | None,
        right: bool,
        in_time: bool | None = None,
    ) -> TaskInstance:
        """Return the instance of a task of which the last record counts, or a miss."""
        record = self._latest(kind, incident)
        if record is None:
            return self._miss(task, fault, incident, in_time)
        return self._row(record, fault, right, in_time)

    def _row(
        self, record: Record, fault: Fault | None, right: bool | None, in_time: bool | None = None
    ) -> TaskInstance:
        """Return the instance that a record is evidence of."""
        started = record.data.get("started_s")
        return TaskInstance(
            task=Task(record.task),
            fault=fault.id if fault else "",
            incident=incident_id(record) if record.task != Task.FAULT_PREDICTION else "",
            domain=fault.domain if fault else "",
            start=record.at if started is None else min(record.at, round(started * SECOND)),
            end=record.at,
            subject=self.handwork.subject(record),
            right=right,
            in_time=in_time,
        )

    def _miss(
        self, task: Task, fault: Fault, incident: Incident | None, in_time: bool | None
    ) -> TaskInstance:
        """Return an instance that ought to be there and is not."""
        name = incident.id if incident else ""
        return TaskInstance(
            task, fault.id, name, fault.domain, None, None, None, right=False, in_time=in_time
        )


def _count(extent: int | list[str]) -> int:
    """Return how many services a judgement speaks of."""
    return extent if isinstance(extent, int) else len(extent)
