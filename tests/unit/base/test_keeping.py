"""What follows from an object that never changes is worked out once."""

from __future__ import annotations

from adn.base.keeping import forget_kept, kept


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


def test_a_value_is_worked_out_once_for_the_very_same_objects() -> None:
    asked: list[str] = []

    @kept(2)
    def joined(a: Thing, b: Thing) -> str:
        asked.append(a.name + b.name)
        return asked[-1]

    a, b = Thing("a"), Thing("b")
    assert [joined(a, b), joined(a, b), joined(b, a), joined(Thing("a"), b)] == [
        "ab", "ab", "ba", "ab",
    ]  # fmt: skip
    assert asked == ["ab", "ba", "ab"]


def test_the_value_that_was_not_asked_for_the_longest_goes_first() -> None:
    asked: list[str] = []

    @kept(2)
    def name(of: Thing) -> str:
        asked.append(of.name)
        return of.name

    a, b, c = (Thing(each) for each in "abc")
    for each in (a, b, a, c, a, b):
        assert name(each) == each.name
    assert asked == ["a", "b", "c", "b"]


def test_an_object_that_is_gone_lends_its_identity_to_nobody() -> None:
    @kept(4)
    def name(of: Thing) -> str:
        return of.name

    assert [name(Thing(str(number))) for number in range(50)] == [str(each) for each in range(50)]


def test_what_is_kept_can_be_forgotten() -> None:
    asked: list[str] = []

    @kept(2)
    def name(of: Thing) -> str:
        asked.append(of.name)
        return of.name

    thing = Thing("a")
    name(thing)
    forget_kept()
    assert name(thing) == "a"
    assert asked == ["a", "a"]


def test_a_value_may_depend_on_part_of_what_it_is_made_from() -> None:
    asked: list[str] = []

    @kept(2, by=lambda of: (of.name,))
    def name(of: Thing) -> str:
        asked.append(of.name)
        return of.name

    shared = "shared"
    assert [name(Thing(shared)), name(Thing(shared))] == [shared, shared]
    assert asked == [shared]
