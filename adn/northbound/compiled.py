"""The statistics of `baselines.py` as one compiled loop: the same operations in the same order.

Every step is a float32 operation that is rounded correctly; `fastmath` stays off, so none is
reordered or contracted. What numpy leaves out because it changes nothing is done here for every
sample. Loops are short, branch nowhere and write one array each, else the compiler cannot do
several samples at a time; strips keep what the next loop reads in the nearest cache.
"""

# ruff: noqa: FURB136 — numba turns a choice into an instruction, and min() into a call

from __future__ import annotations

import numpy as np
from numba import njit

from adn.northbound.baselines import (
    ACCEPT_TICKS,
    FIRST_CANDIDATE,
    SPREAD_SAMPLES,
    SURPRISE,
)

_ZERO, _ONE, _TWO, _INF = np.float32(0), np.float32(1), np.float32(2), np.float32(np.inf)
_FIRST, _SURPRISE = np.float32(FIRST_CANDIDATE), np.float32(SURPRISE)
_SPREAD, _BY_SPREAD = np.float32(SPREAD_SAMPLES), np.float32(1 / SPREAD_SAMPLES)
_ACCEPT, _I0, _I1 = np.int32(ACCEPT_TICKS), np.int32(0), np.int32(1)

_STRIP = 1024


@njit(cache=True, fastmath=False, error_model="numpy")
def learn(frames, state, latest, interval, known, limits, kept):
    """Do for some ticks what `Baselines.learn` does for each, up to the first that tells anything.

    Strips of series are gone through with all ticks, which keeps what is known of them in the
    nearest cache; strips that went further than another lets them go are gone through again.

    Args:
        frames: Samples (ticks, kpis, rows), whether all series have settled, whether all is learnt
            from, with how many samples means forget.
        state: Mean, variance, cumulative sum, samples, ticks; changed in place.
        latest: Mean before, spread, departure; written.
        interval: Sum, lost, peak; changed in place.
        known: Floor, sign, whether two-sided, drift; shape (kpis, 1).
        limits: Of the departure, of the cumulative sum, and the most that sum grows to.
        kept: State and interval as they are, in memory of their own.

    Returns:
        How many ticks were gone through; of the last of them how many series have departed, how
        many gave no sample, how many have not settled, and whether any object gave none at all.
    """
    count, kpis, rows = frames[0].shape
    strips = (rows + _STRIP - 1) // _STRIP
    found = np.zeros((kpis * strips, count), np.int64)
    gaps = np.zeros((kpis * strips, count), np.int64)
    unsettled = np.zeros((kpis * strips, count), np.int64)
    went = np.zeros(kpis * strips, np.int64)
    last = count
    for one in range(kpis * strips):
        k, begin = one // strips, one % strips * _STRIP
        end = min(begin + _STRIP, rows)
        for tick in range(last):
            told = _tick(frames, tick, (k, begin, end), state, latest, interval, known, limits)
            found[one, tick], gaps[one, tick], unsettled[one, tick] = told
            went[one] = tick + 1
            if told[0]:
                last = tick + 1
                break
    silent = False
    for tick in range(last):
        if gaps[:, tick].sum() >= kpis and _silent(frames[0][tick]):
            silent = True
            last = tick + 1
            break
    for one in range(kpis * strips):
        if went[one] > last:
            k, begin = one // strips, one % strips * _STRIP
            end = min(begin + _STRIP, rows)
            _back(state, interval, kept, k, begin, end)
            for tick in range(last):
                _tick(frames, tick, (k, begin, end), state, latest, interval, known, limits)
    end = last - 1
    return last, found[:, end].sum(), gaps[:, end].sum(), unsettled[:, end].sum(), silent


@njit(cache=True, fastmath=False, error_model="numpy")
def _back(state, interval, kept, k, begin, end):
    """Bring a strip back to what was kept of it."""
    state[0][k, begin:end] = kept[0][k, begin:end]
    state[1][k, begin:end] = kept[1][k, begin:end]
    state[2][k, begin:end] = kept[2][k, begin:end]
    state[3][k, begin:end] = kept[3][k, begin:end]
    state[4][k, begin:end] = kept[4][k, begin:end]
    interval[0][k, begin:end] = kept[5][k, begin:end]
    interval[1][k, begin:end] = kept[6][k, begin:end]
    interval[2][k, begin:end] = kept[7][k, begin:end]


@njit(cache=True, fastmath=False, error_model="numpy")
def _tick(frames, tick, strip, state, latest, interval, known, limits):
    """Learn from a strip's samples of a tick; return how many departed, are missing, unsettled."""
    values, settled, learning, slow = frames
    k, begin, end = strip
    floor, sign, both, drift = known[0][k, 0], known[1][k, 0], known[2][k, 0], known[3][k, 0]
    limit_z, limit_cusum, most = limits[0][k, 0], limits[1][k, 0], limits[2][k, 0]
    x = values[tick, k, begin:end]
    mean, variance = state[0][k, begin:end], state[1][k, begin:end]
    cusum, samples = state[2][k, begin:end], state[3][k, begin:end]
    ticks = state[4][k, begin:end]
    before, spread = latest[0][k, begin:end], latest[1][k, begin:end]
    z = latest[2][k, begin:end]
    unsettled = _I0
    gaps = _sum(x, interval[0][k, begin:end], interval[1][k, begin:end])
    _peak(x, interval[2][k, begin:end])
    before[:] = mean
    _spread(variance, spread, floor)
    _depart(x, before, spread, z, sign)
    if both:
        _fold(z)
    _grow(x, z, samples, ticks, cusum, limit_z, drift, most)
    found = _count(x, z, samples, cusum, ticks, limit_z, limit_cusum)
    if settled:
        _scatter(x, before, spread, z, ticks, variance, limit_z, learning)
        _move(x, before, spread, z, ticks, mean, limit_z, learning, _ONE / slow)
    else:
        unsettled = _settle(
            x, (before, spread, z, samples, ticks), mean, variance, limit_z, learning, slow
        )
    return found, gaps, unsettled


@njit(cache=True, fastmath=False, error_model="numpy")
def _sum(x, total, lost):
    """Add samples to the sums of the interval; count what is missing."""
    gaps = _I0
    for i in range(len(x)):
        total[i] += x[i] if x[i] == x[i] else _ZERO
    for i in range(len(x)):
        gaps += _I0 if x[i] == x[i] else _I1
    if gaps:
        for i in range(len(x)):
            lost[i] += _ZERO if x[i] == x[i] else _ONE
    return gaps


@njit(cache=True, fastmath=False, error_model="numpy")
def _silent(values):
    """Whether any object gave no sample at all."""
    for i in range(values.shape[1]):
        if values[0, i] != values[0, i]:
            missing = 0
            for k in range(values.shape[0]):
                missing += 1 if values[k, i] != values[k, i] else 0
            if missing == values.shape[0]:
                return True
    return False


@njit(cache=True, fastmath=False, error_model="numpy")
def _peak(x, peak):
    """Keep the largest samples of the interval; a gap is larger than nothing."""
    for i in range(len(x)):
        peak[i] = x[i] if x[i] > peak[i] else peak[i]


@njit(cache=True, fastmath=False, error_model="numpy")
def _spread(variance, spread, floor):
    """Reckon what a departure of one is."""
    for i in range(len(spread)):
        root = np.sqrt(variance[i])
        spread[i] = root if root > floor else floor


@njit(cache=True, fastmath=False, error_model="numpy")
def _depart(x, before, spread, z, sign):
    """Reckon departures; that of a gap is nothing."""
    for i in range(len(x)):
        away = x[i] - before[i]
        away = away if x[i] == x[i] else _ZERO
        z[i] = away / spread[i] * sign


@njit(cache=True, fastmath=False, error_model="numpy")
def _fold(z):
    """Take departures either way as the same."""
    for i in range(len(z)):
        z[i] = z[i] if z[i] > _ZERO else -z[i]


@njit(cache=True, fastmath=False, error_model="numpy")
def _grow(x, z, samples, ticks, cusum, limit_z, drift, most):
    """Add departures to the cumulative sums of the series that count."""
    for i in range(len(x)):
        counted = (samples[i] >= _FIRST) & (x[i] == x[i])
        room = (z[i] if z[i] < limit_z else limit_z) - drift
        room = (room if counted else _ZERO) + cusum[i]
        room = room if room > _ZERO else _ZERO
        room = room if room < most else most
        cusum[i] = _ZERO if counted & (z[i] < _ONE) & (ticks[i] > _I0) else room


@njit(cache=True, fastmath=False, error_model="numpy")
def _count(x, z, samples, cusum, ticks, limit_z, limit_cusum):
    """Count for how long each series has been away; return how many are."""
    found = _I0
    for i in range(len(x)):
        counted = (samples[i] >= _FIRST) & (x[i] == x[i])
        departed = counted & ((z[i] >= limit_z) | (cusum[i] >= limit_cusum))
        held = _I0 if x[i] == x[i] else ticks[i]
        ticks[i] = ticks[i] + _I1 if departed else held
        found += _I1 if departed else _I0
    return found


@njit(cache=True, fastmath=False, error_model="numpy")
def _scatter(x, before, spread, z, ticks, variance, limit_z, learning):
    """Let the variances of settled series follow."""
    for i in range(len(x)):
        taken = (x[i] == x[i]) & (learning | (z[i] < limit_z) | (ticks[i] > _ACCEPT))
        bound = spread[i] * _SURPRISE
        step = x[i] - before[i]
        step = step if step < bound else bound
        step = step if step > -bound else -bound
        room = step * step - variance[i]
        variance[i] += (room if taken else _ZERO) * _BY_SPREAD


@njit(cache=True, fastmath=False, error_model="numpy")
def _move(x, before, spread, z, ticks, mean, limit_z, learning, by_slow):
    """Let the means of settled series follow."""
    for i in range(len(x)):
        taken = (x[i] == x[i]) & (learning | (z[i] < limit_z) | (ticks[i] > _ACCEPT))
        bound = spread[i] * _SURPRISE
        step = x[i] - before[i]
        step = step if step < bound else bound
        step = step if step > -bound else -bound
        mean[i] = before[i] + (step if taken else _ZERO) * by_slow


@njit(cache=True, fastmath=False, error_model="numpy")
def _settle(x, latest, mean, variance, limit_z, learning, slow):
    """Let baselines follow as fast as few samples allow; return how many have not settled."""
    before, spread, z, samples, ticks = latest
    unsettled = _I0
    for i in range(len(x)):
        strong = (z[i] >= limit_z) & (samples[i] >= _FIRST)
        taken = (x[i] == x[i]) & (learning | (not strong) | (ticks[i] > _ACCEPT))
        count = samples[i] + (_ONE if taken else _ZERO)
        count = count if count < _SPREAD else _SPREAD
        samples[i] = count
        bound = _INF if count <= _FIRST else spread[i] * _SURPRISE
        step = x[i] - before[i]
        step = step if step < bound else bound
        step = step if step > -bound else -bound
        room = step * step - variance[i]
        room = room if taken & (count >= _TWO) else _ZERO
        step = step if taken else _ZERO
        number = count if count > _ONE else _ONE
        variance[i] += room / number
        mean[i] += step / (number if number < slow else slow)
        unsettled += _I1 if count < _SPREAD else _I0
    return unsettled
