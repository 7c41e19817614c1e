"""Quantities of scenario files: text with a unit in, plain numbers in fixed units out.

A bare number is an error that names the right forms; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from adn.base.clock import DAY, Millis, parse_duration

LONGEST: Final[Millis] = 36_500 * DAY
_QUANTITY: Final = re.compile(r"([-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*([^\s0-9.].*)")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def refusal(code: str, message: str) -> PydanticCustomError:
    """Return the error of a value that cannot be taken; `code` is one of `codes.CODES`."""
    return PydanticCustomError("adn", "{message}", {"code": code, "message": message})


def shown(value: Any) -> str:
    """Return a value as an error may quote it: short, on one line."""
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    text = " ".join(str(value).split())
    return f"'{text if len(text) <= 40 else text[:39] + '…'}'"


def either(forms: list[str]) -> str:
    """Return "a, b or c"."""
    return forms[0] if len(forms) == 1 else f"{', '.join(forms[:-1])} or {forms[-1]}"


def quantity(value: Any, what: str, units: Mapping[str, float], write: tuple[str, ...]) -> float:
    """Return a value with a unit as a number in the unit whose factor is 1.

    Args:
        value: As it stands in the file.
        what: What it is, with its article, such as ``a length``.
        units: Factor of each unit.
        write: The units that an error suggests.

    Raises:
        PydanticCustomError: It is no number with one of the units.
    """
    if value is None or isinstance(value, bool | dict | list | tuple):
        example = either([f"5{unit}" for unit in write])
        given = "nothing" if value is None else shown(value)
        raise refusal("SCN016", f"{given} where {what} belongs; write {example}")
    text = str(value).strip()
    if _NUMBER.fullmatch(text) or isinstance(value, int | float):
        right = either([f"{text}{unit}" for unit in write])
        raise refusal("SCN006", f"{shown(text)} has no unit; write {right}")
    match = _QUANTITY.fullmatch(text)
    if match is None:
        example = either([f"5{unit}" for unit in write])
        raise refusal("SCN020", f"{shown(text)} is not {what}; write {example}")
    factor = units.get(match[2].strip())
    if factor is None:
        right = either([f"{match[1]}{unit}" for unit in write])
        raise refusal("SCN006", f"{shown(text)} has an unknown unit; write {right}")
    return float(match[1]) * factor


def within(number: float, text: Any, what: str, low: float, high: float, limits: str) -> float:
    """Return `number` if it lies in [low, high].

    Raises:
        PydanticCustomError: It does not; `limits` says what would.
    """
    if low <= number <= high:
        return number
    raise refusal("SCN018", f"{shown(text)} is outside the limits of {what}: {limits}")


def read_duration(value: Any) -> Millis:
    """Return "5min" or "1h 30min" in milliseconds."""
    forms = ("h", "min", "s")
    if isinstance(value, str) and len(value) <= 40:
        try:
            span = parse_duration(value)
        except ValueError:
            pass
        else:
            within(span, value, "a duration", 0, LONGEST, "0s to 36500d")
            return span
    units = {"ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6, "d": 8.64e7}
    span = round(quantity(value, "a duration", units, forms))
    return round(within(span, value, "a duration", 0, LONGEST, "0s to 36500d"))


def read_span(value: Any) -> Millis:
    """Return a duration that is longer than nothing, in milliseconds."""
    span = read_duration(value)
    if span == 0:
        raise refusal("SCN018", f"{shown(value)} is no time at all; write more than 0s")
    return span


def read_share(value: Any) -> float:
    """Return "3%" as 0.03."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        forms = f"{100 * value:g}% (or {value:g}% if that little is meant)"
        raise refusal("SCN006", f"{shown(value)} has no unit; write {forms}")
    share = quantity(value, "a share", {"%": 1.0}, ("%",)) / 100
    return within(share, value, "a share", 0, 1, "0% to 100%")


def read_rate(value: Any) -> float:
    """Return "10Gbit/s" in bit/s."""
    units = {"bit/s": 1.0, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9, "Tbit/s": 1e12}
    rate = quantity(value, "a rate", units, ("Gbit/s", "Mbit/s"))
    return within(rate, value, "a rate", 1, 1e18, "1bit/s to 1000000Tbit/s")


def read_frequency(value: Any) -> float:
    """Return "6/h" in events an hour."""
    units = {"/min": 60.0, "/h": 1.0, "/d": 1.0 / 24}
    often = quantity(value, "a frequency", units, ("/h", "/d"))
    return within(often, value, "a frequency", 0, 6000, "0/h to 100/min")


def read_length(value: Any) -> float:
    """Return "12km" in km."""
    length = quantity(value, "a length", {"m": 1e-3, "km": 1.0}, ("km", "m"))
    return within(length, value, "a length", 0, 50_000, "0km to 50000km")


def read_angle(value: Any) -> float:
    """Return "20deg" in degrees."""
    angle = quantity(value, "an angle", {"deg": 1.0}, ("deg",))
    return within(angle, value, "an angle", 0, 180, "0deg to 180deg")


def read_latency(value: Any) -> float:
    """Return "60ms" in milliseconds, fractions kept."""
    latency = quantity(value, "a latency", {"us": 1e-3, "ms": 1.0, "s": 1e3}, ("ms", "us"))
    return within(latency, value, "a latency", 0.001, 60_000, "1us to 60s")


def read_delay(value: Any) -> float:
    """Return "5ms" in milliseconds, fractions kept; unlike a limit it may be nothing."""
    delay = quantity(value, "a delay", {"us": 1e-3, "ms": 1.0, "s": 1e3}, ("ms", "us"))
    return within(delay, value, "a delay", 0, 60_000, "0ms to 60s")


def read_decibel(value: Any) -> float:
    """Return "3dB" as 3.0."""
    return within(
        quantity(value, "a loss", {"dB": 1.0}, ("dB",)), value, "a loss", 0, 100, "0dB to 100dB"
    )


def read_time_of_day(value: Any) -> Millis:
    """Return "18:30" in milliseconds after midnight."""
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if match is None:
        raise refusal(
            "SCN020", f"{shown(value)} is no time of day; write hours and minutes, such as 18:30"
        )
    return (int(match[1]) * 60 + int(match[2])) * 60_000


def read_factor(value: Any) -> float:
    """Return a plain number, for factors that have no unit."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal("SCN016", f"{shown(value)} where a factor belongs; write a number, such as 2")
    return within(float(value), value, "a factor", 0, 1e6, "0 to 1000000")


def read_flag(value: Any) -> float:
    """Return true or 1 as 1.0, false or 0 as 0.0."""
    if isinstance(value, bool | int | float) and value in (0, 1):
        return float(value)
    raise refusal("SCN016", f"{shown(value)} where a flag belongs; write true or false")


def read_count(value: Any) -> float:
    """Return a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal("SCN016", f"{shown(value)} where a count belongs; write a whole number")
    return within(float(value), value, "a count", 0, 1e6, "0 to 1000000")


READ_UNIT: Final[Mapping[str, Callable[[Any], float]]] = {
    "dB": read_decibel,
    "ratio": read_share,
    "ms": read_delay,
    "flag": read_flag,
    "count": read_count,
}
"""How a value in each unit of `adn.twin.properties` is read."""


def write_unit(value: float, unit: str) -> str:
    """Return a value of a condition as a scenario would write it.

    >>> write_unit(0.03, "ratio"), write_unit(60.0, "dB"), write_unit(1.0, "flag")
    ('3%', '60dB', 'true')
    """
    if unit == "flag":
        return "true" if value else "false"
    if unit == "ratio":
        return f"{value * 100:g}%"
    if unit == "count":
        return f"{value:.0f}"
    return f"{value:g}{unit}"


def _text(pattern: str, says: str, *examples: str) -> WithJsonSchema:
    schema = {"type": "string", "pattern": pattern, "description": says, "examples": list(examples)}
    return WithJsonSchema(schema)


_TIME = r"^\s*([0-9]+(\.[0-9]+)?\s*(ms|s|min|h|d)\s*)+$"
_NUMERAL = r"^\s*[0-9]+(\.[0-9]+)?\s*"
_RATE = _text(_NUMERAL + "[kMGT]?bit/s$", "a rate", "10Gbit/s")

Duration = Annotated[
    Millis, BeforeValidator(read_duration), _text(_TIME, "a duration", "5min", "1h 30min")
]
"""A duration: `5min`, `1h 30min`, `500ms`."""
PositiveDuration = Annotated[
    Millis, BeforeValidator(read_span), _text(_TIME, "a duration above 0s", "5min", "6h")
]
"""A duration longer than nothing."""
Share = Annotated[float, BeforeValidator(read_share), _text(_NUMERAL + "%$", "a share", "3%")]
"""A share: `3%`."""
Rate = Annotated[float, BeforeValidator(read_rate), _RATE]
"""A rate: `10Gbit/s`."""
Frequency = Annotated[
    float,
    BeforeValidator(read_frequency),
    _text(_NUMERAL + "/(min|h|d)$", "a frequency", "6/h", "2/d"),
]
"""How often something comes, in events an hour: `6/h`."""
Length = Annotated[
    float, BeforeValidator(read_length), _text(_NUMERAL + "k?m$", "a length", "40km")
]
"""A length: `40km`."""
Angle = Annotated[float, BeforeValidator(read_angle), _text(_NUMERAL + "deg$", "an angle", "25deg")]
"""An angle: `25deg`."""
LatencyMs = Annotated[
    float, BeforeValidator(read_latency), _text(_NUMERAL + "(us|ms|s)$", "a latency", "60ms")
]
"""A latency: `60ms`."""
Decibel = Annotated[float, BeforeValidator(read_decibel), _text(_NUMERAL + "dB$", "a loss", "3dB")]
"""A loss of light: `3dB`."""
TimeOfDay = Annotated[
    Millis,
    BeforeValidator(read_time_of_day),
    _text(r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "a time of day", "18:30"),
]
"""A time of day: `18:30`."""
