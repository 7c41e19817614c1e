"""What handling an incident draws on, in one place: clock, view, orders, knowledge, evidence."""

from __future__ import annotations

from dataclasses import dataclass

from adn.base.clock import SimClock
from adn.closedloop.correlating import Correlator
from adn.closedloop.intent import Intent
from adn.closedloop.journal import Journal
from adn.closedloop.locating import Locator
from adn.closedloop.ordering import Orders
from adn.closedloop.performing import Performing
from adn.closedloop.planning import Planner
from adn.closedloop.view import View


@dataclass(slots=True)
class Operations:
    """What handling an incident draws on."""

    clock: SimClock
    view: View
    journal: Journal
    orders: Orders
    intent: Intent
    performing: Performing
    correlator: Correlator
    locator: Locator
    planner: Planner
    plans: int = 0

    def plan_id(self) -> str:
        """Return the next plan id."""
        self.plans += 1
        return f"PLN-{self.plans:04d}"
