"""The bounds of a score: nobody acts, and someone who knows everything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from adn.base.clock import MINUTE, NEVER, Millis
from adn.base.levels import AutonomyLevel
from adn.northbound.commands import Command
from adn.northbound.post import Message, Observation
from adn.reference import bounds
from adn.reference.expecting import expected, measured
from adn.reference.oracle import Oracle
from adn.scenario import read
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import Scorecard
from adn.session.assembly import assemble
from adn.session.run import finish, play, run_scenario

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


class Harmful:
    """Bounces healthy links, for no reason at all."""

    def __init__(self, begins: Millis) -> None:
        self._next = begins

    def next_event(self) -> Millis:
        return self._next

    def deliver(self, now: Millis, seen: Observation) -> None:
        del now, seen

    def advance(self, now: Millis) -> Sequence[Message]:
        if now < self._next:
            return ()
        self._next = NEVER
        links = ["Denver~Kansas-City", "Denver~Sunnyvale", "Denver~Seattle"]
        return [
            Command(f"CMD-{number:04d}", "reset-interface", link, {})
            for number, link in enumerate(links, 1)
        ]


def test_a_harmful_loop_is_worse_than_nobody(tmp_path: Path) -> None:
    """Healthy links that are bounced at the peak cost more than the fault left alone."""
    loaded = silent(tmp_path)
    assembly = assemble(loaded, AutonomyLevel.L5, 1)
    play(assembly, Harmful(assembly.briefing.warmup + MINUTE))
    harmful, idle = finish(assembly).scorecard, bounds.idle_run(loaded, 1)
    assert lost(harmful) > lost(idle)
    assert harmful.wrong_actions > 0


def lost(card: Scorecard) -> int:
    return card.service.degraded + card.service.down


def test_crews_are_sent_for_what_only_they_can_mend(tmp_path: Path) -> None:
    """Otherwise a loop that sends one could lose less over an evening than the oracle."""
    assembly = assemble(silent(tmp_path), AutonomyLevel.L5, 1)
    play(assembly, Oracle(assembly.twin, assembly.briefing.warmup))
    sent = {r.data["kind"] for r in assembly.log.events if r.kind == "command.submitted"}
    assert "replace-transceiver" in sent


def test_what_comes_and_goes_is_taken_out_of_use(tmp_path: Path) -> None:
    """A flapping link hurts each time routing has to follow; the oracle does not wait for that."""
    loaded = short(tmp_path, "link-flap", "{link: Denver~Kansas-City}")
    assert lost(bounds.oracle_run(loaded, 1)) <= lost(bounds.idle_run(loaded, 1))


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
