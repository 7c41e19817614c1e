"""Every fault kind does what its datasheet says; the audit itself refuses kinds that do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tried import SOURCES, network_named

from adn.faults.kinds import FaultKind, built_in_kinds
from adn.scenario.reader import read_text
from adn.testing.audit import audit
from adn.testing.symptoms import busiest
from adn.testing.trial import ring
from adn.topology.network import Network

SCENARIO = """
adn: 1
name: kinds-of-its-own
version: 1
title: Two kinds made of data
about: Two kinds that only this file knows.
clock: {duration: 2h, warmup: 30min}
topology: {source: topohub:topozoo/Abilene}
kinds:
  - name: creeping-loss
    says: Dirt on a connector makes one direction lose more and more.
    target: direction
    problem: packet-loss
    grey: true
    impairments:
      - {property: direction.loss, value: 5%, course: {shape: ramp, over: 10min, steps: 20}}
    mitigated_by: [set-link-cost, steer-services]
    repaired_by: [replace-transceiver]
  - name: loose-card
    says: A line card loses contact now and then; re-seating needs a restart of the port.
    target: link
    problem: link-down
    impairments:
      - property: link.port-fault
        value: 1
        part: optics
        course: {shape: intermittent, on: 40s, off: 60s}
    mitigated_by: [set-link-cost, steer-services]
    repaired_by: [replace-transceiver]
faults:
  - {kind: creeping-loss, at: 45min, target: {direction: {pick: 1}}}
  - {kind: loose-card, at: 60min, target: {link: {pick: 1}}}
"""


def own_kinds() -> dict[str, FaultKind]:
    loaded = read_text(SCENARIO, "own.yml", Path())
    return {name: loaded.kinds[name] for name in ("creeping-loss", "loose-card")}


@pytest.fixture(params=SOURCES)
def network(request: pytest.FixtureRequest) -> Network:
    return network_named(request.param)


MEMBERS = [
    ("clos", "leaf-1>spine-1"),
    pytest.param("square", "a>b", marks=pytest.mark.slow),
    pytest.param("leaf-spine", "north-leaf-01>north-spine-1", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("source", "target"), MEMBERS)
def test_a_missing_member_keeps_its_word_where_paths_tie(source: str, target: str) -> None:
    kind = built_in_kinds()["ecmp-member-missing"]
    assert audit(kind, network_named(source), target=target) == []


def test_nothing_shows_of_a_missing_member_that_is_the_only_way() -> None:
    (finding,) = audit(built_in_kinds()["ecmp-member-missing"], ring(6))
    assert finding.startswith("no symptom")


@pytest.mark.parametrize("name", sorted(set(built_in_kinds()) - {"ecmp-member-missing"}))
def test_a_built_in_kind_keeps_its_word(name: str, network: Network) -> None:
    assert audit(built_in_kinds()[name], network) == []


@pytest.mark.parametrize("name", ["creeping-loss", "loose-card"])
def test_a_kind_made_of_data_keeps_its_word(name: str, network: Network) -> None:
    assert audit(own_kinds()[name], network) == []


def kind(**changes: Any) -> FaultKind:
    """A silent loss with something about it changed."""
    return built_in_kinds()["silent-loss"].model_copy(update=changes)


def impairing(**spec: Any) -> tuple[Any, ...]:
    (row,) = built_in_kinds()["silent-loss"].impairments
    return (row.model_copy(update=spec),)


BAD: list[tuple[FaultKind, list[str]]] = [
    (
        kind(impairments=impairing(value=0.0)),
        ["no symptom on {} within 120 s of its onset"],
    ),
    (
        kind(repaired_by=("reset-interface",)),
        ["reset-interface is said to repair it, but does not end it"],
    ),
    (
        kind(repaired_by=("measure-link",)),
        ["repaired_by names measure-link, which is no repair"],
    ),
    (kind(repaired_by=()), ["the datasheet names no repair"]),
    (kind(grey=False), ["state checks miss it, but it is not called grey"]),
    (
        kind(impairments=impairing(value=0.95)),
        [
            "a symptom on the control path: service.latency s:n3>n1",
            "it is called grey, but state checks see it: adjacency lost, no adjacency",
        ],
    ),
    (
        kind(mitigated_by=("restart-process-of-the-moon",)),
        ["mitigated_by names restart-process-of-the-moon, for which the fault offers no use"],
    ),
]


@pytest.mark.parametrize(("bad", "words"), BAD)
def test_a_kind_that_breaks_its_word_is_refused(bad: FaultKind, words: list[str]) -> None:
    network = ring(6)
    target = busiest(bad, network)
    assert audit(bad, network) == [text.format(target) for text in words]


def test_strength_that_the_healthy_band_swallows_is_no_symptom() -> None:
    weak = kind(impairments=impairing(value=1e-5))
    assert audit(weak, ring(6))[0].startswith("no symptom")


def test_the_busiest_object_is_struck_unless_another_is_named() -> None:
    network = ring(6)
    cut = built_in_kinds()["fibre-cut"]
    assert busiest(cut, network) in network.ducts
    assert audit(cut, network, target="duct:n3~n4") == []
