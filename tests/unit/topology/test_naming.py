"""Names become readable ids, all different, and the same whatever the order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.topology.naming import slug, unique_slugs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kansas City", "Kansas-City"),
        ("New York", "New-York"),
        ("Muenchen", "Muenchen"),
        ("München", "Muenchen"),
        ("Mu\u0308nchen", "Muenchen"),
        ("São Paulo", "Sao-Paulo"),
        ("Łódź", "Lodz"),
        ("Washington, D.C.", "Washington-D.C"),
        ("A~B>C#2: x/y", "A-B-C-2-x-y"),
        ("東京", ""),
    ],
)
def test_names_stay_readable_in_ascii(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.lists(st.sampled_from(["Lima", "Lima-2", "Lima 2", "", "node", "東京", "Ulm"])))
def test_ids_are_all_different_and_legal(names: list[str]) -> None:
    ids = unique_slugs(names, [(0,)] * len(names))
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", each) for each in ids)


@given(st.permutations([("Lima", 1), ("Lima", 2), ("Lima-2", 3), ("", 4), ("Lima", 5)]))
def test_the_order_of_the_source_does_not_choose_the_numbers(
    nodes: list[tuple[str, int]],
) -> None:
    ids = unique_slugs([name for name, _ in nodes], [(place,) for _, place in nodes])
    assert {place: each for (_, place), each in zip(nodes, ids, strict=True)} == {
        1: "Lima",
        2: "Lima-3",
        3: "Lima-2",
        4: "node",
        5: "Lima-4",
    }
