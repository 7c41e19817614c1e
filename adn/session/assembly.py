"""Assembly: from a scenario, a level and a seed to a twin with its faults, and a briefing.

The file is split here: operations get the recorded inventory, the level, and a one-way child of the
key; name, title, tags, faults and targets stay on the world's side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from adn.base.clock import Millis, seconds
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.base.sampling import ASSUMPTION
from adn.base.streams import Key
from adn.closedloop.controller import Briefing
from adn.closedloop.people.actor import RecordedReply
from adn.closedloop.people.profile import profile_of
from adn.closedloop.people.roster import OperationsPlan
from adn.faults.injector import Injector, PlannedFault
from adn.northbound.commands import command_kinds
from adn.northbound.inventory import Inventory
from adn.scenario.disturbed import resolve_disturbances, resolve_mishaps
from adn.scenario.natural import outlook, resolve_natural
from adn.scenario.reader import LoadedScenario
from adn.scenario.schema import Scenario
from adn.scenario.targets import Weights, resolve_targets
from adn.scenario.topology import build_scenario_network
from adn.session.deviating import deviating
from adn.session.log import Listener, Log
from adn.topology.filling import management_element
from adn.topology.network import Network
from adn.topology.recording import record
from adn.twin.alarming import Habits
from adn.twin.complaining import Complaining, Manners
from adn.twin.disturbances import Disturber
from adn.twin.rhythm import DAYS, EVEN_WEEK, Rhythm
from adn.twin.timers import Timers
from adn.twin.twin import Twin, World


@dataclass(frozen=True)
class Assembly:
    """Both sides of a run before it starts.

    Attributes:
        loaded: The scenario.
        seed: The run's seed.
        network: The network as it really is.
        twin: The world, faults in store.
        briefing: What operations are told.
        log: Where the run is written down.
    """

    loaded: LoadedScenario
    seed: int
    network: Network
    twin: Twin
    briefing: Briefing
    log: Log


def assemble(
    loaded: LoadedScenario,
    level: AutonomyLevel | LevelPlan,
    seed: int,
    listener: Listener | None = None,
    replies: tuple[RecordedReply, ...] = (),
    approval: Millis | None = None,
    trainee: tuple[str, ...] = (),
) -> Assembly:
    """Return both sides of a run.

    Args:
        loaded: The scenario.
        level: Who does what; may differ by domain.
        seed: Of everything that is drawn.
        listener: Told of every public record as it happens.
        replies: What people answered, where a run is lived again.
        approval: Median time until a change is approved, simulated ms; None: as the scenario says.
        trainee: Roles at which one trainee sits, alone.

    Raises:
        ScenarioError: The network cannot be built, or a fault has no target; all at once.
    """
    root = root_of(loaded, seed)
    world_key = root.child("world")
    scenario, log = loaded.scenario, Log(listener)
    network = build_scenario_network(loaded)
    named = scenario.topology.management
    management = management_element(network, named.element if named else None)
    rows, _ = record(network, loaded.recording_errors, world_key.stream("recording"))
    off = scenario.reality.deviation
    network, world = deviating(
        network, _world(loaded, management), off, world_key.child("deviation")
    )
    twin = Twin(network, world, world_key.child("twin"), log.secret)
    key = world_key.child("faults")
    targets = resolve_targets(loaded, network, key.stream, busy(twin))
    disturbing = world_key.child("disturbances")
    natural = resolve_natural(loaded, network, key.child("natural"))
    disturbances = resolve_disturbances(
        loaded, network, disturbing.stream, busy(twin), natural.works
    )
    targets += natural.faults
    targets += resolve_mishaps(loaded, network, disturbing, disturbing.stream, busy(twin))
    planned = [
        PlannedFault(f"FLT-{number:04d}", row.kind, row.target, row.at, row.params, row.lasts)
        for number, row in enumerate(sorted(targets, key=lambda row: (row.at, row.index)), 1)
    ]
    Injector(twin, planned, key)
    Disturber(twin, disturbances, disturbing)
    Complaining(twin, _manners(loaded), world_key.child("customers"))
    briefing = Briefing(
        inventory=Inventory(rows, management),
        level=LevelPlan.of(level),
        key=root.child("loop"),
        warmup=scenario.clock.warmup,
        duration=scenario.clock.duration,
        operations=replace(_operations(loaded, approval, replies), trainee=trainee),
        written=scenario.loop.written(),
    )
    return Assembly(loaded, seed, network, twin, briefing, log)


def root_of(loaded: LoadedScenario, seed: int) -> Key:
    """Return the key that all of a run is drawn from; an area of a federation has its own."""
    area = loaded.scenario.topology.area
    root = Key.root(seed)
    return root if area is None else root.child(f"area/{area}")


def _operations(
    loaded: LoadedScenario, approval: Millis | None, replies: tuple[RecordedReply, ...]
) -> OperationsPlan:
    """Return who is there to do the work, approving as fast as is asked for."""
    scenario = loaded.scenario
    plan = scenario.operations.plan(loaded.folder, scenario.clock.starts)
    plan = replace(plan, replies=replies)
    return plan if approval is None else replace(plan, approval=approval)


def busy(twin: Twin) -> Weights:
    """Return the traffic that each object carries at the start, by table; `busiest` ranks by it."""
    network = twin.network
    direction = twin.performance.utilisation * twin.state.capacity_bps
    link = direction.reshape(-1, 2).sum(axis=1)
    element = np.bincount(network.tail, weights=direction, minlength=len(network.elements))
    duct = np.bincount(
        network.ride_duct, weights=link[network.ride_link], minlength=len(network.ducts)
    )
    carded = network.port_card >= 0
    card = np.bincount(
        network.port_card[carded], weights=direction[carded], minlength=len(network.cards)
    )
    feed = np.bincount(
        network.fed_feed, weights=element[network.fed_element], minlength=len(network.feeds)
    )
    weights = {"direction": direction, "link": link, "element": element, "duct": duct}
    return weights | {"card": card, "feed": feed}


def _world(loaded: LoadedScenario, management: str) -> World:
    scenario = loaded.scenario
    habits = Habits(
        soak=scenario.alarms.soak,
        clear_soak=max(scenario.alarms.soak, 5000),
        delay=scenario.alarms.delay.timing(),
        lost=scenario.alarms.lost,
        duplicated=scenario.alarms.duplicated,
        clock_skew=scenario.alarms.clock_skew,
        late=scenario.alarms.late,
        lateness=scenario.alarms.lateness.timing(),
        agent_rate=scenario.alarms.agent_rate,
        client_layer=scenario.alarms.client_layer,
    )
    return World(
        management=management,
        rhythm=rhythm_of(scenario),
        scale=scenario.traffic.scale,
        variation=scenario.traffic.variation,
        telemetry_delay=scenario.telemetry.delay.timing(),
        missing=scenario.telemetry.missing,
        habits=habits,
        timers=scenario.control_plane.timers(),
        protocol=scenario.control_plane.protocol(),
        carriage=scenario.telemetry.carriage(),
        intervals=scenario.telemetry.intervals.by_table(),
    )


def rhythm_of(scenario: Scenario) -> Rhythm:
    """Return how demand moves through day, week and years in a scenario."""
    traffic = scenario.traffic
    return Rhythm(
        profile=traffic.profile,
        starts=scenario.clock.starts,
        day=DAYS.index(traffic.day),
        week=traffic.week or EVEN_WEEK,
        growth=traffic.growth,
    )


def _manners(loaded: LoadedScenario) -> Manners:
    tickets = loaded.scenario.tickets
    return Manners(
        background=tickets.background,
        propensity=tickets.propensity,
        per_service=tickets.per_service,
        delay=tickets.delay.timing(),
        wrong=tickets.wrong_address,
        vague=tickets.vague,
    )


def assumed_timings(assembly: Assembly) -> int:
    """Return how many of the timings that a run rested on are assumptions.

    Those of the scenario, of the control plane, of the kinds of command that were sent, and of the
    work that people were given.
    """
    kinds = {
        str(record.data["kind"])
        for record in assembly.log.events
        if record.kind == "command.submitted"
    }
    known = command_kinds()
    commands = sum(
        known[kind].time["source"] == ASSUMPTION for kind in sorted(kinds) if kind in known
    )
    stated = assembly.loaded.scenario.assumed_timings()
    plan, work = assembly.briefing.operations, assembly.log.events
    asked = {(str(r.data["role"]), str(r.data["task"])) for r in work if r.kind == "work.queued"}
    for said in (row.data for row in work if "spells" in row.data):
        for when, times in (("resume", "interruptions"), ("shift", "handovers")):
            if said[times]:
                asked.add((str(said["role"]), when))
    shifts = any(when == "shift" for _, when in asked)
    profile = profile_of(plan.profile, plan.profile_text)
    rows = profile.rests_on_assumptions(frozenset(asked), shifts=shifts, fatigue=plan.fatigue)
    return int(stated + Timers.ASSUMED + commands + rows)


def natural_of(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Return what was expected of natural failures, where there are any."""
    found = outlook(assembly.loaded, assembly.network)
    return {} if found is None else {"natural": found.as_json()}


def targets_of(assembly: Assembly) -> dict[str, float]:
    """Return the clocks that are to be met, seconds."""
    targets = assembly.loaded.scenario.targets
    return {
        "detect_s": seconds(targets.detect),
        "locate_s": seconds(targets.locate),
        "restore_s": seconds(targets.restore),
    }
