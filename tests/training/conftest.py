"""One short evening with one fault, worked by scripted trainees at a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.training.debrief import debrief_of
from adn.training.frontend import Move, Shown
from adn.training.lanes import Lanes, lanes_of
from adn.training.scripted import RULES
from adn.training.shift import SEATS, Shift, Worked, work
from adn.training.terminal import Terminal

EVENING = Path(__file__).with_name("evening.yml")


def words_of(move: Move) -> str:
    """Return the line that somebody would type to make a move."""
    if move.do == "look":
        return f"{move.what} {move.about}"
    return f"{move.do} {move.what} {move.about}"


@dataclass
class Typist:
    """A front end whose trainee reads the terminal and types; everything shown is kept."""

    rule: Callable[[Shown], Move | str | None]
    shown: list[str] = field(default_factory=list)
    sheets: list[Any] = field(default_factory=list)
    briefing: Any = None

    def __post_init__(self) -> None:
        self._terminal = Terminal(self._say, self._hear)
        self._sheet: Any = None

    def _say(self, line: str, style: str | None = None) -> None:
        self.shown.append(line)

    def _hear(self) -> str | None:
        move = Move("pass") if self._sheet["wrong"] else self.rule(self._sheet)
        return words_of(move) if isinstance(move, Move) else move

    def brief(self, briefing: Shown) -> None:
        self.briefing = json.loads(json.dumps(briefing, allow_nan=False))
        self._terminal.brief(self.briefing)

    def choose(self, sheet: Shown) -> Move:
        self._sheet = json.loads(json.dumps(sheet, allow_nan=False))
        self.sheets.append(self._sheet)
        return self._terminal.choose(self._sheet)

    @property
    def bytes_shown(self) -> str:
        return "\n".join([*self.shown, json.dumps(self.briefing), json.dumps(self.sheets)])


def shift(level: str = "L2", **other: Any) -> Shift:
    return Shift(read(str(EVENING)), AutonomyLevel(level), 1, **other)


@cache
def worked_by(name: str, level: str = "L2") -> tuple[Worked, Typist]:
    front = Typist(RULES[name])
    return work(shift(level, hints=True), front), front


@cache
def compared(level: str = "L2") -> Lanes:
    return lanes_of(worked_by("plays-well", level)[0])


@cache
def debriefed(name: str, level: str = "L2") -> dict[str, Any]:
    worked, _ = worked_by(name, level)
    return debrief_of(worked, replace(compared(level), trainee=worked.run))


def typed(*lines: str, level: str = "L2", roles: tuple[str, ...] = SEATS, **other: Any) -> Typist:
    """Return what a trainee was shown who typed some lines and then ended the input."""
    left = list(lines)
    front = Typist(lambda _sheet: left.pop(0) if left else None)
    front._hear = lambda: left.pop(0) if left else None  # type: ignore[method-assign]
    front._terminal = Terminal(front._say, lambda: left.pop(0) if left else None)
    work(shift(level, roles=roles, **other), front)
    return front
