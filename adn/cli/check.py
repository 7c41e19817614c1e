"""`adn check`: everything that is wrong with scenario files, and whether promises are kept."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, progress

if TYPE_CHECKING:
    from adn.base.errors import Finding
    from adn.reference.expecting import Outcome
    from adn.scenario.checking import Checked


def command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Files of scenarios or suites, or names of either."),
    ],
    *,
    run: Annotated[
        bool, typer.Option("--run", help="Run what `expect:` names, and hold it to its promises.")
    ] = False,
    out: Annotated[
        Path, typer.Option(help="Folder under which verdicts of reference runs are kept.")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check scenario files; with --run, also their promises.

    Each file is read, its network is built, and the targets of its faults are looked up; of a
    suite, every scenario is read, and of a federation the smallest areas are built. All errors of
    all files are listed, and the exit code is 2 if there are any. With --run every sound scenario
    is run at the levels and seeds of its `expect:`, and the exit code is 1 if a promise is broken.
    """
    from adn.base.errors import AdnError, ScenarioError
    from adn.scenario.checking import check_scenario

    findings: list[Finding] = []
    broken = False
    reports: list[dict[str, Any]] = []
    for file in files:
        try:
            if several := _of_several(file):
                reports.append(several)
                if not as_json:
                    print_line(_line_of_several(several))
                continue
            checked = check_scenario(file)
        except AdnError as error:
            findings += error.findings
            reports.append(
                {"file": file, "ok": False, "findings": [_told(one) for one in error.findings]}
            )
        else:
            reports.append(_sound(file, checked))
            if not as_json:
                print_line(_line(checked))
            if run:
                outcomes = _promises(checked, out)
                broken = broken or any(not outcome.met for outcome in outcomes)
                reports[-1]["promises"] = [_promised(outcome) for outcome in outcomes]
                if not as_json:
                    _tell(outcomes)
    if as_json:
        print_json({"files": reports, "errors": len(findings)})
        raise typer.Exit(2 if findings else int(broken))
    if findings:
        raise ScenarioError(findings)
    raise typer.Exit(int(broken))


def _promises(checked: Checked, out: Path) -> list[Outcome]:
    from adn.reference.expecting import expected
    from adn.session.imports import warm

    warm()
    with progress(checked.loaded.scenario.name) as bar:
        return expected(checked.loaded, out / ".references", bar)


def _promised(outcome: Outcome) -> dict[str, Any]:
    """Return a promise and what came of it, for programs; never reached is null."""
    reached = isfinite(outcome.measured)
    return {
        "level": str(outcome.level),
        "measure": outcome.measure,
        "measured": round(outcome.measured, 6) if reached else None,
        "min": outcome.least,
        "max": outcome.most,
        "met": outcome.met,
    }


def _tell(outcomes: list[Outcome]) -> None:
    if not outcomes:
        print_line("   promises nothing: no 'expect:'")
    for outcome in outcomes:
        bounds = [
            f"{word} {limit:g}"
            for word, limit in (("at least", outcome.least), ("at most", outcome.most))
            if limit is not None
        ]
        wanted = f"= {outcome.least:g}" if outcome.least == outcome.most else ", ".join(bounds)
        verdict = "kept" if outcome.met else "BROKEN"
        figure = f"{outcome.measure:<16}{outcome.measured:>10.4g}"
        print_line(f"   {outcome.level}  {figure}   {wanted:<14}   {verdict}")


def _told(finding: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    at = finding.at
    return {
        "code": finding.code,
        "message": finding.message,
        "file": at.file if at else None,
        "line": at.line if at and at.line else None,
        "column": at.column if at and at.line else None,
        "hint": finding.hint or None,
        "see": finding.see or None,
    }


def _sound(file: str, checked: Checked) -> dict[str, Any]:
    loaded, network = checked.loaded, checked.network
    return {
        "file": file,
        "ok": True,
        "name": loaded.scenario.name,
        "version": loaded.scenario.version,
        "digest": loaded.digest,
        "elements": len(network.elements),
        "links": len(network.links),
        "services": len(network.services),
        "faults": len(checked.faults),
        "timings_assumed": loaded.scenario.assumed_timings(),
        "findings": [],
    }


def _of_several(file: str) -> dict[str, Any] | None:
    """Return what was found of a suite or a federation; None if the file is of one network."""
    from adn.bench.listing import checked, means_suite

    if means_suite(file):
        return {"file": file, **checked(file)}
    return _federation(file)


def _line_of_several(report: dict[str, Any]) -> str:
    return _federation_line(report) if "areas" in report else _suite_line(report)


def _federation(file: str) -> dict[str, Any] | None:
    """Return what was found of a federation, for programs; None if the file is of one network."""
    from adn.scenario import read
    from adn.scenario.area_checking import check_federation

    loaded = read(file)
    if not loaded.scenario.topology.is_federation:
        return None
    checked = check_federation(loaded)
    rows = checked.federation.rows()
    return {
        "file": file,
        "ok": True,
        "name": loaded.scenario.name,
        "version": loaded.scenario.version,
        "digest": loaded.digest,
        "areas": sum(row["areas"] for row in rows),
        "elements": sum(row["elements"] for row in rows),
        "services": sum(row["services"] for row in rows),
        "faults": checked.faults,
        "built": list(checked.built),
        "timings_assumed": loaded.scenario.assumed_timings(),
        "findings": [],
    }


def _federation_line(report: dict[str, Any]) -> str:
    sizes = "  ".join(
        f"{report[key]:,} {key}" for key in ("areas", "elements", "services", "faults")
    )
    built = " ".join(report["built"])
    return f"{report['file']}: ok   {report['name']}@{report['version']}   {sizes}   built: {built}"


def _suite_line(report: dict[str, Any]) -> str:
    sizes = f"{report['cases']} cases  {report['runs']:,} runs"
    return f"{report['file']}: ok   {report['name']}@{report['version']}   {sizes}"


def _line(checked: Checked) -> str:
    loaded, network = checked.loaded, checked.network
    counts = {
        "element": len(network.elements),
        "link": len(network.links),
        "service": len(network.services),
        "fault": len(checked.faults),
    }
    sizes = "  ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for what, n in counts.items())
    return f"{loaded.file}: ok   {loaded.scenario.name}@{loaded.scenario.version}   {sizes}"
