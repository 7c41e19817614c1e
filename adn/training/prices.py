"""What a trainee's steps cost in simulated time: by a stated price, or as long as they take."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, Protocol

from adn.base.clock import SECOND, Millis
from adn.closedloop.people.profile import Profile

ClockKind = Literal["turn", "wall"]
CLOCKS: Final[tuple[ClockKind, ...]] = ("turn", "wall")
LEAST: Final[Millis] = 100
"""No step takes less, so that the world always moves (assumption)."""


class Pacing(Protocol):
    """How much simulated time the steps of a trainee take."""

    def begin(self) -> None:
        """Take note that the trainee is shown something now."""
        ...

    def cost(self, step: str) -> Millis:
        """Return what the step took that the trainee has just decided on, simulated ms."""
        ...


@dataclass(frozen=True)
class TurnClock:
    """The world stands while the trainee thinks; each step has its price.

    Attributes:
        prices: Of each step, simulated ms.
    """

    prices: Mapping[str, Millis]

    def begin(self) -> None:
        """Do nothing: thinking is free."""

    def cost(self, step: str) -> Millis:
        """Return the price of a step."""
        return self.prices[step]


class WallClock:
    """The world goes on while the trainee thinks, so many times as fast as the clock on the wall.

    Args:
        speed: Simulated seconds a second.
        stopwatch: Gives seconds since some instant.
    """

    def __init__(self, speed: float, stopwatch: Callable[[], float]) -> None:
        self._speed, self._stopwatch = speed, stopwatch
        self._since = stopwatch()

    def begin(self) -> None:
        """Start to count."""
        self._since = self._stopwatch()

    def cost(self, step: str) -> Millis:
        """Return how long it was since the trainee was shown something."""
        del step
        passed = self._stopwatch() - self._since
        self._since += passed
        return max(LEAST, math.ceil(passed * self._speed * SECOND))


@cache
def price_rows() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of the price list, by step."""
    import yaml

    file = resources.files("adn.training").joinpath("prices.yml")
    rows: Mapping[str, Mapping[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return rows


def prices_of(profile: Profile) -> dict[str, Millis]:
    """Return the price of each step, simulated ms: the profile's median where it has the row."""
    found: dict[str, Millis] = {}
    for step, row in price_rows().items():
        median: float | None = None
        if "profile" in row:
            timing = profile.timing(*row["profile"])
            median = None if timing is None else timing.median
        found[step] = max(LEAST, round(row["s"] * SECOND if median is None else median))
    return found
