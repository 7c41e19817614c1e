"""The audit: each check finds the fault that it is for, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from campaign_builder import campaign

from adn.bench.pool import Pool
from adn.bench.validity import audit, monotone

Results = list[dict[str, Any]]


def holds(results: Results) -> dict[str, bool | None]:
    return {check.name: check.holds for check in audit(Pool.of(results))}


def test_a_sound_campaign_passes_all_but_its_size() -> None:
    found = holds(campaign())
    assert {name for name, held in found.items() if held is False} == {"enough-faults"}
    assert {name for name, held in found.items() if held is None} == {"timings-assumed"}


def adn(row: dict[str, Any], level: str = "L4") -> bool:
    return bool(row["cell"]["agent"] == "adn" and row["cell"]["level"] == level)


def more_people(results: Results) -> Results:
    for row in results:
        if adn(row, "L5"):
            row["card"]["people"]["minutes"] += 500.0 + row["cell"]["seed"]
    return results


def weak_oracle(results: Results) -> Results:
    for row in results:
        if row["cell"]["agent"] == "oracle":
            for one in row["card"]["faults"]:
                one["restore_s"] = 900.0
    return results


def beaten_oracle(results: Results) -> Results:
    for row in results:
        if adn(row):
            row["card"]["service"] = {"down_minutes": 0.0, "degraded_minutes": 0.0}
    return results


def harmful(results: Results) -> Results:
    for row in results:
        if adn(row, "L5") and row["card"]["faults"]:
            row["card"]["service"]["down_minutes"] = 5000.0
    return results


def easy(results: Results) -> Results:
    for row in results:
        if row["cell"]["agent"] == "first-alarm":
            for one in row["card"]["faults"]:
                one["met_135"] = True
    return results


def healing(results: Results) -> Results:
    for row in results:
        for one in row["card"]["faults"]:
            one["self_healed"] |= row["cell"]["case"] == "wires"
    return results


def loud(results: Results) -> Results:
    return [row for row in results if row["cell"]["case"] != "quiet"]


def broken(results: Results) -> Results:
    next(row for row in results if adn(row))["broken"] = ["a record is missing"]
    return results


def missing(results: Results) -> Results:
    results.remove(next(row for row in results if adn(row)))
    return results


def other_faults(results: Results) -> Results:
    next(row for row in results if adn(row) and row["card"]["faults"])["card"]["faults"][0][
        "target"
    ] = "elsewhere"
    return results


def twins(results: Results) -> Results:
    for row in results:
        if adn(row):
            row["card"]["digest"] = row["cell"]["case"]
    return results


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (more_people, "people-monotone"),
        (weak_oracle, "oracle-restores"),
        (beaten_oracle, "oracle-is-a-bound"),
        (harmful, "doing-nothing-loses"),
        (easy, "baselines-below"),
        (healing, "contestable"),
        (loud, "quiet-case"),
        (broken, "chains-whole"),
        (missing, "same-evenings"),
        (other_faults, "common-random-numbers"),
        (twins, "digests-unique"),
    ],
)
def test_each_check_finds_what_it_is_for(spoil: Callable[[Results], Results], check: str) -> None:
    assert holds(campaign())[check] is True
    assert holds(spoil(campaign()))[check] is False


def test_a_rise_within_the_interval_is_left_open() -> None:
    """One evening out of nine rises by a little more than the others fall."""
    results = campaign()
    for row in results:
        if adn(row, "L5"):
            below = next(
                other["card"]["people"]["minutes"]
                for other in results
                if adn(other) and (other["cell"]["case"], other["cell"]["seed"])
                == (row["cell"]["case"], row["cell"]["seed"])
            )  # fmt: skip
            up = 9.0 if row["cell"]["case"] == "leaves" and row["cell"]["seed"] == 1 else -1.0
            row["card"]["people"]["minutes"] = below + up * bool(row["card"]["faults"])
    check = monotone(Pool.of(results))
    assert check.holds is None
    assert check.found == "they rise from adn L4 to L5 (within the interval)"


def test_bounds_owe_no_chain_of_evidence() -> None:
    results = campaign()
    next(row for row in results if row["cell"]["agent"] == "oracle")["broken"] = ["no plan"]
    assert holds(results)["chains-whole"] is True
