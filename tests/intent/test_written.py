"""What a person wrote into the loop counts where people set it up, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from adn.base.levels import AutonomyLevel
from adn.closedloop.control import (
    RISKS,
    Closeness,
    Control,
    Limits,
    Written,
    as_written,
    derived,
    expected,
)
from adn.closedloop.revising import Ordinary, revised
from adn.northbound.post import Candidate, Candidates
from adn.topology.elements import NetworkElement, NetworkRows, Service, Sla

LOSSY = """\
clock: {duration: 75min, warmup: 15min}
faults:
  - {kind: silent-loss, at: 30min, target: {direction: "Chicago>Indianapolis"}, with: {share: 8%}}
"""
LAX_LIMITS = """\
loop:
  limits: {voice: {loss: 90%, latency: 10s}, internet: {loss: 90%, latency: 10s}}
"""
LAX_WATCH = """\
loop:
  watch: {service: {z: 100000, cusum: 1000000}, direction: {z: 100000, cusum: 1000000}}
"""


def services(availability: float = 0.9999, *, elastic: bool = False) -> tuple[Service, ...]:
    sla = Sla(50.0, 0.001, availability)
    return (Service("voice:A>B", "voice", "A", "B", 1e9, sla, elastic=elastic),)


def closeness(control: Control, kpi: str) -> list[float]:
    table, name = kpi.split(".")
    return control.watched()[table][name]


def test_a_usual_centre_watches_everything_alike_whatever_was_promised() -> None:
    control = as_written(Written())
    assert {(row.z, row.cusum) for row in control.watch} == {(8.0, 20.0)}
    assert closeness(derived(services()), "service.loss") == [6.0, 20.0]


def test_what_is_said_of_a_kpi_goes_before_what_is_said_of_its_table() -> None:
    watch = {"service": Closeness(9.0, 30.0), "service.loss": Closeness(z=7.0)}
    control = as_written(Written(watch=watch))
    assert closeness(control, "service.loss") == [7.0, 30.0]
    assert closeness(control, "service.latency") == [9.0, 30.0]
    assert closeness(control, "direction.errors") == [8.0, 20.0]


def test_written_limits_stand_in_for_those_of_the_sla_and_derived_ones_are_the_sla() -> None:
    rows = NetworkRows(
        "two", elements=(NetworkElement("A"), NetworkElement("B")), services=services()
    )
    control = as_written(Written(limits={"voice": Limits(loss=0.02), "video": Limits(0.1, 5.0)}))
    (limited,) = expected(rows, control).services
    assert limited.sla == Sla(50.0, 0.02, 0.9999)
    assert expected(rows, derived(rows.services)) is rows


def test_what_is_forbidden_or_not_permitted_is_never_allowed() -> None:
    control = as_written(
        Written(permitted=("steer-services", "reboot-element"), forbidden=("reboot-element",))
    )
    assert dict(control.permitted) == {"steer-services": "low"}
    assert not control.allows("reboot-element", dark=True)


@pytest.mark.parametrize(
    ("availability", "highest"),
    [
        (0.99, "high"),
        (0.999, "medium"),
        (0.9999, "medium"),
        (0.99999, "medium"),
        (0.999999, "none"),
    ],
)
def test_the_more_is_promised_the_less_is_risked_in_service(
    availability: float, highest: str
) -> None:
    """A fifth of a month's outage, 2 h at 99 % and half a second at 99.9999 %, is one change's."""
    control = derived(services(availability))
    assert control.highest_risk == highest
    assert control.highest_risk_when_dark == RISKS[-1]


def test_services_are_slowed_only_where_some_were_sold_as_such() -> None:
    assert "limit-services" not in derived(services()).permitted
    assert "limit-services" in derived(services(elastic=True)).permitted


def test_a_noisy_kpi_is_watched_less_closely_and_a_quiet_one_more() -> None:
    """Only departures that begin in the second half of the warm-up are counted."""
    ordinary = Ordinary(since=300_000, until=600_000)
    row = Candidate("A>B", "utilisation", 0.9, 0.5, 0.02, 20.0, 40.0, 1)
    for at in (100_000, 400_000, 410_000, 420_000, 700_000):
        ordinary.observe(Candidates(at, "direction", (row,)))
    before = derived(services())
    after, why = revised(before, ordinary.departed)
    assert closeness(before, "direction.utilisation") == [8.0, 20.0]
    assert closeness(after, "direction.utilisation") == [10.0, 25.0]
    assert closeness(after, "direction.errors") == [7.0, 20.0]
    assert closeness(after, "service.loss") == [6.0, 20.0], "never closer than that"
    assert why["direction"] == (
        "departures while all was well: utilisation 3, discards 0, errors 0, rx-power 0, "
        "pre-fec-ber 0, osnr 0"
    )


def test_every_setting_is_logged_with_its_author(live: Any) -> None:
    """At L5 the watch is set anew as the warm-up ends; the person's file counts at L3 alone."""
    quiet = "clock: {duration: 20min, warmup: 15min}\n" + LAX_LIMITS
    authors = {}
    for level in (AutonomyLevel.L3, AutonomyLevel.L4, AutonomyLevel.L5):
        told = live(quiet, level)
        first = {r.data["setting"]: r.data for r in told.records("control.set") if r.at == 0}
        later = [r.data["setting"] for r in told.records("control.set") if r.at > 0]
        authors[level.value] = {data["author"] for data in first.values()}
        assert len(first) == 11
        assert first["limits.voice.loss"]["value"] == (0.9 if level is AutonomyLevel.L3 else 0.005)
        revises = level is AutonomyLevel.L5
        assert later == ["watch.direction", "watch.element", "watch.service"] * revises
    assert authors == {"L3": {"person"}, "L4": {"derived"}, "L5": {"self"}}


@pytest.mark.slow
@pytest.mark.parametrize("lax", [LAX_LIMITS, LAX_WATCH], ids=["limits", "watch"])
def test_who_wrote_too_laxly_blinds_the_loop_where_people_set_it_up_and_only_there(
    live: Any, lax: str
) -> None:
    """At L3 the loss goes on as though nothing were; at L4 the same file hinders nobody."""
    written = live(LOSSY + lax, AutonomyLevel.L3)
    ignored = live(LOSSY + lax, AutonomyLevel.L4)
    usual = live(LOSSY, AutonomyLevel.L3)
    acted = [bool(told.records("plan.executed")) for told in (written, ignored, usual)]
    assert acted == [False, True, True]
    lost = [told.card["service"]["degraded_minutes"] for told in (written, ignored, usual)]
    assert lost[0] > 1.5 * lost[2]
    assert lost[0] > 10 * lost[1]


@pytest.mark.slow
def test_what_a_person_wrote_changes_nothing_at_l4(live: Any) -> None:
    """To the last byte of both logs, the scenario's own name and digest apart."""
    with_, without = live(LOSSY + LAX_LIMITS, AutonomyLevel.L4), live(LOSSY, AutonomyLevel.L4)
    assert with_.run.log.lines()[0] == without.run.log.lines()[0]
