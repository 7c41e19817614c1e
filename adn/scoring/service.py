"""What customers lost: service-minutes down and degraded, and availability."""

from __future__ import annotations

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
