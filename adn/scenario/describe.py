"""Scenario files described: JSON Schema for editors, and the reference page, from the models."""

from __future__ import annotations

from typing import Any

from adn.scenario.schema import Scenario


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors that complete and check as one types."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
