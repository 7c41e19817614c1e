"""A row of figures: what some results of one kind come to, shares and means with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adn.assessment.indicators import contestable
from adn.bench.intervals import as_json, clustered_mean, share_of
from adn.bench.pool import Evening, Pool, Result, cards_of, evening, faults_of
from adn.reference.summary import summarised

Fault = Mapping[str, Any]


def row_of(results: Sequence[Result], pool: Pool) -> dict[str, Any]:
    """Return the figures of results: those of a ladder's row, and its shares with intervals."""
    summary = summarised(cards_of(results), pool.idle(results))
    return summary.as_json() | shares(list(faults_of(results)))


def shares(faults: Sequence[tuple[Evening, Fault]]) -> dict[str, Any]:
    """Return the shares of a row: found and located of what hurt, met of what is contestable."""
    return {
        "found_share": share_of(_judged(faults, hurting, lambda one: one["detect_s"] is not None)),
        "located_share": share_of(_judged(faults, hurting, lambda one: one["located_top1"])),
        "met_share": share_of(_judged(faults, contestable, lambda one: one["met_135"])),
        "met_per_phase_share": share_of(
            _judged(faults, contestable, lambda one: one["met_135_per_phase"])
        ),
    }


def a_run(results: Sequence[Result], of: Callable[[Mapping[str, Any]], float]) -> Mapping[str, Any]:
    """Return mean and interval of what a function says of each run's card."""
    values = ((evening(result), float(of(result["card"]))) for result in results)
    return as_json(clustered_mean(values))


def people_minutes(card: Mapping[str, Any]) -> float:
    """Return the minutes that people spent at desks in a run."""
    return float(card["people"]["minutes"])


def hurting(fault: Fault) -> bool:
    """Return whether a fault put a service outside its limits."""
    return fault["impact_s"] is not None


def _judged(
    faults: Sequence[tuple[Evening, Fault]],
    counts: Callable[[Fault], bool],
    holds: Callable[[Fault], Any],
) -> Iterator[tuple[Evening, bool]]:
    """Yield the evening and verdict of every fault that counts."""
    return ((when, bool(holds(fault))) for when, fault in faults if counts(fault))
