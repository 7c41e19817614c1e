"""Faults strike what the scenario names, and what it leaves open is drawn by the seed alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from adn.base.errors import ScenarioError
from adn.base.streams import Key
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.targets import PlannedTarget, resolve_targets
from adn.scenario.topology import build_scenario_network
from adn.topology.network import Network

HERE = Path(__file__).parent
HEAD = (HERE / "base.yml").read_text(encoding="utf-8").split("faults:")[0]


def loaded(*faults: str) -> LoadedScenario:
    lines = "".join(f"  - {fault}\n" for fault in faults)
    return read_text(f"{HEAD}faults:\n{lines}", "base.yml", HERE)


@cache
def network() -> Network:
    fault = "{kind: link-down, at: 45min, target: {link: {pick: 1}}}"
    return build_scenario_network(loaded(fault))


def planned(
    *faults: str, seed: int = 1, weights: dict[str, np.ndarray] | None = None
) -> list[PlannedTarget]:
    return resolve_targets(loaded(*faults), network(), Key.root(seed).stream, weights)


NAMED = "{kind: link-down, at: 45min, target: {link: Denver~Kansas-City}}"
PICKED = "{kind: silent-loss, at: 50min, target: {direction: {pick: 1}}}"


def test_a_named_target_strikes_at_its_time() -> None:
    (fault,) = planned(NAMED)
    assert (fault.kind.name, fault.target, fault.at) == (
        "link-down",
        "Denver~Kansas-City",
        2_700_000,
    )


def test_another_seed_picks_another_target_sooner_or_later() -> None:
    picks = {planned(PICKED, seed=seed)[0].target for seed in range(40)}
    assert len(picks) > 10
    assert picks <= set(network().directions.ids)


def test_the_same_seed_picks_the_same_target() -> None:
    assert planned(PICKED, seed=5) == planned(PICKED, seed=5)


def test_an_entry_more_changes_no_pick_before_it() -> None:
    for seed in range(10):
        assert planned(PICKED, PICKED, NAMED, seed=seed)[:1] == planned(PICKED, seed=seed)


def test_several_picked_at_once_are_different() -> None:
    many = planned("{kind: link-down, at: 45min, target: {link: {pick: 14}}}")
    assert [fault.target for fault in many] == list(network().links.ids)


def test_filters_keep_what_they_say() -> None:
    for seed in range(10):
        (one,) = planned(
            "{kind: link-down, at: 45min, target: {link: {pick: 1, "
            "between: [Denver, Seattle, Sunnyvale]}}}",
            seed=seed,
        )
        assert one.target in {"Denver~Seattle", "Denver~Sunnyvale", "Seattle~Sunnyvale"}
        (two,) = planned(
            "{kind: silent-loss, at: 45min, target: {direction: {pick: 1, "
            "of: [Denver>Seattle, Seattle>Denver]}}}",
            seed=seed,
        )
        assert two.target in {"Denver>Seattle", "Seattle>Denver"}


def test_the_busiest_are_those_with_the_largest_weight() -> None:
    weights = {"direction": np.arange(len(network().directions), dtype=np.float64)}
    busy = set(network().directions.ids[-3:])
    picks = {
        planned(
            "{kind: silent-loss, at: 45min, target: {direction: {pick: 1, busiest: 3}}}",
            seed=seed,
            weights=weights,
        )[0].target
        for seed in range(30)
    }
    assert picks == busy


def test_a_drawn_time_stays_inside_the_scored_part_of_the_run() -> None:
    drawn = (
        "{kind: link-down, at: {dist: exponential, mean: 2h, source: assumption}, "
        "target: {link: {pick: 1}}}"
    )
    times = [planned(drawn, seed=seed)[0].at for seed in range(60)]
    assert min(times) >= 15 * 60_000
    assert max(times) < 2 * 3_600_000
    assert len(set(times)) > 10


def test_all_missing_targets_are_told_at_once() -> None:
    missing = "{kind: link-down, at: 45min, target: {link: Denver~Paris}}"
    with pytest.raises(ScenarioError) as refused:
        planned(missing, NAMED, missing)
    assert [one.code for one in refused.value.findings] == ["SCN021", "SCN021"]
