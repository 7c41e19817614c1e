"""Where everything in a scenario file stands, so that every error can point at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from adn.base.errors import Finding, Position

Path = tuple[str | int, ...]
"""The way to a value: keys of maps and indices of lists, outermost first."""

LONGEST_EXCERPT: Final = 160


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line; line and column count from 1."""

    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key and its value stand; list items and the whole file have no key."""

    key: Span | None
    value: Span


@dataclass(frozen=True)
class Source:
    """The text of a file and the place of everything in it.

    Attributes:
        file: Its name as the user knows it.
        text: Its text.
        places: Where each value stands.
    """

    file: str
    text: str = ""
    places: Mapping[Path, Place] = field(default_factory=dict)

    def span(self, path: Path, *, key: bool = False) -> Span | None:
        """Return where `path` stands, or the nearest thing around it that is in the file."""
        for end in range(len(path), -1, -1):
            place = self.places.get(path[:end])
            if place is not None:
                wants_key = key and end == len(path) and place.key is not None
                return place.key if wants_key else place.value
        return None

    def finding(
        self,
        path: Path,
        code: str,
        message: str,
        *,
        hint: str = "",
        see: str = "",
        key: bool = False,
    ) -> Finding:
        """Return a finding that points at the value (or the key) at `path`."""
        return self.finding_at(self.span(path, key=key), code, message, hint=hint, see=see)

    def finding_at(
        self, span: Span | None, code: str, message: str, *, hint: str = "", see: str = ""
    ) -> Finding:
        """Return a finding that points at a stretch of a line, or at the file where it is None."""
        if span is None:
            return Finding(code, message, Position(self.file), hint=hint, see=see)
        excerpt = self.line(span.line)
        visible = span.column - 1 + span.width <= LONGEST_EXCERPT
        return Finding(
            code,
            message,
            Position(self.file, span.line, span.column),
            excerpt=excerpt[:LONGEST_EXCERPT] if visible else "",
            width=span.width,
            hint=hint,
            see=see,
        )

    def line(self, number: int) -> str:
        """Return a line of the text with tabs as single blanks, so that carets stand right."""
        lines = self._lines
        return lines[number - 1].replace("\t", " ").rstrip() if number <= len(lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings by line and column, each once."""
    unique = dict.fromkeys(findings)
    return sorted(
        unique,
        key=lambda one: (one.at.line, one.at.column) if one.at else (0, 0),
    )
