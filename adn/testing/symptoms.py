"""Symptoms: what is outside its healthy band, and which object shows the most of a fault."""

from __future__ import annotations

import numpy as np

from adn.faults.kinds import FaultKind
from adn.northbound.telemetry import KPIS
from adn.testing.trial import Trial, quiet_world
from adn.topology.network import Network
from adn.twin.attribution import BAND
from adn.twin.performance import Performance
from adn.twin.state import State


def busiest(kind: FaultKind, network: Network) -> str:
    """Return the object of the kind's target type that carries the most services' traffic."""
    trial = Trial(network, quiet_world(network))
    load = trial.twin.performance.overload * trial.twin.state.capacity_bps
    link = load.reshape(-1, 2).sum(axis=1)
    weights = {
        "direction": (network.directions, load),
        "link": (network.links, link),
        "element": (
            network.elements,
            np.bincount(network.tail, weights=load, minlength=len(network.elements)),
        ),
        "duct": (
            network.ducts,
            np.bincount(
                network.ride_duct, weights=link[network.ride_link], minlength=len(network.ducts)
            ),
        ),
    }
    names, traffic = weights[kind.target]
    return min(names.ids, key=lambda name: (-traffic[names.row(name)], name))


def departures(network: Network, trial: Trial, baseline: tuple[Performance, State]) -> set[str]:
    """Return what is outside its healthy band, noise-free, as ``service.loss s:a>z``."""
    seen, state = trial.twin.performance, trial.twin.state
    usual, healthy = baseline
    columns = {
        ("service", "loss"): (seen.services.loss, usual.services.loss),
        ("service", "latency"): (seen.services.latency_ms, usual.services.latency_ms),
        ("service", "rate"): (seen.services.rate_bps, usual.services.rate_bps),
        ("direction", "utilisation"): (seen.utilisation, usual.utilisation),
        ("direction", "discards"): (seen.discards, usual.discards),
        ("direction", "errors"): (state.errors, healthy.errors),
        ("direction", "rx-power"): (state.rx_dbm, healthy.rx_dbm),
        ("element", "cpu"): (state.cpu, healthy.cpu),
    }
    names = {
        "service": network.services,
        "direction": network.directions,
        "element": network.elements,
    }
    found: set[str] = set()
    for row in KPIS:
        now, before = columns[row.table, row.name]
        noise = row.noise * np.abs(before) if row.relative else np.full(len(before), row.noise)
        away = np.abs(now - before) > np.maximum(row.floor, BAND * noise)
        away |= np.isnan(now) & ~np.isnan(before)
        for at in np.flatnonzero(away).tolist():
            found.add(f"{row.table}.{row.name} {names[row.table][at]}")
    return found
