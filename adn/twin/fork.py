"""Forks: the network as it would settle, had something been otherwise.

A SimPy environment cannot be copied; a fork is a copy of condition, configuration and demand, on
which the same physics is run to its settled end. The twin judges plans and blames faults by forks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from adn.northbound.commands import Command
from adn.topology.network import Bools, Floats, Network
from adn.twin.effects import RefusedError, apply
from adn.twin.forwarding import Forwarding
from adn.twin.impairments import Impairment, Overlay
from adn.twin.performance import Performance
from adn.twin.state import Configuration, State, advertised


@dataclass(frozen=True)
class Fork:
    """A network that might be.

    Attributes:
        network: What it is made of.
        forwarding: A forwarding plane to copy; its own state is not touched.
        overlay: The impairments.
        configuration: The configuration.
        demand_bps: Offered rate of each service, bit/s, shape (S,).
    """

    network: Network
    forwarding: Forwarding
    overlay: Overlay
    configuration: Configuration
    demand_bps: Floats

    def without(self, owner: str) -> Fork:
        """Return the fork in which `owner` impairs nothing."""
        return replace(self, overlay=self.overlay.without(owner))

    def unconfigured(self) -> Fork:
        """Return the fork in which operations have set nothing."""
        return replace(self, configuration=Configuration.initial(self.network))

    def after(self, commands: Iterable[Command]) -> Fork:
        """Return the fork in which the commands have been carried out; refused ones do nothing."""
        fork = self
        for command in commands:
            try:
                effect = apply(fork.network, command, fork.configuration, fork.overlay)
            except RefusedError:
                continue
            fork = replace(fork, configuration=effect.configuration, overlay=effect.overlay)
        return fork

    def settled(self) -> Performance:
        """Return the performance once every element forwards by the present state.

        Elements whose daemon is dead go on forwarding by the table they have.
        """
        state = State.of(self.network, self.overlay)
        forwarding = self.settled_forwarding(state)
        return Performance.of(self.network, state, self.configuration, forwarding, self.demand_bps)

    def settled_forwarding(self, state: State) -> Forwarding:
        """Return the forwarding plane once every element forwards by `state`, that of the fork."""
        forwarding = self.forwarding.fork()
        forwarding.set_routes(self.configuration.routes)
        forwarding.suffer(state)
        cost = advertised(state, self.network, self.configuration)
        forwarding.settle(np.repeat(state.adjacent, 2), np.repeat(cost, 2), state.process_up)
        forwarding.refresh()
        return forwarding

    def at_once(self) -> Performance:
        """Return the performance at this instant, every element forwarding as it does now."""
        state, forwarding = State.of(self.network, self.overlay), self.forwarding
        if not forwarding.suits(state):
            forwarding = forwarding.fork()
            forwarding.suffer(state)
            forwarding.refresh()
        return Performance.of(self.network, state, self.configuration, forwarding, self.demand_bps)

    def struck(self, latent: Iterable[Impairment]) -> Performance:
        """Return the performance when what comes and goes comes, all having settled without it."""
        coming = {row.id: row for row in latent}
        calm = [row for row in self.overlay.active if row.id not in coming]
        forwarding = replace(self, overlay=Overlay(self.network, calm)).settled_forwarding(
            State.of(self.network, Overlay(self.network, calm))
        )
        state = State.of(self.network, Overlay(self.network, (*calm, *coming.values())))
        return Performance.of(self.network, state, self.configuration, forwarding, self.demand_bps)


def pain(network: Network, performance: Performance) -> float:
    """Return what customers suffer: lost share and broken limits, weighted by customers.

    A service outside its limits counts a tenth on top of its loss. An ordering by which commands
    are judged, not a KPI.
    """
    suffered = performance.services.loss + np.where(performance.outside, 0.1, 0.0)
    return float((suffered * network.customers).sum())


def newly(before: Bools, after: Bools) -> Bools:
    """Return what is true after and was not before."""
    changed: Bools = after & ~before
    return changed
