"""The screens of a shift: everything that operations were shown, and nothing else.

They hang on the post between the two sides: each observation on its way up and each message on its
way down. What the loop thinks is not on them unless it was said.
"""

from __future__ import annotations

from collections.abc import Sequence

from adn.base.clock import Millis
from adn.base.levels import Task
from adn.base.records import Record
from adn.closedloop.controller import Briefing, Controller
from adn.closedloop.performing import Performing
from adn.closedloop.view import View
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult
from adn.northbound.post import (
    Candidates,
    MaintenanceNotice,
    Message,
    Observation,
    RollUp,
    SeriesReply,
    Ticket,
)
from adn.northbound.telemetry import Roster


class Screens:
    """A controller's post, looked on.

    Attributes:
        view: All that was observed so far.
        said: What operations wrote down about incidents so far, in order.

    Args:
        briefing: What operations are told before the run.
    """

    def __init__(self, briefing: Briefing) -> None:
        self.view = View(briefing.inventory)
        self.said: list[Record] = []
        self._collects = Performing(briefing.level).assists(Task.DATA_COLLECTION)
        self._orders: dict[str, Command] = {}

    def see(self, now: Millis, seen: Observation) -> None:
        """Take in what comes up from the network."""
        view = self.view
        if isinstance(seen, Roster):
            view.see_roster(now, seen)
        elif isinstance(seen, Alarm):
            view.see_alarm(now, seen)
        elif isinstance(seen, Candidates):
            if self._collects:  # where people collect alone, nobody draws their curves
                view.see_candidates(now, seen)
        elif isinstance(seen, RollUp):
            view.see_rollup(now, seen)
        elif isinstance(seen, Ticket):
            view.see_ticket(now, seen)
        elif isinstance(seen, MaintenanceNotice):
            view.see_notice(now, seen)
        elif isinstance(seen, SeriesReply):
            view.see_series(now, seen)
        elif isinstance(seen, CommandResult) and seen.command in self._orders:
            view.see_result(now, self._orders.pop(seen.command), seen)

    def hear(self, now: Millis, message: Message) -> None:
        """Take in what operations send or write down."""
        if isinstance(message, Command):
            self._orders[message.id] = message
            self.view.see_order(now, message)
        elif isinstance(message, Record) and (message.ref.get("incident") or message.id):
            self.said.append(message)


class Watched:
    """A controller whose post is shown on screens; implements `Controller`.

    Args:
        controller: Whoever runs the network.
        screens: Where it is shown.
    """

    def __init__(self, controller: Controller, screens: Screens) -> None:
        self._controller, self._screens = controller, screens

    def next_event(self) -> Millis:
        """When the controller next has something to do of its own accord."""
        return self._controller.next_event()

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Show an observation, and pass it on."""
        self._screens.see(now, seen)
        self._controller.deliver(now, seen)

    def advance(self, now: Millis) -> Sequence[Message]:
        """Let the controller act; show what it sends."""
        self._screens.view.now = now
        sent = self._controller.advance(now)
        for message in sent:
            self._screens.hear(now, message)
        return sent
