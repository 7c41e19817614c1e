"""Rhythm: how the level of all demand moves through the day, the week and the years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base.clock import DAY, HOUR, Millis

YEAR: Final[Millis] = 365 * DAY

# fmt: off
_EVENING = (
    0.60, 0.50, 0.42, 0.37, 0.35, 0.36, 0.40, 0.48, 0.55, 0.60, 0.63, 0.66,
    0.68, 0.68, 0.69, 0.70, 0.73, 0.78, 0.85, 0.93, 0.98, 1.00, 0.92, 0.76,
)
_BUSINESS = (
    0.30, 0.27, 0.25, 0.25, 0.26, 0.32, 0.45, 0.65, 0.85, 0.97, 1.00, 0.98,
    0.90, 0.94, 0.98, 0.97, 0.92, 0.80, 0.65, 0.55, 0.48, 0.42, 0.37, 0.33,
)
# fmt: on
PROFILES: Final[Mapping[str, tuple[float, ...]]] = {
    "flat": (1.0,) * 24,
    "evening": _EVENING,
    "business": _BUSINESS,
}
"""Share of the peak at each full hour, linear in between (shapes are assumptions)."""
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVEN_WEEK: Final = (1.0,) * 7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The level of demand over time, as a share of its peak.

    Attributes:
        profile: Name of the day's shape.
        starts: Time of day at the start, ms.
        day: Day of the week at the start, 0 for Monday.
        week: Factor of each day at its noon, Monday first, linear in between.
        growth: By what share demand grows a year, compound.
    """

    profile: str
    starts: Millis = 0
    day: int = 0
    week: tuple[float, ...] = EVEN_WEEK
    growth: float = 0.0

    def level(self, at: Millis) -> float:
        """Return the level at an instant.

        >>> Rhythm("flat", week=(1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.4)).level(5 * DAY + DAY // 2)
        0.6
        >>> round(Rhythm("flat", growth=0.2).level(2 * YEAR), 6)
        1.44
        """
        hours = PROFILES[self.profile]
        hour = ((self.starts + at) % DAY) / HOUR
        level = float(np.interp(hour, np.arange(25), np.append(hours, hours[0])))
        if self.week != EVEN_WEEK:
            noon = (self.day + (self.starts + at) / DAY - 0.5) % 7
            level *= float(np.interp(noon, np.arange(8), np.append(self.week, self.week[0])))
        if self.growth:
            level *= (1.0 + self.growth) ** (at / YEAR)
        return level
