"""Detectors: from alarms, departures and silence to anomalies, the signals incidents are made of.

Detection has two stages. The collector's statistics pass on what departs from its baseline; here a
scikit-learn isolation forest, fitted on what healthy warm-up looked like, says which departures are
out of the ordinary, and a rule of size and persistence says which of those are worth an incident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, log2
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from adn.base.clock import Millis
from adn.base.streams import Key
from adn.closedloop.patience import MOVING, PATIENCE, is_worth
from adn.closedloop.view import SeriesKey, View
from adn.northbound.alarms import Alarm, ProbableCause
from adn.northbound.post import Candidate, Candidates, Series, SeriesReply, Ticket
from adn.northbound.telemetry import Table, kpi
from adn.topology.network import Floats

Signal = Alarm | Candidates | Ticket
"""What detectors look at."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One signal that something is wrong.

    Attributes:
        table: What kind of object; ``link`` also for alarms on links.
        object: Id of the object.
        what: Name of the KPI, ``alarm``, ``silence`` or ``ticket``.
        measured_at: When it was first so, simulated ms.
        size: Departure in spreads; 0 for alarms, silence and tickets.
        opens: Whether it is reason enough for an incident; if not, it only adds to one.
        alarm: Id of the alarm it stands for, or empty.
        evidence: Its id in the log.
    """

    table: Table
    object: str
    what: str
    measured_at: Millis
    size: float = 0.0
    opens: bool = True
    alarm: str = ""
    evidence: str = ""

    def with_evidence(self, name: str) -> Anomaly:
        """Return the same anomaly under an id."""
        return replace(self, evidence=name)


class Detector(Protocol):
    """Anything that finds anomalies in what is seen."""

    def observe(self, seen: Signal) -> Iterable[Anomaly]:
        """Return the anomalies that this observation reveals, each only once."""
        ...


FEATURES: Final = ("z", "cusum", "ticks", "relative departure", "share of rows")
_CAPS: Final = (50.0, 100.0, 10.0, 10.0, 1.0)
TREES: Final = 32
SAMPLES: Final = 128
"""Rows that each tree is grown on, at most."""
LEAST_ROWS: Final = 40
"""Fewer rows than this cannot show what ordinary is: then size and persistence alone decide."""


def preload() -> None:
    """Import scikit-learn now, since it takes a second or more and is needed only later."""
    import sklearn.tree  # noqa: F401


class OrdinaryForest:
    """The second stage: an isolation forest (Liu, Ting and Zhou, ICDM 2008) of ordinary rows."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._learnt: list[Callable[[], list[list[float]]]] = []
        self._unfitted: list[Callable[[], list[list[float]]]] = []
        self._trees: list[tuple[Any, Floats]] = []
        self._ordinary = 0.0

    def learn_candidates(self, seen: Candidates, rows: int) -> None:
        """Add candidates of healthy warm-up, of a table with so many rows."""
        self._learnt.append(lambda: features(seen.rows, rows))

    def learn_series(self, seen: SeriesReply) -> None:
        """Add samples of ordinary series, described as the collector would describe them."""
        self._learnt += [partial(_described, series) for series in seen.series]

    def fit(self) -> None:
        """Fit on everything learnt, if it is enough, as soon as there is something to judge."""
        self._unfitted, self._learnt = self._learnt, []

    @property
    def fitted(self) -> bool:
        """Whether there was something to judge, and enough to judge it by."""
        return bool(self._trees)

    def _fit(self) -> None:
        rows = [row for described in self._unfitted for row in described()]
        self._unfitted = []
        if len(rows) < LEAST_ROWS:
            return
        samples = min(SAMPLES, len(rows))
        trees = _grown(np.array(rows, dtype=np.float32), samples, self._key)
        self._trees = [(tree, _path_lengths(tree)) for tree in trees]
        self._ordinary = TREES * float(_average_path_length(np.array([samples]))[0])

    def unusual(self, candidates: Sequence[Candidate], count: int, rows: int) -> list[bool]:
        """Return which candidates are out of the ordinary, of `count` in a table of `rows`.

        A score above one half, which is a mean path shorter than that of an unsuccessful search
        (Liu, Ting and Zhou, section 2). The trees are walked here: scikit-learn's own scoring
        dispatches each of them as a job, which takes ten times as long for a handful of rows.
        """
        if self._unfitted and candidates:
            self._fit()
        if not self._trees or not candidates:
            return [True] * len(candidates)
        described = np.array(features(candidates, rows, count), dtype=np.float32)
        walked = sum(length[tree.apply(described)] for tree, length in self._trees)
        return [bool(steps < self._ordinary) for steps in walked]


def _grown(rows: npt.NDArray[np.float32], samples: int, key: Key) -> list[Any]:
    """Return isolation trees: random splits of random features of so many rows each.

    They are grown one by one: scikit-learn's own forest hands out each as a job and checks all rows
    anew, which takes three times as long.
    """
    from sklearn.tree import ExtraTreeRegressor

    depth, draw = ceil(log2(max(samples, 2))), key.stream("isolation-forest")
    trees = []
    for _ in range(TREES):
        held = rows[draw.permutation(len(rows))[:samples]]
        # What is to be told apart is drawn at random, so that where a split falls is too.
        tree = ExtraTreeRegressor(
            max_depth=depth, max_features=1, random_state=int(draw.integers(2**31))
        )
        trees.append(tree.fit(held, draw.random(samples), check_input=False).tree_)
    return trees


def _described(series: Series) -> list[list[float]]:
    """Return samples of an ordinary series, described as the collector would describe them."""
    held = np.array(series.values, dtype=np.float64)
    held = held[np.isfinite(held)]
    if len(held) < 2:
        return []
    known = kpi(series.table, series.kpi)
    mean, spread = float(held.mean()), max(float(held.std()), known.floor)
    z = (-1.0 if known.worse == "down" else 1.0) * (held - mean) / spread
    relative = np.abs(held - mean) / max(abs(mean), known.floor)
    nothing = np.zeros(len(held))
    rows = np.column_stack([z, np.maximum(0.0, z - 1.0), nothing, relative, nothing])
    found: list[list[float]] = np.minimum(rows, _CAPS).tolist()
    return found


def _path_lengths(tree: Any) -> Floats:
    """Return the path length that each node stands for as a leaf, shape (nodes,).

    Its depth, and what an average search among the samples left in it would still take.
    """
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):  # children come after their parent
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1.0
    return depth + _average_path_length(tree.n_node_samples)


def _average_path_length(samples: npt.NDArray[np.int64]) -> Floats:
    """Return c(n), the mean path of an unsuccessful search among n (Liu et al., equation 1)."""
    many = np.maximum(samples, 3).astype(np.float64)
    searched = 2.0 * (np.log(many - 1.0) + np.euler_gamma) - 2.0 * (many - 1.0) / many
    found: Floats = np.where(samples > 2, searched, np.where(samples == 2, 1.0, 0.0))
    return found


def features(rows: Sequence[Candidate], size: int, count: int | None = None) -> list[list[float]]:
    """Return the `FEATURES` of candidates, of `count` in a table of `size` rows."""
    share = (len(rows) if count is None else count) / max(1, size)
    return [
        _capped(
            (
                row.z,
                row.cusum,
                float(row.ticks),
                abs(row.value - row.mean) / max(abs(row.mean), row.spread),
                share,
            )
        )
        for row in rows
    ]


def _capped(values: Sequence[float]) -> list[float]:
    return [min(value, cap) for value, cap in zip(values, _CAPS, strict=True)]


class DepartureDetector:
    """Finds departures that are large or lasting, and out of the ordinary."""

    def __init__(self, view: View, forest: OrdinaryForest) -> None:
        self._view, self._forest = view, forest
        self._told: set[SeriesKey] = set()
        self._began: dict[SeriesKey, Millis] = {}
        self._limits = {
            row.id: {"loss": row.sla.loss, "latency": row.sla.latency_ms}
            for row in view.network.rows.services
        }

    def observe(self, seen: Signal) -> Iterable[Anomaly]:
        """Return new anomalies among the candidates."""
        if not isinstance(seen, Candidates):
            return []
        table = seen.table
        worth: list[Candidate] = []
        for row in seen.rows:
            key = (table, row.object, row.kpi)
            if row.ticks == 1:
                self._told.discard(key)
                self._began[key] = seen.measured_at
            if key not in self._told and self._counts(table, row, seen.measured_at):
                worth.append(row)
        size = len(self._view.roster(table)) or len(seen.rows)
        unusual = self._forest.unusual(worth, len(seen.rows), size)
        full: frozenset[int] = frozenset()
        if table == "service" and any(unusual):
            full = self._view.full_links() | _switched(self._view)
        found = []
        for row in (row for row, odd in zip(worth, unusual, strict=True) if odd):
            key = (table, row.object, row.kpi)
            self._told.add(key)
            began = self._began.get(key, seen.measured_at)
            borne = self._borne(table, row, seen.measured_at, full)
            opens = PATIENCE[table, row.kpi].opens and not borne
            if not opens and PATIENCE[table, row.kpi].opens:
                self._told.discard(key)  # it may yet get worse
                continue
            found.append(Anomaly(table, row.object, row.kpi, began, row.z, opens))
        return found

    def _counts(self, table: Table, row: Candidate, at: Millis) -> bool:
        """Return whether a candidate is worth a look, work that was announced apart."""
        view = self._view
        every = view.interval(table, row.kpi)
        if not is_worth(table, row, every) or view.announced(row.object, at):
            return False
        # While something is worked on, traffic moves about it: what that costs is soon over.
        return row.ticks >= MOVING or not view.maintained(at)

    def _borne(self, table: Table, row: Candidate, at: Millis, full: frozenset[int]) -> bool:
        """Return whether a departure is within what was promised, and a busy hour's or a detour's.

        Demand that grows, and announced work that traffic is led round, are no faults. `full` are
        the rows of the links that are full now, or whose light takes a longer way.
        """
        view = self._view
        if table != "service" or row.object not in view.network.services:
            return False
        limits = self._limits.get(row.object, {})
        if row.value > limits.get(row.kpi, -np.inf):
            return False
        crosses = view.paths.links.get(row.object, frozenset())
        return bool(full & crosses) or view.led_round(row.object, at)


def _switched(view: View) -> frozenset[int]:
    """Return the rows of the links that protection has led another way, as elements say."""
    links = view.network.links
    return frozenset(
        links.row(alarm.managed_object)
        for alarm in view.active_alarms.values()
        if alarm.probable_cause is ProbableCause.LOSS_OF_REDUNDANCY
        and alarm.managed_object in links
    )


_CONSEQUENCES: Final = frozenset({ProbableCause.THRESHOLD_CROSSED, ProbableCause.CLIENT_FAILURE})
"""What follows from other things, and opens no incident by itself."""


class AlarmDetector:
    """Takes alarms at their word; a mere consequence, or announced work, opens no incident."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._told: set[str] = set()

    def observe(self, seen: Signal) -> Iterable[Anomaly]:
        """Return the anomaly of a newly raised alarm."""
        if not isinstance(seen, Alarm) or seen.is_clear or seen.alarm_id in self._told:
            return []
        self._told.add(seen.alarm_id)
        table: Table = "direction" if ">" in seen.managed_object else "link"
        if "~" not in seen.managed_object and table == "link":
            table = "element"
        if seen.managed_object in self._view.network.services:
            table = "service"
        if self._view.announced(seen.managed_object, self._view.now):
            return []
        opens = seen.probable_cause not in _CONSEQUENCES
        return [
            Anomaly(
                table=table,
                object=seen.managed_object,
                what="alarm",
                measured_at=seen.event_time,
                opens=opens,
                alarm=seen.alarm_id,
                evidence=seen.alarm_id,
            )
        ]


class SilenceDetector:
    """Notices elements that are dark, and stay so for another frame.

    What a collector has lost is not dark (see `adn.closedloop.silence`), nor is announced work.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._since: dict[str, Millis] = {}
        self._told: set[str] = set()

    def observe(self, seen: Signal) -> Iterable[Anomaly]:
        """Return an anomaly for each element that fell silent."""
        if not isinstance(seen, Candidates):
            return []
        at, silent = seen.measured_at, self._view.silent
        self._told &= silent
        self._since = {name: self._since.get(name, at) for name in silent}
        fresh = sorted(
            name
            for name, first in self._since.items()
            if first < at and name not in self._told and not self._view.announced(name, at)
        )
        self._told.update(fresh)
        return [Anomaly("element", name, "silence", self._since[name]) for name in fresh]
