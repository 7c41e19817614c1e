"""The twin: the world's clock, its condition, and the order in which consequences follow.

From outside it is advanced to an instant and answers with what it reports; commands are submitted;
faults and disturbances add and remove impairments. Everything else follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from scipy.sparse.csgraph import breadth_first_order

from adn.base.clock import MINUTE, Millis, SimClock
from adn.base.records import Record
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult, PlanNotice
from adn.northbound.post import MaintenanceNotice, Ticket
from adn.northbound.telemetry import Table, TelemetryFrame
from adn.northbound.train import Place, Train
from adn.physics.routing import Fabric, adjacency
from adn.topology.network import Bools, Network
from adn.twin.ahead import Ahead
from adn.twin.alarming import DEGRADED_LIMIT, UTILISATION_LIMIT, Alarming, Habits
from adn.twin.attribution import Attribution
from adn.twin.control_plane import ControlPlane
from adn.twin.demand import STEP, Demand, Surge
from adn.twin.executing import Executing
from adn.twin.fork import Fork
from adn.twin.forwarding import Forwarding
from adn.twin.impairments import Impairment, Overlay
from adn.twin.measuring import Measuring
from adn.twin.performance import Performance
from adn.twin.protecting import Protecting
from adn.twin.reporting import Reporting
from adn.twin.rhythm import Rhythm
from adn.twin.routine import Routine, foreseen
from adn.twin.state import Configuration, State, advertised
from adn.twin.timers import Protocol, Timers
from adn.twin.transporting import Carriage, Transporting
from adn.twin.views import Changes

_DEGRADED: Final = float(np.log10(DEGRADED_LIMIT))

Report = TelemetryFrame | Alarm | CommandResult | Ticket | MaintenanceNotice


@dataclass(frozen=True, slots=True)
class World:
    """How the world behaves, besides the network itself; the true parameters.

    Attributes:
        management: Element where operations attach.
        rhythm: How demand moves through day, week and years.
        scale: Factor on all demands.
        variation: Standard deviation of a service's demand about its profile.
        telemetry_delay: From the end of an interval to arrival.
        missing: Share of samples that get lost.
        habits: How elements raise alarms.
        timers: How fast the control plane is.
        intervals: How often all KPIs of a table are reported, where not as the catalogue says.
        carriage: How telemetry is carried to the collector.
        protocol: What is configured of the control plane besides its timers.
    """

    management: str
    rhythm: Rhythm
    scale: float
    variation: float
    telemetry_delay: Timing
    missing: float
    habits: Habits
    timers: Timers
    intervals: Mapping[Table, Millis] = field(default_factory=dict)
    carriage: Carriage = field(default_factory=Carriage)
    protocol: Protocol = field(default_factory=Protocol)


class Twin:
    """A network in simulated time.

    Args:
        network: What it is made of.
        world: How it behaves.
        key: The world's random key.
        truth: Where the truth is written.

    Attributes:
        latent: What comes and goes, by id, at full strength; whether it shows just now or not.
        routine: What happens every so often.
    """

    def __init__(
        self, network: Network, world: World, key: Key, truth: Callable[[Record], None]
    ) -> None:
        self.network, self.world, self.clock = network, world, SimClock()
        self.truth = truth
        self.overlay = Overlay(network)
        self.configuration = Configuration.initial(network)
        self.latent: dict[str, Impairment] = {}
        self.carried_out: list[Callable[[Command], None]] = []
        self.on_the_way: list[Callable[[TelemetryFrame], TelemetryFrame]] = []
        self._key, self._fabric = key, Fabric.of(network)
        self._out: list[Report] = []
        self.routine = Routine(self.clock)
        self._management = network.elements.row(world.management)
        self._demand = Demand(network, key, world.rhythm, world.scale, world.variation)
        self.rates = self._demand.advance(0)
        self._ahead = Ahead(network, self._demand)
        self._told_adjacent = np.zeros(0, dtype=bool)
        self._steady_until = STEP
        self._protecting = Protecting(self.clock, network, key, self._switched)
        self.state = self._conditioned()
        self._metric = network.cost
        self.forwarding = Forwarding(network, self._fabric, key.word("ecmp"))
        up = np.repeat(self.state.adjacent, 2)
        self.forwarding.settle(up, np.repeat(network.cost, 2))
        self.forwarding.refresh()
        self.performance = self._perform()
        self.attribution = Attribution(network, truth)
        self._transporting = Transporting(network, world.carriage, key)
        self._measuring = Measuring(network, key, world.missing, world.intervals)
        self._underway = Reporting(
            self.routine, self.clock, self._measuring, self._transporting,
            world.telemetry_delay, key, self._arrive,
        )  # fmt: skip
        self._control = ControlPlane(
            self.clock, network, self._fabric, key, world.timers, world.protocol,
            self._install, self._adjacency, self._protect,
        )  # fmt: skip
        self._alarming = Alarming(
            self.clock, network, key, world.habits, self._out.append, self._alarm_raised
        )
        self._executing = Executing(self, key, self._out.append)
        self._managed = self._manageable()
        self._reporting = self._managed & self.state.element_up
        self.routine.every(STEP, self._traffic, foreseen)
        self._underway.begin(self._report)
        self.routine.every(MINUTE, self._forget_runs, foreseen)
        self._refresh("start")

    # --- the conductor's side ---

    def next_event(self) -> Millis:
        """When something next happens in the world."""
        return min(self.routine.next, self.clock.next_event())

    def advance(self, now: Millis) -> list[Report]:
        """Let the world run up to and including `now`; return what it reports, in order."""
        while (at := self.next_event()) <= now:
            if self.routine.next == at:
                self.routine.step()
            else:
                self.clock.move_to(at)
                self.clock.drain()
        self.clock.move_to(now)
        return self._reports()

    def coast(self, until: Millis) -> tuple[Millis, list[Report]] | None:
        """Go on while nothing but routine is due, up to the first instant with a report.

        Args:
            until: Go no further than to before this.

        Returns:
            When something is reported, and what; None if before that something else is due.
        """
        routine, clock = self.routine, self.clock
        while routine.next < until and routine.next < clock.next_event():
            routine.step()
            if self._out:
                return clock.now, self._reports()
        return None

    def trains(self, until: Millis) -> list[Train]:
        """Return the frames that will arrive before `until` while nothing but routine is due.

        They are ahead of time: let time `pass_by` before anything else is asked of the twin.

        Returns:
            One train for each block of KPIs; none if it is not known so far ahead.
        """
        if self._out or self.on_the_way or not self._reporting.all():
            return []
        if self._control.recent_runs.any() or self.clock.now == 0:
            return []
        minute = (self.clock.now // STEP + 1) * STEP
        limit = self.routine.idle_until(min(until, self.clock.next_event()))
        presents = [self._measuring.present[1]]
        if self._quiet():
            presents += [
                (one, self.state)
                for one in self._ahead.coming(
                    minute, self.state, self.configuration, self.forwarding
                )
            ]
        return self._underway.trains(limit, minute, presents)

    def pass_by(self, last: Place) -> None:
        """Let time go on to where the last frame of the `trains` was handed over."""
        self._underway.pass_by(last)

    def _reports(self) -> list[Report]:
        reports, self._out[:] = self._out.copy(), []
        return reports

    def submit(self, now: Millis, command: Command) -> None:
        """Take in a command at `now`; its result is reported when it is done."""
        self.clock.move_to(now)
        self._executing.submit(command)

    def judge(self, now: Millis, notice: PlanNotice) -> None:
        """Try a filed plan on a fork and write the verdict into the truth."""
        self.clock.move_to(now)
        self._executing.judge(notice)

    def seal(self, now: Millis) -> None:
        """Write into the truth what is still under way when the run ends."""
        self.clock.move_to(now)
        self._executing.seal()

    # --- the side of faults, disturbances and commands ---

    def impair(self, impairment: Impairment, cause: str) -> None:
        """Make an impairment active."""
        adjacent, metric = self.state.adjacent, self.state.metric
        self.overlay.add(impairment)
        self._condition_changed(cause)
        if (adjacent != self.state.adjacent).any() or (metric != self.state.metric).any():
            self.attribution.stirred(impairment.owner, self.clock.now)

    def relieve(self, names: tuple[str, ...], cause: str) -> None:
        """End impairments."""
        removed = [self.overlay.remove(name) for name in names]
        if any(removed):
            self._condition_changed(cause)

    def configure(self, configuration: Configuration, overlay: Overlay, cause: str) -> None:
        """Put in force what a command made of configuration and impairments."""
        self.configuration, self.overlay = configuration, overlay
        self.forwarding.set_routes(configuration.routes)
        self._condition_changed(cause if cause.startswith("command") else f"command {cause}")

    def report(self, seen: Report) -> None:
        """Let operations have what somebody outside the network says."""
        self._out.append(seen)

    def surge(self, owner: str, surge: Surge) -> None:
        """Let some services be wanted more for a while."""
        self._demand.add(owner, surge)
        self._ahead.forget()

    def crowded(self, service: int) -> tuple[str, ...]:
        """Return whose surges put a service outside its limits, if none of them means within."""
        owners = self._demand.surging()
        if not owners or not self.performance.outside[service]:
            return ()
        usual = self.rates / self._demand.factor()
        return () if replace(self.fork(), demand_bps=usual).settled().outside[service] else owners

    def fork(self) -> Fork:
        """Return the present network as a fork."""
        return Fork(self.network, self.forwarding, self.overlay, self.configuration, self.rates)

    def manages(self, element: int) -> bool:
        """Whether an element can be reached by operations and is up."""
        return bool(self._managed[element] and self.state.element_up[element])

    # --- consequences ---

    def _condition_changed(self, cause: str) -> None:
        before, self.state = self.state, self._conditioned()
        told = f"convergence {_set_off(cause)}".strip()
        self.forwarding.suffer(self.state)
        for node in np.flatnonzero(before.process_up != self.state.process_up).tolist():
            self._control.set_running(node, bool(self.state.process_up[node]), told)
        for link in np.flatnonzero(before.adjacent != self.state.adjacent).tolist():
            light = before.link_up[link] != self.state.link_up[link]
            heard = bool(self.state.adjacent[link])
            light |= not heard and not self.state.link_up[link]  # no way round was found in time
            self._control.link_heard(link, heard, bool(light), told)
        metric = advertised(self.state, self.network, self.configuration)
        for link in np.flatnonzero(metric != self._metric).tolist():
            self._control.set_cost(link, int(metric[link]), told)
        self._metric = metric
        self._transporting.restarted(self.state.element_up & ~before.element_up, self.clock.now)
        self._reporting = self._managed & self.state.element_up
        if (before.power_lost != self.state.power_lost).any():
            self._alarming.update({"gasp": self.state.power_lost})  # with the last of the power
        if (before.link_up != self.state.link_up).any() or (
            before.element_up != self.state.element_up
        ).any():
            self._managed = self._manageable()
            self._reporting = self._managed & self.state.element_up
            self._alarming.set_managed(self._reporting)
        self._refresh(cause)

    def _conditioned(self) -> State:
        """Return the state of the present condition, light taking the ways it takes just now."""
        selection = self._protecting.selection(self.overlay)
        return State.of(self.network, self.overlay, selection)

    def _switched(self) -> None:
        """Protection has moved links to other ways, or has found none."""
        self._condition_changed("convergence")

    def observe(self, cause: str) -> None:
        """Let everyone who watches performance look again, though nothing need have changed."""
        self._refresh(cause)

    def _refresh(self, cause: str) -> None:
        """Bring performance up to the present instant and let everyone who watches it know."""
        now = self.clock.now
        self.forwarding.refresh()
        self.performance = self._perform()
        self._measuring.changed(now, self.performance, self.state)
        fork = self.fork()
        self.attribution.update(now, self.performance, fork, cause)
        if self.attribution.invisible:
            self.attribution.look(now, self.performance, self.state, self._control.adjacent, fork)
        self._alarming.update(
            {
                "light": ~self.state.own_lit & self.state.element_up[self.network.head],
                "degraded": self.state.lit & (self.state.pre_fec >= _DEGRADED),
                "protection": self.state.way > 0,
                "client": self.performance.down,
                "adjacency": ~self._control.advertised,
                "load": self.performance.overload > UTILISATION_LIMIT,
                "power": self.state.power_partly,
                "card": self.state.card_failed,
                "table": self.state.full > 0.0,
            }
        )
        self._told_adjacent = self._control.advertised.copy()
        self._watched = bool(
            self.performance.outside.any()
            or (self.performance.overload > UTILISATION_LIMIT).any()
            or self.performance.down.any()
        )

    def _perform(self) -> Performance:
        return Performance.of(
            self.network, self.state, self.configuration, self.forwarding, self.rates
        )

    def _install(self, node: int, changes: Changes, cause: str) -> None:
        self.forwarding.install(node, changes)
        if self.forwarding.refresh():
            self._refresh(cause)

    def _protect(self, direction: int, active: bool, cause: str) -> None:
        self.forwarding.protect(direction, active)
        if self.forwarding.refresh():
            self._refresh(cause)

    def _adjacency(self) -> None:
        self._refresh("convergence")

    def _alarm_raised(self, alarm_id: str, managed_object: str) -> None:
        self.attribution.alarm(self.clock.now, alarm_id, managed_object)

    def _manageable(self) -> Bools:
        """Return which elements can reach operations.

        Management rides an out-of-band channel of the same fibres (the optical supervisory
        channel), so it needs lit links but no routing; servers pass none of it on.
        """
        alive = self.state.element_up
        tail = self._fabric.tail
        usable = np.repeat(self.state.link_up, 2)
        usable &= self._fabric.transit[tail] | (tail == self._management)
        graph = adjacency(self._fabric, np.ones(self._fabric.directions), usable)
        reached = breadth_first_order(graph, self._management, return_predecessors=False)
        managed = np.zeros(self._fabric.n, dtype=bool)
        managed[reached] = True
        return managed & alive

    # --- activities ---

    def _traffic(self) -> None:
        now = self.clock.now
        calm = self._calm(now)
        self.rates = self._demand.advance(now)
        self._steady_until = now + STEP
        if calm is None:
            self._refresh("traffic")
        else:
            self.performance = calm
            self._measuring.changed(now, calm, self.state)

    def _calm(self, now: Millis) -> Performance | None:
        """Return the performance from now on, if nobody who watches it has anything to do."""
        if not self._quiet() or self.forwarding.refresh():
            return None
        return self._ahead.at(now, self.state, self.configuration, self.forwarding)

    def _quiet(self) -> bool:
        """Whether nobody who watches performance has anything to do in a calm minute."""
        return not (
            self._watched
            or self.attribution.unsettled
            or self.forwarding.stale
            or not np.array_equal(self._told_adjacent, self._control.advertised)
        )

    def _report(self, number: int) -> None:
        frame = self._measuring.frame(
            number,
            self.clock.now,
            self._reporting,
            self._control.recent_runs,
            self._steady_until,
        )
        self._underway.send(number, frame)

    def _forget_runs(self) -> None:
        """Begin another minute of counting shortest-path runs."""
        self._control.recent_runs[:] = 0

    def _arrive(self, frame: TelemetryFrame) -> None:
        """Hand a frame over, less what was lost on the way."""
        for lose in self.on_the_way:
            frame = lose(frame)
        self._out.append(frame)


def _set_off(cause: str) -> str:
    """Return the command id in a cause, "heal" where something came back by itself, or ""."""
    if cause == "heal":
        return cause
    return cause.partition(" ")[2] if cause.startswith(("command", "convergence")) else ""
