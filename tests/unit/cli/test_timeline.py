"""The live timeline: what is said of each record, bursts and batches in one line."""

from __future__ import annotations

from typing import Any

from adn.base.records import Record
from adn.cli.timeline import Timeline


def told(*records: Record) -> list[str]:
    """Return the lines of a timeline, blanks closed up."""
    timeline = Timeline()
    return [" ".join(line.split()) for record in records for line in timeline.lines(record)]


def alarm(at: int, severity: str = "minor") -> Record:
    data = {"perceived_severity": severity, "probable_cause": "lossOfSignal"}
    return Record(at, "alarm.raised", "loop", ref={"object": "A>B"}, data=data)


def plan(name: str, purpose: str, steps: list[Any], verdict: str, risk: str) -> list[Record]:
    """Return a plan, decided."""
    return [
        Record(0, "plan.proposed", "loop", id=name, data={"purpose": purpose, "steps": steps}),
        Record(
            1000,
            "plan.decided",
            "loop",
            ref={"plan": name, "incident": "INC-0001"},
            data={"verdict": verdict, "risk": risk},
        ),
    ]


def test_of_a_storm_the_first_alarm_is_shown_and_the_rest_counted() -> None:
    """What followed within the minute is told with the next line that is no alarm."""
    opened = Record(
        12_000,
        "incident.opened",
        "loop",
        id="INC-0001",
        ref={"objects": ["A>B"], "services": ["s"]},
    )
    assert told(alarm(1000), alarm(2000), alarm(11_000), opened) == [
        "0:00:01.0 alarm minor lossOfSignal A>B",
        "0:00:12.0 alarms + 2 more in 11 s",
        "0:00:12.0 detect INC-0001 A>B 1 service affected so far",
    ]


def test_a_decision_says_what_was_decided() -> None:
    """Steps of one kind are counted, a single one is told with its target."""
    many = plan("PLN-0001", "mitigate", [["limit-services", "A"]] * 3, "approve", "medium")
    field = plan("PLN-0002", "repair", [["splice-fibre", "duct:A~B"]], "refuse", "none")
    assert told(*many, *field) == [
        "0:00:01.0 decide PLN-0001 approve: mitigate by 3 × limit-services, medium risk",
        "0:00:01.0 decide PLN-0002 refuse: repair by splice-fibre duct:A~B, no risk",
    ]


def test_the_commands_of_a_plan_are_one_line() -> None:
    """They are told when the plan has been carried out."""
    orders = [
        Record(
            0,
            "command.submitted",
            "loop",
            id=f"CMD-000{number}",
            ref={"plan": "PLN-0001", "incident": "INC-0001"},
            data={"kind": kind, "target": "A", "params": {}, "purpose": "mitigate"},
        )
        for number, kind in enumerate(["limit-services", "limit-services", "set-link-cost"])
    ]
    done = Record(
        5000,
        "plan.executed",
        "loop",
        ref={"plan": "PLN-0001", "incident": "INC-0001", "commands": []},
        data={"as_planned": False},
    )
    assert told(*orders, done) == [
        "0:00:05.0 execute PLN-0001 2 × limit-services, set-link-cost not as planned"
    ]
