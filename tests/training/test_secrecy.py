"""Before the debrief a trainee is shown nothing but what operations can see."""

from __future__ import annotations

from typing import Any

import pytest

from adn.faults.injector import Injector
from adn.faults.kinds import built_in_kinds
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.testing.reachability import paths_to
from adn.training import shift as shifts
from adn.training.frontend import Move
from adn.training.scripted import RULES, Scripted
from adn.training.seat import Seat
from adn.training.shift import work
from adn.twin.twin import Twin

from .conftest import Typist, shift, worked_by

SECRET_WORDS = ("FLT-", "zanzibar", "Quetzal", "Xylophone", "wolpertinger", "evening.yml")


@pytest.mark.parametrize("name", ["follows-the-system", "plays-well", "always-escalates"])
def test_no_byte_shown_names_a_secret(name: str) -> None:
    """No fault id, no kind of fault, no word of the scenario is on the screen."""
    _, front = worked_by(name)
    public = {*PROBLEM_CLASSES, *command_kinds()}
    kinds = [kind for kind in built_in_kinds() if kind not in public]
    assert len(kinds) > 10
    assert [word for word in (*SECRET_WORDS, *kinds) if word in front.bytes_shown] == []


def test_nothing_points_at_the_target_before_it_is_struck() -> None:
    """Before the onset no screen singles out what is going to be struck."""

    def rule(sheet: Any) -> Move:
        if sheet["now_s"] > 600:
            return Move("leave")
        return Move("look", "kpis" if len(front.sheets) % 2 else "alarms")

    front = Typist(rule)
    worked = work(shift("L1", routine=True), front)
    (fault,) = [r for r in worked.run.log.truths if r.kind == "fault.planned"]
    early = [sheet for sheet in front.sheets if sheet["now_s"] < 600]
    assert len(early) > 3
    assert fault.ref["target"] not in str(early)
    assert fault.ref["target"] not in str(front.briefing)


def test_a_seat_cannot_reach_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a seat in the middle of a shift no road leads to the twin or its faults."""
    seats: list[Seat] = []
    found: list[str] = []
    make = shifts._seat

    def kept(*given: Any) -> Seat:
        seats.append(make(*given))
        return seats[-1]

    def rule(sheet: Any) -> Move:
        if sheet["incident"] and not found:
            found.append("looked")
            found.extend(paths_to(seats[0], lambda one: isinstance(one, Twin | Injector)))
        return RULES["does-nothing"](sheet) if found else RULES["follows-the-system"](sheet)

    monkeypatch.setattr(shifts, "_seat", kept)
    work(shift(), Scripted(rule))
    assert found == ["looked"]
