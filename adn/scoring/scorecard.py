"""The scorecard of a run: values, and the JSON that `scorecard.json` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adn.base.clock import MINUTE, Millis, seconds
from adn.scoring.actions import effects_of
from adn.scoring.alarms import AlarmCounts
from adn.scoring.clocks import Clocks, Targets, clocks_of
from adn.scoring.disturbances import TicketCounts
from adn.scoring.log import RunLog
from adn.scoring.pairing import Pairing
from adn.scoring.people import PeopleTime
from adn.scoring.service import ServiceTime
from adn.scoring.truth import Fault, is_contestable

JsonObject = Mapping[str, Any]

_RATIO_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FaultScore:
    """One fault, its clocks, and whether they were met."""

    fault: Fault
    clocks: Clocks
    met_135: bool
    met_135_per_phase: bool
    first_time_right: bool | None = None
    self_healing: bool = False

    @property
    def contestable(self) -> bool:
        """Whether the headline counts it."""
        fault = self.fault
        return is_contestable(
            hurt=fault.impact is not None,
            self_healed=fault.self_healed,
            restorable=fault.restorable,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object of one fault, in the order of the documented scorecard."""
        fault, clocks = self.fault, self.clocks
        return {
            "id": fault.id,
            "kind": fault.kind,
            "domain": fault.domain,
            "target": fault.target,
            "onset_s": seconds(fault.onset),
            "t0_s": _seconds(fault.t0),
            "impact_s": _seconds(clocks.impact),
            "self_healed": fault.self_healed,
            "restorable": fault.restorable,
            "detect_s": _seconds(clocks.detect),
            "locate_s": _seconds(clocks.locate),
            "restore_s": _seconds(clocks.restore),
            "rectify_s": _seconds(clocks.rectify),
            "restored_by": clocks.restored_by,
            "located_top1": clocks.located_top1,
            "class_top1": clocks.class_top1,
            "met_135": self.met_135,
            "met_135_per_phase": self.met_135_per_phase,
            "first_time_right": self.first_time_right,
            "self_healing": self.self_healing,
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything that one run's logs say about it, and nothing that they do not."""

    scenario: str
    level: str
    seed: int
    digest: str
    faults: tuple[FaultScore, ...]
    incidents: int
    false_incidents: int
    duplicates: int
    incidents_on_disturbances: int
    actions: int
    wrong_actions: int
    found: float
    people: PeopleTime
    service: ServiceTime
    alarms: AlarmCounts
    tickets: TicketCounts
    conduct: JsonObject
    closure: JsonObject
    intent: JsonObject
    level_lived: str
    timings_assumed: int
    simulated_s: float
    natural: JsonObject | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the documented object: stable order of keys, times to the millisecond."""
        return {
            "scenario": self.scenario,
            "level": self.level,
            "seed": self.seed,
            "digest": self.digest,
            "faults": [fault.as_json() for fault in self.faults],
            "incidents": self.incidents,
            "false_incidents": self.false_incidents,
            "duplicates": self.duplicates,
            "incidents_on_disturbances": self.incidents_on_disturbances,
            "actions": self.actions,
            "wrong_actions": self.wrong_actions,
            "found": _ratio(self.found),
            "people": {
                "touches": self.people.touches,
                "minutes": _minutes(self.people.desks),
                "waited_minutes": _minutes(self.people.waited),
                "field_minutes": _minutes(self.people.field),
                "roles": {name: row.as_json() for name, row in self.people.roles.items()},
            },
            "service": {
                "down_minutes": _minutes(self.service.down),
                "degraded_minutes": _minutes(self.service.degraded),
                "availability": _ratio(self.service.availability),
            },
            "alarms": {
                "raw": self.alarms.raw,
                "shown": self.alarms.shown,
                "root_recall": _ratio(self.alarms.root_recall),
            },
            "tickets": {
                "raised": self.tickets.raised,
                "from_network": self.tickets.from_network,
                "per_fault": dict(self.tickets.per_fault),
            },
            "conduct": dict(self.conduct),
            "closure": dict(self.closure),
            "intent": dict(self.intent),
            "level_lived": self.level_lived,
            "timings_assumed": self.timings_assumed,
            "simulated_s": round(self.simulated_s, 3),
            **({} if self.natural is None else {"natural": dict(self.natural)}),
        }

    def missed(self) -> tuple[FaultScore, ...]:
        """Return the contestable faults whose 1-3-5 was missed."""
        return tuple(fault for fault in self.faults if fault.contestable and not fault.met_135)


def fault_scores(log: RunLog, faults: Iterable[Fault], pairing: Pairing) -> tuple[FaultScore, ...]:
    """Return the clocks of each fault, held against the run's targets."""
    targets, effects = Targets.of(log.manifest), effects_of(log)
    scores = []
    for fault in faults:
        clocks = clocks_of(fault, pairing.incidents.get(fault.id), log.end, effects)
        met, met_per_phase = clocks.met(targets), clocks.met_per_phase(targets)
        scores.append(FaultScore(fault, clocks, met, met_per_phase))
    return tuple(scores)


def share_found(faults: Iterable[FaultScore]) -> float:
    """Return the share of service-affecting faults that were detected; 1.0 if there is none."""
    hurting = [fault for fault in faults if fault.fault.impact is not None]
    seen = sum(1 for fault in hurting if fault.clocks.detect is not None)
    return seen / len(hurting) if hurting else 1.0


def _seconds(span: Millis | None) -> float | None:
    return None if span is None else seconds(span)


def _minutes(span: Millis) -> float:
    return round(span / MINUTE, 3)


def _ratio(value: float) -> float:
    return round(value, _RATIO_DIGITS)
