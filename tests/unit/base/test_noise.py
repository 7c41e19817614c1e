"""Counter-based noise: right in distribution, the same however it is computed."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from adn.base import noise
from adn.base.streams import Key, hash32

KEY = Key.root(11).word("noise")
SERIES = np.array([hash32(f"S{row:05d}") for row in range(100_000)], dtype=np.uint32)

DIGEST = """
import hashlib, numpy as np
from adn.base import noise
series = np.arange(50_000, dtype=np.uint32) * np.uint32(2654435761)
state = hashlib.blake2b(digest_size=8)
for tick in range(3):
    for part in (noise.bits, noise.uniform, noise.standard):
        state.update(part(12345, series, tick).tobytes())
state.update(noise.standard(12345, series, 3, degrees=4.0).tobytes())
print(state.hexdigest())
"""


def digest(**environment: str) -> str:
    """Return the digest of some noise made in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIGEST],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_the_uniform_lies_inside_its_interval_on_its_grid() -> None:
    """0 and 1 never come, so no inverse distribution function is infinite."""
    got = noise.uniform(KEY, SERIES, 0)
    assert got.dtype == np.float32
    assert 0.0 < got.min() < 1e-4
    assert 1.0 - 1e-4 < got.max() < 1.0
    assert np.array_equal(got * 2.0**21 % 2, np.ones_like(got))


def test_the_uniform_is_uniform() -> None:
    """Over series, and over ticks of one series, counts in 64 cells pass chi-square at 0.1 %."""
    over_series = noise.uniform(KEY, SERIES, 5)
    over_ticks = [noise.uniform(KEY, SERIES[:1], tick)[0] for tick in range(20_000)]
    for sample in (over_series, over_ticks):
        counts, _ = np.histogram(sample, bins=64, range=(0, 1))
        assert stats.chisquare(counts).pvalue > 1e-3


def test_the_normal_has_the_moments_of_one() -> None:
    """Mean, variance, skewness and kurtosis lie within four standard errors."""
    got = noise.standard(KEY, SERIES, 1).astype(np.float64)
    scale = 1 / np.sqrt(len(got))
    assert abs(got.mean()) < 4 * scale
    assert abs(got.var() - 1) < 4 * scale * np.sqrt(2)
    assert abs(stats.skew(got)) < 4 * scale * np.sqrt(6)
    assert abs(stats.kurtosis(got)) < 4 * scale * np.sqrt(24)


def test_the_normal_ends_at_its_stated_reach() -> None:
    """Twenty bits reach ±4.90 standard deviations and no further."""
    table = noise.quantiles(float("inf"))
    assert table[-1] == pytest.approx(4.90, abs=0.005)
    assert table[0] == -table[-1]
    assert np.all(np.diff(table) >= 0)


def test_the_heavy_tail_is_heavy_and_has_unit_variance() -> None:
    """Student's t with four degrees has variance one and passes 4 σ as often as it must."""
    degrees = 4.0
    table = noise.quantiles(degrees).astype(np.float64)
    assert table.var() == pytest.approx(1.0, abs=0.01)
    got = np.concatenate([noise.standard(KEY, SERIES, tick, degrees) for tick in range(10)])
    expected = 2 * stats.t.sf(4 * np.sqrt(degrees / (degrees - 2)), degrees)
    assert (np.abs(got) > 4).mean() == pytest.approx(expected, rel=0.1)
    assert expected > 50 * 2 * stats.norm.sf(4)


def test_ticks_and_series_are_not_correlated() -> None:
    """Neighbouring ticks, ticks far apart and neighbouring series correlate by chance only."""
    bound = 4 / np.sqrt(len(SERIES))
    numbered = np.arange(len(SERIES), dtype=np.uint32)
    for series in (SERIES, numbered):
        now = noise.standard(KEY, series, 10)
        for tick in (11, 12, 10 + 2**32, 10 + 360):
            assert abs(np.corrcoef(now, noise.standard(KEY, series, tick))[0, 1]) < bound
        for lag in (1, 2, 256):
            assert abs(np.corrcoef(now[:-lag], now[lag:])[0, 1]) < bound


def test_keys_are_not_correlated() -> None:
    """Two parts of a run, and keys that differ in one bit, have unrelated noise."""
    bound = 4 / np.sqrt(len(SERIES))
    now = noise.standard(KEY, SERIES, 3)
    for key in (KEY ^ 1, KEY ^ (1 << 63), Key.root(12).word("noise")):
        assert abs(np.corrcoef(now, noise.standard(key, SERIES, 3))[0, 1]) < bound


@settings(max_examples=40)
@given(st.lists(st.integers(0, 999), max_size=6), st.integers(0, 2**40))
def test_splitting_into_blocks_changes_nothing(cuts: list[int], tick: int) -> None:
    """However the series are cut into blocks, each value stays as it is."""
    series = SERIES[:1000]
    whole = noise.standard(KEY, series, tick)
    blocks = np.split(series, sorted(cuts))
    parts = [noise.standard(KEY, block, tick) for block in blocks]
    assert np.array_equal(np.concatenate(parts), whole)


@settings(max_examples=40)
@given(st.permutations(range(50)), st.integers(0, 2**40))
def test_adding_or_reordering_rows_shifts_no_noise(order: list[int], tick: int) -> None:
    """The noise of a series depends on its name, not on its place or its neighbours."""
    whole = noise.bits(KEY, SERIES[:50], tick)
    assert np.array_equal(noise.bits(KEY, SERIES[order], tick), whole[order])


def test_the_input_is_left_as_it_is() -> None:
    """Hashing works in place on its own copy, never on the series of the caller."""
    series = SERIES[:100].copy()
    noise.standard(KEY, series, 1)
    assert np.array_equal(series, SERIES[:100])


def test_the_tables_are_sealed() -> None:
    """The shared look-up tables cannot be written by whoever gets hold of them."""
    assert not noise.quantiles(float("inf")).flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        noise.quantiles(4.0)[0] = 0.0


def test_vector_width_and_threads_change_nothing() -> None:
    """The same bytes come out with every optional CPU feature off and with other thread counts."""
    from numpy._core import _multiarray_umath as core

    optional = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    plain = digest()
    assert len(plain) == 16
    assert digest(NPY_DISABLE_CPU_FEATURES=" ".join(optional)) == plain
    assert digest(OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", PYTHONHASHSEED="1") == plain


def test_the_bits_are_as_frozen() -> None:
    """These words stay the same on every machine for as long as old digests are to hold."""
    series = np.array([0, 1, 2, 0xFFFFFFFF], dtype=np.uint32)
    assert noise.bits(1, series, 0).tolist() == [2345668166, 2800896981, 2054661680, 1815526373]
    assert noise.bits(2**64 - 1, series, 2**40).tolist() == [
        3951253118,
        3776740377,
        51108818,
        1760382555,
    ]
