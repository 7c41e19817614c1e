"""Results of a small campaign, made by rule: two cases with faults and a quiet one, all levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adn.base.levels import AutonomyLevel, Task, level_table
from adn.reference.baselines import BASELINES

SUITE: dict[str, Any] = {
    "suite": "small",
    "version": 1,
    "name": "small@1",
    "title": "A small suite",
    "about": "",
    "digest": "0f" * 16,
    "cases": [
        {"case": "leaves", "weight": 1.0},
        {"case": "wires", "weight": 1.0},
        {"case": "quiet", "weight": 1.0},
    ],
    "levels": [level.value for level in AutonomyLevel],
    "seeds": [1, 2, 3],
    "baselines": {"seeds": 2},
    "approvals": {"levels": ["L2"], "medians_s": [60.0, 900.0], "seeds": 2},
    "compare": "L2",
    "cost": None,
}
DOMAINS = {"leaves": "data-centre", "wires": "ip-wan", "quiet": "data-centre"}
ELEMENTS = {"leaves": 32, "wires": 320, "quiet": 32}
KINDS = {"leaves": ("silent-loss", "card-failure"), "wires": ("fibre-cut",), "quiet": ()}
SUBJECTS = {"H": "P", "HS": "P/S", "S": "S"}
ROLES = ("back-office", "expert", "front-office")


def fault(case: str, seed: int, place: int, **given: Any) -> dict[str, Any]:
    """Return a fault that is contestable and met."""
    return {
        "id": f"FLT-{place + 1:04}",
        "kind": KINDS[case][place],
        "domain": "ip",
        "target": f"{case}-{place}",
        "onset_s": 600.0 * (place + 1) + seed,
        "t0_s": 600.0 * (place + 1) + seed,
        "impact_s": 0.0,
        "self_healed": False,
        "restorable": True,
        "detect_s": 10.0 + seed,
        "locate_s": 30.0 + seed,
        "restore_s": 60.0 + seed,
        "rectify_s": None,
        "restored_by": "command",
        "located_top1": True,
        "class_top1": True,
        "met_135": True,
        "met_135_per_phase": True,
        "first_time_right": True,
        "self_healing": True,
    } | given


def result(
    case: str,
    agent: str,
    level: str,
    seed: int,
    *,
    faults: Iterable[Mapping[str, Any]] | None = None,
    people: float = 0.0,
    lost: float = 0.0,
    approval_s: float | None = None,
    **given: Any,
) -> dict[str, Any]:
    """Return the result of a cell; keyword arguments replace keys of the card."""
    held = [dict(f) for f in faults or ()]
    number = int(level[1])
    settings = {"person": 0 if number > 3 else 4, "derived": 9 if number > 3 else 0, "self": 0}
    roles = {
        role: {
            "touches": place + 1,
            "minutes": round(people / len(ROLES), 3),
            "waited_minutes": 1.5,
            "peak": place + 1,
        }
        for place, role in enumerate(ROLES if people else ())
    }
    card = {
        "scenario": f"{case}@1",
        "level": level,
        "seed": seed,
        "digest": f"{case}-{agent}-{level}-{seed}-{approval_s}",
        "faults": held,
        "incidents": len(held),
        "false_incidents": 0,
        "duplicates": 0,
        "incidents_on_disturbances": 0,
        "actions": len(held),
        "wrong_actions": 0,
        "found": 1.0,
        "people": {
            "touches": 3,
            "minutes": people,
            "waited_minutes": 1.0 if people else 0.0,
            "field_minutes": 20.0,
            "roles": roles,
        },
        "service": {"down_minutes": lost / 2, "degraded_minutes": lost / 2, "availability": 1.0},
        "alarms": {"raw": 8, "shown": 2, "root_recall": 1.0},
        "tickets": {"raised": 1, "from_network": 1, "per_fault": {}},
        "conduct": {"harmful": 0, "harmful_standing": 0, "idle_repairs": 0, "quiet_s": 900.0},
        "closure": {"closed": 1, "by_system": 1, "true": 1, "auto": 1, "reopened": 0},
        "intent": {"settings": settings, "evaluations": 1, "evaluated_by_people": int(number < 4)},
        "level_lived": level,
        "timings_assumed": 12,
        "simulated_s": 3600.0,
    } | given
    return {
        "cell": {
            "case": case,
            "agent": agent,
            "level": level,
            "seed": seed,
            "approval_s": approval_s,
        },
        "scenario": f"{case}@1",
        "scenario_digest": case.encode().hex().ljust(32, "0"),
        "domain": DOMAINS[case],
        "elements": ELEMENTS[case],
        "held_out": [],
        "inapplicable": ["F"],
        "targets": {"detect_s": 60.0, "locate_s": 180.0, "restore_s": 300.0},
        "simulated_s": 3600.0,
        "card": card,
        "tasks": [
            task
            for one in held
            for task in _tasks(one, AutonomyLevel(level))
            if agent not in {"do-nothing", "oracle"}
        ],
        "broken": [],
    }


def _tasks(one: Mapping[str, Any], level: AutonomyLevel) -> Iterable[dict[str, Any]]:
    table = level_table()
    for task in Task:
        if task != Task.FAULT_PREDICTION:
            yield {
                "task": task.value,
                "fault": one["id"],
                "kind": one["kind"],
                "fault_domain": one["domain"],
                "incident": "INC-0001",
                "start_s": 1.0,
                "end_s": 2.0,
                "subject": SUBJECTS[table.performer(task, level).value],
                "right": True,
                "in_time": bool(one["met_135"]),
            }


def slow(case: str, seed: int, level: int) -> list[dict[str, Any]]:
    """Return the faults of an evening: below L4 they are restored late, at L0 hardly found."""
    late = {
        "detect_s": None if level == 0 else 100.0 * seed,
        "locate_s": None if level == 0 else 200.0 * seed,
        "restore_s": None if level < 2 else 400.0 * seed - 50.0 * level,
        "met_135": False,
        "met_135_per_phase": False,
        "located_top1": level > 0,
    }
    given = {} if level >= 4 else late
    return [fault(case, seed, place, **given) for place in range(len(KINDS[case]))]


def campaign() -> list[dict[str, Any]]:
    """Return every result of the suite."""
    results = []
    for case, kinds in KINDS.items():
        busy = bool(kinds)
        for seed in (1, 2, 3):
            idle = [{**one, "restore_s": None, "detect_s": None} for one in slow(case, seed, 0)]
            results.append(
                result(case, "do-nothing", "L5", seed, faults=idle, lost=900.0 * busy + seed * busy)
            )
            best = [fault(case, seed, place) for place in range(len(kinds))]
            results.append(result(case, "oracle", "L5", seed, faults=best, lost=1.0 * busy))
            results += [
                result(
                    case,
                    "adn",
                    f"L{level}",
                    seed,
                    faults=slow(case, seed, level),
                    people=(5 - level) * (30.0 + seed) * busy,
                    lost=(6 - level) * (20.0 + 3 * seed) * busy,
                )
                for level in range(6)
            ]
            if seed < 3:
                results += [
                    result(
                        case, name, "L4", seed, faults=slow(case, seed, 1), people=9.0, lost=99.0
                    )
                    for name in BASELINES
                ]
                results += [
                    result(
                        case, "adn", "L2", seed, faults=slow(case, seed, 2), people=50.0,
                        lost=100.0 + span, approval_s=span,
                    )
                    for span in (60.0, 900.0)
                ]  # fmt: skip
    return results
