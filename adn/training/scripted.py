"""Trainees by script: what a shift becomes if nobody, a fool, a coward or a good one sits there.

They see what anybody sees and say moves like anybody; debriefs and tests are held against them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adn.training.frontend import Move, Shown

SURE_PERCENT: Final = 40
"""Below that a good trainee says that they do not know."""
APPROVE, LEAVE = Move("approve"), Move("leave")


@dataclass
class Scripted:
    """A front end that makes its moves by a rule.

    Attributes:
        rule: Gives the next move for a sheet.
        briefing: What it was told before the shift.
        sheets: Everything it was shown since, in order.
    """

    rule: Callable[[Shown], Move]
    briefing: Shown | None = None
    sheets: list[Shown] = field(default_factory=list)

    def brief(self, briefing: Shown) -> None:
        """Keep the briefing."""
        self.briefing = briefing

    def choose(self, sheet: Shown) -> Move:
        """Keep the sheet, and move by the rule; who can make no move leaves work to a colleague."""
        self.sheets.append(sheet)
        return Move("pass", about="no move left") if sheet["wrong"] else self.rule(sheet)


def does_nothing(sheet: Shown) -> Move:
    """Leave at once."""
    del sheet
    return LEAVE


def always_escalates(sheet: Shown) -> Move:
    """Give everything away."""
    del sheet
    return Move("escalate", about="not mine")


def follows(sheet: Shown) -> Move:
    """Approve whatever the system says; where it says nothing, do what is least trouble."""
    if sheet["suggestion"] is not None:
        return APPROVE
    return _LEAST[sheet["work"]["task"]](sheet)


def reboots(sheet: Shown) -> Move:
    """Reboot whatever an incident names, or else what is next to hand."""
    task = sheet["work"]["task"]
    if task == "I":
        named = [row for row in sheet["incident"]["objects"] if ">" not in row and "~" not in row]
        ends = [end for row in sheet["incident"]["objects"] for end in _ends(row)]
        services = [end for row in sheet["incident"]["services"] for end in _service_ends(row)]
        every = list(dict.fromkeys([*named, *ends, *services]))[:4]
        return Move("decide", about="; ".join(f"reboot-element {one}" for one in every) or "none")
    if task == "J":
        return Move("decide", about="yes have you tried turning it off and on again")
    return follows(sheet)


def plays_well(sheet: Shown) -> Move:
    """Look, take every hint there is, and do what a good colleague would do."""
    task, told = sheet["work"]["task"], sheet["told"]
    if sheet["suggestion"] is not None:
        return APPROVE
    if task in ("H", "G", "V") and "hint" in sheet["moves"]:
        grade = int(told["about"]) if told and told["look"] == "hint" else 0
        if grade < 3:
            return Move("hint")
        words = str(told["rows"][0]["says"])
        advised = _ADVISED[task](words)
        if advised is not None:
            return advised
    return _LEAST[task](sheet)


def _suspected(words: str) -> Move | None:
    if "would suspect" not in words:
        return Move("escalate", about="nobody knows")
    name, _, rest = words.partition("suspect ")[2].partition(" of ")
    if int(words.rpartition("be ")[2].partition("%")[0]) < SURE_PERCENT:
        return Move("decide", about="unknown")
    return Move("decide", about=f"{name} {rest.split(',')[0]}")


def _measured(words: str) -> Move | None:
    return Move("decide", about="yes" if "measured 0 services" in words else "no")


_ADVISED: Final[Mapping[str, Callable[[str], Move | None]]] = {
    "H": _suspected,
    "G": lambda words: Move("decide", about=words.rpartition(" ")[2]),
    "V": _measured,
}


def _ends(name: str) -> tuple[str, ...]:
    for sign in (">", "~"):
        if sign in name:
            return tuple(name.split("#", maxsplit=1)[0].split(sign))
    return ()


def _service_ends(name: str) -> tuple[str, ...]:
    return tuple(name.rpartition("/")[2].rpartition(":")[2].split(">"))


def _option(sheet: Shown) -> Move:
    return Move("decide", about="1" if sheet["table"]["options"] else "none")


def _decide(words: str) -> Callable[[Shown], Move]:
    return lambda _sheet: Move("decide", about=words)


_LEAST: Final[Mapping[str, Callable[[Shown], Move]]] = {
    **{task: _decide("") for task in "ABFK"},
    "C": _decide("all"),
    "D": _decide("all"),
    "E": _decide("yes"),
    "G": _decide("ip"),
    "H": lambda sheet: Move("decide", about=_nearest(sheet)),
    "I": _option,
    "J": _decide("yes"),
    "V": _decide("yes"),
}


def _nearest(sheet: Shown) -> str:
    """Return the first element that an incident names, put down as dark; unknown without one."""
    objects: list[Any] = sheet["incident"]["objects"]
    element = next((row for row in objects if ">" not in row and "~" not in row), "")
    return f"{element} element-down" if element and ":" not in element else "unknown"


RULES: Final[Mapping[str, Callable[[Shown], Move]]] = {
    "does-nothing": does_nothing,
    "reboots-everything": reboots,
    "always-escalates": always_escalates,
    "follows-the-system": follows,
    "plays-well": plays_well,
}
"""Scripted trainees by name."""
