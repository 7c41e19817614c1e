"""Items of evidence: each says of one object whether one thing shows."""

from __future__ import annotations

from dataclasses import dataclass

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that shows, or demonstrably does not, at one object.

    Attributes:
        kind: Name of the evidence kind.
        object: Id of the object.
        present: Whether it shows.
        says: The observation in words, with its id where it has one.
    """

    kind: str
    object: str
    present: bool
    says: str

    @property
    def key(self) -> Key:
        """Kind and object."""
        return self.kind, self.object
