"""What a person makes of it: never the truth, only what they noticed, the same each time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.streams import Key
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.people.actor import WorkItem
from adn.closedloop.people.degraded import Eyes, handed_over, neighbour, seen_by
from adn.closedloop.people.modelled import PROBE_ROUNDS, ModelledActor
from adn.closedloop.people.profile import SIGNS, Notes, Skill, profile_of
from adn.closedloop.view import View
from adn.northbound.commands import Command, CommandResult
from adn.northbound.telemetry import Roster

KEY = Key.root(3)


def skill(overlooks: float = 0.0, misreads: float = 0.0, slips: float = 0.0) -> Skill:
    return Skill(dict.fromkeys(SIGNS, overlooks), dict.fromkeys(SIGNS, misreads), slips, "test")


def eyes(found: Skill, person: str = "expert-1", incident: str = "INC-0001/0") -> Eyes:
    return Eyes(found, KEY, person, incident)


@pytest.fixture
def view(inventory: Any, bench: Any) -> View:
    view = View(inventory)
    view.see_roster(0, Roster("service", view.network.services.ids))
    for number, name in enumerate(view.network.directions.ids, 1):
        view.see_alarm(SECOND, bench.alarm(number, name, 0))
    view.see_candidates(10 * SECOND, bench.losses(10 * SECOND, ["vpn:A>B", "vpn:A>C"], 0.3))
    measured = {"reachable": True, "loss_forward": 0.2, "loss_backward": 0.0}
    command = Command("CMD-0001", "measure-link", "A~B")
    view.see_result(11 * SECOND, command, CommandResult("CMD-0001", True, 11, "", measured))
    return view


def test_who_misses_nothing_sees_what_there_is(view: View) -> None:
    seen = seen_by(eyes(skill()), view)
    assert seen.active_alarms == view.active_alarms
    assert seen.departures("service", "loss") == view.departures("service", "loss")
    assert list(seen.probes) == list(view.probes)


def test_who_overlooks_everything_sees_nothing_and_spoils_nothing(view: View) -> None:
    before = dict(view.active_alarms)
    seen = seen_by(eyes(skill(overlooks=1.0)), view)
    assert not seen.active_alarms
    assert not seen.seen_alarms
    assert not seen.probes
    assert not seen.departures("service", "loss")
    assert dict(view.active_alarms) == before
    assert set(view.departures("service", "loss")) == {"vpn:A>B", "vpn:A>C"}


def test_a_misread_sign_is_taken_for_its_neighbour(view: View) -> None:
    """The other direction of the same link; of a measurement, the other end."""
    seen = seen_by(eyes(skill(misreads=1.0)), view)
    assert {row.managed_object for row in seen.active_alarms.values()} == set(
        view.network.directions.ids
    )
    for name, row in view.active_alarms.items():
        assert seen.active_alarms[name].managed_object == neighbour(
            view.network, row.managed_object
        )
        assert seen.active_alarms[name].managed_object != row.managed_object
    ((_, result),) = seen.probes
    assert (result.measurement["loss_forward"], result.measurement["loss_backward"]) == (0.0, 0.2)


def test_what_is_missed_hangs_on_who_looks_at_which_incident_and_on_the_sign(view: View) -> None:
    half = skill(overlooks=0.5)

    def noticed(person: str, incident: str) -> frozenset[str]:
        return frozenset(seen_by(eyes(half, person, incident), view).active_alarms)

    first = noticed("expert-1", "INC-0001/0")
    assert first == noticed("expert-1", "INC-0001/0")
    others = {
        noticed("expert-2", "INC-0001/0"),
        noticed("expert-1", "INC-0002/0"),
        noticed("expert-1", "INC-0001/1"),
    }
    assert len(others | {first}) > 1
    view.see_alarm(20 * SECOND, replace(next(iter(view.active_alarms.values())), alarm_id="ALM-9"))
    assert noticed("expert-1", "INC-0001/0") - {"ALM-9"} == first


def test_about_the_share_that_the_profile_says_is_overlooked() -> None:
    found = eyes(skill(overlooks=0.3))
    missed = sum(found.overlooks("alarm", f"ALM-{n}") for n in range(4000))
    assert missed / 4000 == pytest.approx(0.3, abs=0.03)


def test_whoever_is_shown_where_to_look_misses_a_quarter_of_that() -> None:
    guided = replace(eyes(skill(overlooks=0.4)), guided=True)
    missed = sum(guided.overlooks("alarm", f"ALM-{n}") for n in range(4000))
    assert missed / 4000 == pytest.approx(0.1, abs=0.02)


def test_what_was_not_written_down_is_lost_at_the_change_of_shift(view: View) -> None:
    """About so much of it each time, and the same each time it is looked at."""
    kept = handed_over(view, Notes(0.0, "test"), KEY, ("expert-1",), "INC-0001/0")
    assert kept.active_alarms == view.active_alarms
    lost = handed_over(view, Notes(1.0, "test"), KEY, ("expert-1",), "INC-0001/0")
    assert not lost.active_alarms
    half, people = Notes(0.5, "test"), tuple(f"expert-{n}" for n in range(1, 7))

    def left(hands: tuple[str, ...]) -> frozenset[str]:
        return frozenset(handed_over(view, half, KEY, hands, "INC-0001/0").active_alarms)

    chain = [left(people[:n]) for n in range(len(people) + 1)]
    assert all(after <= before for before, after in pairwise(chain))
    assert len(chain[-1]) < len(chain[0]) / 4
    assert left(people[:2]) == chain[2]


def test_tired_eyes_overlook_what_rested_ones_do_and_more() -> None:
    rested, tired = eyes(skill(overlooks=0.2)), replace(eyes(skill(overlooks=0.2)), tired=2.0)
    names = [f"ALM-{n}" for n in range(2000)]
    missed = {name for name in names if rested.overlooks("alarm", name)}
    more = {name for name in names if tired.overlooks("alarm", name)}
    assert missed < more
    assert len(more) / len(names) == pytest.approx(0.4, abs=0.04)


# --- what they say ---

INCIDENT = IncidentSnapshot("INC-0001", Status.OPEN, 0, 0, "major")


def item(task: str, role: str = "back-office", **more: Any) -> WorkItem:
    made = WorkItem("WRK-0001", task, role, f"{role}-1", 0, INCIDENT, looks=1)
    return replace(made, **more)


@pytest.fixture
def actor() -> ModelledActor:
    return ModelledActor(profile_of("noc-default"), 5 * MINUTE, KEY)


def test_work_takes_its_time_before_it_is_answered(actor: ModelledActor) -> None:
    reply = actor.ask(item("H", looks=0))
    assert reply.verdict == "look"
    assert reply.took == actor.takes(item("H", looks=0)) > 0


def test_all_work_on_one_incident_shares_its_difficulty(actor: ModelledActor) -> None:
    hard = actor.difficulty("INC-0001")
    plain = ModelledActor(replace(profile_of("noc-default"), difficulty=0.0), 5 * MINUTE, KEY)
    for task in ("H", "I"):
        took, bare = actor.takes(item(task, looks=0)), plain.takes(item(task, looks=0))
        assert took == pytest.approx(bare * hard, rel=1e-3)
    assert hard != pytest.approx(actor.difficulty("INC-0002"))


def test_every_further_alarm_and_command_costs_time(actor: ModelledActor) -> None:
    few, many = (
        actor.takes(item("D", "front-office", sees={"count": n, "from": ""}, looks=0))
        for n in (1, 50)
    )
    assert many > 2 * few


DUCT = {"suspects": [["duct:A~B", "fibre-loss", 0.9]], "domain": "optical", "probability": 0.9}
LINK = {"suspects": [["A~B", "link-down", 0.9]], "domain": "ip", "probability": 0.9}


@pytest.mark.parametrize(
    ("own", "suggested", "verdict"),
    [
        (DUCT, DUCT, "approve"),
        (DUCT, LINK, "modify"),
        ({"suspects": [["duct:A~B", "fibre-loss", 0.5]]}, LINK, "approve"),
        ({"suspects": [["", "unknown", 0.9]]}, LINK, "approve"),
        ({"suspects": []}, LINK, "approve"),
    ],
)
def test_a_diagnosis_is_corrected_only_by_whoever_is_sure_of_another(
    actor: ModelledActor, own: Any, suggested: Any, verdict: str
) -> None:
    reply = actor.ask(item("H", suggestion=suggested, sees={"probes": [], **own}))
    assert reply.verdict == verdict
    if verdict == "modify":
        assert reply.content["suspects"] == own["suspects"]
        assert reply.note == "it is fibre-loss at duct:A~B"


def test_whoever_locates_alone_probes_while_that_tells_something(actor: ModelledActor) -> None:
    sees = {**DUCT, "probes": [["otdr", "A~B"]]}
    for looks in range(1, PROBE_ROUNDS + 1):
        reply = actor.ask(item("H", sees=sees, looks=looks))
        assert (reply.verdict, reply.content) == ("look", {"probes": [["otdr", "A~B"]]})
    assert actor.ask(item("H", sees=sees, looks=PROBE_ROUNDS + 1)).verdict == "done"


def test_the_back_office_hands_on_what_it_cannot_explain_and_the_expert_does_not(
    actor: ModelledActor,
) -> None:
    sees = {"suspects": [["", "unknown", 0.9]], "probes": []}
    assert actor.ask(item("H", sees=sees)).verdict == "escalate"
    assert actor.ask(item("H", "expert", sees=sees)).verdict == "done"


def test_of_the_plans_offered_the_best_is_chosen_but_for_a_slip() -> None:
    plans = tuple({"expected": {"outside_after": n}} for n in (0.0, 1.0))
    never = replace(profile_of("noc-default"), skills={"back-office": skill()})
    always = replace(profile_of("noc-default"), skills={"back-office": skill(slips=1.0)})
    chosen = [
        ModelledActor(profile, MINUTE, KEY).ask(item("I", choices=plans)).content["choice"]
        for profile in (never, always)
    ]
    assert chosen == [0, 1]
    assert ModelledActor(never, MINUTE, KEY).ask(item("I")).content == {"choice": None}


@pytest.mark.parametrize(("theirs", "verdict"), [(0.0, "approve"), (5.0, "modify")])
def test_a_plan_is_changed_only_for_one_that_is_clearly_better(theirs: float, verdict: str) -> None:
    careful = replace(profile_of("noc-default"), skills={"back-office": skill()})
    reply = ModelledActor(careful, MINUTE, KEY).ask(
        item(
            "I",
            choices=({"expected": {"outside_after": 0.0}},),
            suggestion={"expected": {"outside_after": theirs}},
        )
    )
    assert reply.verdict == verdict


@pytest.mark.parametrize(
    ("before", "known", "go"), [(0, False, False), (1, False, True), (1, True, False)]
)
def test_a_second_caller_makes_an_incident_unless_it_is_known(
    actor: ModelledActor, before: int, known: bool, go: bool
) -> None:
    sees = {"call": {}, "before": before, "known": known}
    reply = actor.ask(item("E", "front-office", incident=None, sees=sees))
    assert reply.content == {"go": go}
    took = [
        actor.takes(item("E", "front-office", incident=None, sees={**sees, "known": k}, looks=0))
        for k in (True, False)
    ]
    assert took[0] < took[1]
