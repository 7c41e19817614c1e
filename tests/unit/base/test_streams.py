"""Random streams depend on key and name alone, and children cannot look back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.streams import Key, hash32

names = st.text(max_size=20)
seeds = st.integers(-(2**127), 2**127 - 1)


def draws(key: Key, name: str, count: int = 4) -> list[int]:
    """Return the first draws of a stream."""
    return key.stream(name).integers(2**63, size=count).tolist()


@given(seeds, names)
def test_equal_names_give_equal_draws(seed: int, name: str) -> None:
    """A stream is a function of seed and name."""
    assert draws(Key.root(seed), name) == draws(Key.root(seed), name)


@given(seeds, names, names)
def test_different_names_give_different_draws(seed: int, one: str, other: str) -> None:
    """Two names never share a stream, a child or a word."""
    key = Key.root(seed)
    if one != other:
        assert draws(key, one) != draws(key, other)
        assert key.child(one) != key.child(other)
        assert key.word(one) != key.word(other)


def test_the_order_of_making_and_drawing_does_not_matter() -> None:
    """Neither a new stream nor a longer draw shifts what another stream gives."""
    key = Key.root(7)
    alone = draws(key, "b")
    first = key.stream("a")
    first.normal(size=1000)
    key.child("c").stream("b").normal()
    second = key.stream("b")
    first.normal(size=10)
    assert second.integers(2**63, size=4).tolist() == alone


def test_seeds_do_not_share_streams_by_sums() -> None:
    """Key and name are hashed together: no shift of the seed is undone by a shift of the name."""
    found = {tuple(draws(Key.root(seed), f"part/{row}")) for seed in range(20) for row in range(20)}
    assert len(found) == 400


def test_a_name_means_something_else_as_stream_child_and_word() -> None:
    """The three uses of a name are kept apart, so a child's secret is no stream of its parent."""
    key = Key.root(1)
    words = key.stream("x").bit_generator.state["state"]["key"].tobytes()
    assert not key.child("x").secret.startswith(words)
    assert key.word("x").to_bytes(8, "big") not in key.child("x").secret


def test_a_path_is_not_a_chain_of_children() -> None:
    """`child("a").child("b")` and `child("a/b")` are different keys."""
    key = Key.root(1)
    assert key.child("a").child("b") != key.child("a/b")


def test_a_child_holds_nothing_of_its_parent() -> None:
    """The only thing a child keeps is its own digest: 32 bytes, not the parent's."""
    parent = Key.root(7)
    child = parent.child("loop")
    assert len(child.secret) == 32
    assert [getattr(child, name) for name in Key.__slots__] == [child.secret]
    assert child.secret != parent.secret


def test_the_loop_cannot_derive_a_stream_of_the_world() -> None:
    """No name, tried from the loop's key, gives what a sibling or the parent gives."""
    run = Key.root(7)
    world = [run, run.child("twin"), run.child("faults"), run.child("scenario")]
    tried = [
        "",
        "loop",
        "twin",
        "faults",
        "schedule",
        "noise",
        "demand",
        "key/twin",
        "stream/noise",
    ]
    secret = {tuple(draws(key, name)) for key in world for name in tried}
    loop = run.child("loop")
    reach = [loop, *(loop.child(name) for name in tried)]
    assert not secret & {tuple(draws(key, name)) for key in reach for name in tried}


def test_a_key_does_not_show_its_secret() -> None:
    """Printing a key, as logs and errors may do, tells nothing."""
    assert repr(Key.root(7)) == "Key(…)"
    assert str([Key.root(7)]) == "[Key(…)]"


def test_draws_are_as_frozen() -> None:
    """Seed 7 gives these numbers for as long as results of old runs are to hold."""
    key = Key.root(7)
    assert key.secret.hex()[:16] == "73447ea04229b1ba"
    assert key.word("noise") == 29463200513726244
    assert hash32("R1>R2") == 2015919301
    assert draws(key, "schedule", 2) == [748149704860259975, 6578441351083515654]


def test_a_stream_is_uniform() -> None:
    """First draws over names are spread evenly: chi-square over 16 cells stays below its 0.1 %."""
    key = Key.root(3)
    first = np.array([key.stream(f"s{number}").random() for number in range(2000)])
    counts, _ = np.histogram(first, bins=16, range=(0, 1))
    assert ((counts - 125.0) ** 2 / 125.0).sum() < 37.7


@pytest.mark.parametrize("seed", [2**127, -(2**127) - 1])
def test_a_seed_too_large_is_refused(seed: int) -> None:
    """A seed beyond 128 bits is an error, never cut down to another seed."""
    with pytest.raises(OverflowError):
        Key.root(seed)
