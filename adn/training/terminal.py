"""The terminal as a front end: shows lines, reads lines; a pipe does as well as a keyboard.

It prints nothing itself: whoever opens it hands in what shows a line and what reads one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from adn.training.frontend import Move, Shown
from adn.training.looking import WrongMoveError
from adn.training.wording import briefing_lines, price_lines, sheet_lines
from adn.training.words import HELP, move_of


class Say(Protocol):
    """Shows one line."""

    def __call__(self, line: str, style: str | None = None) -> None:
        """Show `line`, in `style` where there is colour."""
        ...


class Terminal:
    """A trainee at a terminal.

    Args:
        say: Shows a line.
        hear: Reads a line; None at the end of the input, and when it is interrupted.
    """

    def __init__(self, say: Say, hear: Callable[[], str | None]) -> None:
        self._say, self._hear = say, hear
        self._work = ""
        self._prices: Mapping[str, float] = {}

    def brief(self, briefing: Shown) -> None:
        """Show the briefing."""
        self._prices = briefing["prices_s"] if briefing["clock"]["kind"] == "turn" else {}
        for number, line in enumerate(briefing_lines(briefing)):
            self._say(line, style="bold" if number == 0 else None)

    def choose(self, sheet: Shown) -> Move:
        """Show what is new of a piece of work, and read until a line is a move."""
        work = sheet["work"]["id"]
        if sheet["wrong"]:
            self._say(f"   {sheet['wrong']}", style="red")
        else:
            whole = work != self._work
            if whole:
                self._say("")
            for number, line in enumerate(sheet_lines(sheet, whole=whole)):
                self._say(line, style="bold" if whole and number == 0 else None)
        self._work = work
        while True:
            heard = self._hear()
            if heard is None:
                self._say("   your shift ends here; what was recorded is kept")
                return Move("leave")
            line = heard.strip()
            if line in ("?", "help"):
                self._help(sheet)
                continue
            if line == "work":
                for shown in sheet_lines({**sheet, "told": None}, whole=True):
                    self._say(shown)
                continue
            if not line or line.startswith("#"):
                continue
            try:
                return move_of(line)
            except WrongMoveError as slip:
                self._say(f"   {slip.plain}", style="red")

    def _help(self, sheet: Shown) -> None:
        for words, says in HELP.items():
            if words != "hint" or "hint" in sheet["moves"]:
                self._say(f"   {words:<20} {says}")
        self._say(f"   asked: {sheet['work']['asked']}")
        if self._prices:
            self._say("   what a step costs:")
            for line in price_lines(self._prices):
                self._say(f" {line}")
