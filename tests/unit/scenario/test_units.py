"""Quantities have units, and a number without one is told how to write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from adn.scenario import units
from adn.scenario.describe import written


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (units.Duration, "5min", 300_000),
        (units.Duration, "1h 30min", 5_400_000),
        (units.Duration, "0s", 0),
        (units.Share, "3%", 0.03),
        (units.Share, "100 %", 1.0),
        (units.Rate, "10Gbit/s", 1e10),
        (units.Rate, "2.5 Mbit/s", 2.5e6),
        (units.Length, "12km", 12.0),
        (units.Length, "300m", 0.3),
        (units.Angle, "25deg", 25.0),
        (units.LatencyMs, "60ms", 60.0),
        (units.LatencyMs, "250us", 0.25),
        (units.Decibel, "3dB", 3.0),
        (units.TimeOfDay, "18:30", 66_600_000),
        (units.TimeOfDay, "7:05", 25_500_000),
    ],
)
def test_a_quantity_is_read_in_its_unit(kind: Any, text: str, value: float) -> None:
    assert TypeAdapter(kind).validate_python(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (units.Duration, 6, "'6' has no unit; write 6h, 6min or 6s"),
        (units.Duration, "6", "'6' has no unit; write 6h, 6min or 6s"),
        (units.Duration, "6 parsecs", "'6 parsecs' has an unknown unit; write 6h, 6min or 6s"),
        (units.Duration, "soon", "'soon' is not a duration; write 5h, 5min or 5s"),
        (units.Duration, "-5s", "'-5s' is outside the limits of a duration: 0s to 36500d"),
        (units.Duration, None, "nothing where a duration belongs; write 5h, 5min or 5s"),
        (units.Duration, True, "'true' where a duration belongs; write 5h, 5min or 5s"),
        (units.PositiveDuration, "0s", "'0s' is no time at all; write more than 0s"),
        (units.Share, 3, "'3' has no unit; write 3%"),
        (units.Share, 0.6, "'0.6' has no unit; write 60% (or 0.6% if that little is meant)"),
        (units.Share, "101%", "'101%' is outside the limits of a share: 0% to 100%"),
        (units.Rate, 10, "'10' has no unit; write 10Gbit/s or 10Mbit/s"),
        (units.Rate, "10Gbps", "'10Gbps' has an unknown unit; write 10Gbit/s or 10Mbit/s"),
        (units.Length, 12, "'12' has no unit; write 12km or 12m"),
        (units.Angle, 20, "'20' has no unit; write 20deg"),
        (units.LatencyMs, 60, "'60' has no unit; write 60ms or 60us"),
        (units.Decibel, 3, "'3' has no unit; write 3dB"),
        (
            units.TimeOfDay,
            "25:00",
            "'25:00' is no time of day; write hours and minutes, such as 18:30",
        ),
    ],
)
def test_what_is_no_quantity_is_told_the_right_form(kind: Any, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    assert refused.value.errors()[0]["msg"] == message


@given(st.integers(0, 10**9))
def test_a_duration_that_is_written_is_read_back(span: int) -> None:
    assert units.read_duration(written(span)) == span


@given(st.floats(0, 1), st.sampled_from(["ratio", "dB", "ms"]))
def test_a_condition_that_is_written_is_read_back(value: float, unit: str) -> None:
    text = units.write_unit(round(value, 4), unit)
    assert units.READ_UNIT[unit](text) == pytest.approx(round(value, 4), abs=1e-9)


@given(st.text(max_size=60))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    for read in (units.read_duration, units.read_share, units.read_rate, units.read_time_of_day):
        try:
            value = read(text)
        except PydanticCustomError:
            continue
        assert value >= 0
