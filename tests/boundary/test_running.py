"""A running loop cannot reach the world, and nothing but sealed values crosses to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import NEVER, SimClock
from adn.base.streams import Key
from adn.northbound import wire
from adn.testing.reachability import paths_to, reachable

WORLD = ("adn.twin", "adn.faults", "adn.session", "adn.scenario", "adn.scoring", "adn.reference")


def of_the_world(found: object) -> bool:
    """Whether an object is, or is code, of a room that the loop must not reach."""
    home = getattr(found if callable(found) else type(found), "__module__", None)
    return isinstance(home, str) and home.startswith(WORLD)


def leaks(live) -> list[str]:
    """Return the paths from the loop to anything of the world."""
    clock = live.assembly.twin.clock
    secrets = {id(clock), id(clock._env), id(live.assembly.network)}
    return paths_to(live.loop, lambda found: id(found) in secrets or of_the_world(found))


def test_a_loop_in_the_middle_of_a_run_reaches_nothing_of_the_world(live) -> None:
    """From a live loop no twin, state, fault, clock or log of the world can be reached."""
    assert leaks(live) == []


def test_the_walk_does_go_through_the_whole_loop(live) -> None:
    """It comes to what the loop has: its clock, its suspended processes, its beliefs, its post."""
    kinds = {type(found).__name__ for _, found in reachable(live.loop)}
    assert {"SimClock", "Environment", "Process", "generator", "View", "Incident"} <= kinds
    assert {"Alarm", "Candidate", "Inventory", "Key"} <= kinds


PLANTS = {
    "twin": lambda a: a.twin,
    "state of the twin": lambda a: a.twin.state,
    "clock of the twin": lambda a: a.twin.clock,
    "environment of the twin": lambda a: a.twin.clock._env,
    "true network": lambda a: a.network,
    "scenario": lambda a: a.loaded,
    "writer of the truth": lambda a: a.log.secret,
    "listener of carried-out commands": lambda a: a.twin.carried_out,
    "bound method of the twin": lambda a: a.twin.submit,
    "closure over the twin": lambda a: lambda: a.twin,
    "fault ledger": lambda a: a.twin.attribution,
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_leak_planted_in_a_live_loop_is_found(live, plant) -> None:
    """Each thing of the world, hung on the loop's view, is found with the path to it."""
    live.loop._view.note = plant(live.assembly)
    found = leaks(live)
    assert found
    assert any("._view.note" in path for path in found)


def test_a_shared_clock_would_give_the_world_away(live) -> None:
    """Sharing one SimPy environment is sharing the secret: the walk finds the twin through it."""
    stranger = SimClock()
    stranger._env = live.assembly.twin.clock._env
    live.assembly.twin.clock.call_at(NEVER // 2, live.assembly.twin.next_event)  # as any fault does
    live.loop._view.note = stranger
    environment = id(live.assembly.twin.clock._env)
    through = paths_to(live.loop, lambda found: id(found) != environment and of_the_world(found))
    assert any("._env" in path for path in through)


def arrays_of(thing: object) -> dict[int, np.ndarray]:
    """Return the arrays that are reached without going through a module's own tables."""
    return {
        id(found): found
        for path, found in reachable(thing)
        if isinstance(found, np.ndarray) and " global " not in path
    }


def shared_memory(one: dict[int, np.ndarray], other: dict[int, np.ndarray]) -> int:
    """Return how many arrays of one side begin in memory that an array of the other side owns."""
    spans = [np.lib.array_utils.byte_bounds(array) for array in other.values() if array.size]
    starts = [np.lib.array_utils.byte_bounds(array)[0] for array in one.values() if array.size]
    return sum(any(low <= start < high for low, high in spans) for start in starts)


def test_the_sides_share_no_memory(live) -> None:
    """No column of the loop lies in memory that the world writes or reads."""
    assert shared_memory(arrays_of(live.loop), arrays_of(live.assembly.twin)) == 0


def test_shared_memory_is_found(live) -> None:
    """A view into a column of the world, hung on the loop, is seen to be one."""
    live.loop._view.note = live.assembly.twin.state.capacity_bps[1:]
    assert shared_memory(arrays_of(live.loop), arrays_of(live.assembly.twin)) > 0


def carried_by(values: list[object]) -> list[tuple[str, np.ndarray]]:
    """Return the arrays in what crossed, with their paths; values have no code to walk."""
    return [
        (path, found)
        for value in values
        for path, found in reachable(value, stop=lambda found: isinstance(found, type))
        if isinstance(found, np.ndarray) and not path.endswith(".base")
    ]


def unsealed(values: list[object]) -> list[str]:
    """Return the arrays in what crossed that are views or can be written."""
    return [
        f"{path}: {'a view' if found.base is not None else 'writable'}"
        for path, found in carried_by(values)
        if found.base is not None or found.flags.writeable
    ]


def test_every_array_that_crosses_owns_its_memory_and_is_sealed(lived) -> None:
    """Roll-ups and whatever else carries arrays: `base is None`, not writable."""
    crossed = [*lived.tapped.up, *lived.tapped.down, lived.assembly.briefing]
    assert len(carried_by(crossed)) > 5
    assert unsealed(crossed) == []


def test_an_unsealed_array_is_found() -> None:
    """A sealed view and a writable copy are both told apart from a sealed copy."""
    column = np.arange(4, dtype=np.float32)
    view, copy = column[1:], column.copy()
    view.flags.writeable = copy.flags.writeable = False
    assert unsealed([[view], [column], [copy]]) == ["list[0]: a view", "list[0]: writable"]


def crossed_bytes(lived) -> bytes:
    """Return everything that went either way, as the bytes that isolation sends, and as text."""
    values = [lived.assembly.briefing.inventory, *lived.tapped.up, *lived.tapped.down]
    texts = [wire.encode(value) for value in values]
    texts += [repr(value) for value in values]
    return "\n".join(texts).encode() + b"".join(lived.run.log.lines()[0])


def test_no_canary_crosses(lived, incident) -> None:
    """Names, title, tags and kinds of a scenario are in nothing that crossed."""
    crossed = crossed_bytes(lived).lower()
    assert len(crossed) > 10_000
    assert [word for word in incident.canaries if word.encode() in crossed] == []


def test_a_canary_would_be_heard(lived) -> None:
    """The truth does name the kind, so its absence from the rest says something."""
    truth = b"".join(lived.run.log.lines()[1]).lower()
    assert b"gallimaufry" in truth
    assert "zwieback" in str(lived.run.manifest).lower()


@pytest.fixture
def draws(incident, monkeypatch) -> tuple[set[tuple[str, str]], set[bytes], set[bytes]]:
    """Return every (use, name) drawn in a run, and the secrets of the loop's and other keys."""
    used: list[tuple[str, bytes, str]] = []
    for use in ("stream", "word", "child"):
        real = getattr(Key, use)

        def spy(self, name, use=use, real=real):
            used.append((use, self.secret, name))
            return real(self, name)

        monkeypatch.setattr(Key, use, spy)
    live = incident.live(until=400_000)
    monkeypatch.undo()
    ours = {found.secret for _, found in reachable(live.loop) if isinstance(found, Key)}
    names = {(use, name) for use, _, name in used}
    return names, ours, {secret for _, secret, _ in used} - ours


def test_the_loop_has_a_key_and_it_is_a_child(draws) -> None:
    """The loop reaches its own key and children of it, and no key that the world draws from."""
    _, ours, theirs = draws
    loop = Key.root(3).child("loop")
    allowed = {loop.secret} | {loop.child(name).secret for _, name in draws[0]}
    assert loop.secret in ours
    assert ours <= allowed
    assert Key.root(3).secret in theirs


def test_the_loops_key_derives_no_stream_of_the_world(draws) -> None:
    """For every name used in a run, no key of the loop, nor a child of one, draws alike."""
    names, ours, theirs = draws
    said = sorted({name for _, name in names})
    reach = [Key(secret) for secret in sorted(ours)]
    reach += [key.child(name) for key in reach for name in said]
    assert len(said) > 5
    assert first_draws(reach, said).isdisjoint(first_draws(map(Key, sorted(theirs)), said))


def test_a_key_given_away_is_noticed(draws) -> None:
    """Had the loop the key of the world's noise, the check above would see equal draws."""
    names, _, theirs = draws
    said = sorted({name for _, name in names})
    given = Key(min(theirs))
    assert not first_draws([given], said).isdisjoint(first_draws(map(Key, sorted(theirs)), said))


def first_draws(keys, names) -> set[int]:
    """Return the first 64 bits of every stream and noise of these keys and names."""
    every = list(keys)
    return {key.word(name) for key in every for name in names} | {
        int(key.stream(name).bit_generator.random_raw()) for key in every for name in names
    }


@pytest.mark.parametrize(
    ("fault", "swap"),
    [
        ({}, {"kind": "digger"}),
        (
            {"target": "element", "property": "element.process-down", "value": "true"},
            {"kind": "digger", "problem": "element-down"},
        ),
    ],
    ids=["another name", "another name and class"],
)
def test_equal_impairments_give_equal_public_logs(incident, fault, swap) -> None:
    """A fault under another name or class, impairing the same, leaves the same `events.jsonl`."""
    fault = {"problem": "process-down" if fault else "fibre-loss"} | fault
    one, other = (
        incident.lived(replace(incident.dig, **(fault | change))).run.log.lines()
        for change in ({}, swap)
    )
    assert one[0] == other[0]
    assert one[1] != other[1]
    assert len(one[0]) > 100


def test_other_impairments_give_another_public_log(incident, lived) -> None:
    """The comparison above can fail: a cut that lets some light through reads differently."""
    weaker = incident.lived(replace(incident.dig, value="2dB"))
    assert weaker.run.log.lines()[0] != lived.run.log.lines()[0]


def test_isolation_changes_nothing(incident, lived) -> None:
    """The loop in a process of its own does, to the byte, what it does here."""
    from adn.closedloop.remote import RemoteController

    remotes = []

    def isolated(briefing):
        remotes.append(RemoteController(briefing))
        return remotes[0]

    try:
        apart = incident.lived(make=isolated)
    finally:
        remotes[0].close()
    assert apart.run.log.digest() == lived.run.log.digest()
