"""The oracle: a controller that sees the true state and searches the command space on forks of it.

It is privileged on purpose and bounds what any controller could have restored: it knows the moment
a service leaves its limits, every impairment, path and demand. It has no playbook: each move is
tried on a fork of the twin and kept only if it helps; the commands then take as long, and fail as
often, as anyone's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from adn.base.clock import SECOND, Millis
from adn.northbound.commands import MAX_COST, Command, CommandResult, command_kinds
from adn.northbound.post import Message, Observation
from adn.physics.engineering import Lines, Traffic, police, relieve, shares_with
from adn.physics.routing import Fabric
from adn.topology.network import Bools, Network
from adn.twin.effects import renews
from adn.twin.fork import Fork, pain
from adn.twin.performance import Performance
from adn.twin.state import State
from adn.twin.twin import Twin

POLL: Final[Millis] = SECOND
"""How often it looks."""
SETTLE: Final[Millis] = 2 * SECOND
"""How long it lets routing settle before it searches."""
ROUNDS: Final = 4
"""How many moves it puts together at most."""
DRAINS: Final = 6
"""How many links it tries to drain, those most used by services in trouble."""
PATIENCE: Final[Millis] = 20 * SECOND
"""How long it waits before it searches again for what it has just not found."""
LOSSY: Final = 1e-4
"""A direction that loses more than this is one to avoid."""
ROOM: Final = (0.9, 0.97)
"""Utilisations it tries to engineer traffic to."""

Move = tuple[tuple[str, str, Mapping[str, Any]], ...]


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
        self._waiting: set[str] = set()
        self._sent = 0

    def next_event(self) -> Millis:
        """Its next look."""
        return self._next

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Take in only that its commands are done."""
        del now
        if isinstance(seen, CommandResult):
            self._waiting.discard(seen.command)

    def advance(self, now: Millis) -> Sequence[Message]:
        """Look, and if services are in trouble and nothing is under way, act."""
        self._next = max(self._next, now + POLL)
        if not self._twin.performance.outside.any():
            self._trouble = None
            return ()
        if self._waiting:
            return ()
        if self._trouble is None:
            self._trouble = now
        if now < self._trouble + SETTLE:
            return ()
        self._trouble = None
        orders = [self._command(*step) for move in search(self._twin) for step in move]
        if not orders:
            self._next = now + PATIENCE
        return orders

    def _command(self, kind: str, target: str, params: Mapping[str, Any]) -> Command:
        self._sent += 1
        command = Command(f"CMD-{self._sent:04d}", kind, target, params)
        self._waiting.add(command.id)
        return command


def search(twin: Twin) -> list[Move]:
    """Return the moves that together ease most, each the best of all at its turn."""
    fork, chosen = twin.fork(), list[Move]()
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


def as_commands(move: Move) -> list[Command]:
    """Return a move as commands, for trying it on a fork."""
    return [Command("try", kind, target, params) for kind, target, params in move]


def moves(fork: Fork, present: Performance) -> Iterator[Move]:
    """Yield every move worth trying on a fork.

    A move opens with nothing, a repair, or a drained link, and goes on with nothing or with traffic
    engineered for what the opening leaves: a drain may hurt until traffic follows it.
    """
    shares = _true_shares(fork)
    openings: list[Move] = [(), *_repairs(fork), *_drains(fork, present, shares)]
    for opening in openings:
        if opening:
            yield opening
    for opening in openings:
        opened = fork.after(as_commands(opening))
        for follow_up in _engineered(opened, _true_shares(opened)):
            yield (*opening, *follow_up)


def _drains(fork: Fork, present: Performance, shares: csr_array) -> Iterator[Move]:
    """Yield the draining of each link that services in trouble use most."""
    crossed = np.asarray(shares[np.flatnonzero(present.outside)].sum(axis=0)).ravel()
    by_link = crossed.reshape(-1, 2).sum(axis=1)
    for link in np.argsort(-by_link, kind="stable")[:DRAINS].tolist():
        if by_link[link] > 0:
            yield (("set-link-cost", fork.network.links[link], {"cost": MAX_COST}),)


def _repairs(fork: Fork) -> Iterator[Move]:
    """Yield every repair without a crew that would renew something that is impaired."""
    network = fork.network
    names = {"element": network.elements, "link": network.links, "duct": network.ducts}
    for kind in command_kinds().values():
        if kind.use != "repair" or kind.performed_by == "field":
            continue
        for target in names[kind.target].ids:
            command = Command("try", kind.name, target)
            if any(renews(network, command, row) for row in fork.overlay.active):
                yield ((kind.name, target, {}),)


def _true_shares(fork: Fork) -> csr_array:
    """Return the share of each service per direction as its flow groups really go, settled."""
    state = State.of(fork.network, fork.overlay)
    forwarding = fork.forwarding.fork()
    forwarding.set_routes(fork.configuration.routes)
    forwarding.settle(
        np.repeat(state.adjacent, 2), np.repeat(fork.configuration.cost, 2), state.process_up
    )
    forwarding.refresh()
    flows, paths = forwarding.flows, forwarding.paths
    used = paths < len(fork.network.directions)
    rows = np.repeat(flows.service, used.sum(axis=1))
    return csr_array(
        (1.0 / flows.count[rows], (rows, paths[used])),
        shape=(len(fork.network.services), len(fork.network.directions)),
    )


def _engineered(fork: Fork, shares: csr_array) -> Iterator[Move]:
    """Yield steering, policing and both, computed on true loads."""
    network, state = fork.network, State.of(fork.network, fork.overlay)
    fabric = Fabric.of(network)
    bad: Bools = (state.loss + state.errors) > LOSSY
    lines = Lines(np.repeat(state.adjacent, 2), state.capacity_bps, state.delay_ms)
    sent = fork.demand_bps * fork.configuration.admitted
    floor = np.where(network.elastic, np.clip(1.01 - network.loss_limit, 0.0, 1.0), 1.0)
    for room, squeezed in product(ROOM, (False, True)):
        traffic = Traffic(
            source=network.service_a,
            target=network.service_z,
            rate_bps=sent * floor if squeezed else sent,
            latency_limit_ms=network.latency_limit_ms,
            movable=np.ones(len(sent), dtype=bool),
        )
        routes = relieve(fabric, lines, traffic, shares, room, avoid=bad & lines.up)
        steering = _steering(network, routes)
        if steering and not squeezed:
            yield steering
        for base, moved in ((shares, ()), (shares_with(shares, routes), steering)):
            admitted = police(lines, base, sent, floor, room)
            limiting = _limiting(network, admitted * fork.configuration.admitted, admitted < 1.0)
            if limiting:
                yield (*moved, *limiting)


def _steering(network: Network, routes: Mapping[int, Sequence[int]]) -> Move:
    by_head_end: dict[str, dict[str, list[str]]] = {}
    for service, path in routes.items():
        head_end = network.elements[int(network.service_a[service])]
        names = [network.directions[direction] for direction in path]
        by_head_end.setdefault(head_end, {})[network.services[service]] = names
    return tuple(
        ("steer-services", head_end, {"routes": routes})
        for head_end, routes in sorted(by_head_end.items())
    )


def _limiting(network: Network, admitted: Any, limited: Bools) -> Move:
    by_head_end: dict[str, dict[str, float]] = {}
    for service in np.flatnonzero(limited).tolist():
        head_end = network.elements[int(network.service_a[service])]
        share = float(np.ceil(admitted[service] * 1000.0) / 1000.0)
        by_head_end.setdefault(head_end, {})[network.services[service]] = share
    return tuple(
        ("limit-services", head_end, {"shares": shares})
        for head_end, shares in sorted(by_head_end.items())
    )
