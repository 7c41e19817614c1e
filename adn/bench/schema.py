"""The columns of a stored run: what SQL asks for, and beside it the whole result as it was.

Durations are seconds, people's and services' times minutes, as in scorecards; null is a clock that
never stopped, or a figure that the run does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

TEXT, WHOLE, REAL, FLAG = "string", "int64", "float64", "bool"

CELL: Final = {"case": TEXT, "agent": TEXT, "level": TEXT, "seed": WHOLE, "approval_s": REAL}
"""Which run; the first columns of every view."""

RUN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "scenario": (TEXT, ("scenario",)),
    "scenario_digest": (TEXT, ("scenario_digest",)),
    "domain": (TEXT, ("domain",)),
    "elements": (WHOLE, ("elements",)),
    "simulated_s": (REAL, ("simulated_s",)),
    "detect_target_s": (REAL, ("targets", "detect_s")),
    "locate_target_s": (REAL, ("targets", "locate_s")),
    "restore_target_s": (REAL, ("targets", "restore_s")),
    "run_digest": (TEXT, ("card", "digest")),
    "level_lived": (TEXT, ("card", "level_lived")),
    "incidents": (WHOLE, ("card", "incidents")),
    "false_incidents": (WHOLE, ("card", "false_incidents")),
    "duplicates": (WHOLE, ("card", "duplicates")),
    "incidents_on_disturbances": (WHOLE, ("card", "incidents_on_disturbances")),
    "actions": (WHOLE, ("card", "actions")),
    "wrong_actions": (WHOLE, ("card", "wrong_actions")),
    "found": (REAL, ("card", "found")),
    "touches": (WHOLE, ("card", "people", "touches")),
    "people_minutes": (REAL, ("card", "people", "minutes")),
    "waited_minutes": (REAL, ("card", "people", "waited_minutes")),
    "field_minutes": (REAL, ("card", "people", "field_minutes")),
    "down_minutes": (REAL, ("card", "service", "down_minutes")),
    "degraded_minutes": (REAL, ("card", "service", "degraded_minutes")),
    "availability": (REAL, ("card", "service", "availability")),
    "alarms_raw": (WHOLE, ("card", "alarms", "raw")),
    "alarms_shown": (WHOLE, ("card", "alarms", "shown")),
    "root_recall": (REAL, ("card", "alarms", "root_recall")),
    "tickets_raised": (WHOLE, ("card", "tickets", "raised")),
    "tickets_from_network": (WHOLE, ("card", "tickets", "from_network")),
    "harmful": (WHOLE, ("card", "conduct", "harmful")),
    "harmful_standing": (WHOLE, ("card", "conduct", "harmful_standing")),
    "idle_repairs": (WHOLE, ("card", "conduct", "idle_repairs")),
    "quiet_s": (REAL, ("card", "conduct", "quiet_s")),
    "closed": (WHOLE, ("card", "closure", "closed")),
    "closed_by_system": (WHOLE, ("card", "closure", "by_system")),
    "closed_true": (WHOLE, ("card", "closure", "true")),
    "closed_auto": (WHOLE, ("card", "closure", "auto")),
    "reopened": (WHOLE, ("card", "closure", "reopened")),
    "set_by_person": (WHOLE, ("card", "intent", "settings", "person")),
    "set_derived": (WHOLE, ("card", "intent", "settings", "derived")),
    "set_by_self": (WHOLE, ("card", "intent", "settings", "self")),
    "evaluations": (WHOLE, ("card", "intent", "evaluations")),
    "evaluated_by_people": (WHOLE, ("card", "intent", "evaluated_by_people")),
}
"""Columns of a run beside its cell: type, and where in the result they stand."""

FAULT: Final = {
    "id": TEXT,
    "kind": TEXT,
    "domain": TEXT,
    "target": TEXT,
    "onset_s": REAL,
    "t0_s": REAL,
    "impact_s": REAL,
    "self_healed": FLAG,
    "restorable": FLAG,
    "detect_s": REAL,
    "locate_s": REAL,
    "restore_s": REAL,
    "rectify_s": REAL,
    "restored_by": TEXT,
    "located_top1": FLAG,
    "class_top1": FLAG,
    "met_135": FLAG,
    "met_135_per_phase": FLAG,
    "first_time_right": FLAG,
    "self_healing": FLAG,
    "tickets": WHOLE,
}
TASK: Final = {
    "task": TEXT,
    "fault": TEXT,
    "kind": TEXT,
    "fault_domain": TEXT,
    "incident": TEXT,
    "start_s": REAL,
    "end_s": REAL,
    "subject": TEXT,
    "right": FLAG,
    "in_time": FLAG,
}
ROLE: Final = {
    "role": TEXT,
    "touches": WHOLE,
    "minutes": REAL,
    "waited_minutes": REAL,
    "peak": WHOLE,
}
LISTED: Final = {"faults": FAULT, "tasks": TASK, "roles": ROLE}
"""Columns that hold a list of structures, and what is in these; each is a view of its own too."""
STAMP: Final = {"suite": "suite_digest", "code": "code_digest"}
"""Columns that say with what the run was recorded; `scenario_digest` is another."""
TEXTS: Final = ("held_out", "inapplicable", "broken")
"""Columns that hold a list of texts."""
RESULT: Final = "result"
"""The column with the whole result, as JSON; tables are made of nothing else."""
DIGEST: Final = "digest"
"""The column with the BLAKE2b of `RESULT`, 32 hexadecimal digits."""


@cache
def schema() -> Any:
    """Return the schema of a run's file, as pyarrow has it."""
    import pyarrow as pa

    types = {TEXT: pa.string(), WHOLE: pa.int64(), REAL: pa.float64(), FLAG: pa.bool_()}
    fields = [(name, types[kind]) for name, kind in CELL.items()]
    fields += [(name, types[kind]) for name, (kind, _) in RUN.items()]
    fields += [(name, pa.list_(pa.string())) for name in TEXTS]
    for name, columns in LISTED.items():
        held = pa.struct([(column, types[kind]) for column, kind in columns.items()])
        fields.append((name, pa.list_(held)))
    fields += [(name, pa.string()) for name in (*STAMP.values(), RESULT, DIGEST)]
    return pa.schema(fields)


def row_of(
    result: Mapping[str, Any], text: str, digest: str, stamp: Mapping[str, str]
) -> dict[str, Any]:
    """Return a result as a row of the schema.

    Args:
        result: The result.
        text: The same as JSON.
        digest: The digest of that.
        stamp: Digests of suite and code.
    """
    card = result["card"]
    tickets = card.get("tickets", {}).get("per_fault", {})
    roles = card.get("people", {}).get("roles") or {}
    row: dict[str, Any] = {name: result["cell"][name] for name in CELL}
    row |= {name: _typed(kind, _at(result, way)) for name, (kind, way) in RUN.items()}
    row |= {name: list(result[name]) for name in TEXTS}
    row["faults"] = [
        _struct(FAULT, {**fault, "tickets": tickets.get(fault["id"])}) for fault in card["faults"]
    ]
    row["tasks"] = [_struct(TASK, task) for task in result["tasks"]]
    row["roles"] = [
        _struct(ROLE, {**figures, "role": role}) for role, figures in sorted(roles.items())
    ]
    row |= {column: stamp[key] for key, column in STAMP.items()}
    return {**row, RESULT: text, DIGEST: digest}


def _struct(columns: Mapping[str, str], held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(kind, held.get(name)) for name, kind in columns.items()}


def _at(result: Mapping[str, Any], way: tuple[str, ...]) -> Any:
    here: Any = result
    for key in way:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here


def _typed(kind: str, value: Any) -> Any:
    return float(value) if kind == REAL and value is not None else value
