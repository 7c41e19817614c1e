"""YAML as scenarios use it: maps, lists and scalars, each with its place; nothing else.

Values are built from the events of the parser, never by its constructors, so a file cannot make an
object and cannot expand (aliases, anchors and tags are refused where they stand). Scalars are read
as in YAML 1.2: ``18:30``, ``no`` and ``010`` are text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from adn.base.errors import Finding
from adn.scenario.marks import Path, Place, Source, Span

DEEPEST: Final = 40
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(
    r"[-+]?(?:0|[1-9][0-9]{0,17})?(?:\.[0-9]{0,17})?(?:[eE][-+]?[0-9]{1,3})?"
)
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_PLAINER: Final = {
    "mapping values are not allowed in this context": (
        "a second ': ' where only one can be; quote the text, or start a new line"
    ),
    "did not find expected key": (
        "this line fits nowhere; indent it like its neighbours, by blanks"
    ),
    "did not find expected '-' indicator": (
        "this line is no item of the list; indent it like its neighbours, and begin it with '- '"
    ),
    "could not find expected ':'": "a key without ':'; write 'key: value'",
    "found character that cannot start any token": (
        "a character that cannot begin a value; indent by blanks, and quote text that begins "
        "with a sign"
    ),
    "did not find expected ',' or ']'": "a list that began with '[' has no ']'",
    "did not find expected ',' or '}'": "a map that began with '{' has no '}'",
    "found unexpected end of stream": "a quoted text has no closing quote",
    "control characters are not allowed": "a control character; a scenario is plain text",
    "did not find expected <document start>": "text after the end of the scenario",
}


@dataclass(slots=True)
class Built:
    """What a text holds.

    Attributes:
        value: Maps as dicts, lists as tuples, text, numbers, truth values or None.
        source: The text and the place of everything.
        findings: What was refused.
        refused: Paths of values that were refused, so that nobody complains of them twice.
    """

    value: Any
    source: Source
    findings: list[Finding] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)


@dataclass(slots=True)
class _Frame:
    """A map or list that is still open."""

    path: Path
    held: Any
    start: Any
    flow: bool
    place: Span | None
    key: str | None = None
    key_span: Span | None = None
    first: Span | None = None
    waste: bool = False


def resolve(text: str) -> str | int | float | bool | None:
    """Return what a plain (unquoted) scalar stands for.

    >>> resolve("18:30"), resolve("no"), resolve("010"), resolve("1e3"), resolve("7"), resolve("~")
    ('18:30', 'no', '010', 1000.0, 7, None)
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 42 and text[0] in "+-.0123456789":
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text) and any(sign.isdigit() for sign in text.lower().split("e")[0]):
            number = float(text)
            return number if math.isfinite(number) else text
    return text


def build(text: str, file: str) -> Built:
    """Return the values of a YAML text with their places.

    A text that is no YAML yields one finding and nothing else, for what follows a slip of syntax
    is guesswork.
    """
    builder = _Builder(Source(file, text))
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not builder.take(event):
                break
    except yaml.YAMLError as slip:
        source = Source(file, text)
        return Built(None, source, [_syntax(slip, source)])
    source = Source(file, text, builder.places)
    return Built(builder.value, source, builder.findings, builder.refused)


class _Builder:
    """Takes parser events one by one and keeps values, places and refusals."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.value: Any = None
        self.places: dict[Path, Place] = {}
        self.findings: list[Finding] = []
        self.refused: set[Path] = set()
        self.documents = 0
        self.frames: list[_Frame] = []
        self.told: set[str] = set()

    def take(self, event: Any) -> bool:
        """Take one event; return whether to go on."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            return self._open(event, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            return self._open(event, [])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        return True

    def _document(self, event: Any) -> bool:
        self.documents += 1
        if self.documents > 1:
            self._refuse(
                event.start_mark, 3, "SCN010", "a second scenario begins; a file holds one"
            )
        return self.documents == 1

    def _scalar(self, event: Any) -> None:
        span = self._span(event.start_mark, event.end_mark)
        if self._at_key():
            if event.anchor is not None or event.tag is not None:
                self._not_data(event, self.frames[-1].path)
            self._key(event.value, span)
            return
        path = self._path()
        if event.anchor is not None or event.tag is not None:
            self._not_data(event, path)
        plain = event.implicit[0] and event.style in (None, "")
        value = resolve(event.value) if plain else event.value
        empty = plain and event.value == "" and bool(self.frames)
        self._put(value, path, (self.frames[-1].key_span if empty else None) or span)

    def _open(self, event: Any, held: Any) -> bool:
        key = self._at_key()
        if key:
            self._refuse(event.start_mark, 1, "SCN016", "a key is plain text, not a map or a list")
        path = self.frames[-1].path if key else self._path()
        if event.anchor is not None or event.tag is not None:
            self._not_data(event, path)
        if len(self.frames) >= DEEPEST:
            self._refuse(
                event.start_mark, 1, "SCN011", f"nested deeper than {DEEPEST}; a scenario is flat"
            )
            return False
        flow = bool(event.flow_style)
        place = None if flow or not self.frames else self.frames[-1].key_span
        frame = _Frame(path, held, event.start_mark, flow, place)
        if self.frames:
            parent = self.frames[-1]
            again = isinstance(parent.held, dict) and parent.key in parent.held
            frame.waste = key or again or parent.waste
        self.frames.append(frame)
        return True

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        if self.frames and self.frames[-1].key is None and isinstance(self.frames[-1].held, dict):
            self._key("", self._span(frame.start, event.end_mark))
            self.refused.add(self._path())
            return
        span = frame.place or frame.first
        if frame.flow or span is None:
            span = self._span(frame.start, event.end_mark)
        value = tuple(frame.held) if isinstance(frame.held, list) else frame.held
        self._put(value, frame.path, span)

    def _alias(self, event: Any) -> None:
        self._refuse_name(event, "*", "alias '{}'; write the value here")
        if self._at_key():
            self._key("", self._span(event.start_mark, event.end_mark))
            self.refused.add(self._path())
            return
        path = self._path()
        self.refused.add(path)
        self._put(None, path, self._span(event.start_mark, event.end_mark))

    def _not_data(self, event: Any, path: Path) -> None:
        if event.anchor is not None:
            self._refuse_name(event, "&", "anchor '{}'; a scenario says things where they belong")
        if event.tag is not None:
            shown = event.tag[:60].replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                event.start_mark, 1, "SCN009", f"tag '{shown}'; a scenario is data, leave it out"
            )
            self.refused.add(path)

    def _refuse_name(self, event: Any, sign: str, message: str) -> None:
        """Refuse an anchor or alias; one of a name stands for all, for bombs have thousands."""
        name = f"{sign}{event.anchor}"
        if name not in self.told:
            self.told.add(name)
            self._refuse(event.start_mark, len(name), "SCN008", message.format(name[:40]))

    def _at_key(self) -> bool:
        return (
            bool(self.frames)
            and isinstance(self.frames[-1].held, dict)
            and self.frames[-1].key is None
        )

    def _key(self, text: str, span: Span) -> None:
        frame = self.frames[-1]
        frame.key, frame.key_span = text, span
        frame.first = frame.first or span
        if text in frame.held and not frame.waste:
            before = self.places[(*frame.path, text)].key
            where = f" (first in line {before.line})" if before else ""
            self.findings.append(
                self.source.finding_at(
                    span, "SCN012", f"key '{text[:40]}' stands twice{where}; keep one"
                )
            )

    def _path(self) -> Path:
        if not self.frames:
            return ()
        frame = self.frames[-1]
        if isinstance(frame.held, dict):
            return (*frame.path, frame.key or "")
        return (*frame.path, len(frame.held))

    def _put(self, value: Any, path: Path, span: Span | None) -> None:
        shown = span or Span(1, 1, 1)
        if not self.frames:
            self.value = value
            self.places[()] = Place(None, shown)
            return
        frame = self.frames[-1]
        if isinstance(frame.held, list):
            frame.first = frame.first or shown
            frame.held.append(value)
            self._place(path, Place(None, shown), frame)
            return
        if frame.key not in frame.held:
            frame.held[frame.key] = value
            self._place(path, Place(frame.key_span, shown), frame)
        frame.key = frame.key_span = None

    def _place(self, path: Path, place: Place, frame: _Frame) -> None:
        if not frame.waste:
            self.places[path] = place

    def _refuse(self, mark: Any, width: int, code: str, message: str) -> None:
        span = Span(mark.line + 1, mark.column + 1, width)
        self.findings.append(self.source.finding_at(span, code, message))

    def _span(self, start: Any, end: Any) -> Span:
        if end.line == start.line:
            width = end.column - start.column
        else:
            width = len(self.source.line(start.line + 1)) - start.column
        return Span(start.line + 1, start.column + 1, max(1, width))


def _syntax(slip: yaml.YAMLError, source: Source) -> Finding:
    """Return what the parser choked on, in plain words."""
    problem = getattr(slip, "problem", None) or getattr(slip, "reason", None) or "no YAML"
    message = _PLAINER.get(problem, problem)
    mark = getattr(slip, "problem_mark", None) or getattr(slip, "context_mark", None)
    if mark is not None:
        if source.text[mark.index : mark.index + 1] == "\t":
            message = "a tab; indent by blanks"
        span = Span(mark.line + 1, mark.column + 1, 1)
        opened = getattr(slip, "context_mark", None)
        if opened is not None and opened.line != mark.line:
            message += f" (it began in line {opened.line + 1})"
        return source.finding_at(span, "SCN007", message)
    position = getattr(slip, "position", None)
    if isinstance(position, int):
        before = source.text[:position]
        line = before.count("\n") + 1
        column = position - (before.rfind("\n") + 1) + 1
        return source.finding_at(Span(line, column, 1), "SCN007", message)
    return source.finding_at(None, "SCN007", message)
