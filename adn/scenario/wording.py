"""From what pydantic says to what a person can act on: one finding per slip, at its place.

Pydantic's locations hold union tags and its messages speak of Python; here both are turned back
into the words and places of the file.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from adn.base.errors import Finding
from adn.scenario.distributions import DISTRIBUTIONS
from adn.scenario.disturbancespec import DISTURBANCES
from adn.scenario.faultspec import COURSES
from adn.scenario.marks import Path, Source
from adn.scenario.parts import Part
from adn.scenario.units import either, shown
from adn.topology.naming import closest

UNIONS: Final[Mapping[str, Mapping[str, type[Part]]]] = {
    "dist": DISTRIBUTIONS,
    "kind": DISTURBANCES,
    "shape": COURSES,
}
"""Models by the key that tells them apart, and by what it says."""

_BELONGS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [a, b],",
    "dict_type": "a map, such as {key: value},",
    "mapping_type": "a map, such as {key: value},",
    "model_type": "a map, such as {key: value},",
    "model_attributes_type": "a map, such as {key: value},",
    "dataclass_type": "a map, such as {key: value},",
}
_LIMITS: Final = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:.10g}",
}


def findings_of(
    error: ValidationError, model: type[BaseModel], data: Any, source: Source
) -> list[Finding]:
    """Return pydantic's errors, worded and placed; keys missing from one map are told together."""
    told = error.errors(include_url=False, include_input=False)
    missing: dict[Path, list[tuple[str | int, ...]]] = {}
    for one in told:
        if one["type"] == "missing":
            missing.setdefault(path_of(one["loc"][:-1], data), []).append(one["loc"])
    findings = [_missing(locs, path, model, source) for path, locs in missing.items()]
    listed: set[Path] = set()
    for one in told:
        if one["type"] == "extra_forbidden":
            path = path_of(one["loc"], data)
            findings.append(_unknown_key(path, model, one["loc"], source, listed))
        elif one["type"] != "missing" and not _is_echo(one, data):
            findings.append(_finding(one, model, data, source))
    return findings


def _is_echo(one: Any, data: Any) -> bool:
    """Whether a list is called too short only because its items were refused, each on its own."""
    if one["type"] != "too_short":
        return False
    held = value_at(path_of(one["loc"], data), data)
    return isinstance(held, tuple) and len(held) >= one["ctx"]["min_length"]


def path_of(loc: tuple[int | str, ...], data: Any) -> Path:
    """Return the way through the file's own maps and lists; union tags and validators drop out."""
    path: list[str | int] = []
    for part in loc:
        if _holds(data, part):
            data = data[part]
            path.append(part)
    return tuple(path)


def _holds(data: Any, part: int | str) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, tuple) and isinstance(part, int) and part < len(data)


def value_at(path: Path, data: Any) -> Any:
    """Return what stands at `path`, or None."""
    for part in path:
        if not _holds(data, part):
            return None
        data = data[part]
    return data


def mended_tags(error: ValidationError, data: Any) -> Any:
    """Return `data` with every missing or misspelt union tag as it was probably meant."""
    for one in error.errors(include_url=False, include_input=False):
        if one["type"] not in ("union_tag_invalid", "union_tag_not_found"):
            continue
        path = path_of(one["loc"], data)
        key, held = _tag_of(one["ctx"]), value_at(path, data)
        guess = _meant(key, held) if isinstance(held, dict) else ""
        if guess:
            data = _replaced(data, path, {**held, key: guess})
    return data


def _meant(key: str, held: Mapping[str, Any]) -> str:
    """Return the tag that fits a map: the one most like what it says, or the one with its keys."""
    given = held.get(key)
    if isinstance(given, str):
        return closest(given, UNIONS[key])
    keys = set(held) - {key, "source"}
    fitting = [name for name, model in UNIONS[key].items() if keys and keys <= set(keys_of(model))]
    return fitting[0] if fitting else ""


def _replaced(data: Any, path: Path, value: Any) -> Any:
    """Return a copy of `data` with `value` at `path`."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {**data, first: _replaced(data[first], rest, value)}
    assert isinstance(first, int)
    return (*data[:first], _replaced(data[first], rest, value), *data[first + 1 :])


def _tag_of(context: Mapping[str, Any]) -> str:
    return str(context["discriminator"]).strip("'")


def _finding(one: Any, model: type[BaseModel], data: Any, source: Source) -> Finding:
    kind, loc, context = one["type"], one["loc"], one.get("ctx", {})
    path = path_of(loc, data)
    if kind == "adn":
        path = (*path, *context.get("at", ()))
        key = bool(loc) and loc[-1] == "[key]"
        return source.finding(path, context["code"], context["message"], key=key)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _tag(path, context, data, source)
    value = value_at(path, data)
    if kind == "literal_error":
        return _choice(path, value, model, loc, source)
    if kind in _LIMITS:
        limit = _LIMITS[kind].format(**context)
        return source.finding(path, "SCN018", f"{shown(value)} is outside its limits; {limit}")
    if kind in ("too_short", "too_long"):
        few = kind == "too_short"
        count = context["min_length" if few else "max_length"]
        word = "at least" if few else "at most"
        return source.finding(path, "SCN018", f"{word} {count} of these, not {len(value or ())}")
    belongs = _BELONGS.get(kind)
    if belongs:
        name = f" for '{path[-1]}'" if path and isinstance(path[-1], str) else ""
        given = "nothing" if value is None else shown(value)
        if isinstance(value, str) and "a list" not in belongs:
            given = f"the text {given}"
        return source.finding(path, "SCN016", f"{given} where {belongs} belongs{name}")
    return source.finding(path, "SCN016", f"{shown(value)} cannot be used: {one['msg']}")


def _unknown_key(
    path: Path, model: type[BaseModel], loc: Any, source: Source, listed: set[Path]
) -> Finding:
    """Return the finding of a key; what a map may hold is listed once a map."""
    key = str(path[-1])
    known = keys_of(model_at(model, loc[:-1]))
    near = closest(key.replace("-", "_"), known)
    others = "" if near or path[:-1] in listed else f"; there are {', '.join(sorted(known))}"
    listed |= {path[:-1]} if others else set()
    return source.finding(path, "SCN013", f"unknown key {shown(key)}{others}", hint=near, key=True)


def _missing(
    locs: list[tuple[str | int, ...]], path: Path, model: type[BaseModel], source: Source
) -> Finding:
    keys = [str(loc[-1]) for loc in locs]
    owner = model_at(model, locs[0][:-1])
    if keys == ["source"]:
        what = "distribution" if owner and "dist" in owner.model_fields else "number"
        return source.finding(
            path,
            "SCN019",
            f"this {what} names no source; write where it is from, or source: assumption",
        )
    field = field_of(owner, keys[0]) if len(keys) == 1 else None
    says = f": {field.description}" if field is not None and field.description else ""
    named = [f"'{key}'" for key in keys]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    where = f"'{path[-1]}'" if path and isinstance(path[-1], str) else "this"
    if not path:
        where = f"the {model.__name__.lower()}"
    return source.finding(path, "SCN015", f"{where} misses {listed}{says}", key=True)


def _choice(path: Path, value: Any, model: type[BaseModel], loc: Any, source: Source) -> Finding:
    owner = model_at(model, loc[:-1])
    field = field_of(owner, str(loc[-1])) if loc else None
    choices = [str(item) for item in _literals(field.annotation)] if field is not None else []
    near = closest(value, choices) if isinstance(value, str) else ""
    given = "nothing" if value is None else shown(value)
    rest = f"; write {either(choices)}" if choices else ""
    return source.finding(path, "SCN017", f"{given} is not one of the choices{rest}", hint=near)


def _tag(path: Path, context: Mapping[str, Any], data: Any, source: Source) -> Finding:
    key = _tag_of(context)
    choices = sorted(UNIONS[key])
    held = value_at(path, data)
    if not isinstance(held, dict) or key not in held:
        return source.finding(
            path, "SCN015", f"which one? write {key}: {either(choices)}", key=True
        )
    value = held[key]
    near = closest(value, choices) if isinstance(value, str) else ""
    return source.finding(
        (*path, key),
        "SCN017",
        f"{shown(value)} is not one of the choices; write {either(choices)}",
        hint=near,
    )


def keys_of(model: type[BaseModel] | None) -> list[str]:
    """Return the keys of a model as files write them."""
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def field_of(model: type[BaseModel] | None, key: str) -> Any:
    """Return a model's field by the key that files use, or None."""
    if model is None:
        return None
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return field
    return None


def model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model that pydantic was filling at `loc`, or None where there is none."""
    here: Any = model
    for part in loc:
        here = _step(here, part)
    models = _models(here)
    return models[0] if len(models) == 1 else None


def _step(here: Any, part: int | str) -> Any:
    """Return the annotation one step further in."""
    here = _bare(here)
    origin = get_origin(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        field = field_of(here, str(part))
        return None if field is None else field.annotation
    if origin is tuple:
        return get_args(here)[0]
    if origin in (Union, UnionType):
        for member in get_args(here):
            if _says(member, part):
                return member
        return next((item for item in get_args(here) if _bare(item) is not NoneType), None)
    if origin is not None and issubclass(origin, Mapping):
        return get_args(here)[1]
    return None


def _says(member: Any, tag: int | str) -> bool:
    """Return whether a union's member is the one that `tag` stands for."""
    member = _bare(member)
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return False
    fields = [member.model_fields.get(key) for key in UNIONS]
    return any(field is not None and tag in _literals(field.annotation) for field in fields)


def _bare(annotation: Any) -> Any:
    """Return an annotation without its metadata and without "or nothing"."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        rest = [item for item in get_args(annotation) if item is not NoneType]
        if len(rest) == 1:
            return _bare(rest[0])
    return annotation


def _models(annotation: Any) -> list[type[BaseModel]]:
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return [bare]
    return []


def _literals(annotation: Any) -> tuple[Any, ...]:
    bare = _bare(annotation)
    if get_origin(bare) is Literal:
        return get_args(bare)
    if typing.get_origin(bare) is tuple:
        return _literals(get_args(bare)[0])
    return ()
