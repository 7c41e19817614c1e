"""What a trainee's front end is: something that is shown plain values and says moves.

A terminal, a web page or a script: all that crosses is what JSON has, so nothing of the run can be
reached from a front end, and what it was shown can be kept to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Doing = Literal[
    "look", "probe", "hint", "wait", "approve", "reject", "decide", "escalate", "pass", "leave"
]
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a trainee.

    Attributes:
        do: What is done.
        what: What is looked at, or which probe is sent.
        about: The object, service or problem it is about; the words of a decision or a reason.
    """

    do: Doing
    what: str = ""
    about: str = ""


class FrontEnd(Protocol):
    """Where a trainee sits."""

    def brief(self, briefing: Shown) -> None:
        """Show the briefing, before anything happens."""
        ...

    def choose(self, sheet: Shown) -> Move:
        """Show one piece of work as it is now, and return what the trainee does next.

        A move that could not be made comes back with ``wrong`` saying what would be right.
        """
        ...
