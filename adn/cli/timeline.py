"""The live timeline of a run: public records as lines, storms and batches condensed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adn.base.clock import MINUTE, Millis, format_clock
from adn.base.records import Record

_QUIET_MS: Millis = MINUTE
"""Alarms of the same minute as one that was shown are counted, not shown."""


class Timeline:
    """Turns records into lines, as they come.

    Of a burst of alarms only the first is shown; what followed is told with the next other line.
    The same holds for the commands of one plan.
    """

    def __init__(self) -> None:
        self._burst_until: Millis = -1
        self._burst = 0
        self._burst_since: Millis = 0
        self._orders: dict[str, list[str]] = {}
        self._kinds: dict[str, tuple[str, str]] = {}
        self._plans: dict[str, str] = {}

    def lines(self, record: Record) -> Iterator[str]:
        """Yield what is to be shown on account of a record."""
        if record.kind == "alarm.raised":
            yield from self._alarm(record)
            return
        if record.kind == "command.submitted":
            self._order(record)
            return
        text = self._text(record)
        if text is None:
            return
        if self._burst:
            span = (record.at - self._burst_since) / 1000
            yield _line(record.at, "alarms", f"+ {self._burst} more in {span:.0f} s")
            self._burst = 0
        yield text

    def _alarm(self, record: Record) -> Iterator[str]:
        if record.at < self._burst_until:
            self._burst += 1
            return
        self._burst_until, self._burst_since = record.at + _QUIET_MS, record.at
        data = record.data
        what = f"{data['perceived_severity']:<9} {data['probable_cause']}"
        yield _line(record.at, "alarm", f"{what}   {record.ref['object']}")

    def _order(self, record: Record) -> None:
        plan = str(record.ref.get("plan") or record.id)
        self._orders.setdefault(plan, []).append(record.id)
        self._kinds[record.id] = (str(record.data["kind"]), str(record.data["target"]))

    def _text(self, record: Record) -> str | None:
        teller = getattr(self, f"_{record.kind.replace('.', '_').replace('-', '_')}", None)
        return teller(record) if teller else None

    def _incident_opened(self, record: Record) -> str:
        services = len(record.ref["services"])
        about = ", ".join(record.ref["objects"][:2]) or "services only"
        tail = f"{services} service{'s' if services != 1 else ''} affected so far"
        return _line(record.at, "detect", f"{record.id}   {about}   {tail}")

    def _incident_located(self, record: Record) -> str:
        shown = [
            f"{name or 'unknown'} {problem} p {chance:.2f}"
            for name, problem, chance in record.data["suspects"][:2]
            if chance >= 0.01
        ]
        return _line(record.at, "locate", f"{record.ref['incident']}   {'; '.join(shown)}")

    def _plan_proposed(self, record: Record) -> None:
        steps = record.data["steps"]
        what = _counted([str(step[0]) for step in steps])
        if len(steps) == 1:
            what = f"{steps[0][0]} {steps[0][1]}"
        self._plans[record.id] = f"{record.data['purpose']} by {what}"

    def _plan_decided(self, record: Record) -> str:
        plan, verdict, risk = str(record.ref["plan"]), record.data["verdict"], record.data["risk"]
        what = f": {self._plans[plan]}" if plan in self._plans else ""
        return _line(
            record.at,
            "decide",
            f"{plan}   {verdict}{what}, {'no' if risk == 'none' else risk} risk",
        )

    def _plan_executed(self, record: Record) -> str:
        plan = str(record.ref["plan"])
        names = [self._kinds[name][0] for name in self._orders.get(plan, []) if name in self._kinds]
        outcome = "as planned" if record.data["as_planned"] else "not as planned"
        return _line(record.at, "execute", f"{plan}   {_counted(names)}   {outcome}")

    def _plan_rolled_back(self, record: Record) -> str:
        return _line(record.at, "rollback", f"{record.ref['plan']}   {record.data['reason']}")

    def _service_verified(self, record: Record) -> str:
        outside = len(record.data["outside"])
        state = "services within SLA" if record.data["fixed"] else f"{outside} outside SLA"
        return _line(record.at, "verify", f"{record.ref['incident']}   {state}")

    def _incident_status(self, record: Record) -> str | None:
        status = str(record.data["status"])
        if status in {"restored", "closed", "reopened", "escalated"}:
            return _line(record.at, status, record.id)
        return None

    def _incident_merged(self, record: Record) -> str:
        return _line(record.at, "merge", f"{record.id} into {record.ref['into']}")

    def _command_finished(self, record: Record) -> str | None:
        kind, target = self._kinds.get(record.id, ("", ""))
        measured: Any = record.data.get("measurement")
        if measured:
            found = ", ".join(f"{name} {_word(value)}" for name, value in sorted(measured.items()))
            return _line(record.at, "probe", f"{kind} {target}   {found}")
        if not record.data["ok"]:
            return _line(record.at, "refused", f"{kind} {target}   {record.data['message']}")
        if kind in {"splice-fibre", "replace-transceiver", "restart-process", "reset-interface"}:
            return _line(record.at, "repair", f"{kind} {target}   {record.data['message']}")
        return None


def _counted(kinds: list[str]) -> str:
    """Return how many commands of which kinds.

    >>> _counted(["set-link-cost"]), _counted(["limit-services"] * 10)
    ('set-link-cost', '10 × limit-services')
    """
    counts = ((kinds.count(kind), kind) for kind in dict.fromkeys(kinds))
    return ", ".join(kind if count == 1 else f"{count} × {kind}" for count, kind in counts)


def _word(value: Any) -> str:
    """Return one measured value as people read it.

    >>> _word(True), _word(None), _word(0.5), _word(0.0)
    ('yes', 'none', '0.5', '0')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _line(at: Millis, what: str, text: str) -> str:
    return f"   {format_clock(at):>10}  {what:<9} {text}"
