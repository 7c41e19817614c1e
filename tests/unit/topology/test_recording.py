"""Records are right by default, wrong as much as asked, and never nonsense."""

from __future__ import annotations

from collections import Counter

import pytest
from fabrics import fabric
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.base.streams import Key
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import NetworkRows
from adn.topology.filling import build_network
from adn.topology.recording import RecordedError, RecordingErrors, near_misses, record
from adn.topology.specs import DEFAULT_SERVICES, TopologySpec

GERMANY = build_network(
    TopologySpec("topohub:sndlib/germany50", services=DEFAULT_SERVICES, shared_duct_angle=15.0),
    Key.root(1).stream("topology"),
)


def recorded(seed: int = 1, **shares: float) -> tuple[NetworkRows, tuple[RecordedError, ...]]:
    return record(GERMANY, RecordingErrors(**shares), Key.root(seed).stream("recording"))


def counts(errors: tuple[RecordedError, ...]) -> Counter[tuple[str, str]]:
    return Counter((error.kind, error.table) for error in errors)


def test_without_errors_the_records_are_the_network() -> None:
    assert recorded() == (GERMANY.rows, ())


def test_equal_streams_make_equal_errors() -> None:
    shares = {"missing": 0.1, "extra": 0.1, "miswired": 0.1, "misnamed": 0.1}
    assert recorded(3, **shares) == recorded(3, **shares)
    assert recorded(3, **shares) != recorded(4, **shares)


def test_as_many_entries_are_wrong_as_asked_for() -> None:
    """Of 88 links an eighth is exactly 11; of the ducts the count is rounded by lot."""
    ducts = len(GERMANY.ducts)
    _, errors = recorded(missing=0.125, extra=0.125, miswired=0.125, misnamed=0.125)
    found = counts(errors)
    for kind in ("missing", "extra", "miswired", "misnamed"):
        assert found[kind, "link"] == 11
    for kind in ("missing", "extra", "misnamed"):
        assert ducts / 8 - 1 < found[kind, "duct"] < ducts / 8 + 1


def test_small_shares_come_out_right_on_average() -> None:
    """Half a per cent of 88 links is 0.44 of a link."""
    lost = [counts(recorded(seed, missing=0.005)[1])["missing", "link"] for seed in range(200)]
    assert set(lost) == {0, 1}
    assert 0.3 < sum(lost) / len(lost) < 0.6


def test_the_errors_say_what_is_true_and_what_is_recorded() -> None:
    rows, errors = recorded(missing=0.1, extra=0.1, miswired=0.1, misnamed=0.1)
    held = {link.id: link for link in rows.links}
    for error in errors:
        if error.table == "duct":
            continue
        if error.kind == "missing":
            assert error.true_id not in held
        elif error.kind == "extra":
            assert error.recorded_id in held
            assert error.recorded_id not in GERMANY.links
        elif error.kind == "misnamed":
            assert error.true_id not in held
            true = GERMANY.rows.links[GERMANY.links.row(error.true_id)]
            assert (held[error.recorded_id].a, held[error.recorded_id].z) == (true.a, true.z)
        else:
            true = GERMANY.rows.links[GERMANY.links.row(error.true_id)]
            wrong = held[error.true_id]
            assert (wrong.a, wrong.z, wrong.ducts) != (true.a, true.z, true.ducts)
            assert ", recorded " in error.detail


def test_services_and_elements_are_recorded_as_they_are() -> None:
    rows, _ = recorded(missing=0.3, extra=0.5, miswired=0.4, misnamed=0.3)
    assert (rows.services, rows.elements, rows.sites) == (
        GERMANY.rows.services, GERMANY.rows.elements, GERMANY.rows.sites,
    )  # fmt: skip


share = st.floats(0, 0.33)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), share, st.floats(0, 1), share, share)
def test_wrong_records_still_build(
    seed: int, missing: float, extra: float, miswired: float, misnamed: float
) -> None:
    """Every end and duct they use is recorded, and no two directions share a name."""
    rows, _ = recorded(seed, missing=missing, extra=extra, miswired=miswired, misnamed=misnamed)
    assert NetworkBuilder.from_rows(rows).build().rows == rows


FABRIC = fabric(roles=(("app", 4), ("web", 3)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), share, st.floats(0, 1), share, share)
def test_wrong_records_of_a_fabric_keep_cards_feeds_and_kinds(
    seed: int, missing: float, extra: float, miswired: float, misnamed: float
) -> None:
    """Ends are swapped among elements of a kind, ports are on a card of the element recorded."""
    errors = RecordingErrors(missing, extra, miswired, misnamed)
    rows, _ = record(FABRIC, errors, Key.root(seed).stream("recording"))
    assert NetworkBuilder.from_rows(rows).build().rows == rows
    assert (rows.elements, rows.cards, rows.feeds) == (
        FABRIC.rows.elements, FABRIC.rows.cards, FABRIC.rows.feeds,
    )  # fmt: skip
    kind = {row.id: row.kind for row in rows.elements}
    real = {frozenset((kind[row.a], kind[row.z])) for row in FABRIC.rows.links}
    for link in rows.links:
        assert frozenset((kind[link.a], kind[link.z])) in real
        for end, card in ((link.a, link.card_a), (link.z, link.card_z)):
            assert bool(card) == (kind[end] not in ("servers", "edge"))


def test_no_duct_is_recorded_inside_a_building() -> None:
    inside = {row.id for row in FABRIC.rows.links if not row.ducts}
    rows, errors = record(FABRIC, RecordingErrors(extra=0.5), Key.root(4).stream("recording"))
    ghosts = {error.recorded_id for error in errors if error.table == "duct"}
    assert ghosts
    for link in rows.links:
        if ghosts.intersection(link.ducts):
            assert link.id not in inside


def test_everything_may_be_missing() -> None:
    rows, _ = recorded(missing=1.0)
    assert (rows.links, rows.ducts) == ((), ())


def test_a_near_miss_keeps_the_number_of_a_parallel_link() -> None:
    """Without it, its directions would bear the names of another link's."""
    assert all(name.endswith("#2") and "~" in name for name in near_misses("Denver~Seattle#2"))
    assert "Denver~Seatle" in near_misses("Denver~Seattle")


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(TopologyError) as refused:
        recorded(missing=1.5, extra=-0.1)
    assert str(refused.value) == (
        "TOP034 share of missing records is 1.5; it must be in 0..1\n"
        "TOP034 share of extra records is -0.1; it must be in 0..1\n2 errors"
    )
    with pytest.raises(TopologyError) as refused:
        recorded(missing=0.5, miswired=0.4, misnamed=0.2)
    assert str(refused.value) == (
        "TOP034 missing, miswired and misnamed records are 1.1 of all; "
        "together they must be at most 1\n1 error"
    )
