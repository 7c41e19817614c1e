"""What instruments add, as compiled loops: the same operations in the same order as by numpy."""
# ruff: noqa: FURB136 — numba turns a choice into an instruction, and min() into a call

from __future__ import annotations

from numba import njit


@njit(cache=True, fastmath=False, error_model="numpy")
def measure(pool, starts, within, exact, scale, low, high, shown):  # type: ignore[no-untyped-def]
    """Write what the ticks of a run show into `shown`, (ticks, n); see `_Instruments.measure`."""
    for tick in range(shown.shape[0]):
        row = shown[tick]
        samples = pool[within + tick :]
        for i in range(len(row)):
            row[i] = samples[starts[i]]
        for i in range(len(row)):
            value = row[i] * scale[i] + exact[i]
            value = low[i] if value < low[i] else value
            row[i] = high[i] if value > high[i] else value
