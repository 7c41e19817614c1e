"""A cell: one run of a campaign, named by plain values that any process on any machine can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

OURS: Final = "adn"
"""The product's own loop, among agents."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One run.

    Attributes:
        case: Name of the scenario in the suite.
        agent: Who runs the network: ``adn``, a trivial baseline by name, ``do-nothing`` or
            ``oracle``.
        level: The level that is claimed.
        seed: The seed.
        approval_s: Median time until a change is approved, seconds; None leaves it to the
            scenario.
    """

    case: str
    agent: str
    level: str
    seed: int
    approval_s: float | None = None

    @property
    def name(self) -> str:
        """A name for files and progress: ``abilene-fibre-cut/adn/L4/seed-7``."""
        slow = "" if self.approval_s is None else f"/approval-{self.approval_s:g}s"
        return f"{self.case}/{self.agent}/{self.level}{slow}/seed-{self.seed}"

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            "case": self.case,
            "agent": self.agent,
            "level": self.level,
            "seed": self.seed,
            "approval_s": self.approval_s,
        }
