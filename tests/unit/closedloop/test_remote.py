"""A controller in another process: the same answers, and clear errors when it fails."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND
from adn.base.errors import AdnError
from adn.base.levels import AutonomyLevel
from adn.closedloop.host import serve
from adn.closedloop.loop import ClosedLoop
from adn.closedloop.people.roster import OperationsPlan
from adn.closedloop.remote import RemoteController
from adn.northbound import wire

CUT_AT = 600 * SECOND
GOOD_HELLO = 'print(\'{"ready": true, "next": 0}\', flush=True)'


def program(text: str) -> tuple[str, ...]:
    """A child that takes the briefing, greets, and then does as `text` says."""
    lines = ["import sys, time", "sys.stdin.readline()", GOOD_HELLO, text]
    return (sys.executable, "-I", "-c", "\n".join(lines))


def cut(bench: Any) -> Any:
    def reading(at: int, name: str, kpi: str) -> float:
        bad = kpi == "loss" and at > CUT_AT and name == "vpn:A>B"
        return 0.3 if bad else {"loss": 0.0, "latency": 10.0, "rate": 1e9}[kpi]

    world = bench.world(reading, measurements={"otdr": {"length_km": 100.0, "break_km": 40.0}})
    for i, name in enumerate(("A>B", "B>A", "A~B"), start=1):
        world.send(CUT_AT + 2 * SECOND + i * 100, bench.alarm(i, name, CUT_AT + i))
    world.send(CUT_AT + 12 * SECOND, bench.losses(CUT_AT + 10 * SECOND, ["vpn:A>B"], 0.3))
    return world


def lines(sent: list[Any]) -> list[str]:
    return [f"{at} {wire.encode(message)}" for at, message in sent]


def test_the_loop_in_a_child_sends_what_it_sends_here(bench: Any) -> None:
    """Same briefing, same post: byte for byte the same messages at the same instants."""
    briefing = bench.briefing(AutonomyLevel.L4)
    here = cut(bench).play(ClosedLoop(briefing), 15 * MINUTE)
    with RemoteController(briefing) as remote:
        there = cut(bench).play(remote, 15 * MINUTE)
    assert len(here) > 20
    assert lines(there) == lines(here)


def test_the_child_s_own_refusal_is_passed_on(bench: Any) -> None:
    nobody = OperationsPlan(profile="nobody")
    briefing = replace(bench.briefing(AutonomyLevel.L2), operations=nobody)
    with pytest.raises(AdnError, match="PPL001 there is no profile 'nobody'; there are: noc-def"):
        RemoteController(briefing)


def test_a_child_that_dies_is_a_clear_error_with_its_last_words(bench: Any) -> None:
    text = "sys.stdin.readline(); sys.exit('out of memory')"
    with (
        RemoteController(bench.briefing(AutonomyLevel.L4), program(text)) as remote,
        pytest.raises(AdnError) as caught,
    ):
        remote.advance(SECOND)
    assert str(caught.value) == (
        "RMT002 the controller's process ended at 1000 ms of the run: out of memory\n1 error"
    )


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("hello", "a line that is not JSON"),
        ("[]", "a line that is no object"),
        ('{"next": 1}', "an answer without a list of messages"),
        ('{"sent": []}', "an answer without the instant of its next event"),
        (
            '{"next": 1, "sent": [{"type": "Alarm"}]}',
            "line: 'Alarm' is no type that may cross this way",
        ),
    ],
)
def test_a_child_that_talks_nonsense_is_a_clear_error(bench: Any, reply: str, what: str) -> None:
    text = f"sys.stdin.readline(); print({reply!r}, flush=True); sys.stdin.read()"
    with (
        RemoteController(bench.briefing(AutonomyLevel.L4), program(text)) as remote,
        pytest.raises(AdnError) as caught,
    ):
        remote.advance(SECOND)
    assert str(caught.value) == (
        f"RMT003 the controller's process sent {what} at 1000 ms of the run\n1 error"
    )


def test_a_program_that_does_not_exist_is_a_clear_error(bench: Any) -> None:
    with pytest.raises(AdnError) as caught:
        RemoteController(bench.briefing(AutonomyLevel.L4), ("/nowhere/controller",))
    assert str(caught.value) == (
        "RMT001 the controller's process cannot be started: No such file or directory\n1 error"
    )


def test_the_child_sees_an_empty_folder_and_no_environment_of_ours(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADN_CANARY", "tweet")
    text = (
        "import os; sys.stdin.readline(); "
        'sys.exit(f\'{os.listdir()} {"ADN_CANARY" in os.environ} {"HOME" in os.environ}\')'
    )
    with (
        RemoteController(bench.briefing(AutonomyLevel.L4), program(text)) as remote,
        pytest.raises(AdnError, match=r": \[\] False False"),
    ):
        remote.advance(SECOND)


def test_the_host_refuses_lines_that_are_not_of_the_protocol(bench: Any) -> None:
    loop = ClosedLoop(bench.briefing(AutonomyLevel.L4))
    with pytest.raises(ValueError, match="'Command' is no type that may cross this way"):
        serve(loop, io.StringIO('{"deliver": {"type": "Command"}, "now": 0}\n'), io.StringIO())


def test_the_host_answers_with_messages_and_the_next_event(bench: Any) -> None:
    loop, out = ClosedLoop(bench.briefing(AutonomyLevel.L4)), io.StringIO()
    serve(loop, io.StringIO('{"advance": 0}\n'), out)
    answer = json.loads(out.getvalue())
    assert [m["type"] for m in answer["sent"]] == ["WatchList"] + 9 * ["Record"]
    assert answer["next"] == loop.next_event()
