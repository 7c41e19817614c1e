"""What to probe: the probes that are expected to tell most per second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from adn.base.clock import Millis
from adn.closedloop.knowledge.evidence import DAMAGED_SHARE, FULL_ROOM, LOST_SHARE
from adn.closedloop.knowledge.graph import KnowledgeGraph, Node
from adn.closedloop.knowledge.hypotheses import Hypotheses
from adn.closedloop.knowledge.items import Item, Key
from adn.closedloop.view import View
from adn.northbound.commands import command_kinds
from adn.topology.network import Floats, Network

MOST: Final = 8
"""How many probes are wished for at once (assumption: more would crowd the management plane)."""

WORTH_BITS: Final = 0.02
"""A probe that is expected to tell less is not worth its time (assumption)."""

_DIGITS: Final = 9
"""Bits are rounded to so many digits, so that equal wishes are in order of name everywhere."""
_SUSPECTS: Final = 24
_LOOKS: Final = 6
_LOOKED_AT: Final[Mapping[tuple[str, str], str]] = {
    ("link", "direction"): "has_direction",
    ("link", "duct"): "rides_on",
    ("element", "direction"): "~sent_by",
    ("element", "link"): "~terminates_at",
}
"""What a probe at one type of object looks at, of another type."""
_ATTEMPTS: Final = 2


_CONFIRMED: Final = 8
_SOUND_LOSS: Final = 2e-3
_TABLE_PROBLEMS: Final = frozenset(
    {"route-missing", "route-discarded", "table-full", "member-missing"}
)


class Suspected(Protocol):
    """Anything that names an object and a problem of it."""

    @property
    def object(self) -> str:
        """Id of the object."""
        ...

    @property
    def problem(self) -> str:
        """A public problem class."""
        ...


@dataclass(frozen=True, slots=True)
class ProbeWish:
    """A probe that would tell something.

    Attributes:
        kind: Name of the command.
        target: Id of the object it is sent to.
        bits: Information it is expected to give.
        seconds: Its typical time.
    """

    kind: str
    target: str
    bits: float = 0.0
    seconds: float = 0.0


def wishes(
    graph: KnowledgeGraph,
    hypotheses: Hypotheses,
    probability: Floats,
    items: Mapping[Key, Item],
    view: View,
    since: Millis,
) -> tuple[ProbeWish, ...]:
    """Return the probes worth sending, by expected information per second.

    Args:
        graph: For what a probe on an object would look at.
        hypotheses: All that may be wrong.
        probability: Of each, shape (H,).
        items: What is known already.
        view: For probes that were answered or failed.
        since: Answers that finished earlier do not count.
    """
    leading = np.argsort(-probability, kind="stable")[:_SUSPECTS]
    leading = leading[probability[leading] > 0.0]
    spent = _spent(view, since)
    places = hypotheses.columns
    expecting = _expecting(hypotheses, leading.tolist())
    found: list[ProbeWish] = []
    for (kind, target), looks in sorted(_candidates(graph, hypotheses, leading.tolist()).items()):
        if (kind, target) in spent or all(key in items for key in looks):
            continue
        columns = {key: places[key] for key in looks if key in places}
        bits = _information(expecting, probability[leading], columns, graph)
        seconds = float(command_kinds()[kind].time["median"])
        if bits >= WORTH_BITS:
            found.append(ProbeWish(kind, target, round(bits, _DIGITS), seconds))
    found.sort(key=lambda row: (-row.bits / row.seconds, row.kind, row.target))
    return tuple(found[:MOST])


def _spent(view: View, since: Millis) -> set[tuple[str, str]]:
    """Return the probes that were answered, or that failed too often to be tried again."""
    failed: dict[tuple[str, str], int] = {}
    spent: set[tuple[str, str]] = set()
    for command, result in view.probes:
        if result.finished_at < since:
            continue
        key = (command.kind, command.target)
        failed[key] = failed.get(key, 0) + 1
        if result.ok or failed[key] >= _ATTEMPTS:
            spent.add(key)
    return spent


def _candidates(
    graph: KnowledgeGraph, hypotheses: Hypotheses, leading: list[int]
) -> dict[tuple[str, str], tuple[Key, ...]]:
    """Return the probes that would look at something a leading hypothesis shows, and at what."""
    found: dict[tuple[str, str], tuple[Key, ...]] = {}
    for at in leading:
        for column in hypotheses.column[hypotheses.shows(at)].tolist():
            evidence, name = hypotheses.keys[column]
            probe = graph.models.evidence[evidence].probe
            if not probe:
                continue
            object_type = graph.models.evidence[evidence].object_type
            for target in _targets(graph, probe, (object_type, name)):
                found[probe, target] = _looks(graph, probe, target)
    return found


def _targets(graph: KnowledgeGraph, probe: str, node: tuple[str, str]) -> tuple[str, ...]:
    """Return the recorded objects to which a probe is sent so that it looks at a node."""
    if command_kinds()[probe].target == "element":
        asked = {"direction": "sent_by", "link": "terminates_at"}.get(node[0])
        ends = [node] if asked is None else graph.neighbours(node, asked)
        return tuple(name for _, name in ends if name in graph.network.elements)[:1]
    relation = {"direction": "~has_direction", "duct": "~rides_on"}.get(node[0])
    links = [node] if relation is None else graph.neighbours(node, relation)
    recorded = [name for kind, name in links if kind == "link" and name in graph.network.links]
    return tuple(recorded[:1])


def _looks(graph: KnowledgeGraph, probe: str, target: str) -> tuple[Key, ...]:
    """Return the evidence items that a probe on a target would settle."""
    asked: Node = (command_kinds()[probe].target, target)
    keys: list[Key] = []
    for evidence in graph.models.evidence.values():
        if evidence.probe == probe:
            relation = _LOOKED_AT.get((asked[0], evidence.object_type))
            around = (asked,) if relation is None else graph.neighbours(asked, relation)
            keys.extend((evidence.name, name) for _, name in around)
    return tuple(keys)


def _expecting(hypotheses: Hypotheses, leading: list[int]) -> Mapping[int, Floats]:
    """Return by column the chance that each leading hypothesis shows it, and strays last."""
    found: dict[int, Floats] = {}
    for row, at in enumerate(leading):
        span = hypotheses.shows(at)
        spared: dict[int, float] = {}
        for column, chance in zip(
            hypotheses.column[span].tolist(), hypotheses.chance[span].tolist(), strict=True
        ):
            spared[column] = spared.get(column, 1.0) * (1.0 - chance)
        for column, share in spared.items():
            found.setdefault(column, np.zeros(len(leading) + 1))[row] = 1.0 - share
    return found


def _information(
    expecting: Mapping[int, Floats],
    probability: Floats,
    looks: Mapping[Key, int],
    graph: KnowledgeGraph,
) -> float:
    """Return the expected information of settling some items, by their column, in bits.

    Items are independent given the hypothesis. What the leading hypotheses leave over is one more
    alternative, under which only strays show.
    """
    chances: list[Floats] = []
    for key, column in looks.items():
        shown = expecting.get(column)
        if shown is not None:
            stray = graph.models.evidence[key[0]].stray
            chances.append(1.0 - (1.0 - stray) * (1.0 - shown))
    # What no leading hypothesis would show tells nothing; of many, the most told apart are enough.
    chances.sort(key=lambda one: (-float(one.max() - one.min()), one.tolist()))
    prior = np.append(probability, max(0.0, 1.0 - float(probability.sum())))
    chance = np.array(chances[:_LOOKS]).reshape(-1, len(prior))
    joint = prior[None, :]  # (outcomes, alternatives)
    for one in chance:
        joint = np.concatenate([joint * (1.0 - one), joint * one])
    total = joint.sum(axis=1)
    some = total > 0.0
    after = joint[some] / total[some, None]
    before = _entropy((prior / prior.sum())[None, :])
    return float(before[0] - total[some] @ _entropy(after))


def _entropy(probability: Floats) -> Floats:
    """Return the entropy of each row, bits."""
    held = np.where(probability > 0.0, probability, 1.0)
    found: Floats = -(held * np.log2(held)).sum(axis=1)
    return found


def confirmations(network: Network, suspect: Suspected) -> tuple[tuple[str, str], ...]:
    """Return the probes that would show a suspect's problem if it were still there, and where."""
    name, problem = suspect.object, suspect.problem
    if problem in _TABLE_PROBLEMS or problem == "cost-wrong":
        kind = "read-configuration" if problem == "cost-wrong" else "check-routes"
        at = _at_element(network, name)
        return ((kind, at),) if at else ()
    if name in network.elements:
        return (("check-process", name),)
    links: Sequence[str] = ()
    if name in network.ducts:
        links = network.links_in_duct(name)
    elif name in network.cards:
        links = network.links_on_card(name)
    elif name in network.links:
        links = (name,)
    elif name in network.directions:
        links = (network.link_of(name),)
    return tuple(("measure-link", link) for link in links[:_CONFIRMED])


def is_sound(network: Network, measured: Mapping[str, Any], suspect: Suspected) -> bool:
    """Return whether the answer to a confirming probe says that the problem is gone."""
    losses = [measured.get(key) or 0.0 for key in ("loss_forward", "loss_backward")]
    there = measured.get("reachable", True) and measured.get("running", True)
    unused = suspect.problem == "member-missing" and suspect.object in measured.get("unused", ())
    routes = measured.get("missing", 0) or measured.get("discarding", 0)
    wrong = unused or routes or measured.get("room", 1.0) < FULL_ROOM
    if suspect.problem == "cost-wrong" and suspect.object in network.links:
        recorded = int(network.cost[network.links.row(suspect.object)])
        wrong = measured.get("costs", {}).get(suspect.object, recorded) != recorded
    return bool(there) and max(losses) < _SOUND_LOSS and not wrong


def loses_any(measured: Mapping[str, Any]) -> bool:
    """Return whether a measured link loses or damages more than the measurement's own noise."""
    lost = [measured.get(key) or 0.0 for key in ("loss_forward", "loss_backward")]
    damaged = [measured.get(key) or 0.0 for key in ("errors_forward", "errors_backward")]
    return max(lost) > LOST_SHARE or max(damaged) > DAMAGED_SHARE


def _at_element(network: Network, name: str) -> str:
    """Return the element that is asked about an element, a link or a direction."""
    if name in network.elements:
        return name
    if name in network.directions:
        return network.elements[int(network.tail[network.directions.row(name)])]
    return network.rows.links[network.links.row(name)].a if name in network.links else ""
