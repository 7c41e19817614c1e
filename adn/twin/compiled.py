"""What instruments add, as compiled loops: the same operations in the same order as by numpy."""
# ruff: noqa: FURB136 — numba turns a choice into an instruction, and min() into a call

from __future__ import annotations

from numba import njit

_STRIP = 512


@njit(cache=True, fastmath=False, error_model="numpy")
def measure(pool, starts, within, which, exact, scale, low, high, shown):
    """Write what the ticks of a run show into `shown`, (ticks, n); see `_Instruments.measure`.

    A series' samples lie side by side in the pool, so strips of series are gone through with all
    ticks, not ticks with all series: each line of the cache is fetched once.
    """
    ticks, n = shown.shape
    for begin in range(0, n, _STRIP):
        end = min(begin + _STRIP, n)
        for i in range(begin, end):
            samples = pool[starts[i] + within :]
            for tick in range(ticks):
                shown[tick, i] = samples[tick]
        bottom, top = low[begin:end], high[begin:end]
        for tick in range(ticks):
            row = shown[tick, begin:end]
            true, size = exact[which[tick], begin:end], scale[which[tick], begin:end]
            for i in range(len(row)):
                value = row[i] * size[i] + true[i]
                value = bottom[i] if value < bottom[i] else value
                row[i] = top[i] if value > top[i] else value
