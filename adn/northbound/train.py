"""Trains: the frames of one block of KPIs that arrive one after the other, in their order.

A quiet stretch is gone through by the train, not by the frame: what each series does to its
statistics is reckoned for many ticks at once, which changes nothing but speed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adn.base.clock import Millis
from adn.northbound.telemetry import Table, TelemetryFrame

Place = tuple[Millis, Millis, int]
"""When a frame arrives, when it was measured, and which block it is of: frames in order of this
are in the order in which they are handed over."""


@dataclass(frozen=True, slots=True, eq=False)
class Train:
    """Frames of one block in their order.

    Attributes:
        table: Which objects.
        kpis: Names of the KPIs.
        places: Where each frame comes among those of all blocks, ascending.
        frames: The frames, one interval apart.
        held: Values of the latest frames, (ticks, kpis, rows), float32, read-only: of all of them,
            or of all but the few that were sent before.
    """

    table: Table
    kpis: tuple[str, ...]
    places: list[Place]
    frames: list[TelemetryFrame]
    held: npt.NDArray[np.float32]

    @property
    def samples(self) -> int:
        """How many samples its frames hold."""
        return len(self.frames) * self.frames[0].values.size

    def values(self, count: int) -> npt.NDArray[np.float32]:
        """Return the values of the first `count` frames, (count, kpis, rows)."""
        before = len(self.frames) - len(self.held)
        if not before:
            return self.held[:count]
        loose = [frame.values[None] for frame in self.frames[:before]]
        return np.concatenate([*loose, self.held])[:count]
