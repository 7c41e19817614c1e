"""Results of runs that never were: a perfect loop, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Result = dict[str, Any]
Row = dict[str, Any]

KINDS = {
    "fibre-cut": "optical",
    "device-crash": "ip",
    "routing-daemon-down": "ip",
    "feed-loss": "power",
}
OF_FAULTS = "DEGHIJKV"
OF_RUNS = "ABCF"


def fault(number: int, kind: str) -> Row:
    """Return the scorecard's row of a fault that was dealt with perfectly."""
    return {
        "id": f"FLT-{number:04d}",
        "kind": kind,
        "domain": KINDS.get(kind, "ip"),
        "target": "x",
        "onset_s": 2700.0,
        "t0_s": 2700.0,
        "impact_s": 0.0,
        "self_healed": False,
        "restorable": True,
        "detect_s": 20.0,
        "locate_s": 60.0,
        "restore_s": 120.0,
        "rectify_s": None,
        "restored_by": "command",
        "located_top1": True,
        "class_top1": True,
        "met_135": True,
        "met_135_per_phase": True,
        "first_time_right": True,
        "self_healing": True,
    }


def row(task: str, of: Row | None) -> Row:
    """Return a task that the system did alone, right and in time."""
    return {
        "task": task,
        "fault": of["id"] if of else "",
        "kind": of["kind"] if of else "",
        "fault_domain": of["domain"] if of else "",
        "incident": f"INC-{of['id'][4:]}" if of else "",
        "start_s": 2700.0,
        "end_s": 2720.0,
        "subject": "S",
        "right": True,
        "in_time": True if task in "EHK" else None,
    }


def result(
    seed: int,
    kinds: tuple[str, ...] = ("fibre-cut", "device-crash"),
    *,
    case: str = "evening",
    agent: str = "adn",
    level: str = "L4",
    domain: str = "ip-wan",
) -> Result:
    """Return the result of a run in which everything went well, by the system alone."""
    faults = [fault(number, kind) for number, kind in enumerate(kinds, start=1)]
    tasks = [row(task, one) for one in faults for task in OF_FAULTS]
    tasks += [row(task, None) for task in OF_RUNS]
    actions = len(faults)
    card = {
        "scenario": f"{case}@1",
        "level": level,
        "seed": seed,
        "faults": faults,
        "incidents": len(faults),
        "false_incidents": 0,
        "duplicates": 0,
        "actions": actions,
        "wrong_actions": 0,
        "people": {"touches": 0, "minutes": 0.0, "waited_minutes": 0.0, "field_minutes": 30.0},
        "service": {"down_minutes": 1.0, "degraded_minutes": 2.0, "availability": 0.9999},
        "alarms": {"raw": 40, "shown": 2, "root_recall": 1.0},
        "tickets": {"raised": 2, "from_network": 1, "per_fault": {f["id"]: 1 for f in faults}},
        "conduct": {"harmful": 0, "harmful_standing": 0, "idle_repairs": 0, "quiet_s": 3600.0},
        "closure": {
            "closed": actions,
            "by_system": actions,
            "true": actions,
            "auto": actions,
            "reopened": 0,
        },
        "intent": {
            "settings": {"person": 0, "derived": 0, "self": 12},
            "evaluations": 10,
            "evaluated_by_people": 0,
        },
    }
    return {
        "cell": {"case": case, "agent": agent, "level": level, "seed": seed, "approval_s": None},
        "scenario": f"{case}@1",
        "scenario_digest": f"digest-of-{case}",
        "domain": domain,
        "elements": 20,
        "held_out": [],
        "inapplicable": [],
        "targets": {"detect_s": 60.0, "locate_s": 180.0, "restore_s": 300.0},
        "simulated_s": 21600.0,
        "card": card,
        "tasks": tasks,
        "broken": [],
    }


def perfect(runs: int = 100, **options: Any) -> list[Result]:
    """Return so many perfect runs; a hundred of two faults give 200 instances a task."""
    return [result(seed, **options) for seed in range(1, runs + 1)]


def rows(results: list[Result], tasks: str) -> Iterator[Row]:
    """Yield the instances of some tasks, run by run."""
    return (one for each in results for one in each["tasks"] if one["task"] in tasks)


def change(
    results: list[Result], tasks: str, how: Callable[[Row], None], first: int | None = None
) -> list[Result]:
    """Change the instances of some tasks, all or the first so many, and return the results."""
    for number, one in enumerate(rows(results, tasks)):
        if first is None or number < first:
            how(one)
    return results


def put(**values: Any) -> Callable[[Row], None]:
    """Return the change that puts values in an instance."""
    return lambda one: one.update(values)


def at_level_four(results: list[Result]) -> list[Result]:
    """Let a person's promises be what control information is derived from: L4 and no more."""
    for each in results:
        each["card"]["intent"]["settings"] = {"person": 0, "derived": 12, "self": 0}
    return change(results, "AB", put(subject="P/S"))


def null(runs: int = 100, **options: Any) -> list[Result]:
    """Return runs in which nobody did anything."""
    results = perfect(runs, **options)
    for each in results:
        each["tasks"] = [
            {
                **one,
                "subject": None,
                "right": False,
                "start_s": None,
                "end_s": None,
                "in_time": False if one["task"] in "EHK" else None,
            }
            for one in each["tasks"]
            if one["task"] in "DEGHIJK"
        ]
        each["card"]["intent"]["settings"] = {"person": 0, "derived": 0, "self": 0}
        each["card"]["actions"] = 0
        for one in each["card"]["faults"]:
            one.update(
                detect_s=None,
                locate_s=None,
                restore_s=None,
                met_135=False,
                met_135_per_phase=False,
                first_time_right=None,
                self_healing=False,
            )
    return results
