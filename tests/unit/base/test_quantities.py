"""What is logged is rounded, so that the last bit of a CPU cannot show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.quantities import quantise, quantised

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_rounding_twice_is_rounding_once(value: float) -> None:
    """A quantised value is its own quantised value."""
    assert quantise(quantise(value)) == quantise(value)


@given(st.floats(1e-200, 1e200))
def test_six_digits_are_kept(value: float) -> None:
    """The error is at most half a unit of the sixth digit."""
    assert math.isclose(quantise(value), value, rel_tol=5.0001e-6)


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 2.702918e9, 1e-12, 99.9999, 123456.0])
def test_the_last_bits_do_not_show(value: float) -> None:
    """Neighbouring floating-point numbers are logged alike."""
    beyond = math.nextafter(math.nextafter(value, math.inf), math.inf)
    assert quantise(beyond) == quantise(value)


def test_values_are_rounded_at_any_depth() -> None:
    """Floats in dictionaries, lists and tuples are rounded; all else stays; keys become text."""
    given_ = {"a": [0.123456789, (1.23456789, {"b": 2})], 3: True, "text": "0.123456789", "n": None}
    assert quantised(given_) == {
        "a": [0.123457, [1.23457, {"b": 2}]],
        "3": True,
        "text": "0.123456789",
        "n": None,
    }


def test_truth_values_and_integers_are_no_floats() -> None:
    """True stays True and a large integer keeps all its digits."""
    assert quantised([True, 123456789012]) == [True, 123456789012]
