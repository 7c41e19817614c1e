"""The page of a run: put together, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from adn.base.clock import format_clock
from adn.report.axis import span_text
from adn.report.document import document, write_page
from adn.report.fabric import is_fabric
from adn.report.geography import network_of
from adn.report.headline import clocks, figures, outcome, standing
from adn.report.kpis import Series, kpi_charts, series_of
from adn.report.map import network_map
from adn.report.matter import Matter, Subject
from adn.report.services import service_chart
from adn.report.strip import strip
from adn.report.svg import Markup, join, picture, tag
from adn.report.tables import believed, reasons, story, tasks
from adn.report.timeline import timeline
from adn.scoring.log import RunLog, read_run
from adn.topology.network import Network

NAME: Final = "report.html"
MOST_PICTURED: Final = 40
"""Matters with pictures of their own; a page with more would be slow to open."""


def write_report(folder: Path, out: Path | None = None) -> Path:
    """Write the page of a run folder and return where it is.

    Args:
        folder: A run folder.
        out: The file to write; ``report.html`` inside the folder if not given.

    Raises:
        RunFolderError: The run cannot be read (``RUN001`` to ``RUN011``), something else than a
            page stands there (``RUN020``), or it cannot be written (``RUN021``); nothing
            half-written is left.
    """
    page = report_page(read_run(folder), folder)
    return write_page(folder / NAME if out is None else out, page)


def report_page(log: RunLog, folder: Path | None = None) -> str:
    """Return the page of a run: the same bytes for the same run, and for nothing else needed.

    Args:
        log: The run.
        folder: The run folder, which keeps the scenario's network file, if it has one, and what was
            measured.
    """
    subject, network = Subject(log), network_of(log.manifest, folder or Path())
    title = f"{subject.card.scenario} · {subject.card.level} · seed {subject.card.seed}"
    main = _main(subject, network, series_of(folder))
    body = tag("body", _header(subject), main, _footer(subject))
    return document(title, body)


def _header(subject: Subject) -> Markup:
    manifest, card = subject.log.manifest, subject.card
    network = manifest.get("network")
    chips = [card.scenario, f"level {card.level}", f"seed {card.seed}"]
    if isinstance(network, dict):
        sizes = [f"{network[k]} {k}" for k in ("elements", "links", "services") if k in network]
        chips.append(f"{network.get('name', 'network')}: {', '.join(sizes)}")
    chips.append(f"{span_text(subject.log.end)} simulated")
    return tag(
        "header",
        tag("h1", str(manifest.get("title") or card.scenario)),
        tag("ul", *(tag("li", chip) for chip in chips), class_="chips"),
        outcome(subject),
    )


def _main(
    subject: Subject, network: Network | None, kept: Mapping[str, Sequence[Series]]
) -> Markup:
    matters = subject.matters[:MOST_PICTURED]
    return tag(
        "main",
        *(_first(subject, matters)),
        figures(subject),
        *(_section(subject, matter, network, kept) for matter in matters),
        *_left_out(subject),
        tag(
            "section",
            tag("h2", "The whole run"),
            picture(strip(subject), "The whole run"),
        ),
        tag(
            "section",
            tag("h2", "Who did what"),
            tag(
                "p",
                "Every task that left evidence, who did it, and whether the truth bears it out. "
                "A level is read from this, never from a setting.",
                class_="note",
            ),
            tasks(subject),
        ),
    )


def _first(subject: Subject, matters: tuple[Matter, ...]) -> Iterator[Markup]:
    """Yield the clocks of the only fault at the very top; several stand in their sections."""
    scores = [matter.score for matter in matters if matter.score is not None]
    if len(scores) == 1:
        yield clocks(scores[0], subject.targets)


def _section(
    subject: Subject,
    matter: Matter,
    network: Network | None,
    kept: Mapping[str, Sequence[Series]],
) -> Markup:
    several = len(subject.card.faults) > 1
    score = matter.score
    parts: list[Markup] = [tag("h2", _heading(matter)), standing(matter)]
    if score is not None and several:
        parts.append(clocks(score, subject.targets))
    if network is not None and is_fabric(network):
        parts.append(picture(network_map(network, matter), "Schema"))
        parts.append(tag("div", believed(matter), reasons(matter), class_="halves"))
    elif network is not None:
        drawn = picture(network_map(network, matter), "Map", "map")
        parts.append(tag("div", drawn, believed(matter), reasons(matter), class_="beside"))
    else:
        note = "The network cannot be drawn: the manifest no longer leads to it."
        parts += [tag("p", note, class_="note"), believed(matter), reasons(matter)]
    parts += [
        tag("h3", "What happened when"),
        tag("p", _window(matter), class_="note"),
        _doers(subject),
        picture(timeline(subject, matter), "Timeline"),
        tag("h3", "What customers and operators saw"),
        _legend(),
        picture(service_chart(subject, matter), "Services and alarms"),
        *_measured(kept, matter),
        story(subject, matter),
    ]
    return tag("section", *parts)


def _doers(subject: Subject) -> Markup:
    """Return what the looks of bars say of who did it, where people took part."""
    if not any(record.by == "human" for record in subject.log.kind("work.replied")):
        return Markup("")
    rows = (
        ("area phase", "done by the system"),
        ("area phase by-people", "done by people"),
        ("area working", "somebody at work"),
        ("area waiting", "waiting for somebody"),
    )
    return tag("ul", *(tag("li", _swatch(look), name) for look, name in rows), class_="legend")


def _measured(kept: Mapping[str, Sequence[Series]], matter: Matter) -> Iterator[Markup]:
    """Yield what was measured, if the run folder kept anything of it."""
    drawn = kpi_charts(kept, matter)
    if drawn:
        yield tag("h3", "What was measured")
        yield picture(drawn, "Measurements")


def _heading(matter: Matter) -> Markup:
    if matter.score is not None:
        fault = matter.score.fault
        about = join(f"{fault.id}: {fault.kind} of ", tag("code", fault.target))
        return join(about, f", as {matter.incident.id}" if matter.incident else ", unnoticed")
    kinds = {"duplicate": "a second incident on one fault", "false": "an incident about nothing"}
    return join(f"{matter.name}: {kinds.get(matter.verdict, 'an incident')}")


def _window(matter: Matter) -> str:
    start = "t0" if matter.score is not None else "the opening"
    return (
        f"Times count from {start} at {format_clock(matter.start)}; "
        "an arrow says that something goes on beyond the picture."
    )


def _legend() -> Markup:
    rows = (
        ("area-degraded", "degraded"),
        ("area-down", "down"),
        ("line-raw", "alarms that came"),
        ("line-shown", "alarms shown to people"),
    )
    return tag("ul", *(tag("li", _swatch(look), name) for look, name in rows), class_="legend")


def _swatch(look: str) -> Markup:
    area = look.startswith("area")
    drawn = tag("path", d="M1 2H23V14H1Z" if area else "M1 8H23", class_=look)
    return tag("svg", drawn, viewBox="0 0 24 16", class_="swatch", aria_hidden="true")


def _left_out(subject: Subject) -> Iterator[Markup]:
    more = len(subject.matters) - MOST_PICTURED
    if more > 0:
        yield tag("p", f"{more} more faults and incidents are not pictured.", class_="note")


def _footer(subject: Subject) -> Markup:
    manifest, card = subject.log.manifest, subject.card
    versions = manifest.get("versions")
    built = ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, dict) else ""
    return tag(
        "footer",
        tag("p", "digest ", tag("code", card.digest)),
        tag("p", f"{card.timings_assumed} of the timings behind this run are assumptions."),
        tag("p", built) if built else Markup(""),
    )
