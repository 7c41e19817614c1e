"""What a trainee decides, in words, and what it means as the answer to a piece of work.

The words are the same whichever front end they come from; whatever is wrong with them is told in
one line that says what would be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from adn.base.levels import Task
from adn.closedloop.people.actor import Reply, Verdict, WorkItem
from adn.northbound.commands import MAX_COST, command_kinds
from adn.northbound.problems import PROBLEM_CLASSES, UNKNOWN
from adn.topology.naming import closest
from adn.topology.network import Network
from adn.training.looking import WrongMoveError

Content = Mapping[str, Any]
NOTHING: Final = frozenset({Task.CONTROL_INFORMATION, Task.INTENT_EVALUATION, Task.FAULT_PREDICTION,
                            Task.EXECUTION})  # fmt: skip
"""Tasks that are done by reading, or by carrying out what was approved."""
YES_NO: Final = frozenset({Task.FAULT_RECOGNITION, Task.DETERMINATION, Task.VERIFICATION})
BY_PLANNER: Final = frozenset({"steer-services", "limit-services"})
"""Commands whose parameters nobody works out by hand."""


def decided(item: WorkItem, network: Network, words: Sequence[str]) -> Reply:
    """Return the answer to a piece of work that some words are; it takes no time yet.

    Raises:
        WrongMoveError: They are none; says what would be right.
    """
    task = Task(item.task)
    if task in NOTHING:
        return Reply("done" if item.suggestion is None else "approve")
    if task in YES_NO:
        return _yes_or_no(item, words)
    content = _READERS[task](item, network, words)
    return Reply("done" if item.suggestion is None else "modify", content)


def approved(item: WorkItem) -> Reply:
    """Return the approval of the system's answer.

    Raises:
        WrongMoveError: It has none.
    """
    if item.suggestion is None:
        raise WrongMoveError("there is nothing to approve: the system has no answer; `decide`")
    if item.task == Task.DATA_COLLECTION:
        # What came up since the system wrote its answer down is looked at as well.
        return Reply("approve", {"noticed": [row[0] for row in item.sees.get("signals", ())]})
    return Reply("approve")


def rejected(item: WorkItem, why: str) -> Reply:
    """Return the refusal of the system's answer: the opposite of it, or nothing of it.

    Raises:
        WrongMoveError: It has none, or refusing it says nothing.
    """
    if item.suggestion is None:
        raise WrongMoveError("there is nothing to reject: the system has no answer; `decide`")
    task = Task(item.task)
    if task in NOTHING:
        raise WrongMoveError("there is nothing to refuse here; `approve` it")
    contents: Mapping[Task, Content] = {
        Task.FAULT_RECOGNITION: {"go": False},
        Task.DETERMINATION: {"go": not item.suggestion.get("go", True), "reason": why or "refused"},
        Task.VERIFICATION: {"fixed": not item.suggestion.get("fixed", True)},
        Task.DATA_COLLECTION: {"noticed": []},
        Task.ALARM_FILTERING: {"alarms": []},
        Task.DEMARCATION: {"domain": "", "probability": 0.0},
        Task.ROOT_CAUSE: {"suspects": [["", UNKNOWN, 1.0]]},
        Task.RECOVERY_ANALYSIS: {"choice": None},
    }
    return Reply("reject", contents[task], note=why)


def _yes_or_no(item: WorkItem, words: Sequence[str]) -> Reply:
    if not words or words[0] not in ("yes", "no"):
        raise WrongMoveError("say yes or no, as in `decide yes`")
    said, why = words[0] == "yes", " ".join(words[1:])
    key = "fixed" if item.task == Task.VERIFICATION else "go"
    content: dict[str, Any] = {key: said}
    if item.task == Task.DETERMINATION:
        content["reason"] = why or ("approved" if said else "refused")
    if item.suggestion is None:
        return Reply("done", content, note=why)
    agreed = said == bool(item.suggestion.get(key, True))
    verdict: Verdict = "approve" if agreed else "reject"
    return Reply(verdict, {} if agreed else content, note=why)


def _collected(item: WorkItem, network: Network, words: Sequence[str]) -> Content:
    del network
    signals = [row[0] for row in item.sees.get("signals", ())]
    return {"noticed": _numbered(signals, words, "signal")}


def _filtered(item: WorkItem, network: Network, words: Sequence[str]) -> Content:
    del network
    return {"alarms": _numbered(list(item.sees.get("alarms", ())), words, "alarm")}


def _numbered(names: Sequence[str], words: Sequence[str], what: str) -> list[str]:
    """Return the names that some numbers from 1 stand for."""
    told = "".join(words).strip(",")
    if told in ("all", "none", ""):
        if not told and names:
            raise WrongMoveError(f"say which {what}s: `decide all`, `decide none` or numbers")
        return list(names) if told == "all" else []
    found: list[str] = []
    for part in told.split(","):
        if not (part.isascii() and part.isdigit()) or not 1 <= int(part) <= len(names):
            said = f"there is no {what} {part[:40]}; they count from 1 to {len(names)}"
            raise WrongMoveError(said if names else f"there are no {what}s; `decide none`")
        if names[int(part) - 1] not in found:
            found.append(names[int(part) - 1])
    return found


def _demarcated(item: WorkItem, network: Network, words: Sequence[str]) -> Content:
    del item, network
    domains = sorted({row.domain for row in PROBLEM_CLASSES.values()})
    if len(words) != 1 or words[0] not in (*domains, UNKNOWN):
        listed = ", ".join(domains)
        near = closest(words[0], domains) if words else ""
        raise WrongMoveError(f"name one domain of {listed}, or unknown", near)
    if words[0] == UNKNOWN:
        return {"domain": "", "probability": 0.0}
    return {"domain": words[0], "probability": 1.0}


def _located(item: WorkItem, network: Network, words: Sequence[str]) -> Content:
    del item
    if list(words) == [UNKNOWN]:
        return {"suspects": [["", UNKNOWN, 1.0]]}
    suspects = [_suspect(network, part.split()) for part in " ".join(words).split(";")]
    total = sum(row[2] for row in suspects)
    scale = max(1.0, total)
    held = [[name, problem, p / scale] for name, problem, p in suspects]
    return {"suspects": sorted(held, key=lambda row: -row[2])}


def _suspect(network: Network, words: Sequence[str]) -> tuple[str, str, float]:
    if len(words) not in (2, 3):
        direction = network.directions[0] if len(network.directions) else "A>B"
        raise WrongMoveError(
            f"name an object and a problem, as in `decide {direction} packet-loss`; "
            "`runbook` lists the problems"
        )
    name, problem = words[0], words[1]
    if problem not in PROBLEM_CLASSES:
        near = closest(problem, PROBLEM_CLASSES)
        raise WrongMoveError(f"there is no problem '{problem}'; `runbook` lists them", near)
    kind = PROBLEM_CLASSES[problem].object_type
    table = _tables(network)[kind]
    if name not in table:
        near = closest(name, table.ids)
        article = "an" if kind[0] in "aeiou" else "a"
        said = f"{problem} is a problem of {article} {kind}, and '{name}' is none"
        raise WrongMoveError(said, near)
    return name, problem, _probability(words[2]) if len(words) == 3 else 1.0


def _probability(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not 0.0 < value <= 1.0:
        raise WrongMoveError(f"'{word[:40]}' is no probability; write a number up to 1, as in 0.8")
    return value


def _tables(network: Network) -> Mapping[str, Any]:
    return {
        "duct": network.ducts,
        "link": network.links,
        "direction": network.directions,
        "element": network.elements,
        "card": network.cards,
        "feed": network.feeds,
    }


def _planned(item: WorkItem, network: Network, words: Sequence[str]) -> Content:
    options = len(item.choices)
    if list(words) == ["none"]:
        return {"choice": None}
    if len(words) == 1 and words[0].isascii() and words[0].isdigit():
        number = int(words[0]) if len(words[0]) < 4 else 0
        if not 1 <= number <= options:
            there = f"they count from 1 to {options}" if options else "there are none"
            raise WrongMoveError(f"there is no option {words[0][:40]}; {there}")
        return {"choice": number - 1}
    if not words:
        raise WrongMoveError("name an option by its number, `none`, or a command and an object")
    steps = [ordered(network, part.split()) for part in " ".join(words).split(";")]
    uses = {command_kinds()[kind].use for kind, _, _ in steps}
    purpose = "mitigate" if uses == {"mitigate"} else "repair"
    return {"plan": {"purpose": purpose, "steps": steps}}


def ordered(network: Network, words: Sequence[str]) -> list[Any]:
    """Return the step of a plan that some words order: kind, target, parameters.

    Raises:
        WrongMoveError: There is no such command, or it cannot be sent there.
    """
    kinds = {name: row for name, row in command_kinds().items() if row.use != "probe"}
    if not words or words[0] not in kinds:
        said = words[0] if words else ""
        raise WrongMoveError(f"'{said}' is no command that changes anything", closest(said, kinds))
    kind = kinds[words[0]]
    if kind.name in BY_PLANNER:
        raise WrongMoveError(f"what {kind.name} needs is worked out by planning; take an option")
    target = known_target(network, kind.name, words[1] if len(words) > 1 else "")
    params: dict[str, Any] = {}
    if kind.name == "set-link-cost":
        said = words[2] if len(words) > 2 else str(MAX_COST)
        if not (said.isascii() and said.isdigit() and 1 <= int(said) <= MAX_COST):
            raise WrongMoveError(f"'{said[:40]}' is no metric; write a number from 1 to {MAX_COST}")
        params["cost"] = int(said)
    elif kind.name == "drain-element":
        params["drained"] = (words[2] if len(words) > 2 else "on") != "off"
    return [kind.name, target, params]


def known_target(network: Network, kind: str, name: str) -> str:
    """Return the object a command is sent to.

    Raises:
        WrongMoveError: It is none of the kind that the command wants.
    """
    wanted = command_kinds()[kind].target
    table = _tables(network)[wanted]
    if name not in table:
        example = table[0] if len(table) else ""
        article = "an" if wanted[0] in "aeiou" else "a"
        said = f"{kind} is sent to {article} {wanted}, and '{name}' is none"
        raise WrongMoveError(said, closest(name, table.ids) or example)
    return name


_READERS: Final[Mapping[Task, Callable[[WorkItem, Network, Sequence[str]], Content]]] = {
    Task.DATA_COLLECTION: _collected,
    Task.ALARM_FILTERING: _filtered,
    Task.DEMARCATION: _demarcated,
    Task.ROOT_CAUSE: _located,
    Task.RECOVERY_ANALYSIS: _planned,
}
