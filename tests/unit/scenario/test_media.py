"""What scenarios say of protection, of carriage and of alarms, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.errors import ScenarioError
from adn.base.levels import AutonomyLevel
from adn.base.sampling import Timing
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.topology import build_scenario_network, topology_spec
from adn.session.assembly import assemble
from adn.topology.protecting import ProtectionSpec
from adn.twin.alarming import AGENT_RATE
from adn.twin.transporting import Carriage

HEAD = """\
adn: 1
name: media
version: 1
title: Media
clock: {duration: 1h, warmup: 10min}
"""
PLAIN = "topology: {source: topohub:topozoo/Abilene}\n"


def loaded(text: str) -> LoadedScenario:
    return read_text(HEAD + text, "media.yml", Path())


def test_by_default_collection_is_healthy_and_nothing_is_protected() -> None:
    scenario = loaded(PLAIN)
    assert topology_spec(scenario).protection == ()
    assert not build_scenario_network(scenario).rows.protections
    assert scenario.scenario.telemetry.carriage() == Carriage(
        lateness=scenario.scenario.telemetry.lateness.timing()
    )
    habits = assemble(scenario, AutonomyLevel.L0, 1).twin.world.habits
    assert (habits.late, habits.agent_rate, habits.client_layer) == (0.0, AGENT_RATE, False)


def test_links_are_protected_as_said() -> None:
    scenario = loaded(
        "topology:\n"
        "  source: topohub:topozoo/Abilene\n"
        "  protection:\n"
        "    - {scheme: 1+1, links: [Denver~Kansas-City], wait_to_restore: 0s}\n"
        "    - {scheme: shared, ways: 3}\n"
        "  spare_fibres: 2\n"
    )
    assert topology_spec(scenario).protection == (
        ProtectionSpec("1+1", ("Denver~Kansas-City",), wait_ms=0),
        ProtectionSpec("shared", (), ways=3),
    )
    rows = build_scenario_network(scenario).rows
    assert {row.wait_ms for row in rows.protections if row.scheme == "1+1"} == {0}
    assert {duct.spares for duct in rows.ducts} == {2}


def test_telemetry_and_alarms_are_carried_as_said() -> None:
    scenario = loaded(
        PLAIN + "telemetry: {late: 3%, lateness: {dist: fixed, value: 40s, source: scenario}, "
        "duplicated: 2%, mute: 1%, mute_for: 90s, counter_bits: 32}\n"
        "alarms: {late: 10%, lateness: {dist: fixed, value: 1min, source: scenario}, "
        "agent_rate: 5, client_layer: true}\n"
    )
    world = assemble(scenario, AutonomyLevel.L0, 1).twin.world
    assert world.carriage == Carriage(
        late=0.03,
        lateness=Timing("fixed", 40_000.0, source="scenario"),
        doubled=0.02,
        mute=0.01,
        run=90_000,
        counter_bits=32,
    )
    assert (world.habits.late, world.habits.agent_rate) == (0.1, 5.0)
    assert world.habits.client_layer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{scheme: 1+1, ways: 2}", "1+1 protection has one second fibre"),
        ("{scheme: 1+1, links: [Denver~Kansas]}", "protection names link 'Denver~Kansas'"),
        ("{scheme: ring}", "'ring'"),
    ],
)
def test_what_cannot_be_protected_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        build_scenario_network(
            loaded(f"topology:\n  source: topohub:topozoo/Abilene\n  protection:\n    - {text}\n")
        )
    assert said in str(refused.value)
    assert "media.yml:9:" in str(refused.value)
