"""What a record and a manifest must look like before anything is computed from them.

The catalogue says which keys a kind always has; the shapes below say what the values that scoring
reads must be. A program from outside may write records too, so nothing is taken on trust.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from adn.base.levelplan import LevelPlan
from adn.base.levels import Task
from adn.base.records import CATALOGUE, File, Record

Check = Callable[[Any], bool]
Shape = tuple[str, Check]
_HEXADECIMAL: Final = frozenset("0123456789abcdef")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_suspects(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, list)
        and len(row) == 3
        and isinstance(row[0], str)
        and isinstance(row[1], str)
        and _is_number(row[2])
        for row in value
    )


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 16 and set(value) <= _HEXADECIMAL


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(_is_strings(row) and len(row) == 2 for row in value)


def _is_extent(value: Any) -> bool:
    return _is_strings(value) or (isinstance(value, int) and not isinstance(value, bool))


NUMBER: Final[Shape] = ("a number", _is_number)
WHOLE: Final[Shape] = (
    "a whole number",
    lambda value: isinstance(value, int) and not isinstance(value, bool),
)
TEXT: Final[Shape] = ("text", lambda value: isinstance(value, str))
FLAG: Final[Shape] = ("true or false", lambda value: isinstance(value, bool))
FLAG_OR_NULL: Final[Shape] = (
    "true, false or null",
    lambda value: value is None or isinstance(value, bool),
)
TEXT_OR_NULL: Final[Shape] = ("text or null", lambda value: value is None or isinstance(value, str))
STRINGS: Final[Shape] = ("a list of texts", _is_strings)
SUSPECTS: Final[Shape] = ("a list of [object, problem class, probability]", _is_suspects)
PAIRS: Final[Shape] = ("a list of [object, problem class]", _is_pairs)
EXTENT: Final[Shape] = ("a count or a list of services", _is_extent)

_EFFECTS: Final = tuple(
    f"data.{key}" for key in ("applied", "renewed", "helped", "harmed", "field")
)
SHAPES: Final[Mapping[str, Mapping[str, Shape]]] = {
    "alarms.filtered": {"ref.incident": TEXT, "data.shown": STRINGS},
    "command.submitted": {"ref.incident": TEXT, "data.purpose": TEXT, "data.kind": TEXT},
    "incident.opened": {"ref.objects": STRINGS, "ref.services": STRINGS, "ref.evidence": STRINGS},
    "incident.updated": {"ref.objects": STRINGS, "ref.services": STRINGS, "ref.evidence": STRINGS},
    "incident.merged": {"ref.into": TEXT},
    "incident.demarcated": {"ref.incident": TEXT, "data.domain": TEXT},
    "incident.located": {"ref.incident": TEXT, "data.suspects": SUSPECTS},
    "control.set": {"data.setting": TEXT, "data.author": TEXT},
    "intent.evaluated": {"data.from_s": NUMBER, "data.to_s": NUMBER, "data.outside": STRINGS},
    "data.collected": {"data.table": TEXT, "data.complete": NUMBER},
    "prediction.made": {
        "ref.objects": STRINGS,
        "data.table": TEXT,
        "data.from_s": NUMBER,
        "data.to_s": NUMBER,
        "data.horizon_s": NUMBER,
    },
    "rollup.received": {
        "data.table": TEXT,
        "data.from_s": NUMBER,
        "data.to_s": NUMBER,
        "data.complete": NUMBER,
    },
    "incident.status": {"data.status": TEXT},
    "plan.rolled-back": {"ref.incident": TEXT, "ref.plan": TEXT, "data.reason": TEXT},
    "run.started": {"data.duration_s": NUMBER, "data.warmup_s": NUMBER},
    "plan.proposed": {"ref.incident": TEXT, "data.purpose": TEXT},
    "plan.decided": {"ref.incident": TEXT, "ref.plan": TEXT, "data.verdict": TEXT},
    "plan.executed": {
        "ref.incident": TEXT,
        "ref.plan": TEXT,
        "ref.commands": STRINGS,
        "data.as_planned": FLAG,
    },
    "work.queued": {"ref.incident": TEXT, "data.task": TEXT, "data.role": TEXT},
    "work.replied": {
        "ref.incident": TEXT,
        "data.task": TEXT,
        "data.role": TEXT,
        "data.verdict": TEXT,
        "data.took_s": NUMBER,
        "data.waited_s": NUMBER,
    },
    "service.verified": {"ref.incident": TEXT, "data.fixed": FLAG},
    "fault.planned": {
        "ref.target": TEXT,
        "data.fault": TEXT,
        "data.class": TEXT,
        "data.domain": TEXT,
        "data.equivalent": PAIRS,
    },
    "fault.onset": {"ref.target": TEXT, "ref.objects": STRINGS},
    "fault.impact": {"data.out": STRINGS, "data.back": STRINGS, "data.cause": TEXT},
    "fault.cleared": {"data.by": TEXT, "data.field": FLAG},
    "fault.reference": {"data.self_healed": FLAG_OR_NULL, "data.restorable": FLAG_OR_NULL},
    "service.state": {"data.ok": STRINGS, "data.degraded": STRINGS, "data.down": STRINGS},
    "ticket.cause": {"data.cause": STRINGS, "data.service": TEXT},
    "disturbance.began": {
        "ref.objects": STRINGS,
        "data.kind": TEXT,
        "data.announced": FLAG,
        "data.until_s": NUMBER,
    },
    "disturbance.impact": {"data.out": STRINGS, "data.back": STRINGS, "data.cause": TEXT},
    "alarm.cause": {"data.fault": TEXT_OR_NULL, "data.root": FLAG},
    "plan.judged": {
        "data.outside_without": EXTENT,
        "data.outside_with": EXTENT,
        "data.restores": FLAG,
        "data.harms": FLAG,
    },
    "command.effect": dict.fromkeys(_EFFECTS, FLAG),
    "truth.sealed": {"data.services": WHOLE, "data.duration_s": NUMBER},
}
NAMED: Final = frozenset(
    {
        "alarm.raised",
        "alarm.cause",
        "command.submitted",
        "command.finished",
        "command.effect",
        "incident.opened",
        "incident.updated",
        "incident.merged",
        "incident.status",
        "work.queued",
        "work.replied",
        "plan.proposed",
        "plan.judged",
        "fault.planned",
        "fault.onset",
        "fault.visible",
        "fault.impact",
        "fault.cleared",
        "fault.reference",
        "ticket.raised",
        "ticket.cause",
        "maintenance.announced",
        "disturbance.began",
        "disturbance.impact",
        "disturbance.ended",
    }
)
"""Kinds whose record is about one named thing and means nothing without its id."""

_ENVELOPE: Final[Mapping[str, Shape]] = {
    "seq": WHOLE,
    "prev": ("16 hexadecimal digits", _is_digest),
    "t": NUMBER,
    "kind": TEXT,
    "src": TEXT,
}
_OPTIONAL: Final[Mapping[str, Shape]] = {
    "id": TEXT,
    "task": ("the letter of a task", lambda value: value in [task.value for task in Task]),
    "by": ("system or human", lambda value: value in ("system", "human")),
    "ref": ("an object", lambda value: isinstance(value, dict)),
    "data": ("an object", lambda value: isinstance(value, dict)),
}


def is_level(value: Any) -> bool:
    """Return whether a value names one level for all, or levels by domain (``L3+ip-L4``)."""
    try:
        LevelPlan.parse(value)
    except (AttributeError, ValueError):
        return False
    return True


_MANIFEST: Final[Mapping[str, Shape]] = {
    "scenario": TEXT,
    "level": ("one of L0 to L5, or levels by domain", is_level),
    "seed": WHOLE,
    "digest": TEXT,
    "timings_assumed": WHOLE,
    "simulated_s": NUMBER,
}


def shapes_of(name: str) -> Mapping[str, Shape]:
    """Return the shapes of a kind's values; every piece of evidence says when it was begun."""
    evidence = {"data.started_s": NUMBER} if CATALOGUE[name].task else {}
    return {**evidence, **SHAPES.get(name, {})}


def envelope_problems(value: Mapping[str, Any], version: int) -> list[str]:
    """Return what is wrong with the outer keys of a line."""
    if value.get("v") != version:
        return [f"v is {value.get('v')!r}; this version reads logs of format {version}"]
    problems = list(_unlike(value, _ENVELOPE, ""))
    present = {key: shape for key, shape in _OPTIONAL.items() if key in value}
    return problems + list(_unlike(value, present, ""))


def record_problems(record: Record, file: File) -> list[tuple[str, str]]:
    """Return (code, message) for everything in which a record departs from the catalogue."""
    kind = CATALOGUE.get(record.kind)
    if kind is None:
        return [("RUN006", f"unknown record kind {record.kind!r}; docs/event-log.md lists them")]
    problems = []
    if kind.file != file:
        problems.append(("RUN006", f"{kind.name} belongs into {kind.file}.jsonl"))
    if kind.name in NAMED and not record.id:
        problems.append(("RUN007", f"{kind.name} must have an id"))
    for group, keys, values in (("ref", kind.ref, record.ref), ("data", kind.data, record.data)):
        problems += [
            ("RUN007", f"{kind.name} must have {group}.{key}") for key in keys if key not in values
        ]
    if kind.task and (record.task != kind.task or not record.by):
        message = f"{kind.name} is evidence; it must have task {kind.task} and by whom it was done"
        problems.append(("RUN007", message))
    shapes = shapes_of(kind.name)
    nested = {
        key: shape
        for key, shape in shapes.items()
        if key.split(".")[1] in getattr(record, key.split(".")[0])
    }
    flat = {f"ref.{key}": value for key, value in record.ref.items()}
    flat |= {f"data.{key}": value for key, value in record.data.items()}
    problems += [("RUN008", message) for message in _unlike(flat, nested, f"{kind.name}: ")]
    return problems


def manifest_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a manifest."""
    problems = list(_unlike(manifest, _MANIFEST, ""))
    targets = manifest.get("targets", {})
    if not isinstance(targets, dict):
        return [*problems, "targets must be an object"]
    known = {key: NUMBER for key in ("detect_s", "locate_s", "restore_s") if key in targets}
    return problems + [f"targets: {message}" for message in _unlike(targets, known, "")]


def _unlike(values: Mapping[str, Any], shapes: Mapping[str, Shape], prefix: str) -> Iterator[str]:
    """Yield a message for each key that is missing or not of its shape."""
    for key, (says, holds) in shapes.items():
        if key not in values:
            yield f"{prefix}{key} is missing; it must be {says}"
        elif not holds(values[key]):
            yield f"{prefix}{key} must be {says}"
