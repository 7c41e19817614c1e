"""`adn explain`: one incident as a story, beliefs and truth side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, print_table

if TYPE_CHECKING:
    from adn.scoring.story import Story


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    incident: Annotated[
        str,
        typer.Argument(metavar="INCIDENT", help="Which, as INC-0001; without it, all are listed."),
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the story as JSON.")] = False,
) -> None:
    """Tell the story of one incident of a run.

    What was seen, believed, asked and done, and what was true, in the order in which it happened.
    Without an incident, list the incidents and the faults of the run.
    """
    from adn.scoring.log import read_run
    from adn.scoring.story import overview, story_of

    log = read_run(run)
    if not incident:
        listed = overview(log)
        if as_json:
            print_json(listed)
        else:
            _print_overview(listed)
        return
    story = story_of(log, incident)
    if as_json:
        print_json(story.as_json())
    else:
        _print_story(story)


def _print_overview(listed: dict[str, Any]) -> None:
    """Print which incidents and faults there were."""
    from adn.base.clock import SECOND, format_clock

    def clock(seconds: float | None) -> str | None:
        return None if seconds is None else format_clock(round(seconds * SECOND))

    rows = [
        (
            row["id"],
            clock(row["opened_s"]),
            row["verdict"],
            row["fault"],
            " ".join(row["top_suspect"]) or None,
        )
        for row in listed["incidents"]
    ]
    print_table(("incident", "opened", "was", "fault", "believed last"), rows)
    print_line("")
    faults = [
        (row["id"], clock(row["t0_s"]), row["kind"], row["target"], row["incident"])
        for row in listed["faults"]
    ]
    print_table(("fault", "began", "kind", "target", "incident"), faults)


def _print_story(story: Story) -> None:
    """Print a story, its lines timed from t0, or from the opening where nothing was wrong."""
    from adn.base.clock import format_clock
    from adn.scoring.story import offset

    fault, incident = story.fault, story.incident
    if fault is not None:
        about = f"on {fault.id}, {fault.kind} of {fault.target}"
    else:
        about = (
            "on a fault that another incident has" if story.verdict == "duplicate" else "on nothing"
        )
    print_line(f"{incident.id}   {about}")
    print_line("")
    start = fault.t0 if fault is not None and fault.t0 is not None else incident.opened
    rows = [
        (format_clock(line.at), offset(line.at, start), line.part, line.text)
        for line in story.lines
    ]
    print_table((("clock", "right"), ("s", "right"), "what was", ""), rows)
