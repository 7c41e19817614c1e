"""A federation's scenario: dealt over areas, each area's a scenario like any other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from adn.base.errors import ScenarioError
from adn.scenario.area_checking import check_federation
from adn.scenario.federation import Federation
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.topology import build_scenario_network

TEXT = """\
adn: 1
name: three
version: 1
title: Three areas and their backbone
clock: {duration: 12min, warmup: 4min}
topology: {source: national, national: {areas: 3, elements_per_area: 30}}
faults:
  - {kind: fibre-cut, between: [5min, 8min], count: 40, target: {duct: {pick: 1}}}
  - {kind: device-crash, at: 6min, count: 5, target: {element: {pick: 1, kind: gateway}}}
  - {kind: link-down, at: 6min, area: area-002, target: {link: {pick: 1}}}
disturbances:
  - {kind: link-heals, at: 5min, for: 1min, target: {link: {pick: 1}}}
expect: {seeds: {from: 1, to: 2}, at: {L4: {found: {min: 50%}}}}
"""


def loaded(text: str = TEXT) -> LoadedScenario:
    return read_text(text, "three.yml", Path())


def refusals(text: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        check_federation(loaded(text))
    return str(refused.value)


def test_everything_is_dealt_once_and_only_to_areas_that_have_it() -> None:
    dealt = Federation.of(loaded()).dealt(1)
    total = sum((part["faults"] for part in dealt.values()), Counter[int]())
    assert total == {0: 40, 1: 5, 2: 1}
    assert dealt["backbone"]["faults"][1] == 5
    assert dealt["area-002"]["faults"][2] == 1
    assert sum(part["disturbances"][0] for part in dealt.values()) == 1


def test_what_falls_to_an_area_hangs_on_the_seed_and_on_its_size() -> None:
    federation = Federation.of(loaded())
    one, again, other = federation.dealt(1), federation.dealt(1), federation.dealt(2)
    assert one == again
    assert one != other
    cuts = {name: part["faults"][0] for name, part in one.items()}
    assert all(cuts[name] > 0 for name in ("area-001", "area-002", "area-003"))


def test_the_scenario_of_an_area_is_what_its_own_file_says() -> None:
    """What is played in memory and what is read again from the run folder are the same."""
    federation = Federation.of(loaded())
    dealt = federation.dealt(3)
    for area in federation.areas:
        alone = federation.scenario_of(area.name, dealt)
        again = read_text(alone.text, "again.yml", Path())
        assert again.scenario == alone.scenario
        assert again.faults == alone.faults
        assert again.digest == alone.digest
        assert len(build_scenario_network(alone).elements) == area.elements
        assert alone.scenario.name == f"three-{area.name}"


def test_an_area_knows_nothing_of_what_falls_to_the_others() -> None:
    federation = Federation.of(loaded())
    dealt = federation.dealt(3)
    quiet = {**dealt, "area-001": {"faults": Counter(), "disturbances": Counter()}}
    assert (
        federation.scenario_of("area-002", quiet).text
        == federation.scenario_of("area-002", dealt).text
    )
    assert '"area": "area-002"' not in federation.scenario_of("area-001", dealt).text


def test_natural_failures_are_an_areas_own() -> None:
    text = TEXT.partition("faults:")[0] + "faults: {natural: {scale: 5}}\n"
    federation = Federation.of(loaded(text))
    alone = federation.scenario_of("area-001", federation.dealt(1))
    assert alone.scenario.natural == federation.loaded.scenario.natural
    assert read_text(alone.text, "again.yml", Path()).scenario == alone.scenario


def test_a_federation_is_checked_on_its_smallest_areas() -> None:
    checked = check_federation(loaded())
    smallest = min((area.elements, area.name) for area in checked.federation.areas[1:])[1]
    assert checked.faults == 46
    assert set(checked.built) == {"area-002", "backbone", smallest}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("kind: gateway", "kind: spine", "SCN021 no area of the federation has elements of that"),
        ("area: area-002", "area: area-4", "SCN021 the federation has no area 'area-4'"),
        (
            "{duct: {pick: 1}}",
            '{duct: "duct:x"}',
            "SCN015 in which area? an object by its id needs area: NAME beside it",
        ),
        (
            "elements_per_area: 30",
            "elements_per_area: 14",
            "three.yml:6:40: TOP041 smallest number of elements an area is 7",
        ),
        (
            "{duct: {pick: 1}}",
            "{duct: {pick: 1, min_links: 9}}",
            "three.yml (backbone): SCN027 1 duct to be picked",
        ),
    ],
)
def test_what_cannot_be_dealt_is_refused_in_words(before: str, after: str, says: str) -> None:
    told = refusals(TEXT.replace(before, after))
    assert says in told
    assert "three.yml" in told


@pytest.mark.parametrize(
    ("topology", "says"),
    [
        ("{source: metro}", "SCN015 which network? write metro: {elements: 400}"),
        ("{source: national}", "SCN015 which network? write national: {areas: 10,"),
        (
            "{source: topohub:topozoo/Abilene, metro: {elements: 40}}",
            "SCN018 a 'metro' is built with source: metro",
        ),
        (
            "{source: metro, metro: {elements: 40}, area: area-001}",
            "SCN018 areas are of a federation, source: national",
        ),
        (
            "{source: metro, metro: {elements: 40}, parallel_links: 2}",
            "SCN018 an area is built as it says, so 'parallel_links' fills nothing",
        ),
    ],
)
def test_keys_that_do_not_fit_each_other_are_refused(topology: str, says: str) -> None:
    text = "adn: 1\nname: one\nversion: 1\ntitle: One\nclock: {duration: 1h}\n"
    with pytest.raises(ScenarioError) as refused:
        loaded(f"{text}topology: {topology}\n")
    assert says in str(refused.value)


def test_areas_of_faults_are_for_federations() -> None:
    text = TEXT.replace(
        "{source: national, national: {areas: 3, elements_per_area: 30}}",
        "{source: metro, metro: {elements: 30}}",
    )
    with pytest.raises(ScenarioError, match="an 'area' is one of a federation; this is one"):
        loaded(text)
