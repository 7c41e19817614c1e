"""The bounds of a score: nobody acts, and someone who knows everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel
from adn.reference import bounds
from adn.reference.expecting import expected, measured
from adn.scenario import read
from adn.scenario.reader import LoadedScenario
from adn.session.run import run_scenario

SHORT = """\
adn: 1
name: short
version: 1
title: One link of the Abilene network fails
clock: {duration: 26min, warmup: 6min, starts: "20:00"}
topology: {source: topohub:topozoo/Abilene, headroom: 50%, total_demand: 170Gbit/s, MORE}
services:
  - {kind: voice, share: 40%, sla: {latency: 120ms, loss: 0.5%}}
  - {kind: internet, share: 60%, elastic: true, sla: {latency: 250ms, loss: 50%}}
faults:
  - {kind: KIND, at: 8min, target: TARGET, with: WITH}
expect: {seeds: {from: 1, to: 2}, at: {L4: {found: 1.0, met_135: {min: 50%}, wrong_actions: 7}}}
"""


def short(
    tmp_path: Path, kind: str, target: str, given: str = "{}", more: str = "metric: length"
) -> LoadedScenario:
    text = SHORT.replace("KIND", kind).replace("TARGET", target).replace("WITH", given)
    text = text.replace("MORE", more)
    path = tmp_path / "short.yml"
    path.write_text(text, encoding="utf-8")
    return read(str(path))


def silent(tmp_path: Path) -> LoadedScenario:
    return short(tmp_path, "silent-loss", "{direction: Denver>Kansas-City}", "{share: 5%}")


def test_what_routing_heals_is_self_healed(tmp_path: Path) -> None:
    loaded = short(tmp_path, "link-down", "{link: Chicago~New-York}")
    assert bounds.references(loaded, 1) == {"FLT-0001": {"self_healed": True, "restorable": True}}


def test_silent_loss_hurts_until_someone_acts_and_someone_can(tmp_path: Path) -> None:
    loaded = silent(tmp_path)
    assert bounds.references(loaded, 1) == {"FLT-0001": {"self_healed": False, "restorable": True}}


def test_an_end_that_is_cut_off_cannot_be_restored(tmp_path: Path) -> None:
    """Both links of New York in one duct: only a crew brings light back."""
    links = "[Chicago~New-York, New-York~Washington-DC]"
    both = f"shared_ducts: [{{name: bridge, links: {links}, length: 3km}}]"
    loaded = short(tmp_path, "fibre-cut", "{duct: bridge}", more=both)
    assert bounds.references(loaded, 1) == {"FLT-0001": {"self_healed": False, "restorable": False}}


def test_oracle_is_best_and_the_loop_beats_doing_nothing(tmp_path: Path) -> None:
    loaded = silent(tmp_path)
    degraded = [
        card.service.degraded + card.service.down
        for card in (
            bounds.oracle_run(loaded, 1),
            run_scenario(loaded, AutonomyLevel.L4, 1).scorecard,
            bounds.idle_run(loaded, 1),
        )
    ]
    assert degraded[0] < degraded[1] < degraded[2]


def test_bounds_are_kept_and_damaged_ones_are_made_again(tmp_path: Path) -> None:
    loaded, cache = silent(tmp_path), tmp_path / "kept"
    made = bounds.bounds_of(loaded, 1, cache)
    assert len(list(cache.iterdir())) == 2
    for kept in cache.iterdir():
        kept.write_text('{"FLT-0001": {"self_healed": "yes"}}', encoding="utf-8")
    assert bounds.bounds_of(loaded, 1, cache) == made
    assert bounds.bounds_of(loaded, 1, cache) == made


def test_kept_bounds_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, cache = silent(tmp_path), tmp_path / "kept"
    made = bounds.bounds_of(loaded, 1, cache)
    monkeypatch.setattr(bounds, "oracle_run", lambda *_: pytest.fail("was run again"))
    monkeypatch.setattr(bounds, "idle_run", lambda *_: pytest.fail("was run again"))
    assert bounds.bounds_of(loaded, 1, cache) == made


def test_bounds_are_lived_through_to_the_end_of_the_run(tmp_path: Path) -> None:
    """Only so can the service minutes lost be held against those of a level's run."""
    made = bounds.bounds_of(silent(tmp_path), 1)
    assert made.idle["simulated_s"] == made.oracle["simulated_s"] == 26 * 60.0


def test_promises_are_measured_over_all_seeds(tmp_path: Path) -> None:
    outcomes = {outcome.measure: outcome for outcome in expected(silent(tmp_path))}
    assert outcomes["found"].measured == 1.0
    assert outcomes["found"].met
    assert outcomes["met_135"].met
    assert not outcomes["wrong_actions"].met


def test_without_faults_shares_are_one_and_percentiles_zero() -> None:
    empty = measured([])
    assert empty["found"] == empty["met_135"] == 1.0
    assert empty["restore_p95"] == 0.0
