"""The healthy band: which noise-free KPIs depart from what they would be otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from adn.northbound.telemetry import KPIS
from adn.topology.network import Floats, Network
from adn.twin.performance import Performance
from adn.twin.state import State

BAND: Final = 3.0
"""Half-width of a KPI's healthy band, in standard deviations of its measurement."""

Columns = Mapping[tuple[str, str], Floats]


def noise_free(performance: Performance, state: State) -> Columns:
    """Return the noise-free column of every KPI of the catalogue, by table and name.

    Control-plane load is what conditions add; an idle element's own is the instrument's to add.
    """
    services = performance.services
    return {
        ("service", "loss"): services.loss,
        ("service", "latency"): services.latency_ms,
        ("service", "rate"): services.rate_bps,
        ("direction", "utilisation"): performance.utilisation,
        ("direction", "discards"): performance.discards,
        ("direction", "errors"): state.errors,
        ("direction", "rx-power"): state.rx_dbm,
        ("direction", "pre-fec-ber"): state.pre_fec,
        ("direction", "osnr"): state.osnr_db,
        ("element", "cpu"): state.cpu,
        ("element", "table-use"): state.table_use,
    }


def departed(network: Network, now: Columns, otherwise: Columns) -> Iterator[str]:
    """Yield the KPIs that are outside their healthy band, as ``service.loss voice:A>B``.

    The band is `BAND` standard deviations of the KPI's measurement about what it would be
    otherwise, at least its floor; a KPI that can no longer be measured has left it.
    """
    names = {
        "service": network.services,
        "direction": network.directions,
        "element": network.elements,
    }
    for row in KPIS:
        measured, usual = now[row.table, row.name], otherwise[row.table, row.name]
        noise = row.noise * np.abs(usual) if row.relative else np.full(len(usual), row.noise)
        away = np.abs(measured - usual) > np.maximum(row.floor, BAND * noise)
        away |= np.isnan(measured) & ~np.isnan(usual)
        for at in np.flatnonzero(away).tolist():
            yield f"{row.table}.{row.name} {names[row.table][at]}"
