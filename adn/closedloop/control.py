"""Control information: what is watched and how closely, within which limits, what may be done.

Task A makes it. A person writes it down before the run (`Written`), or it is derived from what
services were promised (`derived`); which of the two counts, the level table says. Each setting is
logged by itself, since each could have been decided otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from adn.base.clock import DAY, MINUTE, SECOND, Millis
from adn.northbound.commands import CommandKind, command_kinds
from adn.northbound.post import WatchLimit, WatchList
from adn.northbound.telemetry import KPIS, Kpi
from adn.topology.elements import NetworkRows, Service

RISKS: Final = ("none", "low", "medium", "high")
WATCH_Z: Final = 8.0
"""Spreads from which on a departure is passed on where the promise leaves room (assumption)."""
LEAST_WATCH_Z: Final = 6.0
"""Closer than this, ordinary noise is passed on every hour (assumption)."""
WATCH_CUSUM: Final = 20.0
"""Cumulative sum from which on a mild departure is passed on (assumption)."""
DRIFTING: Final = frozenset({("service", "rate")})
"""What falls all night without being wrong: only how far it is off at one time counts."""
WATCH_DRIFT: Final = 1e6
"""Cumulative sum that no drift of a day comes to."""

INTERRUPTS: Final[Mapping[str, Millis]] = {
    "none": 0,
    "low": SECOND,
    "medium": 5 * SECOND,
    "high": 10 * MINUTE,
}
"""How long a command of a risk may interrupt what it touches: nothing, a path moved, a routing
domain converging, a reboot (assumptions)."""
MONTH: Final[Millis] = 30 * DAY
ONE_CHANGE: Final = 0.2
"""Share of a month's allowed outage that one change may use up (assumption)."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How closely a KPI is watched; None where nothing was said.

    Attributes:
        z: Spreads from which on a departure is passed on.
        cusum: Cumulative sum from which on a lasting one is.
    """

    z: float | None = None
    cusum: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on services of a kind are not well; None where nothing was said.

    Attributes:
        loss: Lost share of the traffic, 0..1.
        latency_ms: One-way latency, ms.
    """

    loss: float | None = None
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The control information that a person wrote down; what is left out is as usual.

    Attributes:
        watch: By table (``service``) or KPI (``service.loss``); the KPI's own goes first.
        limits: By kind of service; a kind that is not named has the limits of its SLA.
        permitted: Commands that may be given; empty means all.
        forbidden: Commands that may not.
        highest_risk: Of a command on what carries traffic.
        highest_risk_when_dark: Of a command on what is dark already.
    """

    watch: Mapping[str, Closeness] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)
    permitted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    highest_risk: str = "medium"
    highest_risk_when_dark: str = "high"


@dataclass(frozen=True, slots=True)
class Control:
    """Control information in force.

    Attributes:
        watch: What the collector passes on.
        limits: Limits by kind of service where they are not those of the SLA.
        permitted: Commands that may be given, each with its risk; probes change nothing and may
            always be sent.
        highest_risk: Of a command on what carries traffic.
        highest_risk_when_dark: Of a command on what is dark already.
        because: Why a setting is as it is, where there is more to say than who set it.
    """

    watch: tuple[WatchLimit, ...]
    limits: Mapping[str, Limits]
    permitted: Mapping[str, str]
    highest_risk: str
    highest_risk_when_dark: str
    because: Mapping[str, str] = field(default_factory=dict)

    def watch_list(self) -> WatchList:
        """Return what the collector is told."""
        return WatchList(self.watch)

    def watched(self) -> dict[str, dict[str, list[float]]]:
        """Return z and cusum of every KPI watched, by table."""
        found: dict[str, dict[str, list[float]]] = {}
        for row in self.watch:
            found.setdefault(row.table, {})[row.kpi] = [row.z, row.cusum]
        return found

    def settings(self, services: Sequence[Service]) -> dict[str, Any]:
        """Return every setting by name: one for each thing that could be decided otherwise."""
        found: dict[str, Any] = {
            f"watch.{table}": rows for table, rows in sorted(self.watched().items())
        }
        for kind, held in _by_kind(services).items():
            found[f"limits.{kind}.loss"] = min(row.sla.loss for row in held)
            found[f"limits.{kind}.latency_ms"] = min(row.sla.latency_ms for row in held)
        for use in ("mitigate", "repair"):
            found[f"permitted.{use}"] = {
                name: risk
                for name, risk in sorted(self.permitted.items())
                if command_kinds()[name].use == use
            }
        found["risk.in-service"] = self.highest_risk
        found["risk.when-dark"] = self.highest_risk_when_dark
        return found

    def allows(self, kind: str, *, dark: bool) -> bool:
        """Return whether a command may be given to a target that is dark or not."""
        risk = self.permitted.get(kind)
        most = self.highest_risk_when_dark if dark else self.highest_risk
        return risk is not None and RISKS.index(risk) <= RISKS.index(most)


def changing_commands() -> Mapping[str, CommandKind]:
    """Return the kinds of command that change something, by name."""
    return {name: kind for name, kind in command_kinds().items() if kind.use != "probe"}


def as_written(written: Written) -> Control:
    """Return the control information that a person wrote."""
    limits = []
    for row in KPIS:
        said = (
            written.watch.get(f"{row.table}.{row.name}", Closeness()),
            written.watch.get(row.table, Closeness()),
        )
        z = next((one.z for one in said if one.z is not None), WATCH_Z)
        cusum = next((one.cusum for one in said if one.cusum is not None), WATCH_CUSUM)
        limits.append(WatchLimit(row.table, row.name, z, cusum))
    kinds = changing_commands()
    named = written.permitted or tuple(kinds)
    return Control(
        watch=tuple(limits),
        limits=dict(written.limits),
        permitted={
            name: kind.risk
            for name, kind in sorted(kinds.items())
            if name in named and name not in written.forbidden
        },
        highest_risk=written.highest_risk,
        highest_risk_when_dark=written.highest_risk_when_dark,
    )


def derived(services: Sequence[Service]) -> Control:
    """Return the control information that follows from what services were promised.

    Limits are the SLAs themselves. Loss is watched from half of the strictest loss promise on. What
    may interrupt services is allowed on what carries traffic up to the risk whose usual
    interruption fits into a fifth of the outage that the strictest availability promise leaves in a
    month; what is dark carries nothing, so nothing promised is at stake there. Services are slowed
    only where some were sold as such that may be.
    """
    losses = [row.sla.loss for row in services]
    watch = tuple(
        WatchLimit(row.table, row.name, _closeness(row, losses), _patience(row)) for row in KPIS
    )
    strictest = max((row.sla.availability for row in services), default=0.0)
    room = (1.0 - strictest) * MONTH * ONE_CHANGE
    highest = [risk for risk in RISKS if INTERRUPTS[risk] <= room][-1]
    idle = frozenset() if any(row.elastic for row in services) else frozenset({"limit-services"})
    return Control(
        watch=watch,
        limits={},
        permitted={
            name: kind.risk
            for name, kind in sorted(changing_commands().items())
            if name not in idle
        },
        highest_risk=highest,
        highest_risk_when_dark=RISKS[-1],
        because={
            "risk.in-service": f"{100 * strictest:g}% promised leaves one change "
            f"{room / SECOND:.3g} s",
            "risk.when-dark": "what is dark keeps no promise that could be broken",
        },
    )


def _patience(row: Kpi) -> float:
    return WATCH_DRIFT if (row.table, row.name) in DRIFTING else WATCH_CUSUM


def _closeness(row: Kpi, losses: Sequence[float]) -> float:
    if (row.table, row.name) != ("service", "loss") or not losses:
        return WATCH_Z
    # Half of the strictest loss promise, in spreads.
    return min(WATCH_Z, max(LEAST_WATCH_Z, 0.5 * min(losses) / row.floor))


def expected(rows: NetworkRows, control: Control) -> NetworkRows:
    """Return recorded rows whose services are expected to keep the limits in force.

    Whatever the loop works out, it works out against these: what is a departure worth a word, which
    plan is the best, whether service is back.
    """
    if not control.limits:
        return rows
    services = tuple(_limited(row, control.limits) for row in rows.services)
    return rows if services == rows.services else replace(rows, services=services)


def _limited(row: Service, limits: Mapping[str, Limits]) -> Service:
    held = limits.get(row.kind, Limits())
    loss = row.sla.loss if held.loss is None else held.loss
    latency = row.sla.latency_ms if held.latency_ms is None else held.latency_ms
    return replace(row, sla=replace(row.sla, loss=loss, latency_ms=latency))


def _by_kind(services: Sequence[Service]) -> dict[str, list[Service]]:
    found: dict[str, list[Service]] = {}
    for row in services:
        found.setdefault(row.kind, []).append(row)
    return dict(sorted(found.items()))
