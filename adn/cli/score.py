"""`adn score`: scorecards again, from the logs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adn.cli.render import print_json, print_line


def command(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Run folders.")],
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if a contestable fault missed 1-3-5.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print the scorecard as JSON; a list of them for several runs."
        ),
    ] = False,
) -> None:
    """Score runs again from their logs.

    Nothing is written. The logs are verified first: a run whose records were changed, added or
    removed is refused.
    """
    from adn.base.errors import Finding, RunFolderError
    from adn.cli.clocks_table import print_clocks
    from adn.scoring.log import read_run
    from adn.scoring.scorer import score_log

    findings: list[Finding] = []
    scored = []
    for folder in runs:
        try:
            log = read_run(folder)
        except RunFolderError as error:
            findings += error.findings
        else:
            scored.append((score_log(log), log.manifest.get("targets", {})))
    if findings:
        raise RunFolderError(findings)
    if as_json:
        cards = [card.as_json() for card, _ in scored]
        print_json(cards[0] if len(cards) == 1 else cards)
    else:
        for place, (card, targets) in enumerate(scored):
            if place:
                print_line("")
            print_line(f"{card.scenario}   {card.level}   seed {card.seed}")
            print_line("")
            print_clocks(card.as_json(), targets=targets)
    if strict and any(card.missed() for card, _ in scored):
        raise typer.Exit(1)
