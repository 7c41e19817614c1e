"""Workload by role, from what was handed over and what was answered, and from nothing else."""

from __future__ import annotations

from typing import Any

from story_builder import Run, ms

from adn.base.records import Record
from adn.scoring.people import RoleTime, most_at_once


def work(run: Run, name: str, role: str, queued: float, answered: float, **data: Any) -> Run:
    """Write one piece of work; `waited_s` and `took_s` as given."""
    said = {"task": "H", "role": role}
    command = {"command": data.pop("command")} if "command" in data else {}
    ref = {"incident": "INC-0001", **command}
    run.public.append(
        Record(ms(queued), "work.queued", "loop", name, ref=ref, data={**said, "priority": 1})
    )
    answer = {**said, "verdict": "done", "waited_s": 0.0, **data}
    run.public.append(Record(ms(answered), "work.replied", "loop", name, "", "human", ref, answer))
    return run


def roles(run: Run) -> Any:
    return run.score().as_json()["people"]["roles"]


def test_each_role_is_told_with_touches_minutes_waiting_and_head_count() -> None:
    run = Run(end_s=7200.0)
    work(run, "WRK-0001", "back-office", 600.0, 1200.0, took_s=600.0)
    work(run, "WRK-0002", "back-office", 900.0, 1500.0, took_s=540.0, waited_s=60.0)
    work(run, "WRK-0003", "back-office", 1500.0, 1560.0, took_s=60.0)
    work(run, "WRK-0004", "expert", 1500.0, 1560.0, took_s=60.0)
    assert roles(run) == {
        "back-office": {
            "touches": 3,
            "minutes": 20.0,
            "waited_minutes": 1.0,
            "peak": 2,
            "interruptions": 0,
            "handovers": 0,
        },
        "expert": {
            "touches": 1,
            "minutes": 1.0,
            "waited_minutes": 0.0,
            "peak": 1,
            "interruptions": 0,
            "handovers": 0,
        },
    }


def test_while_work_is_laid_down_nobody_is_at_it() -> None:
    """One person does both: what was interrupted lies there meanwhile."""
    run = Run(end_s=7200.0)
    work(run, "WRK-0002", "expert", 700.0, 1000.0, took_s=300.0)
    spells = [[600.0, 700.0, "expert-1"], [1000.0, 1500.0, "expert-1"]]
    more = {"spells": spells, "interruptions": 1, "handovers": 0, "waited_s": 300.0}
    work(run, "WRK-0001", "expert", 600.0, 1500.0, took_s=600.0, **more)
    assert (roles(run)["expert"]["peak"], roles(run)["expert"]["interruptions"]) == (1, 1)
    assert roles(run)["expert"]["waited_minutes"] == 5.0


def test_what_nobody_has_come_to_needs_nobody_yet() -> None:
    run = Run(end_s=3600.0)
    left = {"verdict": "outstanding", "took_s": 900.0}
    work(run, "WRK-0001", "expert", 3000.0, 3600.0, **left)
    work(run, "WRK-0002", "expert", 3300.0, 3600.0, waited_s=300.0, **left)
    assert (roles(run)["expert"]["peak"], roles(run)["expert"]["minutes"]) == (1, 30.0)


def test_crews_are_a_role_and_bound_from_the_moment_they_are_sent() -> None:
    """Setting out, and driving for nothing, comes before the command."""
    run = Run(end_s=7200.0)
    run.command(1800.0, "CMD-0001", finished_s=3600.0).effect("CMD-0001", field=True)
    work(run, "FLD-0001", "field", 600.0, 3600.0, took_s=2900.0, waited_s=100.0, command="CMD-0001")
    people = run.score().people
    assert people.roles["field"] == RoleTime(1, 2_900_000, 100_000, 1)
    assert (people.touches, people.desks, people.field) == (0, 0, 1_800_000 + 1_100_000)


def test_one_spell_that_ends_as_another_begins_is_one_person() -> None:
    """And so is one that seems to end a little later, by the digits that records have."""
    assert most_at_once([(0, 10_000), (10_000, 20_000)]) == 1
    assert most_at_once([(0, 10_400), (10_000, 20_000)]) == 1
    assert most_at_once([(0, 10_000), (9_000 - 1, 20_000), (8_000, 12_000)]) == 3
    assert most_at_once([]) == 0
