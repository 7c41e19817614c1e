"""The closed loop against a scripted world: what it does, and the evidence it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from adn.base.clock import MINUTE, NEVER, SECOND, Millis
from adn.base.levels import AutonomyLevel
from adn.base.records import CATALOGUE, Record
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.locating import Diagnosis, Suspect
from adn.closedloop.loop import ClosedLoop
from adn.closedloop.planning import Plan, Step
from adn.closedloop.probing import ProbeWish
from adn.closedloop.view import View
from adn.northbound.alarms import Severity
from adn.northbound.commands import Command, PlanNotice
from adn.northbound.post import Message, RollUp, WatchList

CUT_AT = 600 * SECOND
HURT = ["vpn:A>B", "vpn:B>A", "vpn:A>C"]
MEASURED = {
    "measure-link": {"reachable": True, "loss_forward": 0.0, "loss_backward": 0.0},
    "otdr": {"length_km": 100.0, "break_km": 40.0},
}


@dataclass
class StandInLocator:
    """Believes in the cut duct, surely so once it has been probed."""

    calls: int = 0

    def locate(self, snapshot: IncidentSnapshot, view: View, given: Any = ()) -> Diagnosis:
        self.calls += 1
        sure = 0.97 if view.probes else 0.6
        first = Suspect("duct:A~B", "fibre-loss", sure, ("ALM-000001",))
        second = Suspect("A~B", "link-down", 1.0 - sure, ())
        wishes = () if view.probes else (ProbeWish("otdr", "A~B"),)
        return Diagnosis((first, second), wishes, "optical", sure)


def steer(purpose: str, share: str, worse: bool = False) -> Plan:
    return Plan(
        purpose=purpose,
        steps=(Step("steer-services", "A", {"routes": {"vpn:A>B": ["A>D", "D>C", share]}}),),
        inverse=(Step("steer-services", "A", {"routes": {"vpn:A>B": []}}),),
        expected={"outside_before": 2.0, "outside_after": 3.0 if worse else 0.0},
        risk="low",
        because=("the detour has room",),
        candidates=(),
    )


SPLICE = Plan(
    purpose="repair",
    steps=(Step("splice-fibre", "duct:A~B", {}),),
    inverse=(),
    expected={},
    risk="none",
    because=("it is broken",),
    candidates=(),
)


@dataclass
class StandInPlanner:
    """Hands out fixed plans."""

    plans: Sequence[Plan]
    asked: list[frozenset[str]] = field(default_factory=list)

    def plan(
        self,
        snapshot: Any,
        diagnosis: Any,
        view: Any,
        excluded: frozenset[str],
        given: Sequence[Any] = (),
    ) -> Sequence[Plan]:
        self.asked.append(excluded)
        return [plan for plan in self.plans if plan.key not in excluded]


@dataclass
class LatePlanner(StandInPlanner):
    """Has a way to mitigate only once the splice has been ordered."""

    def plan(
        self,
        snapshot: Any,
        diagnosis: Any,
        view: Any,
        excluded: frozenset[str],
        given: Sequence[Any] = (),
    ) -> Sequence[Plan]:
        plans = super().plan(snapshot, diagnosis, view, excluded, given)
        if SPLICE.key in excluded:
            return plans
        return [plan for plan in plans if plan.purpose == "repair"]


@dataclass
class Story:
    """One run of the loop against the world."""

    world: Any
    loop: ClosedLoop
    planner: StandInPlanner
    sent: list[tuple[Millis, Message]]

    def records(self, kind: str) -> list[Record]:
        return [m for _, m in self.sent if isinstance(m, Record) and m.kind == kind]

    def statuses(self) -> list[str]:
        return [r.data["status"] for r in self.records("incident.status")]

    def commands(self) -> list[Command]:
        return [m for _, m in self.sent if isinstance(m, Command)]


def story(
    bench: Any,
    plans: Sequence[Plan],
    until: Millis = 60 * MINUTE,
    helps: Sequence[int] = (1,),
    fails: Mapping[str, int] | None = None,
    level: AutonomyLevel = AutonomyLevel.L4,
    planning: type[StandInPlanner] = StandInPlanner,
) -> Story:
    """Cut A~B at 600 s; the number of steerings in `helps` is that at which loss ends."""
    world: Any

    def reading(at: Millis, name: str, kpi: str) -> float:
        if kpi == "rate":
            return 1e9
        if kpi == "latency":
            return 10.0
        done = [t for t, c in world.done if c.kind == "steer-services" and t <= at - 10 * SECOND]
        repaired = any(c.kind == "splice-fibre" and t <= at for t, c in world.done)
        bad = at > CUT_AT and name in HURT and len(done) not in helps and not repaired
        return 0.3 if bad else 0.0

    world = bench.world(
        reading,
        durations={"splice-fibre": 30 * MINUTE},
        measurements=MEASURED,
        fails={**(fails or {})},
    )
    for i, name in enumerate(("A>B", "B>A", "A~B"), start=1):
        raised = bench.alarm(i, name, CUT_AT + i * 100)
        world.send(CUT_AT + 2 * SECOND + i * 100, raised)
        world.send(CUT_AT + 2 * SECOND + i * 100 + 50, raised)
        cleared = bench.alarm(10 + i, name, 0, severity=Severity.CLEARED)
        cleared = type(cleared)(**{**_fields(cleared), "alarm_id": f"ALM-{i:06d}"})
        world.send(45 * MINUTE, cleared)
    for tick in range(1, 5):
        at = CUT_AT + tick * 10 * SECOND
        world.send(at + 2 * SECOND, bench.losses(at, HURT, 0.3, tick))
    mean = np.array([[0.0] * 6, [10.0] * 6, [1e9] * 6], dtype=np.float32)
    for end in range(15, until // MINUTE + 1, 15):
        rolled = RollUp(
            (end - 15) * MINUTE,
            end * MINUTE,
            "service",
            ("loss", "latency", "rate"),
            mean,
            mean,
            1.0,
        )
        world.send(end * MINUTE + 2 * SECOND, rolled)
    planner = planning(plans)
    loop = ClosedLoop(bench.briefing(level), StandInLocator(), planner)
    return Story(world, loop, planner, world.play(loop, until))


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.fixture(scope="module")
def cured(bench: Any) -> Story:
    """One cut, mitigated at the first attempt, spliced, taken back and closed."""
    return story(bench, [steer("mitigate", "C>B"), SPLICE], helps=(1, 2))


def test_every_task_leaves_its_evidence(cured: Story) -> None:
    """A to K and V, each by the system, with its beginning, as the catalogue has it."""
    tasks: dict[str, int] = {}
    for _, message in cured.sent:
        if isinstance(message, Record) and message.task:
            assert message.by == "system"
            assert 0 <= message.data["started_s"] <= message.at / 1000
            tasks[message.task] = tasks.get(message.task, 0) + 1
    assert sorted(tasks) == sorted("ABCDEFGHIJKV")


def test_every_record_holds_what_the_catalogue_promises(cured: Story) -> None:
    for _, message in cured.sent:
        if isinstance(message, Record):
            kind = CATALOGUE[message.kind]
            assert kind.file == "events"
            assert set(kind.ref) <= set(message.ref), message
            assert set(kind.data) <= set(message.data), message
            assert message.task == kind.task
            message.line(1)


def test_a_storm_opens_one_incident_at_its_first_alarm(cured: Story) -> None:
    (opened,) = cured.records("incident.opened")
    assert opened.at == CUT_AT + 2100
    assert opened.ref["objects"] == ["A>B"]
    joined = {name for r in cured.records("incident.updated") for name in r.ref["services"]}
    assert joined == set(HURT)


def test_location_is_renewed_only_when_belief_changes(cured: Story) -> None:
    """The probe made a suspect surer, not another: one record, and one probe."""
    (located,) = cured.records("incident.located")
    assert located.data["suspects"][0][:2] == ["duct:A~B", "fibre-loss"]
    assert [c.target for c in cured.commands() if c.kind == "otdr"] == ["A~B"]
    (domain,) = cured.records("incident.demarcated")
    assert domain.data["domain"] == "optical"


def test_alarms_are_condensed_to_those_of_the_lowest_layer(cured: Story) -> None:
    (filtered,) = cured.records("alarms.filtered")
    assert filtered.data["raw"] == ["ALM-000001", "ALM-000002", "ALM-000003"]
    assert filtered.data["shown"] == ["ALM-000001", "ALM-000002", "ALM-000003"]


def test_a_plan_is_filed_before_its_commands_are_sent(cured: Story) -> None:
    order = [m for _, m in cured.sent if isinstance(m, Command | PlanNotice)]
    notice = next(i for i, m in enumerate(order) if isinstance(m, PlanNotice))
    filed = order[notice]
    assert isinstance(filed, PlanNotice)
    assert order[notice + 1] == filed.steps[0]
    (decided, _) = cured.records("plan.decided")
    assert decided.data["verdict"] == "approve"
    assert cured.records("plan.executed")[0].data["as_planned"] is True


def test_service_is_restored_then_repaired_then_taken_back(cured: Story) -> None:
    assert cured.statuses() == [
        "open",
        "located",
        "planned",
        "approved",
        "executing",
        "verifying",
        "restored",
        "closed",
    ]
    restored = next(r for r in cured.records("incident.status") if r.data["status"] == "restored")
    assert restored.at - CUT_AT < 120 * SECOND
    purposes = [c.purpose for c in cured.commands()]
    assert purposes == ["probe", "mitigate", "repair", "probe", "rollback"]
    assert cured.commands()[-1].params == {"routes": {"vpn:A>B": []}}
    assert cured.records("plan.rolled-back")[0].data["reason"] == "repaired: no longer needed"


def test_verification_needs_three_whole_intervals_after_the_change(cured: Story) -> None:
    first = cured.records("service.verified")[0]
    assert first.data["fixed"] is True
    ended = first.data["started_s"] * SECOND
    assert first.at - ended >= 30 * SECOND


def test_the_controls_are_derived_at_l4_and_self_set_at_l5(bench: Any) -> None:
    for level, author in [(AutonomyLevel.L4, "derived"), (AutonomyLevel.L5, "self")]:
        told = story(bench, [], until=SECOND, level=level)
        records = told.records("control.set")
        assert [r.data["setting"] for r in records] == [
            "watch.direction",
            "watch.element",
            "watch.service",
            "limits.vpn.loss",
            "limits.vpn.latency_ms",
            "permitted.mitigate",
            "permitted.repair",
            "risk.in-service",
            "risk.when-dark",
        ]
        assert {r.data["author"] for r in records} == {author}
        assert isinstance(told.sent[0][1], WatchList)


def test_roll_ups_leave_collection_evaluation_and_look_ahead(cured: Story) -> None:
    assert len(cured.records("data.collected")) == 3
    assert len(cured.records("prediction.made")) == 3
    evaluated = cured.records("intent.evaluated")
    # Three roll-ups, and once more as the incident closed.
    assert len(evaluated) == 4
    assert {(r.data["services"], r.data["within"]) for r in evaluated} == {(6, 6)}


def test_a_plan_that_does_not_help_is_rolled_back_and_another_is_tried(bench: Any) -> None:
    """The second steering (the third, counting the rollback) is the one that helps."""
    told = story(
        bench,
        [steer("mitigate", "C>B"), steer("mitigate", "C>B2"), SPLICE],
        until=25 * MINUTE,
        helps=(3,),
    )
    purposes = [c.purpose for c in told.commands()]
    assert purposes == ["probe", "mitigate", "rollback", "mitigate", "repair"]
    assert told.records("plan.rolled-back")[0].data["reason"] == "did not help"
    assert [r.data["fixed"] for r in told.records("service.verified")] == [False, True]
    assert told.statuses()[-1] == "restored"


def test_after_three_plans_without_success_an_expert_takes_over(bench: Any) -> None:
    """The system gives up after three; the expert has tools, but no suggestion."""
    plans = [steer("mitigate", f"C>B{i}") for i in range(5)]
    told = story(bench, plans, until=40 * MINUTE, helps=())
    assert told.statuses().count("escalated") == 1
    assert [c.purpose for c in told.commands()].count("mitigate") == 3
    assert [c.purpose for c in told.commands()].count("rollback") == 3
    queued = told.records("work.queued")
    assert [r.data["task"] for r in queued[:2]] == ["H", "I"]
    assert {r.data["role"] for r in queued} == {"expert"}
    assert not any(r.data["suggested"] for r in queued)
    again = [r for r in told.records("incident.located") if r.by == "human"]
    assert again[0].ref["work"] == [queued[0].id]


def test_a_crew_is_sent_where_nothing_else_is_left_and_the_cause_is_sure(bench: Any) -> None:
    """No software plan at all: more evidence is waited for, then the splice is ordered."""
    told = story(bench, [SPLICE], until=55 * MINUTE, helps=())
    assert [c.kind for c in told.commands() if c.purpose == "repair"] == ["splice-fibre"]
    assert "escalated" not in told.statuses()
    assert told.statuses()[-1] == "closed"
    (sent,) = (r for r in told.records("work.replied") if r.data["role"] == "field")
    assert (sent.data["took_s"], sent.data["waited_s"]) == (1800.0, 0.0)


def test_what_hurts_while_a_crew_travels_is_mitigated_meanwhile(bench: Any) -> None:
    """The splice takes half an hour; a steering that is found after it was ordered is not late."""
    told = story(bench, [steer("mitigate", "C>B"), SPLICE], until=55 * MINUTE, planning=LatePlanner)
    assert [c.purpose for c in told.commands()][:3] == ["probe", "repair", "mitigate"]
    restored = next(r for r in told.records("incident.status") if r.data["status"] == "restored")
    executed = {r.ref["plan"]: r.at for r in told.records("plan.executed")}
    assert restored.at < executed["PLN-0001"]
    assert executed["PLN-0002"] - CUT_AT < 5 * MINUTE
    assert told.statuses()[-1] == "closed"


def test_a_plan_expected_to_do_harm_is_refused(bench: Any) -> None:
    told = story(bench, [steer("mitigate", "C>B", worse=True)], until=20 * MINUTE)
    (decided,) = told.records("plan.decided")
    assert decided.data["verdict"] == "reject"
    assert decided.data["reason"] == "expected to leave 3.0 services outside instead of 2.0"
    assert [c.purpose for c in told.commands()] == ["probe"]
    assert told.statuses()[-1] == "escalated"


def test_a_command_that_fails_is_sent_once_more(bench: Any) -> None:
    told = story(
        bench, [steer("mitigate", "C>B"), SPLICE], until=20 * MINUTE, fails={"steer-services": 1}
    )
    ids = [c.id for c in told.commands() if c.purpose == "mitigate"]
    assert len(ids) == 2
    executed = told.records("plan.executed")[0]
    assert executed.data["as_planned"] is True
    assert executed.ref["commands"] == ids[1:]


def test_a_relapse_in_the_hold_down_reopens_the_incident(bench: Any) -> None:
    """Service comes back for half a minute, fails again, and the second plan holds."""
    world: Any = None

    def reading(at: Millis, name: str, kpi: str) -> float:
        if kpi != "loss":
            return 10.0
        steered = [t for t, c in world.done if c.kind == "steer-services"]
        fine = at < CUT_AT or (len(steered) == 1 and at < steered[0] + 60 * SECOND)
        return 0.0 if fine or len(steered) > 1 else 0.3

    world = bench.world(reading, durations={"splice-fibre": 30 * MINUTE}, measurements=MEASURED)
    world.send(CUT_AT + 2100, bench.alarm(1, "A>B", CUT_AT))
    planner = StandInPlanner([steer("mitigate", "C>B"), steer("mitigate", "C>B2"), SPLICE])
    loop = ClosedLoop(bench.briefing(AutonomyLevel.L4), StandInLocator(), planner)
    told = Story(world, loop, planner, world.play(loop, 25 * MINUTE))
    assert "reopened" in told.statuses()
    assert told.statuses()[-1] == "restored"
    assert [r.data["fixed"] for r in told.records("service.verified")] == [True, False, True]


def test_nothing_is_opened_in_warm_up_or_by_a_threshold_alone(bench: Any) -> None:
    from adn.northbound.alarms import ProbableCause

    world = bench.world(lambda at, name, kpi: 0.0)
    world.send(100 * SECOND, bench.losses(90 * SECOND, HURT, 0.5, 3))
    world.send(700 * SECOND, bench.alarm(1, "A>B", 699 * SECOND, ProbableCause.THRESHOLD_CROSSED))
    loop = ClosedLoop(bench.briefing(AutonomyLevel.L4), StandInLocator(), StandInPlanner([]))
    sent = world.play(loop, 20 * MINUTE)
    assert bench.records(sent, "incident.opened") == []


def test_the_real_locator_and_planner_find_and_plan_for_the_cut(bench: Any) -> None:
    world: Any = None

    def reading(at: Millis, name: str, kpi: str) -> float:
        if kpi == "rate":
            return 1e9
        changed = [t for t, c in world.done if c.purpose == "mitigate"]
        bad = kpi == "loss" and at > CUT_AT and name in HURT and not changed
        return 0.3 if bad else 0.0 if kpi == "loss" else 10.0

    world = bench.world(reading, durations={"splice-fibre": 30 * MINUTE}, measurements=MEASURED)
    for i, name in enumerate(("A>B", "B>A", "A~B"), start=1):
        world.send(CUT_AT + 2 * SECOND + i * 100, bench.alarm(i, name, CUT_AT + i))
    world.send(CUT_AT + 12 * SECOND, bench.losses(CUT_AT + 10 * SECOND, HURT, 0.3, 1))
    loop = ClosedLoop(bench.briefing(AutonomyLevel.L5))
    sent = world.play(loop, 20 * MINUTE)
    located = bench.records(sent, "incident.located")[-1]
    assert located.data["suspects"][0][0] in ("duct:A~B", "A~B")


def test_equal_post_gives_equal_messages(bench: Any, cured: Story) -> None:
    again = story(bench, [steer("mitigate", "C>B"), SPLICE], helps=(1, 2))
    assert again.sent == cured.sent


def test_an_idle_loop_asks_for_nothing_after_its_controls_are_set(bench: Any) -> None:
    loop = ClosedLoop(bench.briefing(AutonomyLevel.L4), StandInLocator(), StandInPlanner([]))
    world = bench.world(lambda at, name, kpi: 0.0)
    world.play(loop, 10 * MINUTE)
    assert loop.next_event() == NEVER
