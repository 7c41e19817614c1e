"""Links that come and go: alarms that cleared by themselves, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.items import Item
from adn.closedloop.view import View
from adn.northbound.alarms import Alarm, ProbableCause
from adn.topology.network import Network

SPAN: Final[Millis] = 5 * MINUTE
"""Within what time repeated alarms are one flapping (assumption)."""

TIMES: Final = 2
"""A condition raised so often within `SPAN` flaps (assumption)."""

_SKEW: Final[Millis] = 20 * SECOND
"""How much an element's clock and an alarm's soak may differ from the first sign of trouble."""

_KINDS: Final = {
    ProbableCause.LOSS_OF_SIGNAL: "loss-of-signal",
    ProbableCause.ADJACENCY_DOWN: "adjacency-lost",
}
_DISTURBING: Final = frozenset(
    {"reset-interface", "restart-process", "reboot-element", "power-cycle", "replace-transceiver",
     "replace-card", "replace-element", "splice-fibre", "restore-feed"}
)  # fmt: skip


def coming_and_going(view: View, graph: KnowledgeGraph, since: Millis) -> Iterator[Item]:
    """Yield what cleared by itself since the trouble began, and which links did so repeatedly."""
    own = _own(view)
    raised: dict[tuple[str, ProbableCause, str], int] = {}
    gone: dict[str, str] = {}
    for name, alarm in sorted(view.seen_alarms.items()):
        kind, what = _KINDS.get(alarm.probable_cause), alarm.managed_object
        early = min(since - _SKEW, view.now - SPAN)
        if kind is None or alarm.event_time < early or view.announced(what, view.now):
            continue
        link = _link(graph, alarm)
        if not link or own.get(link, -1) >= alarm.event_time - _SKEW:
            continue
        if alarm.event_time >= view.now - SPAN:
            key = (link, alarm.probable_cause, alarm.reported_by + what)
            raised[key] = raised.get(key, 0) + 1
        if name not in view.active_alarms and alarm.event_time >= since - _SKEW:
            gone.setdefault(link, name)
            yield Item(kind, what, True, f"{name}: {what} was down and came back")
    for link, name in sorted(gone.items()):
        yield Item("came-back", link, True, f"{name}: {link} came back by itself")
    often: dict[str, int] = {}
    for (link, _, _), count in raised.items():
        often[link] = max(count, often.get(link, 0))
    for link, count in sorted(often.items()):
        if count >= TIMES:
            yield Item("flapping", link, True, f"{link} went down {count} times in five minutes")


def _link(graph: KnowledgeGraph, alarm: Alarm) -> str:
    node = graph.adopt(alarm.managed_object, alarm.reported_by)
    if node is None or node[0] not in {"link", "direction"}:
        return ""
    if node[0] == "link":
        return node[1]
    return next((name for _, name in graph.neighbours(node, "~has_direction")), "")


def _own(view: View) -> dict[str, Millis]:
    """Return when the loop itself last took each link down or mended it."""
    found: dict[str, Millis] = {}
    for command, result in view.doings:
        if command.kind in _DISTURBING:
            for name in _taken_down(view.network, command.target):
                found[name] = max(result.finished_at, found.get(name, 0))
    return found


def _taken_down(network: Network, target: str) -> Sequence[str]:
    """Return the links that a repair of a target takes down meanwhile."""
    for names, links in (
        (network.elements, network.links_of),
        (network.ducts, network.links_in_duct),
        (network.cards, network.links_on_card),
    ):
        if target in names:
            return links(target)
    if target in network.feeds:
        return [link for e in network.elements_on_feed(target) for link in network.links_of(e)]
    return (target,)
