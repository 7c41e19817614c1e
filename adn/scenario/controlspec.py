"""The control plane, as scenario files write it: how fast it is and what protects it."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field, model_validator

from adn.scenario.parts import Part, contradiction
from adn.scenario.units import Duration, PositiveDuration
from adn.twin.timers import Damping, Protocol, Timers

_TIMERS = Timers()
_DAMPING = Damping()
_MEMORY = "from memory, unverified"


class CarrierEntry(Part):
    """How long light must have changed, besides, before an interface does (carrier delay)."""

    down: Duration = Field(_TIMERS.carrier_down, description="Loss of light (assumption: at once).")
    up: Duration = Field(_TIMERS.carrier_up, description="Return of light (assumption: at once).")


class BackOffEntry(Part):
    """How long elements wait before they compute paths anew (RFC 8405)."""

    initial: Duration = Field(
        _TIMERS.spf_initial, description=f"After quiet: INITIAL_SPF_DELAY ({_MEMORY})."
    )
    short: Duration = Field(
        _TIMERS.spf_short,
        description=f"While news of one event may be arriving: SHORT_SPF_DELAY ({_MEMORY}).",
    )
    long: Duration = Field(
        _TIMERS.spf_long, description=f"When news keeps arriving: LONG_SPF_DELAY ({_MEMORY})."
    )
    learn: Duration = Field(
        _TIMERS.spf_learn,
        description=f"How long news may be that of one event: TIME_TO_LEARN_INTERVAL ({_MEMORY}).",
    )
    holddown: PositiveDuration = Field(
        _TIMERS.spf_holddown,
        description=f"Quiet after which all is forgotten: HOLDDOWN_INTERVAL ({_MEMORY}).",
    )

    @model_validator(mode="after")
    def _in_order(self) -> BackOffEntry:
        if not self.initial <= self.short <= self.long:
            raise contradiction("delays grow: initial, short, long", "short")
        return self


class DampingEntry(Part):
    """How flapping interfaces are held down: by a decaying penalty, as RFC 2439 does for routes."""

    penalty: float = Field(
        _DAMPING.penalty, gt=0, le=1e6, description=f"What each loss of light adds ({_MEMORY})."
    )
    suppress: float = Field(
        _DAMPING.suppress, gt=0, le=1e6, description=f"Above it the interface is held ({_MEMORY})."
    )
    reuse: float = Field(
        _DAMPING.reuse, gt=0, le=1e6, description=f"Below it the interface is let up ({_MEMORY})."
    )
    half_life: PositiveDuration = Field(
        _DAMPING.half_life, description=f"Time in which the penalty halves ({_MEMORY})."
    )
    longest: PositiveDuration = Field(
        _DAMPING.longest, description=f"Most that an interface is held down ({_MEMORY})."
    )

    @model_validator(mode="after")
    def _reused_below(self) -> DampingEntry:
        if self.reuse > self.suppress:
            raise contradiction("an interface is let up at less than it is held for", "reuse")
        return self


class ControlPlaneEntry(Part):
    """How routing notices, converges and protects; the other timers are told in docs/physics.md."""

    fast_reroute: bool = Field(
        False,
        description="Whether elements send round a link they have lost, over a path computed "
        "beforehand, until their new table is in force (RFC 5714).",
    )
    repair: Duration = Field(
        _TIMERS.repair,
        le=1000,
        description="From noticing the loss to sending round it (assumption; the usual promise is "
        "50 ms in all).",
    )
    carrier: CarrierEntry = Field(
        CarrierEntry.model_validate({}), description=str(CarrierEntry.__doc__)
    )
    back_off: BackOffEntry = Field(
        BackOffEntry.model_validate({}), description=str(BackOffEntry.__doc__)
    )
    damping: DampingEntry | None = Field(
        None, description=f"{DampingEntry.__doc__} None by default; write {{}} for the usual one."
    )

    def timers(self) -> Timers:
        """Return the timers of the control plane."""
        wait = self.back_off
        return replace(
            _TIMERS,
            carrier_down=self.carrier.down,
            carrier_up=self.carrier.up,
            spf_initial=wait.initial,
            spf_short=wait.short,
            spf_long=wait.long,
            spf_learn=wait.learn,
            spf_holddown=wait.holddown,
            repair=self.repair,
        )

    def protocol(self) -> Protocol:
        """Return what is configured besides."""
        held = self.damping
        damping = None
        if held is not None:
            damping = Damping(held.penalty, held.suppress, held.reuse, held.half_life, held.longest)
        return Protocol(self.fast_reroute, damping)
