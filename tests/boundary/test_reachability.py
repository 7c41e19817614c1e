"""The walk that looks for leaks finds each kind of leak that is planted for it."""

from __future__ import annotations

import functools
import itertools
import types
import weakref
from collections import deque

import numpy as np
import pytest
import simpy

from adn.base.clock import SimClock
from adn.testing.reachability import paths_to, reachable


class Secret:
    """Stands for the twin."""

    def report(self) -> None:
        """Give a bound method to leak."""


class Holder:
    """Keeps something as an attribute."""

    def __init__(self, thing: object) -> None:
        self.thing = thing


class Slotted:
    """Keeps something in a slot, one with a private name."""

    __slots__ = ("__hidden",)

    def __init__(self, thing: object) -> None:
        self.__hidden = thing


class Child(Slotted):
    """Inherits the slot and adds none."""

    __slots__ = ()


def _closure(secret):
    def look():
        return secret

    return look


def _suspended(secret):
    def process():
        yield secret.report
        return secret

    started = process()
    next(started)
    return started


def _delegating(secret):
    def inner():
        kept = secret
        yield 1
        return kept

    def outer(inner):
        yield from inner

    started = outer(inner())
    next(started)
    return started


def _default(secret):
    def look(thing=secret):
        return thing

    return look


def _keyword(secret):
    def look(*, thing=secret):
        return thing

    return look


def _marked(secret):
    def look():
        return None

    look.note = secret
    return look


def _cached(secret):
    @functools.cache
    def look(key):
        return {key: secret}

    look(1)
    return look


def _object_array(secret):
    column = np.empty(3, dtype=object)
    column[1] = secret
    return column


def _process_on_a_shared_clock(secret):
    clock = simpy.Environment()

    def world(secret):
        while True:
            yield clock.timeout(1)
            secret.report()

    clock.process(world(secret))
    clock.run(until=2)
    return clock


def _timer_on_a_shared_clock(secret):
    clock = SimClock()
    clock.call_at(10, secret.report)
    return clock


PLANTS = {
    "attribute": Holder,
    "slot with a private name": Slotted,
    "inherited slot": Child,
    "list": lambda secret: [0, secret],
    "tuple": lambda secret: (secret,),
    "set": lambda secret: {secret},
    "frozen set": lambda secret: frozenset([secret]),
    "deque": lambda secret: deque([secret]),
    "dictionary value": lambda secret: {"a": {"b": secret}},
    "dictionary key": lambda secret: {secret: 1},
    "mapping proxy": lambda secret: types.MappingProxyType({"a": secret}),
    "bound method": lambda secret: secret.report,
    "partial": lambda secret: functools.partial(print, secret),
    "closure": _closure,
    "lambda in a list": lambda secret: [lambda: secret],
    "default argument": _default,
    "keyword default": _keyword,
    "function attribute": _marked,
    "cache": _cached,
    "suspended generator": _suspended,
    "generator behind yield from": _delegating,
    "weak reference": weakref.ref,
    "iterator": lambda secret: iter([secret]),
    "chained iterators": lambda secret: itertools.chain([1], [secret]),
    "object array": _object_array,
    "process on a shared clock": _process_on_a_shared_clock,
    "timer on a shared clock": _timer_on_a_shared_clock,
    "property of a namespace": lambda secret: types.SimpleNamespace(deep=Holder([secret])),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_leak_is_found(plant) -> None:
    """However the secret is kept, the walk from its keeper comes to it."""
    secret = Secret()
    keeper = Holder(plant(secret))
    found = paths_to(keeper, lambda thing: thing is secret)
    assert len(found) == 1
    assert found[0].startswith("Holder.thing")
    assert found[0].endswith("is a Secret")


def test_a_view_leads_to_the_array_it_looks_into() -> None:
    """A read-only view still has the writable original as its base; the walk says so."""
    original = np.arange(4.0)
    view = original[1:]
    view.flags.writeable = False
    assert paths_to(Holder(view), lambda thing: thing is original) == [
        "Holder.thing.base is a ndarray"
    ]


def test_a_copy_leads_nowhere() -> None:
    """Values that were copied out are no leak."""
    secret = Secret()
    original = np.arange(4.0)
    keeper = Holder([original[1:].copy(), 3, "text", (1.5, None), {"a": frozenset("xy")}])
    assert paths_to(keeper, lambda thing: thing is original or thing is secret) == []


def test_two_clocks_do_not_meet() -> None:
    """A process on one clock is out of reach from another clock."""
    secret = Secret()
    world, operations = SimClock(), SimClock()
    world.call_at(10, secret.report)
    operations.call_at(10, Holder(1).__init__.__call__)  # something of its own
    assert paths_to(operations, lambda thing: thing is secret) == []


def test_every_object_is_visited_once_even_in_a_cycle() -> None:
    """Circles end."""
    ring: list[object] = []
    ring.append(ring)
    ring.append(Holder(ring))
    found = [thing for _, thing in reachable(ring)]
    assert sum(thing is ring for thing in found) == 1


def test_the_shortest_path_is_told() -> None:
    """Of two ways to a secret, the path names the shorter, so that it can be read."""
    secret = Secret()
    assert paths_to(Holder({"far": [[secret]], "near": secret}), lambda thing: thing is secret) == [
        "Holder.thing['near'] is a Secret"
    ]
