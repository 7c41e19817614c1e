"""Everything that judging the task instances of a run needs to look up, and how rows are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adn.base.clock import SECOND, Millis
from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.actions import NO_ACTION, effects_of
from adn.scoring.assess import Handwork
from adn.scoring.clocks import Targets
from adn.scoring.incidents import Incident, incident_id
from adn.scoring.log import RunLog
from adn.scoring.pairing import Pairing, pairing_of
from adn.scoring.scorecard import FaultScore, fault_scores
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.truth import Fault, faults_of

_ABOUT_NO_INCIDENT: Final = frozenset(
    {
        Task.CONTROL_INFORMATION,
        Task.DATA_COLLECTION,
        Task.FAULT_PREDICTION,
    }
)


@dataclass(frozen=True, slots=True)
class Judging:
    """The run, what its faults came to, who did what, and what the truth says of plans."""

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
    def of(cls, log: RunLog, pairing: Pairing | None = None) -> Judging:
        """Return what there is to look up of a run."""
        by_id = {fault.id: fault for fault in faults_of(log)}
        pairing = pairing or pairing_of(log)
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

    def fault_of(self, record: Record) -> Fault | None:
        """Return the fault that a record's incident is paired with."""
        return self.fault_by_incident.get(incident_id(record))

    def plan_of(self, record: Record) -> str:
        """Return which plan a record is about."""
        return record.id if record.kind == "plan.proposed" else str(record.ref["plan"])

    def is_action(self, record: Record) -> bool:
        """Whether a record is about a plan that changes the network for the better."""
        return self.purposes.get(self.plan_of(record), "") not in NO_ACTION

    def latest(self, kind: str, incident: Incident | None) -> Record | None:
        """Return the last record of a kind on an incident."""
        members = incident.members if incident else ()
        records = [r for r in self.log.kind(kind) if incident_id(r) in members]
        return records[-1] if records else None

    def last(
        self,
        task: Task,
        kind: str,
        fault: Fault,
        incident: Incident | None,
        right: bool,
        in_time: bool | None = None,
    ) -> TaskInstance:
        """Return the instance of a task of which the last record counts, or a miss."""
        record = self.latest(kind, incident)
        if record is None:
            return self.miss(task, fault, incident, in_time)
        return self.row(record, fault, right, in_time)

    def row(
        self, record: Record, fault: Fault | None, right: bool | None, in_time: bool | None = None
    ) -> TaskInstance:
        """Return the instance that a record is evidence of."""
        task, started = Task(record.task), record.data.get("started_s")
        return TaskInstance(
            task=task,
            fault=fault.id if fault else "",
            kind=fault.kind if fault else "",
            domain=fault.domain if fault else "",
            incident="" if task in _ABOUT_NO_INCIDENT else incident_id(record),
            start=record.at if started is None else min(record.at, moment(started)),
            end=record.at,
            subject=self.handwork.subject(record),
            right=right,
            in_time=in_time,
        )

    def miss(
        self, task: Task, fault: Fault, incident: Incident | None, in_time: bool | None = None
    ) -> TaskInstance:
        """Return an instance that ought to be there and is not."""
        return TaskInstance(
            task=task,
            fault=fault.id,
            kind=fault.kind,
            domain=fault.domain,
            incident=incident.id if incident else "",
            start=None,
            end=None,
            subject=None,
            right=False,
            in_time=in_time,
        )


def moment(at_s: float) -> Millis:
    """Return the instant that a record gives in seconds."""
    return round(at_s * SECOND)


def extent(judged: int | list[str]) -> int:
    """Return how many services a judgement of the truth speaks of."""
    return judged if isinstance(judged, int) else len(judged)
