"""The collector: streaming statistics over every series, in place, between world and operations.

It decides nothing. It learns each series' baseline (`baselines.py`), passes on those that depart
from it, condenses the rest to roll-ups, and keeps the latest samples for whoever asks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base.clock import MINUTE, Millis
from adn.northbound.baselines import Baselines
from adn.northbound.post import (
    Candidate,
    Candidates,
    Observation,
    RollUp,
    Series,
    SeriesReply,
    SeriesRequest,
    WatchList,
)
from adn.northbound.sequencing import Sequencing
from adn.northbound.telemetry import Roster, Table, TelemetryFrame, kpi
from adn.northbound.train import Place, Train

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]

SILENT_FRAMES: Final = 2
RING: Final = 40
ROLL_UP: Final[Millis] = 15 * MINUTE


class _Block:
    """The statistics of the KPIs that one table reports together; arrays are (kpis, rows)."""

    def __init__(self, roster: Roster, kpis: tuple[str, ...], warmup: Millis) -> None:
        known = [kpi(roster.table, name) for name in kpis]
        self.roster, self.kpis, self.warmup = roster, kpis, warmup
        self.interval = roster.interval_of(known[0])
        self.baselines = Baselines(known, len(roster.ids), roster.interval)
        self.missed: Int32 = np.zeros(len(roster.ids), dtype=np.int32)
        self.ring: deque[TelemetryFrame] = deque(maxlen=RING)
        self.latest: Millis = -1
        self.spoke = self.unheard = False
        self.sequence = Sequencing(self.interval)
        self.begin: Millis = 0
        self.gone, self.departed = 0, False

    def watch(self, limits: WatchList) -> None:
        """Set from where on a departure is passed on; what is not named is not watched."""
        found = {(row.table, row.kpi): row for row in limits.limits}
        rows = [found.get((self.roster.table, name)) for name in self.kpis]
        self.baselines.watch(
            [np.inf if row is None else row.z for row in rows],
            [np.inf if row is None else row.cusum for row in rows],
        )

    def take(self, frame: TelemetryFrame, now: Millis) -> list[Observation]:
        """Learn from one frame; return its candidates and, at an interval's end, the roll-up."""
        values, measured_at = frame.values, frame.measured_at
        if measured_at <= self.latest:
            raise ValueError(f"{frame.table} frame of {measured_at} ms is out of order")
        if values.shape != self.baselines.mean.shape:
            shape = self.baselines.mean.shape
            raise ValueError(f"{frame.table} frame has shape {values.shape}, not {shape}")
        self.latest = measured_at
        self.ring.append(frame)
        departed = self.baselines.learn(values, learning=now < self.warmup)
        return self._told(frame, departed)

    def _told(self, frame: TelemetryFrame, departed: bool) -> list[Observation]:
        """Return what is to be passed on of the frame that was learnt from last."""
        values, measured_at = frame.values, frame.measured_at
        silent: tuple[str, ...] = ()
        if self.baselines.silent or self.unheard:
            silent = self._silence(values)
        out: list[Observation] = []
        if departed or silent or self.spoke:
            # One message with nothing in it tells that what had departed is back.
            rows = self._candidates(values) if departed else ()
            out.append(Candidates(measured_at, frame.table, rows, silent))
            self.spoke = departed or bool(silent)
        if measured_at >= self.begin + ROLL_UP:
            out.append(self._roll_up(measured_at))
        return out

    # --- by the train ---

    def takes(self, train: Train) -> bool:
        """Whether a train's frames can be gone through at once: nothing is out of the usual."""
        first = train.frames[0]
        return (
            not (self.spoke or self.unheard)
            and first.measured_at > self.latest
            and first.values.shape == self.baselines.mean.shape
            and self.sequence.next_in_turn(first.measured_at)
        )

    def go(self, train: Train, bound: Place) -> bool:
        """Learn from a train's frames, up to the first that is to be looked at.

        Args:
            train: The frames.
            bound: Go no further than to the frame here.

        Returns:
            Whether there is something to be looked at in the last frame that was learnt from.
        """
        count = bisect_right(train.places, bound)
        left = self.begin + ROLL_UP - train.frames[0].measured_at
        due = max(1, -(-left // self.interval) + 1)
        count = min(count, due)
        self.gone, self.departed = 0, False
        if count:
            self.gone, self.departed = self._learn(train, count)
        return self.gone > 0 and (self.departed or self.baselines.silent or self.gone == due)

    def _learn(self, train: Train, count: int) -> tuple[int, bool]:
        learning = train.places[0][0] < self.warmup
        return self.baselines.learn_on(train.values(count), learning=learning)

    def stop(self, train: Train, bound: Place) -> list[Observation]:
        """Go back to the last frame up to `bound`; return what is to be passed on of that here."""
        count = bisect_right(train.places, bound)
        if self.gone > count:
            self.baselines.back()
            if count:
                self._learn(train, count)
            self.departed = False
        self.gone = 0
        if not count:
            return []
        last = train.frames[count - 1]
        self.ring.extend(train.frames[max(0, count - RING) : count])
        self.latest = last.measured_at
        self.sequence.pass_on(last.measured_at)
        return self._told(last, self.departed) if train.places[count - 1] == bound else []

    def _candidates(self, values: Float32) -> tuple[Candidate, ...]:
        ids, kpis, known = self.roster.ids, self.kpis, self.baselines
        return tuple(
            Candidate(
                object=ids[row],
                kpi=kpis[line],
                value=float(values[line, row]),
                mean=float(known.before[line, row]),
                spread=float(known.spread[line, row]),
                z=float(known.z[line, row]),
                cusum=float(known.cusum[line, row]),
                ticks=int(known.ticks[line, row]),
            )
            for line, row in np.argwhere(known.departed(values)).tolist()
        )

    def _silence(self, values: Float32) -> tuple[str, ...]:
        nothing = np.flatnonzero(np.isnan(values[0]))
        nothing = nothing[np.isnan(values[:, nothing]).all(axis=0)]
        if not self.unheard and not len(nothing):
            return ()
        self.unheard = bool(len(nothing))
        before, self.missed = self.missed, np.zeros_like(self.missed)
        self.missed[nothing] = before[nothing] + 1
        return tuple(self.roster.ids[row] for row in np.flatnonzero(self.missed >= SILENT_FRAMES))

    def _roll_up(self, end: Millis) -> RollUp:
        held = self.baselines
        expected = (end - self.begin) // self.interval * held.mean.size
        count = np.float32(held.frames) - held.lost
        with np.errstate(invalid="ignore"):
            mean = np.array(held.total / count, dtype=np.float32)
        peak = np.where(count > 0, held.peak, np.float32(np.nan)).astype(np.float32)
        mean.flags.writeable = peak.flags.writeable = False
        arrived = int(count.sum(dtype=np.float64))
        roll_up = RollUp(
            start=self.begin,
            end=end,
            table=self.roster.table,
            kpis=self.kpis,
            mean=mean,
            peak=peak,
            complete=min(1.0, arrived / expected) if expected else 0.0,
        )
        self.begin = end
        held.begin()
        return roll_up

    def samples_of(self, name: str, row: int, wanted: int) -> Series:
        """Return the latest samples of one series, oldest first."""
        held = len(self.ring)
        latest = list(self.ring)[held - min(max(wanted, 0), held) :]
        line = self.kpis.index(name)
        return Series(
            table=self.roster.table,
            object=self.roster.ids[row],
            kpi=name,
            measured_at=tuple(frame.measured_at for frame in latest),
            values=tuple(float(frame.values[line, row]) for frame in latest),
        )


class Collector:
    """Takes in frames; gives out candidates, roll-ups and requested series.

    Args:
        rosters: Which objects report, one roster a table.
        warmup: Until when every sample is learnt from, simulated ms.
    """

    def __init__(self, rosters: Sequence[Roster], warmup: Millis) -> None:
        self._rosters = {roster.table: roster for roster in rosters}
        self._rows: dict[Table, dict[str, int]] = {
            roster.table: {name: row for row, name in enumerate(roster.ids)} for roster in rosters
        }
        self._warmup = warmup
        self._blocks: dict[tuple[Table, tuple[str, ...]], _Block] = {}
        self._limits = WatchList(())

    def watch(self, limits: WatchList) -> None:
        """Set from where on a departure is passed on; KPIs not named are only learnt."""
        self._limits = limits
        for block in self._blocks.values():
            block.watch(limits)

    def ingest(self, frame: TelemetryFrame, now: Millis) -> list[Observation]:
        """Take in one frame; return what of it is to be passed on, in order.

        Raises:
            KeyError: The table has no roster or the KPI does not exist.
            ValueError: The frame is not of the roster's shape.
        """
        out: list[Observation] = []
        block = self._block(frame.table, frame.kpis)
        for waiting in [one for one in self._blocks.values() if one.sequence.waiting]:
            for held in waiting.sequence.due(now):
                out += waiting.take(held, now)
        for ready in block.sequence.push(frame, now):
            out += block.take(ready, now)
        return out

    def _block(self, table: Table, kpis: tuple[str, ...]) -> _Block:
        block = self._blocks.get((table, kpis))
        if block is None:
            block = _Block(self._rosters[table], kpis, self._warmup)
            block.watch(self._limits)
            self._blocks[table, kpis] = block
        return block

    @property
    def calm(self) -> bool:
        """Whether nothing is out of the usual: what is asked first, before trains are made up."""
        return not any(
            one.spoke or one.unheard or one.sequence.waiting for one in self._blocks.values()
        )

    def ingest_trains(self, trains: Sequence[Train]) -> tuple[Place, list[Observation]] | None:
        """Take in the frames of all blocks up to the first of which something is to be passed on.

        Each block is independent of the others, so each goes ahead by itself, and back to where
        the first of them has something to say.

        Args:
            trains: One for each block, none empty; all on the same side of the end of warm-up.

        Returns:
            The place of the last frame that was taken in, and what is to be passed on of it, in
            order; None if frames have to be taken in one by one.
        """
        blocks = [self._block(train.table, train.kpis) for train in trains]
        if not all(map(_Block.takes, blocks, trains)):
            return None
        bound = max(train.places[-1] for train in trains)
        # Who has the fewest samples goes first: going back costs it least.
        order = sorted(range(len(trains)), key=lambda k: trains[k].samples)
        for block, train in [(blocks[k], trains[k]) for k in order]:
            if block.go(train, bound):
                bound = train.places[block.gone - 1]
        out: list[Observation] = []
        for block, train in zip(blocks, trains, strict=True):
            out += block.stop(train, bound)
        return bound, out

    @property
    def arrivals(self) -> Mapping[str, int]:
        """How many frames came too early, too late, and again."""
        held = [block.sequence for block in self._blocks.values()]
        return {
            "reordered": sum(one.reordered for one in held),
            "late": sum(one.late for one in held),
            "doubled": sum(one.doubled for one in held),
        }

    def ask(self, request: SeriesRequest) -> SeriesReply:
        """Return the latest samples of the series asked for, leaving out what is not known."""
        found: list[Series] = []
        for table, name, measure in request.series:
            row = self._rows.get(table, {}).get(name)
            blocks = [b for (t, kpis), b in self._blocks.items() if t == table and measure in kpis]
            if row is not None and blocks:
                found.append(blocks[0].samples_of(measure, row, request.samples))
        return SeriesReply(request.id, tuple(found))
