"""Playbooks as data: which tactics mitigate a problem class, and which commands repair it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES, UNKNOWN

TACTIC_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "drain": ("set-link-cost",),
    "avoid": ("steer-services",),
    "isolate": ("drain-element",),
    "isolate-and-steer": ("drain-element", "steer-services"),
    "steer": ("steer-services",),
    "police": ("limit-services",),
    "shed": ("limit-services",),
    "steer-and-police": ("steer-services", "limit-services"),
    "police-and-steer": ("limit-services", "steer-services"),
    "drain-and-steer": ("set-link-cost", "steer-services"),
    "drain-and-police": ("set-link-cost", "steer-services", "limit-services"),
}
"""Which commands each tactic sends."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A command that may remove the cause.

    Attributes:
        command: A name of the command catalogue.
        to: Where it is sent, seen from the suspect: to it, to the link or to the sending element
            of a direction.
        works: Chance that it ends the problem, if the suspicion is right.
        above: Loss of a lossy direction from which on it is worth trying.
    """

    command: str
    to: Literal["itself", "link", "sender"]
    works: float = 0.9
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Playbook:
    """What is known to help against one problem class, likeliest first."""

    problem: str
    mitigations: tuple[str, ...]
    repairs: tuple[Repair, ...]


@cache
def playbooks() -> Mapping[str, Playbook]:
    """Return the playbooks shipped with the product, by problem class."""
    import yaml

    folder = resources.files(__package__)
    return {
        problem: read_playbook(
            problem, yaml.safe_load(folder.joinpath(f"{problem}.yml").read_text(encoding="utf-8"))
        )
        for problem in (*sorted(PROBLEM_CLASSES), UNKNOWN)
    }


def read_playbook(problem: str, tree: Mapping[str, Any]) -> Playbook:
    """Return a playbook from its tree.

    Raises:
        ValueError: It names a tactic or command that does not exist.
    """
    for tactic in tree["mitigations"]:
        if tactic not in TACTIC_COMMANDS:
            raise ValueError(f"{problem}: {tactic!r} is no tactic; known: {list(TACTIC_COMMANDS)}")
    for row in tree["repairs"]:
        if row["command"] not in command_kinds():
            raise ValueError(f"{problem}: {row['command']!r} is no command")
    return Playbook(
        problem=problem,
        mitigations=tuple(tree["mitigations"]),
        repairs=tuple(
            Repair(
                row["command"],
                row["to"],
                float(row.get("works", 0.9)),
                float(row.get("above", 0.0)),
            )
            for row in tree["repairs"]
        ),
    )


def remedies() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return problem → ``mitigated_by``/``repaired_by`` → commands, for the knowledge graph."""
    return {
        name: {
            "mitigated_by": tuple(
                sorted({c for t in book.mitigations for c in TACTIC_COMMANDS[t]})
            ),
            "repaired_by": tuple(row.command for row in book.repairs),
        }
        for name, book in playbooks().items()
        if name != UNKNOWN
    }
