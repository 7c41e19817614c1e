"""Tables by network domain, case, size of the network, and kind of fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from adn.assessment.indicators import contestable
from adn.bench.percentiles import percentiles
from adn.bench.pool import Evening, Pool, Result, faults_of, grouped
from adn.bench.rows import Fault, a_run, hurting, people_minutes, shares
from adn.reference.summary import service_minutes

SIZES: Final = ((50, "up to 50"), (200, "51 to 200"), (1_000, "201 to 1,000"))
"""Classes of networks by number of elements (assumption: no source divides them)."""
LARGEST: Final = "over 1,000"


def domain_of(result: Result) -> str:
    """Return the network domain of a result."""
    return str(result["domain"])


def case_of(result: Result) -> str:
    """Return the case of a result."""
    return str(result["cell"]["case"])


def size_of(result: Result) -> str:
    """Return the size class of the network of a result.

    >>> size_of({"elements": 32}), size_of({"elements": 5000})
    ('up to 50', 'over 1,000')
    """
    return next((name for most, name in SIZES if result["elements"] <= most), LARGEST)


def group_rows(pool: Pool, name: str, of: Callable[[Result], str]) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent, level and group of results.

    Args:
        pool: The results.
        name: The column that says which group it is.
        of: Tells the group of a result.
    """
    for (agent, level), results in pool.contenders.items():
        groups = grouped(results, of)
        for group in _sorted(name, groups):
            rows = groups[group]
            yield (
                {"agent": agent, "level": level, name: group, "runs": len(rows)}
                | {
                    "people_minutes": a_run(rows, people_minutes),
                    "service_minutes": a_run(rows, service_minutes),
                    "wrong_actions": sum(row["card"]["wrong_actions"] for row in rows),
                    "false_incidents": sum(row["card"]["false_incidents"] for row in rows),
                }
                | figures(list(faults_of(rows)))
            )


def kind_rows(pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent, level and kind of fault; `held_out` if scenarios define it."""
    for (agent, level), results in pool.contenders.items():
        held_out = {str(kind) for result in results for kind in result["held_out"]}
        faults = list(faults_of(results))
        for kind in sorted({str(fault["kind"]) for _, fault in faults}):
            mine = [(when, fault) for when, fault in faults if fault["kind"] == kind]
            yield {
                "agent": agent,
                "level": level,
                "kind": kind,
                "fault_domain": "/".join(sorted({str(fault["domain"]) for _, fault in mine})),
                "held_out": kind in held_out,
            } | figures(mine)


def figures(faults: Sequence[tuple[Evening, Fault]]) -> dict[str, Any]:
    """Return counts, shares and median clocks of faults."""
    held = shares(faults)
    contested = [fault for _, fault in faults if contestable(fault)]
    return {
        "faults": len(faults),
        "hurting": sum(hurting(fault) for _, fault in faults),
        "found": held["found_share"]["count"],
        "located": held["located_share"]["count"],
        "contestable": len(contested),
        "met_135": held["met_share"]["count"],
        **{
            f"{clock}_s": percentiles([fault[f"{clock}_s"] for fault in contested], (50,))[0]
            for clock in ("detect", "locate", "restore")
        },
        "met_share": held["met_share"],
    }


def _sorted(name: str, groups: dict[str, Any]) -> list[str]:
    """Return groups by name, and sizes by size."""
    order = [size for _, size in SIZES] + [LARGEST]
    return [size for size in order if size in groups] if name == "size" else sorted(groups)
