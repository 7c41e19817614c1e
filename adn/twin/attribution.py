"""Attribution: which fault is to blame for which service, written into the truth as it happens.

A service that leaves its limits is blamed on every active fault without which, once settled, it
would be within them (with the operations' settings as they are, or with none); where no single one
would do but the absence of all would, on all of them. Where more than one fault is about, an outage
that will pass by itself is the doing of the one whose removal would end it at once, else (tables
that disagree) of the one that last set routing going: what settles says nothing about what passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from adn.base.clock import MINUTE, Millis
from adn.base.records import Record
from adn.topology.network import Bools, Network
from adn.twin.alarming import UTILISATION_LIMIT
from adn.twin.departures import departed, noise_free
from adn.twin.fork import Fork
from adn.twin.performance import Performance
from adn.twin.state import State

AFTERMATH: Final[Millis] = MINUTE
"""How long after its end a fault can still be blamed: until routing has settled (assumption)."""


class Attribution:
    """Keeps the blame of every fault, and says when it changes.

    Args:
        network: Whose services.
        truth: Where records go.
    """

    def __init__(self, network: Network, truth: Callable[[Record], None]) -> None:
        self._network, self._truth = network, truth
        n = len(network.services)
        self._outside = np.zeros(n, dtype=bool)
        self._class = np.zeros(n, dtype=np.int8)
        self._blamed: dict[str, Bools] = {}
        self._objects: dict[str, frozenset[str]] = {}
        self._ended: dict[str, Millis] = {}
        self._changed: dict[str, Millis] = {}
        self._visible: set[str] = set()
        self._disturbances: set[str] = set()
        self._leaving: list[str] = []

    def begin(
        self, fault: str, objects: Sequence[str], at: Millis = 0, *, disturbance: bool = False
    ) -> None:
        """A fault has begun to impair `objects`; a disturbance takes blame just as well."""
        if disturbance:
            self._disturbances.add(fault)
        self._objects[fault] = frozenset(objects)
        self._changed[fault] = at
        self._blamed[fault] = np.zeros(len(self._outside), dtype=bool)

    def blamed(self, service: int) -> tuple[str, ...]:
        """Return the faults and disturbances that hold a service outside its limits, sorted."""
        return tuple(name for name, held in sorted(self._blamed.items()) if held[service])

    def stirred(self, owner: str, at: Millis) -> None:
        """A fault (others are no matter) has just changed who hears whom in routing."""
        if owner in self._changed:
            self._changed[owner] = at

    def end(self, fault: str, at: Millis) -> None:
        """No impairment of a fault is left."""
        self._ended[fault] = self._changed[fault] = at
        self._leaving.append(fault)

    def _active(self, at: Millis) -> list[str]:
        """Return the faults that can be blamed at `at`."""
        return [
            fault for fault in sorted(self._objects) if self._ended.get(fault, at) + AFTERMATH > at
        ]

    def update(self, at: Millis, performance: Performance, fork: Fork, cause: str) -> None:
        """Take in the present performance and record what changed because of `cause`."""
        self._record_states(at, performance)
        left = performance.outside & ~self._outside
        back = self._outside & ~performance.outside
        self._outside = performance.outside.copy()
        blamed = self._blame(at, left, fork) if left.any() else {}
        released = self._hand_over(at, fork, blamed)
        nothing = np.zeros_like(left)
        for fault, services in self._blamed.items():
            out = blamed.get(fault, nothing) & ~services
            returned = services & (back | released.get(fault, nothing))
            if out.any() or returned.any():
                self._blamed[fault] = (services | out) & ~returned
                self._truth(
                    Record(
                        at,
                        "disturbance.impact" if fault in self._disturbances else "fault.impact",
                        "twin",
                        id=fault,
                        data={
                            "out": self._names(out),
                            "back": self._names(returned),
                            "cause": cause,
                        },
                    )
                )

    def _hand_over(self, at: Millis, fork: Fork, blamed: dict[str, Bools]) -> dict[str, Bools]:
        """Return what faults that have just ended are blamed for no more; it is in `blamed` now.

        A service that another fault would have put outside its limits anyway stays there when the
        first is mended; from then on it is the other's.
        """
        released: dict[str, Bools] = {}
        running = [fault for fault in self._active(at) if fault not in self._ended]
        for fault in self._leaving:
            held = self._blamed[fault] & self._outside
            if not running or not held.any():
                continue
            lasting = held & fork.settled().outside
            released[fault] = np.zeros_like(held)
            for heir in running:
                taken = self._spared(lasting, fork.without(heir))
                blamed[heir] = blamed.get(heir, np.zeros_like(held)) | taken
                released[fault] = released[fault] | taken
        self._leaving.clear()
        return released

    def _blame(self, at: Millis, left: Bools, fork: Fork) -> dict[str, Bools]:
        active = self._active(at)
        running = [fault for fault in active if fault not in self._ended]
        if not running:
            return dict.fromkeys(active, left)
        if len(active) == 1:
            return {fault: self._spared(left, fork.without(fault)) for fault in running}
        lasting = left & fork.settled().outside
        blamed = {fault: self._spared(lasting, fork.without(fault)) for fault in running}
        nobody = fork
        for fault in running:
            nobody = nobody.without(fault)
        orphans = lasting & ~np.logical_or.reduce(list(blamed.values()))
        together = self._spared(orphans, nobody)
        passing = self._passing(left & ~lasting, active, fork)
        nothing = np.zeros_like(left)
        return {
            fault: blamed.get(fault, nothing)
            | (together if fault in blamed else nothing)
            | passing[fault]
            for fault in active
        }

    def _passing(self, left: Bools, active: Sequence[str], fork: Fork) -> dict[str, Bools]:
        """Return who is to blame for services that will be back once routing has settled."""
        blamed = {
            fault: left & ~fork.without(fault).at_once().outside
            if left.any() and fault not in self._ended
            else np.zeros_like(left)
            for fault in active
        }
        last = max(active, key=lambda fault: (self._changed[fault], fault))
        blamed[last] = blamed[last] | (left & ~np.logical_or.reduce(list(blamed.values())))
        return blamed

    @staticmethod
    def _spared(left: Bools, fork: Fork) -> Bools:
        """Return which of `left` would be within their limits had a fault never been.

        Either with operations' settings as they are, or with none: a service that was sacrificed
        to bridge a fault is that fault's victim too.
        """
        if not left.any():
            return left
        spared: Bools = left & ~fork.settled().outside
        if not np.array_equal(spared, left):
            spared |= left & ~fork.unconfigured().settled().outside
        return spared

    def look(
        self, at: Millis, performance: Performance, state: State, adjacent: Bools, fork: Fork
    ) -> None:
        """Record the first noise-free departure of a KPI or alarm condition that a fault causes.

        Other happenings depart too; a fault's own departure is gone without it, at once or settled.

        Args:
            at: Now.
            performance: The present performance.
            state: The present state.
            adjacent: Links whose adjacency the routing daemons hold, shape (L,).
            fork: The present network.
        """
        for fault in self._active(at):
            if fault in self._visible | self._disturbances or fault in self._ended:
                continue
            without = fork.without(fault)
            healthy = State.of(self._network, without.overlay)
            apart = np.flatnonzero(~adjacent & ~state.adjacent & healthy.adjacent)
            if len(apart):
                via = f"adjacency {self._network.links[int(apart[0])]}"
            else:
                via = self._departed(performance, state, fork, without, healthy)
            if via:
                self._visible.add(fault)
                self._truth(Record(at, "fault.visible", "twin", id=fault, data={"via": via}))

    def _departed(
        self, performance: Performance, state: State, fork: Fork, without: Fork, healthy: State
    ) -> str:
        """Return what has departed and would not have without a fault, or ""."""
        otherwise, present = without.settled(), (performance, state)
        via = departure(self._network, present, (otherwise, healthy))
        if via and (
            departure(self._network, present, (without.at_once(), healthy))
            or departure(self._network, (fork.settled(), state), (otherwise, healthy))
        ):
            return via
        return ""

    @property
    def unsettled(self) -> bool:
        """Whether the next look at performance may write something though it has not changed."""
        return bool(self._leaving) or self.invisible

    @property
    def invisible(self) -> bool:
        """Whether a running fault has not been visible yet."""
        return any(
            fault not in self._visible | self._disturbances and fault not in self._ended
            for fault in self._objects
        )

    def alarm(self, at: Millis, alarm_id: str, managed_object: str) -> None:
        """Record which fault an alarm is due to: its object's, else the one that is active.

        Of several that impair the object it is the last to have begun: an alarm is news.
        """
        active = self._active(at)
        own = [f for f, impaired in self._objects.items() if managed_object in impaired]
        own = [fault for fault in own if fault in active]
        fault = own[-1] if own else (active[0] if len(active) == 1 else None)
        root = bool(own)
        if fault in self._disturbances:
            fault, root = None, False
        data = {"fault": fault, "root": root}
        self._truth(Record(at, "alarm.cause", "twin", id=alarm_id, data=data))

    def _record_states(self, at: Millis, performance: Performance) -> None:
        now = np.where(performance.down, 2, np.where(performance.outside, 1, 0)).astype(np.int8)
        changed = now != self._class
        if changed.any():
            names = ("ok", "degraded", "down")
            data = {name: self._names(changed & (now == i)) for i, name in enumerate(names)}
            self._truth(Record(at, "service.state", "twin", data=data))
            self._class = now

    def _names(self, mask: Bools) -> list[str]:
        return [self._network.services[int(row)] for row in np.flatnonzero(mask)]


def departure(
    network: Network, now: tuple[Performance, State], otherwise: tuple[Performance, State]
) -> str:
    """Return the first alarm condition or KPI that departs from its healthy band, or ""."""
    (seen, state), (expected, healthy) = now, otherwise
    dark = np.flatnonzero(~(state.lit & state.own_lit) & healthy.lit & healthy.own_lit)
    if len(dark):
        return f"light {network.directions[int(dark[0])]}"
    full = np.flatnonzero(
        (seen.overload > UTILISATION_LIMIT) & (expected.overload <= UTILISATION_LIMIT)
    )
    if len(full):
        return f"load {network.directions[int(full[0])]}"
    unfed = np.flatnonzero(state.power_partly & ~healthy.power_partly)
    if len(unfed):
        return f"power {network.elements[int(unfed[0])]}"
    kpis = departed(network, noise_free(seen, state), noise_free(expected, healthy))
    return next(kpis, "")
