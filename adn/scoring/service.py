"""What customers lost: service-minutes down and degraded, availability, and who was out when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from adn.base.clock import SECOND, Millis
from adn.scoring.log import RunLog


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """Summed over services, ms; `degraded` excludes `down`; `availability` counts down alone."""

    down: Millis
    degraded: Millis
    availability: float


def service_time(log: RunLog) -> ServiceTime:
    """Return the time that services spent down and degraded; all begin within their limits."""
    spent = {"ok": 0, "degraded": 0, "down": 0}
    since: dict[str, tuple[str, Millis]] = {}
    for record in log.kind("service.state"):
        for state in sorted(spent):
            for service in record.data[state]:
                before, start = since.get(service, ("ok", 0))
                spent[before] += record.at - start
                since[service] = (state, record.at)
    for state, start in since.values():
        spent[state] += log.end - start
    sealed = log.sealed.data
    whole = sealed["services"] * sealed["duration_s"] * SECOND
    availability = 1.0 - spent["down"] / whole if whole > 0 else 1.0
    return ServiceTime(spent["down"], spent["degraded"], availability)


@dataclass(frozen=True, slots=True)
class Limits:
    """When each service left its limits and came back; all begin within them.

    Attributes:
        left: By service, when it left.
        back: By service, when it came back; as many times as `left`, or one fewer.
    """

    left: Mapping[str, list[Millis]]
    back: Mapping[str, list[Millis]]

    @classmethod
    def of(cls, log: RunLog) -> Limits:
        """Return the whereabouts of the services of a run."""
        left: dict[str, list[Millis]] = {}
        back: dict[str, list[Millis]] = {}
        for record in log.kind("service.state"):
            for service in sorted((*record.data["degraded"], *record.data["down"])):
                held = left.setdefault(service, [])
                if len(held) == len(back.setdefault(service, [])):
                    held.append(record.at)
            for service in record.data["ok"]:
                held = back.setdefault(service, [])
                if len(held) < len(left.get(service, ())):
                    held.append(record.at)
        return cls(left, back)

    def outside(self, start: Millis, end: Millis) -> tuple[frozenset[str], frozenset[str]]:
        """Return the services outside throughout a span, and those outside for a part of it."""
        throughout, partly = set(), set()
        for service, left in self.left.items():
            back = self.back[service]
            begun, ended = bisect_right(left, start), bisect_right(back, start)
            if begun > ended and (ended == len(back) or back[ended] >= end):
                throughout.add(service)
            elif begun > ended or bisect_left(left, end) > begun:
                partly.add(service)
        return frozenset(throughout), frozenset(partly)

    def spans(self, end: Millis) -> list[tuple[Millis, Millis]]:
        """Return from when to when each service was outside, up to the end of the run."""
        return [
            span
            for service, left in self.left.items()
            for span in zip(left, [*self.back[service], end], strict=False)
        ]
