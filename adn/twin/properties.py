"""What may be impaired: the condition columns of the network, their parts and healthy values.

A *part* is the physical or logical thing that bears a condition. A command renews parts (replaces
a transceiver, restarts a process); an impairment ends when the part it sits on is renewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Table = Literal["duct", "link", "direction", "element", "card", "feed"]
Unit = Literal["dB", "ratio", "ms", "flag", "count"]
Part = Literal[
    "fibre",
    "amplifier",
    "optics",
    "port-state",
    "process",
    "chassis",
    "configuration",
    "system",
    "forwarding",
    "card",
    "feed",
    "held",
]

PARTS: Final[Mapping[Table, tuple[Part, ...]]] = {
    "duct": ("fibre", "amplifier"),
    "link": ("optics", "port-state", "configuration"),
    "direction": ("optics", "port-state", "configuration", "forwarding"),
    "element": ("process", "chassis", "configuration", "system", "forwarding"),
    "card": ("card",),
    "feed": ("feed",),
}
"""What may be broken of an object: `system` is the operating system below the routing daemon,
`forwarding` the tables that the forwarding hardware holds. What people at work hold out of service
is `held`, a part of no object: no command renews it."""


@dataclass(frozen=True, slots=True)
class Property:
    """A condition column.

    Attributes:
        table: Which objects have it.
        name: Column name.
        unit: ``dB``, ``ratio``, ``ms``, ``flag`` (0 or 1) or ``count`` (a whole number).
        healthy: Its value where nothing is wrong.
        low: Smallest allowed value.
        high: Largest allowed value.
        part: The part that bears it unless the impairment names another.
        says: What it is.
    """

    table: Table
    name: str
    unit: Unit
    healthy: float
    low: float
    high: float
    part: Part
    says: str

    @property
    def key(self) -> str:
        """The name used in scenario files and datasheets, e.g. ``direction.loss``."""
        return f"{self.table}.{self.name}"


_ROWS: Final = (
    Property("duct", "attenuation", "dB", 0.0, 0.0, 100.0, "fibre", "excess loss of every fibre"),
    Property("duct", "noise", "dB", 0.0, 0.0, 40.0, "amplifier", "excess noise of its amplifiers"),
    Property("link", "attenuation", "dB", 0.0, 0.0, 100.0, "optics", "excess loss of the optics"),
    Property(
        "link",
        "metric",
        "count",
        0.0,
        0.0,
        65_535.0,
        "configuration",
        "metric in force by mistake; 0 is as ordered",
    ),
    Property("link", "port-fault", "flag", 0.0, 0.0, 1.0, "port-state", "a port does not come up"),
    Property("direction", "attenuation", "dB", 0.0, 0.0, 100.0, "optics", "excess loss, one way"),
    Property("direction", "noise", "dB", 0.0, 0.0, 40.0, "optics", "excess noise of the sender"),
    Property("direction", "loss", "ratio", 0.0, 0.0, 1.0, "optics", "share lost, not counted"),
    Property("direction", "errors", "ratio", 0.0, 0.0, 1.0, "optics", "share corrupted, counted"),
    Property("direction", "delay", "ms", 0.0, 0.0, 10_000.0, "port-state", "extra one-way delay"),
    Property(
        "direction",
        "capacity",
        "ratio",
        1.0,
        0.01,
        1.0,
        "port-state",
        "share of the line rate left",
    ),
    Property(
        "direction",
        "unused",
        "flag",
        0.0,
        0.0,
        1.0,
        "forwarding",
        "left out of equal-cost next hops while there is another",
    ),
    Property("element", "process-down", "flag", 0.0, 0.0, 1.0, "process", "routing daemon is dead"),
    Property("element", "power-down", "flag", 0.0, 0.0, 1.0, "chassis", "the element is dark"),
    Property("element", "cpu", "ratio", 0.0, 0.0, 1.0, "process", "extra control-plane load"),
    Property(
        "element",
        "crashed",
        "flag",
        0.0,
        0.0,
        1.0,
        "system",
        "the system hangs; the element is dark",
    ),
    Property(
        "element",
        "routes-missing",
        "count",
        0.0,
        0.0,
        10_000.0,
        "forwarding",
        "destinations that its forwarding table lacks",
    ),
    Property(
        "element",
        "routes-discarded",
        "count",
        0.0,
        0.0,
        10_000.0,
        "configuration",
        "destinations that its configuration discards",
    ),
    Property(
        "element",
        "table-full",
        "ratio",
        0.0,
        0.0,
        1.0,
        "process",
        "share of destinations that found no room in its table",
    ),
    Property("card", "failed", "flag", 0.0, 0.0, 1.0, "card", "the card is dead with its ports"),
    Property("feed", "down", "flag", 0.0, 0.0, 1.0, "feed", "the feed gives no power"),
)
PROPERTIES: Final[Mapping[str, Property]] = {row.key: row for row in _ROWS}
