"""What a trainee can look at: plain rows of what the screens hold, for any front end to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from adn.base.clock import seconds
from adn.base.errors import AdnError, Finding
from adn.closedloop.playbooks import playbooks
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.northbound.telemetry import KPIS, Table, kpi
from adn.topology.naming import closest
from adn.topology.network import Network
from adn.training.screens import Screens

MOST_ROWS: Final = 20
"""So many rows are shown of a list, worst first; the rest is counted."""
TABLES: Final[tuple[Table, ...]] = ("element", "direction", "service")
SEVERITIES: Final = ("critical", "major", "minor", "warning", "indeterminate")

Shown = dict[str, Any]
"""``rows``: what there is; ``more``: how many were left out; and what it is about."""


class WrongMoveError(AdnError):
    """A move that cannot be made as it stands; the text says what would be right."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(Finding("TRN001", message, hint=hint))

    @property
    def plain(self) -> str:
        """What is wrong, in one line."""
        (finding,) = self.findings
        hint = f"; did you mean {finding.hint}?" if finding.hint else ""
        return f"{finding.message}{hint}"


def summary(screens: Screens) -> Shown:
    """Return what stands at the top of every screen: counts."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for alarm in screens.view.active_alarms.values():
        counts[alarm.perceived_severity.value] += 1
    return {
        "alarms": {name: count for name, count in counts.items() if count},
        "tickets": len(screens.view.tickets),
        "dark": len(screens.view.silent),
    }


def alarms(screens: Screens, about: str) -> Shown:
    """Return the active alarms, the most severe and then the oldest first."""
    view = screens.view
    near = _around(view.network, about) if about else None
    rows = [
        {
            "id": row.alarm_id,
            "at_s": seconds(view.alarm_arrivals[row.alarm_id]),
            "severity": row.perceived_severity.value,
            "type": str(row.event_type),
            "cause": row.probable_cause.value,
            "object": row.managed_object,
            "by": row.reported_by,
            "says": row.specific_problem,
        }
        for row in view.active_alarms.values()
        if near is None or row.managed_object in near
    ]
    rows.sort(key=lambda row: (SEVERITIES.index(row["severity"]), row["at_s"], row["id"]))
    return _cut("alarms", rows, about)


def kpis(screens: Screens, about: str) -> Shown:
    """Return the series that are away from their baselines, the farthest first."""
    view = screens.view
    near = _around(view.network, about) if about else None
    rows: list[dict[str, Any]] = [
        {
            "table": table,
            "object": name,
            "kpi": row.kpi,
            "value": row.value,
            "usual": row.mean,
            "unit": kpi(table, row.kpi).unit,
            "spreads": round(row.z, 1),
            "since_s": seconds(row.first_at),
        }
        for table in TABLES
        for measure in _measures(table)
        for name, row in view.departures(table, measure).items()
        if near is None or name in near
    ]
    rows.sort(key=lambda row: (-abs(row["spreads"]), row["object"], row["kpi"]))
    return _cut("kpis", rows, about)


def tickets(screens: Screens, about: str) -> Shown:
    """Return what customers said, the latest first."""
    rows = [
        {
            "id": row.id,
            "severity": row.severity,
            "service": row.service,
            "site": row.site,
            "since_s": seconds(row.since),
            "says": row.description,
        }
        for row in reversed(screens.view.tickets)
        if not about or about in (row.service, row.site)
    ]
    return _cut("tickets", rows, about)


def topology(screens: Screens, about: str) -> Shown:
    """Return what stands next to an object, by the kind of neighbourhood."""
    view = screens.view
    network, name = view.network, known_object(view.network, about)
    rows = [
        {"relation": relation, "object": one} for relation, one in _neighbourhood(network, name)
    ]
    if name in network.services:
        crossed = (network.links[row] for row in sorted(view.paths.links.get(name, ())))
        rows += [{"relation": "recorded path over", "object": one} for one in crossed]
    elif name in network.links:
        at = network.links.row(name)
        rows += [
            {"relation": "carries (recorded)", "object": one}
            for one in network.services.ids
            if at in view.paths.links.get(one, ())
        ]
    return _cut("topology", rows, name)


def services(screens: Screens, about: str, named: Iterable[str], outside: Iterable[str]) -> Shown:
    """Return the services of an incident: which were measured outside their promises just now."""
    out = set(outside)
    rows = [
        {
            "service": row.id,
            "outside": row.id in out,
            "latency_limit_ms": row.sla.latency_ms,
            "loss_limit": row.sla.loss,
            "customers": row.customers,
        }
        for row in screens.view.network.rows.services
        if (row.id in out or row.id in set(named)) and (not about or row.id == about)
    ]
    rows.sort(key=lambda row: (not row["outside"], row["service"]))
    return _cut("services", rows, about)


def incident(screens: Screens, name: str) -> Shown:
    """Return what was written down about an incident, in order."""
    rows = [
        {"at_s": seconds(record.at), "what": record.kind, "by": record.by, "says": _told(record)}
        for record in screens.said
        if name and name in (record.id, record.ref.get("incident"))
        if record.kind not in ("work.queued", "command.submitted")
    ]
    return {"look": "incident", "about": name, "rows": rows[-MOST_ROWS:], "more": 0}


def runbook(problem: str) -> Shown:
    """Return the playbook of a problem class, or without one all classes."""
    if not problem:
        pages = [
            {"problem": row.name, "object": row.object_type, "domain": row.domain, "says": row.says}
            for row in PROBLEM_CLASSES.values()
        ]
        return {"look": "runbook", "about": "", "rows": pages, "more": 0}
    if problem not in playbooks():
        near = closest(problem, playbooks())
        raise WrongMoveError(f"the runbook has no '{problem}'; `runbook` lists its pages", near)
    book = playbooks()[problem]
    rows: list[dict[str, Any]] = [
        {"use": "mitigate", "do": name, "says": "", "risk": "", "s": None}
        for name in book.mitigations
    ]
    for repair in book.repairs:
        kind = command_kinds()[repair.command]
        time = kind.time.get("median")
        rows.append(
            {"use": "repair", "do": kind.name, "says": kind.says, "risk": kind.risk, "s": time}
        )
    return {"look": "runbook", "about": problem, "rows": rows, "more": 0}


def probes(screens: Screens, since: int) -> Shown:
    """Return what was measured by the probes that were answered from an instant on."""
    rows = [
        {
            "at_s": seconds(result.finished_at),
            "kind": command.kind,
            "target": command.target,
            "ok": result.ok,
            "says": result.message,
            "measured": dict(result.measurement),
        }
        for command, result in screens.view.probes
        if result.finished_at >= since
    ]
    return {"look": "probe", "about": "", "rows": rows[-MOST_ROWS:], "more": 0}


LOOKS: Final[Mapping[str, Callable[[Screens, str], Shown]]] = {
    "alarms": alarms,
    "kpis": kpis,
    "tickets": tickets,
    "topology": topology,
}
"""What can be looked at whatever the work is."""


def known_object(network: Network, name: str) -> str:
    """Return the name of an object of the network.

    Raises:
        WrongMoveError: There is none of that name.
    """
    if not name:
        example = network.elements[0]
        raise WrongMoveError(f"name an object to look round, as in `topology {example}`")
    tables = (
        network.elements,
        network.links,
        network.directions,
        network.ducts,
        network.services,
        network.cards,
        network.feeds,
    )
    if any(name in table for table in tables):
        return name
    every = [one for table in tables for one in table.ids]
    raise WrongMoveError(f"there is no '{name}' in the network", closest(name, every))


def _cut(look: str, rows: list[Any], about: str) -> Shown:
    return {
        "look": look,
        "about": about,
        "rows": rows[:MOST_ROWS],
        "more": max(0, len(rows) - MOST_ROWS),
    }


def _measures(table: str) -> tuple[str, ...]:
    return tuple(row.name for row in KPIS if row.table == table)


def _neighbourhood(network: Network, name: str) -> Iterable[tuple[str, str]]:
    """Yield how an object hangs together with others, as recorded."""
    rows = network.rows
    if name in network.directions:
        yield "direction of", network.link_of(name)
        name = network.link_of(name)
    if name in network.elements:
        yield from (("link", link) for link in network.links_of(name))
        ends = {row.id: (row.a, row.z) for row in rows.links}
        for link in network.links_of(name):
            a, z = ends[link]
            yield "next to", z if a == name else a
        yield from (("card", row.id) for row in rows.cards if row.element == name)
        yield from (
            ("fed by", feed) for row in rows.elements if row.id == name for feed in row.feeds
        )
        yield from (
            ("service ends here", row.id) for row in rows.services if name in (row.a, row.z)
        )
    elif name in network.links:
        (link_row,) = (row for row in rows.links if row.id == name)
        yield from (("end", end) for end in (link_row.a, link_row.z))
        at = 2 * network.links.row(name)
        yield from (("direction", network.directions[at + way]) for way in (0, 1))
        yield from (("rides on", duct) for duct in link_row.ducts)
        yield from (("card", card) for card in (link_row.card_a, link_row.card_z) if card)
    elif name in network.ducts:
        yield from (("carries", link) for link in network.links_in_duct(name))
    elif name in network.cards:
        yield from (("element", row.element) for row in rows.cards if row.id == name)
        yield from (("port of", link) for link in network.links_on_card(name))
    elif name in network.feeds:
        yield from (("feeds", element) for element in network.elements_on_feed(name))
    elif name in network.services:
        (service,) = (row for row in rows.services if row.id == name)
        yield "from", service.a
        yield "to", service.z


def _around(network: Network, about: str) -> frozenset[str]:
    """Return an object, what stands next to it, and both ways of every link among those."""
    name = known_object(network, about)
    near = {name, *(one for _, one in _neighbourhood(network, name))}
    for link in sorted(one for one in near if one in network.links):
        at = 2 * network.links.row(link)
        near |= {network.directions[at], network.directions[at + 1]}
    return frozenset(near)


def _told(record: Any) -> str:
    """Return a record of the incident in a few words."""
    data = record.data
    if record.kind == "incident.located":
        return "; ".join(f"{o or 'unknown'} {p} p {c:.2f}" for o, p, c in data["suspects"][:3])
    if record.kind == "incident.status":
        return str(data["status"])
    if record.kind == "incident.demarcated":
        return f"domain {data['domain'] or 'unknown'}"
    if record.kind == "plan.proposed":
        return f"{data['purpose']}: " + ", ".join(f"{s[0]} {s[1]}" for s in data["steps"][:4])
    if record.kind == "plan.decided":
        return f"{data['verdict']}: {data['reason']}"
    if record.kind == "service.verified":
        return "services are back" if data["fixed"] else f"{len(data['outside'])} services outside"
    if record.kind == "work.replied":
        return f"{data['role']} on {data['task']}: {data['verdict']}"
    if record.kind == "plan.executed":
        return "as planned" if data["as_planned"] else "not as planned"
    return ""
