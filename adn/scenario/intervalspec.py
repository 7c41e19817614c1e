"""How often a scenario's tables are reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.telemetry import Table
from adn.scenario.parts import Part
from adn.scenario.units import Duration, refusal

LEAST: Final[Millis] = SECOND
MOST: Final[Millis] = 15 * MINUTE


def _interval(span: int) -> int:
    if not LEAST <= span <= MOST:
        raise refusal("SCN018", "a reporting interval is from 1s to 15min")
    return span


Interval = Annotated[Duration, AfterValidator(_interval)]


class Intervals(Part):
    """How often each table reports all its KPIs, where not as the catalogue of KPIs says."""

    service: Interval | None = Field(None, description="KPIs of services.")
    direction: Interval | None = Field(None, description="KPIs of directions of links.")
    element: Interval | None = Field(None, description="KPIs of elements.")

    def by_table(self) -> Mapping[Table, Millis]:
        """Return the intervals that are given, simulated ms."""
        given: dict[Table, Millis | None] = {
            "service": self.service,
            "direction": self.direction,
            "element": self.element,
        }
        return {table: every for table, every in given.items() if every is not None}
