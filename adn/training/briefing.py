"""The briefing: what a trainee is told before a shift; never what is going to happen.

A scenario's name, title and tags say too much, so they are not among it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adn.base.clock import HOUR, MINUTE, seconds
from adn.base.levels import Performer, Task, level_table
from adn.session.assembly import Assembly, targets_of
from adn.training.prices import prices_of
from adn.training.texts import performer_name, task_name

if TYPE_CHECKING:
    from adn.training.shift import Shift


def briefing_of(shift: Shift, assembly: Assembly) -> dict[str, Any]:
    """Return the briefing of a shift as plain values."""
    from adn.closedloop.people.profile import profile_of

    briefing, scenario = assembly.briefing, shift.loaded.scenario
    inventory, people = briefing.inventory.rows, briefing.operations
    starts = scenario.clock.starts
    table = level_table()
    profile = profile_of(people.profile, people.profile_text)
    return {
        "network": {
            "name": inventory.name,
            "elements": len(inventory.elements),
            "links": len(inventory.links),
            "services": len(inventory.services),
            "kinds": sorted({row.kind for row in inventory.services}),
        },
        "level": str(briefing.level),
        "seed": shift.seed,
        "seats": list(shift.roles),
        "starts": f"{starts // HOUR:02d}:{starts % HOUR // MINUTE:02d}",
        "lasts_s": seconds(briefing.duration),
        "warmup_s": seconds(briefing.warmup),
        "targets_s": targets_of(assembly),
        "clock": {"kind": shift.clock, "speed": shift.speed if shift.clock == "wall" else None},
        "prices_s": {step: seconds(ms) for step, ms in prices_of(profile).items()},
        "hints": shift.hints,
        "tasks": [
            {
                "task": task.value,
                "name": task_name(task.value),
                "who": performer_name(table.performer(task, shift.level).value),
                "yours": table.performer(task, shift.level) is not Performer.SYSTEM,
            }
            for task in Task
        ],
        "says": shift.briefing,
        "goals": list(shift.goals),
    }
