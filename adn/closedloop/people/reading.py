"""Profiles as files: YAML without aliases or tags; every finding names its line.

The text may be anybody's, so nothing of it is believed before it was looked at, and everything
that is wrong is told at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

import yaml

from adn.base.clock import DAY, UNITS, Millis, parse_duration
from adn.base.errors import AdnError, Finding, Position
from adn.base.levels import Task
from adn.closedloop.people.profile import (
    ANY,
    APPROVAL,
    CONDITIONS,
    DESK_ROLES,
    FIELD,
    ROLES,
    SIGNS,
    Fatigue,
    Notes,
    Profile,
    Skill,
    TimingKey,
    TimingRow,
)

LARGEST: Final = 200_000
MOST_PEOPLE: Final = 1000
MOST: Final = 1e6
"""No median, in its unit, and no factor is larger."""
_NEEDED: Final = frozenset({"difficulty", "timings", "skills"})
_KEYS: Final = _NEEDED | {"about", "desks", "handover", "fatigue"}
_ROW: Final = frozenset({"role", "task", "when", "dist", "median", "sigma", "unit", "source"})
_SKILL: Final = frozenset({"role", "overlooks", "misreads", "slips", "source"})
_CREW: Final = frozenset({"role", "fruitless", "source"})
_MISSES: Final = frozenset({"at_night", "fresh_for", "doubles_every", "source"})
_TIMES: Final = frozenset({"at_night", "per_hour", "source"})

Lines = dict[tuple[Any, ...], int]


class _WrongError(Exception):
    """One thing that is wrong with a value."""


class _Findings:
    """What is wrong with a file, each with the line it stands in."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file, self.lines, self.found = file, lines, list[Finding]()

    def add(self, message: str, *path: Any) -> None:
        line = self.lines.get(path, 0)
        place = Position(self.file, line, 1) if line else Position(self.file)
        self.found.append(Finding("PPL002", message, place))


def read_profile(file: str, text: str) -> Profile:
    """Return the profile in a text.

    Args:
        file: Name of the file, as its author knows it.
        text: What is in it.

    Raises:
        AdnError: It is no profile, or a row lacks its source (PPL002); all findings at once.
    """
    body, lines = _yaml(file, text)
    wrong = _Findings(file, lines)
    if not isinstance(body, dict) or not body.keys() >= _NEEDED:
        wrong.add("a profile has difficulty, timings and skills")
        body = {}
    for key in sorted({str(key) for key in body} - _KEYS):
        wrong.add(f"'{key}' is no key of a profile; it has {', '.join(sorted(_KEYS))}", key)
    timings = dict(_timings(_rows(body, "timings", wrong), wrong))
    skills = dict(_skills(_rows(body, "skills", wrong), wrong))
    sigma, source = _difficulty(body.get("difficulty"), wrong)
    desks = _desks(body.get("desks", {}), wrong)
    notes = _notes(body["handover"], wrong) if "handover" in body else None
    fatigue = _fatigue(body["fatigue"], wrong) if "fatigue" in body else None
    if wrong.found:
        raise AdnError(sorted(wrong.found, key=lambda one: (one.at, one.message)))
    name = PurePath(file).stem
    return Profile(name, sigma, source, timings, skills, desks, notes, fatigue)


# --- the text ---


def _yaml(file: str, text: str) -> tuple[Any, Lines]:
    """Return the values in a text, and the line of each that is not a leaf.

    Raises:
        AdnError: It is too long, no YAML, or has anchors, aliases or tags (PPL002).
    """
    if len(text) > LARGEST:
        raise AdnError(Finding("PPL002", "larger than 200 kB; no profile is", Position(file)))
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                place = Position(file, token.start_mark.line + 1, token.start_mark.column + 1)
                said = "anchors, aliases and tags are not for profiles; write the value out"
                raise AdnError(Finding("PPL002", said, place))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = {path: line for path, line in _lines(node, ()) if line}
        return yaml.safe_load(text), lines
    except (yaml.YAMLError, RecursionError, ValueError) as slip:
        mark = getattr(slip, "problem_mark", None)
        place = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
        why = getattr(slip, "problem", None) or "this cannot be read"
        raise AdnError(Finding("PPL002", f"no YAML: {why}", place)) from None


def _lines(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, key.value))
            yield (*path, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*path, number))


def _rows(
    body: Mapping[str, Any], key: str, wrong: _Findings
) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = body.get(key, [])
    if not isinstance(rows, list):
        wrong.add(f"{key} is no list of rows", key)
        return
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            yield number, row
        else:
            wrong.add(f"row {number + 1} of {key} is no map", key, number)


# --- its parts ---


def _timings(
    rows: Iterator[tuple[int, dict[str, Any]]], wrong: _Findings
) -> Iterator[tuple[TimingKey, TimingRow]]:
    seen: set[TimingKey] = set()
    for number, row in rows:
        key = (str(row.get("role")), str(row.get("task")), str(row.get("when")))
        said, at = "/".join(key), ("timings", number)
        tasks = {*Task, ANY} if key[2] in ("resume", "shift") else {*Task}
        if not row.get("source"):
            wrong.add(f"{said} has no source; name one, or write source: assumption", *at)
        elif row.keys() != _ROW or key[0] not in ROLES or key[2] not in CONDITIONS:
            wrong.add(f"{said} is no row; it has {', '.join(sorted(_ROW))}", *at)
        elif key[1] not in tasks or row["dist"] != "lognormal" or row["unit"] not in UNITS:
            wrong.add(f"{said} names an unknown task, distribution or unit", *at)
        elif key in seen:
            wrong.add(f"{said} stands twice", *at)
        else:
            seen.add(key)
            try:
                given = row["median"]
                median = (
                    None if given == APPROVAL else _number(given, "median") * UNITS[row["unit"]]
                )
                sigma = _number(row["sigma"], "sigma", 10.0)
                yield key, TimingRow(median, sigma, str(row["source"]))
            except _WrongError as slip:
                wrong.add(f"{said}: {slip}", *at)


def _skills(
    rows: Iterator[tuple[int, dict[str, Any]]], wrong: _Findings
) -> Iterator[tuple[str, Skill]]:
    seen: set[str] = set()
    for number, row in rows:
        role, at = str(row.get("role")), ("skills", number)
        keys = _CREW if role == FIELD else _SKILL
        if not row.get("source"):
            wrong.add(f"the skill of {role} has no source; name one, or write assumption", *at)
        elif row.keys() != keys or role not in ROLES:
            wrong.add(f"the skill of {role} is no row; it has {', '.join(sorted(keys))}", *at)
        elif role in seen:
            wrong.add(f"the skill of {role} stands twice", *at)
        else:
            seen.add(role)
            try:
                yield role, _skill(role, row)
            except _WrongError as slip:
                wrong.add(f"the skill of {role}: {slip}", *at)


def _skill(role: str, row: Mapping[str, Any]) -> Skill:
    source = str(row["source"])
    if role == FIELD:
        return Skill({}, {}, 0.0, source, _number(row["fruitless"], "fruitless", 0.95))
    for kind in ("overlooks", "misreads"):
        if not isinstance(row[kind], dict) or {*row[kind]} != {*SIGNS}:
            raise _WrongError(f"it must say what it {kind} of {', '.join(SIGNS)}")
    shares = {
        kind: {sign: _number(row[kind][sign], f"{kind} {sign}", 1.0) for sign in SIGNS}
        for kind in ("overlooks", "misreads")
    }
    slips = _number(row["slips"], "slips", 1.0)
    return Skill(shares["overlooks"], shares["misreads"], slips, source)


def _difficulty(given: Any, wrong: _Findings) -> tuple[float, str]:
    if not isinstance(given, dict) or not given.get("source"):
        if given is not None:
            said = "difficulty has no source; name one, or write source: assumption"
            wrong.add(said, "difficulty")
        return 0.0, ""
    try:
        return _number(given.get("sigma"), "sigma", 10.0), str(given["source"])
    except _WrongError as slip:
        wrong.add(f"difficulty: {slip}", "difficulty")
        return 0.0, ""


def _desks(given: Any, wrong: _Findings) -> dict[str, int]:
    if not isinstance(given, dict):
        wrong.add("desks is no map of roles and numbers of people", "desks")
        return {}
    found: dict[str, int] = {}
    for role, count in given.items():
        whole = isinstance(count, int) and not isinstance(count, bool)
        if role not in DESK_ROLES:
            said = f"there is no desk '{role}'; there are {', '.join(DESK_ROLES)}"
            wrong.add(said, "desks", role)
        elif not whole or not 1 <= count <= MOST_PEOPLE:
            said = f"{role} has {count} people; write a whole number from 1 to {MOST_PEOPLE}"
            wrong.add(said, "desks", role)
        else:
            found[role] = count
    return found


def _notes(given: Any, wrong: _Findings) -> Notes | None:
    try:
        row = _part(given, "handover", frozenset({"lost", "source"}))
        return Notes(_number(row["lost"], "lost", 1.0), str(row["source"]))
    except _WrongError as slip:
        wrong.add(str(slip), "handover")
        return None


def _fatigue(given: Any, wrong: _Findings) -> Fatigue | None:
    try:
        row = _part(given, "fatigue", frozenset({"night", "misses", "times"}), sourced=False)
        night = _part(row["night"], "night", frozenset({"from", "to"}), sourced=False)
        misses, times = (
            _part(row["misses"], "misses", _MISSES),
            _part(row["times"], "times", _TIMES),
        )
        return Fatigue(
            night=(_time_of_day(night["from"]), _time_of_day(night["to"])),
            misses_at_night=_number(misses["at_night"], "at_night", 100.0),
            fresh_for=_span(misses["fresh_for"], "fresh_for"),
            misses_double=max(1, _span(misses["doubles_every"], "doubles_every")),
            misses_source=str(misses["source"]),
            slower_at_night=_number(times["at_night"], "at_night", 100.0),
            slower_per_hour=_number(times["per_hour"], "per_hour", 10.0),
            slower_source=str(times["source"]),
        )
    except _WrongError as slip:
        wrong.add(str(slip), "fatigue")
        return None


# --- values ---


def _part(given: Any, name: str, keys: frozenset[str], *, sourced: bool = True) -> dict[str, Any]:
    if sourced and not (isinstance(given, dict) and given.get("source")):
        raise _WrongError(f"{name} has no source; name one, or write source: assumption")
    if not isinstance(given, dict) or given.keys() != keys:
        raise _WrongError(f"{name} is a map that has {', '.join(sorted(keys))}")
    return given


def _number(given: Any, name: str, most: float = MOST) -> float:
    plain = isinstance(given, int | float) and not isinstance(given, bool)
    if not plain or not math.isfinite(given) or not 0 <= given <= most:
        raise _WrongError(f"{name} is {given!r}; write a number from 0 to {most:g}"[:200])
    return float(given)


def _span(given: Any, name: str) -> Millis:
    try:
        span = parse_duration(given) if isinstance(given, str) else -1
    except ValueError:
        span = -1
    if not 0 < span <= DAY:
        raise _WrongError(
            f"{name} is {given!r}; write a duration of at most a day, such as 8h"[:200]
        )
    return span


def _time_of_day(given: Any) -> Millis:
    hours, _, minutes = str(given).partition(":") if isinstance(given, str) else ("", "", "")
    if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        return (int(hours) * 60 + int(minutes)) * UNITS["min"]
    raise _WrongError(f'night is from {given!r}; write a quoted time of day, such as "22:00"'[:200])
