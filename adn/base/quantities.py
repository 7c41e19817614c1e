"""Rounding for logs: everything logged is quantised, so the last bit of a CPU cannot show."""

from __future__ import annotations

from typing import Any

SIGNIFICANT_DIGITS = 6


def quantise(value: float) -> float:
    """Return `value` rounded to six significant digits.

    >>> quantise(0.123456789), quantise(1234567.8)
    (0.123457, 1234570.0)
    """
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def quantised(value: Any) -> Any:
    """Return a JSON-like value with every float in it quantised, at any depth."""
    if isinstance(value, float):
        return quantise(value)
    if isinstance(value, dict):
        return {str(key): quantised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [quantised(item) for item in value]
    return value
