"""What operators count beside a level: clocks, shares, workload and what service was lost.

Faults are those that are *contestable* where a target is concerned: they hurt a service, doing
nothing does not restore it in time, and the best possible operator does. What never happened counts
as longer than anything, so a loop cannot look fast by leaving the hard faults alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, fsum
from statistics import fmean, median_low
from typing import Any, Final

from adn.assessment.runs import RunResult
from adn.scoring.truth import is_contestable

MTTR_GOAL_S: Final = 900.0
"""TM Forum IG1339, core network at L4: mean time to repair of at most 15 minutes."""
PASS_OF: Final = 3
_DIGITS: Final = 6

Fault = Mapping[str, Any]


def indicators_of(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Return the indicators of runs that are pooled; times in s, people and service in min."""
    faults = [fault for run in runs for fault in run.faults]
    hurting = [fault for fault in faults if fault["impact_s"] is not None]
    contested = [fault for fault in faults if contestable(fault)]
    return {
        "faults": len(faults),
        "service_affecting": len(hurting),
        "contestable": len(contested),
        "mttd_s": _spans(fault["detect_s"] for fault in contested),
        "mttl_s": _spans(fault["locate_s"] for fault in contested),
        "mttr_s": _spans(fault["restore_s"] for fault in contested),
        "mttr_goal": _goal(contested),
        "on_time": _share(fault["met_135"] for fault in contested),
        "on_time_per_phase": _share(fault["met_135_per_phase"] for fault in contested),
        "first_time_right": _share(f["first_time_right"] for f in faults),
        "self_healing": _share(fault["self_healing"] for fault in hurting),
        **_closure(runs),
        **_alarms(runs),
        "tickets_per_fault": _ratio(
            sum(sum(run.card["tickets"]["per_fault"].values()) for run in runs), len(faults)
        ),
        "incidents": sum(run.card["incidents"] for run in runs),
        "duplicates": sum(run.card["duplicates"] for run in runs),
        "false_incidents": sum(run.card["false_incidents"] for run in runs),
        "actions": sum(run.card["actions"] for run in runs),
        "wrong_actions": sum(run.card["wrong_actions"] for run in runs),
        "availability": _mean(run.card["service"]["availability"] for run in runs),
        "lost_minutes": _total(
            run.card["service"]["down_minutes"] + run.card["service"]["degraded_minutes"]
            for run in runs
        ),
        "people_minutes": _total(run.card["people"]["minutes"] for run in runs),
        "field_minutes": _total(run.card["people"]["field_minutes"] for run in runs),
        "pass_3": pass_of(runs, PASS_OF),
    }


def contestable(fault: Fault) -> bool:
    """Whether the headline counts a fault: it hurt, does not heal by itself, and can be mended."""
    return is_contestable(
        hurt=fault["impact_s"] is not None,
        self_healed=fault["self_healed"],
        restorable=fault["restorable"],
    )


def passes(run: RunResult) -> bool:
    """Whether a run is without blemish: every contestable fault in time, nothing false or wrong."""
    return (
        all(fault["met_135"] for fault in run.faults if contestable(fault))
        and not run.card["false_incidents"]
        and not run.card["wrong_actions"]
    )


def pass_of(runs: Iterable[RunResult], seeds: int) -> float | None:
    """Return how often so many different seeds of a case all pass, as a mean over the cases.

    The unbiased estimate: the share of the subsets of that size whose members all passed (as
    pass^k in Yao et al., tau-bench, 2024). Cases with fewer seeds are left out; None if all are.
    """
    from math import comb

    results: dict[str, list[bool]] = {}
    for run in runs:
        results.setdefault(run.case, []).append(passes(run))
    rates = [
        comb(sum(passed), seeds) / comb(len(passed), seeds)
        for _, passed in sorted(results.items())
        if len(passed) >= seeds
    ]
    return round(fmean(rates), _DIGITS) if rates else None


def _spans(spans: Iterable[float | None]) -> dict[str, Any]:
    """Return median and 95th percentile of spans, None where that one never ended."""
    every = sorted(float("inf") if span is None else span for span in spans)
    ended = [span for span in every if span != float("inf")]
    row: dict[str, Any] = {"n": len(every), "never": len(every) - len(ended)}
    if not every:
        return {**row, "median": None, "p95": None}
    at = {"median": median_low(every), "p95": every[ceil(0.95 * len(every)) - 1]}
    return {**row, **{k: None if v == float("inf") else round(v, 3) for k, v in at.items()}}


def _goal(faults: Sequence[Fault]) -> dict[str, Any]:
    """Return how times to restore compare with the published goal.

    ``mean_s`` is over those restored; the goal is met if all were, and the mean is within it.
    """
    spans = [fault["restore_s"] for fault in faults if fault["restore_s"] is not None]
    mean = _mean(spans)
    met = None
    if faults:
        met = len(spans) == len(faults) and mean is not None and mean <= MTTR_GOAL_S
    within = _share(f["restore_s"] is not None and f["restore_s"] <= MTTR_GOAL_S for f in faults)
    return {"goal_s": MTTR_GOAL_S, "mean_s": mean, "met": met, "within": within}


def _closure(runs: Sequence[RunResult]) -> dict[str, Any]:
    rows = [run.card["closure"] for run in runs]
    closed = sum(row["closed"] for row in rows)
    return {
        "auto_closure": _ratio(sum(row["auto"] for row in rows), closed),
        "closed": closed,
        "reopened": sum(row["reopened"] for row in rows),
    }


def _alarms(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Return how far alarms were compressed, and whether the root alarms were kept in that."""
    raw = sum(run.card["alarms"]["raw"] for run in runs)
    shown = sum(run.card["alarms"]["shown"] for run in runs)
    return {
        "alarms_raw": raw,
        "alarms_shown": shown,
        "alarm_compression": None if not raw else round(1 - shown / raw, _DIGITS),
        "root_recall": _mean(run.card["alarms"]["root_recall"] for run in runs if run.faults),
    }


def _share(flags: Iterable[bool | None]) -> float | None:
    """Return the share that is true, of those that are known."""
    known = [flag for flag in flags if flag is not None]
    return _ratio(sum(known), len(known))


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, _DIGITS) if whole else None


def _mean(values: Iterable[float]) -> float | None:
    every = list(values)
    return round(fmean(every), _DIGITS) if every else None


def _total(values: Iterable[float]) -> float:
    return round(fsum(values), 3)
