"""Symptoms: what is outside its healthy band, and which object shows the most of a fault."""

from __future__ import annotations

import numpy as np

from adn.faults.kinds import FaultKind
from adn.testing.trial import Trial, quiet_world
from adn.topology.network import Network
from adn.twin.departures import departed, noise_free
from adn.twin.impairments import names_of
from adn.twin.performance import Performance
from adn.twin.state import State


def busiest(kind: FaultKind, network: Network) -> str:
    """Return the object of the kind's target type that carries the most services' traffic."""
    trial = Trial(network, quiet_world(network))
    load = trial.twin.performance.overload * trial.twin.state.capacity_bps
    link = load.reshape(-1, 2).sum(axis=1)
    element = np.bincount(network.tail, weights=load, minlength=len(network.elements))
    carded = network.port_card >= 0
    weights = {
        "direction": load,
        "link": link,
        "element": element,
        "duct": np.bincount(
            network.ride_duct, weights=link[network.ride_link], minlength=len(network.ducts)
        ),
        "card": np.bincount(
            network.port_card[carded], weights=load[carded], minlength=len(network.cards)
        ),
        "feed": np.bincount(
            network.fed_feed, weights=element[network.fed_element], minlength=len(network.feeds)
        ),
    }
    names, traffic = names_of(network, kind.target), weights[kind.target]
    return min(names.ids, key=lambda name: (-traffic[names.row(name)], name))


def departures(network: Network, trial: Trial, baseline: tuple[Performance, State]) -> set[str]:
    """Return what is outside its healthy band, noise-free, as ``service.loss s:a>z``."""
    now = noise_free(trial.twin.performance, trial.twin.state)
    return set(departed(network, now, noise_free(*baseline)))
