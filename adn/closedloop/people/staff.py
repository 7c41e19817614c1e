"""The staff: which desk a task goes to, what is put on it, and what its answer means."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from simpy.events import Event

from adn.base.levels import Task
from adn.closedloop.incident import Incident, IncidentSnapshot
from adn.closedloop.locating import Diagnosis
from adn.closedloop.people.actor import Reply, Role, WorkItem
from adn.closedloop.people.desks import Desks, Probing, Request, Table
from adn.closedloop.people.plain import (
    of_diagnosis,
    of_plan,
    plain,
    to_diagnosis,
    to_plan,
)
from adn.closedloop.people.tools import DeskTools
from adn.closedloop.performing import People
from adn.closedloop.planning import Plan
from adn.northbound.commands import Command
from adn.northbound.post import Ticket

Asked = Generator[Event, Any, tuple[Any, tuple[str, ...]]]
Eligible = Callable[[Sequence[Plan]], Sequence[Plan]]


class Staff:
    """Everyone who can be asked.

    Args:
        desks: Where work queues.
        tools: What lies on every desk.
    """

    def __init__(self, desks: Desks, tools: DeskTools) -> None:
        self._desks, self._tools = desks, tools

    # --- front office ---

    def polled(self, signals: Callable[[], Sequence[tuple[str, ...]]]) -> People[Sequence[str]]:
        """Return how the screens are looked at: C, answered by the signs noticed.

        Args:
            signals: Gives name, kind, object and what is odd of it, of what there is to notice when
                the eyes reach it.
        """

        def ask(suggestion: Sequence[str] | None) -> Asked:
            def present(item: WorkItem) -> Table:
                del item
                there = [list(row) for row in signals()]
                return (), {"signals": there, "count": len(there)}

            said = None if suggestion is None else {"noticed": list(suggestion)}
            request = Request(Task.DATA_COLLECTION, "front-office", None, said, present)
            reply, work = yield from self._desks.ask(request)
            return tuple(str(name) for name in reply.content["noticed"]), (work,)

        return ask

    def called(self, ticket: Ticket, before: Callable[[], int], known: Callable[[], bool]) -> Asked:
        """Have a customer's call taken; answered by whether it is reason for an incident.

        Args:
            ticket: What the customer says.
            before: Gives how many have complained of the same service lately.
            known: Tells whether an open incident is about it.
        """

        def present(item: WorkItem) -> Table:
            del item
            said = {"service": ticket.service, "site": ticket.site, "says": ticket.description}
            return (), {"call": said, "before": before(), "known": known()}

        request = Request(Task.FAULT_RECOGNITION, "front-office", None, None, present)
        reply, work = yield from self._desks.ask(request)
        return bool(reply.content["go"]), (work,)

    def recognised(self, incident: Incident) -> People[bool]:
        """Return how a page is taken, or a ticket written: E, answered by whether it is one."""
        return self._go(Task.FAULT_RECOGNITION, "front-office", incident)

    def filtered(self, incident: Incident, alarms: Sequence[str], new: int) -> People[Any]:
        """Return how alarms are read: D, answered by those that matter."""

        def ask(suggestion: Sequence[str] | None) -> Asked:
            said = None if suggestion is None else {"alarms": list(suggestion)}
            reply, work = yield from self._ask(
                Task.ALARM_FILTERING,
                "front-office",
                incident,
                said,
                {"alarms": list(alarms), "count": new},
            )
            approved = suggestion is not None and reply.verdict == "approve"
            held = suggestion if approved else reply.content["alarms"]
            return tuple(held or ()), (work,)

        return ask

    def demarcated(self, incident: Incident) -> People[tuple[str, float]]:
        """Return how the domain is found: G."""

        def ask(suggestion: tuple[str, float] | None) -> Asked:
            said = None
            if suggestion is not None:
                said = {"domain": suggestion[0], "probability": suggestion[1]}
            request = Request(
                Task.DEMARCATION, "front-office", incident.snapshot, said, self._diagnosing([])
            )
            reply, work = yield from self._desks.ask(request)
            if suggestion is not None and reply.verdict == "approve":
                return suggestion, (work,)
            found = str(reply.content["domain"]), float(reply.content["probability"])
            return found, (work,)

        return ask

    # --- back office, or an expert ---

    def located(self, incident: Incident, probe: Probing) -> People[Diagnosis]:
        """Return how the cause is found: H; an expert goes on where the back office gives up."""

        def ask(suggestion: Diagnosis | None) -> Asked:
            said = None if suggestion is None else of_diagnosis(suggestion)
            works: list[str] = []
            own: list[Diagnosis] = []
            while True:
                role, shown = second_line(incident), self._diagnosing(own)
                request = Request(Task.ROOT_CAUSE, role, incident.snapshot, said, shown, probe)
                reply, work = yield from self._desks.ask(request)
                works.append(work)
                if reply.verdict != "escalate" or incident.handed_over:
                    break
                incident.handed_over = True
            if suggestion is not None and reply.verdict == "approve":
                return suggestion, tuple(works)
            return to_diagnosis(reply.content, own[-1]), tuple(works)

        return ask

    def planned(
        self,
        incident: Incident,
        diagnosis: Diagnosis,
        excluded: frozenset[str],
        eligible: Eligible,
    ) -> People[Plan | None]:
        """Return how something to do is found: I, a choice of what planning offers."""
        offered: list[Plan] = []
        role = second_line(incident)

        def present(item: WorkItem) -> Table:
            if not item.looks:
                return (), {}
            plans = self._tools.plans(item, diagnosis, excluded)
            offered[:] = eligible(plans)
            return tuple(of_plan(plan) for plan in offered), {}

        def ask(suggestion: Plan | None) -> Asked:
            said = None if suggestion is None else of_plan(suggestion)
            request = Request(Task.RECOVERY_ANALYSIS, role, incident.snapshot, said, present)
            reply, work = yield from self._desks.ask(request)
            if suggestion is not None and reply.verdict == "approve":
                return suggestion, (work,)
            if "plan" in reply.content:
                return to_plan(reply.content["plan"]), (work,)
            choice = reply.content.get("choice")
            return None if choice is None else offered[int(choice)], (work,)

        return ask

    def executed(
        self, incident: Incident, commands: Sequence[Command]
    ) -> People[Sequence[Command]]:
        """Return how commands are typed in, or the scripts started that do: K."""

        def ask(suggestion: Sequence[Command] | None) -> Asked:
            listed = [[c.kind, c.target, plain(c.params)] for c in commands]
            said = None if suggestion is None else {"commands": listed}
            sees = {"commands": listed, "count": len(listed)}
            role = second_line(incident)
            _, work = yield from self._ask(Task.EXECUTION, role, incident, said, sees)
            return commands, (work,)

        return ask

    def verified(self, incident: Incident, fixed: bool, outside: Sequence[str]) -> People[bool]:
        """Return how service is checked by hand: V."""

        def ask(suggestion: bool | None) -> Asked:
            said = None if suggestion is None else {"fixed": suggestion}
            sees = {"fixed": fixed, "outside": list(outside)}
            role = second_line(incident)
            reply, work = yield from self._ask(Task.VERIFICATION, role, incident, said, sees)
            if suggestion is not None and reply.verdict == "approve":
                return suggestion, (work,)
            return bool(reply.content["fixed"]), (work,)

        return ask

    # --- duty lead ---

    def decided(
        self, incident: Incident, plan: Plan, allowed: bool, reason: str
    ) -> People[tuple[bool, str]]:
        """Return how a change is approved: J; an expert who has taken over decides alone."""

        def ask(suggestion: tuple[bool, str] | None) -> Asked:
            said = None if suggestion is None else {"go": suggestion[0], "reason": suggestion[1]}
            sees = {"allowed": allowed, "reason": reason, "plan": of_plan(plan)}
            role: Role = "expert" if incident.handed_over else "duty-lead"
            reply, work = yield from self._ask(Task.DETERMINATION, role, incident, said, sees)
            if suggestion is not None and reply.verdict == "approve":
                return suggestion, (work,)
            go = bool(reply.content["go"])
            return (go, str(reply.content.get("reason", reply.note))), (work,)

        return ask

    def evaluated(self, answer: Any, incident: IncidentSnapshot | None = None) -> People[Any]:
        """Return how promises are looked after: B, the same figures read by a person."""
        return self._read(Task.INTENT_EVALUATION, "duty-lead", answer, incident)

    def foreseen(self, answer: Any) -> People[Any]:
        """Return how trends are read: F, the same curves followed by eye."""
        return self._read(Task.FAULT_PREDICTION, "back-office", answer, None)

    # --- small things ---

    def _diagnosing(self, own: list[Diagnosis]) -> Callable[[WorkItem], Table]:
        """Return what lays a diagnosis on the table once someone has looked; `own` keeps it."""

        def present(item: WorkItem) -> Table:
            if not item.looks:
                return (), {}
            own[:] = [self._tools.diagnose(item)]
            return (), of_diagnosis(own[0])

        return present

    def _read(
        self, task: Task, role: Role, answer: Any, incident: IncidentSnapshot | None
    ) -> People[Any]:
        def ask(suggestion: Any) -> Asked:
            said: Mapping[str, Any] | None = None if suggestion is None else {}
            about = None if incident is None else lambda: incident
            _, work = yield from self._desks.ask(Request(task, role, about, said))
            return answer, (work,)

        return ask

    def _go(self, task: Task, role: Role, incident: Incident) -> People[bool]:
        def ask(suggestion: bool | None) -> Asked:
            said = None if suggestion is None else {"go": suggestion}
            reply, work = yield from self._ask(task, role, incident, said)
            approved = reply.verdict in ("approve", "done") and reply.content.get("go", True)
            return bool(approved), (work,)

        return ask

    def _ask(
        self,
        task: Task,
        role: Role,
        incident: Incident,
        suggestion: Mapping[str, Any] | None,
        sees: Mapping[str, Any] | None = None,
    ) -> Generator[Event, Any, tuple[Reply, str]]:
        def present(item: WorkItem) -> Table:
            del item
            return (), sees or {}

        request = Request(task, role, incident.snapshot, suggestion, present)
        answer: tuple[Reply, str] = yield from self._desks.ask(request)
        return answer


def second_line(incident: Incident) -> Role:
    """Return who works on an incident behind the front office."""
    return "expert" if incident.handed_over else "back-office"
