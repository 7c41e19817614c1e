"""The clocks of one fault: detected, located, restored, repaired, and by what.

All run from t0, and none can be negative: pairing lets no incident open before it. *Restored* is
the start of the first minute without any service held outside its limits by this fault; a relapse
within that minute starts the search again, and a minute that the end of the run cuts short proves
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.records import Record
from adn.scoring.incidents import Incident
from adn.scoring.truth import Fault, ImpactChange

HOLD: Final[Millis] = MINUTE
"""How long services must stay within their limits to count as restored."""

RestoredBy = Literal["command", "protection", "self", "field", "local"]
_BY_CAUSE: Final[Mapping[str, RestoredBy]] = {
    "convergence": "protection",
    "protection": "protection",
    "local": "local",
    "reflex": "local",
}


@dataclass(frozen=True, slots=True)
class Targets:
    """How long each step may take, ms."""

    detect: Millis = 60 * SECOND
    locate: Millis = 180 * SECOND
    restore: Millis = 300 * SECOND

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Targets:
        """Return a run's targets: 1-3-5 minutes where its manifest says nothing else."""
        given = manifest.get("targets", {})
        named = {"detect": "detect_s", "locate": "locate_s", "restore": "restore_s"}
        return cls(
            **{name: round(given[key] * SECOND) for name, key in named.items() if key in given}
        )


@dataclass(frozen=True, slots=True)
class Clocks:
    """Spans from t0 in ms, None where it never happened; all None if the fault was never seen."""

    impact: Millis | None
    detect: Millis | None
    locate: Millis | None
    restore: Millis | None
    rectify: Millis | None
    restored_by: RestoredBy | None
    located_top1: bool
    class_top1: bool

    def met(self, targets: Targets) -> bool:
        """Whether each step was done in time, all counted from t0."""
        if self.detect is None or self.locate is None or not self._serves(targets.restore):
            return False
        return self.detect <= targets.detect and self.locate <= targets.locate

    def met_per_phase(self, targets: Targets) -> bool:
        """Whether each step was done in time, counted from the end of the step before it."""
        if self.detect is None or self.locate is None:
            return False
        located_in_time = self.locate - self.detect <= targets.locate
        return (
            self.detect <= targets.detect
            and located_in_time
            and self._serves(targets.restore + self.locate)
        )

    def _serves(self, by: Millis) -> bool:
        """Whether service was restored by then; one that was never impaired always is."""
        return self.impact is None or (self.restore is not None and self.restore <= by)


def clocks_of(
    fault: Fault, incident: Incident | None, end: Millis, effects: Mapping[str, Record]
) -> Clocks:
    """Return the clocks of a fault and the incident paired with it, if there is one.

    Args:
        fault: From the truth.
        incident: What operations made of it.
        end: When the run ended.
        effects: ``command.effect`` records by command id.
    """
    t0 = fault.t0
    if t0 is None:
        return Clocks(None, None, None, None, None, None, located_top1=False, class_top1=False)
    restoring = restored_by_change(fault, end)
    belief = incident.beliefs[-1] if incident and incident.beliefs else None
    top = belief.top if belief else None
    return Clocks(
        impact=_since(t0, fault.impact),
        detect=_since(t0, incident.opened if incident else None),
        locate=_since(t0, located_at(fault, incident)),
        restore=_since(t0, restoring.at if restoring else None),
        rectify=_since(t0, fault.cleared),
        restored_by=restored_by(restoring, effects) if restoring else None,
        located_top1=top in fault.right,
        class_top1=top is not None and top[1] in fault.classes,
    )


def _since(t0: Millis, at: Millis | None) -> Millis | None:
    return None if at is None else at - t0


def located_at(fault: Fault, incident: Incident | None) -> Millis | None:
    """Return when a right answer became top suspect never to be lost again, if it did."""
    found: Millis | None = None
    for belief in incident.beliefs if incident else ():
        if belief.top not in fault.right:
            found = None
        elif found is None:
            found = belief.at
    return found


def restored_by_change(fault: Fault, end: Millis) -> ImpactChange | None:
    """Return the change that began the first `HOLD` without impact after the first impact."""
    out: set[str] = set()
    emptied: ImpactChange | None = None
    for change in fault.impacts:
        if emptied is not None and change.at - emptied.at >= HOLD:
            return emptied
        before = bool(out)
        out = (out | set(change.out)) - set(change.back)
        if out:
            emptied = None
        elif before or change.out:
            emptied = change
    return emptied if emptied is not None and end - emptied.at >= HOLD else None


def restored_by(change: ImpactChange, effects: Mapping[str, Record]) -> RestoredBy:
    """Return what ended the impact, from the cause of the change that ended it.

    A change that names a command is the command's doing, be it at once or through the convergence
    that it set off; the field's, if a crew carried it out. What routing does as something comes
    back by itself is no protection: the trouble went away.
    """
    first, _, _ = change.cause.partition(" ")
    last = change.cause.rpartition(" ")[2]
    if last.startswith("CMD-"):
        effect = effects.get(last)
        return "field" if effect is not None and effect.data["field"] else "command"
    return "self" if last == "heal" else _BY_CAUSE.get(first, "self")
