"""The pictures of a campaign: ladder, radars, clocks, evidence, costs, workload, pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, log10
from typing import Any, Final

from adn.report.bars import bars
from adn.report.bench_parts import LIMITS, NAMES, Row, Tables, halves, level_look, rung, section
from adn.report.curves import Point, Scale, curves
from adn.report.forest import forest
from adn.report.radar import radar
from adn.report.stacks import legend, stacks
from adn.report.svg import Markup, picture, tag

NARROW: Final = 350.0
"""Width of pictures of which three stand side by side."""
PERCENTILES: Final = ("p10", "p25", "p50", "p75", "p90", "p95", "p99")
NEVER_S: Final = 6 * 3600.0
"""Where clocks that never stopped are drawn: the upper end of the axis."""
_TIMES: Final = (
    (1.0, "1 s"),
    (10.0, "10 s"),
    (60.0, "1 min"),
    (600.0, "10 min"),
    (3600.0, "1 h"),
    (NEVER_S, "never"),
)
_SHARES: Final = ((0.0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
_COSTS: Final = {"people": "part-0", "field": "part-1", "service": "part-2"}
_SAID: Final = {"people": "people at desks", "field": "crews", "service": "service lost"}
_ROLES: Final = 6
"""Colours that roles have; further ones begin again."""


def ladder_pictures(tables: Tables) -> Markup:
    """Return the ladder: what people do, what customers lose, what is met."""
    rows = tables["ladder"]["rows"]
    people = {rung(row, rows): row["people_minutes"] for row in rows}
    lost = {rung(row, rows): row["service_minutes"] for row in rows}
    met = {
        rung(row, rows): {
            "mean": 100 * row["met_share"]["share"],
            "interval": [100 * end for end in row["met_share"]["interval"]],
        }
        for row in rows
        if row["met_share"]["share"] is not None
    }
    bounds = {
        NAMES[row["agent"]]: row["service_minutes"]["mean"] for row in tables["bounds"]["rows"]
    }
    trivial = [
        100 * row["met_share"]["share"]
        for row in tables["baselines"]["rows"]
        if row["met_share"]["share"] is not None
    ]
    best = {"best trivial locator": max(trivial)} if trivial else {}
    return section(
        "The ladder",
        tag(
            "div",
            _third("People, minutes a run", bars(people, {}, "People's minutes", NARROW)),
            _third("Services lost, minutes a run", bars(lost, bounds, "Service minutes", NARROW)),
            _third("1-3-5 met, % of contestable", bars(met, best, "Share of 1-3-5 met", NARROW)),
            class_="thirds",
        ),
        note="The same evenings at every level; what differs is who does the work. Whiskers are "
        "95 % intervals.",
    )


def radars(tables: Tables) -> Iterator[Markup]:
    """Yield the radars of each domain: what each task reaches at each claimed level."""
    rows = tables["levels"]
    for domain in dict.fromkeys(row["domain"] for row in rows):
        mine = [row for row in rows if row["domain"] == domain]
        drawn = [
            tag(
                "figure",
                picture(
                    radar(
                        _reached(row), int(row["claimed"][1:]), f"Tasks, claimed {row['claimed']}"
                    ),
                    f"Tasks at {row['claimed']}",
                    "small",
                ),
                tag("figcaption", f"claimed {rung({**row, 'level': row['claimed']}, rows)}"),
            )
            for row in mine
        ]
        yield section(
            f"What each task reaches · {domain}",
            tag("div", *drawn, class_="radars"),
            note="Centre L0, rim L5; the dashed ring is the level that was claimed. A task reaches "
            "the highest level up to which it is shown to do what it owes. "
            + ", ".join(f"{name} {said}" for name, said in TASKS.items())
            + ".",
        )


TASKS: Final[Mapping[str, str]] = {
    "A": "control information",
    "B": "intent evaluation",
    "C": "collection",
    "D": "filtering",
    "E": "recognition",
    "F": "prediction",
    "G": "demarcation",
    "H": "root cause",
    "I": "recovery analysis",
    "J": "determination",
    "K": "execution",
    "V": "verification",
}


def _reached(row: Row) -> dict[str, int | None]:
    return {
        name: (int(task["level"][1:]) if task["level"] else 0) if task["applies"] else None
        for name, task in row["tasks"].items()
    }


def clock_pictures(tables: Tables) -> Markup:
    """Return the clocks by percentile, a picture a clock."""
    rows = tables["clocks"]["rows"]
    drawn = []
    for (limit, key), clock in zip(LIMITS, ("detect", "locate", "restore"), strict=True):
        series: dict[str, Sequence[Point]] = {
            rung(row, rows): _percentiles(row) for row in rows if row["clock"] == clock
        }
        goal = tables["targets"].get(key)
        axis = Scale(1.0, NEVER_S, _TIMES, "", log=True)
        across = Scale(0.0, 100.0, [(p, str(p)) for p in (10, 25, 50, 75, 90, 99)], "% of faults")
        limits = {limit if goal in {60.0, 180.0, 300.0} else f"{goal:g} s": goal} if goal else {}
        name = f"Time to {clock}"
        drawn.append(_third(name, curves(series, across, axis, name, limits, level_look, NARROW)))
    return section(
        "Clocks by percentile",
        tag("div", *drawn, class_="thirds"),
        note="Contestable faults, from their first sign, quickest first. A line that ends at "
        "“never” says which share of faults was never detected, located or restored.",
        sql=tables["clocks"]["sql"],
    )


def _percentiles(row: Row) -> list[Point]:
    return [
        (float(name[1:]), NEVER_S if row[name] is None else float(row[name]))
        for name in PERCENTILES
        if row["faults"]
    ]


def evidence_pictures(tables: Tables) -> Markup:
    """Return how certainty grows with seeds."""
    rows = tables["evidence"]["rows"]
    most = max([1, *(row["seeds"] for row in rows)])
    step = max(1, ceil(most / 8))
    ticks = [(float(count), str(count)) for count in range(step, most + 1, step)]
    across = Scale(min(1.0, float(most)) if most > 1 else 0.0, float(most), ticks, "seeds")

    def lows(key: str) -> dict[str, Sequence[Point]]:
        found: dict[str, list[Point]] = {}
        for row in rows:
            points = found.setdefault(rung(row, rows), [])
            if row[key] is not None:
                points.append((float(row["seeds"]), float(row[key])))
        return {**found}

    up = Scale(0.0, 1.0, _SHARES, "")
    return section(
        "What is demonstrated after so many seeds",
        halves(
            (
                "1-3-5 met, at least",
                picture(
                    curves(lows("met_low"), across, up, "1-3-5 met, at least", {}, level_look),
                    "1-3-5 met, at least",
                    "half",
                ),
            ),
            (
                "The poorest task at the claimed level, at least",
                picture(
                    curves(
                        lows("worst_task_low"),
                        across,
                        up,
                        "The poorest task, at least",
                        {"owed for L1 to L4: 90 %": 0.9},
                        level_look,
                    ),
                    "The poorest task, at least",
                    "half",
                ),
            ),
        ),
        note="Lower ends of 95 % intervals, seeds taken in their order: what grows is not the loop "
        "but what is known of it.",
        sql=tables["evidence"]["sql"],
    )


def cost_pictures(tables: Tables) -> Markup:
    """Return what a run costs, and how the order of levels turns with the price of service."""
    rows, prices = tables["costs"]["rows"], tables["costs"]["prices"]
    parts = {rung(row, rows): {_SAID[name]: row[name] for name in _COSTS} for row in rows}
    looks = {_SAID[name]: look for name, look in _COSTS.items()}
    series = {rung(row, rows): [(p, max(c, 0.01)) for p, c in row["curve"]] for row in rows}
    factors = [factor for factor, _ in rows[0]["curve"]] if rows else [0.1, 10.0]
    across = Scale(
        factors[0],
        factors[-1],
        [(f, f"×{f:g}") for f in factors if log10(f).is_integer()],
        "price of a service minute",
        log=True,
    )
    ends = [cost for points in series.values() for _, cost in points] or [1.0]
    low, high = 10 ** int(log10(min(ends)) // 1), 10 ** ceil(log10(max(ends)) + 1e-9)
    up = Scale(float(low), float(max(high, 10 * low)), list(_decades(low, high)), "", log=True)
    return section(
        "What a run costs",
        legend(looks),
        halves(
            ("In units of cost", picture(stacks(parts, looks, "Cost of a run"), "Costs", "half")),
            (
                "As the price of service varies",
                picture(
                    curves(series, across, up, "Cost by price of service", {}, level_look),
                    "Cost by price of service",
                    "half",
                ),
            ),
        ),
        note=f"Assumptions, all of them: an hour at a desk {prices['desk_hour']:g}, an hour of a "
        f"crew {prices['field_hour']:g}, a minute of service lost {prices['service_minute']:g}.",
        sql=tables["costs"]["sql"],
    )


_UNITS: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def _decades(low: float, high: float) -> Iterator[tuple[float, str]]:
    value = float(low)
    while value <= high:
        yield (
            value,
            next(
                (f"{value / unit:g} {name}" for unit, name in _UNITS if value >= unit), f"{value:g}"
            ),
        )
        value *= 10


def workload_pictures(tables: Tables) -> Markup:
    """Return whose minutes they are at each level, and how long work waited."""
    rows = tables["workload"]["rows"]
    roles = sorted({row["role"] for row in rows})
    looks = {role: f"part-{place % _ROLES}" for place, role in enumerate(roles)}
    minutes: dict[str, dict[str, float]] = {}
    heads: dict[str, dict[str, float]] = {}
    for row in rows:
        name = rung(row, rows)
        minutes.setdefault(name, {})[row["role"]] = row["minutes"]["mean"]
        heads.setdefault(name, {})[row["role"]] = float(row["head_count"])
    return tag(
        "div",
        legend(looks),
        halves(
            (
                "Minutes a run",
                picture(stacks(minutes, looks, "Minutes by role"), "Minutes", "half"),
            ),
            (
                "Head-count: most of each role at one time",
                picture(stacks(heads, looks, "Head-count by role", 0), "Head-count", "half"),
            ),
        ),
    )


def approval_pictures(tables: Tables) -> Markup:
    """Return what slow approval does to restoring and to services."""
    rows = tables["approvals"]["rows"]
    swept = [row for row in rows if row["approval_s"] is not None]
    across_ends = [row["approval_s"] / 60 for row in swept]
    ticks = [(at, f"{at:g}") for at in sorted(set(across_ends))]
    across = Scale(0.0, max(across_ends), ticks, "minutes until a change is approved")
    axis = Scale(1.0, NEVER_S, _TIMES, "", log=True)

    def by_level(of: Any) -> dict[str, Sequence[Point]]:
        found: dict[str, list[Point]] = {}
        for row in swept:
            found.setdefault(rung(row, rows), []).append((row["approval_s"] / 60, of(row)))
        return {**found}

    restored = by_level(lambda row: NEVER_S if row["restore_s"] is None else row["restore_s"])
    met = by_level(lambda row: row["met_share"]["share"] or 0.0)
    goal = tables["targets"].get("restore_s")
    return halves(
        (
            "Median time to restore",
            picture(
                curves(
                    restored,
                    across,
                    axis,
                    "Time to restore",
                    {"limit to restore": goal} if goal else {},
                    level_look,
                ),
                "Time to restore",
                "half",
            ),
        ),
        (
            "1-3-5 met",
            picture(
                curves(met, across, Scale(0.0, 1.0, _SHARES, ""), "1-3-5 met", {}, level_look),
                "1-3-5 met",
                "half",
            ),
        ),
    )


def paired_pictures(tables: Tables) -> Markup:
    """Return forest plots of the differences to one level, evening by evening."""
    rows = tables["paired"]["rows"]

    def plot(title: str, key: str, *, less: bool = True, by: float = 1.0) -> Markup:
        values = {
            rung(row, rows): {
                "mean": None if row[key]["mean"] is None else by * row[key]["mean"],
                "interval": row[key]["interval"] and [by * end for end in row[key]["interval"]],
            }
            for row in rows
        }
        drawn = forest(values, title, less_is_good=less)
        return tag("div", tag("h3", title), picture(drawn, title, "half"))

    return tag(
        "div",
        plot("Time to restore, minutes (both restored)", "restore_s", by=1 / 60),
        plot("1-3-5 met, percentage points", "met_share", less=False, by=100.0),
        plot("Service minutes lost, a run", "service_minutes"),
        plot("People's minutes, a run", "people_minutes"),
        class_="halves",
    )


def _third(title: str, drawn: Markup) -> Markup:
    return tag("div", tag("h3", title), picture(drawn, title, "third"))
