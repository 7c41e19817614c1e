"""Protecting: the switches at the optical layer, and the time they take.

1+1 moves a link to its second fibre within 50 ms of losing the signal, before routing is told;
shared restoration sets up a way over spare fibre pairs, which takes seconds, and routing is told
meanwhile. Once the own fibre has been whole for as long as is waited, the link goes back to it.
What is switched follows from condition alone: with nothing impaired every link is on its own fibre
again (but those that never go back).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import SECOND, Millis, SimClock
from adn.base.streams import Key, hash32
from adn.physics.protection import Ways
from adn.topology.network import Bools, Network
from adn.twin.impairments import Overlay
from adn.twin.state import OpticalCondition, Selection

SWITCH_LOW: Final[Millis] = 20
SWITCH_HIGH: Final[Millis] = 50
"""From loss of signal to traffic on the second fibre: 50 ms at most, ITU-T G.841 and G.873.1; the
least is an assumption."""
RESTORE_LOW: Final[Millis] = 2 * SECOND
RESTORE_HIGH: Final[Millis] = 10 * SECOND
"""From loss of signal to a way over spare fibres: signalling, cross-connects and levelling of the
amplifiers, one after the other (assumption)."""


@dataclass
class _Switch:
    """One protected link: its way, and how often something has changed its mind."""

    taken: int = 0
    turns: int = 0
    moving: bool = False
    returning: bool = False


class Protecting:
    """The switches of a network's protected links.

    Args:
        clock: The twin's.
        network: Whose links.
        key: For how long each switching takes.
        changed: Called after links have taken another way, or have given up looking for one.
    """

    def __init__(
        self, clock: SimClock, network: Network, key: Key, changed: Callable[[], None]
    ) -> None:
        self._clock, self._network, self._changed = clock, network, changed
        self._ways = Ways.of(network)
        self._word = key.word("protecting")
        links = [] if self._ways is None else self._ways.links.tolist()
        names = [hash32(network.links[row]) for row in links]
        self._hashes = np.array(names, dtype=np.uint32)
        self._switches = [_Switch() for _ in links]
        self._lit: Bools = np.ones(0, dtype=bool)

    def selection(self, overlay: Overlay) -> Selection | None:
        """Take in the present condition; return which way links take now.

        None where nothing is protected. Switches that are called for happen later, and tell by
        `changed`.
        """
        ways = self._ways
        if ways is None:
            return None
        self._lit = OpticalCondition.of(overlay).lit(ways)
        for row, switch in enumerate(self._switches):
            self._look(ways, row, switch)
        return self._present(ways)

    def _present(self, ways: Ways) -> Selection:
        switching = np.zeros(len(self._network.links), dtype=bool)
        for row, switch in enumerate(self._switches):
            switching[ways.links[row]] = switch.moving and not ways.shared[row]
        taken = np.array([switch.taken for switch in self._switches], dtype=np.int64)
        return Selection(taken, switching)

    def _whole(self, ways: Ways, row: int, number: int) -> bool:
        return bool(self._lit[ways.first[row] + number])

    def _look(self, ways: Ways, row: int, switch: _Switch) -> None:
        """Start what the present condition calls for, and drop what it no longer does."""
        if self._whole(ways, row, switch.taken):
            switch.moving = False
            if switch.taken and self._whole(ways, row, 0) and ways.wait_ms[row]:
                if not switch.returning:
                    switch.returning = True
                    self._later(int(ways.wait_ms[row]), row, self._return)
            else:
                self._forget(switch)
            return
        self._forget(switch)
        if not switch.moving and self._choice(ways, row) is not None:
            switch.moving = True
            low, high = (
                (RESTORE_LOW, RESTORE_HIGH) if ways.shared[row] else (SWITCH_LOW, SWITCH_HIGH)
            )
            drawn = noise.uniform(self._word, self._hashes[[row]], switch.turns)[0]
            self._later(low + int(float(drawn) * (high - low)), row, self._move)

    def _forget(self, switch: _Switch) -> None:
        """Wait no longer for the own fibre: it, or the way round, is no more as it was."""
        if switch.returning:
            switch.returning = False
            switch.turns += 1

    def _later(self, span: Millis, row: int, act: Callable[[Ways, int], None]) -> None:
        switch = self._switches[row]
        switch.turns += 1
        self._clock.call_at(self._clock.now + span, partial(self._due, row, switch.turns, act))

    def _due(self, row: int, turn: int, act: Callable[[Ways, int], None]) -> None:
        if self._ways is not None and self._switches[row].turns == turn:
            act(self._ways, row)

    def _choice(self, ways: Ways, row: int) -> int | None:
        """Return the way that a link should take, None where there is none but the one it has."""
        taken = np.array([switch.taken for switch in self._switches], dtype=np.int64)
        taken[row] = 0  # what it holds is free for it
        number = ways.choice(row, self._lit, ways.left(taken))
        return number if self._whole(ways, row, number) else None

    def _move(self, ways: Ways, row: int) -> None:
        switch = self._switches[row]
        if not switch.moving:
            return
        switch.moving = False
        found = self._choice(ways, row)
        if found is not None:
            switch.taken = found
        self._changed()

    def _return(self, _: Ways, row: int) -> None:
        switch = self._switches[row]
        switch.returning = False
        switch.taken = 0
        self._changed()
