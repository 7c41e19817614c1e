"""Elements, places, labels and axes: each drawn as promised."""

from __future__ import annotations

from html import unescape
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.report.axis import Axis
from adn.report.geography import places
from adn.report.labels import labels
from adn.report.svg import number, tag, text
from adn.topology.elements import Link, NetworkElement, NetworkRows, Site
from adn.topology.network import Network


@given(st.text())
def test_any_text_is_shown_as_it_is_and_never_as_markup(value: str) -> None:
    written = text(value)
    assert not set(written) & set("<>\"'")
    written.encode()
    shown = unescape(written)
    assert len(shown) == len(value)
    assert all(
        one == other or (other == "\ufffd" and not one.isprintable())
        for one, other in zip(value, shown, strict=True)
    )


@given(st.floats(-1e6, 1e6))
def test_a_coordinate_is_within_half_a_hundredth(value: float) -> None:
    assert abs(float(number(value)) - value) <= 0.005 + 1e-9
    assert "e" not in number(value)
    assert number(value) != "-0"


def test_attributes_that_are_none_or_false_are_left_out() -> None:
    assert tag("g", a=None, b=False, c=True, d_e=0) == '<g c d-e="0"></g>'


def ring(count: int, sites: list[Site]) -> Network:
    """Return a ring of elements at sites, the first at the first."""
    elements = [
        NetworkElement(f"N{n}", site=sites[n].id if n < len(sites) else "") for n in range(count)
    ]
    links = [
        Link(f"N{n}~N{(n + 1) % count}", f"N{n}", f"N{(n + 1) % count}", 1e9, 10.0)
        for n in range(count)
    ]
    return Network.from_rows(NetworkRows("ring", tuple(sites), tuple(elements), (), tuple(links)))


def test_north_is_up_east_is_right_and_the_middle_parallel_is_true_to_scale() -> None:
    """At 60 degrees a degree of longitude is half as long as one of latitude."""
    sites = [Site("a", 59.0, 10.0), Site("b", 61.0, 10.0), Site("c", 61.0, 14.0)]
    at, _ = places(ring(3, sites), 500.0, 500.0, 20.0)
    assert at["N1"][1] < at["N0"][1]
    assert at["N2"][0] > at["N1"][0]
    assert at["N2"][0] - at["N1"][0] == pytest.approx(at["N0"][1] - at["N1"][1])


def test_an_element_without_coordinates_stands_between_its_neighbours() -> None:
    sites = [Site("a", 50.0, 8.0), Site("b"), Site("c", 52.0, 12.0)]
    at, _ = places(ring(3, sites), 500.0, 500.0, 20.0)
    middle = [(a + b) / 2 for a, b in zip(at["N0"], at["N2"], strict=True)]
    assert at["N1"] == pytest.approx(middle)


@pytest.mark.parametrize("count", [1, 2, 5, 130])
def test_without_coordinates_elements_are_laid_out_within_the_drawing(count: int) -> None:
    network = ring(count, []) if count > 1 else Network.from_rows(
        NetworkRows("one", elements=(NetworkElement("N0"),))
    )  # fmt: skip
    at, height = places(network, 500.0, 400.0, 20.0)
    assert places(network, 500.0, 400.0, 20.0) == (at, height)
    assert height <= 400.0 + 1e-6
    assert all(19.9 <= x <= 480.1 and 19.9 <= y <= height - 19.9 for x, y in at.values())


def test_elements_of_one_site_are_drawn_apart() -> None:
    sites = [Site("a", 50.0, 8.0), Site("b", 52.0, 9.0), Site("c", 51.0, 12.0)]
    rows = NetworkRows(
        "twins",
        tuple(sites),
        (
            NetworkElement("A1", site="a"),
            NetworkElement("A2", site="a"),
            NetworkElement("B", site="b"),
        ),
    )
    at, _ = places(Network.from_rows(rows), 500.0, 500.0, 20.0)
    assert hypot(at["A1"][0] - at["A2"][0], at["A1"][1] - at["A2"][1]) > 10.0


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=9),
        st.tuples(st.floats(50, 450), st.floats(50, 350)),
        max_size=25,
    )
)
def test_no_label_hides_another(points: dict[str, tuple[float, float]]) -> None:
    gaps = dict.fromkeys(points, 12.0)
    placed = labels(points, [], [], [], 13.0, gaps, (500.0, 400.0))
    boxes = [label.box for label in placed]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart


def test_what_matters_is_labelled_even_in_a_crowd() -> None:
    points = {f"element-{n}": (100.0 + n, 100.0) for n in range(30)}
    gaps = dict.fromkeys(points, 12.0)
    placed = labels(points, ["element-17"], [], [], 13.0, gaps, (200.0, 200.0))
    assert "element-17" in {label.name for label in placed}


@given(st.integers(0, 10**7), st.integers(1_000, 10**9), st.integers(0, 10**6))
def test_ticks_are_round_few_and_inside(first: int, span: int, zero: int) -> None:
    axis = Axis(first, first + span, first + zero % span)
    ticks = list(axis.ticks())
    assert 1 <= len(ticks) <= 11
    assert all(axis.holds(at) and (at - axis.zero) % 1_000 == 0 for at in ticks)
