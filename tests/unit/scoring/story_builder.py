"""A small builder of synthetic runs: only the records a test is about need be named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adn.base.records import Record, chained, log_digest
from adn.scoring import Scorecard, score_records
from adn.scoring.log import RunLog, as_logged

END_S = 3600.0
CUT = ("duct-A-B", "fibre-loss")


def ms(at_s: float) -> int:
    return round(at_s * 1000)


class Run:
    """Collects records in any order; they are sorted by time when they are used."""

    def __init__(self, *, end_s: float = END_S, services: int = 10) -> None:
        self.end_s = end_s
        self.services = services
        self.public: list[Record] = []
        self.secret: list[Record] = []
        self.extra: dict[str, Any] = {}

    # --- truth ---
    def fault(
        self,
        at_s: float = 600.0,
        *,
        name: str = "FLT-0001",
        kind: str = "fibre-cut",
        target: str = CUT[0],
        problem: str = CUT[1],
        domain: str = "optical",
        equivalent: Sequence[tuple[str, str]] = (),
        objects: Sequence[str] = ("A~B",),
        visible_s: float | None = None,
        out: Sequence[str] = ("svc-1", "svc-2"),
        restored_s: float | None = None,
        cause: str = "command CMD-0001",
        cleared_s: float | None = None,
        cleared_by: str = "self",
        reference: tuple[bool | None, bool | None] | None = (False, True),
    ) -> Run:
        planned = {
            "fault": kind,
            "class": problem,
            "domain": domain,
            "at_s": at_s,
            "params": {},
            "equivalent": [list(row) for row in equivalent],
        }
        self.true(0.0, "fault.planned", name, ref={"target": target}, data=planned)
        self.true(
            at_s,
            "fault.onset",
            name,
            ref={"target": target, "objects": list(objects)},
            data={"impairments": 1},
        )
        if visible_s is not None:
            self.true(visible_s, "fault.visible", name, data={"via": "alarm"})
        if out:
            self.impact(at_s, out=out, cause="fault", name=name)
        if restored_s is not None:
            self.impact(restored_s, back=out, cause=cause, name=name)
        if cleared_s is not None:
            self.true(cleared_s, "fault.cleared", name, data={"by": cleared_by, "field": False})
        if reference is not None:
            healed, restorable = reference
            self.true(
                self.end_s,
                "fault.reference",
                name,
                data={"self_healed": healed, "restorable": restorable},
            )
        return self

    def impact(
        self,
        at_s: float,
        *,
        out: Sequence[str] = (),
        back: Sequence[str] = (),
        cause: str = "fault",
        name: str = "FLT-0001",
    ) -> Run:
        data = {"out": list(out), "back": list(back), "cause": cause}
        return self.true(at_s, "fault.impact", name, data=data)

    def state(self, at_s: float, **changed: Sequence[str]) -> Run:
        data = {state: list(changed.get(state, ())) for state in ("ok", "degraded", "down")}
        return self.true(at_s, "service.state", data=data)

    def effect(self, name: str, **flags: bool) -> Run:
        keys = ("applied", "renewed", "helped", "harmed", "field")
        data = {key: flags.get(key, key == "applied") for key in keys}
        return self.true(self.end_s, "command.effect", name, data=data)

    def took_effect(self, at_s: float, name: str, *, harmed: bool = False) -> Run:
        data = {"applied": True, "renewed": False, "helped": False, "harmed": harmed}
        return self.true(at_s, "command.effect", name, data=data | {"field": False})

    def true(
        self,
        at_s: float,
        kind: str,
        name: str = "",
        *,
        ref: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Run:
        src = "faults" if kind.startswith("fault") else "twin"
        self.secret.append(Record(ms(at_s), kind, src, name, ref=ref or {}, data=data or {}))
        return self

    # --- events ---
    def alarm(
        self,
        at_s: float,
        name: str,
        *,
        fault: str | None = "FLT-0001",
        root: bool = False,
        received: bool = True,
    ) -> Run:
        data = {
            "event_type": "communicationsAlarm",
            "probable_cause": "lossOfSignal",
            "perceived_severity": "critical",
            "event_time_s": at_s,
        }
        if received:
            self.seen(at_s, "alarm.raised", name, src="twin", ref={"object": "A>B"}, data=data)
        return self.true(at_s, "alarm.cause", name, data={"fault": fault, "root": root})

    def opened(
        self,
        at_s: float,
        name: str = "INC-0001",
        *,
        objects: Sequence[str] = ("A~B",),
        services: Sequence[str] = ("svc-1", "svc-2"),
        by: str = "system",
    ) -> Run:
        ref = {"evidence": ["ALM-000001"], "objects": list(objects), "services": list(services)}
        data = {"started_s": at_s, "severity": "critical"}
        return self.did("E", at_s, "incident.opened", name, by=by, ref=ref, data=data)

    def updated(self, at_s: float, name: str = "INC-0001", *, objects: Sequence[str] = ()) -> Run:
        ref = {"objects": list(objects), "services": [], "evidence": []}
        return self.seen(at_s, "incident.updated", name, ref=ref)

    def merged(self, at_s: float, name: str, into: str) -> Run:
        return self.seen(at_s, "incident.merged", name, ref={"into": into})

    def located(
        self,
        at_s: float,
        *suspects: tuple[str, str],
        incident: str = "INC-0001",
        by: str = "system",
    ) -> Run:
        rows = [
            [name, problem, 0.9 / (place + 1)] for place, (name, problem) in enumerate(suspects)
        ]
        data = {"started_s": at_s, "suspects": rows, "because": ["ALM-000001"]}
        ref = {"incident": incident}
        return self.did("H", at_s, "incident.located", by=by, ref=ref, data=data)

    def command(
        self,
        at_s: float,
        name: str = "CMD-0001",
        *,
        finished_s: float | None = None,
        kind: str = "steer-services",
        purpose: str = "mitigate",
        plan: str = "PLN-0001",
    ) -> Run:
        data = {"kind": kind, "target": "A", "params": {}, "purpose": purpose}
        ref = {"incident": "INC-0001", "plan": plan}
        self.seen(at_s, "command.submitted", name, ref=ref, data=data)
        if finished_s is not None:
            data = {"ok": True, "message": "", "finished_s": finished_s}
            self.seen(finished_s, "command.finished", name, src="twin", data=data)
        return self

    def plan(
        self,
        at_s: float,
        name: str = "PLN-0001",
        *,
        purpose: str = "mitigate",
        verdict: str = "allowed",
        commands: Sequence[str] = ("CMD-0001",),
        as_planned: bool = True,
        without: int = 2,
        outside: int = 0,
        restores: bool = True,
        harms: bool = False,
        proposed_by: str = "system",
        decided_by: str = "system",
        executed_s: float | None = None,
    ) -> Run:
        ref = {"incident": "INC-0001", "plan": name}
        judged = {
            "outside_without": without,
            "outside_with": outside,
            "restores": restores,
            "harms": harms,
        }
        self.true(at_s, "plan.judged", name, data=judged)
        data: dict[str, Any] = {
            "started_s": at_s,
            "purpose": purpose,
            "steps": 1,
            "expected": 2,
            "candidates": 3,
        }
        self.did("I", at_s, "plan.proposed", name, by=proposed_by, ref=ref, data=data)
        data = {"started_s": at_s, "verdict": verdict, "risk": "low", "reason": ""}
        self.did("J", at_s, "plan.decided", by=decided_by, ref=ref, data=data)
        if executed_s is not None:
            ref = {**ref, "commands": list(commands)}
            data = {"started_s": at_s, "as_planned": as_planned}
            self.did("K", executed_s, "plan.executed", ref=ref, data=data)
        return self

    def status(self, at_s: float, status: str, incident: str = "INC-0001") -> Run:
        return self.seen(at_s, "incident.status", incident, data={"status": status})

    def filtered(self, at_s: float, *shown: str, incident: str = "INC-0001") -> Run:
        data = {"started_s": at_s, "raw": 5, "shown": list(shown)}
        return self.did("D", at_s, "alarms.filtered", ref={"incident": incident}, data=data)

    def demarcated(self, at_s: float, domain: str) -> Run:
        data = {"started_s": at_s, "domain": domain, "probability": 0.9}
        return self.did("G", at_s, "incident.demarcated", ref={"incident": "INC-0001"}, data=data)

    def verified(self, at_s: float, fixed: bool) -> Run:
        data = {"started_s": at_s, "fixed": fixed, "outside": 0}
        return self.did("V", at_s, "service.verified", ref={"incident": "INC-0001"}, data=data)

    def asked(
        self,
        task: str,
        at_s: float,
        name: str = "WRK-0001",
        *,
        queued_s: float | None = None,
        by: str = "human",
        role: str = "duty-lead",
        verdict: str = "approve",
        suggested: bool = True,
        took_s: float = 30.0,
        waited_s: float = 0.0,
    ) -> Run:
        ref = {"incident": "INC-0001"}
        data: dict[str, Any] = {"task": task, "role": role}
        before = at_s if queued_s is None else queued_s
        more = {"priority": 0, "suggested": suggested}
        self.seen(before, "work.queued", name, ref=ref, data=data | more)
        data |= {"verdict": verdict, "took_s": took_s, "waited_s": waited_s}
        self.public.append(Record(ms(at_s), "work.replied", "loop", name, "", by, ref, data))
        return self

    def did(
        self,
        task: str,
        at_s: float,
        kind: str,
        name: str = "",
        *,
        by: str = "system",
        ref: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Run:
        self.public.append(Record(ms(at_s), kind, "loop", name, task, by, ref or {}, data or {}))
        return self

    def seen(
        self,
        at_s: float,
        kind: str,
        name: str = "",
        *,
        src: str = "loop",
        ref: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Run:
        self.public.append(Record(ms(at_s), kind, src, name, ref=ref or {}, data=data or {}))
        return self

    # --- results ---
    def events(self) -> list[Record]:
        data = {"level": "L4", "duration_s": self.end_s, "warmup_s": 300.0}
        began = Record(0, "run.started", "session", data=data)
        ended = Record(ms(self.end_s), "run.ended", "session")
        return [began, *sorted(self.public, key=lambda record: record.at), ended]

    def truth(self) -> list[Record]:
        data = {"services": self.services, "duration_s": self.end_s}
        sealed = Record(ms(self.end_s), "truth.sealed", "session", data=data)
        return [*sorted(self.secret, key=lambda record: record.at), sealed]

    def manifest(self) -> dict[str, Any]:
        return {
            "scenario": "small-cut@1",
            "level": "L4",
            "seed": 7,
            "digest": "",
            "targets": {},
            "timings_assumed": 2,
            "simulated_s": self.end_s,
            **self.extra,
        }

    def log(self) -> RunLog:
        return RunLog(self.manifest(), as_logged(self.events()), as_logged(self.truth()))

    def score(self) -> Scorecard:
        return score_records(self.events(), self.truth(), self.manifest())

    def one(self) -> dict[str, Any]:
        """Return the JSON of the only fault."""
        (fault,) = self.score().as_json()["faults"]
        return dict(fault)

    def write(self, folder: Path) -> Path:
        """Write the run as a folder whose digest is right."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = {
            "events.jsonl": chained(self.events()),
            "truth.jsonl": chained(self.truth()),
        }
        for name, rows in lines.items():
            (folder / name).write_bytes(b"".join(rows))
        digest = log_digest([*lines["events.jsonl"], *lines["truth.jsonl"]])
        manifest = {**self.manifest(), "digest": digest}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder


def good_run() -> Run:
    """Return a run in which one cut is detected, located and restored in time by a command."""
    run = Run()
    run.fault(600.0, restored_s=700.1, cleared_s=3000.0, cleared_by="CMD-0002")
    run.state(600.0, degraded=["svc-1", "svc-2"]).state(700.1, ok=["svc-1", "svc-2"])
    run.alarm(602.0, "ALM-000001", root=True).alarm(603.0, "ALM-000002")
    run.opened(614.2).filtered(614.2, "ALM-000001").demarcated(620.0, "optical")
    run.located(652.9, CUT)
    run.plan(653.0, executed_s=700.0).command(660.0, finished_s=700.0)
    run.effect("CMD-0001", helped=True)
    run.verified(730.0, fixed=True)
    run.command(
        740.0, "CMD-0002", finished_s=3000.0, kind="splice-fibre", purpose="repair", plan="PLN-0002"
    )
    run.effect("CMD-0002", renewed=True, field=True)
    return run


def kept_watch(run: Run, *, every_s: float = 900.0) -> Run:
    """Add what the system does all the time: control, collection, evaluation, looking ahead."""
    data: dict[str, Any] = {"started_s": 0.0, "setting": "limits", "author": "derived", "value": {}}
    run.did("A", 0.0, "control.set", data=data)
    start = 0.0
    while start + every_s < run.end_s:
        end = start + every_s
        span = {"table": "service", "from_s": start, "to_s": end}
        rolled_up = {**span, "complete": 1.0, "digest": ""}
        run.seen(end, "rollup.received", src="collector", data=rolled_up)
        data = {
            "started_s": start,
            "table": "service",
            "complete": 1.0,
            "kpis": ["loss", "latency"],
        }
        run.did("C", end, "data.collected", data=data)
        data = {"started_s": end, **span, "services": 10, "within": 10, "outside": []}
        run.did("B", end, "intent.evaluated", data=data)
        data = {"started_s": end, **span, "horizon_s": 3600.0, "expected": []}
        run.did("F", end, "prediction.made", ref={"objects": []}, data=data)
        start = end
    return run


def whole_run() -> Run:
    """Return the good run with everything that a whole chain of evidence has."""
    run = kept_watch(good_run())
    run.status(652.9, "located").status(730.0, "restored")
    run.plan(735.0, "PLN-0002", purpose="repair", commands=["CMD-0002"], executed_s=3000.0)
    run.verified(3040.0, fixed=True).status(3040.0, "closed")
    data = {"started_s": 3040.0, "from_s": 2700.0, "to_s": 3040.0, "services": 10, "within": 10}
    ref = {"incident": "INC-0001"}
    return run.did("B", 3040.0, "intent.evaluated", ref=ref, data=data | {"outside": []})
