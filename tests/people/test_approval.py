"""How fast changes are approved can be set for a run: 1, 5 and 15 minutes lie side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adn.base.clock import MINUTE
from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.session.assembly import assemble
from adn.session.replaying import replay
from adn.session.run import Run, identity_of, run_scenario


def approved(run: Run) -> list[float]:
    return [
        record.data["took_s"]
        for record in run.log.events
        if record.kind == "work.replied" and record.data["task"] == "J"
    ]


def test_a_run_with_another_approval_is_a_run_of_its_own(scenario: Path) -> None:
    """One with the scenario's own is not: the scenario says one minute."""
    loaded = read(str(scenario))
    stated, same, other = (
        assemble(loaded, AutonomyLevel.L3, 4, approval=approval and approval * MINUTE)
        for approval in (None, 1, 15)
    )
    assert identity_of(same) == identity_of(stated)
    assert identity_of(other) == {**identity_of(stated), "approval_s": 900.0}
    assert other.briefing.operations.approval == 15 * MINUTE


@pytest.mark.slow
def test_a_longer_approval_is_the_same_draw_of_a_longer_median(
    lived: Callable[[str], Run], scenario: Path, tmp_path: Path
) -> None:
    """Nothing but the scale of the draw hangs on it, and it is lived again with it."""
    slow = run_scenario(read(str(scenario)), AutonomyLevel.L3, 4, approval=15 * MINUTE)
    assert approved(slow)[0] == pytest.approx(15 * approved(lived("L3"))[0], rel=1e-4)
    again = replay(slow.write(tmp_path))
    assert again.same, again.difference
