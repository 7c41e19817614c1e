"""Max-min fair shares are those of an exact solver, and nobody can gain but from a poorer one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from adn.physics.fairness import max_min_rates

Case = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@st.composite
def cases(draw: st.DrawFn, links: int = 4, flows: int = 5) -> Case:
    """Draw a few flows over a few links: hops, first, capacity, wanted, weight."""
    count, width = draw(st.integers(1, flows)), draw(st.integers(1, links))
    paths = [
        draw(st.lists(st.integers(0, width - 1), min_size=1, max_size=width, unique=True))
        for _ in range(count)
    ]
    size = st.integers(1, 40)
    capacity = np.array([draw(size) for _ in range(width)], dtype=float)
    wanted = np.array([draw(size) for _ in range(count)], dtype=float)
    weight = np.array([draw(st.integers(1, 4)) for _ in range(count)], dtype=float)
    first = np.cumsum([0, *[len(path) for path in paths]])[:-1]
    return np.array([hop for path in paths for hop in path]), first, capacity, wanted, weight


def incidence(hops: np.ndarray, first: np.ndarray, links: int) -> np.ndarray:
    """Return how often each flow meets each link, (links, flows)."""
    flow = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(hops))))
    met = np.zeros((links, len(first)))
    np.add.at(met, (hops, flow), 1.0)
    return met


def by_programmes(case: Case) -> np.ndarray:
    """Return the max-min rates by a chain of linear programmes.

    The least rate per weight is made as large as can be; whoever cannot have more while all others
    have at least that much is settled there; and so on with the rest.
    """
    hops, first, capacity, wanted, weight = case
    met, count = incidence(hops, first, len(capacity)), len(first)
    settled = np.full(count, np.nan)
    while np.isnan(settled).any():
        open_ = np.isnan(settled)
        floor = np.where(open_, 0.0, settled)
        bounds = [(f, w if o else f) for f, w, o in zip(floor, wanted, open_, strict=True)]
        rows = [np.append(-(np.arange(count) == k).astype(float), weight[k])
                for k in np.flatnonzero(open_)]  # fmt: skip
        full = np.vstack([np.hstack([met, np.zeros((len(capacity), 1))]), *rows])
        right = np.append(capacity, np.zeros(len(rows)))
        best = linprog(np.append(np.zeros(count), -1.0), full, right, bounds=[*bounds, (0, None)])
        level = float(best.x[-1])
        for k in np.flatnonzero(open_).tolist():
            least = [
                (level * weight[j] - 1e-9 if open_[j] else settled[j] - 1e-9,
                 wanted[j] if open_[j] else settled[j])
                for j in range(count)
            ]  # fmt: skip
            most = linprog(-(np.arange(count) == k).astype(float), met, capacity, bounds=least)
            if -most.fun <= level * weight[k] + 1e-6:
                settled[k] = level * weight[k]
    return settled


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_rates_are_those_of_a_chain_of_linear_programmes(case: Case) -> None:
    assert max_min_rates(*case) == pytest.approx(by_programmes(case), rel=1e-5, abs=1e-5)


@settings(max_examples=200, deadline=None)
@given(cases(links=8, flows=20))
def test_every_flow_has_what_it_wants_or_is_among_the_richest_on_a_full_link(case: Case) -> None:
    """That is the bottleneck condition, which only the max-min allocation meets."""
    hops, first, capacity, wanted, weight = case
    rates = max_min_rates(*case)
    met = incidence(hops, first, len(capacity))
    load = met @ rates
    assert (load <= capacity * (1 + 1e-9)).all()
    assert (rates <= wanted * (1 + 1e-12)).all()
    per_weight = rates / weight
    for flow in range(len(first)):
        bottlenecks = [
            link
            for link in np.flatnonzero(met[:, flow] > 0)
            if load[link] >= capacity[link] * (1 - 1e-9)
            and per_weight[flow] >= per_weight[met[link] > 0].max() * (1 - 1e-9)
        ]
        assert rates[flow] == pytest.approx(wanted[flow]) or bottlenecks


def test_the_text_book_example_comes_out() -> None:
    """Three links in a row: a long flow shares the first, and the rest of the others is free."""
    hops, first = np.array([0, 1, 2, 0, 1, 2]), np.array([0, 3, 4, 5])
    rates = max_min_rates(hops, first, np.array([10.0, 20.0, 30.0]), np.full(4, 100.0), np.ones(4))
    assert rates == pytest.approx([5.0, 5.0, 15.0, 25.0])


def test_weights_divide_a_link_and_an_empty_one_gives_nothing() -> None:
    shares = max_min_rates(
        np.array([0, 0]), np.array([0, 1]), np.array([12.0]), np.full(2, 99.0), np.array([1.0, 3.0])
    )
    assert shares == pytest.approx([3.0, 9.0])
    nothing = max_min_rates(
        np.array([0]), np.array([0]), np.array([0.0]), np.array([5.0]), np.ones(1)
    )
    assert nothing == pytest.approx([0.0])


def test_a_flow_without_links_has_what_it_wants() -> None:
    assert max_min_rates(
        np.array([1]), np.array([0]), np.array([3.0]), np.array([7.0]), np.ones(1)
    ) == pytest.approx([7.0])
