"""How fast changes are approved can be set for a run: 1, 5 and 15 minutes lie side by side."""

from __future__ import annotations

from pathlib import Path

from adn.base.clock import MINUTE, Millis
from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.session.replaying import replay
from adn.session.run import Run, run_scenario


def at(scenario: Path, approval: Millis | None) -> Run:
    return run_scenario(read(str(scenario)), AutonomyLevel.L3, 4, approval=approval)


def approved(run: Run) -> list[float]:
    return [
        record.data["took_s"]
        for record in run.log.events
        if record.kind == "work.replied" and record.data["task"] == "J"
    ]


def test_a_longer_approval_is_the_same_draw_of_a_longer_median(
    scenario: Path, tmp_path: Path
) -> None:
    """The scenario says one minute; nothing but the scale of the draw hangs on it."""
    stated, same, slow = (at(scenario, n and n * MINUTE) for n in (None, 1, 15))
    assert same.manifest == stated.manifest
    assert "approval_s" not in stated.manifest
    assert slow.manifest["approval_s"] == 900.0
    assert approved(slow)[0] > 14 * approved(stated)[0]
    again = replay(slow.write(tmp_path))
    assert again.same, again.difference
