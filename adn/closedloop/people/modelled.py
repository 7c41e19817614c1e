"""A modelled engineer: draws how long work takes, and judges by what lies on the table.

On the table is what the loop's own locator and planner make of what this person has noticed, so
they can be wrong for the reasons people are: a sign overlooked, an end confused, the second best
plan chosen. They are never told what is really so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from adn.base.clock import Millis
from adn.base.levels import Task
from adn.base.streams import Key
from adn.closedloop.people.actor import Reply, WorkItem
from adn.closedloop.people.degraded import Eyes
from adn.closedloop.people.profile import FIELD, Profile
from adn.closedloop.people.rota import RESTED, Tiredness
from adn.northbound.problems import UNKNOWN

PROBE_ROUNDS: Final = 4
MOST_VISITS: Final = 3
"""So many visits at most are for nothing (assumption)."""
PROBES_AT_ONCE: Final = 3
SURE: Final = 0.8
"""Someone at least so sure of something else corrects a suggestion (assumption)."""
HARDLY: Final = 0.2
"""What one holds for less probable than this one does not believe (assumption)."""
WORSE: Final = 0.5
"""A plan expected to leave so many more services outside is clearly worse (assumption)."""

Answering = Callable[[WorkItem, Eyes], Reply]


class ModelledActor:
    """Everyone at every desk, as one profile has them.

    Args:
        profile: How long they take and how much they miss.
        approval: Median time until a change is approved, simulated ms.
        key: Of all draws about people.
        tired: How tired they are.
    """

    def __init__(
        self,
        profile: Profile,
        approval: Millis,
        key: Key,
        tired: Tiredness = RESTED,
    ) -> None:
        self._profile, self._approval, self._key = profile, approval, key
        self._tired = tired
        self._answers: Mapping[str, Answering] = {
            Task.DATA_COLLECTION: self._collect,
            Task.ALARM_FILTERING: self._filter,
            Task.FAULT_RECOGNITION: self._recognise,
            Task.DEMARCATION: self._demarcate,
            Task.ROOT_CAUSE: self._locate,
            Task.RECOVERY_ANALYSIS: self._choose,
            Task.DETERMINATION: self._decide,
            Task.VERIFICATION: self._verify,
        }

    def ask(self, item: WorkItem) -> Reply:
        """Work for a while, then answer with what is known by then."""
        if item.role == FIELD:
            return self._drive_out(item)
        if item.resumes:
            return Reply("look", took=self._comes_back(item))
        if item.looks == 0:
            return Reply("look", took=self.takes(item))
        about = f"{item.incident.id if item.incident else item.id}/{item.attempt}"
        eyes = Eyes(self._profile.skills[item.role], self._key, item.person, about)
        eyes = replace(eyes, tired=self._tired.misses(item.now))
        answer = self._answers.get(item.task)
        if answer is not None:
            return answer(item, eyes)
        return _agreed(item, {"go": True})

    def takes(self, item: WorkItem) -> Millis:
        """Return how long the work takes, simulated ms."""
        when = "alone" if item.suggestion is None else "suggested"
        if "call" in item.sees:
            when = "known" if item.sees["known"] else "call"
        about = item.incident.id if item.incident else item.id
        stream = self._key.stream(f"took/{item.role}/{about}/{item.task}/{item.attempt}")
        span = 0.0
        for condition, times in (
            (when, 1),
            ("each", int(item.sees.get("count", 0)) if when == "alone" else 0),
            ("handover", int(bool(item.sees.get("from")))),
        ):
            row = self._profile.timing(item.role, item.task, condition)
            if row is not None:
                span += times * row.draw(stream, self._approval)
        if item.incident is not None:
            span *= self.difficulty(item.incident.id)
        return math.ceil(span * self._tired.slower(item.now))

    def difficulty(self, incident: str) -> float:
        """Return the factor that all work on one incident shares."""
        z = float(self._key.stream(f"difficulty/{incident}").standard_normal())
        return math.exp(self._profile.difficulty * z)

    def _comes_back(self, item: WorkItem) -> Millis:
        """Return how long it takes to come back to what was laid down, or to take it over."""
        when = "resume" if item.resumes == "interruption" else "shift"
        row = self._profile.timing(item.role, item.task, when)
        if row is None:
            return 0
        about = item.incident.id if item.incident else item.id
        name = f"{when}/{item.role}/{about}/{item.task}/{item.attempt}/{item.laid_down}"
        span = row.draw(self._key.stream(name), self._approval)
        return math.ceil(span * self._tired.slower(item.now))

    def _drive_out(self, item: WorkItem) -> Reply:
        """Set out, and perhaps for nothing: no part, no way in, nothing to be seen.

        The draws hang on what has to be mended and on how often it was asked for, so that the same
        work goes the same way whoever found it, at whichever level.
        """
        kind, target = item.sees["command"]
        stream = self._key.stream(f"crew/{kind}/{target}/{item.attempt}/{item.looks}")
        row = self._profile.timing(FIELD, item.task, "dispatch")
        took = 0.0 if row is None else row.draw(stream, self._approval)
        skill = self._profile.skills.get(FIELD)
        if skill is None or stream.random() >= skill.fruitless or item.looks >= MOST_VISITS:
            return Reply("done", took=math.ceil(took))
        row = self._profile.timing(FIELD, item.task, "fruitless")
        took += 0.0 if row is None else row.draw(stream, self._approval)
        return Reply("look", took=math.ceil(took), note="nothing could be done there")

    # --- task by task ---

    def _collect(self, item: WorkItem, eyes: Eyes) -> Reply:
        noticed = [
            name
            for name, sign, *_ in item.sees.get("signals", ())
            if not eyes.overlooks(sign, name)
        ]
        return _agreed(item, {"noticed": noticed})

    def _recognise(self, item: WorkItem, eyes: Eyes) -> Reply:
        """Take it for an incident; of one caller alone one does not believe that."""
        del eyes
        again = bool(item.sees.get("before", 1)) and not item.sees.get("known", False)
        return _agreed(item, {"go": again})

    def _filter(self, item: WorkItem, eyes: Eyes) -> Reply:
        held = [name for name in item.sees["alarms"] if not eyes.overlooks("alarm", name)]
        return _agreed(item, {"alarms": held})

    def _demarcate(self, item: WorkItem, eyes: Eyes) -> Reply:
        del eyes
        content = {key: item.sees[key] for key in ("domain", "probability")}
        if item.suggestion is None:
            return Reply("done", content)
        other = content["domain"] != item.suggestion["domain"] and content["probability"] >= SURE
        return Reply("modify", content) if other else Reply("approve")

    def _locate(self, item: WorkItem, eyes: Eyes) -> Reply:
        del eyes
        content = {"suspects": item.sees["suspects"]}
        if item.suggestion is not None:
            return _reviewed(item.suggestion, content)
        if item.sees["probes"] and item.looks <= PROBE_ROUNDS:
            return Reply("look", {"probes": item.sees["probes"][:PROBES_AT_ONCE]})
        best = next(iter(content["suspects"]), ("", UNKNOWN, 0.0))
        if item.role == "back-office" and best[1] == UNKNOWN:
            return Reply("escalate", content, note="nothing that is known explains this")
        return Reply("done", content)

    def _choose(self, item: WorkItem, eyes: Eyes) -> Reply:
        plans = item.choices
        own = (1 if eyes.slips("plan") and len(plans) > 1 else 0) if plans else None
        if item.suggestion is None:
            return Reply("done", {"choice": own})
        if own is not None and _clearly_better(plans[own], item.suggestion):
            return Reply("modify", {"choice": own}, note="this leaves fewer services outside")
        return Reply("approve")

    def _decide(self, item: WorkItem, eyes: Eyes) -> Reply:
        del eyes
        go, reason = bool(item.sees["allowed"]), str(item.sees["reason"])
        content = {"go": go, "reason": reason}
        if item.suggestion is None:
            return Reply("done", content)
        return Reply("approve") if go == item.suggestion["go"] else Reply("reject", content)

    def _verify(self, item: WorkItem, eyes: Eyes) -> Reply:
        fixed = bool(item.sees["fixed"]) != eyes.misreads("probe", f"verified/{item.now}")
        return _agreed(item, {"fixed": fixed})


def _agreed(item: WorkItem, content: Mapping[str, Any]) -> Reply:
    """Return the answer where nothing is to be disputed: a suggestion stands, else `content`."""
    return Reply("done" if item.suggestion is None else "approve", content)


def _reviewed(suggestion: Mapping[str, Any], own: Mapping[str, Any]) -> Reply:
    """Return what someone says to a diagnosis who has made one of their own."""
    name, problem, probability = next(iter(own["suspects"]), ("", UNKNOWN, 0.0))
    if problem == UNKNOWN or probability < SURE:
        return Reply("approve")
    held = {(row[0], row[1]): row[2] for row in own["suspects"]}
    theirs = [(row[0], row[1]) for row in suggestion["suspects"][:1]]
    if any(held.get(pair, 0.0) >= HARDLY for pair in theirs):
        return Reply("approve")
    return Reply("modify", own, note=f"it is {problem} at {name}")


def _clearly_better(own: Mapping[str, Any], suggested: Mapping[str, Any]) -> bool:
    mine = own["expected"].get("outside_after")
    theirs = suggested["expected"].get("outside_after")
    if mine is None or theirs is None:
        return False
    return bool(mine + WORSE < theirs)
