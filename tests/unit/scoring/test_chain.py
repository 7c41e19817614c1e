"""The chain of evidence: whole where every deed has its reasons, broken at each missing link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from story_builder import Run, good_run, kept_watch, whole_run

from adn.base.records import Record
from adn.scoring.chain import MOST_BREAKS, broken
from adn.scoring.log import RunLog


def thinned(log: RunLog, drop: Callable[[Record], bool]) -> RunLog:
    return replace(log, events=tuple(record for record in log.events if not drop(record)))


def without(kind: str, name: str = "") -> tuple[str, ...]:
    """Return what is said of the whole run without its first record of a kind."""
    log = whole_run().log()
    gone = next(r for r in log.kind(kind) if not name or name in (r.id, r.ref.get("plan")))
    return broken(thinned(log, lambda record: record is gone))


def test_a_run_in_which_all_was_done_in_order_is_whole() -> None:
    assert broken(whole_run().log()) == ()


def test_a_run_in_which_nobody_did_anything_is_whole() -> None:
    assert broken(Run().fault(600.0).alarm(601.0, "ALM-1", root=True).log()) == ()


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("run.started", "", "the log does not begin with the begin of the run"),
        ("run.ended", "", "the run did not end: the log stops half-way"),
        ("control.set", "", "control information was not set before anything else (A)"),
        (
            "intent.evaluated",
            "",
            "promises were not evaluated for 0:00:00.0 to 0:15:00.0 (B)",
        ),
        (
            "data.collected",
            "",
            "the service roll-up of 0:00:00.0 to 0:15:00.0 was not collected (C)",
        ),
        (
            "alarms.filtered",
            "",
            "PLN-0001 was proposed before the alarms of INC-0001 were filtered (D)",
        ),
        (
            "incident.opened",
            "",
            "alarms.filtered at 0:10:14.2 is about INC-0001, which had not been recognised (E)",
        ),
        ("prediction.made", "", "nobody looked ahead for 0:00:00.0 to 0:15:00.0 (F)"),
        ("incident.demarcated", "", "PLN-0001 was proposed before INC-0001 was demarcated (G)"),
        ("incident.located", "", "PLN-0001 was proposed before INC-0001 was located (H)"),
        ("plan.proposed", "", "PLN-0001 was decided on without having been proposed (I)"),
        (
            "plan.decided",
            "",
            "CMD-0001 at 0:11:00.0 carried out PLN-0001, which had not been decided on (J)",
        ),
        ("plan.executed", "", "the execution of PLN-0001 was never reported (K)"),
        ("plan.executed", "PLN-0002", "the execution of PLN-0002 was never reported (K)"),
        (
            "service.verified",
            "",
            "INC-0001 was called restored without having been verified (V)",
        ),
        ("command.submitted", "", "PLN-0001 was executed by CMD-0001, which was never sent"),
    ],
)
def test_a_missing_link_is_named(kind: str, name: str, says: str) -> None:
    assert without(kind, name)[0] == says


def test_every_piece_of_evidence_is_missed() -> None:
    """Whichever of them is gone, the chain does not hold."""
    log = whole_run().log()
    for gone in [record for record in log.events if record.task]:
        assert broken(thinned(log, lambda record, gone=gone: record is gone)), gone


def test_evidence_in_another_order_breaks_the_chain() -> None:
    """What was decided before it was proposed was never decided on that proposal."""
    log = whole_run().log()
    places = {record.kind: place for place, record in reversed(list(enumerate(log.events)))}
    for first, second in (
        ("incident.opened", "alarms.filtered"),
        ("incident.located", "plan.proposed"),
        ("plan.proposed", "plan.decided"),
        ("plan.decided", "command.submitted"),
        ("control.set", "data.collected"),
    ):
        events = list(log.events)
        one, other = places[first], places[second]
        events[one], events[other] = events[other], events[one]
        assert broken(replace(log, events=tuple(events))), (first, second)


def test_time_may_not_run_backwards() -> None:
    log = whole_run().log()
    events = (*log.events[:-2], replace(log.events[-2], at=0), log.events[-1])
    assert "stands after what happened later" in broken(replace(log, events=events))[0]


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_a_run_that_was_killed_half_way_is_not_whole(share: float) -> None:
    log = whole_run().log()
    cut = replace(log, events=log.events[: round(share * len(log.events))])
    assert "the run did not end: the log stops half-way" in broken(cut)


def test_numbered_evidence_has_no_gap() -> None:
    """What was lost on its way to the log is missed, though nothing else hints at it."""
    log = whole_run().log()
    numbers = iter(range(1, 1000))
    events = tuple(
        replace(record, data={**record.data, "nth": next(numbers)}) if record.task else record
        for record in log.events
    )
    assert broken(replace(log, events=events)) == ()
    located = next(record for record in events if record.kind == "incident.located")
    lost = thinned(replace(log, events=events), lambda record: record is located)
    assert broken(lost)[0] == "evidence 5 is missing: PLN-0001 at 0:10:53.0 is 6"
    unnumbered = replace(located, data={**located.data, "nth": 0})
    events = tuple(unnumbered if record is located else record for record in events)
    assert broken(replace(log, events=events)) == (
        "evidence 5 is missing: incident.located at 0:10:52.9 is not numbered",
    )


# --- deeds ---


def acted(**plan: object) -> Run:
    run = kept_watch(Run()).opened(610.0).filtered(611.0, "ALM-1").demarcated(612.0, "optical")
    return run.located(613.0, ("A~B", "link-down")).plan(620.0, **plan)


def test_a_refused_plan_may_not_be_carried_out() -> None:
    run = acted(verdict="reject", executed_s=640.0).command(630.0, finished_s=640.0)
    assert broken(run.log()) == (
        "CMD-0001 at 0:10:30.0 carried out PLN-0001, which had been refused (J)",
    )
    assert broken(acted(verdict="reject").log()) == ()


def test_a_command_that_belongs_to_no_plan_is_told_and_a_probe_is_not() -> None:
    run = kept_watch(Run()).opened(610.0).command(630.0, plan="", purpose="probe")
    assert broken(run.log()) == ()
    run.command(631.0, "CMD-0002", plan="", purpose="mitigate")
    assert broken(run.log()) == ("CMD-0002 at 0:10:31.0 changed the network on no plan",)


def test_a_probe_that_changes_the_network_is_no_probe() -> None:
    run = kept_watch(Run()).opened(610.0).command(630.0, plan="", purpose="probe")
    run.effect("CMD-0001", applied=True)
    assert broken(run.log()) == ("CMD-0001 at 0:10:30.0 changed the network on no plan",)


def test_what_the_end_of_the_run_cut_short_is_not_missing() -> None:
    """A command without an answer, a crew that had not set out, a decision nobody came to."""
    assert broken(acted().command(630.0).log()) == ()
    waiting = acted().command(630.0, finished_s=640.0)
    assert broken(waiting.log()) == ("the execution of PLN-0001 was never reported (K)",)
    ref = {"incident": "INC-0001", "command": "CMD-0002"}
    data = {"task": "K", "role": "field", "priority": 0}
    waiting.seen(630.0, "work.queued", "FLD-0001", ref=ref, data=data)
    assert broken(waiting.log()) == ()


def test_a_plan_that_nobody_decided_on_is_told_unless_it_still_lies_on_a_desk() -> None:
    run = acted()
    run.public = [record for record in run.public if record.kind != "plan.decided"]
    assert broken(run.log()) == ("PLN-0001 was proposed and never decided on (J)",)
    data = {"task": "J", "role": "duty-lead", "priority": 0}
    run.seen(620.0, "work.queued", "WRK-0001", ref={"incident": "INC-0001"}, data=data)
    assert broken(run.log()) == ()


def test_an_incident_may_not_be_closed_on_the_word_from_before_its_repair() -> None:
    assert without("intent.evaluated") != ()
    log = whole_run().log()
    last = list(log.kind("service.verified"))[-1]
    assert broken(thinned(log, lambda record: record is last)) == (
        "INC-0001 was closed without having been verified (V)",
    )


def test_whoever_keeps_no_evidence_is_told_the_first_breaks_only() -> None:
    run = Run()
    for number in range(30):
        run.command(600.0 + number, f"CMD-{number:04d}", plan="")
    found = broken(run.log())
    assert len(found) == MOST_BREAKS + 1
    assert found[-1].endswith(" more breaks")


# --- watch kept by people ---


def people_watch(run: Run, looks: list[float], evaluations: list[float]) -> Run:
    """Add what people do where nobody helps them, and roll-ups that only the log sees."""
    data = {"started_s": 0.0, "setting": "limits", "author": "person", "value": {}}
    run.did("A", 0.0, "control.set", by="human", data=data)
    for look in looks:
        data = {"started_s": look, "table": "alarms", "complete": 1.0, "kpis": []}
        run.did("C", look + 60.0, "data.collected", by="human", data=data)
    for end in [900.0 * n for n in range(1, int(run.end_s // 900))]:
        span = {"table": "service", "from_s": end - 900.0, "to_s": end}
        data = {**span, "complete": 1.0, "digest": ""}
        run.seen(end, "rollup.received", src="collector", data=data)
        if end in evaluations:
            data = {"started_s": end, **span, "services": 0, "within": 0, "outside": []}
            run.did("B", end + 120.0, "intent.evaluated", by="human", data=data)
    return run


LOOKS = [300.0 + 900.0 * n for n in range(16)]
EVALUATIONS = [900.0, 4500.0, 9000.0, 12600.0]


def test_people_who_look_at_regular_intervals_leave_no_gap() -> None:
    run = people_watch(Run(end_s=14_400.0), LOOKS, EVALUATIONS)
    assert broken(run.log()) == ()


@pytest.mark.parametrize("missing", LOOKS)
def test_a_look_at_the_screens_that_is_missing_is_told(missing: float) -> None:
    looks = [look for look in LOOKS if look != missing]
    (said,) = broken(people_watch(Run(end_s=14_400.0), looks, EVALUATIONS).log())
    assert said.startswith("nobody looked at the screens at ")


def test_a_look_that_nobody_came_to_before_the_end_is_no_gap() -> None:
    run = people_watch(Run(end_s=14_400.0), LOOKS[:-1], EVALUATIONS)
    data = {"task": "C", "role": "front-office", "priority": 4}
    run.seen(LOOKS[-1], "work.queued", "WRK-0001", ref={"incident": ""}, data=data)
    assert broken(run.log()) == ()


@pytest.mark.parametrize("missing", EVALUATIONS[:-1])
def test_promises_that_people_did_not_look_at_for_hours_are_told(missing: float) -> None:
    kept = [end for end in EVALUATIONS if end != missing]
    (said,) = broken(people_watch(Run(end_s=14_400.0), LOOKS, kept).log())
    assert said.startswith("nobody evaluated promises from ")


def test_data_that_nobody_collected_and_promises_that_nobody_looked_at_are_told() -> None:
    said = broken(people_watch(Run(end_s=14_400.0), [], []).log())
    assert said[0] == "nobody collected data (C)"
    assert said[1].startswith("nobody evaluated promises from ")


def test_the_level_that_is_claimed_is_not_looked_at() -> None:
    run, other = whole_run(), whole_run()
    other.extra["level"] = "L0"
    assert broken(run.log()) == broken(other.log()) == ()
    bare = good_run().log()
    assert broken(bare) == broken(replace(bare, manifest={**bare.manifest, "level": "L0"})) != ()
