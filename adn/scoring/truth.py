"""What was really so: each fault with its times, its services and the right answers about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adn.base.clock import Millis
from adn.base.records import Record
from adn.scoring.log import RunLog


@dataclass(frozen=True, slots=True)
class ImpactChange:
    """Services that one fault newly put outside their limits, or no longer does, and through what.

    `cause` is what the twin wrote: ``fault``, ``convergence``, ``convergence CMD-0007``,
    ``convergence heal``, ``command CMD-0007``, ``traffic``, ``heal`` and the like.
    """

    at: Millis
    out: tuple[str, ...]
    back: tuple[str, ...]
    cause: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that happened.

    Attributes:
        id: ``FLT-0001``.
        kind: Name of the fault kind.
        domain: Right answer of demarcation.
        target: What it struck.
        right: Right answers of location: (object, problem class), the target's own first.
        onset: When its first impairment took effect.
        objects: What was directly impaired.
        visible: First noise-free departure of a KPI or alarm condition, if any.
        impacts: Changes of the set of services outside their limits because of it.
        cleared: When no impairment was left, if ever.
        cleared_by: A command id, ``self`` or ``schedule``; empty if never.
        self_healed: Whether doing nothing restores in time; None without reference runs.
        restorable: Whether the oracle restores in time; None without reference runs.
    """

    id: str
    kind: str
    domain: str
    target: str
    right: tuple[tuple[str, str], ...]
    onset: Millis
    objects: tuple[str, ...]
    visible: Millis | None
    impacts: tuple[ImpactChange, ...]
    cleared: Millis | None
    cleared_by: str
    self_healed: bool | None
    restorable: bool | None

    @property
    def impact(self) -> Millis | None:
        """When it first put a service outside its limits, if ever."""
        return next((change.at for change in self.impacts if change.out), None)

    @property
    def t0(self) -> Millis | None:
        """When the clocks start: the earlier of impact and visibility; None if never seen."""
        return min((at for at in (self.impact, self.visible) if at is not None), default=None)

    @property
    def affected(self) -> frozenset[str]:
        """Objects and services that an incident on this fault ought to name."""
        services = (name for change in self.impacts for name in change.out)
        return frozenset((self.target, *self.objects, *services))

    @property
    def classes(self) -> frozenset[str]:
        """Problem classes that count as right."""
        return frozenset(problem for _, problem in self.right)

    def outside_at(self, at: Millis) -> frozenset[str]:
        """Return the services that this fault holds outside their limits just after `at`."""
        out: set[str] = set()
        for change in self.impacts:
            if change.at > at:
                break
            out = (out | set(change.out)) - set(change.back)
        return frozenset(out)


def is_contestable(*, hurt: bool, self_healed: bool | None, restorable: bool | None) -> bool:
    """Return whether the headline counts a fault: nothing restores it by itself, and something can.

    A fault that hurt no service in a run has nothing to restore and does not count; without
    reference runs every other does.

    >>> is_contestable(hurt=True, self_healed=None, restorable=None)
    True
    >>> is_contestable(hurt=True, self_healed=False, restorable=False)
    False
    """
    return hurt and not self_healed and restorable is not False


def faults_of(log: RunLog) -> tuple[Fault, ...]:
    """Return the faults that took effect in a run, by onset and id."""
    by_fault: dict[str, dict[str, list[Record]]] = {}
    kinds = ("planned", "onset", "visible", "impact", "cleared", "reference")
    for record in log.kind(*(f"fault.{kind}" for kind in kinds)):
        by_fault.setdefault(record.id, {}).setdefault(record.kind, []).append(record)
    happened = [
        _fault(fault_id, records)
        for fault_id, records in by_fault.items()
        if "fault.onset" in records and "fault.planned" in records
    ]
    return tuple(sorted(happened, key=lambda fault: (fault.onset, fault.id)))


def _fault(fault_id: str, records: dict[str, list[Record]]) -> Fault:
    """Return one fault from its records by kind."""
    planned, onset = records["fault.planned"][0], records["fault.onset"][0]
    target = str(planned.ref["target"])
    pairs = [(target, planned.data["class"]), *map(tuple, planned.data["equivalent"])]
    cleared = records.get("fault.cleared", [None])[-1]
    reference = records.get("fault.reference", [None])[-1]
    return Fault(
        id=fault_id,
        kind=planned.data["fault"],
        domain=planned.data["domain"],
        target=target,
        right=tuple(dict.fromkeys(pairs)),
        onset=onset.at,
        objects=tuple(onset.ref["objects"]),
        visible=min((record.at for record in records.get("fault.visible", ())), default=None),
        impacts=tuple(_changes(records.get("fault.impact", ()))),
        cleared=cleared.at if cleared else None,
        cleared_by=cleared.data["by"] if cleared else "",
        self_healed=reference.data["self_healed"] if reference else None,
        restorable=reference.data["restorable"] if reference else None,
    )


def _changes(records: Iterable[Record]) -> Iterable[ImpactChange]:
    """Yield the impact changes of one fault, in order."""
    for record in records:
        out, back = tuple(record.data["out"]), tuple(record.data["back"])
        yield ImpactChange(record.at, out, back, record.data["cause"])
