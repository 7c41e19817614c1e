"""Tables and metrics gone wrong: where traffic vanishes or moves, who can tell, what mends it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.northbound.commands import MAX_COST
from adn.testing.networks import clos
from adn.testing.trial import Trial, quiet_world, ring, square
from adn.topology.network import Network

AT: Millis = 2 * MINUTE


def ready(network: Network | None = None) -> Trial:
    held = network or clos()
    management = "spine-2" if network is None else None
    trial = Trial(held, quiet_world(held, management=management))
    trial.to(AT)
    return trial


def dropped(trial: Trial) -> set[str]:
    """Return the services that lose anything."""
    lossy = trial.twin.performance.services.loss > 1e-9
    return {trial.network.services[int(row)] for row in np.flatnonzero(lossy)}


def asked(trial: Trial, kind: str, target: str) -> dict[str, Any]:
    result = trial.results[trial.do(kind, target)]
    assert result.message == "measured"
    return dict(result.measurement)


def first_lost(trial: Trial, element: str) -> str:
    row = trial.network.elements.row(element)
    return trial.network.elements[int(trial.twin.forwarding.destinations.of(row)[0])]


# --- missing, discarded, full ---


@pytest.mark.parametrize("key", ["element.routes-missing", "element.routes-discarded"])
def test_one_dark_destination_takes_what_comes_by_for_it_and_nothing_else(key: str) -> None:
    """Of a spine: what hashing sends its way of each service to that destination."""
    trial = ready()
    trial.impair(key, "spine-1", 1.0)
    lost = first_lost(trial, "spine-1")
    assert dropped(trial) == {
        name for name in trial.network.services.ids if name.endswith(f">{lost}")
    }
    shares = trial.twin.performance.services.loss
    for name in dropped(trial):
        assert 0.1 < shares[trial.network.services.row(name)] < 0.9
    assert trial.twin.state.adjacent.all()
    trial.run(MINUTE)
    assert trial.alarms == []


def test_what_is_lost_first_is_what_the_element_carries() -> None:
    """Where an element carries traffic of others at all, its first dark destination hits some."""
    trial = ready(ring(6))
    network, forwarding = trial.network, trial.twin.forwarding
    for row in range(len(network.elements)):
        first = int(forwarding.destinations.of(row)[0])
        own = (network.service_z == first) & (network.service_a != row)
        flows = own[forwarding.flows.service]
        passes = (network.tail[forwarding.paths[flows] % len(network.directions)] == row).any()
        assert passes


def test_more_missing_routes_take_more_destinations_up_to_all_there_are() -> None:
    trial = ready()
    everything = {name for name in trial.network.services.ids if name.startswith("s:group-1>")}
    trial.impair("element.routes-missing", "leaf-1", 1.0)
    few = dropped(trial)
    trial.impair("element.routes-missing", "leaf-1", 5000.0)
    assert few < dropped(trial)
    assert everything <= dropped(trial)
    assert asked(trial, "check-routes", "leaf-1")["missing"] == 3


def test_explicit_paths_meet_no_table() -> None:
    trial = ready(ring(6))
    trial.impair("element.routes-missing", "n1", 5000.0)
    assert "s:n0>n2" in dropped(trial)
    trial.do("steer-services", "n0", {"routes": {"s:n0>n2": ["n0>n1", "n1>n2"]}})
    assert "s:n0>n2" not in dropped(trial)


def test_a_drained_element_is_passed_by() -> None:
    trial = ready()
    trial.impair("element.routes-missing", "spine-1", 1.0)
    trial.do("drain-element", "spine-1", {"drained": True})
    trial.run(MINUTE)
    assert dropped(trial) == set()
    trial.do("drain-element", "spine-1", {"drained": False})
    trial.run(MINUTE)
    assert dropped(trial)


@pytest.mark.parametrize(
    ("key", "mends", "does_not"),
    [
        ("element.routes-missing", "resync-routes", "rollback-configuration"),
        ("element.routes-missing", "restart-process", "rollback-configuration"),
        ("element.routes-discarded", "rollback-configuration", "resync-routes"),
        ("element.table-full", "restart-process", "resync-routes"),
    ],
)
def test_the_part_that_is_broken_decides_what_mends_it(key: str, mends: str, does_not: str) -> None:
    trial = ready()
    trial.impair(key, "spine-1", 1.0)
    trial.do(does_not, "spine-1")
    assert dropped(trial)
    trial.do(mends, "spine-1")
    trial.run(2 * MINUTE)
    assert dropped(trial) == set()


def test_a_full_table_is_reported_and_measured() -> None:
    trial = ready()
    trial.impair("element.table-full", "spine-1", 0.3)
    trial.run(3 * MINUTE)
    (alarm,) = {a.alarm_id: a for _, a in trial.alarms}.values()
    assert alarm.probable_cause == "resourceAtOrNearingCapacity"
    assert (alarm.managed_object, alarm.reported_by) == ("spine-1", "spine-1")
    frame = next(f for _, f in reversed(trial.frames) if "table-use" in f.kpis)
    use = frame.values[frame.kpis.index("table-use")]
    full = trial.network.elements.row("spine-1")
    assert use[full] > 0.97
    assert np.nanmax(np.delete(use, full)) < 0.55
    assert asked(trial, "check-routes", "spine-1") == {
        "missing": 1,
        "discarding": 0,
        "room": 0.0,
        "unused": [],
    }


def test_checking_the_routes_of_a_sound_element_finds_nothing() -> None:
    assert asked(ready(), "check-routes", "spine-1") == {
        "missing": 0,
        "discarding": 0,
        "room": 0.5,
        "unused": [],
    }


# --- equal-cost members ---


def test_a_member_left_out_carries_nothing_and_its_siblings_carry_its_share() -> None:
    trial = ready(square())
    network = trial.network
    idle, busy = network.directions.rows(["a>b", "a>c"])
    before = trial.twin.performance.utilisation
    own = trial.twin.forwarding.flows.service == network.services.row("s:a>d")
    trial.impair("direction.unused", "a>b", 1.0)
    after = trial.twin.performance.utilisation
    assert (trial.twin.forwarding.paths[own, 0] == busy).all()
    assert after[[idle, busy]].sum() == pytest.approx(before[[idle, busy]].sum())
    assert dropped(trial) == set()
    assert asked(trial, "check-routes", "a")["unused"] == ["a>b"]
    assert asked(trial, "check-routes", "b")["unused"] == []
    trial.do("resync-routes", "b")
    assert trial.twin.state.unused.any()
    trial.do("resync-routes", "a")
    assert (trial.twin.performance.utilisation == before).all()


def test_a_lone_way_is_used_whatever_the_group_says() -> None:
    """From a to b there is one shortest path."""
    trial = ready(square())
    own = trial.twin.forwarding.flows.service == trial.network.services.row("s:a>b")
    before = trial.twin.forwarding.paths[own].copy()
    trial.impair("direction.unused", "a>b", 1.0)
    assert (trial.twin.forwarding.paths[own] == before).all()


# --- metrics ---


def test_a_wrong_metric_moves_traffic_once_it_has_been_flooded() -> None:
    trial = ready(square())
    row = trial.network.directions.row("a>b")
    loaded = trial.twin.performance.utilisation[row]
    trial.impair("link.metric", "a~b", float(MAX_COST))
    assert trial.twin.performance.utilisation[row] == loaded
    trial.run(10 * SECOND)
    assert trial.twin.performance.utilisation[row] == 0.0
    assert asked(trial, "read-configuration", "a") == {
        "costs": {"a~b": MAX_COST, "a~c": 10},
        "discards": 0,
    }


@pytest.mark.parametrize(
    ("kind", "target", "params"),
    [
        ("set-link-cost", "a~b", {"cost": 10}),
        ("rollback-configuration", "a", {}),
        ("rollback-configuration", "b", {}),
    ],
)
def test_a_wrong_metric_ends_when_another_is_written(
    kind: str, target: str, params: dict[str, Any]
) -> None:
    trial = ready(square())
    before = trial.twin.performance.utilisation
    trial.impair("link.metric", "a~b", 1.0)
    trial.run(10 * SECOND)
    assert (trial.twin.performance.utilisation != before).any()
    trial.do(kind, target, params)
    trial.run(10 * SECOND)
    assert (trial.twin.performance.utilisation == before).all()


def test_a_rollback_leaves_what_operations_have_ordered() -> None:
    trial = ready(square())
    trial.do("set-link-cost", "a~b", {"cost": 77})
    trial.do("rollback-configuration", "a")
    assert asked(trial, "read-configuration", "a")["costs"] == {"a~b": 77, "a~c": 10}


def test_taking_an_element_back_leaves_the_metrics_that_were_ordered() -> None:
    trial = ready(square())
    row = trial.network.directions.row("a>b")
    trial.do("set-link-cost", "a~c", {"cost": 77})
    trial.do("drain-element", "b", {"drained": True})
    trial.run(10 * SECOND)
    assert trial.twin.performance.utilisation[row] < trial.twin.performance.utilisation.max()
    trial.do("drain-element", "b", {"drained": False})
    trial.run(10 * SECOND)
    assert asked(trial, "read-configuration", "a")["costs"] == {"a~b": 10, "a~c": 77}
    own = trial.twin.forwarding.flows.service == trial.network.services.row("s:a>d")
    assert (trial.twin.forwarding.paths[own, 0] == row).all()


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_a_drain_is_told_whether(value: object) -> None:
    trial = ready(square())
    done = trial.do("drain-element", "b", {"drained": value})
    assert trial.results[done].message == f"drained must be true or false, not {value!r}"
