"""`adn run`: one run told as it happens, then the clocks; or the ladder of several levels."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, progress, remark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adn.base.records import Record
    from adn.scenario.reader import LoadedScenario
    from adn.session.run import Run


def _known(incomplete: str) -> list[str]:
    """Return the scenarios of the library that begin so; the shell asks for them."""
    from adn.scenario.library import known_scenarios

    return [name for name in known_scenarios() if name.startswith(incomplete)]


def command(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="Name of a scenario, or a file.", autocompletion=_known
        ),
    ],
    *,
    level: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help="Autonomy level, L0 to L5; the scenario's own by default. A range L0..L5 or a "
            "list L2,L4 makes a ladder.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            min=0, max=1_000_000_000, metavar="NUMBER", help="All that is drawn follows from it."
        ),
    ] = 1,
    seeds: Annotated[
        str | None,
        typer.Option(metavar="SEEDS", help="Several seeds, as 1:20 or 1,3,5; makes a ladder."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            metavar="NUMBER",
            help="Processes for a ladder (1) or a federation (as many as there are cores).",
        ),
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this area of a federation, as in the whole."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a federation that was interrupted.")
    ] = False,
    keep_rollups: Annotated[
        bool,
        typer.Option(
            "--keep-rollups", help="Keep 15-minute roll-ups of a federation's areas as Parquet."
        ),
    ] = False,
    isolate: Annotated[
        bool, typer.Option("--isolate", help="Run the loop in a process of its own.")
    ] = False,
    no_reference: Annotated[
        bool,
        typer.Option("--no-reference", help="Do without the do-nothing and oracle runs."),
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder that run folders are written under.")
    ] = Path("runs"),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if a contestable fault missed 1-3-5.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the scorecard as JSON, and nothing else.")
    ] = False,
) -> None:
    """Run a scenario and score it; at several levels, as a ladder.

    The run folder holds both logs, the manifest, the scorecard and a report to look at; it replaces
    an earlier run of the same scenario, level and seed.

    A federation of areas is played area by area on all cores, without reference runs: one card, and
    run folders of the areas where something happened. --area plays one of them alone.

    A ladder runs every level with the same seeds, then what bounds them (nobody acts, an oracle
    acts) and trivial locators, and leaves ladder.json and ladder.html beside the run folders.
    """
    if seeds is not None or (level is not None and ("," in level or ".." in level)):
        if no_reference:
            _refuse_no_bounds()
        _climb(scenario, level, seeds or str(seed), jobs or 1, isolate, out, strict, as_json)
        return
    import time

    started = time.perf_counter()
    from adn.cli.clocks_table import print_clocks
    from adn.report import write_report
    from adn.session.imports import warm

    warm()
    imported = time.perf_counter()
    loaded = _read(scenario)
    _refuse_no_folder(out)
    if area is not None:
        from adn.session.federation import alone

        loaded, no_reference = alone(loaded, area, seed), True
    elif loaded.scenario.topology.is_federation:
        told = _Wanted(level, seed, jobs, resume, keep_rollups, isolate, out, strict, as_json)
        _federated(loaded, told, imported - started)
        return
    if resume or keep_rollups:
        _refuse_no_federation("--resume" if resume else "--keep-rollups")
    run = _played(loaded, level, seed, isolate, None if no_reference else out, show=not as_json)
    folder = run.write(out)
    write_report(folder)
    ended = time.perf_counter()
    card = run.scorecard.as_json()
    cost = _cost(card["simulated_s"], ended - imported)
    _tell_natural(card)
    if as_json:
        print_json({**card, **cost, "import_s": round(imported - started, 3)})
    else:
        print_line("")
        print_clocks(card, targets=run.manifest["targets"])
        print_line(
            f"   {cost['speedup']:,.0f} × real time   {cost['wall_s']:.1f} s   "
            f"{cost['peak_rss_mb']:.0f} MB   (and {imported - started:.1f} s of imports)"
        )
        print_line(f"   {folder}")
        remark(f"   next: look at report.html there, or: adn explain {shlex.quote(str(folder))}")
    if strict and run.scorecard.missed():
        raise typer.Exit(1)


def _tell_natural(card: Mapping[str, Any]) -> None:
    """Say what was expected of natural failures, where there are any."""
    if "natural" in card:
        from adn.cli.natural_line import natural_line

        remark(natural_line(card["natural"], len(card["faults"])))


def _climb(
    scenario: str,
    level: str | None,
    seeds: str,
    jobs: int,
    isolate: bool,
    out: Path,
    strict: bool,
    as_json: bool,
) -> None:
    """Run a ladder, print it, and leave its two files."""
    import time

    from adn.base.clock import seconds
    from adn.cli.ladder_table import ladder_lines
    from adn.cli.ranges import levels_of, seeds_of
    from adn.reference.ladder import Plan, climb
    from adn.report import write_ladder, write_report
    from adn.session.imports import warm

    chosen, numbers = levels_of(level) if level else (), seeds_of(seeds)
    warm()
    started = time.perf_counter()
    loaded = _read(scenario)
    if loaded.scenario.topology.is_federation:
        _refuse_ladder()
    _refuse_no_folder(out)
    plan = Plan(
        levels=chosen or (loaded.scenario.operations.level,),
        seeds=numbers,
        out=out,
        isolate=isolate,
        after=write_report,
    )
    with progress(loaded.scenario.name) as bar:
        ladder = climb(loaded, plan, jobs, bar)
    found = ladder.as_json()
    folder = out / ladder.scenario
    write_ladder(folder, found)
    wall = time.perf_counter() - started
    if as_json:
        print_json({**found, "wall_s": round(wall, 3)})
    else:
        named = ", ".join(map(str, plan.levels))
        told = f"seed {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} seeds"
        print_line(_header(loaded, named, told))
        for line in ladder_lines(found):
            print_line(line)
        runs = len(numbers) * (len(plan.levels) + len(plan.baselines) + len(found["bounds"]))
        simulated = runs * seconds(loaded.scenario.clock.duration)
        print_line(
            f"   {runs} runs   {simulated / wall:,.0f} × real time   {wall:.1f} s   {folder}"
        )
        remark(f"   next: look at {folder / 'ladder.html'}, or at report.html in a run's folder")
    missed = [row["summary"] for row in found["levels"].values()]
    if strict and any(row["met_135"] < row["contestable"] for row in missed):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line says of a federation's run."""

    level: str | None
    seed: int
    jobs: int | None
    resume: bool
    keep_rollups: bool
    isolate: bool
    out: Path
    strict: bool
    as_json: bool


def _federated(loaded: LoadedScenario, wanted: _Wanted, import_s: float) -> None:
    """Play a federation, and print what came of it."""
    from adn.cli.areas_table import whole_lines
    from adn.cli.ranges import levels_of
    from adn.session.federation import play_federation
    from adn.session.rollups import refuse_without_parquet

    if wanted.keep_rollups:
        refuse_without_parquet()
    (level,) = levels_of(wanted.level) if wanted.level else (loaded.scenario.operations.level,)
    try:
        with progress(loaded.scenario.name) as bar:
            whole = play_federation(
                loaded,
                level,
                wanted.seed,
                wanted.out,
                jobs=wanted.jobs or len(os.sched_getaffinity(0)),
                resume=wanted.resume,
                rollups=wanted.keep_rollups,
                isolate=wanted.isolate,
                progress=bar,
            )
    except KeyboardInterrupt:
        remark("areas that are done are kept; the same command with --resume goes on")
        raise
    cost = {**whole.cost, "import_s": round(import_s, 3)}
    _tell_natural(whole.card)
    if wanted.as_json:
        print_json({**whole.card, **cost, "folder": str(whole.folder)})
    else:
        print_line(_header(loaded, str(level), f"seed {wanted.seed}"))
        for line in whole_lines(whole.card, whole.areas):
            print_line(line)
        print_line(
            f"   {cost['speedup']:,.0f} × real time   {cost['wall_s']:.1f} s   "
            f"{cost['peak_rss_mb']:,.0f} MB in {cost['processes']} processes"
        )
        print_line(f"   {whole.folder}")
        remark(f"   next: adn report {shlex.quote(str(whole.folder))}/areas/…, or areas.json there")
    if wanted.strict and not all(
        row["met_135"] for row in whole.card["faults"] if row["impact_s"] is not None
    ):
        raise typer.Exit(1)


def _refuse_no_federation(option: str) -> None:
    """Refuse what only a run of a federation can do."""
    from adn.base.errors import AdnError, Finding

    message = f"{option} is for a federation of areas; this scenario is one network"
    raise AdnError(Finding("CLI005", message))


def _refuse_ladder() -> None:
    """Refuse a ladder on a federation."""
    from adn.base.errors import AdnError, Finding

    message = "a federation is run at one level with one seed; a ladder takes one area's scenario"
    raise AdnError(Finding("CLI005", message))


def _refuse_no_bounds() -> None:
    """Refuse a ladder without the runs that bound it."""
    from adn.base.errors import AdnError, Finding

    message = "a ladder stands between its bounds; leave --no-reference out"
    raise AdnError(Finding("CLI004", message))


def _read(scenario: str) -> LoadedScenario:
    from adn.scenario import read

    return read(scenario)


def _refuse_no_folder(out: Path) -> None:
    """Refuse, before anything is run, a place that no run folder can be written to.

    Raises:
        RunFolderError: `out` or what it would stand in is no folder, or is not writable.
    """
    from adn.base.errors import Finding, Position, RunFolderError

    there = next(place for place in (out, *out.absolute().parents) if place.exists())
    wrong = None
    if not there.is_dir():
        wrong = "this is no folder; name one for the runs"
    elif not os.access(there, os.W_OK | os.X_OK):
        wrong = "nothing may be written here; name another folder for the runs"
    if wrong:
        raise RunFolderError(Finding("RUN021", wrong, at=Position(str(there))))


def _played(
    loaded: LoadedScenario,
    level: str | None,
    seed: int,
    isolate: bool,
    out: Path | None,
    *,
    show: bool,
) -> Run:
    """Make the reference runs if they are wanted, then the run itself, with its timeline."""
    from adn.cli.ranges import levels_of
    from adn.cli.timeline import Timeline
    from adn.reference.bounds import references
    from adn.session.run import run_scenario

    (chosen,) = levels_of(level) if level else (loaded.scenario.operations.level,)
    duration = loaded.scenario.clock.duration
    with progress(loaded.scenario.name) as bar:
        verdicts = None
        if out is not None:
            bar(0.0, "reference runs: nobody acts; an oracle acts")
            verdicts = references(loaded, seed, out / ".references")
        if not show:
            return run_scenario(
                loaded,
                chosen,
                seed,
                isolate=isolate,
                references=verdicts,
                progress=lambda now: bar(now / duration),
            )
    # The timeline is progress enough; a bar would write into its lines.
    print_line(_header(loaded, str(chosen), f"seed {seed}"))
    timeline = Timeline()

    def tell(record: Record) -> None:
        for line in timeline.lines(record):
            print_line(line)

    return run_scenario(loaded, chosen, seed, isolate=isolate, references=verdicts, listener=tell)


def _header(loaded: LoadedScenario, level: str, seed: str) -> str:
    scenario = loaded.scenario
    network = scenario.topology.source or scenario.topology.file
    return f"{scenario.name}@{scenario.version}   {network}   {level}   {seed}\n{scenario.title}\n"


def _cost(simulated_s: float, wall_s: float) -> dict[str, float]:
    """Return what the run cost; never written to a log."""
    import resource

    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "wall_s": round(wall_s, 3),
        "speedup": round(simulated_s / wall_s, 1),
        "peak_rss_mb": round(peak_kb / 1024, 1),
    }
