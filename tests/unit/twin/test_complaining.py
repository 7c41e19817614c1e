"""Customers: they complain of what they experience, late, vaguely, and at times of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from adn.base.clock import HOUR, MINUTE, Millis
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.northbound.post import Ticket
from adn.testing.trial import Trial, ring
from adn.twin.complaining import Complaining, Manners, badness

MANNERS = Manners(
    background=0.0,
    propensity=1.0,
    per_service=3,
    delay=Timing("fixed", 4 * MINUTE),
    wrong=0.0,
    vague=0.0,
)


def lived(
    hours: float = 2.0, fault: tuple[str, str, float] | None = None, **changed: Any
) -> tuple[Trial, list[tuple[Millis, Ticket]]]:
    """Return a trial with customers, and the tickets that arrived; a fault comes at 30 minutes."""
    trial = Trial(ring(6))
    Complaining(trial.twin, replace(MANNERS, **changed), Key.root(9))
    trial.to(30 * MINUTE)
    if fault:
        trial.twin.attribution.begin("FLT-0001", [fault[1]], trial.now)
        trial.impair(*fault)
    trial.to(round(hours * HOUR))
    return trial, [(at, said) for at, said in trial.told if isinstance(said, Ticket)]


DARK = ("element.power-down", "n0", 1.0)
LOSSY = ("direction.loss", "n0>n1", 0.05)


def causes(trial: Trial) -> Mapping[str, Mapping[str, Any]]:
    return {row.id: row.data for row in trial.truth("ticket.cause")}


def test_nobody_complains_of_a_network_that_is_well() -> None:
    assert lived()[1] == []


def test_customers_complain_of_a_bad_service_after_a_while() -> None:
    trial, tickets = lived(fault=DARK)
    assert min(at for at, _ in tickets) >= 30 * MINUTE + 4 * MINUTE
    hurt = {row.id for row in trial.network.rows.services if "n0" in (row.a, row.z)}
    assert {ticket.service for _, ticket in tickets} == hurt
    assert {ticket.complaint for _, ticket in tickets} == {"unreachable"}
    assert {tuple(row["cause"]) for row in causes(trial).values()} == {("FLT-0001",)}


def test_they_complain_of_slowness_where_something_still_gets_through() -> None:
    _, tickets = lived(fault=LOSSY)
    assert tickets
    assert {ticket.complaint for _, ticket in tickets} <= {"slow", "choppy"}


def test_at_most_so_many_tickets_come_in_about_a_service_in_an_hour() -> None:
    _, tickets = lived(hours=1.5, fault=DARK)
    counts = np.unique([ticket.service for _, ticket in tickets], return_counts=True)[1]
    assert counts.max() == MANNERS.per_service


def test_tickets_are_numbered_as_they_come_in() -> None:
    _, tickets = lived(fault=DARK, delay=Timing("exponential", 20 * MINUTE), background=20.0)
    assert [ticket.id for _, ticket in tickets] == [
        f"TCK-{number:04d}" for number in range(1, len(tickets) + 1)
    ]


def test_a_fault_adds_tickets_and_changes_none_of_the_others() -> None:
    """The same customers complain of their own trouble, whatever the network does."""
    said = []
    for fault in (None, DARK):
        trial, tickets = lived(fault=fault, background=30.0, wrong=0.3, vague=0.3)
        known = causes(trial)
        own = [(at, replace(one, id="")) for at, one in tickets if not known[one.id]["cause"]]
        said.append(own)
    assert said[0] == said[1]
    assert len(said[0]) > 20


def test_background_complaints_come_at_their_rate() -> None:
    _, tickets = lived(hours=50.0, background=12.0)
    assert abs(len(tickets) - 600) < 4 * np.sqrt(600)


def test_some_tickets_name_no_service_or_another_one() -> None:
    trial, tickets = lived(hours=50.0, background=12.0, vague=0.3, wrong=0.4)
    vague = sum(not ticket.service for _, ticket in tickets) / len(tickets)
    assert 0.2 < vague < 0.4
    assert {ticket.service for _, ticket in tickets} <= {"", *trial.network.services.ids}


def test_a_vague_ticket_about_a_wrong_service_is_only_vague() -> None:
    _, tickets = lived(hours=5.0, background=12.0, vague=1.0, wrong=1.0)
    assert {ticket.service for _, ticket in tickets} == {""}


def test_a_service_that_is_gone_is_worst_and_one_within_its_limits_is_not_bad() -> None:
    trial, _ = lived(hours=0.6, fault=DARK)
    bad, performance = badness(trial.network, trial.twin.performance), trial.twin.performance
    assert (bad[performance.down] == 1.0).all()
    assert (bad[~performance.outside] == 0.0).all()
    assert ((bad > 0.0) == performance.outside).all()
