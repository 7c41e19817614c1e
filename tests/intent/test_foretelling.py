"""Prediction in whole runs: what grows slowly is foretold, what happens at once is not."""

from __future__ import annotations

from typing import Any

import pytest

from adn.base.clock import MINUTE
from adn.base.levels import AutonomyLevel

FADING = """\
clock: {duration: 3h 30min, warmup: 15min}
kinds:
  - name: fading-fibre
    says: Water takes the light of a duct over hours.
    target: duct
    problem: fibre-loss
    impairments:
      - {property: duct.attenuation, op: set, value: $loss, course: {shape: ramp, over: 3h}}
    parameters:
      loss: {default: 20dB, low: 1dB, high: 60dB, unit: dB, says: light lost, source: assumption}
    observability: Received power falls slowly; past the margin the light is lost.
    mitigated_by: [steer-services]
    repaired_by: [splice-fibre]
faults:
  - {kind: fading-fibre, at: 30min, target: {duct: "duct:Denver~Kansas-City"}}
"""
AT_ONCE = """\
clock: {duration: 3h, warmup: 15min, starts: "18:00"}
traffic: {profile: evening}
faults:
  - {kind: fibre-cut, at: 45min, target: {duct: "duct:Denver~Kansas-City"}}
  - {kind: silent-loss, at: 100min, target: {direction: "Atlanta>Washington-DC"}, with: {share: 3%}}
"""


def foretold(told: Any) -> list[Any]:
    return [r for r in told.records("prediction.made") if r.data["expected"]]


@pytest.mark.slow
def test_light_that_fades_over_hours_is_foretold_before_it_hurts(live: Any) -> None:
    told = live(FADING, AutonomyLevel.L4)
    out = [r.at for r in told.run.log.truths if r.kind == "fault.impact" and r.data["out"]]
    warnings = foretold(told)
    assert warnings
    assert 5 * MINUTE < out[0] - warnings[0].at < 60 * MINUTE
    ends = {"Denver>Kansas-City", "Kansas-City>Denver"}
    assert {name for r in warnings for name in r.ref["objects"]} <= ends


@pytest.mark.slow
def test_neither_the_evening_nor_what_breaks_at_once_is_foretold(live: Any) -> None:
    assert foretold(live(AT_ONCE, AutonomyLevel.L4)) == []
