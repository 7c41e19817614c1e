"""One row of a ladder: what several runs of one kind come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf, sqrt
from statistics import fmean, median_low, stdev
from typing import Any, Final

from adn.assessment.indicators import contestable

CONFIDENCE: Final = 0.95
"""Of the intervals."""

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over runs, with the half-width of its confidence interval; None for a single run."""

    value: float
    half: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return mean and interval."""
        low_high = None if self.half is None else [self.value - self.half, self.value + self.half]
        interval = None if low_high is None else [round(end, 3) for end in low_high]
        return {"mean": round(self.value, 3), "interval": interval}


@dataclass(frozen=True, slots=True)
class Summary:
    """What some runs come to, pooled or as means over the runs.

    Attributes:
        runs: How many.
        faults: Faults in all of them.
        hurting: Faults that put a service outside its limits.
        found: Of these, those that were detected.
        located: Of these, those whose object and class were believed at the end.
        contestable: Faults that doing nothing does not restore in time, and that the oracle does.
        met: Of these, those that met 1-3-5.
        detect_s: Median over contestable faults, s; None where most were never detected.
        locate_s: Likewise.
        restore_s: Likewise.
        wrong_actions: In all runs.
        false_incidents: In all runs.
        duplicates: In all runs.
        people: Minutes at desks, a run.
        crews: Minutes of field crews, a run.
        lost: Minutes that services were outside their limits or down, a run.
        saved: The same, less than doing nothing on the same seed; None where that was not run.
    """

    runs: int
    faults: int
    hurting: int
    found: int
    located: int
    contestable: int
    met: int
    detect_s: float | None
    locate_s: float | None
    restore_s: float | None
    wrong_actions: int
    false_incidents: int
    duplicates: int
    people: Mean
    crews: Mean
    lost: Mean
    saved: Mean | None

    def as_json(self) -> dict[str, Any]:
        """Return the row in plain values."""
        return {
            "runs": self.runs,
            "faults": self.faults,
            "hurting": self.hurting,
            "found": self.found,
            "located": self.located,
            "contestable": self.contestable,
            "met_135": self.met,
            "detect_s": self.detect_s,
            "locate_s": self.locate_s,
            "restore_s": self.restore_s,
            "wrong_actions": self.wrong_actions,
            "false_incidents": self.false_incidents,
            "duplicates": self.duplicates,
            "people_minutes": self.people.as_json(),
            "field_minutes": self.crews.as_json(),
            "service_minutes": self.lost.as_json(),
            "service_minutes_saved": None if self.saved is None else self.saved.as_json(),
        }


def summarised(cards: Sequence[Card], idle: Sequence[Card] | None) -> Summary:
    """Return what scorecards come to.

    Args:
        cards: One a seed.
        idle: Of doing nothing, on the same seeds in the same order; None if it was not run.
    """
    faults = [fault for card in cards for fault in card["faults"]]
    hurting = [fault for fault in faults if fault["impact_s"] is not None]
    contested = [fault for fault in faults if contestable(fault)]
    lost = [service_minutes(card) for card in cards]
    saved = (
        [service_minutes(other) - less for less, other in zip(lost, idle, strict=True)]
        if idle is not None
        else None
    )
    return Summary(
        runs=len(cards),
        faults=len(faults),
        hurting=len(hurting),
        found=sum(fault["detect_s"] is not None for fault in hurting),
        located=sum(fault["located_top1"] for fault in hurting),
        contestable=len(contested),
        met=sum(fault["met_135"] for fault in contested),
        detect_s=_median(fault["detect_s"] for fault in contested),
        locate_s=_median(fault["locate_s"] for fault in contested),
        restore_s=_median(fault["restore_s"] for fault in contested),
        wrong_actions=sum(card["wrong_actions"] for card in cards),
        false_incidents=sum(card["false_incidents"] for card in cards),
        duplicates=sum(card["duplicates"] for card in cards),
        people=mean_of([card["people"]["minutes"] for card in cards]),
        crews=mean_of([card["people"]["field_minutes"] for card in cards]),
        lost=mean_of(lost),
        saved=None if saved is None else mean_of(saved),
    )


def service_minutes(card: Card) -> float:
    """Return the minutes that services were outside their limits or down, summed over services."""
    service = card["service"]
    return float(service["down_minutes"] + service["degraded_minutes"])


def mean_of(values: Sequence[float]) -> Mean:
    """Return the mean with Student's interval at `CONFIDENCE`.

    >>> mean_of([1.0]), mean_of([1.0, 2.0, 3.0]).value, round(mean_of([1.0, 2.0, 3.0]).half, 3)
    (Mean(value=1.0, half=None), 2.0, 2.484)
    """
    if len(values) < 2:
        return Mean(fmean(values) if values else 0.0)
    from scipy.special import stdtrit

    quantile = float(stdtrit(len(values) - 1, 0.5 + CONFIDENCE / 2))
    return Mean(fmean(values), quantile * stdev(values) / sqrt(len(values)))


def _median(spans: Iterable[float | None]) -> float | None:
    """Return the median of spans, of two in the middle the shorter; None counts as never."""
    held = [inf if span is None else span for span in spans]
    middle = median_low(held) if held else inf
    return None if isinf(middle) else middle
