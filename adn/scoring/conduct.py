"""Conduct: what operations did that they had better left alone.

*Net-harmful* is a command that did harm and belongs to a plan under which more services would be
outside their limits than without it; one of no judged plan counts by its harm alone. It *stands* if
nothing that took it back was in force when the time to restore was up.

*Fault-free* time is when nothing is wrong that anybody could act on: no fault has an impairment
present, no unannounced disturbance is going on, no service is outside its limits; nor was any of
that so in the ten minutes before, for what operations see comes late, and pairing lets an incident
be about a fault for as long after it was cleared. Announced maintenance is no excuse: operations
were told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adn.base.clock import Millis, seconds
from adn.base.records import Record
from adn.scoring.actions import actions
from adn.scoring.disturbances import Disturbance, disturbances_of
from adn.scoring.pairing import AFTERMATH
from adn.scoring.service import Limits
from adn.scoring.tasks.judging import Judging, extent
from adn.scoring.truth import Fault

Span = tuple[Millis, Millis]


@dataclass(frozen=True, slots=True)
class Conduct:
    """Counts of commands, and the fault-free time in ms.

    Attributes:
        harmful: Net-harmful commands.
        harmful_standing: Those of them that were not taken back in time.
        idle_repairs: Commands to change the network that were sent in fault-free time.
        quiet: Fault-free time.
    """

    harmful: int
    harmful_standing: int
    idle_repairs: int
    quiet: Millis

    def as_json(self) -> dict[str, Any]:
        """Return the object of the scorecard."""
        return {
            "harmful": self.harmful,
            "harmful_standing": self.harmful_standing,
            "idle_repairs": self.idle_repairs,
            "quiet_s": seconds(self.quiet),
        }


def conduct_of(judging: Judging) -> Conduct:
    """Return how operations behaved in a run."""
    log = judging.log
    sent = actions(log)
    harmful = [record for record in sent if _is_net_harmful(judging, record)]
    troubled = merged(troubled_spans(judging), log.end)
    return Conduct(
        harmful=len(harmful),
        harmful_standing=sum(_stands(judging, record) for record in harmful),
        idle_repairs=sum(not _within(troubled, record.at) for record in sent),
        quiet=log.end - sum(end - start for start, end in troubled),
    )


def _is_net_harmful(judging: Judging, command: Record) -> bool:
    """Return whether a command did harm that its plan's good does not make up for."""
    effect = judging.effects.get(command.id)
    if effect is None or not (effect.data["applied"] and effect.data["harmed"]):
        return False
    judged = judging.judged.get(str(command.ref.get("plan", "")))
    return judged is None or extent(judged["outside_with"]) > extent(judged["outside_without"])


def _stands(judging: Judging, command: Record) -> bool:
    """Return whether a command was still in force when the time to restore was up."""
    began, plan = judging.effects[command.id].at, command.ref.get("plan")
    until = began + judging.targets.restore
    if until > judging.log.end:
        return False
    return not any(
        record.data["purpose"] == "rollback"
        and record.ref.get("plan") == plan
        and record.id in judging.effects
        and began <= judging.effects[record.id].at <= until
        for record in judging.log.kind("command.submitted")
    )


def troubled_spans(judging: Judging) -> Iterable[Span]:
    """Yield the spans in which something was wrong, each with its aftermath."""
    log = judging.log
    causes: list[Fault | Disturbance] = [*judging.faults.values(), *disturbances_of(log)]
    for one in causes:
        yield one.onset, (log.end if one.cleared is None else one.cleared + AFTERMATH)
    for left, back in Limits.of(log).spans(log.end):
        yield left, back + AFTERMATH


def merged(spans: Iterable[Span], end: Millis) -> list[Span]:
    """Return spans up to `end` in order, those that touch joined.

    >>> merged([(5, 9), (1, 3), (2, 4), (8, 99)], 20)
    [(1, 4), (5, 20)]
    """
    joined: list[Span] = []
    for start, stop in sorted((start, min(stop, end)) for start, stop in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        elif start < stop:
            joined.append((start, stop))
    return joined


def _within(spans: list[Span], at: Millis) -> bool:
    """Return whether an instant lies in one of some spans that are in order."""
    place = bisect_right([start for start, _ in spans], at) - 1
    return place >= 0 and at <= spans[place][1]
