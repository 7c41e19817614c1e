"""What a run costs in units that the suite states: people, crews, and customers without service.

Every price is an assumption of the suite's author; the curve shows how the order of levels turns
when a minute of lost service is dearer or cheaper than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adn.bench.intervals import as_json, clustered_mean
from adn.bench.pool import Pool, Result, evening
from adn.reference.summary import service_minutes

PRICES: Final[Mapping[str, float]] = {
    "desk_hour": 60.0,
    "field_hour": 120.0,
    "service_minute": 1.0,
}
"""Units of an hour at a desk, of an hour of a crew, and of a minute that a service is down or
outside its limits, where a suite states none (assumption)."""
FACTORS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""By which the price of a service minute is varied for the curve."""


def prices_of(suite: Mapping[str, Any]) -> dict[str, float]:
    """Return the prices that a suite states, and ours where it states none."""
    stated = suite.get("cost") or PRICES
    return {name: float(stated[name]) for name in PRICES}


def cost_rows(pool: Pool, prices: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield what a run costs at each agent and level, in parts, in all, and as the price varies."""
    for (agent, level), results in pool.contenders.items():
        parts = [(evening(result), parts_of(result, prices)) for result in results]
        means = {
            name: sum(part[name] for _, part in parts) / len(parts)
            for name in ("people", "field", "service")
        }
        desks = means["people"] + means["field"]
        yield {
            "agent": agent,
            "level": level,
            **{name: round(mean, 3) for name, mean in means.items()},
            "total": as_json(clustered_mean((when, sum(part.values())) for when, part in parts)),
            "curve": [[factor, round(desks + factor * means["service"], 3)] for factor in FACTORS],
        }


def parts_of(result: Result, prices: Mapping[str, float]) -> dict[str, float]:
    """Return what one run costs, in parts."""
    card = result["card"]
    return {
        "people": card["people"]["minutes"] / 60 * prices["desk_hour"],
        "field": card["people"]["field_minutes"] / 60 * prices["field_hour"],
        "service": service_minutes(card) * prices["service_minute"],
    }
