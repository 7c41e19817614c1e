"""`adn report`: a run as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adn.cli.render import print_json, print_line


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File to write; report.html inside the run folder by default."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print where the page is, and its size, as JSON.")
    ] = False,
) -> None:
    """Draw a run as one page that needs nothing else.

    Clocks, map, timeline, services, evidence and story in a single HTML file that asks for nothing
    from outside and runs nothing. The logs are verified first, as by `adn score`.
    """
    from adn.report import write_report

    written = write_report(run, out)
    if as_json:
        print_json({"report": str(written), "bytes": written.stat().st_size})
    else:
        print_line(str(written))
