"""The words of the terminal: a line that somebody types, and the move that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adn.northbound.commands import command_kinds
from adn.topology.naming import closest
from adn.training.frontend import Move
from adn.training.looking import WrongMoveError

HELP: Final[Mapping[str, str]] = {
    "work": "the work before you, once more",
    "alarms [OBJECT]": "the alarms that are active; near an object",
    "kpis [OBJECT]": "what is away from its usual, farthest first; near an object",
    "tickets [SERVICE]": "what customers said",
    "services": "the services of the incident, and which were measured outside just now",
    "incident": "what was written down about the incident so far",
    "topology OBJECT": "what stands next to an object",
    "runbook [PROBLEM]": "the kinds of problem there are; what helps against one",
    "probe KIND OBJECT": "send a probe, as in: probe measure-link A~B",
    "hint": "a hint; the next one says more",
    "decide …": "your answer, as the work asks for it",
    "approve": "what the system suggests",
    "reject [WHY]": "not what the system suggests",
    "escalate [WHY]": "give it to an expert",
    "pass [WHY]": "let a colleague do this",
    "wait [SECONDS]": "let time pass, then look again",
    "leave": "end your shift here; nobody takes your place",
}
"""What can be typed, and what it does."""

LOOKS: Final = frozenset({"alarms", "kpis", "tickets", "services", "incident", "topology",
                          "runbook"})  # fmt: skip
_PLAIN: Final[Mapping[str, Move]] = {
    "hint": Move("hint"),
    "approve": Move("approve"),
    "leave": Move("leave"),
}
_ALONE: Final = frozenset({"reject", "escalate", "pass", "wait", "decide"})
_OTHER: Final[Mapping[str, str]] = {
    "a": "approve",
    "d": "decide",
    "kpi": "kpis",
    "alarm": "alarms",
    "ticket": "tickets",
    "service": "services",
    "quit": "leave",
    "exit": "leave",
    "yes": "decide yes",
    "no": "decide no",
    "modify": "decide",
}
"""Other words for the same."""


def move_of(line: str) -> Move:
    """Return the move that a line is.

    >>> move_of("look alarms Denver")
    Move(do='look', what='alarms', about='Denver')
    >>> move_of("probe otdr A~B").do, move_of("yes because").about
    ('probe', 'yes because')

    Raises:
        WrongMoveError: It is none.
    """
    words = line.replace("`", " ").split()
    if words and words[0] == "look":
        words = words[1:]
    if not words:
        raise WrongMoveError("type a word; `?` shows which there are")
    words = [*_OTHER.get(words[0], words[0]).split(), *words[1:]]
    first, rest = words[0], " ".join(words[1:])
    if first in LOOKS:
        return Move("look", first, rest)
    if first in _PLAIN:
        return _PLAIN[first]
    if first == "probe":
        kind, _, target = rest.partition(" ")
        return Move("probe", kind, target)
    if first in _ALONE:
        return Move(first, about=rest)  # type: ignore[arg-type]
    if first in command_kinds():
        raise WrongMoveError(f"write `decide {first} …` to order it, `probe {first} …` to measure")
    known = (*LOOKS, *_PLAIN, *_ALONE, "probe")
    raise WrongMoveError(f"'{first[:40]}' is no word here; `?` shows which there are",
                         closest(first, known))  # fmt: skip
