"""The tables of a campaign's page, each with the query that its figures come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from adn.report import bench_pictures as pictures
from adn.report.bench_parts import NAMES, Row, Tables, mean, rung, section, share, span
from adn.report.earned import standing_of
from adn.report.grid import Cell, Head, grid, group, row
from adn.report.svg import Markup, tag

_LADDER: Final = (
    ("", ""),
    ("found", "of those that hurt"),
    ("located", "object and class"),
    ("1-3-5 met", "of the contestable"),
    ("detect", "median"),
    ("locate", "median"),
    ("restore", "median"),
    ("people", "minutes a run"),
    ("wrong", "actions"),
    ("false", "incidents"),
    ("services", "minutes lost a run"),
)
_GROUP: Final = (
    "faults",
    ("found", "of those that hurt"),
    "located",
    ("1-3-5 met", "of the contestable"),
    ("detect", "median"),
    ("locate", "median"),
    ("restore", "median"),
)

_A_RUN: Final = (("people", "minutes a run"), ("services", "minutes lost a run"))


def ladder_table(tables: Tables) -> Markup:
    """Return the ladder in figures, its bounds and the trivial locators."""
    rungs = tables["ladder"]["rows"]
    body = [row([rung(one, rungs), *_ladder_cells(one)]) for one in rungs]
    bounds, trivial = tables["bounds"]["rows"], tables["baselines"]["rows"]
    if bounds:
        body.append(group("Bounds", len(_LADDER)))
        body += [row([NAMES[one["agent"]], *_bound_cells(one)]) for one in bounds]
    if trivial:
        body.append(group("A trivial locator in the loop's place", len(_LADDER)))
        body += [row([one["agent"].replace("-", " "), *_ladder_cells(one)]) for one in trivial]
    return section(
        "The ladder in figures",
        grid("The ladder in figures", _LADDER, body, "ladder"),
        note="Counts are pooled over cases and seeds; below them and behind ± are 95 % intervals "
        "over evenings.",
        sql=tables["ladder"]["sql"],
    )


def _ladder_cells(one: Row) -> list[Cell]:
    return [
        share(one["found_share"]),
        share(one["located_share"]),
        tag("strong", share(one["met_share"])),
        span(one["detect_s"]),
        span(one["locate_s"]),
        span(one["restore_s"]),
        mean(one["people_minutes"]),
        str(one["wrong_actions"]),
        str(one["false_incidents"]),
        mean(one["service_minutes"]),
    ]


def _bound_cells(one: Row) -> list[Cell]:
    """Return the cells of a bound, in whose runs nobody detects or locates anything."""
    lost = mean(one["service_minutes"])
    return ["–", "–", "–", "–", "–", span(one["restore_s"]), "–", "–", "–", lost]


def missing(tables: Tables) -> Iterator[Markup]:
    """Yield why no more was earned, level by level, folded away."""
    levels = tables["levels"]
    told = [
        tag(
            "details",
            tag(
                "summary",
                f"{one['domain']}, claimed {rung({**one, 'level': one['claimed']}, levels)}: "
                f"{standing_of(one)}",
            ),
            tag("ul", *(tag("li", why) for why in _reasons(one))),
        )
        for one in sorted(levels, key=lambda one: str(one["domain"]))
        if _reasons(one)
    ]
    if told:
        yield section("Why no more", tag("div", *told, class_="reasons"))


def _reasons(one: Row) -> list[str]:
    caps = [f"{cap['level']} at most: {cap['why']}" for cap in one["caps"]]
    return list(dict.fromkeys([*one["why"], *caps]))


def paired_section(tables: Tables) -> Markup:
    """Return the differences to one level on the same evenings."""
    rows = tables["paired"]["rows"]
    against = rows[0]["against"]
    return section(
        f"The same evenings, less those at {against}",
        pictures.paired_pictures(tables),
        note="Every level has the same faults, noise and traffic on one case and seed, so the "
        "difference is who did the work. Diamonds are mean differences with 95 % intervals; filled "
        "where the interval leaves zero out.",
        sql=tables["paired"]["sql"],
    )


def approvals_section(tables: Tables) -> Markup:
    """Return what slow approval costs, side by side."""
    rows = tables["approvals"]["rows"]
    heads = ("level", "approved in", "1-3-5 met", "restore", "people min", "waited min", "lost min")
    body = [
        row(
            [
                rung(one, rows),
                "as the scenario says" if one["approval_s"] is None else f"{_minutes(one)} min",
                share(one["met_share"]),
                span(one["restore_s"]),
                mean(one["people_minutes"]),
                mean(one["waited_minutes"]),
                mean(one["service_minutes"]),
            ]
        )
        for one in rows
    ]
    return section(
        "What a slow approval costs",
        pictures.approval_pictures(tables),
        grid("Approvals", heads, body, "ladder"),
        note="Median times until a change is approved, an assumption each; the same evenings.",
        sql=tables["approvals"]["sql"],
    )


def _minutes(one: Row) -> str:
    return f"{one['approval_s'] / 60:g}"


def workload_section(tables: Tables) -> Markup:
    """Return what the levels do to people, by role."""
    rows = tables["workload"]["rows"]
    heads = (
        "level",
        "role",
        ("touches", "a run"),
        ("minutes", "a run"),
        ("waited", "minutes a run"),
        ("heads", "most at once"),
        ("minutes", "a fault"),
    )
    body = [
        row(
            [
                rung(one, rows),
                one["role"].replace("-", " "),
                f"{one['touches']:,.1f}",
                mean(one["minutes"]),
                f"{one['waited_minutes']:,.1f}",
                str(one["head_count"]),
                "–" if one["minutes_a_fault"] is None else f"{one['minutes_a_fault']:,.1f}",
            ]
        )
        for one in rows
    ]
    return section(
        "Whose work it is",
        pictures.workload_pictures(tables),
        tag(
            "details",
            tag("summary", f"By level and role ({len(body)})"),
            grid("Workload", heads, body, "ladder"),
        ),
        sql=tables["workload"]["sql"],
    )


def indicators_section(tables: Tables) -> Markup:
    """Return what operators count beside a level."""
    levels = tables["levels"]
    heads = (
        "",
        ("ANLET", "GB1059, 0 to 4"),
        ("end to end", "automatic"),
        ("on time", "1-3-5"),
        ("first time", "right"),
        ("self-healing", "of what hurt"),
        ("auto-closed", "of tickets"),
        ("alarms", "compressed"),
        ("roots", "kept"),
        ("tickets", "a fault"),
        ("pass^3", ""),
    )
    body: list[Markup] = []
    for domain in dict.fromkeys(one["domain"] for one in levels):
        body.append(group(domain, len(heads)))
        body += [
            row(
                [
                    rung({**one, "level": one["claimed"]}, levels),
                    _figure(one["anlet"].get("score"), "{:.2f}"),
                    _figure(one["anlet"].get("end_to_end")),
                    *(
                        _figure(one["indicators"].get(key))
                        for key in (
                            "on_time",
                            "first_time_right",
                            "self_healing",
                            "auto_closure",
                            "alarm_compression",
                            "root_recall",
                        )
                    ),
                    _figure(one["indicators"].get("tickets_per_fault"), "{:.2f}"),
                    _figure(one["indicators"].get("pass_3")),
                ]
            )
            for one in levels
            if one["domain"] == domain
        ]
    return section(
        "Beside the level",
        grid("Indicators", heads, body, "ladder"),
        note="The published questionnaire's arithmetic on what happened, and what operators count.",
    )


def _figure(value: Any, shown: str = "{:.0%}") -> str:
    return "–" if value is None else shown.format(value)


def groups_section(table: Row, title: str, name: str) -> Markup:
    """Return a table by domain, size, case or kind; groups that belong together stand together."""
    rows = table["rows"]
    body: list[Markup] = []
    runs = "people_minutes" in rows[0]
    heads: tuple[Head, ...] = ("", *_GROUP, *(_A_RUN if runs else ()))
    for one in dict.fromkeys(row_[name] for row_ in rows):
        mine = [row_ for row_ in rows if row_[name] == one]
        held = " (met by nobody before)" if mine[0].get("held_out") else ""
        body.append(group(f"{one}{held}", len(heads)))
        body += [row([rung(other, rows), *_group_cells(other, runs=runs)]) for other in mine]
    drawn = grid(title, heads, body, "ladder")
    count = len({row_[name] for row_ in rows})
    if count > _OPEN:
        drawn = tag("details", tag("summary", f"{title}: {count} of them"), drawn)
    return section(title, drawn, sql=table["sql"])


_OPEN: Final = 4
"""Tables with more groups than this are folded."""


def _group_cells(one: Row, *, runs: bool) -> list[Cell]:
    cells: list[Cell] = [
        str(one["faults"]),
        f"{one['found']} of {one['hurting']}",
        f"{one['located']} of {one['hurting']}",
        share(one["met_share"]),
        span(one["detect_s"]),
        span(one["locate_s"]),
        span(one["restore_s"]),
    ]
    if runs:
        cells += [mean(one["people_minutes"]), mean(one["service_minutes"])]
    return cells


def repeats_section(tables: Tables) -> Markup:
    """Return how many evenings went well, and three in a row."""
    rows = tables["pass3"]["rows"]
    heads = ("", ("evenings", "without blemish"), ("pass^3", "three seeds of a case all pass"))
    body = [
        row([rung(one, rows), f"{one['passed']} of {one['runs']}", _figure(one["pass3"])])
        for one in rows
    ]
    return section(
        "Three evenings in a row",
        grid("pass^3", heads, body, "ladder"),
        note="An evening is without blemish if every contestable fault met 1-3-5, no action was "
        "wrong and no incident false.",
        sql=tables["pass3"]["sql"],
    )


def audit_section(checks: Sequence[Row]) -> Markup:
    """Return the audit."""
    said = {True: "holds", False: "does not hold", None: "open"}
    looks = {True: "yes", False: "no", None: "open"}
    body = [
        row(
            [
                check["asks"],
                tag("span", said[check["holds"]], class_=f"answer {looks[check['holds']]}"),
                check["found"],
            ],
            look="",
        )
        for check in checks
    ]
    return section(
        "Is it worth measuring?",
        grid("Audit", ("", "", "found"), body),
        note="The audit of the suite and of these runs; a score is worth no more than it.",
    )
