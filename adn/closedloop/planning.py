"""What to do: candidate plans, each tried on forks of the loop's estimate, ranked.

Mitigation brings service back and can be undone; repair removes the cause. Every candidate is tried
under each leading suspect, so that in doubt the plan that helps under most of the belief wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np

from adn.closedloop.estimate import Believed, Estimate
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, Suspect
from adn.closedloop.playbooks import Repair, playbooks
from adn.closedloop.tactics import LOSSY, TABLES, Ground, Step, ground_of, inverse, propose
from adn.closedloop.trying import Belief, Trial, attempt, expected, perhaps, risk, seconds
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import Purpose, command_kinds
from adn.northbound.problems import UNKNOWN
from adn.physics.routing import reached
from adn.topology.network import Bools

__all__ = ["Plan", "Planner", "Step", "WhatIfPlanner"]

CONSIDERED: Final = 3
"""How many suspects a mitigation is tried under (assumption: the rest is too unlikely)."""

LEAST_PROBABLE: Final = 0.05
"""Suspects below this are not planned for (assumption)."""

LEAST_REPAIRED: Final = 0.4
"""Suspects below this are not repaired on suspicion (assumption)."""

QUICK_S: Final = 60.0
"""A repair that takes no longer may stand in for a mitigation, s (assumption)."""

UNSEEN: Final = LOSSY | TABLES | {"link-flapping"}
"""Problems that no alarm keeps in view while they last."""

ANSWERLESS: Final = frozenset({"power-cycle"})
"""Commands that need no answer from the element they are about."""


_MOST: Final = 4
_EPS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands that belong together, and what is expected of them.

    Attributes:
        purpose: ``mitigate`` or ``repair``.
        steps: The commands, in order.
        inverse: The commands that restore the configuration as it was.
        expected: ``outside_before`` and ``outside_after``, services outside their limits, expected
            over the suspects; ``gain``, customers weighed in; ``worst_load``; ``seconds``.
        risk: The largest risk of any step.
        because: Why this plan, in words.
        candidates: What else was tried: [name, services outside after], best first.
    """

    purpose: Purpose
    steps: tuple[Step, ...]
    inverse: tuple[Step, ...]
    expected: Mapping[str, float]
    risk: str
    because: tuple[str, ...]
    candidates: tuple[tuple[str, float], ...] = ()

    @property
    def key(self) -> str:
        """What makes two plans the same: purpose and steps."""
        steps = sorted(f"{s.kind} {s.target} {sorted(s.params.items())}" for s in self.steps)
        return f"{self.purpose}: " + "; ".join(steps)


class Planner(Protocol):
    """Anyone who proposes what to do."""

    def plan(
        self,
        snapshot: IncidentSnapshot,
        diagnosis: Diagnosis,
        view: View,
        excluded: frozenset[str],
        given: Sequence[Believed] = (),
    ) -> Sequence[Plan]:
        """Return plans, best first; none whose key is excluded.

        Mitigations come before repairs, but for repairs that the system does within seconds and
        that are expected to bring service back: those are ranked with the mitigations. `given` is
        what other incidents are put down to and is not yet mended: no way round may lead there.
        """
        ...


class WhatIfPlanner:
    """Tries the tactics of the playbooks on the loop's own estimate."""

    def __init__(self, graph: KnowledgeGraph, management: str) -> None:
        """Hold what the network is and where operations attach to it."""
        self._graph = graph
        self._management = management
        self._known: Estimate | None = None

    @property
    def _estimate(self) -> Estimate:
        """The recorded network in health, worked out when first asked for."""
        if self._known is None or self._graph.network is not self._known.network:
            self._known = Estimate.of(self._graph.network)
        return self._known

    def plan(
        self,
        snapshot: IncidentSnapshot,
        diagnosis: Diagnosis,
        view: View,
        excluded: frozenset[str],
        given: Sequence[Believed] = (),
    ) -> Sequence[Plan]:
        """Return plans, best first; none whose key is excluded.

        Mitigations come before repairs, but for repairs that the system does within seconds and
        that are expected to bring service back: those are ranked with the mitigations. `given` is
        what other incidents are put down to and is not yet mended: no way round may lead there.
        """
        hidden = [cause for cause in given if cause.problem in UNSEEN]
        present = self._estimate.believing(view)
        for cause in hidden:
            present = present.under(cause)
        leading = self._leading(diagnosis)
        beliefs = self._beliefs(present, leading)
        obeys = self._obeys(view)
        minded = self._minded(snapshot.outside or snapshot.services)
        nothing = attempt("nothing", (), beliefs, minded)
        if snapshot.outside and nothing.minded < _EPS:
            # What is measured is not what is reckoned: anything the incident names may be meant.
            minded = self._minded(snapshot.services)
            nothing = attempt("nothing", (), beliefs, minded)
        shunned = ground_of(present, hidden, obeys).avoided | self._worked_on(view)
        grounds = self._grounds(beliefs, _actionable(leading, view), obeys, shunned)
        mitigations = self._mitigations(present, beliefs, leading, grounds, nothing, minded)
        repairs = self._repairs(present, beliefs, leading, obeys, nothing, minded)
        quick = [row for row in repairs if _is_quick(row[1]) and row[0].pain < nothing.pain - _EPS]
        slow = [plan for trial, plan in repairs if (trial, plan) not in quick]
        ranked = sorted([*mitigations, *quick], key=lambda row: (row[0].score, row[1].key))
        plans = [*(plan for _, plan in ranked), *slow]
        return [plan for plan in plans if plan.key not in excluded]

    def _worked_on(self, view: View) -> Bools:
        """Return the directions that are worked on now, as was announced, shape (D,)."""
        ways = self._graph.network.directions.ids
        if not view.maintained(view.now):
            return np.zeros(len(ways), dtype=bool)
        return np.array([view.announced(name, view.now) for name in ways], dtype=bool)

    def _minded(self, named: Sequence[str]) -> Bools:
        """Return the services that are named, all where none is, shape (S,)."""
        names = self._graph.network.services
        held = frozenset(named)
        minded: Bools = np.array([name in held for name in names.ids], dtype=bool)
        return minded if minded.any() else np.ones(len(names), dtype=bool)

    # --- beliefs ---

    def _leading(self, diagnosis: Diagnosis) -> tuple[Suspect, ...]:
        """Return the suspects to plan for, best first; at least one if there is any."""
        likely = [row for row in diagnosis.suspects if row.probability >= LEAST_PROBABLE]
        return tuple(likely[:CONSIDERED] or diagnosis.suspects[:1])

    def _beliefs(self, present: Estimate, leading: tuple[Suspect, ...]) -> tuple[Belief, ...]:
        """Return the network under each leading suspect; probabilities sum to 1."""
        total = sum(row.probability for row in leading)
        if not leading or total <= 0.0:
            return (Belief(1.0, present),)
        return tuple(Belief(row.probability / total, present.under(row)) for row in leading)

    def _obeys(self, view: View) -> Bools:
        """Return which elements operations can reach: lit links lead there, and it speaks."""
        net, fabric = self._estimate.network, self._estimate.fabric
        lit = np.ones(len(net.directions), dtype=bool)
        for alarm in view.active_alarms.values():
            if (
                alarm.probable_cause is ProbableCause.LOSS_OF_SIGNAL
                and alarm.managed_object in net.directions
            ):
                link = net.directions.row(alarm.managed_object) // 2
                lit[2 * link : 2 * link + 2] = False
        speaks = np.array([name not in view.silent for name in net.elements.ids], dtype=bool)
        if self._management not in net.elements:
            return speaks
        obeys: Bools = reached(fabric, lit, net.elements.row(self._management)) & speaks
        return obeys

    # --- mitigation ---

    def _mitigations(
        self,
        present: Estimate,
        beliefs: tuple[Belief, ...],
        leading: tuple[Suspect, ...],
        grounds: list[tuple[str, Ground]],
        nothing: Trial,
        minded: Bools,
    ) -> list[tuple[Trial, Plan]]:
        """Return what eases most, and eases what the incident looks after, best first."""
        trials: dict[str, Trial] = {}
        for suspect, ground in grounds:
            for tactic in playbooks()[suspect].mitigations:
                steps = propose(tactic, ground)
                if steps and self._legal(steps):
                    trial = attempt(tactic, steps, beliefs, minded)
                    trials.setdefault(repr(steps), trial)
        ranked = sorted(trials.values(), key=lambda row: (row.score, row.tactic, repr(row.steps)))
        better = [
            row
            for row in ranked
            if row.pain < nothing.pain - _EPS and row.minded < nothing.minded - _EPS
        ]
        told = tuple((row.tactic, round(row.outside, 3)) for row in (*ranked, nothing))
        return [
            (row, self._mitigation(row, nothing, present, leading, told)) for row in better[:_MOST]
        ]

    def _grounds(
        self,
        beliefs: tuple[Belief, ...],
        leading: tuple[Suspect, ...],
        obeys: Bools,
        shunned: Bools,
    ) -> list[tuple[str, Ground]]:
        """Return what tactics work on: the likeliest suspect alone, then the leading together.

        Nothing is led over `shunned` directions, shape (D,), whatever is suspected.
        """
        found: list[tuple[str, Ground]] = []
        for count in sorted({1, len(leading)} - {0}):
            ground = ground_of(beliefs[0].estimate, leading[:count], obeys)
            ground = replace(ground, shunned=shunned)
            found += [(row.problem, ground) for row in leading[:count]]
        return list({(name, g.drained, g.isolated): (name, g) for name, g in found}.values())

    def _mitigation(
        self,
        trial: Trial,
        nothing: Trial,
        present: Estimate,
        leading: tuple[Suspect, ...],
        told: tuple[tuple[str, float], ...],
    ) -> Plan:
        suspected = ", ".join(
            f"{row.problem} {row.object} {row.probability:.0%}".replace("  ", " ")
            for row in leading
        )
        return Plan(
            purpose="mitigate",
            steps=trial.steps,
            inverse=inverse(trial.steps, present),
            expected=expected(nothing, trial),
            risk=risk(trial.steps),
            because=(
                f"{trial.tactic} under {suspected or 'no suspect'}",
                f"services outside limits: {nothing.outside:.1f} without, {trial.outside:.1f} with",
                f"fullest direction: {nothing.worst_load:.0%} without, {trial.worst_load:.0%} with",
            ),
            candidates=told,
        )

    def _legal(self, steps: tuple[Step, ...]) -> bool:
        """Return whether every step is a catalogued command at a recorded object of its type."""
        net = self._graph.network
        tables: dict[str, Any] = {
            "element": net.elements,
            "link": net.links,
            "duct": net.ducts,
            "card": net.cards,
            "feed": net.feeds,
        }
        kinds = command_kinds()
        return all(step.target in tables[kinds[step.kind].target] for step in steps)

    # --- repair ---

    def _repairs(
        self,
        present: Estimate,
        beliefs: tuple[Belief, ...],
        leading: tuple[Suspect, ...],
        obeys: Bools,
        nothing: Trial,
        minded: Bools,
    ) -> list[tuple[Trial, Plan]]:
        """Return repairs of the suspects that are likely enough, likeliest first."""
        found: list[tuple[Trial, Plan]] = []
        for suspect, belief in zip(leading, beliefs, strict=False):
            if suspect.probability < LEAST_REPAIRED:
                continue
            for repair in playbooks()[suspect.problem].repairs:
                step = self._step(repair, suspect)
                if suspect.severity < repair.above or not step.target:
                    continue
                if self._legal((step,)) and self._reached(step, obeys):
                    others = tuple(row for row in beliefs if row is not belief)
                    mended = Belief(belief.probability, present.without(suspect))
                    trial = attempt(repair.command, (), (*others, mended), minded)
                    trial = perhaps(trial, nothing, repair.works, (step,))
                    found.append((trial, self._repair(step, suspect, nothing, trial)))
        return found

    def _repair(self, step: Step, suspect: Suspect, nothing: Trial, trial: Trial) -> Plan:
        return Plan(
            purpose="repair",
            steps=(step,),
            inverse=(),
            expected=expected(nothing, trial)
            | {"seconds": seconds((step,)), "probability": suspect.probability},
            risk=risk((step,)),
            because=(
                f"{step.kind} at {step.target} ends {suspect.problem}",
                f"probability {suspect.probability:.0%}",
            ),
        )

    def _step(self, repair: Repair, suspect: Suspect) -> Step:
        target = self._target(suspect, repair.to)
        if repair.command == "set-link-cost" and target in self._graph.network.links:
            cost = int(self._graph.network.cost[self._graph.network.links.row(target)])
            return Step(repair.command, target, {"cost": cost})
        return Step(repair.command, target)

    def _target(self, suspect: Suspect, to: str) -> str:
        net = self._graph.network
        if to in {"link", "sender"} and suspect.object not in net.directions:
            return ""
        if to == "link":
            return net.link_of(suspect.object)
        if to == "sender":
            return net.elements[int(net.tail[net.directions.row(suspect.object)])]
        return suspect.object

    def _reached(self, step: Step, obeys: Bools) -> bool:
        """Return whether operations reach whoever carries a step out; crews walk."""
        kind, net = command_kinds()[step.kind], self._graph.network
        if kind.performed_by == "field" or step.kind in ANSWERLESS:
            return True
        if kind.target == "element":
            return bool(obeys[net.elements.row(step.target)])
        return bool(obeys[net.link_a[net.links.row(step.target)]])


def _actionable(leading: tuple[Suspect, ...], view: View) -> tuple[Suspect, ...]:
    """Return the suspects that give a reason to touch traffic.

    Where only *unknown* or congestion is suspected, overload must have been seen: an overload that
    the estimate alone reckons with may be an error of the records.
    """
    vague = all(row.problem in {UNKNOWN, "congestion"} for row in leading)
    return () if vague and not _overload_seen(view) else leading


def _overload_seen(view: View) -> bool:
    return bool(view.departures("direction", "discards")) or any(
        alarm.probable_cause is ProbableCause.THRESHOLD_CROSSED
        for alarm in view.active_alarms.values()
    )


def _is_quick(plan: Plan) -> bool:
    """Return whether the system itself can do a repair, and soon."""
    kinds = command_kinds()
    return seconds(plan.steps) <= QUICK_S and all(
        kinds[step.kind].performed_by == "system" for step in plan.steps
    )
