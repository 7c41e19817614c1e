"""Ranges and lists at the prompt: levels as ``L0..L5`` or ``L2,L4``, seeds as ``1:20``, ``1,3``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adn.base.levels import AutonomyLevel

MOST_SEEDS: Final = 10_000


def levels_of(text: str) -> tuple[AutonomyLevel, ...]:
    """Return the levels that a range or a list names, lowest first, each once.

    Raises:
        ScenarioError: One is no level, or the range runs backwards.
    """
    from adn.base.errors import AdnError, Finding, ScenarioError
    from adn.base.levels import AutonomyLevel

    names = [row.value for row in AutonomyLevel]
    ends = text.split("..")
    for name in text.split(",") if len(ends) == 1 else ends:
        if name not in names:
            message = f"no level '{name}'; write one of {', '.join(names)}"
            raise ScenarioError(Finding("SCN017", message, see="adn list levels"))
    if len(ends) == 1:
        chosen = set(text.split(","))
    elif len(ends) == 2 and ends[0] <= ends[1]:
        chosen = set(names[names.index(ends[0]) : names.index(ends[1]) + 1])
    else:
        message = f"'{text}' is no range of levels; write the lower end first, as L0..L5"
        raise AdnError(Finding("CLI004", message))
    return tuple(AutonomyLevel(name) for name in names if name in chosen)


def seeds_of(text: str) -> tuple[int, ...]:
    """Return the seeds that a range or a list names, smallest first, each once.

    Raises:
        AdnError: It is neither.
    """
    from adn.base.errors import AdnError, Finding

    ends = text.split(":")
    parts = text.split(",") if len(ends) == 1 else ends
    sound = len(ends) <= 2 and all(
        part.isascii() and part.isdigit() and int(part) <= 10**9 for part in parts
    )
    numbers = [int(part) for part in parts] if sound else []
    if sound and len(ends) == 2:
        sound = numbers[0] <= numbers[1] < numbers[0] + MOST_SEEDS
        numbers = list(range(numbers[0], numbers[1] + 1)) if sound else []
    if not sound:
        message = f"'{text}' names no seeds; write a range as 1:20 or a list as 1,3,5"
        raise AdnError(Finding("CLI004", message))
    return tuple(sorted(set(numbers)))
