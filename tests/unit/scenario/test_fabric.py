"""A scenario says a fabric and the services on it, and gets exactly those."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.errors import ScenarioError
from adn.scenario import read
from adn.scenario.describe import describe
from adn.scenario.reader import read_text
from adn.scenario.topology import build_scenario_network, topology_spec

FILE = Path(__file__).with_name("fabric.yml")
TEXT = FILE.read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


def test_the_fabric_is_what_the_file_says() -> None:
    loaded = read(str(FILE))
    network = build_scenario_network(loaded)
    assert (len(network.elements), len(network.links), len(network.services)) == (44, 112, 22)
    spec = topology_spec(loaded)
    assert spec.metric == "hops"
    assert set(network.cost.tolist()) == {10}
    assert spec.fabric is not None
    assert (spec.fabric.leaf_spine_bps, spec.fabric.group_bps) == (100e9, 25e9)
    assert (spec.fabric.inter_site_km, spec.fabric.single_corded) == (40.0, 0.1)
    assert "claims-web:branches>north-web-1" in network.services
    assert "replication:north-db-2>south-db-1" in network.services


def test_the_order_of_keys_changes_neither_digest_nor_network() -> None:
    turned = changed("roles: {web: 3, app: 4, db: 2}", "roles: {db: 2, web: 3, app: 4}")
    one, other = read_text(TEXT, "a", FILE.parent), read_text(turned, "a", FILE.parent)
    assert one.digest == other.digest
    assert build_scenario_network(one).rows == build_scenario_network(other).rows


def test_a_site_may_be_named_alone_and_the_rest_left_to_defaults() -> None:
    text = changed(TEXT[TEXT.index("    sites:") : TEXT.index("  management:")],
                   "    sites: [north, south]\n    edges: [branches]\n")  # fmt: skip
    network = build_scenario_network(read_text(text, "a", FILE.parent))
    assert len(network.elements) == 2 * (4 + 12 + 2 + 20) + 1
    assert {site.latitude for site in network.rows.sites} == {0.0}


def test_a_metric_by_length_is_possible() -> None:
    text = changed("  source: leaf-spine\n", "  source: leaf-spine\n  metric: length\n")
    network = build_scenario_network(read_text(text, "a", FILE.parent))
    assert set(network.cost.tolist()) == {1, 20, 40}


def test_other_sources_cost_by_length_unless_told() -> None:
    assert topology_spec(read("abilene-fibre-cut")).metric == "length"


def test_services_are_told_in_words() -> None:
    assert describe("scenario", str(FILE))["services"][1] == (
        "claims-app: 2Gbit/s from web groups to app groups at the same site, 12 pairs, "
        "latency 2ms, loss 0.1%, availability 99.99%"
    )


@pytest.mark.parametrize("key", ["headroom: 40%", "total_demand: 9Gbit/s", "parallel_links: 2"])
def test_what_fills_gaps_of_sources_is_refused(key: str) -> None:
    text = changed("  source: leaf-spine\n", f"  source: leaf-spine\n  {key}\n")
    with pytest.raises(ScenarioError) as refused:
        read_text(text, "a", FILE.parent)
    (finding,) = refused.value.findings
    name = key.partition(":")[0]
    assert finding.message == f"a fabric is built as it says, so '{name}' fills nothing"
    assert finding.at is not None
    assert finding.at.line == 8


def test_a_fabric_must_be_told() -> None:
    text = changed(TEXT[TEXT.index("  fabric:") : TEXT.index("  management:")], "")
    with pytest.raises(ScenarioError, match="SCN015 which fabric"):
        read_text(text, "a", FILE.parent)
