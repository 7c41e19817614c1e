"""The seat of a trainee: an `Actor` that answers with what a front end says.

Every step is a reply of its own, so that the world moves by what the step took, and what was looked
at is shown as it is then. Work of roles that the trainee does not fill goes to modelled colleagues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from adn.base.clock import MINUTE, SECOND, Millis, seconds
from adn.base.levels import Task
from adn.closedloop.people.actor import Reply, Verdict, WorkItem
from adn.closedloop.people.modelled import ModelledActor
from adn.northbound.commands import command_kinds
from adn.topology.naming import closest
from adn.training import answers, looking
from adn.training.frontend import FrontEnd, Move
from adn.training.hinting import GRADES, hint_on
from adn.training.looking import Shown, WrongMoveError
from adn.training.prices import Pacing
from adn.training.screens import Screens
from adn.training.sheets import sheet_of

LONGEST_WAIT: Final[Millis] = 15 * MINUTE
MOST_PROBES: Final = 8
ROUTINE: Final = (Task.INTENT_EVALUATION, Task.FAULT_PREDICTION)
"""Tasks that are done by reading what comes every quarter of an hour."""


@dataclass(slots=True)
class _Work:
    """Work that lies before the trainee.

    Attributes:
        asked: What was looked at and is not shown yet: makes it, once the time has passed.
        hints: How many hints were given.
        handed: Whether a colleague has it.
        told: What was shown last.
    """

    asked: Callable[[WorkItem], Shown] | None = None
    hints: int = 0
    handed: bool = False
    told: Shown | None = None


@dataclass
class Seat:
    """One trainee at the desks of some roles.

    Attributes:
        roles: Whose work is theirs.
        front: Where they sit.
        colleagues: Who does all other work.
        screens: What can be looked at.
        pacing: What their steps cost.
        end: When the run ends, simulated ms.
        targets: The clocks that are to be met, seconds.
        hints: Whether hints are given.
        routine: Whether they are asked about figures and screens on which nothing is new, too;
            else that is done in passing.
        advice: What the drill adds to the general advice, by task.
        left_at: When they left before the end, simulated ms.
    """

    roles: tuple[str, ...]
    front: FrontEnd
    colleagues: ModelledActor
    screens: Screens
    pacing: Pacing
    end: Millis
    targets: Mapping[str, float]
    hints: bool = False
    routine: bool = False
    advice: Mapping[str, str] = field(default_factory=dict)
    left_at: Millis | None = None
    _open: dict[str, _Work] = field(default_factory=dict)

    def ask(self, item: WorkItem) -> Reply:
        """Return what the trainee does next about a piece of work, or what a colleague answers."""
        if item.role not in self.roles:
            return self.colleagues.ask(item)
        work = self._open.setdefault(item.id, _Work())
        if work.handed:
            return self.colleagues.ask(item)
        if item.now >= self.end:
            # The day is over: it is only asked how long this would have kept somebody.
            return Reply("look", {"did": "nothing"}, self.colleagues.takes(item))
        if self.left_at is not None:
            return self._absent(item)
        if not self.routine and _is_routine(item):
            return self._in_passing(item)
        if item.resumes:
            return Reply("look", {"did": "resume"}, self.pacing.cost("resume"))
        if not item.looks:
            options = item.task == Task.RECOVERY_ANALYSIS
            step = "options" if options else "take-up"
            return Reply("look", {"did": step}, self.pacing.cost(step))
        if work.asked is not None:
            work.told, work.asked = work.asked(item), None
        return self._step(item, work)

    def _step(self, item: WorkItem, work: _Work) -> Reply:
        """Ask the front end until it says something that can be done."""
        wrong = ""
        while True:
            sheet = sheet_of(item, self.screens, self.targets, work.told, self.hints, wrong)
            self.pacing.begin()
            move = self.front.choose(sheet)
            try:
                return self._done(item, work, move)
            except WrongMoveError as slip:
                wrong = slip.plain

    def _done(self, item: WorkItem, work: _Work, move: Move) -> Reply:
        """Return the reply that a move is.

        Raises:
            WrongMoveError: It cannot be made.
        """
        cost = self.pacing.cost
        if move.do == "look":
            return self._look(work, move)
        if move.do == "probe":
            return self._probe(item, work, move)
        if move.do == "hint":
            return self._hint(item, work)
        if move.do == "wait":
            work.told = None
            return Reply("look", {"did": "wait"}, _span(move.about))
        if move.do == "leave":
            self.left_at = item.now
            return self._absent(item)
        if move.do in ("escalate", "pass"):
            return self._hand_on(item, work, move)
        if move.do == "approve":
            return replace(answers.approved(item), took=cost("approve"))
        if move.do == "reject":
            return replace(answers.rejected(item, move.about), took=cost("decide"))
        reply = answers.decided(item, self.screens.view.network, move.about.split())
        step = "execute" if item.task == Task.EXECUTION else "decide"
        return replace(reply, took=cost(step))

    # --- steps that leave the work open ---

    def _look(self, work: _Work, move: Move) -> Reply:
        screens, what, about = self.screens, move.what, move.about
        if what in looking.LOOKS:
            look = looking.LOOKS[what]
            look(screens, about)  # what cannot be looked at costs nothing
            work.asked = lambda _item: look(screens, about)
        elif what == "runbook":
            told = looking.runbook(about)
            work.asked = lambda _item: told
        elif what == "services":
            work.asked = lambda item: looking.services(
                screens,
                about,
                item.incident.services if item.incident else (),
                _outside(item),
            )
        elif what == "incident":
            work.asked = lambda item: looking.incident(
                screens, about or (item.incident.id if item.incident else "")
            )
        else:
            every = (*looking.LOOKS, "services", "incident", "runbook")
            listed = ", ".join(every)
            raise WrongMoveError(f"you can look at {listed}", closest(what, every))
        return Reply("look", {"did": "look", "at": what, "about": about}, self.pacing.cost(what))

    def _probe(self, item: WorkItem, work: _Work, move: Move) -> Reply:
        if item.task != Task.ROOT_CAUSE:
            raise WrongMoveError("probes are sent while the cause is looked for, in task H")
        kinds = {name: row for name, row in command_kinds().items() if row.use == "probe"}
        if move.what not in kinds:
            listed = ", ".join(f"{name} ({row.target})" for name, row in kinds.items())
            raise WrongMoveError(f"the probes are {listed}", closest(move.what, kinds))
        network, targets = self.screens.view.network, move.about.split()[:MOST_PROBES] or [""]
        wanted = [[move.what, answers.known_target(network, move.what, one)] for one in targets]
        since = item.now
        work.asked = lambda _item: looking.probes(self.screens, since)
        return Reply("look", {"did": "probe", "probes": wanted}, self.pacing.cost("probe"))

    def _hint(self, item: WorkItem, work: _Work) -> Reply:
        if not self.hints:
            raise WrongMoveError("there are no hints in this shift; start it with --hints")
        if work.hints >= GRADES:
            raise WrongMoveError("there is no further hint to this piece of work")
        grade = work.hints = work.hints + 1
        advice = self.advice.get(item.task, "")
        work.asked = lambda now: hint_on(now, self.screens, grade, advice)
        return Reply("look", {"did": "hint", "grade": grade}, self.pacing.cost("hint"))

    def _hand_on(self, item: WorkItem, work: _Work, move: Move) -> Reply:
        """Give work away: the cause to an expert for good, anything else to a colleague."""
        cost, why = self.pacing.cost("hand-on"), move.about
        if move.do == "escalate" and item.task == Task.ROOT_CAUSE and item.role == "back-office":
            return Reply("escalate", {"suspects": [], "did": "escalate"}, cost, note=why)
        work.handed = True
        takes = self.colleagues.takes(replace(item, looks=0))
        return Reply("look", {"did": move.do}, cost + takes, note=why)

    def _in_passing(self, item: WorkItem) -> Reply:
        """Do what needs no judgement, as one does it between other things."""
        content: dict[str, Any] = {"did": "routine"}
        if item.task == Task.DATA_COLLECTION:
            content["noticed"] = []
        verdict: Verdict = "done" if item.suggestion is None else "approve"
        return Reply(verdict, content, self.pacing.cost("routine"))

    def _absent(self, item: WorkItem) -> Reply:
        """Leave the work lying until the end of the run."""
        return Reply("look", {"did": "absent"}, max(1, self.end - item.now) + SECOND)


def _is_routine(item: WorkItem) -> bool:
    """Return whether a piece of work is reading figures, or screens on which nothing is new."""
    if item.task == Task.DATA_COLLECTION:
        return not item.sees.get("signals", ())
    return item.task in ROUTINE


def _outside(item: WorkItem) -> tuple[str, ...]:
    """Return the services that were measured outside, where the work says so."""
    told = item.sees.get("outside")
    if told is not None:
        return tuple(str(name) for name in told)
    return item.incident.outside if item.incident else ()


def _span(words: str) -> Millis:
    """Return for how long to wait, simulated ms.

    >>> _span("30"), _span("")
    (30000, 60000)
    """
    told = words.strip() or "60"
    if not (told.isascii() and told.isdigit()) or not 1 <= int(told) <= LONGEST_WAIT // SECOND:
        most = int(seconds(LONGEST_WAIT))
        raise WrongMoveError(f"wait for a number of seconds from 1 to {most}, as in `wait 60`")
    return int(told) * SECOND


def steps_of(reply: Any) -> str:
    """Return what the trainee did, as a recorded reply says: a step, or its verdict."""
    verdict, content = str(reply[0]), reply[1]
    return str(content.get("did", verdict))
