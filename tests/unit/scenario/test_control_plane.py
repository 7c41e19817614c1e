"""The control plane as scenarios state it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adn.scenario.controlspec import ControlPlaneEntry
from adn.twin.timers import Damping, Protocol, Timers


def test_what_is_not_stated_is_as_the_twin_has_it() -> None:
    entry = ControlPlaneEntry.model_validate({})
    assert entry.timers() == Timers()
    assert entry.protocol() == Protocol(fast_reroute=False, damping=None)


def test_what_is_stated_reaches_the_twin() -> None:
    entry = ControlPlaneEntry.model_validate(
        {
            "fast_reroute": True,
            "repair": "40ms",
            "carrier": {"down": "1s", "up": "10s"},
            "back_off": {"initial": "10ms", "short": "20ms", "long": "30ms"},
            "damping": {"half_life": "30s", "longest": "2min"},
        }
    )
    timers = entry.timers()
    assert (timers.repair, timers.carrier_down, timers.carrier_up) == (40, 1_000, 10_000)
    assert (timers.spf_initial, timers.spf_short, timers.spf_long) == (10, 20, 30)
    damping = Damping(half_life=30_000, longest=120_000)
    assert entry.protocol() == Protocol(fast_reroute=True, damping=damping)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"back_off": {"initial": "1s"}}, "delays grow: initial, short, long"),
        ({"damping": {"reuse": 3000.0}}, "an interface is let up at less than it is held for"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ControlPlaneEntry.model_validate(given)
