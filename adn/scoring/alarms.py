"""How far an alarm flood was condensed, and whether the alarms that matter survived it."""

from __future__ import annotations

from dataclasses import dataclass

from adn.scoring.log import RunLog


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """Alarms received, alarms a person would see, and root-alarm recall 0..1."""

    raw: int
    shown: int
    root_recall: float


def root_alarms(log: RunLog) -> dict[str, frozenset[str]]:
    """Return, by fault, the alarms on the impaired objects themselves that reached operations.

    An alarm lost on its way cannot be kept by any filter and is left out.
    """
    received = {record.id for record in log.kind("alarm.raised")}
    roots: dict[str, set[str]] = {}
    for record in log.kind("alarm.cause"):
        if record.data["root"] and record.data["fault"] and record.id in received:
            roots.setdefault(record.data["fault"], set()).add(record.id)
    return {fault: frozenset(alarms) for fault, alarms in sorted(roots.items())}


def shown_alarms(log: RunLog, incidents: frozenset[str] | None = None) -> frozenset[str]:
    """Return the alarms that were put before people, in these incidents or in any."""
    return frozenset(
        alarm
        for record in log.kind("alarms.filtered")
        if incidents is None or record.ref["incident"] in incidents
        for alarm in record.data["shown"]
    )


def alarm_counts(log: RunLog) -> AlarmCounts:
    """Return the counts of a run; recall is 1.0 where no fault raised a root alarm."""
    shown, roots = shown_alarms(log), root_alarms(log)
    kept = sum(1 for alarms in roots.values() if alarms & shown)
    raw = sum(1 for _ in log.kind("alarm.raised"))
    return AlarmCounts(raw, len(shown), kept / len(roots) if roots else 1.0)
