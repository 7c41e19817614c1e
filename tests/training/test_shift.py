"""A shift is an ordinary run in which somebody is asked."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from adn.closedloop.people.rota import TRAINEE
from adn.session.replaying import replay
from adn.session.run import run_scenario
from adn.training.lanes import log_of
from adn.training.prices import prices_of
from adn.training.rating import given_to_trainee
from adn.training.scripted import RULES, Scripted
from adn.training.shift import work

from .conftest import shift, typed, worked_by


@pytest.mark.parametrize("name", ["does-nothing", "plays-well"])
def test_a_shift_is_lived_again_from_its_folder(name: str, tmp_path: Path) -> None:
    """What the trainee answered is recorded, so that a replay has the same digest."""
    worked, _ = worked_by(name)
    assert replay(worked.run.write(tmp_path)).same


def test_the_same_moves_make_the_same_shift() -> None:
    """A shift hangs on its scenario, level, seed and moves alone."""
    again = work(shift(hints=True), Scripted(RULES["plays-well"]))
    assert again.run.manifest["digest"] == worked_by("plays-well")[0].run.manifest["digest"]


def test_where_the_system_does_it_all_a_trainee_changes_nothing() -> None:
    """At L5 nobody is asked, and the public log is that of a run without a trainee."""
    watched = work(shift("L5"), Scripted(RULES["does-nothing"])).run
    alone = run_scenario(shift().loaded, shift("L5").level, 1)
    asked = [r for r in watched.log.events if r.kind == "work.queued"]
    assert {r.data["role"] for r in asked} <= {"field"}
    assert watched.log.lines()[0] == alone.log.lines()[0]


def test_one_trainee_does_one_thing_at_a_time() -> None:
    """Whoever fills several desks has one queue: no two pieces of work overlap."""
    log = log_of(worked_by("plays-well")[0].run)
    spans = sorted(
        (round(one.reply.at / 1000 - one.reply.data["took_s"], 3), one.reply.at / 1000)
        for one in given_to_trainee(log)
        if "spells" not in one.reply.data and one.reply.data["verdict"] != "outstanding"
    )
    assert len(spans) > 3
    assert all(before[1] <= after[0] + 1e-3 for before, after in itertools.pairwise(spans))


def test_every_step_costs_its_price_and_the_world_goes_on() -> None:
    """On the turn clock a look takes what the price list says, and time has passed after it."""
    front = typed("alarms", "kpis", "tickets")
    prices = front.briefing["prices_s"]
    first, second, third = (sheet["now_s"] for sheet in front.sheets[:3])
    assert second - first == pytest.approx(prices["alarms"])
    assert third - second == pytest.approx(prices["kpis"])


def test_prices_follow_the_profile_where_it_has_the_row() -> None:
    """What the people's profile times, is not priced twice."""
    from adn.closedloop.people.profile import profile_of

    profile = profile_of("noc-default")
    row = profile.timing("front-office", "D", "suggested")
    assert row is not None
    assert prices_of(profile)["alarms"] == row.median


def test_on_the_wall_clock_thinking_takes_time() -> None:
    """What passes on the wall passes in the world, times the speed."""
    ticks = iter(range(0, 100_000, 3))
    left = ["look", "look", "look"]

    def rule(sheet: object) -> object:
        from adn.training.frontend import Move

        return Move("look", "alarms") if left and left.pop() else Move("leave")

    front = Scripted(rule)  # type: ignore[arg-type]
    work(shift(clock="wall", speed=10.0), front, lambda: float(next(ticks)))
    gaps = [b["now_s"] - a["now_s"] for a, b in zip(front.sheets, front.sheets[1:], strict=False)]
    assert gaps == pytest.approx([30.0, 30.0, 30.0])


def test_the_end_of_the_input_ends_the_shift_and_keeps_it() -> None:
    """Whoever leaves is missed: their work lies there to the end, and the run is whole."""
    front = typed("alarms")
    assert front.shown[-1] == "   your shift ends here; what was recorded is kept"
    worked, _ = worked_by("does-nothing")
    assert worked.left_at is not None
    log = log_of(worked.run)
    work = [one for one in given_to_trainee(log) if not one.routine]
    assert work
    assert not any(one.own for one in work)
    assert log.events[-1].kind == "run.ended"


def test_others_work_goes_to_colleagues() -> None:
    """Who sits at one desk is asked of its work alone; modelled people do the rest."""
    front = Scripted(RULES["follows-the-system"])
    run = work(shift(roles=("duty-lead",)), front).run
    assert {sheet["work"]["role"] for sheet in front.sheets} == {"duty-lead"}
    replies = [r for r in run.log.events if r.kind == "work.replied"]
    people = {r.data["person"] for r in replies if r.data.get("person")}
    assert TRAINEE in people
    assert len(people) > 2
    assert run.manifest["trainee"] == ["duty-lead"]


def test_everything_a_front_end_gets_is_plain() -> None:
    """Sheets and briefing are JSON, so that a page and a pipe can have them."""
    front = Scripted(RULES["plays-well"])
    work(shift(hints=True), front)
    assert json.loads(json.dumps(front.sheets)) == front.sheets
