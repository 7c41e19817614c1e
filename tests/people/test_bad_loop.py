"""What becomes of a loop that is wrong: people who review stop it, and alone it does harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adn.base.levels import AutonomyLevel
from adn.closedloop.controller import Briefing, Controller
from adn.closedloop.correlating import Cause
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, GraphLocator
from adn.closedloop.loop import ClosedLoop
from adn.closedloop.planning import Plan, Step
from adn.closedloop.playbooks import remedies
from adn.closedloop.view import View
from adn.reference.idle import Idle
from adn.scenario import read
from adn.scoring.scorecard import Scorecard
from adn.session.assembly import assemble
from adn.session.run import finish, play

SCENARIO = "germany50-silent-loss"
SEEDS = (1, 2, 3)


class Beside:
    """Is always sure that a daemon is dead, and always blames an element that has nothing."""

    def __init__(self, briefing: Briefing) -> None:
        graph = KnowledgeGraph(briefing.inventory, remedies=remedies())
        self.right, self.network = GraphLocator(graph), graph.network

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        found, net = self.right.locate(snapshot, view, given), self.network
        if not found.suspects:
            return found
        top = found.suspects[0]
        row = net.directions.row(top.object) if top.object in net.directions else 0
        suspect = replace(
            top,
            object=net.elements[int(net.head[row])],
            problem="process-down",
            probability=0.99,
            severity=0.0,
            explains=frozenset(),
        )
        return replace(found, suspects=(suspect,), probes=(), apart=())


class Strangling:
    """Answers every trouble by shutting elastic services off for good, and promises the best."""

    def __init__(self, briefing: Briefing) -> None:
        self.rows = [row for row in briefing.inventory.rows.services if row.elastic]

    def plan(
        self,
        snapshot: Any,
        diagnosis: Any,
        view: View,
        excluded: frozenset[str],
        given: Sequence[Any] = (),
    ) -> Sequence[Plan]:
        ends, plans = sorted({row.a for row in self.rows}), []
        for third in range(3):
            steps = tuple(
                Step(
                    "limit-services",
                    a,
                    {"shares": {row.id: 0.01 for row in self.rows if row.a == a}},
                )
                for a in ends[third::3]
            )
            told = {"outside_before": 9.0, "outside_after": 0.0}
            plans.append(Plan("mitigate", steps, (), told, "medium", ("less is more",)))
        return [plan for plan in plans if plan.key not in excluded]


def lived(level: AutonomyLevel, seed: int, make: Callable[[Briefing], Controller]) -> Scorecard:
    assembly = assemble(read(SCENARIO), level, seed)
    play(assembly, make(assembly.briefing))
    return finish(assembly).scorecard


def misled(briefing: Briefing) -> Controller:
    return ClosedLoop(briefing, locator=Beside(briefing))


def strangling(briefing: Briefing) -> Controller:
    return ClosedLoop(briefing, planner=Strangling(briefing))


@pytest.mark.slow
def test_a_bad_locator_does_more_wrong_where_nobody_reviews_it() -> None:
    """At L3 people see that the signs point elsewhere; at L5 nobody looks."""
    alone = [lived(AutonomyLevel.L5, seed, misled).wrong_actions for seed in SEEDS]
    reviewed = [lived(AutonomyLevel.L3, seed, misled).wrong_actions for seed in SEEDS]
    assert sum(alone) > 3 * sum(reviewed) + 3
    assert all(a >= r for a, r in zip(alone, reviewed, strict=True))


@pytest.mark.slow
def test_a_harmful_loop_is_worse_than_none() -> None:
    """Service-minutes lost: shutting off what still works costs more than the fault does."""

    def lost(card: Scorecard) -> int:
        return card.service.down + card.service.degraded

    for seed in SEEDS:
        harmful = lived(AutonomyLevel.L5, seed, strangling)
        assert lost(harmful) > lost(lived(AutonomyLevel.L5, seed, lambda _briefing: Idle()))
        assert harmful.wrong_actions > 0
