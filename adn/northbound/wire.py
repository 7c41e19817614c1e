"""The post as JSON: exact, typed and strict, for a loop that runs in another process.

Every value is an object tagged with the name of its type; arrays are base64 of little-endian
float32 with their shape, so nothing is lost, NaN included. What is malformed is refused: text from
outside becomes data of the types listed here, or nothing.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import math
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from adn.base.records import Record
from adn.base.streams import Key
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult, PlanNotice
from adn.northbound.inventory import Inventory
from adn.northbound.post import (
    Candidates,
    MaintenanceNotice,
    Message,
    Observation,
    RollUp,
    SeriesReply,
    SeriesRequest,
    Ticket,
    WatchList,
)
from adn.northbound.telemetry import Roster

_TAG: Final = "type"
_NUMBER: Final = "$float"
"""Key of the object that stands for a number JSON has no word for."""
_OBSERVATIONS: Final = (
    Roster,
    Alarm,
    Candidates,
    RollUp,
    SeriesReply,
    CommandResult,
    Ticket,
    MaintenanceNotice,
)
_MESSAGES: Final = (Command, PlanNotice, SeriesRequest, WatchList, Record)
_NON_FINITE: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MAX_DEPTH: Final = 40


def encode(value: Observation | Message | Inventory) -> str:
    """Return one line of JSON for anything that crosses."""
    body = {_TAG: type(value).__name__} | _fields(value)
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def decode_observation(text: str | bytes) -> Observation:
    """Return the observation in a line of JSON.

    Raises:
        ValueError: The line is not exactly the form of one of them.
    """
    value: Observation = _decode(text, _OBSERVATIONS)
    return value


def decode_message(text: str | bytes) -> Message:
    """Return the message in a line of JSON.

    Raises:
        ValueError: The line is not exactly the form of one of them.
    """
    value: Message = _decode(text, _MESSAGES)
    return value


def to_json(value: Any) -> Any:
    """Return the JSON form of a value of any of the types that cross, or of their fields."""
    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.ndarray):
        return _array_out(value)
    if isinstance(value, Key):
        return value.secret.hex()
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _float_out(float(value))
    raise TypeError(f"{type(value).__name__} does not cross the wire")


def from_json(hint: Any, body: Any, where: str = "value") -> Any:
    """Return the value of type `hint` that `body` is the JSON form of.

    Raises:
        ValueError: It is not exactly that form; the message says where.
    """
    if hint is Any:
        return _free_in(body, where)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_in(get_args(hint), body, where)
    if origin is Literal:
        if body not in get_args(hint) or isinstance(body, bool):
            raise ValueError(f"{where}: {body!r} is none of {', '.join(map(str, get_args(hint)))}")
        return body
    if origin is tuple:
        return _tuple_in(get_args(hint), body, where)
    # From numpy 2.5 on, `NDArray` is an alias with a name, and its own origin.
    if origin in (np.ndarray, get_origin(npt.NDArray[np.float32])):
        return _array_in(body, where)
    if origin is not None and issubclass(origin, Mapping):
        item = get_args(hint)[1]
        return {k: from_json(item, v, f"{where}.{k}") for k, v in _object(body, where).items()}
    return _plain_in(hint, body, where)


def _plain_in(hint: Any, body: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        if hint is Key:
            return Key(_secret(body, where))
        return _dataclass_in(hint, body, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(body)
        except ValueError:
            raise ValueError(f"{where}: {body!r} is no {hint.__name__}") from None
    if hint is float:
        return _float_in(body, where)
    if hint in (int, str, bool) and type(body) is hint:
        return body
    raise ValueError(f"{where}: {_short(body)} is no {getattr(hint, '__name__', hint)}")


def _decode(text: str | bytes, allowed: tuple[Any, ...]) -> Any:
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except (RecursionError, UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise ValueError(f"not JSON: {wrong}") from None
    body = dict(_object(body, "line"))
    name = body.pop(_TAG, None)
    for kind in allowed:
        if kind.__name__ == name:
            return from_json(kind, body, kind.__name__)
    raise ValueError(f"line: {name!r} is no type that may cross this way")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON; non-finite numbers cross as text")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind) if f.init}


def _fields(value: Any) -> dict[str, Any]:
    return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}


def _dataclass_in(kind: Any, body: Any, where: str) -> Any:
    hints = _hints(kind)
    given = _object(body, where)
    if given.keys() != hints.keys():
        odd = sorted(given.keys() ^ hints.keys())
        raise ValueError(f"{where}: fields missing or unknown: {', '.join(odd)}")
    return kind(**{k: from_json(hint, given[k], f"{where}.{k}") for k, hint in hints.items()})


def _union_in(hints: tuple[Any, ...], body: Any, where: str) -> Any:
    if body is None and type(None) in hints:
        return None
    rest = [hint for hint in hints if hint is not type(None)]
    if len(rest) != 1:
        raise ValueError(f"{where}: no rule for this union")
    return from_json(rest[0], body, where)


def _tuple_in(hints: tuple[Any, ...], body: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(body, list):
        raise ValueError(f"{where}: {_short(body)} is no list")  # noqa: TRY004 - malformed text
    if len(hints) == 2 and hints[1] is ...:
        return tuple(from_json(hints[0], item, f"{where}[{i}]") for i, item in enumerate(body))
    if len(hints) != len(body):
        raise ValueError(f"{where}: {len(body)} items, not {len(hints)}")
    return tuple(
        from_json(hint, item, f"{where}[{i}]")
        for i, (hint, item) in enumerate(zip(hints, body, strict=True))
    )


def _array_out(array: npt.NDArray[Any]) -> dict[str, Any]:
    if array.dtype != np.float32:
        raise TypeError(f"only float32 arrays cross, not {array.dtype}")
    raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
    return {"shape": list(array.shape), "float32": base64.b64encode(raw).decode("ascii")}


def _array_in(body: Any, where: str) -> npt.NDArray[np.float32]:
    given = _object(body, where)
    if given.keys() != {"shape", "float32"}:
        raise ValueError(f"{where}: an array has a shape and float32, nothing else")
    shape = _tuple_in((int, ...), given["shape"], f"{where}.shape")
    try:
        raw = base64.b64decode(given["float32"], validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{where}: not base64") from None
    if min(shape, default=1) < 0 or len(raw) != 4 * math.prod(shape):
        raise ValueError(f"{where}: {len(raw)} bytes do not fill the shape {list(shape)}")
    array = np.array(np.frombuffer(raw, dtype="<f4"), dtype=np.float32).reshape(shape).copy()
    array.flags.writeable = False
    return array


def _float_out(value: float) -> float | dict[str, str]:
    if math.isfinite(value):
        return value
    return {_NUMBER: "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}


def _float_in(body: Any, where: str) -> float:
    if isinstance(body, int | float) and not isinstance(body, bool):
        return float(body)
    if isinstance(body, dict) and body.keys() == {_NUMBER} and body[_NUMBER] in _NON_FINITE:
        return _NON_FINITE[body[_NUMBER]]
    raise ValueError(f"{where}: {_short(body)} is no number")


def _free_in(body: Any, where: str, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError(f"{where}: nested too deep")
    if isinstance(body, dict):
        if body.keys() == {_NUMBER}:
            return _float_in(body, where)
        return {key: _free_in(item, f"{where}.{key}", depth + 1) for key, item in body.items()}
    if isinstance(body, list):
        return [_free_in(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(body)]
    return body


def _object(body: Any, where: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError(f"{where}: {_short(body)} is no object")  # noqa: TRY004 - malformed text
    return body


def _secret(body: Any, where: str) -> bytes:
    if isinstance(body, str) and len(body) == 64:
        try:
            return bytes.fromhex(body)
        except ValueError:
            pass
    raise ValueError(f"{where}: not a key")


def _short(body: Any) -> str:
    text = repr(body)
    return text if len(text) <= 40 else text[:37] + "…"
