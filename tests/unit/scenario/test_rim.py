"""Edges and branches as scenarios write them become what the topology room attaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.scenario import read
from adn.scenario.topology import build_scenario_network, topology_spec
from adn.topology.specs import BranchSpec, EdgeSpec, Ends

TEXT = """adn: 1
name: bank
version: 1
title: A bank
clock: {duration: 1h}
topology:
  source: topohub:topozoo/Abilene
  edges: [{name: head, at: [Denver, Seattle], kind: headquarters, rate: 10Gbit/s, length: 4km}]
  branches: {count: 30, kind: shop, rate: 20Mbit/s, length: 12km, dual_homed: 50%, ducts: 2,
             around: [Denver, Seattle]}
services:
  - {kind: till, from: {kind: shop}, to: head, demand: 1Mbit/s, sla: {latency: 50ms, loss: 1%}}
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.yml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_every_key_of_edges_and_branches_reaches_the_topology_room(bank: Path) -> None:
    spec = topology_spec(read(str(bank)))
    assert spec.edges == (EdgeSpec("head", ("Denver", "Seattle"), "headquarters", 10e9, 4.0),)
    assert spec.branches == BranchSpec(30, "shop", 20e6, 12.0, 0.5, 2, ("Denver", "Seattle"))
    assert [(row.source, row.target) for row in spec.paired] == [
        (Ends(kind="shop"), Ends(element="head"))
    ]


def test_the_network_of_a_scenario_holds_its_branches(bank: Path) -> None:
    network = build_scenario_network(read(str(bank)))
    shops = [row for row in network.rows.elements if row.kind == "shop"]
    assert (len(shops), len(network.services)) == (30, 30)
    assert not any(row.transit for row in shops)
