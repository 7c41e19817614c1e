"""Commands: the only way in which operations touch the network, and their public catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from adn.base.clock import Millis

Purpose = Literal["mitigate", "repair", "probe", "rollback"]
MAX_COST = 65_535


@dataclass(frozen=True, slots=True)
class CommandKind:
    """What the catalogue (`commands.yml`) says of one kind of command."""

    name: str
    says: str
    target: Literal["element", "link", "duct", "card", "feed"]
    use: Literal["mitigate", "repair", "probe"]
    performed_by: Literal["system", "field"]
    reversible: bool
    risk: Literal["none", "low", "medium", "high"]
    params: Mapping[str, str]
    time: Mapping[str, Any]
    fails: Mapping[str, Any]


@cache
def command_kinds() -> Mapping[str, CommandKind]:
    """Return the public catalogue, by name."""
    import yaml

    text = resources.files("adn.northbound").joinpath("commands.yml").read_text(encoding="utf-8")
    return {
        name: CommandKind(
            name=name,
            says=row["says"],
            target=row["target"],
            use=row["class"],
            performed_by=row["performed_by"],
            reversible=row["reversible"],
            risk=row["risk"],
            params=row["params"],
            time=row["time"],
            fails=row["fails"],
        )
        for name, row in yaml.safe_load(text).items()
    }


@dataclass(frozen=True, slots=True)
class Command:
    """One order to the network.

    Attributes:
        id: ``CMD-0004``, counted on the operations side.
        kind: A name of the catalogue.
        target: Id of the element, link, duct, card or feed, as the inventory calls it.
        params: As the catalogue says for the kind.
        incident: The incident it serves.
        plan: The plan it is a step of, or empty.
        purpose: Why it is sent.
    """

    id: str
    kind: str
    target: str
    params: Mapping[str, Any] = field(default_factory=dict)
    incident: str = ""
    plan: str = ""
    purpose: Purpose = "mitigate"


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The network's answer.

    Attributes:
        command: Id of the command.
        ok: Whether it was carried out.
        finished_at: When, simulated ms.
        message: Why not, or what was done.
        measurement: What a probe measured; empty otherwise.
    """

    command: str
    ok: bool
    finished_at: Millis
    message: str = ""
    measurement: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanNotice:
    """A change request: the steps of a plan, filed before they are carried out."""

    id: str
    incident: str
    purpose: Purpose
    steps: tuple[Command, ...]
