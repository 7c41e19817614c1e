"""Whatever the runs: worse evidence never earns more, and better evidence never less."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from made_results import Result, at_level_four, change, perfect, put, rows

from adn.assessment.assess import assess
from adn.base.levels import Task

TASKS = st.sampled_from([task.value for task in Task])
CONDUCT = st.sampled_from(
    [
        {"subject": "S", "right": True, "in_time": True},
        {"subject": "P/S", "right": True, "in_time": True},
        {"subject": "P", "right": True, "in_time": False},
        {"subject": "S", "right": False, "in_time": True},
        {"subject": "S", "right": True, "in_time": False},
        {"subject": None, "right": False, "in_time": False},
    ]
)
SPOILT = st.lists(st.tuples(TASKS, CONDUCT, st.integers(1, 25)), max_size=6)
"""Some tasks, what becomes of them, and of how many instances."""


def spoilt(by: list[tuple[str, dict[str, Any], int]]) -> list[Result]:
    """Return forty runs, of which some went wrong in some way."""
    results = at_level_four(perfect(40))
    for task, conduct, first in by:
        change(results, task, put(**conduct), first=first)
    return results


def only(results: list[Result]) -> dict[str, Any]:
    (found,) = assess(results)
    return found


@settings(max_examples=25, deadline=None)
@given(SPOILT, TASKS, st.integers(0, 79), st.sampled_from(["right", "in_time", "subject"]))
def test_a_further_failure_never_raises_a_level(
    by: list[tuple[str, dict[str, Any], int]], task: str, which: int, what: str
) -> None:
    """Neither the level of the task nor that of the whole, nor any lower bound."""
    results = spoilt(by)
    before = only(results)
    found = list(rows(results, task))
    found[which % len(found)][what] = None if what == "subject" else False
    after = only(results)
    assert after["earned"] <= before["earned"]
    assert after["tasks"][task]["level"] <= before["tasks"][task]["level"]
    for level, seen in after["tasks"][task]["at"].items():
        was = before["tasks"][task]["at"][level]
        assert (seen["low"] or 0.0) <= (was["low"] or 0.0)


@settings(max_examples=25, deadline=None)
@given(SPOILT, TASKS, st.integers(0, 39))
def test_a_further_instance_that_passes_never_lowers_a_bound(
    by: list[tuple[str, dict[str, Any], int]], task: str, which: int
) -> None:
    """In whichever run, short or long, good or bad it comes."""
    results = spoilt(by)
    before = only(results)
    perfect_row = next(rows(at_level_four(perfect(1)), task))
    results[which]["tasks"].append({**perfect_row, "subject": "S"})
    after = only(results)
    assert after["earned"] >= before["earned"]
    for level, seen in after["tasks"][task]["at"].items():
        was = before["tasks"][task]["at"][level]
        assert (seen["low"] or 0.0) >= (was["low"] or 0.0)


@settings(max_examples=15, deadline=None)
@given(SPOILT)
def test_attainment_never_skips_a_level_and_never_exceeds_its_caps(
    by: list[tuple[str, dict[str, Any], int]],
) -> None:
    """The base is no higher than any task that applies, nor than any cap; the decimal below one."""
    found = only(spoilt(by))
    assert found["earned"] <= min(task["level"] for task in found["tasks"].values())
    assert found["earned"] <= min(cap["level"] for cap in found["caps"])
    assert found["base"] <= found["score"] < found["base"] + 1
