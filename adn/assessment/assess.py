"""From results of many runs to earned levels: one row for each agent, claimed level and domain.

Evidence of a domain is pooled over its cases and seeds. The claimed level names a row and touches
nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from adn.assessment.asking import questionnaires_of
from adn.assessment.attainment import of_faults, tally_of
from adn.assessment.caps import Cap, caps_of
from adn.assessment.criteria import LEVELS
from adn.assessment.explaining import explained
from adn.assessment.indicators import indicators_of
from adn.assessment.levels import TaskLevel, inapplicable_in, named, task_levels
from adn.assessment.runs import RunResult, read_results
from adn.assessment.verdict import Verdict, verdict_of
from adn.base.levels import AutonomyLevel

BENCHMARK_SHARE: Final = 0.8
"""Of the fault weight that cases of a level must hold for the benchmark level, as specified."""


def assess(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what was earned: a row for each agent, claimed level and domain, in that order.

    Args:
        results: One for each run, as a campaign stores it; their order is of no account. Runs
            with an approval time of their own are left out.

    Raises:
        AssessmentError: The results cannot be assessed together (``ASM001`` to ``ASM003``).
    """
    runs = read_results(results)
    groups = groupby(runs, key=lambda run: (run.agent, run.claimed, run.domain))
    return [_row(tuple(group)) for _, group in groups]


def _row(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Return the row of runs of one agent, claimed level and domain."""
    inapplicable = inapplicable_in(runs)
    tasks = task_levels(tally_of(runs), inapplicable)
    caps = caps_of(runs)
    found = verdict_of(tasks, caps, runs)
    return {
        "agent": runs[0].agent,
        "claimed": runs[0].claimed,
        "domain": runs[0].domain,
        "runs": len(runs),
        "verdict": found.verdict,
        **_figures(found),
        "named": named(found.score),
        "by_share": None if found.by_share is None else str(found.by_share),
        "caps": [cap.as_json() for cap in caps],
        "why": list(found.why),
        "tasks": {t.value: {**one.as_json(), "see": _see(runs, one)} for t, one in tasks.items()},
        "by_fault_domain": _by_fault_domain(runs, caps),
        "benchmark_level": _benchmark_level(runs, caps),
        "anlet": questionnaires_of(runs),
        "indicators": indicators_of(runs),
    }


def _see(runs: Sequence[RunResult], task: TaskLevel) -> str:
    """Return where to look for what keeps a task from its next level; empty if nothing failed."""
    level = task.next_level
    if level is None or not task.applies:
        return ""
    found = explained(runs, task.task, level)
    return str(found) if found.failures else ""


def _figures(found: Verdict) -> dict[str, Any]:
    earned = None if found.earned is None else str(found.earned)
    return {"earned": earned, "base": found.base, "score": found.score}


def _by_fault_domain(runs: Sequence[RunResult], caps: Sequence[Cap]) -> dict[str, Any]:
    """Return what was earned on the faults of each domain; what belongs to none counts in each."""
    domains = sorted({fault["domain"] for run in runs for fault in run.faults})
    inapplicable = inapplicable_in(runs)

    def row(domain: str) -> dict[str, Any]:
        tally = tally_of(runs, of_faults(lambda one: one.fault_domain == domain))
        found = verdict_of(task_levels(tally, inapplicable), caps, runs)
        return {"verdict": found.verdict, **_figures(found)}

    return {domain: row(domain) for domain in domains}


def _benchmark_level(runs: Sequence[RunResult], caps: Sequence[Cap]) -> str | None:
    """Return the highest level that is reached in cases with 0.8 of the faults; None without any.

    Each fault weighs the same. Cases whose evidence is broken reach no level.
    """
    weight: dict[AutonomyLevel | None, int] = {}
    for _, group in groupby(runs, key=lambda run: run.case):
        case = tuple(group)
        tasks = task_levels(tally_of(case), inapplicable_in(case))
        earned = verdict_of(tasks, caps, case).earned
        weight[earned] = weight.get(earned, 0) + sum(len(run.faults) for run in case)
    total = sum(weight.values())
    if not total:
        return None
    reached = [
        level
        for level in LEVELS
        if sum(w for base, w in weight.items() if base is not None and base >= level)
        >= BENCHMARK_SHARE * total
    ]
    return str(max(reached)) if reached else None
