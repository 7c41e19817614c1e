"""How measurements, alarms and complaints arrive, as scenario files write it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from adn.base.clock import MINUTE, SECOND
from adn.base.sampling import ASSUMPTION
from adn.scenario.distributions import Distribution, LogNormal, Uniform
from adn.scenario.intervalspec import Intervals
from adn.scenario.parts import Part
from adn.scenario.units import (
    Duration,
    Frequency,
    PositiveDuration,
    Share,
    refusal,
)
from adn.twin.alarming import AGENT_RATE
from adn.twin.transporting import Carriage


def _soak(span: int) -> int:
    if span > 10 * SECOND:
        raise refusal("SCN018", "a soak time is at most 10s")
    return span


Soak = Annotated[Duration, AfterValidator(_soak)]


class Telemetry(Part):
    """How measurements arrive."""

    delay: Distribution = Field(
        Uniform.model_validate(
            {"dist": "uniform", "low": "1s", "high": "4s", "source": ASSUMPTION}
        ),
        description="From the end of an interval to its arrival.",
    )
    intervals: Intervals = Field(
        Intervals.model_validate({}),
        description="How often each table reports all its KPIs.",
    )
    missing: Share = Field(0.002, description="Share of the reports that never arrive.")
    late: Share = Field(0.0, description="Share of the frames that come later than that.")
    lateness: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1min", "p95": "10min", "source": ASSUMPTION}
        ),
        description="By how much; past 15s others have gone ahead and a frame is dropped.",
    )
    duplicated: Share = Field(0.0, description="Share of the frames that come twice.")
    mute: Share = Field(0.0, description="Share of time in which an element reports nothing.")
    mute_for: PositiveDuration = Field(2 * MINUTE, description="Length of such a silence.")
    counter_bits: Literal[32, 64] = Field(
        64,
        description="Width of ports' counters; what a 32-bit one may have wrapped in is a gap.",
    )

    def carriage(self) -> Carriage:
        """Return the same in the twin's own words."""
        return Carriage(
            late=self.late,
            lateness=self.lateness.timing(),
            doubled=self.duplicated,
            mute=self.mute,
            run=self.mute_for,
            counter_bits=self.counter_bits,
        )


class Alarms(Part):
    """How alarms arrive."""

    delay: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1s", "p95": "4s", "source": ASSUMPTION}
        ),
        description="From the condition to the arrival of its alarm, soak apart.",
    )
    soak: Soak = Field(2 * SECOND, description="A condition must last so long; at most 10s.")
    lost: Share = Field(0.01, description="Share of the alarms that never arrive.")
    duplicated: Share = Field(0.02, description="Share of the alarms that arrive twice.")
    clock_skew: Duration = Field(500, description="Standard deviation of elements' clocks.")
    late: Share = Field(0.0, description="Share of the alarms that are held up on the way.")
    lateness: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1min", "p95": "10min", "source": ASSUMPTION}
        ),
        description="By how much longer those take.",
    )
    agent_rate: float = Field(
        AGENT_RATE,
        gt=0,
        le=1e6,
        description="Alarms a second that an element sends; a second's worth leaves at once.",
    )
    client_layer: bool = Field(
        False, description="Whether services report their own outage besides: the alarm storm."
    )


class Tickets(Part):
    """How customers complain."""

    background: Frequency = Field(
        6.0, description="Complaints that have nothing to do with the network."
    )
    propensity: Share = Field(
        5e-5,
        description="Share of a service's customers who complain per minute while it is at its "
        "worst; less while it is less bad.",
    )
    per_service: int = Field(
        3,
        ge=1,
        le=1000,
        description="At most so many tickets about one service in an hour; more are one and the "
        "same to the front office.",
    )
    delay: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "4min", "p95": "20min", "source": ASSUMPTION}
        ),
        description="From noticing to the arrival of the ticket.",
    )
    wrong_address: Share = Field(
        0.15, description="Share of the tickets that name another service or site."
    )
    vague: Share = Field(0.3, description="Share of the tickets that name no service.")
