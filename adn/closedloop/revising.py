"""Revising: the loop's own watch limits, set anew from how often ordinary series departed.

The warm-up is taken for healthy. A KPI that departed more than a few times then is watched less
closely, one that never did more closely, so that noise is kept off the desk in a noisy network and
small departures are seen early in a quiet one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from adn.base.clock import Millis
from adn.closedloop.control import LEAST_WATCH_Z, Control
from adn.northbound.post import Candidates, WatchLimit
from adn.northbound.telemetry import Table

USUAL: Final = 2
"""So many departures of a KPI in a healthy quarter of an hour are ordinary (assumption)."""
MOST_Z: Final = 12.0
"""Wider than this, a fault of a few per cent would be missed (assumption)."""
WIDER: Final = 1.25
"""Factor by which a watch is widened (assumption)."""
CLOSER: Final = 1.0
"""Spreads by which a watch is drawn closer (assumption)."""


class Ordinary:
    """Counts the departures that begin in a span in which the network is healthy.

    Args:
        since: From when on, simulated ms: before, baselines are still being learnt.
        until: Until when.
    """

    def __init__(self, since: Millis, until: Millis) -> None:
        self._since, self._until = since, until
        self._began: dict[tuple[Table, str], int] = {}

    def observe(self, seen: Candidates) -> None:
        """Take in what departed in one frame."""
        if not self._since <= seen.measured_at <= self._until:
            return
        for row in seen.rows:
            if row.ticks == 1:
                key = (seen.table, row.kpi)
                self._began[key] = self._began.get(key, 0) + 1

    @property
    def departed(self) -> Mapping[tuple[Table, str], int]:
        """How many departures began, by table and KPI."""
        return dict(sorted(self._began.items()))


def revised(
    control: Control, departed: Mapping[tuple[Table, str], int]
) -> tuple[Control, dict[str, str]]:
    """Return control information revised by what was ordinary, and the reason by table.

    Args:
        control: What was in force while the network was healthy.
        departed: How many departures began, by table and KPI.
    """
    rows = []
    said: dict[str, list[str]] = {}
    for row in control.watch:
        count = departed.get((row.table, row.kpi), 0)
        rows.append(_reset(row, count))
        said.setdefault(row.table, []).append(f"{row.kpi} {count}")
    return replace(control, watch=tuple(rows)), {
        table: f"departures while all was well: {', '.join(counts)}"
        for table, counts in said.items()
    }


def _reset(row: WatchLimit, count: int) -> WatchLimit:
    if count > USUAL:
        return replace(row, z=min(MOST_Z, row.z * WIDER), cusum=row.cusum * WIDER)
    return row if count else replace(row, z=max(LEAST_WATCH_Z, row.z - CLOSER))
