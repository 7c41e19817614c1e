"""Where the trouble is: suspects with probabilities, why, the domain, and what to probe next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from scipy.sparse import csr_array

from adn.base.keeping import kept
from adn.closedloop.correlating import Cause
from adn.closedloop.estimate import Estimate
from adn.closedloop.explaining import Explaining, crossing_now, loses_too_much
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.knowledge.destinations import passing, towards
from adn.closedloop.knowledge.evidence import Scope, gather
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.knowledge.hypotheses import Hypotheses, compile_hypotheses
from adn.closedloop.knowledge.inference import Given, Inference, Standing
from adn.closedloop.knowledge.isolating import dark_parts, explained
from adn.closedloop.knowledge.items import Item, Key
from adn.closedloop.knowledge.losses import Losses, read_losses
from adn.closedloop.knowledge.signs import Signs, read_signs
from adn.closedloop.probing import ProbeWish, wishes
from adn.closedloop.view import View
from adn.northbound.problems import PROBLEM_CLASSES, UNKNOWN
from adn.topology.network import Floats

SHOWN: Final = 8
"""How many suspects are named; the others' probability is left over."""

APART: Final = 0.5
"""From what probability on a second problem is believed to be there as well (assumption)."""

BELIEVED: Final = 0.5
"""From what probability on it is worked out what a suspect explains (assumption)."""

_DIGITS: Final = 12
_LEAST: Final = 1e-4
_REASONS: Final = 6
_CROSSES: Final = 0.05


@dataclass(frozen=True, slots=True)
class Suspect:
    """One thing that may be the cause.

    Attributes:
        object: Id of the object; empty for *unknown*.
        problem: A public problem class, or *unknown*.
        probability: Posterior, 0..1; all suspects together at most 1.
        because: Evidence and paths, in words, strongest first.
        severity: Loss of a lossy direction, measured or fitted, else 0.
        towards: Elements towards which alone it loses traffic; empty for all.
        explains: Objects at which it may show and services that it may hurt; told of those that
            are believed in.
        lasting: The same without services that are hurt only as long as they cross it.
    """

    object: str
    problem: str
    probability: float
    because: tuple[str, ...]
    severity: float = 0.0
    towards: tuple[str, ...] = ()
    explains: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is believed about an incident.

    Attributes:
        suspects: Best first.
        probes: What would tell most per second, best first; empty where nothing is in doubt.
        domain: Domain with the largest probability; empty for *unknown*.
        domain_probability: Its probability.
        apart: Other problems that are believed to be there at the same time, surest first.
    """

    suspects: tuple[Suspect, ...]
    probes: tuple[ProbeWish, ...]
    domain: str
    domain_probability: float
    apart: tuple[Suspect, ...] = ()


class Locator(Protocol):
    """Anyone who says where the trouble is."""

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the suspects of an incident, given all that was seen.

        Args:
            snapshot: The incident.
            view: All that was seen.
            given: What other incidents are put down to; it is taken to be there.
        """
        ...


class GraphLocator:
    """Greedy Bayesian inference over the hypotheses of a knowledge graph."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        """Hold the graph; hypotheses are compiled when first needed, and again when it grows."""
        self.graph = graph
        self._known: Estimate | None = None
        self._compiled: tuple[int, Hypotheses] | None = None

    def locate(
        self, snapshot: IncidentSnapshot, view: View, given: Sequence[Cause] = ()
    ) -> Diagnosis:
        """Return the suspects of an incident, given all that was seen; see `Locator`."""
        graph = self.graph
        graph.reconcile(view.roster("direction"))
        scope = Scope(snapshot.began_at, frozenset({*snapshot.objects, *snapshot.services}))
        items = gather(view, graph, scope)
        hypotheses = self._hypotheses()
        age = view.now - snapshot.began_at
        signs = read_signs(hypotheses, items, graph.models.evidence, view.silent, age)
        believed = self._estimate.believing(view)
        graph.route(believed.shares())
        losses = read_losses(view, believed, scope)
        held = [
            Given(hypotheses.place[row.problem, row.object], row.severity)
            for row in given
            if (row.problem, row.object) in hypotheses.place
        ]
        parts = dark_parts(graph.network, view.silent)
        signs = explained(signs, hypotheses, parts, [row.row for row in held])
        inference = Inference(
            hypotheses,
            signs,
            losses,
            self._crossed(believed, hypotheses),
            graph.models,
            passing(graph.network, losses),
            held,
        )
        told = _told(snapshot, given, believed, view)
        if told is not None:
            return _another_face(told)
        found = inference.standings()
        standings = _of_incident(found, hypotheses, signs, losses, snapshot)
        if not _any_spoken_for(standings):
            return _nothing_known(items)
        explaining = Explaining(hypotheses, believed, self._estimate)
        first = ((1.0, standings[0][1]),)
        suspects = self._suspects(first, hypotheses, items, view, explaining, inference)
        domain, probability = _domain(first, hypotheses)
        wanted = wishes(graph, hypotheses, _mixture(standings), items, view, snapshot.began_at)
        return Diagnosis(
            suspects=suspects,
            probes=wanted,
            domain=domain,
            domain_probability=probability,
            apart=tuple(
                row
                for _, standing in standings[1:]
                for row in self._suspects(
                    ((1.0, standing),), hypotheses, items, view, explaining, inference
                )[:1]
                if row.probability >= APART and row.problem not in {UNKNOWN, "congestion"}
            ),
        )

    @property
    def _estimate(self) -> Estimate:
        """The recorded network in health, worked out when first asked for."""
        if self._known is None or self.graph.network is not self._known.network:
            self._known = Estimate.of(self.graph.network)
        return self._known

    def _hypotheses(self) -> Hypotheses:
        if self._compiled is None or self._compiled[0] != self.graph.version:
            self._compiled = (self.graph.version, compile_hypotheses(self.graph))
        return self._compiled[1]

    def _crossed(self, believed: Estimate, hypotheses: Hypotheses) -> csr_array:
        """Return which services crossed what each hypothesis kills, shape (S, H)."""
        return _crossing(believed.fork(down=frozenset()).shares(), hypotheses)

    def _suspects(
        self,
        standings: tuple[tuple[float, Standing], ...],
        hypotheses: Hypotheses,
        items: Mapping[Key, Item],
        view: View,
        explaining: Explaining,
        inference: Inference,
    ) -> tuple[Suspect, ...]:
        """Return the likeliest hypotheses of all standings, best first, with reasons."""
        share = _mixture(standings)
        unknown = sum(weight * row.unknown for weight, row in standings)
        found: list[Suspect] = []
        for at in np.argsort(-share, kind="stable")[:SHOWN].tolist():
            if share[at] < _LEAST:
                break
            problem, name = hypotheses.names[at]
            row = max(standings, key=lambda held: float(held[0] * held[1].probability[at]))[1]
            suspect = Suspect(
                object=name,
                problem=problem,
                probability=float(share[at]),
                because=self._because(hypotheses, at, row, items),
                severity=max(_severity(hypotheses, at, row), _measured(view, name)),
                towards=self._towards(inference, hypotheses, at, row),
            )
            if suspect.probability >= BELIEVED:
                lasting = explaining.of(suspect, at)
                explains = lasting | explaining.crossing(suspect)
                suspect = replace(suspect, explains=explains, lasting=lasting)
            found.append(suspect)
        if unknown >= _LEAST:
            shown = [item.says for item in items.values() if item.present]
            why = ("no known class of problem explains what is seen", *shown)
            found.append(Suspect("", UNKNOWN, unknown, why[:_REASONS]))
        return tuple(sorted(found, key=lambda row: (-row.probability, row.problem, row.object)))

    def _towards(
        self, inference: Inference, hypotheses: Hypotheses, at: int, row: Standing
    ) -> tuple[str, ...]:
        element = int(hypotheses.element[at])
        if element < 0:
            return ()
        targets, _ = towards(inference.seen, row.drops, element)
        return tuple(self.graph.network.elements[int(target)] for target in targets)

    def _because(
        self, hypotheses: Hypotheses, at: int, row: Standing, items: Mapping[Key, Item]
    ) -> tuple[str, ...]:
        """Return the evidence for one hypothesis, with the path that relates it; then against."""
        problem, name = hypotheses.names[at]
        kind = PROBLEM_CLASSES[problem].object_type
        said: list[str] = []
        direction = int(hypotheses.direction[at])
        if direction >= 0 and row.hurt[direction]:
            said.append(
                f"{row.hurt[direction]} of {row.crossing[direction]} services routed over {name} "
                f"lose traffic, as {row.rate[direction]:.2%} lost there would make them"
            )
        expected = [
            hypotheses.keys[column]
            for column in dict.fromkeys(hypotheses.column[hypotheses.shows(at)].tolist())
        ]
        for evidence in sorted({kind for kind, _ in expected}):
            shown = [items[k] for k in expected if k[0] == evidence and _present(items, k)]
            if shown:
                object_type = self.graph.models.evidence[evidence].object_type
                path = self.graph.explain((kind, name), (object_type, shown[0].object))
                said.append(f"{shown[0].says}{_more(shown)}; {path}")
        for evidence in sorted(hypotheses.anywhere):
            shown = [item for item in items.values() if item.present and item.kind == evidence]
            if hypotheses.anywhere[evidence][at] > 0.0 and shown:
                said.append(f"{shown[0].says}{_more(shown)}; a consequence")
        absent = [items[key].says for key in expected if key in items and not items[key].present]
        said.extend(f"against it, {says}" for says in absent)
        return tuple(said[:_REASONS]) or ("nothing seen speaks for it; only how often it happens",)


@kept(2)
def _crossing(shares: csr_array, hypotheses: Hypotheses) -> csr_array:
    return csr_array((shares @ hypotheses.disrupts.T) > _CROSSES).astype(np.float64)


def _present(items: Mapping[Key, Item], key: Key) -> bool:
    return key in items and items[key].present


def _more(shown: list[Item]) -> str:
    return f" and {len(shown) - 1} more" if len(shown) > 1 else ""


def _measured(view: View, direction: str) -> float:
    """Return the loss that a direction was last measured to have, 0 where it was not."""
    network = view.network
    if direction not in network.directions:
        return 0.0
    link, side = network.link_of(direction), network.directions.row(direction) % 2
    for command, result in reversed(view.probes):
        if command.kind == "measure-link" and command.target == link and result.ok:
            loss = result.measurement.get(("loss_forward", "loss_backward")[side])
            return float(loss or 0.0)
    return 0.0


def _told(
    snapshot: IncidentSnapshot, given: Sequence[Cause], believed: Estimate, view: View
) -> Cause | None:
    """Return the given cause that explains, as things are now, all that an incident names."""
    named = {*snapshot.objects, *snapshot.services}
    for row in given:
        explained = row.lasting | {row.object} | crossing_now(row, believed)
        if named and named <= explained and not any(loses_too_much(view, n, row) for n in named):
            return row
    return None


def _another_face(best: Cause) -> Diagnosis:
    """Return a given cause: the incident is no other problem."""
    suspect = Suspect(
        object=best.object,
        problem=best.problem,
        probability=best.probability,
        because=("what another incident was put down to explains everything seen",),
        severity=best.severity,
        towards=best.towards,
        explains=best.explains,
        lasting=best.lasting,
    )
    domain = PROBLEM_CLASSES[best.problem].domain
    return Diagnosis((suspect,), (), domain, best.probability)


def _any_spoken_for(standings: tuple[tuple[float, Standing], ...]) -> bool:
    """Return whether anything seen speaks for what is likeliest in any of the standings.

    Where it is only how often things happen that tells them apart, no probe is worth its time.
    """
    return any(row.spoken[int(np.argmax(row.probability))] for _, row in standings)


def _nothing_known(items: Mapping[Key, Item]) -> Diagnosis:
    shown = [item.says for item in items.values() if item.present]
    why = ("nothing that is seen speaks for any known class of problem", *shown)
    return Diagnosis((Suspect("", UNKNOWN, 1.0, why[:_REASONS]),), (), "", 1.0)


def _of_incident(
    standings: tuple[Standing, ...],
    hypotheses: Hypotheses,
    signs: Signs,
    losses: Losses,
    snapshot: IncidentSnapshot,
) -> tuple[tuple[float, Standing], ...]:
    """Return the standings that concern the incident, with weights that sum to 1.

    Several problems may be there at once; one that shows nothing of what the incident names
    belongs to another incident.
    """
    named = {*snapshot.objects, *snapshot.services}
    concerned = [
        row
        for row in standings
        if row.member < 0 or not named or _touches(row.member, hypotheses, signs, losses, named)
    ]
    kept = concerned or list(standings)
    gains = [max(row.gain, 1e-6) for row in kept]
    return tuple((gain / sum(gains), row) for gain, row in zip(gains, kept, strict=True))


def _touches(
    member: int, hypotheses: Hypotheses, signs: Signs, losses: Losses, named: set[str]
) -> bool:
    """Return whether a hypothesis shows anything that an incident names."""
    if hypotheses.names[member][1] in named:
        return True
    shown = np.flatnonzero(signs.q[member] > 0.0).tolist()
    if any(signs.items[column].object in named for column in shown):
        return True
    direction = int(hypotheses.direction[member])
    if direction < 0:
        return False
    span = slice(losses.shares.indptr[direction], losses.shares.indptr[direction + 1])
    return bool(losses.departed[losses.shares.indices[span]].any())


def _mixture(standings: tuple[tuple[float, Standing], ...]) -> Floats:
    """Return the probability of each hypothesis over all standings, shape (H,).

    It is rounded, so that what is equally likely is in order of name on every machine.
    """
    found = np.sum([weight * row.probability for weight, row in standings], axis=0)
    rounded: Floats = np.round(found, _DIGITS)
    return rounded


def _severity(hypotheses: Hypotheses, at: int, row: Standing) -> float:
    direction = int(hypotheses.direction[at])
    return float(row.rate[direction]) if direction >= 0 else 0.0


def _domain(
    standings: tuple[tuple[float, Standing], ...], hypotheses: Hypotheses
) -> tuple[str, float]:
    """Return the likeliest domain and its probability, summed over all hypotheses."""
    share = _mixture(standings)
    sums: dict[str, float] = {"": sum(weight * row.unknown for weight, row in standings)}
    for at in np.flatnonzero(share > 0.0).tolist():
        domain = PROBLEM_CLASSES[hypotheses.names[at][0]].domain
        sums[domain] = sums.get(domain, 0.0) + float(share[at])
    best = max(sorted(sums), key=lambda name: sums[name])
    return best, min(1.0, sums[best])
