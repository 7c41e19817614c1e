"""A world off its stated parameters: by how much, and that operations are not told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.levels import AutonomyLevel
from adn.base.streams import Key
from adn.scenario import read
from adn.scenario.reader import LoadedScenario
from adn.session.assembly import assemble
from adn.session.deviating import deviating

KEY = Key.root(5).child("deviation")


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return read("abilene-fibre-cut")


def test_no_deviation_changes_nothing(loaded: LoadedScenario) -> None:
    held = assemble(loaded, AutonomyLevel.L4, 1).twin
    network, world = deviating(held.network, held.world, 0.0, KEY)
    assert network is held.network
    assert world is held.world


def test_every_true_parameter_is_off_by_no_more_than_the_share(loaded: LoadedScenario) -> None:
    held = assemble(loaded, AutonomyLevel.L4, 1).twin
    network, world = deviating(held.network, held.world, 0.2, KEY)
    for column in ("capacity_bps", "length_km", "demand_bps"):
        ratio = getattr(network, column) / getattr(held.network, column)
        assert (np.abs(ratio - 1.0) <= 0.2 + 1e-9).all()
        assert np.ptp(ratio) > 0.1, "each is off by a factor of its own"
    assert world.timers != held.world.timers
    assert abs(world.timers.hold / held.world.timers.hold - 1.0) <= 0.2
    assert world.telemetry_delay.source == held.world.telemetry_delay.source


def test_operations_are_told_what_was_stated(loaded: LoadedScenario) -> None:
    reality = loaded.scenario.reality.model_copy(update={"deviation": 0.2})
    scenario = loaded.scenario.model_copy(update={"reality": reality})
    stated = assemble(loaded, AutonomyLevel.L4, 1)
    off = assemble(replace(loaded, scenario=scenario), AutonomyLevel.L4, 1)
    assert off.briefing.inventory.rows == stated.briefing.inventory.rows
    assert not np.array_equal(off.twin.network.capacity_bps, stated.twin.network.capacity_bps)
