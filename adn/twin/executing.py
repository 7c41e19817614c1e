"""Executing: commands take time, may fail, break things meanwhile, and change what they change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from adn.base.records import Record
from adn.base.sampling import timing_of
from adn.base.streams import Key
from adn.northbound.commands import Command, CommandResult, PlanNotice, command_kinds
from adn.twin.effects import RefusedError, apply, check_target, downtime, element_of
from adn.twin.fork import Fork, newly, pain
from adn.twin.probes import PROBES

if TYPE_CHECKING:
    from adn.twin.twin import Twin

REFUSAL_MS = 200
"""How long the network takes to refuse a command (assumption)."""


class Executing:
    """Carries out commands on a twin and answers with `report(result)`."""

    def __init__(self, twin: Twin, key: Key, report: Callable[[CommandResult], None]) -> None:
        self._twin, self._key, self._report = twin, key, report
        self._helpful: set[str] = set()
        self._crews: set[str] = set()
        self._down: set[str] = set()

    def submit(self, command: Command) -> None:
        """Start to carry out a command."""
        self._twin.clock.process(self._carry_out(command))

    def judge(self, notice: PlanNotice) -> None:
        """Compare the settled network with and without a plan, and write it into the truth."""
        twin = self._twin
        fork = twin.fork()
        without, planned = fork.settled(), fork.after(notice.steps).settled()
        outside_now = without.outside | twin.performance.outside
        if planned.outside.sum() < without.outside.sum() or self._helps_latently(
            fork, notice.steps
        ):
            self._helpful.add(notice.id)
        twin.truth(
            Record(
                twin.clock.now,
                "plan.judged",
                "twin",
                id=notice.id,
                ref={"incident": notice.incident},
                data={
                    "outside_without": int(without.outside.sum()),
                    "outside_with": int(planned.outside.sum()),
                    "restores": bool(not (planned.outside & outside_now).any()),
                    "harms": bool(newly(without.outside, planned.outside).any()),
                },
            )
        )

    def _helps_latently(self, fork: Fork, steps: Sequence[Command]) -> bool:
        """Whether steps ease the next coming of what comes and goes, though it may be gone now."""
        latent = tuple(self._twin.latent.values())
        if not latent:
            return False
        before, after = fork.struck(latent), fork.after(steps).struck(latent)
        return pain(fork.network, after) < pain(fork.network, before)

    def _carry_out(self, command: Command) -> Generator[Any, Any, None]:
        twin, clock = self._twin, self._twin.clock
        refusal = self._refusal(command)
        if refusal:
            yield clock.sleep(REFUSAL_MS)
            self._answer(command, ok=False, message=refusal)
            return
        kind = command_kinds()[command.kind]
        stream = self._key.stream(f"commands/{command.id}")
        takes = timing_of(kind.time).draw(stream)
        fails = bool(stream.random() < kind.fails["probability"])
        if kind.performed_by == "field":
            self._crews.add(command.id)
        meanwhile = downtime(command)
        disturbs = False
        if meanwhile and not fails:
            self._down.add(command.id)
            calm = twin.performance.outside
            twin.impair(meanwhile, f"command {command.id}")
            disturbs = bool(newly(calm, twin.fork().settled().outside).any())
        yield clock.sleep(takes)
        if fails:
            self._in_vain(command.id)
            self._answer(command, ok=False, message="not carried out: the element did not comply")
        elif kind.use == "probe":
            self._probe(command, stream)
        else:
            self._change(command, disturbs)

    def seal(self) -> None:
        """Write down the crews that are still out when the run ends."""
        for command in sorted(self._crews):
            self._in_vain(command)

    def _in_vain(self, command: str) -> None:
        """Write down that a crew went out and has mended nothing; software leaves no trace."""
        if command not in self._crews:
            return
        self._crews.discard(command)
        nothing = {"applied": False, "renewed": False, "helped": False, "harmed": False}
        data = {**nothing, "field": True}
        self._twin.truth(
            Record(self._twin.clock.now, "command.effect", "twin", id=command, data=data)
        )

    def _refusal(self, command: Command) -> str:
        """Return why the network will not take a command, or ""."""
        try:
            check_target(self._twin.network, command)
        except RefusedError as error:
            return str(error)
        return self._unreachable(command)

    def _unreachable(self, command: Command) -> str:
        element = element_of(self._twin.network, command)
        if element is None or self._twin.manages(element):
            return ""
        return f"{self._twin.network.elements[element]} cannot be reached"

    def _change(self, command: Command, disturbs: bool) -> None:
        """Put the effect of a command in force and write down what it really did.

        A step is judged with its plan: policing one ingress helps nobody until the others follow;
        and what eases a fault that comes and goes helps while that is gone, too.
        Downtime that took services out counts as harm unless something broken was renewed by it.
        """
        twin = self._twin
        unreachable = "" if downtime(command) else self._unreachable(command)
        before = twin.fork().without(command.id)
        try:
            effect = apply(twin.network, command, before.configuration, before.overlay)
        except RefusedError as error:
            unreachable = str(error)
        if unreachable:
            self._answer(command, ok=False, message=unreachable)
            return
        self._crews.discard(command.id)
        settled_before, settled_after = before.settled(), before.after([command]).settled()
        eased = pain(twin.network, settled_before) - pain(twin.network, settled_after)
        helped = eased > 0 or command.plan in self._helpful
        helped = helped or self._helps_latently(before, [command])
        broke = bool(newly(settled_before.outside, settled_after.outside).any())
        renewed = any(row.owner not in self._down for row in effect.renewed)
        data = {
            "applied": True,
            "renewed": renewed,
            "helped": helped,
            "harmed": (broke and not helped) or (disturbs and not renewed),
            "field": command_kinds()[command.kind].performed_by == "field",
        }
        twin.truth(Record(twin.clock.now, "command.effect", "twin", id=command.id, data=data))
        twin.configure(effect.configuration, effect.overlay, command.id)
        for listener in twin.carried_out:
            listener(command)
        twin.observe(f"command {command.id}")
        self._answer(command, ok=True, message="done")

    def _answer(self, command: Command, *, ok: bool, message: str, measurement: Any = None) -> None:
        now = self._twin.clock.now
        self._report(CommandResult(command.id, ok, now, message, measurement or {}))

    def _probe(self, command: Command, stream: np.random.Generator) -> None:
        twin, unreachable = self._twin, self._unreachable(command)
        if unreachable:
            self._answer(command, ok=False, message=unreachable)
            return
        measurement = PROBES[command.kind](twin, command.target, stream)
        self._answer(command, ok=True, message="measured", measurement=measurement)
