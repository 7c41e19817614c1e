"""What operations did to the network: wrong actions, and field work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adn.base.clock import Millis
from adn.base.records import Record
from adn.scoring.log import RunLog

NO_ACTION: Final = frozenset({"probe", "rollback"})
"""Purposes that cannot be wrong actions: one changes nothing, the other takes a change back."""


def effects_of(log: RunLog) -> Mapping[str, Record]:
    """Return what each command really did, by command id."""
    return {record.id: record for record in log.kind("command.effect")}


def wrong_actions(log: RunLog) -> tuple[str, ...]:
    """Return the commands that took effect and did harm, or neither helped nor renewed anything."""
    effects = effects_of(log)
    return tuple(
        record.id
        for record in actions(log)
        if record.id in effects and _is_wrong(effects[record.id])
    )


def actions(log: RunLog) -> tuple[Record, ...]:
    """Return the commands that were sent to change the network, probes and rollbacks apart."""
    sent = log.kind("command.submitted")
    return tuple(record for record in sent if record.data["purpose"] not in NO_ACTION)


def _is_wrong(effect: Record) -> bool:
    """Whether a command's effect makes it a wrong action."""
    data = effect.data
    useless = not data["helped"] and not data["renewed"]
    return bool(data["applied"] and (data["harmed"] or useless))


def field_time(log: RunLog) -> Millis:
    """Return the time that crews were bound by commands, from order to answer or the run's end."""
    effects = effects_of(log)
    finished = {record.id: record.at for record in log.kind("command.finished")}
    return sum(
        finished.get(record.id, log.end) - record.at
        for record in log.kind("command.submitted")
        if record.id in effects and effects[record.id].data["field"]
    )
