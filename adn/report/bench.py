"""The page of a campaign: which levels were earned, by what, at what cost, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from adn.assessment.verdict import NOT_DEMONSTRATED
from adn.report import bench_pictures as pictures
from adn.report import bench_tables as figures
from adn.report.axis import counted
from adn.report.bench_parts import Row, Tables, rung, section
from adn.report.document import document, write_page
from adn.report.earned import held_up, reached, standing_of
from adn.report.svg import Markup, tag

PAGE: Final = "report.html"


def write_bench(folder: Path, tables: Tables) -> Path:
    """Write the page of a campaign into its folder, and return where it is.

    Raises:
        RunFolderError: Something else than a page stands there (``RUN020``), or it cannot be
            written (``RUN021``).
    """
    return write_page(folder / PAGE, bench_page(tables))


def bench_page(tables: Tables) -> str:
    """Return the page of a campaign, as `adn.bench.tables.tables_of` gives its tables."""
    suite = tables["suite"]
    seeds = suite["seeds"]
    chips = [
        suite["name"],
        counted(len(suite["cases"]), "case"),
        ", ".join(suite["levels"]),
        counted(len(seeds), "seed"),
        f"{tables['runs']:,} runs",
    ]
    body = tag(
        "body",
        tag(
            "header",
            tag("h1", str(suite["title"] or suite["name"])),
            tag("ul", *(tag("li", chip) for chip in chips), class_="chips"),
            *_verdict(tables["validity"]),
        ),
        tag("main", *_sections(tables)),
        tag("footer", tag("p", "Suite ", tag("code", suite["name"]), " digest ",
                          tag("code", suite["digest"]))),
    )  # fmt: skip
    return document(f"{suite['name']} · {chips[2]} · {chips[3]}", body)


def _sections(tables: Tables) -> Iterator[Markup]:
    yield _earned(tables["levels"])
    if tables["ladder"]["rows"]:
        yield pictures.ladder_pictures(tables)
    yield figures.ladder_table(tables)
    yield from pictures.radars(tables)
    yield from figures.missing(tables)
    if tables["clocks"]["rows"]:
        yield pictures.clock_pictures(tables)
    if tables["paired"]["rows"]:
        yield figures.paired_section(tables)
    if tables["approvals"]["rows"]:
        yield figures.approvals_section(tables)
    if tables["workload"]["rows"]:
        yield figures.workload_section(tables)
    if tables["costs"]["rows"]:
        yield pictures.cost_pictures(tables)
    if tables["evidence"]["rows"]:
        yield pictures.evidence_pictures(tables)
    yield figures.indicators_section(tables)
    for key, title in (
        ("by_domain", "By network domain"),
        ("by_size", "By size of network"),
        ("by_case", "By case"),
        ("by_kind", "By kind of fault"),
    ):
        if tables[key]["rows"]:
            yield figures.groups_section(tables[key], title, key.removeprefix("by_"))
    yield figures.repeats_section(tables)
    yield figures.audit_section(tables["validity"])
    yield _assumptions(tables)


def _verdict(checks: Sequence[Row]) -> Iterator[Markup]:
    """Yield what the audit comes to, above all figures: they are worth no more than it."""
    failed = [check for check in checks if check["holds"] is False]
    if failed:
        names = ", ".join(check["check"].replace("-", " ") for check in failed)
        yield tag("p", f"Read the audit first; not all of it holds: {names}.", class_="outcome bad")


def _earned(levels: Sequence[Row]) -> Markup:
    cards: list[Markup] = []
    for domain in dict.fromkeys(row["domain"] for row in levels):
        mine = [row for row in levels if row["domain"] == domain]
        tiles = [_tile(row, rung({**row, "level": row["claimed"]}, levels)) for row in mine]
        cards += [tag("h3", domain), tag("dl", *tiles, class_="tiles earned")]
    return section(
        "Earned, not claimed",
        *cards,
        note="A level is earned when every task is shown, at 95 %, to do what it owes at that "
        "level and all below; the decimal is the weight of tasks that reach the next. Changing the "
        "claim changes nothing that is earned.",
    )


def _tile(row: Row, claimed: str) -> Markup:
    said = standing_of(row)
    look = "level good" if reached(row["score"], row["claimed"]) else "level"
    why = held_up(row) or ("its evidence is broken" if row["score"] is None else "")
    return tag(
        "div",
        tag("dt", f"claimed {claimed}"),
        tag("dd", said, class_="level open" if said == NOT_DEMONSTRATED else look),
        tag("dd", why, class_="note"),
        class_="tile",
    )


def _assumptions(tables: Tables) -> Markup:
    prices = tables["costs"]["prices"]
    desk, crew, lost = (prices[name] for name in ("desk_hour", "field_hour", "service_minute"))
    items = (
        "No source says how long an approval takes: a suite may sweep 1, 5 and 15 minutes.",
        f"Prices: desk {desk:g} an hour, crew {crew:g} an hour, service lost {lost:g} a minute.",
        "Classes of network size are ours.",
        "Evenings (a case and a seed) are independent; faults of one evening are not taken to be.",
        "The score with its decimal is IG1252 in style only; GB1059's arithmetic stands beside it.",
        "Many timings of people and equipment are assumed by the scenarios; adn check counts them.",
    )
    return section("Assumptions", tag("ul", *(tag("li", item) for item in items)))
