"""What a debrief says of trainees who are no good, and of one who is."""

from __future__ import annotations

import json

import pytest

from adn.scoring.pairing import pairing_of
from adn.training.debrief_page import page_of
from adn.training.debrief_text import debrief_lines
from adn.training.lanes import log_of
from adn.training.rating import given_to_trainee, rating_of, task_points

from .conftest import compared, debriefed, shift, worked_by


def test_who_does_nothing_scores_nothing_and_is_told_so() -> None:
    """An empty chair has no score, and the debrief counts what lay on the desk."""
    found = debriefed("does-nothing")
    left = found["rating"]["work"]["left_lying"]
    assert found["score"] == 0.0
    assert left > 0
    assert found["says"][0].startswith("You left after ")
    assert found["says"][0].endswith(f"nobody took your place: {left} pieces of work lay undone.")


def test_who_reboots_everything_scores_next_to_nothing_and_is_told_so() -> None:
    """Commands that do harm, or nothing about any cause, are counted and named."""
    found = debriefed("reboots-everything")
    assert found["score"] <= 10.0
    wrong = len(found["rating"]["wrong"])
    assert wrong >= 5
    says = f"{wrong} commands of yours did harm, or nothing about any cause: "
    assert found["says"][0] == f"{says}{wrong} × reboot-element."


def test_who_always_escalates_scores_nothing_and_is_told_so() -> None:
    """What colleagues did well is not the trainee's."""
    found = debriefed("always-escalates")
    work = found["rating"]["work"]
    assert found["score"] == 0.0
    assert work["given_away"] == work["given"] > 0
    assert found["says"] == [
        (
            f"You gave {work['given']} of {work['given']} pieces of work away: "
            "what came right of it was done by colleagues."
        )
    ]


def test_who_plays_well_scores_well() -> None:
    """A good trainee is far above all bad ones, and pays for hints alone."""
    found = debriefed("plays-well")
    assert found["score"] >= 60.0
    assert found["rating"]["wrong"] == []
    assert found["rating"]["handled"] == 1.0
    without = found["score"] + found["rating"]["hints"]
    assert without >= 75.0


def test_the_lanes_are_lived_on_the_same_seed() -> None:
    """Trainee, modelled people and engine faced the same fault at the same instant."""
    lanes = compared()
    onsets = {
        name: [(f.fault.id, f.fault.target, f.fault.onset) for f in run.scorecard.faults]
        for name, run in lanes.by_name().items()
    }
    assert onsets["trainee"] == onsets["expert"] == onsets["engine"]
    found = debriefed("plays-well")
    assert [row["level"] for row in found["lanes"].values()] == ["L2", "L2", "L4"]


def test_a_score_is_what_its_parts_make() -> None:
    """The documented formula, worked out by hand from the parts that the debrief shows."""
    rating = debriefed("plays-well")["rating"]
    clocks = [row["points"] for row in rating["clocks"].values()]
    tasks = [row["points"] for row in rating["tasks"].values() if row["points"] is not None]
    skill = 0.6 * sum(clocks) / len(clocks) + 0.4 * sum(tasks) / len(tasks)
    expected = skill * rating["conduct"] / 100 * rating["handled"] - rating["hints"]
    assert rating["score"] == pytest.approx(expected, abs=0.1)


def test_a_clock_is_held_against_the_longer_of_target_and_modelled_people() -> None:
    """Nobody is asked to be faster than the target, or than people are."""
    lanes = compared()
    clocks = debriefed("plays-well")["rating"]["clocks"]
    (expert,) = lanes.expert.scorecard.faults
    for name in ("detect", "locate", "restore"):
        took = getattr(expert.clocks, name)
        (row,) = clocks[name]["faults"]
        assert row["allowed_s"] == max(clocks[name]["target_s"], (took or 0) / 1000)


def test_a_score_is_read_from_the_folder_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever has the run folder can score the shift again."""
    from adn.scoring.log import read_run
    from adn.scoring.scorer import score_log

    worked, _ = worked_by("plays-well")
    log = read_run(worked.run.write(tmp_path_factory.mktemp("runs")))
    rating = rating_of(log, score_log(log), compared().expert.scorecard, shift().level, frozenset())
    assert rating == debriefed("plays-well")["rating"]


def test_tasks_without_instances_have_no_points() -> None:
    """Nothing is earned, nor lost, by what never came up."""
    from adn.base.levels import Task

    none = {"points": None, "right": 0, "of": 0, "never_done": 0}
    assert task_points([], [Task.DEMARCATION]) == {"G": none}


def test_what_the_system_does_at_a_level_is_not_the_trainees() -> None:
    """At L4 the cause is the system's to find; it is rated where it came to the trainee."""
    from adn.base.levels import AutonomyLevel, Task
    from adn.scoring.assess import Subject
    from adn.scoring.tasks import TaskInstance
    from adn.training.rating import _of_people

    def found_by(who: Subject | None) -> TaskInstance:
        return TaskInstance(Task.ROOT_CAUSE, "F", "k", "ip", "I", 0, 1, who, True, None)

    rows = [found_by(who) for who in (Subject.SYSTEM, Subject.PERSON, Subject.SHARED, None)]
    assert list(_of_people(rows, AutonomyLevel.L4)) == rows[1:3]
    assert list(_of_people(rows, AutonomyLevel.L2)) == rows


def test_a_debrief_tells_the_truth_and_when_it_could_be_seen() -> None:
    """Fault, first sign in the log and what it was taken for stand side by side."""
    found = debriefed("plays-well")
    (fault,) = found["faults"]
    worked, _ = worked_by("plays-well")
    log = log_of(worked.run)
    assert fault["kind"] == "silent-loss"
    assert fault["incident"] == pairing_of(log).incidents[fault["id"]].id
    assert fault["named"][0]["right"] is True
    for seen in fault["seen"].values():
        assert seen is None or seen["at_s"] >= fault["onset_s"]
    given = given_to_trainee(log)
    assert [row["work"] for row in found["steps"]] == [one.reply.id for one in given]


@pytest.mark.parametrize("name", ["does-nothing", "plays-well"])
def test_a_debrief_can_be_read_drawn_and_sent(name: str) -> None:
    """It is JSON, lines, and one page that asks for nothing."""
    found = debriefed(name)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    lines = list(debrief_lines(found))
    assert f"   score {found['score']:.0f} of 100" in lines
    page = page_of(found)
    assert page.startswith("<!DOCTYPE html>")
    assert "http" not in page.replace("http-equiv", "")
    assert found["title"] in page
