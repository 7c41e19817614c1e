"""`adn train`: a shift worked by a person at the terminal, and the debrief afterwards."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from adn.cli.render import Justify, messages, print_json, print_line, print_table, remark

if TYPE_CHECKING:
    from adn.training.curriculum import Drill
    from adn.training.lanes import Lanes
    from adn.training.shift import Shift, Worked


def _known(incomplete: str) -> list[str]:
    """Return the drills and scenarios that begin so; the shell asks for them."""
    from adn.scenario.library import known_scenarios
    from adn.training.curriculum import drills

    return [name for name in (*drills(), *known_scenarios()) if name.startswith(incomplete)]


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="DRILL",
            help="Name of a drill, of a scenario, or a file; without it, the drills are listed.",
            autocompletion=_known,
        ),
    ] = "",
    *,
    level: Annotated[
        str | None,
        typer.Option(metavar="LEVEL", help="Autonomy level, L0 to L5; the drill's by default."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=1_000_000_000, metavar="NUMBER", help="All that is drawn follows from it."
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            metavar="DESKS",
            help="Where you sit: front-office, back-office, expert, duty-lead, several with "
            "commas, or all; modelled people sit elsewhere.",
        ),
    ] = None,
    clock: Annotated[
        str,
        typer.Option(
            metavar="CLOCK", help="turn: the world stands while you think; wall: it goes on."
        ),
    ] = "turn",
    speed: Annotated[
        float, typer.Option(metavar="TIMES", help="How fast the wall clock runs.")
    ] = 10.0,
    hints: Annotated[bool, typer.Option("--hints", help="Give hints to whoever asks.")] = False,
    routine: Annotated[
        bool, typer.Option("--routine", help="Ask about figures without news, too.")
    ] = False,
    script: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Type the lines of a file instead of the keyboard."),
    ] = None,
    trainee: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Keep the result under this name.")
    ] = "",
    records: Annotated[
        str, typer.Option(metavar="NAME", help="Show what somebody has done so far; all with -.")
    ] = "",
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder that run folders are written under.")
    ] = Path("runs"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the debrief as JSON, and nothing else.")
    ] = False,
) -> None:
    """Work a shift at the desks of a network, and be debriefed.

    The work of your desks comes to you, one piece at a time; `?` shows what you can type. Lines may
    come from a pipe. Afterwards your shift stands beside modelled people and the engine alone on
    the same seed, and beside the truth; the run folder can be replayed like any other.
    """
    if records:
        _print_records(out, "" if records == "-" else records, as_json=as_json)
        return
    if not what:
        _print_drills(as_json=as_json)
        return
    shift, drill = _shift(what, level, seed, role, clock, speed)
    shift = replace(shift, hints=hints, routine=routine)
    worked, lanes = _worked(shift, out / "training" / _slug(trainee), script, quiet=as_json)
    _debrief(worked, lanes, drill, trainee, out, as_json=as_json)


def _slug(name: str) -> str:
    """Return the name of a trainee's folder."""
    from adn.topology.naming import slug

    return slug(name) or "trainee"


def _print_drills(*, as_json: bool) -> None:
    from adn.training.curriculum import drills
    from adn.training.texts import said

    rows = [
        {
            "drill": row.name,
            "level": str(row.level),
            "title": said(row.title),
            "goals": [said(goal) for goal in row.goals],
        }
        for row in drills().values()
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("drill", "level", "title", "you learn to")
    print_table(columns, [(r["drill"], r["level"], r["title"], r["goals"][0]) for r in rows])


def _print_records(out: Path, name: str, *, as_json: bool) -> None:
    from adn.training.records import FILE, shifts_of

    rows = shifts_of(out / FILE, name)
    if as_json:
        print_json(rows)
        return
    columns: list[str | tuple[str, Justify]] = [("shift", "right"), "trainee", "drill", "level"]
    columns += [("seed", "right"), ("score", "right"), "weakest", "next"]
    print_table(
        columns,
        [
            (
                row["number"],
                row["trainee"],
                row["drill"] or row["scenario"],
                row["level"],
                row["seed"],
                f"{row['score']:.0f}",
                row["weakest"]["called"] if row["weakest"] else None,
                row["next"] or None,
            )
            for row in rows
        ],
    )


def _shift(
    what: str,
    level: str | None,
    seed: int | None,
    role: str | None,
    clock: str,
    speed: float,
) -> tuple[Shift, Drill | None]:
    """Return the shift that is asked for, and the drill it belongs to, if to any."""
    from adn.scenario import read
    from adn.training.curriculum import drill_named
    from adn.training.shift import SEATS, Shift, clock_of, level_of, roles_of
    from adn.training.texts import said

    kind, drill = clock_of(clock, speed), drill_named(what)
    chosen = None if level is None else level_of(level)
    seats = None if role is None else roles_of(role)
    if drill is None:
        loaded = read(what)
        own = chosen or level_of(str(loaded.scenario.operations.level))
        number = 1 if seed is None else seed
        return Shift(loaded, own, number, seats or SEATS, kind, speed), None
    shift = Shift(
        loaded=read(drill.scenario),
        level=chosen or drill.level,
        seed=drill.seed if seed is None else seed,
        roles=seats or drill.seats,
        clock=kind,
        speed=speed,
        briefing=said(drill.briefing).strip(),
        goals=tuple(said(goal) for goal in drill.goals),
        advice={task: said(text) for task, text in drill.hints.items()},
    )
    return shift, drill


def _worked(shift: Shift, out: Path, script: Path | None, *, quiet: bool) -> tuple[Worked, Lanes]:
    """Let the shift be worked, keep it, and make the runs that it is held against."""
    import time

    from adn.cli.run import _refuse_no_folder
    from adn.reference.bounds import references
    from adn.report import write_report
    from adn.session.imports import warm
    from adn.training.lanes import lanes_of
    from adn.training.shift import work
    from adn.training.terminal import Terminal

    warm()
    _refuse_no_folder(out)
    verdicts = references(shift.loaded, shift.seed, out.parents[1] / ".references")

    def say(line: str, style: str | None = None) -> None:
        if not quiet:
            print_line(line, style)

    lines = None if script is None else _lines(script)
    listener = _Listener(lines, quiet=quiet)
    with listener.heeding_interrupts():
        worked = work(shift, Terminal(say, listener), time.monotonic, verdicts)
    folder = worked.run.write(out)
    write_report(folder)
    remark(f"   kept: {folder}")
    return worked, lanes_of(worked, verdicts, lambda what: remark(f"   for comparison: {what}"))


def _lines(script: Path) -> TextIO:
    """Return the lines of a script.

    Raises:
        AdnError: It is no text in UTF-8 (TRN005).
    """
    from io import StringIO

    from adn.base.errors import AdnError, Finding, Position

    try:
        return StringIO(script.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        finding = Finding("TRN005", "a script is a text in UTF-8", Position(str(script)))
        raise AdnError(finding) from None


class _Listener:
    """Reads lines; None at the end of the input, and once the shift was interrupted.

    Ctrl-C ends the shift and not the program: while a line is awaited at once, while the world
    moves as soon as the trainee is asked again. Who presses it twice means the program.
    """

    def __init__(self, lines: TextIO | None = None, *, quiet: bool) -> None:
        self._lines, self._quiet = lines or sys.stdin, quiet
        self._asking = lines is None and sys.stdin.isatty() and not quiet
        self._hearing = self._interrupted = False

    def __call__(self) -> str | None:
        if self._interrupted:
            return None
        self._hearing = True
        try:
            line = self._line()
        except (EOFError, KeyboardInterrupt):
            return None
        finally:
            self._hearing = False
        return line or None

    def _line(self) -> str:
        if self._asking:
            return f"{messages().input('> ', markup=False)}\n"
        line = self._lines.readline()
        if line and not self._quiet:
            print_line(f"> {line.rstrip()}")
        return line

    @contextmanager
    def heeding_interrupts(self) -> Iterator[None]:
        """Take Ctrl-C for the end of the shift, for the time being."""

        def heed(number: int, frame: Any) -> None:
            del number, frame
            if self._hearing or self._interrupted:
                raise KeyboardInterrupt
            self._interrupted = True

        before = signal.signal(signal.SIGINT, heed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _debrief(
    worked: Worked, lanes: Lanes, drill: Drill | None, trainee: str, out: Path, *, as_json: bool
) -> None:
    """Print the debrief, leave it beside the run, and keep it under the trainee's name."""
    import json

    from adn.training.curriculum import after_drill
    from adn.training.debrief import debrief_of
    from adn.training.debrief_page import page_of
    from adn.training.debrief_text import debrief_lines
    from adn.training.records import FILE, append
    from adn.training.shift import folder_of

    found = debrief_of(worked, lanes)
    if drill is not None:
        found["drill"] = after_drill(drill, found)
    folder = folder_of(worked.run, out / "training" / _slug(trainee))
    text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "debrief.json").write_text(text + "\n", encoding="utf-8")
    (folder / "debrief.html").write_text(page_of(found), encoding="utf-8")
    if trainee:
        append(out / FILE, trainee, found)
    if as_json:
        print_json(found)
        return
    print_line("")
    for line in debrief_lines(found):
        print_line(line)
    remark(f"   next: look at {folder / 'debrief.html'}, or at report.html there")
