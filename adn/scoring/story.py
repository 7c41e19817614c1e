"""One incident told in order: what was seen, believed, asked, done, and what was true.

The only place where beliefs and truth stand side by side; it is for people who look back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

from adn.base.clock import SECOND, Millis, seconds
from adn.base.errors import Finding, RunFolderError
from adn.base.records import Record
from adn.scoring.incidents import Incident, incident_id, incidents_of
from adn.scoring.log import RunLog
from adn.scoring.pairing import Pairing, pairing_of
from adn.scoring.truth import Fault, faults_of

Part = Literal["seen", "believed", "asked", "done", "true"]
_MOST_NAMES: Final = 4


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened; `part` says in which sense."""

    at: Millis
    part: Part
    kind: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON."""
        return {"t": seconds(self.at), "part": self.part, "kind": self.kind, "text": self.text}


@dataclass(frozen=True, slots=True)
class Story:
    """An incident, the fault it was about, and everything that happened, in order."""

    incident: Incident
    fault: Fault | None
    verdict: str
    lines: tuple[StoryLine, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the story as JSON."""
        return {
            "incident": self.incident.id,
            "members": list(self.incident.members),
            "fault": self.fault.id if self.fault else None,
            "verdict": self.verdict,
            "lines": [line.as_json() for line in self.lines],
        }


def overview(log: RunLog) -> dict[str, Any]:
    """Return the incidents and faults of a run, and who was about what."""
    faults, incidents = faults_of(log), incidents_of(log)
    pairing = pairing_of(log)
    return {
        "incidents": [
            {
                "id": incident.id,
                "opened_s": seconds(incident.opened),
                "fault": pairing.fault_of(incident) or None,
                "verdict": verdict_on(incident, pairing),
                "top_suspect": list(incident.beliefs[-1].top or ()) if incident.beliefs else [],
            }
            for incident in incidents
        ],
        "faults": [
            {
                "id": fault.id,
                "kind": fault.kind,
                "target": fault.target,
                "t0_s": None if fault.t0 is None else seconds(fault.t0),
                "incident": pairing.incidents[fault.id].id
                if fault.id in pairing.incidents
                else None,
            }
            for fault in faults
        ],
    }


def verdict_on(incident: Incident, pairing: Pairing) -> str:
    """Return what an incident turned out to be."""
    if incident in pairing.false:
        return "false"
    if incident in pairing.explained:
        return "on a disturbance"
    return "duplicate" if incident in pairing.duplicates else "true"


def story_of(log: RunLog, name: str) -> Story:
    """Return the story of one incident.

    Raises:
        RunFolderError: The run has no such incident (``RUN012``).
    """
    faults, incidents = faults_of(log), incidents_of(log)
    by_member = {member: incident for incident in incidents for member in incident.members}
    if name not in by_member:
        raise RunFolderError(_no_such_incident(name, sorted(by_member)))
    incident = by_member[name]
    pairing = pairing_of(log)
    fault_id = pairing.fault_of(incident)
    fault = next((fault for fault in faults if fault.id == fault_id), None)
    records = sorted(_about(log, incident, fault), key=lambda record: record.at)
    lines = [_line(record) for record in records if record.kind in _TOLD]
    return Story(incident, fault, verdict_on(incident, pairing), tuple(lines))


def _no_such_incident(name: str, known: list[str]) -> Finding:
    """Return the finding for an incident that is not there."""
    near = get_close_matches(name, known, n=1)
    listed = ", ".join(known[:_MOST_NAMES]) + (", …" if len(known) > _MOST_NAMES else "")
    there = f"it has {listed}" if known else "it has none"
    message = f"this run has no incident {name!r}; {there}"
    return Finding("RUN012", message, hint=near[0] if near else "")


def _about(log: RunLog, incident: Incident, fault: Fault | None) -> Iterator[Record]:
    """Yield the records that concern an incident, truth first at equal times."""
    members = frozenset(incident.members)
    plans = {r.id for r in log.kind("plan.proposed") if incident_id(r) in members}
    commands = {r.id for r in log.kind("command.submitted") if incident_id(r) in members}
    shown = {
        alarm
        for record in log.kind("alarms.filtered")
        if incident_id(record) in members
        for alarm in record.data["shown"]
    }
    own = {*plans, *commands} | ({fault.id} if fault else set())
    yield from (record for record in log.truth if record.id in own)
    for record in log.events:
        if record.kind == "alarm.raised":
            if record.id in shown:
                yield record
        elif incident_id(record) in members or record.id in commands:
            yield record


def _names(values: Any) -> str:
    """Return a few names, and how many more there are."""
    names = [str(value) for value in values]
    more = len(names) - _MOST_NAMES
    return " ".join(names[:_MOST_NAMES]) + (f" + {more} more" if more > 0 else "")


def _services(count: int) -> str:
    return f"{count} service" if count == 1 else f"{count} services"


def _suspects(record: Record) -> str:
    """Return the suspects in words, best first."""
    rows = record.data["suspects"][:3]
    told = [f"{name} {problem} p {probability:.2f}" for name, problem, probability in rows]
    return "; ".join(told) if told else "no suspect"


def _impact(record: Record) -> str:
    """Return how a fault's impact changed, in words."""
    out, back = record.data["out"], record.data["back"]
    parts = [f"{_services(len(out))} out of limits: {_names(out)}"] if out else []
    parts += [f"{_services(len(back))} back: {_names(back)}"] if back else []
    return f"{'; '.join(parts) or 'no change'} ({record.data['cause']})"


def _effect(record: Record) -> str:
    """Return what a command really did, in words."""
    flags = ("applied", "renewed", "helped", "harmed")
    told = [flag for flag in flags if record.data[flag]]
    if record.data["field"] and not record.data["applied"]:
        return f"{record.id} has mended nothing so far"
    return f"{record.id} {', '.join(told) or 'had no effect'}"


def _joined(record: Record) -> str:
    """Return what joined an incident: what it names, or else the signals themselves."""
    named = [*record.ref["objects"], *record.ref["services"]]
    return _names(named or record.ref["evidence"])


def _judged(record: Record) -> str:
    """Return what a plan would really have done, in words."""
    data = record.data
    says = "restores service" if data["restores"] else "does not restore service"
    return f"{record.id} {says}{', does harm' if data['harms'] else ''}"


def _cleared(record: Record) -> str:
    return f"{record.id} cleared by {record.data['by']}"


def _executed(record: Record) -> str:
    says = "as planned" if record.data["as_planned"] else "not as planned"
    return f"{record.ref['plan']} carried out {says}: {_names(record.ref['commands'])}"


def _opened(record: Record) -> str:
    ref = record.ref
    return (
        f"{record.id} {record.data['severity']}, {_services(len(ref['services']))}, "
        f"objects {_names(ref['objects']) or 'none'}"
    )


def _finished(record: Record) -> str:
    data = record.data
    measured = ", ".join(
        f"{name} {value}" for name, value in sorted(data.get("measurement", {}).items())
    )
    says = data["message"] if data["ok"] else f"failed: {data['message']}"
    return f"{record.id} {says}{': ' if measured else ''}{measured}"


_TOLD: Final[Mapping[str, tuple[Part, Callable[[Record], str]]]] = {
    "alarm.raised": (
        "seen",
        lambda r: (
            f"{r.id} {r.data['perceived_severity']} {r.data['probable_cause']} on {r.ref['object']}"
        ),
    ),
    "alarms.filtered": (
        "seen",
        lambda r: f"alarms condensed to {len(r.data['shown'])}: {_names(r.data['shown'])}",
    ),
    "incident.opened": ("believed", _opened),
    "incident.updated": (
        "believed",
        lambda r: f"{r.id} joined by {_joined(r)}",
    ),
    "incident.merged": ("believed", lambda r: f"{r.id} is part of {r.ref['into']}"),
    "incident.status": ("believed", lambda r: f"{r.id} {r.data['status']}"),
    "incident.demarcated": ("believed", lambda r: f"domain {r.data['domain']}"),
    "incident.located": ("believed", _suspects),
    "plan.proposed": ("believed", lambda r: f"{r.id} to {r.data['purpose']}"),
    "service.verified": (
        "believed",
        lambda r: "service is back" if r.data["fixed"] else "service is not back",
    ),
    "plan.decided": (
        "asked",
        lambda r: (
            f"{r.ref['plan']} {r.data['verdict']} by {r.by}, risk {r.data['risk']} "
            f"{r.data['reason']}".rstrip()
        ),
    ),
    "work.replied": (
        "asked",
        lambda r: (
            f"{r.data['role']}: {r.data['verdict']} on task {r.data['task']} "
            f"after {r.data['took_s']:.0f} s"
        ),
    ),
    "command.submitted": (
        "done",
        lambda r: f"{r.id} {r.data['kind']} {r.data['target']} to {r.data['purpose']}",
    ),
    "command.finished": ("done", _finished),
    "plan.executed": ("done", _executed),
    "plan.rolled-back": ("done", lambda r: f"{r.ref['plan']} undone: {r.data['reason']}"),
    "fault.onset": ("true", lambda r: f"{r.id} strikes {r.ref['target']}"),
    "fault.visible": ("true", lambda r: f"{r.id} could first be seen, by {r.data['via']}"),
    "fault.impact": ("true", _impact),
    "fault.cleared": ("true", _cleared),
    "plan.judged": ("true", _judged),
    "command.effect": ("true", _effect),
}
"""Which records are told, in which sense, and in what words."""


def _line(record: Record) -> StoryLine:
    """Return a record as a line of a story."""
    part, says = _TOLD[record.kind]
    return StoryLine(record.at, part, record.kind, says(record))


def offset(at: Millis, start: Millis) -> str:
    """Return a time relative to the start of a story, signed, in seconds.

    >>> offset(614_200, 600_000), offset(599_000, 600_000)
    ('+14.2', '-1.0')
    """
    return f"{(at - start) / SECOND:+.1f}"
