"""Disturbances of a scenario: which objects, which services, when, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.clock import MINUTE
from adn.base.errors import ScenarioError
from adn.base.streams import Key
from adn.scenario.disturbed import resolve_disturbances
from adn.scenario.reader import read_text
from adn.scenario.topology import build_scenario_network
from adn.twin.disturbances import CollectorGap, Disturbance, FlashCrowd, Outage

BASE = (Path(__file__).parent / "base.yml").read_text(encoding="utf-8")


def resolved(*entries: str, seed: int = 1) -> list[Disturbance]:
    """Return the disturbances that lines under `disturbances:` give."""
    text = BASE + "disturbances:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    loaded = read_text(text, "case.yml", Path())
    network = build_scenario_network(loaded)
    return resolve_disturbances(loaded, network, Key.root(seed).stream)


def refusal(*entries: str) -> str:
    with pytest.raises(ScenarioError) as error:
        resolved(*entries)
    return "; ".join(f"{row.code} {row.message}" for row in error.value.findings)


CROWD = "kind: flash-crowd, at: 40min, for: 10min, factor: 2, services"
WORK = "kind: maintenance, at: 30min, for: 10min"


def test_disturbances_are_numbered_in_order_of_beginning() -> None:
    found = resolved(
        f"{CROWD}: {{kind: voice}}", f"{WORK}, target: {{link: {{pick: 1}}}}",
        "kind: collector-dies, at: 20min, for: 1min, share: 20%, table: service",
    )  # fmt: skip
    assert [(type(one), one.id) for one in found] == [
        (CollectorGap, "DST-0001"),
        (Outage, "DST-0002"),
        (FlashCrowd, "DST-0003"),
    ]


def test_to_add_a_disturbance_changes_no_others_pick() -> None:
    work = f"{WORK}, target: {{link: {{pick: 2}}}}"
    alone = resolved(work)
    both = resolved(work, "kind: link-heals, at: 50min, for: 40s, target: {link: {pick: 1}}")
    assert both[:2] == alone


def test_a_crowd_is_of_the_services_that_all_keys_choose() -> None:
    (crowd,) = resolved(f"{CROWD}: {{element: Denver}}")
    loaded = read_text(BASE, "case.yml", Path())
    services = build_scenario_network(loaded).rows.services
    assert isinstance(crowd, FlashCrowd)
    assert {services[row].id for row in crowd.surge.services} == {
        row.id for row in services if "Denver" in (row.a, row.z)
    }


def test_a_drain_begins_before_and_only_if_it_is_asked_for() -> None:
    target = "target: {element: Denver}"
    plain, drained = resolved(f"{WORK}, {target}", f"{WORK}, {target}, drain: true")
    assert isinstance(plain, Outage)
    assert isinstance(drained, Outage)
    assert (plain.drained, drained.drained, drained.announced) == (0, 5 * MINUTE, None)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (f"{CROWD}: {{kind: vioce}}", "SCN021 the network has no class of services 'vioce'"),
        (f"{CROWD}: {{element: Denwer}}", "SCN021 the network has no element 'Denwer'"),
        (f"{CROWD}: {{role: leaf}}", "SCN021 the network has no kind of element 'leaf'"),
        (f"{CROWD}: {{of: [x]}}", "SCN021 the network has no service 'x'"),
        (f"{WORK}, target: {{link: x}}", "SCN021 the network has no link 'x'"),
        (
            f"{WORK}, target: {{link: {{pick: 99}}}}",
            "SCN027 99 links to be picked, and 14 to pick from",
        ),
    ],
)
def test_what_does_not_exist_is_refused(entry: str, expected: str) -> None:
    assert refusal(entry) == expected


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = refusal(f"{CROWD}: {{kind: vioce}}", f"{WORK}, target: {{link: x}}")
    assert told.count("SCN021") == 2
