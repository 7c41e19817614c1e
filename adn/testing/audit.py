"""Admission audit: does a fault kind do what its datasheet says, on a real network?

For authors of fault kinds. `audit` strikes a target with the kind in a quiet, lightly loaded world
and tries every claim: that the healthy path is quiet, that a symptom shows where the fault is and
not elsewhere, that it persists, that a command which renews nothing broken leaves it, that each
stated repair ends it and leaves the network exactly as before, that stated mitigations are legal,
and that a kind called grey escapes state checks while others do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from adn.base.clock import MINUTE, SECOND, Millis
from adn.faults.injector import affected, impairments_of
from adn.faults.kinds import FaultKind, Intermittent, Ramp
from adn.northbound.commands import MAX_COST, Command, command_kinds
from adn.testing.symptoms import busiest, departures
from adn.testing.trial import Trial, plan_fault, quiet_world
from adn.topology.network import Bools, Ints, Network
from adn.twin.effects import RefusedError, apply, renews
from adn.twin.impairments import Overlay
from adn.twin.performance import Performance
from adn.twin.properties import PROPERTIES
from adn.twin.state import State

ONSET: Final[Millis] = 2 * MINUTE
SETTLING: Final[Millis] = 2 * MINUTE
"""Longest wait for consequences: hold time, flooding, adjacencies, soaks."""
SCALE: Final = 0.2
"""Share of the usual demand, so that rerouting overloads nothing and a symptom is the fault's."""


def audit(
    kind: FaultKind,
    network: Network,
    *,
    target: str | None = None,
    params: Mapping[str, float] | None = None,
    seed: int = 1,
) -> list[str]:
    """Return what is wrong with a kind, one sentence each; empty if it holds.

    Args:
        kind: The kind.
        network: Where it is tried.
        target: Id of the object it strikes; by default the one with the most traffic.
        params: Parameters; defaults where not given.
        seed: Of the control plane and of commands.
    """
    return list(_Audit(kind, network, target, params, seed).findings())


class _Audit:
    """One kind on one target of one network."""

    def __init__(
        self,
        kind: FaultKind,
        network: Network,
        target: str | None,
        params: Mapping[str, float] | None,
        seed: int,
    ) -> None:
        self.kind, self.network, self.seed = kind, network, seed
        self.target = target or busiest(kind, network)
        self.fault = plan_fault(kind, self.target, ONSET, params)
        self.objects = affected(network, self.fault)
        self.impairments = [
            row
            for number in range(len(kind.impairments))
            for row in impairments_of(network, self.fault, number)
        ]
        self.dark = set(self._darkened())
        near = self._near()
        self.management = min(
            network.elements.ids, key=lambda name: (name in self.dark, name in near, name)
        )
        self.baseline = self._healthy()
        self.crossing = self._crossing()

    def findings(self) -> Iterator[str]:
        """Try every claim, cheapest first; without a symptom there is nothing more to try."""
        yield from self._quiet()
        struck = list(self._struck())
        yield from struck
        if any("no symptom" in text for text in struck):
            return
        yield from self._wrong_remedy()
        if not self.kind.repaired_by:
            yield "the datasheet names no repair"
        for name in self.kind.repaired_by:
            yield from self._repair(name)
        for name in self.kind.mitigated_by:
            yield from self._mitigation(name)

    # --- set-up ---

    def _darkened(self) -> list[str]:
        """Return the elements that go dark at full strength."""
        up = State.of(self.network, Overlay(self.network, self.impairments)).element_up
        return [self.network.elements[int(row)] for row in np.flatnonzero(~up)]

    def _near(self) -> set[str]:
        """Return the elements at the ends of what is struck; operations attach elsewhere."""
        network, near = self.network, {self.target}
        for name in self.objects:
            if name in network.links:
                row = network.links.row(name)
                near |= {
                    network.elements[int(end[row])] for end in (network.link_a, network.link_z)
                }
        return near

    def _trial(self, *, faulty: bool = True) -> Trial:
        world = quiet_world(self.network, management=self.management, scale=SCALE)
        planned = [self.fault] if faulty else []
        return Trial(self.network, world, seed=self.seed, planned=planned)

    def _healthy(self) -> tuple[Performance, State]:
        trial = self._trial(faulty=False)
        trial.to(SECOND)
        return trial.twin.performance, trial.twin.state

    def _crossing(self) -> Bools:
        """Return which services use what is struck, or end there, shape (S,).

        While all is well, or once the network has settled around the fault: a wrong metric draws
        others in. A grey fault of one direction is to spare the other one.
        """
        network = self.network
        hit = np.zeros(len(network.directions) + 1, dtype=bool)
        one_way = self.kind.grey and self.kind.target == "direction"
        for name in self.objects:
            if name in network.directions:
                hit[network.directions.row(name)] = True
            if name in network.links and not one_way:
                row = network.links.row(name)
                hit[[2 * row, 2 * row + 1]] = True
        ends = self.dark | ({self.target} if self.kind.target == "element" else set())
        rows = network.elements.rows(sorted(ends))
        hit[:-1] |= np.isin(network.tail, rows) | np.isin(network.head, rows)
        fork = self._trial(faulty=False).twin.fork()
        struck = replace(fork, overlay=Overlay(network, self.impairments))
        crossing = np.isin(network.service_a, rows) | np.isin(network.service_z, rows)
        for one in (fork, struck):
            forwarding = one.settled_forwarding(State.of(network, one.overlay))
            flows = hit[forwarding.paths].any(axis=1)
            crossing |= np.bincount(forwarding.flows.service, weights=flows) > 0
        found: Bools = crossing
        return found

    def _course(self) -> Millis:
        """Return how long the fault takes to show what it can."""
        longest = 0
        for spec in self.kind.impairments:
            if isinstance(spec.course, Ramp):
                longest = max(longest, spec.course.over)
            elif isinstance(spec.course, Intermittent):
                longest = max(longest, 6 * (spec.course.on + spec.course.off))
        return longest + SETTLING

    # --- claims ---

    def _quiet(self) -> Iterator[str]:
        trial = self._trial(faulty=False)
        trial.to(ONSET + self._course())
        if trial.alarms or trial.truths or departures(self.network, trial, self.baseline):
            yield "the healthy network is not quiet"

    def _watch(self, trial: Trial, span: Millis) -> tuple[set[str], set[str]]:
        """Run on; return what departed on the struck path and on the control path.

        Elsewhere only what two looks in a row find counts: convergence passes by everywhere.
        """
        here: set[str] = set()
        there: set[str] = set()
        before: set[str] = set()
        services = self.network.services
        own = set(self.objects)
        until = trial.now + span
        while trial.now < until:
            trial.run(min(5 * SECOND, until - trial.now))
            now = departures(self.network, trial, self.baseline)
            for text in now:
                what, _, name = text.partition(" ")
                crosses = what.startswith("service.") and self.crossing[services.row(name)]
                if crosses or what == "direction.utilisation" or name in own:
                    here.add(text)
                elif text in before:
                    there.add(text)
            before = now
        return here, there

    def _struck(self) -> Iterator[str]:
        trial = self._trial()
        trial.to(ONSET)
        here, there = self._watch(trial, self._course())
        if not here and not trial.alarms:
            yield f"no symptom on {self.target} within {self._course() // SECOND} s of its onset"
            return
        if there:
            yield f"a symptom on the control path: {min(there)}"
        later, _ = self._watch(trial, self._course())
        standing = len(trial.alarms) > 0 and bool(trial.twin.overlay.active)
        if not later and not standing:
            yield "the symptom does not persist"
        yield from self._state_checks(trial)

    def _state_checks(self, trial: Trial) -> Iterator[str]:
        """Grey kinds escape what looks at element state and alarms; the others do not."""
        troubled = sorted({alarm.specific_problem for _, alarm in trial.alarms})
        dark = not trial.twin.state.lit.all()
        apart = not trial.twin.state.adjacent.all()
        seen = [*troubled, *(["no light"] if dark else []), *(["no adjacency"] if apart else [])]
        if self.kind.grey and seen:
            yield f"it is called grey, but state checks see it: {', '.join(seen)}"
        if not self.kind.grey and not seen:
            yield "state checks miss it, but it is not called grey"

    def _wrong_remedy(self) -> Iterator[str]:
        command = self._wrong()
        if command is None:
            yield "no legal command on the struck object fails to mend it"
            return
        trial = self._settled()
        self._carry_out(trial, command)
        here, _ = self._watch(trial, self._course())
        if trial.truth("fault.cleared") or (not here and not trial.twin.overlay.active):
            yield f"{command.kind} on {command.target} ends it, though it renews nothing broken"

    def _wrong(self) -> Command | None:
        """Return a repair of the right object that renews no broken part."""
        for name, row in sorted(command_kinds().items()):
            if row.use != "repair":
                continue
            for target in self._targets(row.target):
                command = Command("CMD-9001", name, target)
                if not any(renews(self.network, command, broken) for broken in self.impairments):
                    return command
        return None

    def _targets(self, table: str) -> list[str]:
        """Return the objects of a table that belong to what is struck."""
        network = self.network
        if table == self.kind.target:
            return [self.target]
        links = [name for name in self.objects if name in network.links]
        held = network.links.rows(links)
        if table == "link":
            return links
        if table == "element":
            return self._elements(held)
        if table == "duct":
            rows = np.unique(network.ride_duct[np.isin(network.ride_link, held)])
            return [network.ducts[int(row)] for row in rows]
        return []

    def _elements(self, links: Ints) -> list[str]:
        """Return the elements whose own the struck object is."""
        network = self.network
        if self.kind.target == "direction":
            rows = network.tail[[network.directions.row(self.target)]]
        elif self.kind.target == "card":
            rows = network.card_element[[network.cards.row(self.target)]]
        elif self.kind.target == "feed":
            return list(network.elements_on_feed(self.target))
        else:
            rows = np.unique(np.concatenate([network.link_a[links], network.link_z[links]]))
        return [network.elements[int(row)] for row in rows]

    def _settled(self) -> Trial:
        trial = self._trial()
        trial.to(ONSET + self._course())
        return trial

    def _carry_out(self, trial: Trial, command: Command) -> str:
        """Do what a command asks; a crew's work at once, since its hours are not of interest."""
        if command_kinds()[command.kind].performed_by == "system":
            name = trial.do(command.kind, command.target, command.params)
            return trial.results[name].message
        twin = trial.twin
        effect = apply(self.network, command, twin.configuration, twin.overlay)
        twin.configure(effect.configuration, effect.overlay, command.id)
        for listener in twin.carried_out:
            listener(command)
        return "done"

    def _repair(self, name: str) -> Iterator[str]:
        kinds = command_kinds()
        if name not in kinds or kinds[name].use != "repair":
            yield f"repaired_by names {name}, which is no repair"
            return
        targets = self._targets(kinds[name].target)
        if not targets:
            yield f"{name} has no target that belongs to {self.target}"
            return
        trial = self._settled()
        for number, target in enumerate(targets):
            message = self._carry_out(trial, Command(f"CMD-90{number:02d}", name, target))
            if message != "done":
                yield f"{name} on {target} is not carried out: {message}"
                return
            if trial.truth("fault.cleared"):
                break
        if not trial.truth("fault.cleared"):
            yield f"{name} is said to repair it, but does not end it"
            return
        trial.run(self._course())
        yield from self._exactly_back(trial, name)

    def _exactly_back(self, trial: Trial, name: str) -> Iterator[str]:
        twin = trial.twin
        performance, state = self.baseline
        same = all(
            np.array_equal(getattr(twin.state, column), getattr(state, column))
            for column in State.__dataclass_fields__
        )
        conditions = all(
            (twin.overlay.column(key) == prop.healthy).all() for key, prop in PROPERTIES.items()
        )
        services = all(
            np.array_equal(
                getattr(twin.performance.services, column),
                getattr(performance.services, column),
                equal_nan=column == "latency_ms",
            )
            for column in ("loss", "latency_ms", "rate_bps", "reachable")
        )
        if not (same and conditions and services) or departures(self.network, trial, self.baseline):
            yield f"after {name} the network is not as it was before"
        standing: set[str] = set()
        for _, alarm in trial.alarms:
            if alarm.perceived_severity == "cleared":
                standing.discard(alarm.alarm_id)
            else:
                standing.add(alarm.alarm_id)
        if standing:
            yield f"after {name} alarms still stand: {', '.join(sorted(standing))}"

    def _mitigation(self, name: str) -> Iterator[str]:
        """A mitigation is legal if the network takes it on an object that the fault concerns."""
        trial = self._settled()
        for command in self._mitigations(name):
            try:
                apply(self.network, command, trial.twin.configuration, trial.twin.overlay)
            except RefusedError as error:
                yield f"mitigated_by names {name}, which is refused: {error}"
            return
        yield f"mitigated_by names {name}, for which the fault offers no use"

    def _mitigations(self, name: str) -> Iterator[Command]:
        network = self.network
        params: dict[str, Any]
        if name == "set-link-cost":
            for link in self._targets("link"):
                yield Command("CMD-9001", name, link, {"cost": MAX_COST})
            return
        if name == "drain-element":
            for element in self._targets("element"):
                yield Command("CMD-9001", name, element, {"drained": True})
            return
        rows = np.flatnonzero(self.crossing)
        for row in rows.tolist():
            service = network.services[row]
            if name == "limit-services" and network.elastic[row]:
                params = {"shares": {service: 0.5}}
            elif name == "steer-services":
                params = {"routes": {service: self._way(row)}}
            elif name in command_kinds() and name != "limit-services":
                params = {}
            else:
                continue
            yield Command("CMD-9001", name, network.elements[int(network.service_a[row])], params)

    def _way(self, service: int) -> list[str]:
        """Return a path of a service as it was while all was well."""
        forwarding = self._trial(faulty=False).twin.forwarding
        flow = int(np.flatnonzero(forwarding.flows.service == service)[0])
        used = forwarding.paths[flow][forwarding.paths[flow] < len(self.network.directions)]
        return [self.network.directions[int(row)] for row in used]
