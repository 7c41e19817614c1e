"""Alarming: conditions that stand long enough become X.733 alarms, as elements raise them.

An alarm is raised from the difference of two states, never by a fault. It soaks before it is
raised and before it is cleared, travels with delay, may be lost or doubled, and cannot leave an
element that is cut off; what still stands when the element comes back is raised then. Only the
last gasp of an element that loses all power is sent at once, with what its capacitors hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np

from adn.base import noise
from adn.base.clock import MINUTE, SECOND, Millis, SimClock
from adn.base.sampling import Timing
from adn.base.streams import Key, hash32
from adn.northbound.alarms import Alarm, EventType, ProbableCause, Severity
from adn.topology.network import Bools, Ints, Network

AGENT_RATE: Final = 50.0
"""Notifications a second that an element's agent sends (assumption: a common throttle of traps)."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How elements raise alarms, and what becomes of them on the way.

    Attributes:
        soak: How long a condition must stand before it is raised; at most 10 s.
        clear_soak: How long it must be gone before it is cleared.
        delay: From raising to arrival.
        lost: Share of notifications that never arrive, 0..1.
        duplicated: Share that arrive twice, 0..1.
        clock_skew: Standard deviation of element clocks, ms.
        late: Share of notifications that are held up on the way, 0..1.
        lateness: For how much longer than is usual.
        agent_rate: Notifications a second that the agent of an element sends; a second's worth of
            them leaves at once, the rest queues.
        client_layer: Whether services report besides that nothing of them arrives: the storm.
    """

    soak: Millis
    clear_soak: Millis
    delay: Timing
    lost: float
    duplicated: float
    clock_skew: Millis
    late: float = 0.0
    lateness: Timing = field(default_factory=lambda: Timing("lognormal", MINUTE, 10 * MINUTE))
    agent_rate: float = AGENT_RATE
    client_layer: bool = False


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a condition is called when it is raised, and whether that is done without a soak."""

    event_type: EventType
    cause: ProbableCause
    severity: Severity
    problem: str
    at_once: bool = False


UTILISATION_LIMIT: Final = 0.95
"""Egress load above which an element raises a threshold alarm (assumption, common default)."""

DEGRADED_LIMIT: Final = 4e-3
"""Bit error ratio before correction at which a receiver reports a degraded signal: a fifth of what
it can correct (assumption; ports let it be set)."""

_MEANINGS: Final = {
    "light": _Meaning(
        EventType.COMMUNICATIONS, ProbableCause.LOSS_OF_SIGNAL, Severity.CRITICAL, "loss of signal"
    ),
    "degraded": _Meaning(
        EventType.COMMUNICATIONS,
        ProbableCause.DEGRADED_SIGNAL,
        Severity.MINOR,
        "signal degraded",
    ),
    "protection": _Meaning(
        EventType.COMMUNICATIONS,
        ProbableCause.LOSS_OF_REDUNDANCY,
        Severity.MINOR,
        "protection switched",
    ),
    "client": _Meaning(
        EventType.COMMUNICATIONS,
        ProbableCause.CLIENT_FAILURE,
        Severity.MAJOR,
        "client signal failed",
    ),
    "adjacency": _Meaning(
        EventType.COMMUNICATIONS, ProbableCause.ADJACENCY_DOWN, Severity.MAJOR, "adjacency lost"
    ),
    "load": _Meaning(
        EventType.QUALITY_OF_SERVICE, ProbableCause.THRESHOLD_CROSSED, Severity.MINOR, "utilisation"
    ),
    "gasp": _Meaning(
        EventType.EQUIPMENT,
        ProbableCause.POWER_PROBLEM,
        Severity.CRITICAL,
        "all power lost",
        at_once=True,
    ),
    "power": _Meaning(
        EventType.EQUIPMENT, ProbableCause.POWER_PROBLEM, Severity.MAJOR, "a power feed lost"
    ),
    "card": _Meaning(
        EventType.EQUIPMENT, ProbableCause.EQUIPMENT_FAULT, Severity.MAJOR, "line card failed"
    ),
    "table": _Meaning(
        EventType.QUALITY_OF_SERVICE,
        ProbableCause.TABLE_FULL,
        Severity.MAJOR,
        "forwarding table full",
    ),
}


class _Group:
    """The conditions of one kind: what stands, what is raised, and by whom."""

    def __init__(self, meaning: _Meaning, objects: tuple[str, ...], reporter: Ints) -> None:
        n = len(objects)
        self.meaning, self.objects, self.reporter = meaning, objects, reporter
        self.standing = np.zeros(n, dtype=bool)
        self.changes = np.zeros(n, dtype=np.int64)
        self.raised: dict[int, str] = {}


class Alarming:
    """Watches conditions and hands arriving notifications to `send(alarm)`.

    `raised(alarm_id, object)` is told of every alarm when it is raised, lost or not.
    """

    def __init__(
        self,
        clock: SimClock,
        network: Network,
        key: Key,
        habits: Habits,
        send: Callable[[Alarm], None],
        raised: Callable[[str, str], None],
    ) -> None:
        self._clock, self._habits = clock, habits
        self._send, self._raised = send, raised
        self._elements = network.elements.ids
        doubled = tuple(name for name in network.links.ids for _ in (0, 1))
        itself = np.arange(len(self._elements))
        self._groups = {
            "light": _Group(_MEANINGS["light"], network.directions.ids, network.head),
            "degraded": _Group(_MEANINGS["degraded"], network.directions.ids, network.head),
            "protection": _Group(_MEANINGS["protection"], network.links.ids, network.link_a),
            "adjacency": _Group(_MEANINGS["adjacency"], doubled, network.tail),
            "load": _Group(_MEANINGS["load"], network.directions.ids, network.tail),
            "gasp": _Group(_MEANINGS["gasp"], self._elements, itself),
            "power": _Group(_MEANINGS["power"], self._elements, itself),
            "card": _Group(_MEANINGS["card"], network.cards.ids, network.card_element),
            "table": _Group(_MEANINGS["table"], self._elements, itself),
        }
        hashes = np.array([hash32(name) for name in self._elements], np.uint32)
        skew = noise.standard(key.word("alarms/skew"), hashes, 0)
        if habits.client_layer:
            names, ends = network.services.ids, network.service_z
            self._groups["client"] = _Group(_MEANINGS["client"], names, ends)
        self._tat = np.zeros(len(self._elements))
        self._skew = np.round(skew * habits.clock_skew).astype(np.int64)
        self._key = key
        self._managed = np.ones(len(self._elements), dtype=bool)
        self._notifications = 0
        self._alarms = 0

    def update(self, conditions: dict[str, Bools]) -> None:
        """Take in the present conditions; what changed is raised or cleared after its soak."""
        for name, standing in conditions.items():
            group = self._groups.get(name)
            if group is None:
                continue
            changed = np.flatnonzero(standing != group.standing)
            group.standing = standing.copy()
            for row in changed.tolist():
                self._watch(group, row)

    def set_managed(self, managed: Bools) -> None:
        """Take in which elements can reach operations; those that return report what stands."""
        back = managed & ~self._managed
        self._managed = managed.copy()
        if not back.any():
            return
        for group in self._groups.values():
            differs = group.standing.copy()
            differs[sorted(group.raised)] ^= True
            for row in np.flatnonzero(differs & back[group.reporter]).tolist():
                self._watch(group, row)

    def _watch(self, group: _Group, row: int) -> None:
        group.changes[row] += 1
        soak = self._habits.soak if group.standing[row] else self._habits.clear_soak
        if group.meaning.at_once and group.standing[row]:
            self._decide(group, row, int(group.changes[row]))
            return
        self._clock.call_at(
            self._clock.now + soak, partial(self._decide, group, row, int(group.changes[row]))
        )

    def _decide(self, group: _Group, row: int, change: int) -> None:
        """Raise or clear, if the condition has stood still and its element can be heard."""
        if group.changes[row] != change or not self._managed[group.reporter[row]]:
            return
        if group.standing[row] and row not in group.raised:
            self._alarms += 1
            group.raised[row] = f"ALM-{self._alarms:06d}"
            self._raised(group.raised[row], group.objects[row])
            self._notify(group, row, group.raised[row], group.meaning.severity)
        elif not group.standing[row] and row in group.raised:
            self._notify(group, row, group.raised.pop(row), Severity.CLEARED)

    def _notify(self, group: _Group, row: int, alarm_id: str, severity: Severity) -> None:
        self._notifications += 1
        reporter = int(group.reporter[row])
        alarm = Alarm(
            notification_id=self._notifications,
            alarm_id=alarm_id,
            managed_object=group.objects[row],
            reported_by=self._elements[reporter],
            event_type=group.meaning.event_type,
            probable_cause=group.meaning.cause,
            perceived_severity=severity,
            event_time=max(0, self._clock.now + int(self._skew[reporter])),
            specific_problem=group.meaning.problem,
        )
        what = f"{group.objects[row]}/{group.meaning.problem}/{alarm.reported_by}"
        stream = self._key.stream(f"alarms/{what}/{int(group.changes[row])}")
        if stream.random() < self._habits.lost:
            return
        copies = 2 if stream.random() < self._habits.duplicated else 1
        leaves = self._clock.now + self._queued(reporter)
        for _ in range(copies):
            arrives = leaves + self._habits.delay.draw(stream)
            if self._habits.late and stream.random() < self._habits.late:
                arrives += self._habits.lateness.draw(stream)
            self._clock.call_at(arrives, partial(self._send, alarm))

    def _queued(self, reporter: int) -> Millis:
        """Return how long a notification waits in its element's agent, ms.

        Virtual scheduling (ITU-T I.371): each takes 1/rate, and the agent may be ahead by a second.
        """
        now, each = float(self._clock.now), SECOND / self._habits.agent_rate
        start = max(now, float(self._tat[reporter]))
        self._tat[reporter] = start + each
        return max(0, round(start + each - SECOND - now))
