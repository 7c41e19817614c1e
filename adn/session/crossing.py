"""How what crosses the line is written into the public log."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from adn.base.clock import Millis, seconds
from adn.base.quantities import quantise
from adn.base.records import Record
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult
from adn.northbound.post import (
    Candidates,
    MaintenanceNotice,
    Observation,
    RollUp,
    SeriesReply,
    SeriesRequest,
    Ticket,
)


def observed(now: Millis, seen: Observation) -> Record | None:
    """Return the log record of an observation, or None for what needs none (rosters)."""
    if isinstance(seen, Alarm):
        return _alarm(now, seen)
    if isinstance(seen, Candidates):
        data: dict[str, Any] = {
            "table": seen.table,
            "measured_s": seconds(seen.measured_at),
            "count": len(seen.rows),
            "silent": list(seen.silent),
            "digest": _digest(
                f"{row.object} {row.kpi} {quantise(row.value)} {quantise(row.z)}"
                for row in seen.rows
            ),
        }
        return Record(now, "candidates.received", "collector", data=data)
    if isinstance(seen, RollUp):
        data = {
            "table": seen.table,
            "from_s": seconds(seen.start),
            "to_s": seconds(seen.end),
            "complete": seen.complete,
            "digest": _columns_digest(seen.mean, seen.peak),
        }
        return Record(now, "rollup.received", "collector", data=data)
    if isinstance(seen, SeriesReply):
        data = {
            "series": [[row.table, row.object, row.kpi] for row in seen.series],
            "digest": _columns_digest(*(np.array(row.values, np.float32) for row in seen.series)),
        }
        return Record(now, "series.received", "collector", id=seen.request, data=data)
    if isinstance(seen, CommandResult):
        data = {
            "ok": seen.ok,
            "message": seen.message,
            "finished_s": seconds(seen.finished_at),
            "measurement": dict(seen.measurement),
        }
        return Record(now, "command.finished", "twin", id=seen.command, data=data)
    if isinstance(seen, Ticket):
        return _ticket(now, seen)
    if isinstance(seen, MaintenanceNotice):
        data = {
            "start_s": seconds(seen.start),
            "end_s": seconds(seen.end),
            "description": seen.description,
        }
        ref = {"objects": list(seen.objects)}
        return Record(now, "maintenance.announced", "twin", id=seen.id, ref=ref, data=data)
    return None


def ordered(now: Millis, message: Command) -> Record:
    """Return the log record of a command on its way down."""
    return Record(
        now,
        "command.submitted",
        "loop",
        id=message.id,
        ref={"incident": message.incident, "plan": message.plan},
        data={
            "kind": message.kind,
            "target": message.target,
            "params": dict(message.params),
            "purpose": message.purpose,
        },
    )


def asked(now: Millis, message: SeriesRequest) -> Record:
    """Return the log record of a question to the collector."""
    data = {"series": [list(row) for row in message.series], "samples": message.samples}
    return Record(now, "series.requested", "loop", id=message.id, data=data)


def _ticket(now: Millis, ticket: Ticket) -> Record:
    data = {
        "complaint": ticket.complaint,
        "description": ticket.description,
        "severity": ticket.severity,
        "since_s": seconds(ticket.since),
    }
    named = {"service": ticket.service, "site": ticket.site}
    ref = {key: name for key, name in named.items() if name}
    return Record(now, "ticket.raised", "twin", id=ticket.id, ref=ref, data=data)


def _alarm(now: Millis, alarm: Alarm) -> Record:
    data = {
        "event_type": alarm.event_type,
        "probable_cause": alarm.probable_cause,
        "perceived_severity": alarm.perceived_severity,
        "event_time_s": seconds(alarm.event_time),
        "specific_problem": alarm.specific_problem,
        "notification": alarm.notification_id,
    }
    return Record(
        now,
        "alarm.cleared" if alarm.is_clear else "alarm.raised",
        "twin",
        id=alarm.alarm_id,
        ref={"object": alarm.managed_object, "reported_by": alarm.reported_by},
        data=data,
    )


def _digest(texts: Iterable[str]) -> str:
    state = blake2b(digest_size=8)
    for text in texts:
        state.update(text.encode())
        state.update(b"\n")
    return state.hexdigest()


def _columns_digest(*columns: npt.NDArray[np.float32]) -> str:
    """Return the digest of columns whose last twelve bits of mantissa are cut off."""
    state = blake2b(digest_size=8)
    for values in columns:
        state.update(
            (np.ascontiguousarray(values).view(np.uint32) & np.uint32(0xFFFFF000)).tobytes()
        )
    return state.hexdigest()
