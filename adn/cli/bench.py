"""`adn bench`: a suite run as a campaign that can be killed and resumed, and its ladder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, progress, remark

if TYPE_CHECKING:
    from collections.abc import Callable

    from adn.bench.plan import Plan
    from adn.cli.render import Progress


def _known(incomplete: str) -> list[str]:
    """Return the suites of the library that begin so; the shell asks for them."""
    from adn.scenario.library import known_suites

    return [name for name in known_suites() if name.startswith(incomplete)]


def command(
    suite: Annotated[
        str,
        typer.Argument(metavar="SUITE", help="Name of a suite, or a file.", autocompletion=_known),
    ],
    *,
    levels: Annotated[
        str | None,
        typer.Option(metavar="LEVELS", help="Instead of the suite's: L0..L5, or L2,L4."),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="SEEDS", help="Instead of the suite's: 1:20, or 1,3,5.")
    ] = None,
    cases: Annotated[
        str | None,
        typer.Option(metavar="PATTERN", help="Only cases whose names match, as short/*."),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, metavar="NUMBER", help="Processes on this machine.")
    ] = 1,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="loky, dask or ray: what spreads the runs.")
    ] = "loky",
    address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where the cluster of dask or ray is; none makes a local one of --jobs processes.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what is there; no run is done twice.")
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder that campaigns are written under.")
    ] = Path("bench"),
    leaderboard: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add what was earned to this leaderboard."),
    ] = None,
    agent_name: Annotated[
        str, typer.Option(metavar="NAME", help="What the leaderboard calls whoever ran.")
    ] = "adn",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if a claimed level was not earned.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the tables as JSON, and nothing else.")
    ] = False,
) -> None:
    """Run a suite at several levels, and say which levels were earned.

    Every run is recorded as it is done: a campaign that was killed goes on with --resume, and its
    tables are those of one that never was. Without --resume an earlier campaign of the suite is
    moved aside.

    The campaign's folder holds a ledger, a Parquet file a run, tables.json and report.html; adn
    query asks it in SQL.
    """
    import time

    started = time.perf_counter()
    from adn.bench.campaign import run_campaign, write_tables

    _refuse_no_packages()
    plan, work = _plan(suite, levels, seeds, cases), _engine(engine, jobs, address)
    with progress(plan.suite.name) as bar:
        campaign = run_campaign(plan, out, work, resume=resume, told=_teller(bar))
        bar(1.0, "tables")
        tables = write_tables(plan, campaign)
    if leaderboard is not None:
        _enter(leaderboard, agent_name, tables)
    wall = time.perf_counter() - started
    if as_json:
        besides = {"folder": str(campaign.folder), "wall_s": round(wall, 3)}
        print_json({"tables": tables, **besides, "runs_done": campaign.ran})
    else:
        from adn.cli.bench_table import bench_lines

        for line in bench_lines(tables):
            print_line(line)
        known = len(campaign.results) - campaign.ran
        before = f" ({known} of them before)" if known else ""
        print_line(f"   {len(campaign.results)} runs{before}   {wall:.1f} s   {campaign.folder}")
        remark(f"   next: look at {campaign.folder / 'report.html'}, or ask with adn query")
    if strict:
        from adn.report.earned import reached

        if not all(reached(row["score"], row["claimed"]) for row in tables["levels"]):
            raise typer.Exit(1)


def _plan(suite: str, levels: str | None, seeds: str | None, cases: str | None) -> Plan:
    from adn.bench.plan import plan_of
    from adn.bench.suite import read_suite
    from adn.cli.ranges import levels_of, seeds_of

    chosen, numbers = levels_of(levels) if levels else (), seeds_of(seeds) if seeds else ()
    return plan_of(read_suite(suite), chosen, numbers, cases)


def _engine(name: str, jobs: int, address: str | None) -> Any:
    from adn.base.errors import AdnError, Finding
    from adn.session.spreading import ENGINES, Engine
    from adn.topology.naming import closest

    known = next((one for one in ENGINES if one == name), None)
    if known is None:
        message = f"no engine '{name[:40]}'; there are {', '.join(ENGINES)}"
        raise AdnError(Finding("CLI004", message, hint=closest(name, ENGINES)))
    if address is not None and known == "loky":
        message = "loky works on this machine; write --engine dask or --engine ray to --address"
        raise AdnError(Finding("CLI004", message))
    return Engine(known, jobs, address)


def _enter(file: Path, agent: str, tables: dict[str, Any]) -> None:
    """Add an entry of today to a leaderboard."""
    from time import gmtime, strftime

    from adn import __version__
    from adn.bench.leaderboard import add_entry, entry_of

    entries = add_entry(file, entry_of(tables, agent, __version__, strftime("%Y-%m-%d", gmtime())))
    remark(f"   {file}: {len(entries)} entries")


def _refuse_no_packages() -> None:
    """Refuse at once what would fail after the first run."""
    from adn.bench.packages import need

    need("pyarrow", "duckdb")


def _teller(bar: Progress) -> Callable[[int, int, str], None]:
    """Return what shows runs done, their rate and the time left; runs recorded before count not."""
    import time

    began: list[tuple[float, int]] = []

    def tell(done: int, whole: int, name: str) -> None:
        now = time.perf_counter()
        if not began:
            began.append((now, done))
        since, before = began[0]
        note = f"{done} of {whole} runs"
        if done > before and now > since:
            rate = (done - before) / (now - since)
            note += f"   {rate:.1f}/s   {_span((whole - done) / rate)} left   {name}"
        bar(done / max(1, whole), note)

    return tell


def _span(left_s: float) -> str:
    if left_s < 90:
        return f"{left_s:.0f} s"
    return f"{left_s / 60:.0f} min" if left_s < 5400 else f"{left_s / 3600:.1f} h"
