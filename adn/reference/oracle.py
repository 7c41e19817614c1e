"""The oracle: a controller that sees the true state and searches the command space on forks of it.

It is privileged on purpose and bounds what any controller could have restored: it knows the moment
a service leaves its limits, every impairment, path and demand. It has no playbook: each move is
tried on a fork of the twin and kept only if it helps; the commands then take as long, and fail as
often, as anyone's. Crews are sent at once for whatever only a crew can renew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.commands import Command, CommandResult, command_kinds
from adn.northbound.post import Message, Observation
from adn.reference.moves import Move, as_commands, drains_of, moves, renewing
from adn.topology.network import Network
from adn.twin.fork import Fork, pain
from adn.twin.impairments import Overlay
from adn.twin.performance import Performance
from adn.twin.twin import Twin

POLL: Final[Millis] = SECOND
"""How often it looks."""
SETTLE: Final[Millis] = 2 * SECOND
"""How long it lets routing settle before it searches."""
ROUNDS: Final = 4
"""How many moves it puts together at most."""
UNSTEADY: Final = 2
"""An impairment that has changed its strength this often is not waited for to settle."""
MEMORY: Final[Millis] = 10 * MINUTE
"""For how long it remembers such changes, and that services were hurt."""
AGAIN: Final[Millis] = MINUTE
"""How long it waits for a crew that came in vain before it sends another."""


class Oracle:
    """Restores service with full knowledge of the twin.

    Args:
        twin: The world, as nobody else may see it.
        begins: Until when it stays still (the warm-up).
    """

    def __init__(self, twin: Twin, begins: Millis) -> None:
        self._twin = twin
        self._next = begins
        self._trouble: Millis | None = None
        self._pending: dict[str, Command] = {}
        self._crews: dict[tuple[str, str], Millis | None] = {}
        self._strengths: dict[str, float] = {}
        self._changes: deque[tuple[Millis, str]] = deque()
        self._hurt: Millis | None = None
        self._fruitless: object = None
        self._patience, self._look_again = AGAIN, 0
        self._broken: tuple[str, ...] = ()
        self._crew_work: list[tuple[str, str]] = []
        self._sent = 0

    def next_event(self) -> Millis:
        """Its next look."""
        return self._next

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Take in only that its commands are done."""
        if isinstance(seen, CommandResult):
            done = self._pending.pop(seen.command, None)
            for errand, at in self._crews.items():
                if at is None and done and errand == (done.kind, done.target):
                    self._crews[errand] = now

    def advance(self, now: Millis) -> Sequence[Message]:
        """Look, send crews, and if services are in trouble, act."""
        self._next = max(self._next, now + POLL)
        self._watch(now)
        orders = [self._command(*step) for step in self._errands(now)]
        outside = self._twin.performance.outside
        if not outside.any():
            self._trouble = None
        else:
            self._hurt = now
            if self._trouble is None:
                self._trouble = now
            if now >= self._trouble + SETTLE:
                orders += self._relief(now)
        if not orders:
            orders += self._precaution(now)
        return orders

    def _watch(self, now: Millis) -> None:
        """Note whose strength has changed since the last look."""
        strengths = {row.id: row.value for row in self._twin.overlay.active}
        for name, value in strengths.items():
            if self._strengths.get(name, value) != value:
                self._changes.append((now, name))
        self._strengths = strengths
        while self._changes and self._changes[0][0] < now - MEMORY:
            self._changes.popleft()

    def _errands(self, now: Millis) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield a crew for everything that is impaired and that only a crew renews."""
        overlay = self._lasting(self._twin.overlay)
        broken = tuple(row.id for row in overlay.active)
        if broken != self._broken:
            self._broken = broken
            self._crew_work = renewing(self._twin.network, overlay, "field")
        for kind, target in self._crew_work:
            done = self._crews.get((kind, target), now - AGAIN)
            if done is not None and now >= done + AGAIN:
                self._crews[kind, target] = None
                yield kind, target, {}

    def _relief(self, now: Millis) -> list[Command]:
        """Search for what helps; what was in vain is tried again ever more rarely.

        Demand moves each minute, so what did not fit may fit a little later.
        """
        fork = self._expected()
        seen = (
            tuple((row.id, row.value) for row in fork.overlay.active),
            fork.configuration,
            self._twin.performance.outside.tobytes(),
        )
        again = _same(seen, self._fruitless)
        if again and now < self._look_again:
            return []
        found = search(fork)
        if not found:
            self._patience = 2 * self._patience if again else AGAIN
            self._fruitless, self._look_again = seen, now + self._patience
        return [self._command(*step) for move in found for step in move]

    def _precaution(self, now: Millis) -> list[Command]:
        """Take out of use what comes and goes, if services were hurt and it does no harm.

        Every time it comes or goes routing has to follow, which a settled network does not show.
        """
        if self._hurt is None or now - self._hurt > MEMORY or self._pending_quick():
            return []
        names = [name for _, name in self._changes]
        unsteady = sorted(name for name in set(names) if names.count(name) >= UNSTEADY)
        if not unsteady:
            return []
        fork = self._expected()
        rows = [row for row in fork.overlay.active if row.id in unsteady]
        least = _score(fork.network, fork.settled())
        for move in drains_of(fork, rows):
            if _score(fork.network, fork.after(as_commands(move)).settled()) <= least:
                self._changes = deque(row for row in self._changes if row[1] not in unsteady)
                return [self._command(*step) for step in move]
        self._changes.clear()
        return []

    def _pending_quick(self) -> bool:
        kinds = command_kinds()
        return any(kinds[c.kind].performed_by != "field" for c in self._pending.values())

    def _expected(self) -> Fork:
        """Return the network as it will be when what has been ordered is done; crews aside."""
        kinds = command_kinds()
        quick = [c for c in self._pending.values() if kinds[c.kind].performed_by != "field"]
        fork = self._twin.fork()
        fork = replace(fork, overlay=self._lasting(fork.overlay))
        return fork.after(quick)

    def _lasting(self, overlay: Overlay) -> Overlay:
        """Return the impairments without what its own commands break while they are under way."""
        rows = (row for row in overlay.active if row.owner not in self._pending)
        return Overlay(self._twin.network, rows)

    def _command(self, kind: str, target: str, params: Mapping[str, Any]) -> Command:
        self._sent += 1
        command = Command(f"CMD-{self._sent:04d}", kind, target, params)
        self._pending[command.id] = command
        return command


def _same(seen: Any, before: Any) -> bool:
    """Return whether two looks show the same impairments, configuration and trouble."""
    return before is not None and (
        seen[0] == before[0] and seen[1] is before[1] and seen[2] == before[2]
    )


def search(fork: Fork) -> list[Move]:
    """Return the moves that together ease most, each the best of all at its turn."""
    chosen = list[Move]()
    present = fork.settled()
    for _ in range(ROUNDS):
        if not present.outside.any():
            break
        best = _best(fork, present)
        if best is None:
            break
        move, fork, present = best
        chosen.append(move)
    return chosen


def _best(fork: Fork, present: Performance) -> tuple[Move, Fork, Performance] | None:
    """Return the move that leaves least wrong, if any helps; the first that cures will do."""
    least, best = _score(fork.network, present), None
    for move in moves(fork, present):
        trial = fork.after(as_commands(move))
        settled = trial.settled()
        score = _score(fork.network, settled)
        if score < least:
            least, best = score, (move, trial, settled)
        if not settled.outside.any():
            break
    return best


def _score(network: Network, performance: Performance) -> float:
    """Return what the search makes small: services outside their limits, then suffering."""
    suffering = pain(network, performance) / max(1.0, float(network.customers.sum()) * 1.1)
    return float(performance.outside.sum()) + 0.5 * suffering
