"""Rounding for logs: everything logged is quantised, so the last bit of a CPU cannot show."""

from __future__ import annotations

from typing import Any, Final

SIGNIFICANT_DIGITS = 6
_PLAIN: Final = frozenset({str, int, bool, type(None)})


def quantise(value: float) -> float:
    """Return `value` rounded to six significant digits.

    >>> quantise(0.123456789), quantise(1234567.8)
    (0.123457, 1234570.0)
    """
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def quantised(value: Any) -> Any:
    """Return a JSON-like value with every float in it quantised, at any depth.

    Times in seconds (keys that end in ``_s``) keep their milliseconds, which are exact.

    >>> quantised({"loss": 0.123456789, "at_s": 20000.1234})
    {'loss': 0.123457, 'at_s': 20000.123}
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        return quantise(value)
    if isinstance(value, dict):
        return {
            str(key): round(item, 3)
            if isinstance(item, float) and str(key).endswith("_s")
            else quantised(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        # Records of a large network name thousands of objects, and most of them are asked of each.
        return [item if type(item) is str else quantised(item) for item in value]
    return value
