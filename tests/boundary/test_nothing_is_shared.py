"""What crosses is a value: afterwards neither side can change what the other holds."""

from __future__ import annotations

from collections.abc import Sequence

from adn.base.clock import MINUTE, NEVER, Millis
from adn.base.levels import AutonomyLevel
from adn.northbound.commands import Command, PlanNotice
from adn.northbound.post import Message, Observation
from adn.scenario import read
from adn.session.assembly import assemble
from adn.session.conductor import Conductor


class Steering:
    """Sends one plan with one step at the fifth minute, and keeps what it has sent."""

    def __init__(self) -> None:
        routes = {"routes": {"voice:Denver>Atlanta": []}}
        step = Command("CMD-0001", "steer-services", "Denver", routes, plan="PLN-0001")
        self.sent: list[Message] = [PlanNotice("PLN-0001", "", "mitigate", (step,)), step]
        self._next: Millis = 5 * MINUTE

    def next_event(self) -> Millis:
        return self._next

    def deliver(self, now: Millis, seen: Observation) -> None:
        pass

    def advance(self, now: Millis) -> Sequence[Message]:
        if now < self._next:
            return ()
        self._next = NEVER
        return self.sent


def test_the_world_gets_commands_and_plans_of_its_own() -> None:
    """A map in a command is the world's own, however deep, once it has crossed."""
    assembly = assemble(read("abilene-fibre-cut"), AutonomyLevel.L4, 1)
    held: list[Command] = []
    submit, judge = assembly.twin.submit, assembly.twin.judge
    assembly.twin.submit = lambda now, command: (held.append(command), submit(now, command))
    assembly.twin.judge = lambda now, notice: (held.extend(notice.steps), judge(now, notice))
    steering = Steering()
    Conductor(assembly.twin, steering, assembly.log, MINUTE).run(6 * MINUTE)
    sent = steering.sent[1]
    assert isinstance(sent, Command)
    assert len(held) == 2
    for command in held:
        assert command == sent
        assert command is not sent
        assert command.params["routes"] is not sent.params["routes"]
