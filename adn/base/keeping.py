"""Values worked out once for an object that never changes, and kept as long as it is in use.

A campaign plays the same network hundreds of times. What follows from the network alone is the same
each time, and needs to be worked out only once in a process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

Of = ParamSpec("Of")
Value = TypeVar("Value")

_TIMES: Final = [0]


def forget_kept() -> None:
    """Forget everything that is kept, so that the next run is as the first in its process."""
    # Who keeps what is in no list: nobody shall reach what others keep.
    _TIMES[0] += 1


def times_forgotten() -> int:
    """Return how many times everything was forgotten."""
    return _TIMES[0]


def kept(
    most: int, by: Callable[..., tuple[Any, ...]] | None = None
) -> Callable[[Callable[Of, Value]], Callable[Of, Value]]:
    """Keep the latest values of a pure function, by which very objects it was asked for.

    Objects are told apart by identity and not by content, which may be large; none may ever change.
    They are given by place, not by name.

    Args:
        most: So many values are kept; the one that was not asked for the longest goes first.
        by: What of its arguments a value depends on; all of them if None.
    """

    def keeping(work: Callable[Of, Value]) -> Callable[Of, Value]:
        # Held objects stay alive, so that no other can take their identity.
        held: dict[tuple[int, ...], tuple[tuple[Any, ...], Value]] = {}
        since = times_forgotten()

        def known(*of: Of.args, **named: Of.kwargs) -> Value:
            nonlocal since
            assert not named
            if since != times_forgotten():
                held.clear()
                since = times_forgotten()
            on: tuple[Any, ...] = of if by is None else by(*of)
            name = tuple(map(id, on))
            found = held.pop(name, None)
            if found is None:
                found = on, work(*of, **named)
            held[name] = found
            while len(held) > most:
                held.pop(next(iter(held)), None)
            return found[1]

        known.__doc__ = work.__doc__
        return known

    return keeping
