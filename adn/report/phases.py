"""When the loop did what about one matter: its phases, one after the other, from its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adn.base.clock import SECOND, Millis
from adn.base.records import Record
from adn.report.matter import Matter


@dataclass(frozen=True, slots=True)
class Phase:
    """A span of work on a matter, what came of it, and who did it: ``system`` or ``human``."""

    name: str
    start: Millis
    end: Millis
    says: str = ""
    by: str = ""


def phases_of(matter: Matter) -> tuple[Phase, ...]:
    """Return the phases of a matter, those of one name in the order of time."""
    return (
        *_detected(matter),
        *_located(matter),
        *_planned(matter),
        *_decided(matter),
        *_executed(matter),
        *_verified(matter),
    )


def _begun(record: Record) -> Millis:
    return min(record.at, round(float(record.data["started_s"]) * SECOND))


def _detected(matter: Matter) -> Iterator[Phase]:
    """Yield the wait from the start of the clocks to the opening."""
    if matter.incident is not None:
        opened = matter.incident.opened
        by = next((record.by for record in matter.of("incident.opened")), "")
        yield Phase("detect", min(matter.start, opened), opened, matter.incident.id, by)


def _located(matter: Matter) -> Iterator[Phase]:
    """Yield the search for the cause; each renewed search begins where its evidence says."""
    before = matter.incident.opened if matter.incident else matter.start
    for place, record in enumerate(matter.of("incident.located")):
        suspects = record.data["suspects"]
        top = f"{suspects[0][0] or 'unknown'} {suspects[0][2]:.0%}" if suspects else "no suspect"
        start = before if place == 0 else _begun(record)
        yield Phase("locate", min(start, record.at), record.at, top, record.by)


def _planned(matter: Matter) -> Iterator[Phase]:
    """Yield the making of plans: from the last location, or their own beginning if that is later.

    A plan to repair waits for its turn; only the making counts.
    """
    found = [record.at for record in matter.of("incident.located")]
    for place, record in enumerate(matter.of("plan.proposed")):
        start = _begun(record)
        if place == 0:
            start = max((at for at in found if at <= record.at), default=start)
        says = f"{record.id} to {record.data['purpose']}"
        yield Phase("plan", min(start, record.at), record.at, says, record.by)


def _decided(matter: Matter) -> Iterator[Phase]:
    for record in matter.of("plan.decided"):
        yield Phase("decide", _begun(record), record.at, str(record.data["verdict"]), record.by)


def _executed(matter: Matter) -> Iterator[Phase]:
    for record in matter.of("plan.executed"):
        says = "as planned" if record.data["as_planned"] else "not as planned"
        yield Phase("execute", _begun(record), record.at, says, record.by)


def _verified(matter: Matter) -> Iterator[Phase]:
    for record in matter.of("service.verified"):
        says = "services are back" if record.data["fixed"] else "not back yet"
        yield Phase("verify", _begun(record), record.at, says, record.by)
