"""What instruments add, as compiled loops: the same operations in the same order as by numpy."""
# ruff: noqa: FURB136 — numba turns a choice into an instruction, and min() into a call

from __future__ import annotations

from numba import njit


@njit(cache=True, fastmath=False, error_model="numpy")
def measure(pool, starts, within, exact, scale, low, high, shown):  # type: ignore[no-untyped-def]
    """Write what a tick shows into `shown`, all of shape (n,); see `_Instruments.measure`."""
    for i in range(len(shown)):
        shown[i] = pool[starts[i] + within]
    for i in range(len(shown)):
        value = shown[i] * scale[i] + exact[i]
        value = low[i] if value < low[i] else value
        shown[i] = high[i] if value > high[i] else value
