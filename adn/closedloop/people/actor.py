"""The one door to everyone who can be handed work: a modelled engineer, a recording, a person.

Whatever passes it is plain: texts, numbers, lists and maps, so that it can cross a pipe, be shown
on a screen and be written into a file.

| task | content of the answer |
|---|---|
| C collection | ``noticed``: which of the signals that were there |
| D filtering | ``alarms``: ids of those that matter |
| E recognition | ``go``: whether this is an incident |
| F prediction | ``expected``: [object, KPI, after how many seconds] |
| G demarcation | ``domain``, ``probability`` |
| H root cause | ``suspects``: [object, problem class, probability, severity, reasons] |
| I recovery | ``choice``: number of the plan chosen of those offered, or null; or an own ``plan`` |
| J determination | ``go``, ``reason`` |
| K execution | nothing; of a crew, ``look``: it found nothing, and sets out once more |
| V verification | ``fixed`` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from adn.base.clock import Millis
from adn.closedloop.incident import IncidentSnapshot

Verdict = Literal["done", "approve", "modify", "reject", "escalate", "look"]
Role = Literal["front-office", "back-office", "expert", "duty-lead", "field"]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of work, as it lies before whoever does it.

    Attributes:
        id: ``WRK-0001``.
        task: Letter of the task.
        role: Which desk it was handed to.
        person: Who took it, ``back-office-1``.
        now: The present instant, simulated ms.
        incident: What it is about, if about an incident.
        suggestion: The system's answer, where the task is shared and the system has one.
        choices: What there is to choose from, where that is the question.
        sees: What else lies on the table.
        looks: How often the person has looked again.
        attempt: How often this was asked before on the same incident.
        laid_down: How often it was laid down before it was done.
        resumes: Why it was laid down, when it is only asked how long it takes to come back to it.
        hands: Who had it before this person, where it was handed over at a change of shift.
    """

    id: str
    task: str
    role: Role
    person: str
    now: Millis
    incident: IncidentSnapshot | None = None
    suggestion: Mapping[str, Any] | None = None
    choices: tuple[Any, ...] = ()
    sees: Mapping[str, Any] = field(default_factory=dict)
    looks: int = 0
    attempt: int = 0
    laid_down: int = 0
    resumes: Literal["", "interruption", "shift"] = ""
    hands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody says to a piece of work.

    Attributes:
        verdict: ``done`` where there was nothing to review; ``approve``, ``modify`` or ``reject``
            of a suggestion; ``escalate`` to hand it on; ``look`` to be asked again after `took`,
            with what is known then and the answers to the probes in ``content["probes"]``.
        content: The answer, as the task has it; empty for what was approved as it stands.
        took: How long it took, simulated ms.
        note: Why, in words.
    """

    verdict: Verdict
    content: Mapping[str, Any] = field(default_factory=dict)
    took: Millis = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """A reply as `replies.jsonl` keeps it, one line each, in the order in which they were given."""

    work: str
    verdict: Verdict
    content: Mapping[str, Any]
    took: Millis
    note: str = ""


class Actor(Protocol):
    """Anyone who can be handed work."""

    def ask(self, item: WorkItem) -> Reply:
        """Return what they say to it; the caller lets `took` pass before it counts."""
        ...
