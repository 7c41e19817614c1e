"""In a fabric faults strike cards and feeds, and what is picked may be told by kind and by site."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from adn.base.errors import ScenarioError
from adn.base.streams import Key
from adn.scenario.describe import told_target
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.targets import resolve_targets
from adn.scenario.topology import build_scenario_network
from adn.topology.network import Network

HERE = Path(__file__).parent
HEAD = (HERE / "fabric.yml").read_text(encoding="utf-8")
KINDS = {
    "element": "device-crash",
    "link": "link-down",
    "direction": "silent-loss",
    "card": "card-failure",
    "feed": "feed-loss",
}


def loaded(target: str) -> LoadedScenario:
    table = target.partition(":")[0]
    fault = f"  - {{kind: {KINDS[table]}, at: 30min, target: {{{target}}}}}\n"
    return read_text(f"{HEAD}faults:\n{fault}", "fabric.yml", HERE)


@cache
def network() -> Network:
    return build_scenario_network(loaded("feed: feed:north/A"))


def picks(target: str, weights: dict[str, np.ndarray] | None = None) -> set[str]:
    """Return what sixty seeds pick."""
    plan = loaded(target)
    return {
        resolve_targets(plan, network(), Key.root(seed).stream, weights)[0].target
        for seed in range(60)
    }


def finding(target: str) -> tuple[str, str]:
    with pytest.raises(ScenarioError) as refused:
        picks(target)
    (one,) = refused.value.findings
    return one.code, one.message


def kinds(*names: str) -> list[str]:
    kind = {row.id: row.kind for row in network().rows.elements}
    return [kind[name] for name in names]


def test_an_element_is_picked_by_kind_and_site() -> None:
    found = picks("element: {pick: 1, kind: spine, site: south}")
    assert found == {f"south-spine-{number}" for number in range(1, 5)}


def test_a_card_is_picked_by_the_kind_and_site_of_its_element() -> None:
    found = picks("card: {pick: 1, kind: border-leaf, site: north}")
    held = {name for name in network().cards.ids if name.startswith("north-border-")}
    assert found == held


def test_a_feed_is_picked_by_its_site_or_named() -> None:
    assert picks("feed: {pick: 1, site: south}") == {"feed:south/A", "feed:south/B"}
    assert picks("feed: feed:north/B") == {"feed:north/B"}


def test_a_direction_is_picked_by_who_sends_and_who_receives() -> None:
    for name in picks("direction: {pick: 1, from: spine, to: leaf, site: north}"):
        tail, head = name.split(">")
        assert kinds(tail, head) == ["spine", "leaf"]
        assert tail.startswith("north-")
        assert head.startswith("north-")


def test_a_link_is_picked_by_the_kinds_it_joins_in_either_order() -> None:
    found = picks("link: {pick: 1, kinds: [spine, leaf]}")
    assert found == picks("link: {pick: 1, kinds: [leaf, spine]}")
    for name in found:
        assert sorted(kinds(*name.split("~"))) == ["leaf", "spine"]
    between = picks("link: {pick: 1, kinds: [border-leaf, border-leaf]}")
    assert between
    for name in between:
        assert {end.partition("-")[0] for end in name.partition("#")[0].split("~")} == {
            "north",
            "south",
        }


def test_the_busiest_are_those_that_pass_the_filters() -> None:
    weights = {"element": np.arange(len(network().elements), dtype=np.float64)}
    found = picks("element: {pick: 1, kind: leaf, busiest: 2}", weights)
    leaves = [row.id for row in network().rows.elements if row.kind == "leaf"]
    assert found == set(leaves[-2:])


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        (
            "element: {pick: 1, kind: spline}",
            "SCN021",
            "the network has no element of kind 'spline'",
        ),
        ("card: {pick: 1, site: west}", "SCN021", "the network has no site 'west'"),
        (
            "direction: {pick: 1, from: spine, to: leaves}",
            "SCN021",
            "the network has no element of kind 'leaves'",
        ),
        (
            "link: {pick: 1, kinds: [leaf, root]}",
            "SCN021",
            "the network has no element of kind 'root'",
        ),
        (
            "card: north-spine-1/card-9",
            "SCN021",
            "the network has no card 'north-spine-1/card-9'",
        ),
        ("feed: {pick: 3, site: north}", "SCN027", "3 feeds to be picked, and 2 to pick from"),
        (
            "direction: {pick: 1, from: leaf, to: leaf}",
            "SCN027",
            "1 direction to be picked, and none to pick from",
        ),
    ],
)
def test_what_the_network_has_not_is_told(target: str, code: str, words: str) -> None:
    assert finding(target) == (code, words)


def test_filters_are_told_in_the_words_of_the_file() -> None:
    plan = loaded("direction: {pick: 1, from: spine, to: leaf}")
    assert told_target(plan.faults[0].target) == (
        "1 direction picked by the seed, from spine, to leaf"
    )


def test_an_id_leaves_nothing_to_a_filter() -> None:
    with pytest.raises(ScenarioError) as refused:
        loaded("direction: {id: a>b, from: spine}")
    assert refused.value.findings[0].message == (
        "'id' names the object, so 'from' has nothing to choose; drop one"
    )
