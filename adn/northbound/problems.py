"""Problem classes: what a suspect may be called; public, and coarser than kinds of fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ObjectType = Literal["duct", "link", "direction", "element", "card", "feed"]


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
    ProblemClass("link-flapping", "link", "ip", "a link comes and goes"),
    ProblemClass("corruption", "direction", "ip", "one way of a link corrupts frames"),
    ProblemClass(
        "signal-degraded", "direction", "ip", "one way of a link needs much bit correction"
    ),
    ProblemClass(
        "line-degraded", "duct", "optical", "all links in a duct need much bit correction"
    ),
    ProblemClass("card-failed", "card", "ip", "a line card is dead with all its ports"),
    ProblemClass("feed-down", "feed", "power", "a power feed of a site is gone"),
    ProblemClass(
        "route-missing", "element", "ip", "a forwarding table lacks routes it should have"
    ),
    ProblemClass("route-discarded", "element", "ip", "configuration discards a destination"),
    ProblemClass("table-full", "element", "ip", "a forwarding table has no room for all routes"),
    ProblemClass("member-missing", "direction", "ip", "one of several equal paths is not used"),
    ProblemClass("cost-wrong", "link", "ip", "a link's metric is not the planned one"),
)
PROBLEM_CLASSES: Final[Mapping[str, ProblemClass]] = {row.name: row for row in _CLASSES}
UNKNOWN: Final = "unknown"
"""The honest answer where no class fits; never the class of a fault."""
