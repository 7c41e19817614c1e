"""Unavailability of protected links against closed forms, summed over every state of the ducts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Duct, Link, Protection
from adn.topology.network import Network
from adn.twin.impairments import Impairment, Overlay
from adn.twin.state import State

MINUTES_A_YEAR = 365.25 * 24 * 60


def pair(own: tuple[str, ...], way: tuple[str, ...], *more: Protection, spares: int = 0) -> Network:
    """Two routers, a link in the ducts `own`, protected through `way`."""
    builder = NetworkBuilder("pair").add_element("A").add_element("B")
    for name in sorted({*own, *way, "d2"}):
        builder.add_duct(Duct(name, 50.0, spares))
    builder.add_link(Link("A~B", "A", "B", 1e9, 100.0, 10, own))
    builder.add_link(Link("A~B#2", "A", "B", 1e9, 100.0, 10, ("d2",)))
    for row in more or (Protection("A~B", "1+1", (way,)),):
        builder.add_protection(row)
    return builder.build()


def unavailability(network: Network, share: float, link: str = "A~B") -> float:
    """The exact share of time that a link is down whose ducts fail by themselves."""
    names, row, total = network.ducts.ids, network.links.row(link), 0.0
    for cut in product((False, True), repeat=len(names)):
        broken = [name for name, gone in zip(names, cut, strict=True) if gone]
        rows = [
            Impairment(name, "X", "duct.attenuation", name, "set", 60.0, "fibre") for name in broken
        ]
        if not State.of(network, Overlay(network, rows)).link_up[row]:
            total += share ** len(broken) * (1.0 - share) ** (len(names) - len(broken))
    return total


@pytest.mark.parametrize("share", [0.3, 0.01, 12.3 / (1877.0 + 12.3)])
def test_a_protected_pair_is_down_where_both_are(share: float) -> None:
    """1 − (1 − A)² of two ducts that fail by themselves, to the last digit."""
    assert unavailability(pair(("own",), ("way",)), share) == pytest.approx(share**2)


def test_ducts_in_a_row_add_up_and_ways_multiply() -> None:
    share = 0.01
    row = 1.0 - (1.0 - share) ** 2
    found = unavailability(pair(("own", "own-too"), ("way", "way-too")), share)
    assert found == pytest.approx(row**2)


def test_a_shared_duct_undoes_the_protection() -> None:
    """U² of what is apart, and besides the whole of what is shared."""
    share = 0.01
    found = unavailability(pair(("own", "entry"), ("way", "entry")), share)
    assert found == pytest.approx(share + (1.0 - share) * share**2)


def test_five_nines_need_the_second_fibre() -> None:
    """Published: a fibre fails each 1,877 h and is mended in 12.3 h, at the median of vendors."""
    share = 12.3 / (1877.0 + 12.3)
    plain = Network.from_rows(replace(pair(("own",), ("way",)).rows, protections=()))
    assert unavailability(plain, share) * MINUTES_A_YEAR > 3000.0
    assert unavailability(pair(("own",), ("way",)), share) * MINUTES_A_YEAR < 25.0


def test_a_pool_of_one_serves_two_links_worse_than_a_pool_of_two() -> None:
    """Two links and one way round: the second in order is down, too, where both own fibres are."""
    share = 0.1
    both = tuple(Protection(name, "shared", (("way",),)) for name in ("A~B", "A~B#2"))
    for spares, expected in ((1, share * (share + (1 - share) * share)), (2, share**2)):
        network = pair(("own",), ("way",), *both, spares=spares)
        assert unavailability(network, share) == pytest.approx(share**2)
        assert unavailability(network, share, "A~B#2") == pytest.approx(expected)
