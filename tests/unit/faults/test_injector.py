"""The injector: strength over time, what is written of a fault, and what ends it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import HOUR, MINUTE, SECOND, Millis
from adn.faults.injector import PlannedFault, affected, equivalents, impairments_of
from adn.faults.kinds import FaultKind, ImpairmentSpec, Intermittent, Ramp, built_in_kinds
from adn.testing.networks import clos
from adn.testing.symptoms import busiest
from adn.testing.trial import Trial, plan_fault, quiet_world, ring, square
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import PowerFeed

AT: Millis = 5 * MINUTE


def made(spec: ImpairmentSpec, target: str = "direction") -> FaultKind:
    return FaultKind(
        name="made-up",
        says="For a test.",
        target=target,
        problem="packet-loss",
        domain="ip",
        impairments=(spec,),
    )


def strengths(trial: Trial, key: str, name: str, until: Millis) -> list[tuple[Millis, float]]:
    row = trial.network.directions.row(name)
    seen: list[tuple[Millis, float]] = []
    for at in trial.instants(until):
        value = float(trial.twin.overlay.column(key)[row])
        if not seen or seen[-1][1] != value:
            seen.append((at, value))
    return seen


def test_a_fault_is_announced_and_strikes_at_its_time() -> None:
    trial = Trial(ring(), planned=[plan_fault(built_in_kinds()["fibre-cut"], "duct:n0~n1", AT)])
    (planned,) = trial.truth("fault.planned")
    assert planned.at == 0
    assert planned.ref == {"target": "duct:n0~n1"}
    assert planned.data == {
        "fault": "fibre-cut",
        "class": "fibre-loss",
        "domain": "optical",
        "at_s": 300.0,
        "params": {},
        "equivalent": [["duct:n0~n1", "fibre-loss"]],
    }
    trial.to(AT)
    (onset,) = trial.truth("fault.onset")
    assert onset.at == AT
    assert onset.data == {"impairments": [["duct.attenuation", "duct:n0~n1", "set", 60.0]]}
    assert onset.ref["objects"] == ["duct:n0~n1", "n0~n1", "n0>n1", "n1>n0"]


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("set", 0.10, [0.02, 0.04, 0.06, 0.08, 0.10]),
        ("add", 0.05, [0.01, 0.02, 0.03, 0.04, 0.05]),
    ],
)
def test_a_ramp_grows_in_even_steps_and_stays(op: str, value: float, expected: list[float]) -> None:
    course = Ramp(shape="ramp", over=5 * MINUTE, steps=5)
    spec = ImpairmentSpec(property="direction.loss", op=op, value=value, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    seen = strengths(trial, "direction.loss", "n0>n1", AT + 20 * MINUTE)[1:]
    assert [at for at, _ in seen] == [AT + step * MINUTE for step in range(1, 6)]
    assert [strength for _, strength in seen] == pytest.approx(expected)


def test_a_scaling_ramp_starts_from_one() -> None:
    course = Ramp(shape="ramp", over=4 * MINUTE, steps=4)
    spec = ImpairmentSpec(property="direction.capacity", op="scale", value=0.2, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    seen = strengths(trial, "direction.capacity", "n0>n1", AT + 20 * MINUTE)
    assert [strength for _, strength in seen] == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])


def test_a_ramp_stops_growing_when_its_part_is_renewed() -> None:
    course = Ramp(shape="ramp", over=20 * MINUTE, steps=20)
    spec = ImpairmentSpec(property="direction.delay", value=10.0, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    trial.to(AT + 5 * MINUTE + SECOND)
    trial.do("reset-interface", "n0~n1")
    assert len(trial.truth("fault.cleared")) == 1
    trial.run(30 * MINUTE)
    assert trial.twin.overlay.active == ()


def test_an_intermittent_fault_comes_and_goes_with_its_mean_times() -> None:
    course = Intermittent(shape="intermittent", on=20 * SECOND, off=60 * SECOND)
    spec = ImpairmentSpec(property="direction.loss", value=0.05, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    seen = strengths(trial, "direction.loss", "n0>n1", AT + 8 * HOUR)[1:]
    assert {strength for _, strength in seen} == {0.0, 0.05}
    spans = np.diff([at for at, _ in seen]) / SECOND
    assert spans[0::2].mean() == pytest.approx(20.0, rel=0.2)
    assert spans[1::2].mean() == pytest.approx(60.0, rel=0.2)
    assert trial.truth("fault.cleared") == []


@pytest.mark.parametrize("off_now", [False, True])
def test_an_intermittent_fault_ends_by_its_part_also_while_it_is_off(off_now: bool) -> None:
    course = Intermittent(shape="intermittent", on=60 * SECOND, off=60 * SECOND)
    spec = ImpairmentSpec(property="direction.delay", value=5.0, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    row = trial.network.directions.row("n0>n1")
    for at in trial.instants(AT + HOUR):
        on = trial.twin.overlay.column("direction.delay")[row] > 0
        if at > AT and on != off_now:
            break
    trial.do("reset-interface", "n0~n1")
    (cleared,) = trial.truth("fault.cleared")
    assert cleared.data == {"by": "CMD-0001", "field": False}
    (effect,) = trial.truth("command.effect")
    assert effect.data["renewed"], "a quiet part is renewed all the same: no wrong action"
    trial.run(30 * MINUTE)
    assert trial.twin.overlay.active == ()


def test_a_ramp_that_is_renewed_before_its_first_step_never_grows() -> None:
    course = Ramp(shape="ramp", over=20 * MINUTE, steps=2)
    spec = ImpairmentSpec(property="direction.delay", value=10.0, course=course)
    trial = Trial(ring(), planned=[plan_fault(made(spec), "n0>n1", AT)])
    trial.to(AT + MINUTE)
    trial.do("reset-interface", "n0~n1")
    (effect,) = trial.truth("command.effect")
    assert effect.data["renewed"]
    trial.run(30 * MINUTE)
    assert trial.twin.overlay.active == ()


def test_a_part_of_its_own_decides_what_ends_a_fault() -> None:
    spec = ImpairmentSpec(property="link.port-fault", value=1.0, part="optics")
    trial = Trial(ring(), planned=[plan_fault(made(spec, "link"), "n0~n1", AT)])
    trial.to(AT + MINUTE)
    trial.do("reset-interface", "n0~n1")
    assert trial.truth("fault.cleared") == []
    trial.do("replace-transceiver", "n0~n1")
    (cleared,) = trial.truth("fault.cleared")
    assert cleared.data["field"]


def test_a_fault_of_two_parts_ends_when_both_are_renewed() -> None:
    kind = FaultKind(
        name="twofold",
        says="For a test.",
        target="link",
        problem="link-down",
        domain="ip",
        impairments=(
            ImpairmentSpec(property="link.port-fault", value=1.0),
            ImpairmentSpec(property="link.attenuation", value=3.0),
        ),
    )
    trial = Trial(ring(), planned=[plan_fault(kind, "n0~n1", AT)])
    trial.to(AT + MINUTE)
    trial.do("reset-interface", "n0~n1")
    assert trial.truth("fault.cleared") == []
    assert [row.property for row in trial.twin.overlay.active] == ["link.attenuation"]
    trial.do("replace-transceiver", "n0~n1")
    assert len(trial.truth("fault.cleared")) == 1


def test_a_command_that_failed_ends_nothing() -> None:
    kind = built_in_kinds()["link-down"]
    for seed in range(300):
        trial = Trial(ring(3), seed=seed, planned=[plan_fault(kind, "n0~n1", SECOND)])
        trial.to(2 * SECOND)
        name = trial.send("reset-interface", "n0~n1")
        trial.run(3 * MINUTE)
        assert trial.results[name].ok == bool(trial.truth("fault.cleared"))
        if not trial.results[name].ok:
            return
    pytest.fail("no reset failed in 300 runs")


REACH = [
    ("duct", "duct:n0~n1", "links", "link.attenuation", ["n0~n1"]),
    ("link", "n0~n1", "directions", "direction.loss", ["n0>n1", "n1>n0"]),
    ("element", "n0", "links", "link.port-fault", ["n0~n1", "n0~n5"]),
    ("element", "n0", "sending", "direction.loss", ["n0>n1", "n0>n5"]),
    ("element", "n0", "receiving", "direction.loss", ["n1>n0", "n5>n0"]),
    ("element", "n0", "directions", "direction.loss", ["n0>n1", "n0>n5", "n1>n0", "n5>n0"]),
]


@pytest.mark.parametrize(("table", "target", "of", "key", "names"), REACH)
def test_an_impairment_reaches_what_belongs_to_its_target(
    table: str, target: str, of: str, key: str, names: list[str]
) -> None:
    spec = ImpairmentSpec(property=key, value=1.0, of=of)
    network = ring()
    fault = PlannedFault("FLT-0001", made(spec, table), target, AT, {})
    rows = impairments_of(network, fault, 0)
    assert sorted(row.object for row in rows) == names
    assert len({row.id for row in rows}) == len(rows)


def test_the_objects_of_a_direction_are_it_and_its_link_not_the_way_back() -> None:
    fault = plan_fault(built_in_kinds()["silent-loss"], "n0>n1", AT)
    assert affected(ring(), fault) == ("n0>n1", "n0~n1")


def test_parameters_set_the_strength() -> None:
    fault = plan_fault(built_in_kinds()["silent-loss"], "n0>n1", AT, {"share": 0.25})
    (row,) = impairments_of(ring(), fault, 0)
    assert row.value == 0.25


def test_a_card_takes_its_links_along_and_a_feed_what_it_alone_feeds() -> None:
    network, kinds = clos(), built_in_kinds()
    card = affected(network, plan_fault(kinds["card-failure"], "spine-1/card-1", AT))
    links = network.links_on_card("spine-1/card-1")
    assert set(card) == {"spine-1/card-1", *links} | {
        name for name in network.directions.ids if network.link_of(name) in links
    }
    feed = network.feeds.ids[0]
    struck = affected(network, plan_fault(kinds["feed-loss"], feed, AT))
    alone = {row.id for row in network.rows.elements if row.feeds == (feed,)}
    assert set(network.elements_on_feed(feed)) <= set(struck)
    for link in network.links.ids:
        assert (link in struck) is bool(alone & set(link.split("~")))


def test_only_a_feed_of_one_element_can_be_taken_for_that_element() -> None:
    rows = clos().rows
    lone = replace(
        rows,
        feeds=(*rows.feeds, PowerFeed("feed:own")),
        elements=tuple(
            replace(row, feeds=("feed:own",)) if row.id == "leaf-1" else row
            for row in rows.elements
        ),
    )
    network, kind = NetworkBuilder.from_rows(lone).build(), built_in_kinds()["feed-loss"]
    assert equivalents(network, plan_fault(kind, "feed:own", AT)) == [
        ["feed:own", "feed-down"],
        ["leaf-1", "element-down"],
    ]
    other = network.feeds.ids[0]
    assert equivalents(network, plan_fault(kind, other, AT)) == [[other, "feed-down"]]


@pytest.mark.parametrize("name", sorted(built_in_kinds()))
def test_every_built_in_kind_becomes_visible(name: str) -> None:
    """Else nobody could be asked to find it: an alarm condition or a KPI departs."""
    network, kind = clos(), built_in_kinds()[name]
    tied = {"ecmp-member-missing": "leaf-1>spine-1"}
    fault = plan_fault(kind, tied.get(name) or busiest(kind, network), MINUTE)
    trial = Trial(network, quiet_world(network, management="leaf-1"), planned=[fault])
    trial.to(3 * MINUTE)
    (seen,) = trial.truth("fault.visible")
    assert seen.at >= MINUTE
    assert all(row.data["fault"] == fault.id for row in trial.truth("alarm.cause"))


def test_what_helps_against_a_flap_helps_while_the_link_is_up_too() -> None:
    """Traffic taken off a flapping link while it happens to be up is spared its next fall."""
    network, kind = square(), built_in_kinds()["link-flap"]
    course = Intermittent(shape="intermittent", on=5 * SECOND, off=HOUR)
    spec = kind.impairments[0].model_copy(update={"course": course})
    seldom = kind.model_copy(update={"impairments": (spec,)})
    trial = Trial(network, quiet_world(network), planned=[plan_fault(seldom, "a~b", MINUTE)])
    trial.to(5 * MINUTE)
    assert trial.twin.state.link_up.all()
    for link, cost, helps in (("a~c", 5000, False), ("a~c", 10, True), ("a~b", 5000, True)):
        done = trial.do("set-link-cost", link, {"cost": cost})
        assert trial.truth("command.effect", done)[0].data["helped"] is helps
        trial.run(10 * SECOND)
    assert list(trial.twin.latent) == ["FLT-0001/0/a~b"]
    trial.do("replace-transceiver", "a~b")
    assert trial.twin.latent == {}
