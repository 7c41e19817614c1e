"""Log records: the envelope, the catalogue of kinds, canonical bytes, and the digest.

A run leaves two files. `events.jsonl` holds what crossed the line between the world and its
operations, and what the operations did; `truth.jsonl` holds what was really so. Each numbers its
own records, so a gap in one tells nothing about the other. Every line carries the digest of the
line before it, so that nothing can be changed, taken out or put in unseen. A record with a `task`
is the evidence that this task instance happened: who did it (`by`), when it began
(`data.started_s`), when it ended (`t`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, Literal

from adn.base.clock import Millis, seconds
from adn.base.quantities import quantised

FORMAT: Final = 2
FIRST_SEQ: Final = 1
NO_LINE: Final = "0" * 16
"""What stands for the line before the first."""
File = Literal["events", "truth"]


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a log.

    Attributes:
        at: When, simulated milliseconds.
        kind: A key of `CATALOGUE`.
        src: Who wrote it: ``session``, ``twin``, ``collector``, ``loop`` or ``faults``.
        id: The id of the thing it is about, such as ``INC-0001``.
        task: Letter of the task this is evidence of, or empty.
        by: ``system`` or ``human`` for evidence, else empty.
        ref: Ids of related things.
        data: Everything else; floats are quantised when written.
    """

    at: Millis
    kind: str
    src: str
    id: str = ""
    task: str = ""
    by: str = ""
    ref: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    _said: tuple[dict[str, Any], dict[str, Any]] | None = field(
        init=False, repr=False, compare=False, default=None
    )

    def quantised(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return `ref` and `data` as they are written; worked out once for all who read them."""
        if self._said is None:
            said = quantised(dict(self.ref)), quantised(dict(self.data))
            object.__setattr__(self, "_said", said)
            return said
        return self._said

    def line(self, seq: int, prev: str = NO_LINE) -> bytes:
        """Return the canonical bytes of this record as number `seq` of its file.

        Args:
            seq: Its number, from `FIRST_SEQ`.
            prev: Digest of the line before it.
        """
        body: dict[str, Any] = {
            "v": FORMAT,
            "seq": seq,
            "prev": prev,
            "t": seconds(self.at),
            "kind": self.kind,
            "src": self.src,
        }
        optional = {"id": self.id, "task": self.task, "by": self.by}
        body |= {key: value for key, value in optional.items() if value}
        ref, data = self.quantised()
        if ref:
            body["ref"] = ref
        if data:
            body["data"] = data
        text = json.dumps(
            body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode() + b"\n"


def line_digest(line: bytes) -> str:
    """Return the BLAKE2b digest of one log line with its end, 16 hexadecimal digits."""
    return blake2b(line, digest_size=8).hexdigest()


def chained(records: Iterable[Record]) -> list[bytes]:
    """Return the canonical lines of the records of one file, each tied to the one before."""
    lines: list[bytes] = []
    prev = NO_LINE
    for seq, record in enumerate(records, FIRST_SEQ):
        lines.append(record.line(seq, prev))
        prev = line_digest(lines[-1])
    return lines


def log_digest(lines: Iterable[bytes]) -> str:
    """Return the BLAKE2b digest of canonical log lines, 32 hexadecimal digits."""
    state = blake2b(digest_size=16)
    for line in lines:
        state.update(line)
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class RecordKind:
    """What one kind of record says, and which keys of `ref` and `data` it always has."""

    name: str
    file: File
    says: str
    ref: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    task: str = ""


_KINDS: Final = (
    # --- events: the session and what went up ---
    RecordKind("run.started", "events", "The run began.", data=("level", "duration_s", "warmup_s")),
    RecordKind("run.ended", "events", "The run ended; the log is complete."),
    RecordKind(
        "alarm.raised",
        "events",
        "An X.733 alarm reached the operations side.",
        ref=("object",),
        data=("event_type", "probable_cause", "perceived_severity", "event_time_s"),
    ),
    RecordKind(
        "alarm.cleared", "events", "The clear of an earlier alarm arrived.", ref=("object",)
    ),
    RecordKind(
        "candidates.received",
        "events",
        "The collector passed on series that departed from their baseline.",
        data=("table", "measured_s", "count", "digest"),
    ),
    RecordKind(
        "rollup.received",
        "events",
        "The collector passed on a roll-up of a table.",
        data=("table", "from_s", "to_s", "complete", "digest"),
    ),
    RecordKind(
        "ticket.raised",
        "events",
        "A customer's complaint reached the front office.",
        data=("complaint", "description", "severity", "since_s"),
    ),
    RecordKind(
        "maintenance.announced",
        "events",
        "Operations were told of a coming change.",
        ref=("objects",),
        data=("start_s", "end_s", "description"),
    ),
    RecordKind("series.requested", "events", "The loop asked for raw series.", data=("series",)),
    RecordKind("series.received", "events", "The raw series arrived.", data=("series", "digest")),
    # --- events: what went down ---
    RecordKind(
        "command.submitted",
        "events",
        "A command was sent to the network.",
        ref=("incident",),
        data=("kind", "target", "params", "purpose"),
    ),
    RecordKind(
        "command.finished",
        "events",
        "The network answered a command.",
        data=("ok", "message", "finished_s"),
    ),
    # --- events: evidence of tasks ---
    RecordKind(
        "control.set",
        "events",
        "A watch list, limit or permission was set, and by whose authorship.",
        data=("started_s", "setting", "author", "value"),
        task="A",
    ),
    RecordKind(
        "intent.evaluated",
        "events",
        "Services were compared with their expectations, by what was measured between two times.",
        data=("started_s", "from_s", "to_s", "services", "within", "outside"),
        task="B",
    ),
    RecordKind(
        "data.collected",
        "events",
        "A roll-up interval of telemetry was taken in.",
        data=("started_s", "table", "complete"),
        task="C",
    ),
    RecordKind(
        "alarms.filtered",
        "events",
        "Alarms of an incident were condensed; `shown` is what a person would see.",
        ref=("incident",),
        data=("started_s", "raw", "shown"),
        task="D",
    ),
    RecordKind(
        "incident.opened",
        "events",
        "Signals were recognised as a fault.",
        ref=("evidence", "objects", "services"),
        data=("started_s", "severity"),
        task="E",
    ),
    RecordKind(
        "prediction.made",
        "events",
        "A coming fault was predicted from a roll-up, or the look ahead found none.",
        ref=("objects",),
        data=("started_s", "table", "from_s", "to_s", "horizon_s", "expected"),
        task="F",
    ),
    RecordKind(
        "incident.demarcated",
        "events",
        "The domain of an incident was named.",
        ref=("incident",),
        data=("started_s", "domain", "probability"),
        task="G",
    ),
    RecordKind(
        "incident.located",
        "events",
        "Suspects of an incident, best first: [object, problem class, probability].",
        ref=("incident",),
        data=("started_s", "suspects", "because"),
        task="H",
    ),
    RecordKind(
        "plan.proposed",
        "events",
        "A plan was generated and tried on the loop's own estimate.",
        ref=("incident",),
        data=("started_s", "purpose", "steps", "expected", "candidates"),
        task="I",
    ),
    RecordKind(
        "plan.decided",
        "events",
        "A plan was allowed or refused.",
        ref=("incident", "plan"),
        data=("started_s", "verdict", "risk", "reason"),
        task="J",
    ),
    RecordKind(
        "plan.executed",
        "events",
        "The commands of a plan have finished.",
        ref=("incident", "plan", "commands"),
        data=("started_s", "as_planned"),
        task="K",
    ),
    RecordKind(
        "service.verified",
        "events",
        "The loop judged whether the service is back.",
        ref=("incident",),
        data=("started_s", "fixed", "outside"),
        task="V",
    ),
    # --- events: people at work ---
    RecordKind(
        "work.queued",
        "events",
        "A task was handed to a desk or a crew.",
        ref=("incident",),
        data=("task", "role", "priority"),
    ),
    RecordKind(
        "work.replied",
        "events",
        "Somebody answered; `took_s` at work on it, after `waited_s` with nobody at it. Work that "
        "was laid down meanwhile also says in how many `interruptions` and `handovers`, and in "
        "`spells` from when to when who was at it.",
        ref=("incident",),
        data=("task", "role", "verdict", "took_s", "waited_s"),
    ),
    # --- events: life of an incident ---
    RecordKind(
        "incident.updated",
        "events",
        "More objects, services or alarms were joined to an incident.",
        ref=("objects", "services", "evidence"),
    ),
    RecordKind(
        "incident.merged", "events", "An incident was found to be part of another.", ref=("into",)
    ),
    RecordKind("incident.status", "events", "An incident changed status.", data=("status",)),
    RecordKind(
        "plan.rolled-back",
        "events",
        "A plan was undone because it did not help or did harm.",
        ref=("incident", "plan"),
        data=("reason",),
    ),
    # --- truth ---
    RecordKind(
        "fault.planned",
        "truth",
        "A fault that the scenario and the seed have in store.",
        ref=("target",),
        data=("fault", "class", "domain", "at_s", "params", "equivalent"),
    ),
    RecordKind(
        "fault.onset",
        "truth",
        "The first impairment of a fault took effect.",
        ref=("target", "objects"),
        data=("impairments",),
    ),
    RecordKind(
        "fault.visible",
        "truth",
        "The first noise-free departure of a KPI or alarm condition from its healthy band.",
        data=("via",),
    ),
    RecordKind(
        "fault.impact",
        "truth",
        "Services that this fault puts outside their limits (`out`) or no longer does (`back`).",
        data=("out", "back", "cause"),
    ),
    RecordKind(
        "fault.cleared",
        "truth",
        "No impairment of the fault is left.",
        data=("by", "field"),
    ),
    RecordKind(
        "fault.reference",
        "truth",
        "What the do-nothing and oracle runs of the same seed say of a fault.",
        data=("self_healed", "restorable"),
    ),
    RecordKind(
        "service.state",
        "truth",
        "Services that changed between ok, degraded (outside limits) and down (unreachable).",
        data=("ok", "degraded", "down"),
    ),
    RecordKind(
        "alarm.cause",
        "truth",
        "Which fault an alarm is due to, and whether it is on the impaired object itself.",
        data=("fault", "root"),
    ),
    RecordKind(
        "ticket.cause",
        "truth",
        "Which faults or disturbances a ticket is due to, if any, and which service was hurt.",
        data=("cause", "service"),
    ),
    RecordKind(
        "disturbance.began",
        "truth",
        "Something that is no fault began.",
        ref=("objects",),
        data=("kind", "announced", "until_s"),
    ),
    RecordKind(
        "disturbance.impact",
        "truth",
        "Services that a disturbance puts outside their limits (`out`) or no longer does (`back`).",
        data=("out", "back", "cause"),
    ),
    RecordKind("disturbance.ended", "truth", "Something that is no fault ended.", data=("kind",)),
    RecordKind(
        "plan.judged",
        "truth",
        "A plan tried on a fork of the true state: services outside limits after settling.",
        data=("outside_without", "outside_with", "restores", "harms"),
    ),
    RecordKind(
        "command.effect",
        "truth",
        "What a command really did.",
        data=("applied", "renewed", "helped", "harmed", "field"),
    ),
    RecordKind(
        "truth.sealed",
        "truth",
        "The run ended; the truth is complete. `run` repeats what the manifest claims it was.",
        data=("services", "duration_s"),
    ),
)

CATALOGUE: Final[Mapping[str, RecordKind]] = {kind.name: kind for kind in _KINDS}
