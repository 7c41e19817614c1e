"""`adn replay`: the same run again, which must come out the same to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, progress

if TYPE_CHECKING:
    from adn.session.replaying import Replay


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    *,
    isolate: Annotated[
        bool, typer.Option("--isolate", help="Run the loop in a process of its own.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Run a run folder again and compare the digests.

    Scenario, level and seed come from the manifest. Exit 1 if the run came out otherwise; the
    first record that differs is shown. Nothing is written.
    """
    from adn.session.replaying import replay

    with progress(str(run)) as bar:
        outcome = replay(run, isolate=isolate, progress=bar)
    if as_json:
        print_json(_as_json(outcome))
    else:
        _tell(run, outcome)
    if not outcome.same:
        raise typer.Exit(1)


def _as_json(outcome: Replay) -> dict[str, Any]:
    return {
        "same": outcome.same,
        "recorded": outcome.recorded,
        "replayed": outcome.replayed,
        "first_difference": outcome.difference,
        "versions_changed": outcome.versions_changed,
    }


def _tell(run: Path, outcome: Replay) -> None:
    print_line(f"{run}")
    print_line(f"   recorded   {outcome.recorded}")
    print_line(f"   replayed   {outcome.replayed}   {'same' if outcome.same else 'DIFFERENT'}")
    if outcome.difference:
        print_line(f"   first difference: {outcome.difference}")
    for name, (then, now) in sorted(outcome.versions_changed.items()):
        print_line(f"   {name} was {then}, is {now}")
