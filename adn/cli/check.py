"""`adn check`: everything that is wrong with scenario files, without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line

if TYPE_CHECKING:
    from adn.base.errors import Finding
    from adn.scenario.checking import Checked


def command(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Scenario files, or names of the library.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check scenario files without running them.

    Each file is read, its network is built, and the targets of its faults are looked up; all
    errors of all files are listed, and the exit code is 2 if there are any.
    """
    from adn.base.errors import AdnError, ScenarioError
    from adn.scenario.checking import check_scenario

    findings: list[Finding] = []
    reports: list[dict[str, Any]] = []
    for file in files:
        try:
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
    if as_json:
        print_json({"files": reports, "errors": len(findings)})
        raise typer.Exit(2 if findings else 0)
    if findings:
        raise ScenarioError(findings)


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
