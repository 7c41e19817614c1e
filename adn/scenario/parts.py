"""What every model of a scenario file has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from adn.scenario.units import refusal, shown


class Part(BaseModel):
    """A map of a scenario file: unknown keys are errors, nothing is converted, nothing changes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        populate_by_name=False,
        hide_input_in_errors=True,
    )


def contradiction(message: str, *at: str | int, code: str = "SCN018") -> Exception:
    """Return the error of a map whose keys do not fit each other; `at` leads to the culprit."""
    error = refusal(code, message)
    if error.context is None:  # pragma: no cover - refusal always gives one
        return error
    from pydantic_core import PydanticCustomError

    return PydanticCustomError("adn", "{message}", error.context | {"at": at})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        quoted = f'; quote it: "{value}"' if isinstance(value, int | float) else ""
        given = "nothing" if value is None else shown(value)
        raise refusal("SCN016", f"{given} where text belongs{quoted.lower()}")
    if not value.strip():
        raise refusal("SCN020", "empty text; say something")
    if len(value) > 10_000:
        raise refusal("SCN020", "a text of more than 10000 characters")
    return value


def _name(value: Any) -> str:
    text = _text(value)
    if len(text) > 200 or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise refusal("SCN020", f"{shown(value)} is no name; a name has no blanks")
    return text


def _slug(value: Any) -> str:
    import re

    text = _text(value)
    if len(text) > 80 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise refusal(
            "SCN020",
            f"{shown(value)} is no name here; use small letters, digits and single hyphens",
        )
    return text


def _scalar(value: Any) -> str | int | float | bool:
    if not isinstance(value, str | int | float | bool):
        given = "nothing" if value is None else shown(value)
        raise refusal("SCN016", f"{given} where one value belongs")
    return value


@dataclass(frozen=True, slots=True)
class OrText:
    """Says in the JSON Schema that a plain text stands for the whole map."""

    says: str

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Return the schema of either."""
        return {"anyOf": [{"type": "string", "description": self.says}, handler(core)]}


Text = Annotated[str, BeforeValidator(_text)]
"""Words for people."""
Name = Annotated[str, BeforeValidator(_name)]
"""The id of something in the network."""
Slug = Annotated[
    str,
    BeforeValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
"""A name that becomes part of file names and commands: small letters, digits, hyphens."""
Scalar = Annotated[
    Any,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
"""One value, with its unit."""
