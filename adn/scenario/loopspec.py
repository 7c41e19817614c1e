"""The part of a scenario that a person wrote into the loop: what it watches, expects and may do.

It counts at levels where people make the control information; where the loop derives that from what
services were promised, it is ignored. The defaults are what a usual network operations centre has:
one threshold for everything, the SLAs as limits, and nothing risky on what carries traffic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from adn.closedloop.control import (
    RISKS,
    WATCH_CUSUM,
    WATCH_Z,
    Closeness,
    Limits,
    Written,
    changing_commands,
)
from adn.northbound.telemetry import KPIS
from adn.scenario.parts import Part, Slug, contradiction
from adn.scenario.units import LatencyMs, Share, either, refusal, shown
from adn.topology.naming import closest

_TABLES: Final = tuple(sorted({row.table for row in KPIS}))
_WATCHED: Final = (*_TABLES, *(f"{row.table}.{row.name}" for row in KPIS))


def _choice(value: Any, known: tuple[str, ...], what: str) -> str:
    if value in known:
        return str(value)
    near = closest(value, known) if isinstance(value, str) else ""
    right = f"did you mean {near}?" if near else f"write one of {', '.join(known)}"
    raise refusal("SCN017", f"{shown(value)} is no {what}; {right}")


def _watched(value: Any) -> str:
    return _choice(value, _WATCHED, "table or KPI that is measured")


def _command(value: Any) -> str:
    return _choice(value, tuple(sorted(changing_commands())), "command that changes anything")


def _risk(value: Any) -> str:
    if value not in RISKS:
        raise refusal("SCN017", f"{shown(value)} is no risk; write {either(list(RISKS))}")
    return str(value)


Watched = Annotated[str, BeforeValidator(_watched)]
Command = Annotated[str, BeforeValidator(_command)]
Risk = Annotated[Literal["none", "low", "medium", "high"], BeforeValidator(_risk)]


class ClosenessEntry(Part):
    """How closely a KPI, or every KPI of a table, is watched."""

    z: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description=f"Spreads from which on a departure is passed on; {WATCH_Z:g} (assumption).",
    )
    cusum: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="Cumulative sum of spreads from which on a mild departure that lasts is; "
        f"{WATCH_CUSUM:g} (assumption).",
    )

    @model_validator(mode="after")
    def _something(self) -> ClosenessEntry:
        if self.z is None and self.cusum is None:
            raise contradiction("how closely? write z, cusum, or both", code="SCN015")
        return self


class LimitsEntry(Part):
    """From where on services of a kind are taken for unwell."""

    loss: Share | None = Field(None, description="Lost share of the traffic; that of the SLA.")
    latency: LatencyMs | None = Field(None, description="One-way latency; that of the SLA.")

    @model_validator(mode="after")
    def _something(self) -> LimitsEntry:
        if self.loss is None and self.latency is None:
            raise contradiction("which limit? write loss, latency, or both", code="SCN015")
        return self


class Loop(Part):
    """Control information that a person wrote; ignored where the loop derives its own."""

    watch: Mapping[Watched, ClosenessEntry] = Field(
        {},
        description="How closely is watched, by table (`service`) or KPI (`service.loss`, which "
        "goes first); the same for all by default, whatever was promised (assumption).",
    )
    limits: Mapping[Slug, LimitsEntry] = Field(
        {},
        description="Limits by kind of service; those of the SLA by default, as someone would "
        "copy them (assumption).",
    )
    permitted: tuple[Command, ...] = Field(
        (), description="Commands that may be given; all by default (assumption)."
    )
    forbidden: tuple[Command, ...] = Field((), description="Commands that may not.")
    highest_risk: Risk = Field(
        "medium", description="Of a command on what carries traffic (assumption)."
    )
    highest_risk_when_dark: Risk = Field(
        "high", description="Of a command on what is dark already (assumption)."
    )

    @model_validator(mode="after")
    def _one_word_on_each(self) -> Loop:
        for number, name in enumerate(self.forbidden):
            if name in self.permitted:
                message = f"{shown(name)} is permitted as well; keep one"
                raise contradiction(message, "forbidden", number)
        return self

    def written(self) -> Written:
        """Return what the operations side is told of it."""
        return Written(
            watch={key: Closeness(row.z, row.cusum) for key, row in sorted(self.watch.items())},
            limits={key: Limits(row.loss, row.latency) for key, row in sorted(self.limits.items())},
            permitted=self.permitted,
            forbidden=self.forbidden,
            highest_risk=self.highest_risk,
            highest_risk_when_dark=self.highest_risk_when_dark,
        )
