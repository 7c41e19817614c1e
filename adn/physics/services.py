"""What customers get: loss, latency and rate of services from the state of directions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from adn.topology.network import Bools, Floats


@dataclass(frozen=True, slots=True)
class ServiceKpis:
    """Columns over services, shape (S,).

    Attributes:
        loss: Lost share of the offered traffic, 0..1, policing included.
        latency_ms: Mean one-way latency, ms; NaN where nothing gets through.
        rate_bps: Delivered rate, bit/s.
        reachable: Whether there is a path at all.
    """

    loss: Floats
    latency_ms: Floats
    rate_bps: Floats
    reachable: Bools


def service_kpis(
    shares: csr_array,
    reachable: Bools,
    direction_loss: Floats,
    direction_delay_ms: Floats,
    rate_bps: Floats,
    admitted: Floats | None = None,
) -> ServiceKpis:
    """Return the KPIs of services that are spread over directions in known shares.

    Loss is the sum over directions of share × loss, right to first order in loss (a packet meets
    few lossy directions), and capped at 1; the twin follows every flow group instead.

    Args:
        shares: Share of each service per direction, shape (S, D).
        reachable: Which services have a path, shape (S,).
        direction_loss: Lost share per direction, 0..1, shape (D,).
        direction_delay_ms: Delay per direction, ms, shape (D,).
        rate_bps: Offered rate of each service, bit/s, shape (S,).
        admitted: Share let in at the edge, 0..1, shape (S,); 1 where None.
    """
    let_in = np.ones_like(rate_bps) if admitted is None else admitted
    kept = np.clip(1.0 - shares @ direction_loss, 0.0, 1.0) * let_in * reachable
    latency = np.where(reachable, shares @ direction_delay_ms, np.nan)
    return ServiceKpis(
        loss=1.0 - kept, latency_ms=latency, rate_bps=rate_bps * kept, reachable=reachable
    )


def less(kpis: ServiceKpis, kept: Floats) -> ServiceKpis:
    """Return the KPIs when only a share of what gets through is kept, 0..1, shape (S,)."""
    return replace(kpis, loss=1.0 - (1.0 - kpis.loss) * kept, rate_bps=kpis.rate_bps * kept)


def outside_limits(kpis: ServiceKpis, latency_limit_ms: Floats, loss_limit: Floats) -> Bools:
    """Return which services are outside their instantaneous limits, shape (S,)."""
    late = kpis.latency_ms > latency_limit_ms
    outside: Bools = ~kpis.reachable | late | (kpis.loss > loss_limit)
    return outside
