"""What comes back by itself is let be."""

from __future__ import annotations

from typing import Any

import pytest

from adn.base.levels import AutonomyLevel

HEALS = """\
clock: {duration: 70min, warmup: 15min}
disturbances:
  - {kind: link-heals, at: 40min, for: 40s, target: {link: "Chicago~Indianapolis"}}
"""


@pytest.mark.slow
def test_a_link_that_came_back_is_measured_watched_and_not_bounced(live: Any) -> None:
    told = live(HEALS, AutonomyLevel.L4)
    assert {r.data["purpose"] for r in told.records("command.submitted")} <= {
        "probe",
        "mitigate",
        "rollback",
    }
    assert [r.data["status"] for r in told.records("incident.status")][-2:] == [
        "restored",
        "closed",
    ]
    assert told.card["wrong_actions"] == 0
