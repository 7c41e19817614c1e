"""How services are sent survives files, and is at hand in columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adn.testing.trial import ring
from adn.topology.elements import PLAIN, Manner, Slice
from adn.topology.files import rows_from_json, rows_to_json
from adn.topology.network import Network
from adn.topology.senders import STEP_MS
from adn.topology.weighting import MOST, weighted

MANNERS = (
    Manner(transport="tcp", connections=5, slice=Slice("gold", reserved=0.2)),
    Manner(transport="roce", job="training", step_ms=2000),
    Manner(transport="roce", job="other"),
    Manner(transport="tcp"),
)


@pytest.fixture
def mixed() -> Network:
    """A ring whose first services are sent in four manners, and whose links pause."""
    rows = ring(4).rows
    sent = (*MANNERS, *[PLAIN] * (len(rows.services) - len(MANNERS)))
    services = tuple(replace(row, manner=m) for row, m in zip(rows.services, sent, strict=True))
    links = tuple(replace(link, lossless=True) for link in rows.links)
    return Network.from_rows(replace(rows, services=services, links=links))


def test_rows_with_manners_come_back_from_json_as_they_were(mixed: Network) -> None:
    back = rows_from_json(rows_to_json(mixed.rows))
    assert back == mixed.rows
    assert all(row.manner is PLAIN for row in back.services if row.manner == PLAIN)


def test_rows_that_say_nothing_of_manners_are_plain() -> None:
    data = rows_to_json(ring(3).rows)
    for row in data["services"]:
        del row["manner"]
    network = Network.from_rows(rows_from_json(data))
    assert network.senders.plain
    assert not network.senders.lossless.any()


def test_columns_hold_what_rows_say_and_usual_values_where_they_do_not(mixed: Network) -> None:
    senders = mixed.senders
    assert not senders.plain
    assert senders.tcp[:4].tolist() == [True, False, False, True]
    assert senders.roce[:4].tolist() == [False, True, True, False]
    assert senders.connections[[0, 3]].tolist() == [5.0, float(mixed.flow_groups[3])]
    assert senders.segment_bytes[:2].tolist() == [1460.0, 1024.0]
    assert senders.job[:4].tolist() == [-1, 1, 0, -1]
    assert senders.step_ms.tolist() == [STEP_MS, 2000.0]
    assert [row.name for row in senders.slices] == ["", "gold"]
    assert senders.slice[:2].tolist() == [1, 0]
    assert senders.lossless.all()


def test_weights_are_whole_multiples_of_the_slowest_link() -> None:
    rows = ring(4).rows
    rates = [10e9, 25e9, 100e9, 10e12]
    links = tuple(
        replace(link, capacity_bps=rate) for link, rate in zip(rows.links, rates, strict=True)
    )
    found = weighted(Network.from_rows(replace(rows, links=links)))
    assert [link.weight for link in found.rows.links] == [1, 2, 10, MOST]
