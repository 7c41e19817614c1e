"""The page of a ladder: who did how well at which level, between doing nothing and knowing all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from os import getpid
from pathlib import Path
from typing import Any, Final

from adn.assessment.indicators import contestable
from adn.base.errors import Finding, Position, RunFolderError
from adn.report.bars import bars
from adn.report.bench_parts import NAMES, mean
from adn.report.document import document, write_page
from adn.report.grid import grid, group
from adn.report.grid import row as grid_row
from adn.report.rungs import CLOCKS, mark, rungs
from adn.report.svg import Markup, join, picture, tag

DATA: Final = "ladder.json"
PAGE: Final = "ladder.html"
_HEADS: Final = (
    ("", ""),
    ("found", "of those that hurt"),
    ("located", "object and class"),
    ("1-3-5 met", "of the contestable"),
    ("detect", "median"),
    ("locate", "median"),
    ("restore", "median"),
    ("people", "minutes at desks"),
    ("wrong", "actions"),
    ("services", "minutes lost"),
)

Ladder = Mapping[str, Any]


def write_ladder(folder: Path, ladder: Ladder) -> Path:
    """Write a ladder's data and page into a folder, and return where the page is.

    Raises:
        RunFolderError: Something else than a page stands there (``RUN020``), or they cannot be
            written (``RUN021``).
    """
    target = folder / DATA
    aside = folder / f".{DATA}.{getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(ladder, indent=1, ensure_ascii=False, allow_nan=False)
        aside.write_text(text + "\n", encoding="utf-8", newline="\n")
        aside.replace(target)
    except OSError as error:
        message = f"the ladder cannot be written: {error.strerror or error}"
        raise RunFolderError(Finding("RUN021", message, Position(str(target)))) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return write_page(folder / PAGE, ladder_page(ladder))


def ladder_page(ladder: Ladder) -> str:
    """Return the page of a ladder, as `ladder.json` holds it."""
    seeds = ladder["seeds"]
    told = (
        f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds, {seeds[0]} to {seeds[-1]}"
    )
    levels = ", ".join(ladder["levels"])
    body = tag(
        "body",
        tag(
            "header",
            tag("h1", str(ladder["title"] or ladder["scenario"])),
            tag(
                "ul",
                *(tag("li", chip) for chip in (ladder["scenario"], levels, told)),
                class_="chips",
            ),
            tag("p", _outcome(ladder), class_="outcome quiet"),
        ),
        tag("main", *_clocks(ladder), *_costs(ladder), *_table(ladder)),
        tag("footer", tag("p", _digests(ladder))),
    )
    return document(f"{ladder['scenario']} · {levels} · {told}", body)


def _outcome(ladder: Ladder) -> str:
    """Return the ladder in a sentence: its two ends."""
    rows = {name: row["summary"] for name, row in ladder["levels"].items()}
    ends = list(dict.fromkeys((next(iter(rows)), list(rows)[-1])))
    told = []
    for name in ends:
        row = rows[name]
        met = f"{row['met_135']} of {row['contestable']}"
        minutes = row["people_minutes"]["mean"]
        told.append(f"{name} meets 1-3-5 for {met} with {minutes:,.0f} minutes of people")
    return "; ".join(told) + "."


def _clocks(ladder: Ladder) -> Iterator[Markup]:
    faults = {
        level: [f for card in row["runs"] for f in card["faults"] if contestable(f)]
        for level, row in ladder["levels"].items()
    }
    legend = [
        tag("li", tag("svg", mark(name, 12, 8), viewBox="0 0 24 16", class_="swatch"), _DOES[name])
        for name, _ in CLOCKS
    ]
    yield tag(
        "section",
        tag("h2", "The same faults at every level"),
        tag(
            "p",
            "Every contestable fault from its first sign on: one that does not heal by itself in "
            "time, and that commands can restore. The axis is logarithmic; the upright lines are "
            "the limits for detecting, locating and restoring.",
            class_="note",
        ),
        tag("ul", *legend, class_="legend"),
        picture(rungs(faults, ladder["targets"]), "Clocks"),
    )


_DOES: Final[Mapping[str, str]] = {
    "detect": "detected",
    "locate": "located, and not lost again",
    "restore": "services restored",
}


def _costs(ladder: Ladder) -> Iterator[Markup]:
    levels = {name: row["summary"] for name, row in ladder["levels"].items()}
    bounds = {
        NAMES[name]: row["summary"]["service_minutes"]["mean"]
        for name, row in ladder["bounds"].items()
    }
    people = {name: row["people_minutes"] for name, row in levels.items()}
    service = {name: row["service_minutes"] for name, row in levels.items()}
    yield tag(
        "section",
        tag("h2", "What it cost"),
        tag(
            "div",
            tag(
                "div",
                tag("h3", "People, minutes at desks"),
                picture(bars(people, {}, "People's minutes"), "People's minutes", "half"),
            ),
            tag(
                "div",
                tag("h3", "Customers, service minutes lost"),
                picture(bars(service, bounds, "Service minutes lost"), "Service minutes", "half"),
            ),
            class_="halves",
        ),
    )


def _table(ladder: Ladder) -> Iterator[Markup]:
    groups: tuple[tuple[str, Mapping[str, Any], Mapping[str, str]], ...] = (
        ("", ladder["levels"], {}),
        ("Bounds", ladder["bounds"], NAMES),
        ("L4 with a trivial locator in the loop's place", ladder["baselines"], {}),
    )
    body: list[Markup] = []
    for title, rows, names in groups:
        if title and rows:
            body.append(group(title, len(_HEADS)))
        for name, row in rows.items():
            shown = names.get(name, name.replace("-", " "))
            cells = _cells(row["summary"], bound=title == "Bounds")
            body.append(grid_row([shown, *cells]))
    yield tag(
        "section",
        tag("h2", "The ladder in numbers"),
        grid("The ladder in numbers", _HEADS, body, "ladder"),
    )


def _cells(row: Mapping[str, Any], *, bound: bool) -> Sequence[str | Markup]:
    restore, lost = _span(row["restore_s"]), mean(row["service_minutes"])
    if bound:
        return ("–", "–", "–", "–", "–", restore, "–", "–", lost)
    return (
        f"{row['found']} of {row['hurting']}",
        f"{row['located']} of {row['hurting']}",
        join(tag("strong", f"{row['met_135']} of {row['contestable']}")),
        _span(row["detect_s"]),
        _span(row["locate_s"]),
        restore,
        mean(row["people_minutes"]),
        str(row["wrong_actions"]),
        lost,
    )


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    head = f"{hours}:{rest // 60:02d}" if hours else f"{rest // 60}"
    return f"{head}:{rest % 60:02d}"


def _digests(ladder: Ladder) -> Markup:
    parts = [
        join(f"{level} ", tag("code", str(row["runs"][0]["digest"])), " ")
        for level, row in ladder["levels"].items()
    ]
    return join("Digests of the first seed's runs: ", *parts)
