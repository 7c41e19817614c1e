"""Briefings and sheets as lines of text, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from adn.base.clock import SECOND, format_clock
from adn.training.frontend import Shown

MOST_NAMES: Final = 6
MOST_LISTED: Final = 12
OVER: Final = ("restored", "closed", "merged")
"""Where an incident stands when its clocks have stopped."""


def briefing_lines(briefing: Shown) -> Iterator[str]:
    """Yield a briefing as lines."""
    network, clock, targets = briefing["network"], briefing["clock"], briefing["targets_s"]
    yield (
        f"{network['name']}   {network['elements']} elements   {network['links']} links   "
        f"{network['services']} services ({', '.join(network['kinds'])})"
    )
    lasts = format_clock(round(briefing["lasts_s"] * SECOND))
    yield f"The shift begins at {briefing['starts']} and lasts {lasts}; level {briefing['level']}."
    if briefing["says"]:
        yield ""
        yield briefing["says"]
    if briefing["goals"]:
        yield ""
        yield "Goals:"
        yield from (f"  - {goal}" for goal in briefing["goals"])
    yield ""
    yield f"You sit at: {', '.join(briefing['seats'])}.  Who does what at this level:"
    yield from (f"  {row['task']}  {row['name']:<20} {row['who']}" for row in briefing["tasks"])
    yield ""
    told = ", ".join(f"{key[:-2]} within {span(value)}" for key, value in targets.items())
    yield f"Clocks, from the first sign: {told}."
    if clock["kind"] == "turn":
        yield "The world stands while you think; every step has its price in simulated time."
    else:
        yield f"The world goes on while you think, {clock['speed']:g} times as fast as your clock."
    yield "`?` shows what you can type."


def price_lines(prices: Mapping[str, float]) -> Iterator[str]:
    """Yield what steps cost."""
    listed = [f"{step} {span(cost)}" for step, cost in prices.items()]
    for begin in range(0, len(listed), 6):
        yield "  " + "   ".join(listed[begin : begin + 6])


def sheet_lines(sheet: Shown, *, whole: bool) -> Iterator[str]:
    """Yield a piece of work as lines: whole, or only what is new on it."""
    if whole:
        yield from _head(sheet)
        yield from _table_lines(sheet["work"]["task"], sheet["table"])
        if sheet["suggestion"] is not None:
            yield f"   system   {_suggested(sheet['work']['task'], sheet['suggestion'])}"
    if sheet["told"] is not None:
        yield from told_lines(sheet["told"])


def _head(sheet: Shown) -> Iterator[str]:
    work, top, held = sheet["work"], sheet["top"], sheet["incident"]
    alarms = ", ".join(f"{count} {name}" for name, count in top["alarms"].items()) or "none"
    yield (
        f"{format_clock(round(sheet['now_s'] * SECOND))}  {work['id']}  {work['task']} "
        f"{work['name']}   ({work['role']})   alarms: {alarms}   tickets: {top['tickets']}"
    )
    if held is not None:
        named = some([*held["objects"], *held["services"]])
        running = held["status"] not in OVER
        clocks = "  ".join(
            f"{key[:-2]} {span(held['running_s'])}/{span(value)}"
            for key, value in held["targets_s"].items()
            if running
        )
        yield (
            f"   {held['id']}  {held['severity']}  {held['status']}   "
            f"{len(held['services'])} services, {held['alarms']} alarms   {clocks}"
        )
        yield f"   names    {named or 'nothing'}"
    yield f"   asked    {work['asked']}"


def _table_lines(task: str, table: Shown) -> Iterator[str]:
    if "signals" in table:
        yield from _numbered(
            f"{row['sign']} of {row['object']}: {row['what']}" for row in table["signals"]
        )
    if "alarms" in table:
        yield from _numbered(
            f"{row['severity']:<9} {row['cause']} on {row['object']}"
            f"{'' if row['active'] else ' (cleared)'}"
            for row in table["alarms"]
        )
    if "call" in table:
        call = table["call"]
        yield f"   call     {call['says']}   service {call['service'] or 'not said'}"
        known = "an open incident is about it" if table["known"] else "no open incident is about it"
        yield f"            {table['alike']} more of the same lately; {known}"
    if "options" in table:
        yield from _numbered(plan_words(row) for row in table["options"])
    if "plan" in table:
        yield f"   plan     {plan_words(table['plan'])}"
    if "commands" in table:
        listed = [f"{kind} {target}" for kind, target in table["commands"]]
        yield f"   commands {some(listed)}"
    if task == "C" and not table.get("signals"):
        yield "   there is nothing new on the screens"


def _numbered(rows: Iterator[str]) -> Iterator[str]:
    every = list(rows)
    yield from (f"   {number:>3}  {row}" for number, row in enumerate(every[:MOST_LISTED], 1))
    if len(every) > MOST_LISTED:
        yield f"        and {len(every) - MOST_LISTED} more, up to number {len(every)}"


def plan_words(plan: Shown) -> str:
    """Return a plan in one line."""
    counts: dict[str, int] = {}
    for kind, _ in plan["steps"]:
        counts[kind] = counts.get(kind, 0) + 1
    steps = [f"{kind} {target}" for kind, target in plan["steps"] if counts[kind] == 1] + [
        f"{count} × {kind}" for kind, count in counts.items() if count > 1
    ]
    more = f" + {plan['more']} more" if plan["more"] else ""
    before, after = plan["outside_before"], plan["outside_after"]
    helps = "" if after is None else f"   services outside {before:.1f} → {after:.1f}"
    takes = "" if plan["takes_s"] is None else f"   takes {span(plan['takes_s'])}"
    return f"{plan['purpose']}: {', '.join(steps)}{more}{helps}{takes}   risk {plan['risk']}"


def _suggested(task: str, said: Any) -> str:
    if task == "H":
        rows = [f"{name or 'unknown'} {problem} p {p:.2f}" for name, problem, p in said["suspects"]]
        return "; ".join(rows[:3]) or "no suspect"
    if task == "I":
        return plan_words(said)
    if task == "G":
        return f"{said['domain'] or 'unknown'}, p {said['probability']:.2f}"
    if task == "J":
        return f"{'allow' if said['go'] else 'refuse'}: {said['reason']}"
    if task == "E":
        return "this is an incident" if said.get("go") else "this is no incident"
    if task == "V":
        return "service is back" if said["fixed"] else "service is not back"
    if task == "K":
        return "a script is ready to send them"
    if task in ("C", "D"):
        rows = said.get("noticed", said.get("alarms", []))
        return some(rows) or "nothing"
    return "it was done"


# --- what was looked at ---


def told_lines(told: Shown) -> Iterator[str]:
    """Yield what was looked at, as lines."""
    rows: Sequence[Shown] = told["rows"]
    about = f" {told['about']}" if told["about"] and told["look"] != "hint" else ""
    if not rows:
        yield f"   {told['look']}{about}: nothing"
        return
    line = _ROWS[told["look"]]
    yield from (f"   {line(row)}" for row in rows)
    if told["more"]:
        yield f"   and {told['more']} more"


def _kpi(row: Shown) -> str:
    return (
        f"{row['object']:<28} {row['kpi']:<12} {row['value']:.4g} {row['unit']}, usually "
        f"{row['usual']:.4g}   {row['spreads']:+.0f} spreads   since {_at(row['since_s'])}"
    )


def _service(row: Shown) -> str:
    state = "OUTSIDE" if row["outside"] else "within"
    return (
        f"{state:<8} {row['service']:<28} at most {row['latency_limit_ms']:g} ms and "
        f"{row['loss_limit']:.2%} loss   {row['customers']} customers"
    )


def _page(row: Shown) -> str:
    if "problem" in row:
        return f"{row['problem']:<16} of a {row['object']:<10} {row['domain']:<8} {row['says']}"
    takes = "" if row["s"] is None else f"   takes {span(row['s'])}"
    risk = f"   risk {row['risk']}" if row["risk"] else ""
    return f"{row['use']:<9} {row['do']:<22} {row['says']}{risk}{takes}"


def _probe(row: Shown) -> str:
    if not row["ok"]:
        return f"{row['kind']} {row['target']}   failed: {row['says']}"
    found = ", ".join(f"{name} {_value(value)}" for name, value in sorted(row["measured"].items()))
    return f"{row['kind']} {row['target']}   {found}"


_ROWS: Final[Mapping[str, Callable[[Shown], str]]] = {
    "alarms": lambda r: (
        f"{_at(r['at_s'])}  {r['severity']:<9} {r['cause']:<30} {r['object']}   by {r['by']}"
    ),
    "kpis": _kpi,
    "tickets": lambda r: (
        f"{_at(r['since_s'])}  {r['severity']:<9} {r['service'] or r['site'] or 'no address'}   "
        f"{r['says']}"
    ),
    "topology": lambda r: f"{r['relation']:<20} {r['object']}",
    "services": _service,
    "incident": lambda r: f"{_at(r['at_s'])}  {r['what']:<22} {r['by']:<7} {r['says']}",
    "runbook": _page,
    "probe": _probe,
    "hint": lambda r: f"hint: {r['says']}",
}


def some(names: Sequence[Any]) -> str:
    """Return a few names, and how many more there are.

    >>> some(["a", "b"]), some(list("abcdefgh"))
    ('a b', 'a b c d e f + 2 more')
    """
    more = len(names) - MOST_NAMES
    return " ".join(map(str, names[:MOST_NAMES])) + (f" + {more} more" if more > 0 else "")


def span(seconds: float | None) -> str:
    """Return a duration in minutes and seconds.

    >>> span(75), span(5), span(None), span(3700)
    ('1:15', '0:05', '–', '1:01:40')
    """
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _at(seconds: float) -> str:
    return format_clock(round(seconds * SECOND))


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
