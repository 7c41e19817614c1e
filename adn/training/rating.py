"""The score of a shift, 0 to 100, read from its logs.

* A **clock** (detect, locate, restore) gives 100 × min(1, R/m) for each fault that counts, where m
  is how long it took and R the longer of the target and of what the modelled expert took on the
  same seed; 0 if it never came to that. The mean over faults counts.
* A **task** (A–K, V) gives the share of its instances that the truth bears out, of those tasks that
  people have a part in at the level and that belong to the trainee's desks; what a fault called for
  and nobody did is not borne out.
* **Conduct** begins at 100 and loses 20 for every command of a plan that the trainee chose or
  approved and that did harm, or neither helped nor renewed anything, and 20 for every incident
  opened on nothing where recognising is theirs.
* **Handled** is the share of the work given to the trainee that they answered themselves; what was
  handed on, or lay there because they had left, is not.

score = (0.6 × mean of the clocks + 0.4 × mean of the tasks) × conduct × handled − hints, and not
below 0. What was done in passing (`routine`) is in none of it. Weights and deductions are
assumptions. Where no fault counts, the tasks alone do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from adn.base.clock import seconds
from adn.base.levels import AutonomyLevel, Performer, Task, level_table
from adn.base.records import Record
from adn.closedloop.people.rota import TRAINEE
from adn.scoring.actions import wrong_actions
from adn.scoring.assess import Subject
from adn.scoring.log import RunLog
from adn.scoring.scorecard import Scorecard
from adn.scoring.tasks import TaskInstance, task_instances

CLOCK_WEIGHT: Final = 0.6
TASK_WEIGHT: Final = 0.4
WRONG: Final = 20.0
HINT: Final = 1.0
CLOCKS: Final = ("detect", "locate", "restore")
DESK_OF: Final[Mapping[Task, str]] = {
    Task.CONTROL_INFORMATION: "duty-lead",
    Task.INTENT_EVALUATION: "duty-lead",
    Task.DATA_COLLECTION: "front-office",
    Task.ALARM_FILTERING: "front-office",
    Task.FAULT_RECOGNITION: "front-office",
    Task.FAULT_PREDICTION: "back-office",
    Task.DEMARCATION: "front-office",
    Task.ROOT_CAUSE: "back-office",
    Task.RECOVERY_ANALYSIS: "back-office",
    Task.DETERMINATION: "duty-lead",
    Task.EXECUTION: "back-office",
    Task.VERIFICATION: "back-office",
}
"""At which desk a task is done first."""
SET_BEFORE: Final = frozenset({Task.CONTROL_INFORMATION})
"""What people do before the run is not rated."""
GIVEN_AWAY: Final = frozenset({"escalate", "pass"})
ABSENT: Final = "absent"
ROUTINE: Final = "routine"
BY_READING: Final = frozenset({Task.INTENT_EVALUATION.value, Task.FAULT_PREDICTION.value})
"""Tasks that are rated only where the trainee was asked."""
UNDONE: Final = frozenset({"outstanding", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of work that was the trainee's.

    Attributes:
        reply: The record of its answer.
        steps: What they did, one after the other.
    """

    reply: Record
    steps: tuple[Mapping[str, Any], ...]

    @property
    def did(self) -> tuple[str, ...]:
        """The names of the steps."""
        return tuple(str(step["did"]) for step in self.steps)

    @property
    def absent(self) -> bool:
        """Whether it lay there because they had left."""
        return ABSENT in self.did

    @property
    def given_away(self) -> bool:
        """Whether somebody else answered it."""
        return not GIVEN_AWAY.isdisjoint(self.did)

    @property
    def routine(self) -> bool:
        """Whether it was done in passing, without the trainee being asked."""
        return ROUTINE in self.did

    @property
    def passing(self) -> bool:
        """Whether it is nothing that a trainee is asked about, unless they want to be."""
        reading = self.absent and self.reply.data["task"] in BY_READING
        return self.routine or reading

    @property
    def own(self) -> bool:
        """Whether they answered it themselves."""
        done = self.reply.data["verdict"] not in UNDONE
        return done and not self.absent and not self.given_away


def given_to_trainee(log: RunLog) -> tuple[Given, ...]:
    """Return the work of a run that was the trainee's, in the order in which it was answered.

    What never came to their hands counts where they had left: it lay there for them.
    """
    roles = frozenset(log.manifest.get("trainee", ()))
    found = [
        Given(record, tuple(_step(row) for row in record.data["replies"]))
        for record in log.kind("work.replied")
        if record.data["role"] in roles and record.data.get("person", "") in (TRAINEE, "")
    ]
    left = any(one.absent for one in found)
    return tuple(one for one in found if one.reply.data["person"] or left)


def _step(row: Any) -> Mapping[str, Any]:
    verdict, content, took, note = row
    return {**content, "did": content.get("did", verdict), "took_ms": took, "note": note}


def hints_taken(work: Iterable[Given]) -> int:
    """Return how many hints were taken."""
    return sum(one.did.count("hint") for one in work)


def rating_of(
    log: RunLog,
    card: Scorecard,
    expert: Scorecard,
    level: AutonomyLevel,
    inapplicable: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return the score of a shift and what it is made of.

    Args:
        log: The logs of the shift.
        card: Its scorecard.
        expert: The scorecard of modelled people on the same seed at the same level.
        level: The level it was worked at.
        inapplicable: Letters of tasks that the scenario says cannot apply.
    """
    every = given_to_trainee(log)
    work = tuple(one for one in every if not one.passing)
    asked = frozenset(str(one.reply.data["task"]) for one in work if not one.absent)
    unrated = inapplicable | (BY_READING - asked)
    clocks = clock_points(card, expert, log.manifest["targets"])
    tasks = task_points(
        _of_people(task_instances(log), level),
        sorted({*rated_tasks(log, level, unrated), *(Task(t) for t in asked - unrated)}),
    )
    wrong = wrong_by_trainee(log, work)
    false = card.false_incidents if _recognises(log, level) else 0
    conduct = max(0.0, 100.0 - WRONG * (len(wrong) + false))
    due = [one for one in work if one.own or one.given_away or one.absent]
    handled = sum(one.own for one in due) / len(due) if due else 1.0
    held = [row["points"] for row in clocks.values() if row["points"] is not None]
    right = [row["points"] for row in tasks.values() if row["points"] is not None]
    skill = _blend(held, right)
    hints = hints_taken(work)
    score = max(0.0, skill * conduct / 100.0 * handled - HINT * hints)
    return {
        "score": round(score, 1),
        "clocks": clocks,
        "tasks": tasks,
        "conduct": round(conduct, 1),
        "wrong": [record.id for record in wrong],
        "false_incidents": false,
        "handled": round(handled, 3),
        "work": {
            "given": len(due),
            "own": sum(one.own for one in due),
            "given_away": sum(one.given_away for one in due),
            "left_lying": sum(one.absent for one in due),
        },
        "hints": hints,
    }


def _blend(clocks: list[float], tasks: list[float]) -> float:
    if not clocks:
        return fmean(tasks) if tasks else 100.0
    if not tasks:
        return fmean(clocks)
    return CLOCK_WEIGHT * fmean(clocks) + TASK_WEIGHT * fmean(tasks)


def clock_points(
    card: Scorecard, expert: Scorecard, targets: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Return the points of each clock, and the times they come from."""
    best = {row.fault.id: row for row in expert.faults}
    found: dict[str, dict[str, Any]] = {}
    for name in CLOCKS:
        target, rows = float(targets[f"{name}_s"]), list[dict[str, Any]]()
        for row in card.faults:
            if not row.contestable:
                continue
            took = _clock(row, name)
            theirs = _clock(best[row.fault.id], name) if row.fault.id in best else None
            allowed = max(target, theirs or 0.0)
            rows.append(
                {
                    "fault": row.fault.id,
                    "took_s": took,
                    "allowed_s": allowed,
                    "points": 0.0 if took is None else 100.0 * min(1.0, allowed / max(took, 1e-3)),
                }
            )
        points = round(fmean(row["points"] for row in rows), 1) if rows else None
        found[name] = {"points": points, "target_s": target, "faults": rows}
    return found


def _clock(row: Any, name: str) -> float | None:
    value = getattr(row.clocks, name)
    return None if value is None else seconds(value)


def rated_tasks(
    log: RunLog, level: AutonomyLevel, inapplicable: frozenset[str] = frozenset()
) -> tuple[Task, ...]:
    """Return the tasks that are rated: people's at the level, and of the trainee's desks."""
    roles, table = frozenset(log.manifest.get("trainee", ())), level_table()
    return tuple(
        task
        for task in Task
        if task not in SET_BEFORE
        and task.value not in inapplicable
        and table.performer(task, level) is not Performer.SYSTEM
        and DESK_OF[task] in roles
    )


def _of_people(rows: Iterable[TaskInstance], level: AutonomyLevel) -> Iterator[TaskInstance]:
    """Yield the instances that are people's: all where they have a part, else what they did."""
    table = level_table()
    for row in rows:
        owed = table.performer(row.task, level) is not Performer.SYSTEM
        if owed or row.subject in (Subject.PERSON, Subject.SHARED):
            yield row


def task_points(rows: Iterable[TaskInstance], rated: Iterable[Task]) -> dict[str, dict[str, Any]]:
    """Return the points of each rated task, and how many of its instances were right."""
    held = [row for row in rows if row.right is not None]
    found: dict[str, dict[str, Any]] = {}
    for task in rated:
        mine = [row for row in held if row.task is task]
        right = sum(bool(row.right) for row in mine)
        points = round(100.0 * right / len(mine), 1) if mine else None
        missed = sum(row.subject is None for row in mine)
        found[task.value] = {
            "points": points,
            "right": right,
            "of": len(mine),
            "never_done": missed,
        }
    return found


def wrong_by_trainee(log: RunLog, work: Iterable[Given]) -> tuple[Record, ...]:
    """Return the wrong commands of plans that the trainee chose or approved."""
    own = {one.reply.id for one in work if one.own}
    plans = {
        record.id if record.kind == "plan.proposed" else str(record.ref["plan"])
        for record in log.kind("plan.proposed", "plan.decided")
        if own.intersection(record.ref.get("work", ()))
    }
    wrong = frozenset(wrong_actions(log))
    return tuple(
        record
        for record in log.kind("command.submitted")
        if record.id in wrong and record.ref.get("plan") in plans
    )


def _recognises(log: RunLog, level: AutonomyLevel) -> bool:
    return Task.FAULT_RECOGNITION in rated_tasks(log, level)
