"""Errors that reach a user: a code, a place, what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where in a file something stands; lines and columns count from 1, 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: Stable code such as ``SCN006``; listed in the docs.
        message: What is wrong and what would be right, in one line.
        at: File, line and column, if there is one.
        excerpt: The offending source line, if there is one.
        width: How many characters of the excerpt are wrong, counted from ``at.column``.
        hint: Closest right word ("did you mean …").
        see: Where to look further, usually a command.
    """

    code: str
    message: str
    at: Position | None = None
    excerpt: str = ""
    width: int = 0
    hint: str = ""
    see: str = ""

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        lines = [f"{place}{self.code} {self.message}"]
        if self.excerpt and self.at:
            gutter = f"{self.at.line:>5} | "
            lines.append(gutter + self.excerpt)
            marks = "^" * max(1, self.width)
            lines.append(" " * (len(gutter) + self.at.column - 1) + marks)
            if self.hint:
                lines[-1] += f" did you mean '{self.hint}'?"
        elif self.hint:
            lines.append(f"   did you mean '{self.hint}'?")
        if self.see:
            lines.append(f"   see: {self.see}")
        return "\n".join(lines)


class AdnError(Exception):
    """Base of everything that is the user's to mend; the command line exits with 2."""

    def __init__(self, findings: Finding | Sequence[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (
            (findings,) if isinstance(findings, Finding) else tuple(findings)
        )
        super().__init__(self.findings)  # whoever makes the error anew from its args gets its equal

    def __str__(self) -> str:
        count = len(self.findings)
        body = "\n".join(str(finding) for finding in self.findings)
        return f"{body}\n{count} error{'s' if count != 1 else ''}"


class ScenarioError(AdnError):
    """A scenario file cannot be used as it stands (codes ``SCN…``)."""


class TopologyError(AdnError):
    """A network cannot be built as described (codes ``TOP…``)."""


class RunFolderError(AdnError):
    """A run folder cannot be read, or was tampered with (codes ``RUN…``)."""


class PluginError(AdnError):
    """A plug-in broke its contract (codes ``PLG…``)."""


class AssessmentError(AdnError):
    """Results of runs cannot be assessed together (codes ``ASM…``)."""
