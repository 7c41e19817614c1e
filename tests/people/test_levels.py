"""The same incident at L0 to L5: each level adds what the table says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel, Task, level_table
from adn.base.records import CATALOGUE
from adn.closedloop.people.actor import Actor, Reply, WorkItem
from adn.scenario import read
from adn.scoring.assess import OWED, Handwork
from adn.scoring.log import RunLog, as_logged
from adn.scoring.scorer import score_records
from adn.session.replaying import replay
from adn.session.replies import read_replies, replies_of
from adn.session.run import Run, run_scenario

QUICK = ["L0", "L2", "L3", "L4"]
LEVELS = [*QUICK, *(pytest.param(level, marks=pytest.mark.slow) for level in ("L1", "L5"))]
Lived = Callable[[str], Run]


def handwork(run: Run) -> Handwork:
    return Handwork.of(RunLog(run.manifest, as_logged(run.log.events), as_logged(run.log.truths)))


@pytest.mark.parametrize("level", LEVELS)
def test_a_run_lives_the_level_it_was_configured_at(lived: Lived, level: str) -> None:
    assert lived(level).scorecard.level_lived == level


@pytest.mark.parametrize("level", LEVELS)
def test_nobody_has_less_of_a_hand_in_a_task_than_the_table_gives_them(
    lived: Lived, level: str
) -> None:
    run, table = lived(level), level_table()
    hands = handwork(run)
    for record in run.log.events:
        if record.task and record.by:
            owed = OWED[table.performer(Task(record.task), AutonomyLevel(level))]
            assert hands.subject(record) >= owed, record


@pytest.mark.parametrize("level", LEVELS)
def test_every_record_holds_what_the_catalogue_promises(lived: Lived, level: str) -> None:
    for record in lived(level).log.events:
        kind = CATALOGUE[record.kind]
        assert set(kind.ref) <= set(record.ref), record
        assert set(kind.data) <= set(record.data), record


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_level_the_cut_is_found_and_service_restored(lived: Lived, level: str) -> None:
    """People may look in the wrong place first; they get there."""
    (fault,) = lived(level).scorecard.faults
    assert fault.clocks.detect is not None
    assert fault.clocks.restored_by == "command"


def test_one_to_five_is_out_of_reach_with_a_person_on_the_critical_path(lived: Lived) -> None:
    restored = {level: lived(level).scorecard.faults[0].clocks.restore for level in QUICK}
    assert all(restored[level] > 300_000 for level in ("L0", "L2"))
    assert restored["L4"] < 300_000


def test_people_have_less_to_do_from_l0_to_l2_to_l4(lived: Lived) -> None:
    desks = [lived(level).scorecard.people.desks for level in ("L0", "L2", "L3", "L4")]
    assert desks == sorted(desks, reverse=True)
    assert desks[-1] < desks[0] / 20


def test_at_l0_nothing_of_telemetry_is_believed_before_it_was_read_by_hand(lived: Lived) -> None:
    evidence = {
        name
        for record in lived("L0").log.events
        if record.kind in ("incident.opened", "incident.updated")
        for name in record.ref["evidence"]
    }
    assert evidence
    assert {name[:4] for name in evidence} <= {"ALM-", "TCK-"}


def test_data_is_collected_by_people_alone_by_both_and_by_the_system(lived: Lived) -> None:
    by = {
        level: {r.by for r in lived(level).log.events if r.kind == "data.collected"}
        for level in QUICK
    }
    assert by["L0"] == {"human"}
    assert by["L2"] == {"human", "system"}
    assert by["L3"] == by["L4"] == {"system"}


def test_reviewers_are_shown_a_suggestion_and_people_alone_are_not(lived: Lived) -> None:
    shown = {
        level: {
            (r.data["task"], r.data["suggested"])
            for r in lived(level).log.events
            if r.kind == "work.queued" and r.ref["incident"] and r.data["role"] != "field"
        }
        for level in ("L0", "L2", "L3")
    }
    assert not any(suggested for _, suggested in shown["L0"])
    assert {("E", True), ("G", True), ("H", False), ("J", False)} <= shown["L2"]
    assert {("G", True), ("H", True), ("I", True), ("J", True)} <= shown["L3"]


def test_claiming_another_level_changes_nothing_but_the_claim(lived: Lived) -> None:
    run = lived("L2")
    card = run.scorecard.as_json()
    for level in QUICK:
        claimed = score_records(run.log.events, run.log.truths, {**run.manifest, "level": level})
        assert claimed.as_json() == {**card, "level": level}


def test_a_recording_gives_the_same_digest(lived: Lived, tmp_path: Path) -> None:
    """What people said is written down whole: lived again, nobody need think again."""
    folder = lived("L0").write(tmp_path)
    assert read_replies(folder) == replies_of(lived("L0").log.events)
    again = replay(folder)
    assert again.same, again.difference


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
def test_a_loop_apart_gives_the_same_digest(lived: Lived, level: str, tmp_path: Path) -> None:
    again = replay(lived(level).write(tmp_path), isolate=True)
    assert again.same, again.difference


@pytest.mark.slow
def test_a_loop_apart_draws_the_same_people(lived: Lived, scenario: Path) -> None:
    """Not from the recording: the people are modelled in the other process."""
    apart = run_scenario(read(str(scenario)), AutonomyLevel.L1, 4, isolate=True)
    assert apart.log.digest() == lived("L1").log.digest()


class Stubborn:
    """Refuses every change, and else does as it is told."""

    def __init__(self, inner: Actor) -> None:
        self.inner = inner

    def ask(self, item: WorkItem) -> Reply:
        if item.task == Task.DETERMINATION and item.looks:
            return Reply("reject", {"go": False, "reason": "not on my watch"})
        return self.inner.ask(item)


def test_a_person_s_veto_is_obeyed(scenario: Path) -> None:
    """Whoever reviews has the last word: nothing is changed against it."""
    from adn.base.clock import MINUTE
    from adn.closedloop.loop import ClosedLoop
    from adn.closedloop.people.modelled import ModelledActor
    from adn.closedloop.people.profile import profile_of
    from adn.session.assembly import assemble
    from adn.session.run import finish, play

    assembly = assemble(read(str(scenario)), AutonomyLevel.L3, 4)
    briefing = assembly.briefing
    modelled = ModelledActor(profile_of("noc-default"), MINUTE, briefing.key.child("people"))
    play(assembly, ClosedLoop(briefing, actor=Stubborn(modelled)))
    events = finish(assembly).log.events
    decided = [r for r in events if r.kind == "plan.decided"]
    assert decided
    assert {r.data["verdict"] for r in decided} == {"reject"}
    assert not [
        r
        for r in events
        if r.kind == "command.submitted" and r.data["purpose"] in ("mitigate", "repair")
    ]


def test_the_same_seed_strikes_the_same_way_at_every_level(lived: Lived) -> None:
    planned = [
        [(r.at, r.ref, r.data) for r in lived(level).log.truths if r.kind == "fault.planned"]
        for level in QUICK
    ]
    assert all(rows == planned[0] for rows in planned)


def test_timings_that_nobody_published_are_counted_where_people_worked(lived: Lived) -> None:
    counts = {level: lived(level).scorecard.timings_assumed for level in ("L0", "L4")}
    assert counts["L0"] > counts["L4"] + 10
