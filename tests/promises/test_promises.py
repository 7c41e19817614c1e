"""The library's scenarios keep their promises, and their scores depend on the truth.

The full promises are over many seeds (`adn check --run scenarios/*.yml`); here the first of them. A
scenario of a week, and one in which the oracle searches for minutes, are left to that command.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel
from adn.base.records import Record
from adn.reference.expecting import expected
from adn.scenario import known_scenarios, read
from adn.scoring import score_records
from adn.session.run import Run, run_scenario

LIBRARY = sorted(name for name in known_scenarios() if read(name).scenario.expect)
LONG = {"grey-week", "natural-month", "two-at-once"}
EVENINGS = {"germany50-evening": 3}
"""Of two faults an evening one is a half: where one may be missed, more evenings are lived."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(LIBRARY) - LONG))
def test_a_scenario_keeps_its_promises(name: str, tmp_path: Path) -> None:
    """On its first seed, or the first few, a scenario is as its author promises."""
    promised = re.compile(r"seeds: {from: 1, to: \d+}")
    text = read(name).text
    assert promised.search(text)
    path = tmp_path / f"{name.replace('/', '-')}.yml"
    lived = f"seeds: {{from: 1, to: {EVENINGS.get(name, 1)}}}"
    path.write_text(promised.sub(lived, text), encoding="utf-8")
    outcomes = expected(read(str(path)))
    assert outcomes
    assert [outcome for outcome in outcomes if not outcome.met] == []


def relabelled(run: Run, target: str) -> list[Record]:
    """Return the truth of a run as if its fault had struck another object."""
    return [
        replace(
            record,
            ref={**record.ref, "target": target},
            data={**record.data, "equivalent": [[target, record.data["class"]]]},
        )
        if record.kind == "fault.planned"
        else record
        for record in run.log.truths
    ]


@pytest.mark.slow
def test_location_is_scored_by_the_truth_and_nothing_else() -> None:
    """With targets exchanged between seeds, what was located right is right no more."""
    loaded = read("germany50-silent-loss")
    runs = [run_scenario(loaded, AutonomyLevel.L4, seed) for seed in (1, 2, 3)]
    targets = [run.scorecard.faults[0].fault.target for run in runs]
    assert len(set(targets)) == len(targets)
    assert all(run.scorecard.faults[0].clocks.located_top1 for run in runs)
    for run, wrong in zip(runs, targets[1:] + targets[:1], strict=True):
        card = score_records(run.log.events, relabelled(run, wrong), run.manifest)
        assert not card.faults[0].clocks.located_top1
        assert not card.faults[0].met_135
