"""Problem classes: what a suspect may be called; public, and coarser than kinds of fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ObjectType = Literal["duct", "link", "direction", "element"]


@dataclass(frozen=True, slots=True)
class ProblemClass:
    """One public name for what may be wrong with an object of a type, and its domain."""

    name: str
    object_type: ObjectType
    domain: str
    says: str


_CLASSES: Final = (
    ProblemClass("fibre-loss", "duct", "optical", "the fibres in a duct are broken or lossy"),
    ProblemClass("link-down", "link", "ip", "a link does not come up though its fibre is whole"),
    ProblemClass("packet-loss", "direction", "ip", "one way of a link loses packets"),
    ProblemClass("process-down", "element", "ip", "an element's routing daemon is not running"),
    ProblemClass("element-down", "element", "ip", "an element is dark: no power, or crashed"),
    ProblemClass("congestion", "direction", "ip", "more traffic is offered than a link carries"),
)
PROBLEM_CLASSES: Final[Mapping[str, ProblemClass]] = {row.name: row for row in _CLASSES}
UNKNOWN: Final = "unknown"
"""The honest answer where no class fits; never the class of a fault."""
