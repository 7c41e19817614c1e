"""An entry may strike many times: each strike draws its own time and object."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from adn.base.clock import HOUR, MINUTE
from adn.base.errors import ScenarioError
from adn.base.streams import Key
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.targets import PlannedTarget, resolve_targets
from adn.scenario.topology import build_scenario_network
from adn.topology.network import Network

HERE = Path(__file__).parent
HEAD = (HERE / "base.yml").read_text(encoding="utf-8").split("faults:")[0]


def loaded(fault: str) -> LoadedScenario:
    return read_text(f"{HEAD}faults:\n  - {fault}\n", "base.yml", HERE)


def refusals(fault: str) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as refused:
        loaded(fault)
    return [(one.code, one.message) for one in refused.value.findings]


@cache
def network() -> Network:
    return build_scenario_network(loaded(counted(1)))


def counted(count: int, more: str = "") -> str:
    return (
        f"{{kind: link-down, count: {count}, between: [20min, 100min], "
        f"target: {{link: {{pick: 1}}}}{more}}}"
    )


def planned(fault: str, seed: int = 1) -> list[PlannedTarget]:
    return resolve_targets(loaded(fault), network(), Key.root(seed).stream)


def test_a_count_strikes_so_often_at_times_between_the_two() -> None:
    faults = planned(counted(30))
    assert len(faults) == 30
    assert all(20 * MINUTE <= fault.at <= 100 * MINUTE for fault in faults)
    assert len({fault.at for fault in faults}) == 30


def test_every_link_is_struck_once_before_any_is_struck_twice() -> None:
    links = len(network().links)
    names = [fault.target for fault in planned(counted(links + 3))]
    assert sorted(names[:links]) == list(network().links.ids)
    assert names[links:] == names[:3]


def test_more_strikes_leave_the_first_ones_as_they_were() -> None:
    for seed in range(5):
        assert planned(counted(12), seed)[:7] == planned(counted(7), seed)


def test_another_seed_draws_other_times_and_objects() -> None:
    first, second = planned(counted(10), 1), planned(counted(10), 2)
    assert {fault.at for fault in first}.isdisjoint({fault.at for fault in second})
    assert [fault.target for fault in first] != [fault.target for fault in second]


def test_a_named_object_may_be_struck_again_and_again() -> None:
    fault = (
        "{kind: link-down, count: 4, between: [20min, 100min], "
        "target: {link: Denver~Kansas-City}, for: 30s}"
    )
    assert [(row.target, row.lasts) for row in planned(fault)] == [
        ("Denver~Kansas-City", 30_000)
    ] * 4


def test_how_long_each_strike_lasts_is_drawn_for_itself() -> None:
    spans = ", for: {dist: exponential, mean: 1min, source: assumption}"
    lasts = [row.lasts for row in planned(counted(20, spans))]
    assert len(set(lasts)) == 20
    assert [(row.target, row.at) for row in planned(counted(20, spans))] == [
        (row.target, row.at) for row in planned(counted(20))
    ]


def test_when_must_be_said_once() -> None:
    target = "target: {link: {pick: 1}}"
    assert refusals(f"{{kind: link-down, {target}}}") == [
        ("SCN015", "when? write at: 45min, or between: [1h, 2h]")
    ]
    assert refusals(f"{{kind: link-down, at: 45min, between: [20min, 1h], {target}}}") == [
        ("SCN018", "'at' and 'between' both say when; keep one")
    ]
    assert refusals(f"{{kind: link-down, between: [1h, 20min], {target}}}") == [
        ("SCN018", "'between' ends before it begins; swap the two")
    ]


def test_times_between_two_fit_into_the_run() -> None:
    target = "target: {link: {pick: 1}}"
    assert refusals(f"{{kind: link-down, between: [1h, 23h], {target}}}") == [
        ("SCN025", "the run may be over before the fault strikes")
    ]
    assert refusals(f"{{kind: link-down, between: [1min, 1h], {target}}}") == [
        ("SCN025", "the fault strikes during the warm-up, when nothing is scored")
    ]


def test_a_strike_strikes_one_object() -> None:
    fault = "{kind: link-down, count: 3, between: [20min, 1h], target: {link: {pick: 2}}}"
    assert refusals(fault) == [("SCN018", "'count' strikes one object each time; write pick: 1")]
    assert planned(counted(1))[0].at < 2 * HOUR
