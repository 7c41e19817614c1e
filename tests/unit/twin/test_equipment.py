"""Cards, feeds and crashes: what goes dark with them, what is reported, and what brings it back."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command
from adn.physics.optics import DARK_DBM, RECEIVED_DBM
from adn.testing.networks import clos, equipped
from adn.testing.trial import Trial, quiet_world, ring
from adn.twin.effects import RefusedError, apply

AT: Millis = 2 * MINUTE


def ready(management: str = "spine-2") -> Trial:
    network = clos()
    trial = Trial(network, quiet_world(network, management=management))
    trial.to(AT)
    return trial


def repaired(trial: Trial, kind: str, target: str) -> None:
    """Let a crew do its work at once."""
    twin = trial.twin
    effect = apply(
        trial.network, Command("CMD-9001", kind, target), twin.configuration, twin.overlay
    )
    twin.configure(effect.configuration, effect.overlay, "CMD-9001")


def raised(trial: Trial, cause: str) -> dict[tuple[str, str], Alarm]:
    """Return the alarms of a cause that were raised, by object and reporter."""
    return {
        (alarm.managed_object, alarm.reported_by): alarm
        for _, alarm in trial.alarms
        if alarm.probable_cause == cause and alarm.perceived_severity != "cleared"
    }


def test_a_dead_card_takes_its_links_and_their_light_and_no_others() -> None:
    trial = ready()
    trial.impair("card.failed", "spine-1/card-1", 1.0)
    network, state = trial.network, trial.twin.state
    held = set(network.links_on_card("spine-1/card-1"))
    assert 1 < len(held) < len(network.links_of("spine-1"))
    for row, link in enumerate(network.links.ids):
        assert bool(state.link_up[row]) is (link not in held)
        light = state.rx_dbm[2 * row : 2 * row + 2].tolist()
        assert light == [DARK_DBM if link in held else RECEIVED_DBM] * 2
    assert state.element_up.all()


def test_a_dead_card_is_reported_by_its_element_and_a_new_one_clears_it() -> None:
    trial = ready()
    trial.impair("card.failed", "spine-1/card-1", 1.0)
    trial.run(MINUTE)
    (alarm,) = raised(trial, "equipmentMalfunction").values()
    assert (alarm.managed_object, alarm.reported_by) == ("spine-1/card-1", "spine-1")
    assert (alarm.event_type, alarm.perceived_severity) == ("equipmentAlarm", "major")
    repaired(trial, "replace-card", "spine-1/card-2")
    assert trial.twin.state.card_failed.any()
    repaired(trial, "replace-card", "spine-1/card-1")
    assert not trial.twin.state.card_failed.any()
    trial.run(MINUTE)
    (cleared,) = (
        a
        for _, a in trial.alarms
        if a.alarm_id == alarm.alarm_id and a.perceived_severity == "cleared"
    )
    assert cleared.managed_object == "spine-1/card-1"


def test_a_new_element_brings_new_cards() -> None:
    trial = ready()
    trial.impair("card.failed", "spine-1/card-1", 1.0)
    repaired(trial, "replace-element", "spine-2")
    assert trial.twin.state.card_failed.any()
    repaired(trial, "replace-element", "spine-1")
    assert trial.twin.state.link_up.all()


def test_an_element_is_dark_only_when_all_its_feeds_are_down() -> None:
    trial = ready()
    network = trial.network
    one, other = network.feeds.ids
    fed = {row.id: row.feeds for row in network.rows.elements}
    trial.impair("feed.down", one, 1.0)
    for row, name in enumerate(network.elements.ids):
        assert bool(trial.twin.state.element_up[row]) is (fed[name] != (one,))
        assert bool(trial.twin.state.power_partly[row]) is (one in fed[name] and len(fed[name]) > 1)
    trial.impair("feed.down", other, 1.0)
    assert not trial.twin.state.element_up.any()
    assert trial.twin.state.power_lost.all()


def test_an_element_without_recorded_feeds_needs_none() -> None:
    trial = Trial(ring())
    assert not len(trial.network.feeds)
    assert trial.twin.state.element_up.all()


def test_one_of_two_feeds_gone_is_an_alarm_and_nothing_else() -> None:
    trial = ready()
    feed = trial.network.feeds.ids[0]
    alone = [row.id for row in trial.network.rows.elements if row.feeds == (feed,)]
    shared = set(trial.network.elements_on_feed(feed)) - set(alone)
    trial.impair("feed.down", feed, 1.0)
    trial.run(MINUTE)
    found = raised(trial, "powerProblem")
    partly = {name for (name, _), alarm in found.items() if alarm.perceived_severity == "major"}
    assert partly == shared
    assert all(name == reporter for name, reporter in found)


def test_a_last_gasp_gets_out_at_once_though_its_element_is_dark() -> None:
    trial = ready()
    feed = trial.network.feeds.ids[0]
    alone = {row.id for row in trial.network.rows.elements if row.feeds == (feed,)}
    struck = trial.now
    trial.impair("feed.down", feed, 1.0)
    trial.run(SECOND)
    gasps = [(at, a) for at, a in trial.alarms if a.specific_problem == "all power lost"]
    assert alone
    assert {alarm.managed_object for _, alarm in gasps} == alone
    assert all(at == struck + SECOND for at, _ in gasps)  # only the way to us takes time
    assert {alarm.perceived_severity for _, alarm in gasps} == {"critical"}
    repaired(trial, "restore-feed", feed)
    trial.run(MINUTE)
    cleared = {a.alarm_id for _, a in trial.alarms if a.perceived_severity == "cleared"}
    assert {alarm.alarm_id for _, alarm in gasps} <= cleared


def test_a_reboot_is_no_loss_of_power() -> None:
    trial = ready()
    trial.do("reboot-element", "spine-1")
    trial.run(MINUTE)
    assert raised(trial, "powerProblem") == {}


def test_a_crash_is_out_of_reach_for_everything_but_its_power() -> None:
    trial = ready()
    row = trial.network.elements.row("spine-1")
    trial.impair("element.crashed", "spine-1", 1.0)
    assert not trial.twin.state.element_up[row]
    trial.run(MINUTE)
    for kind in ("reboot-element", "restart-process", "check-process", "check-routes"):
        assert trial.results[trial.do(kind, "spine-1")].message == "spine-1 cannot be reached"
    done = trial.do("power-cycle", "spine-1")
    assert trial.results[done].message == "done"
    assert trial.twin.state.element_up[row]
    trial.run(2 * MINUTE)
    assert trial.twin.state.adjacent.all()
    assert trial.twin.performance.services.loss.max() < 1e-9


def test_a_power_cycle_takes_an_element_down_meanwhile() -> None:
    trial = ready()
    row = trial.network.elements.row("spine-1")
    trial.send("power-cycle", "spine-1")
    trial.run(SECOND)
    assert not trial.twin.state.element_up[row]


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("replace-card", "spine-1/card-9", "no such card: spine-1/card-9"),
        ("restore-feed", "feed:x", "no such feed: feed:x"),
        ("drain-element", "spine-9", "no such element: spine-9"),
    ],
)
def test_what_does_not_exist_is_refused(kind: str, target: str, words: str) -> None:
    trial = ready()
    with pytest.raises(RefusedError, match=f"^{words}$"):
        repaired(trial, kind, target)


def test_light_may_fail_one_way_and_takes_the_link_with_it() -> None:
    trial = ready()
    network = trial.network
    way = network.directions.row("leaf-1>spine-1")
    trial.impair("direction.attenuation", "leaf-1>spine-1", 6.0)
    assert trial.twin.state.rx_dbm[way] == RECEIVED_DBM - 6.0
    assert trial.twin.state.rx_dbm[way ^ 1] == RECEIVED_DBM
    assert trial.twin.state.link_up.all()
    trial.impair("direction.attenuation", "leaf-1>spine-1", 20.0)
    assert not trial.twin.state.lit[way]
    assert trial.twin.state.lit[way ^ 1]
    assert not trial.twin.state.link_up[way // 2]


def test_ports_of_switches_hold_little_and_those_of_routers_much() -> None:
    switches, routers = clos(), equipped(ring(4))
    assert set(Trial(switches).twin.state.buffer_ms.tolist()) == {1.0}
    assert set(Trial(routers).twin.state.buffer_ms.tolist()) == {50.0}
    assert np.isfinite(Trial(switches).twin.performance.services.latency_ms).all()
