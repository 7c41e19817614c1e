"""Whoever may run the network: the product's loop, trivial locators, nobody, and one who knows all.

All live through the same world of a scenario and a seed, which is what makes them comparable.
"""

from __future__ import annotations

from typing import Final

from adn.base.clock import Millis
from adn.base.levels import AutonomyLevel
from adn.closedloop.controller import Controller
from adn.reference.baselines import BASELINES
from adn.reference.idle import Idle
from adn.reference.oracle import Oracle
from adn.scenario.reader import LoadedScenario
from adn.session.assembly import Assembly, assemble
from adn.session.run import References, Run, finish, play

IDLE: Final = "do-nothing"
ORACLE: Final = "oracle"
BOUNDS: Final = (IDLE, ORACLE)
BOUND_LEVEL: Final = AutonomyLevel.L5
"""The level that bounds are run at: no people stand between them and the network."""
BASELINE_LEVEL: Final = AutonomyLevel.L4
"""The level that the trivial locators are run at: what they find is acted on by nobody else."""


def lived(
    loaded: LoadedScenario,
    agent: str,
    level: AutonomyLevel,
    seed: int,
    references: References | None = None,
    approval: Millis | None = None,
) -> Run:
    """Return what comes of a scenario in the hands of an agent, without its series.

    Args:
        loaded: The scenario.
        agent: A bound or a baseline by name; any other name is the product's loop.
        level: Who does what.
        seed: Of everything that is drawn.
        references: What the bounds say of each fault, if they were run.
        approval: Median time until a change is approved; None: as the scenario says.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    assembly = assemble(loaded, level, seed, approval=approval)
    play(assembly, controller_of(agent, assembly))
    return finish(assembly, references)


def controller_of(agent: str, assembly: Assembly) -> Controller:
    """Return who controls the network of an assembly."""
    from adn.closedloop.loop import ClosedLoop

    if agent == IDLE:
        return Idle()
    if agent == ORACLE:
        return Oracle(assembly.twin, assembly.briefing.warmup)
    if agent in BASELINES:
        return ClosedLoop(assembly.briefing, locator=BASELINES[agent]())
    return ClosedLoop(assembly.briefing)
