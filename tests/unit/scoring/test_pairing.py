"""Incidents and faults: who is about what, and who gains nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story_builder import CUT, Run

from adn.base.records import Record
from adn.scoring.incidents import incidents_of
from adn.scoring.log import RunLog, as_logged
from adn.scoring.pairing import Pairing, overlap, pair
from adn.scoring.truth import faults_of


def pairing(run: Run) -> Pairing:
    log = run.log()
    return pair(faults_of(log), incidents_of(log))


def outcome(run: Run) -> tuple[dict[str, str], list[str], list[str]]:
    """Return who is paired with what, who is false, and who is a duplicate."""
    found = pairing(run)
    paired = {fault: incident.id for fault, incident in sorted(found.incidents.items())}
    return paired, [one.id for one in found.false], [one.id for one in found.duplicates]


def test_the_weight_is_the_jaccard_overlap_of_names() -> None:
    run = Run().fault(600.0, target="T", objects=("A~B",), out=("s1", "s2"))
    log = run.opened(610.0, objects=["A~B", "C~D"], services=["s1"]).log()
    (fault,), (incident,) = faults_of(log), incidents_of(log)
    assert overlap(fault, incident) == 2 / 5


def test_updates_and_top_suspects_count_as_named_and_other_suspects_do_not() -> None:
    run = Run().fault(600.0).opened(610.0, objects=["x"], services=[])
    run.updated(620.0, objects=["y"]).located(630.0, ("z", "link-down"), ("w", "link-down"))
    (incident,) = incidents_of(run.log())
    assert incident.named == {"x", "y", "z"}


@pytest.mark.parametrize(
    ("opened_s", "paired"),
    [(599.999, False), (600.0, True), (1600.0, True), (1600.001, False)],
)
def test_an_incident_counts_from_t0_to_ten_minutes_after_the_fault(
    opened_s: float, paired: bool
) -> None:
    run = Run().fault(600.0, cleared_s=1000.0).opened(opened_s)
    expected = ({"FLT-0001": "INC-0001"}, [], []) if paired else ({}, ["INC-0001"], [])
    assert outcome(run) == expected


def test_a_fault_that_is_never_cleared_leaves_its_window_open() -> None:
    assert outcome(Run().fault(600.0).opened(3599.0))[0] == {"FLT-0001": "INC-0001"}


def test_an_incident_that_names_nothing_of_it_is_false() -> None:
    run = Run().fault(600.0).opened(610.0, objects=["X"], services=["svc-9"])
    assert outcome(run) == ({}, ["INC-0001"], [])
    card = run.score()
    assert (card.false_incidents, card.found, card.incidents) == (1, 0.0, 1)


def test_a_second_incident_on_one_fault_is_a_duplicate() -> None:
    run = Run().fault(600.0).opened(610.0, objects=["A~B"]).opened(615.0, "INC-0002", objects=[])
    assert outcome(run) == ({"FLT-0001": "INC-0001"}, [], ["INC-0002"])
    assert (run.score().duplicates, run.score().incidents) == (1, 2)


def test_the_better_description_gets_the_fault_and_the_earlier_one_breaks_ties() -> None:
    better = Run().fault(600.0).opened(610.0, services=[]).opened(640.0, "INC-0002")
    assert outcome(better) == ({"FLT-0001": "INC-0002"}, [], ["INC-0001"])
    equal = Run().fault(600.0).opened(610.0, "INC-0002").opened(640.0, "INC-0001")
    assert outcome(equal) == ({"FLT-0001": "INC-0002"}, [], ["INC-0001"])


@pytest.mark.parametrize(("merged_s", "duplicates"), [(680.0, 0), (680.001, 1)])
def test_an_incident_merged_within_a_minute_never_was_one(merged_s: float, duplicates: int) -> None:
    run = Run().fault(600.0).opened(610.0).opened(620.0, "INC-0002", services=["svc-2"])
    card = run.merged(merged_s, "INC-0002", "INC-0001").score()
    assert (card.duplicates, card.incidents) == (duplicates, 1 + duplicates)


def test_an_incident_merged_in_time_lends_its_opening_and_its_names() -> None:
    run = Run().fault(600.0).opened(610.0, "INC-0001").opened(640.0, "INC-0002", objects=["Q"])
    run.merged(650.0, "INC-0001", "INC-0002").located(660.0, CUT, incident="INC-0002")
    (incident,) = incidents_of(run.log())
    assert (incident.id, incident.members) == ("INC-0002", ("INC-0001", "INC-0002"))
    assert incident.named == {"A~B", "Q", "svc-1", "svc-2", CUT[0]}
    fault = run.one()
    assert (fault["detect_s"], fault["locate_s"]) == (10.0, 60.0)


def test_merges_are_followed_to_the_end_and_a_ring_of_them_does_no_harm() -> None:
    run = Run().fault(600.0)
    for number in (1, 2, 3):
        run.opened(600.0 + number, f"INC-000{number}")
    run.merged(610.0, "INC-0001", "INC-0002").merged(611.0, "INC-0002", "INC-0003")
    (incident,) = incidents_of(run.log())
    assert incident.id == "INC-0003"
    run.merged(612.0, "INC-0003", "INC-0001")
    members = [name for incident in incidents_of(run.log()) for name in incident.members]
    assert sorted(members) == ["INC-0001", "INC-0002", "INC-0003"]


def test_a_standing_incident_gains_nothing_even_if_others_are_merged_into_it() -> None:
    run = Run().fault(600.0).opened(10.0, "INC-0001").opened(610.0, "INC-0002")
    run.merged(620.0, "INC-0002", "INC-0001")
    assert outcome(run) == ({}, ["INC-0001"], [])
    assert run.score().found == 0.0


def test_an_all_inclusive_incident_gains_nothing_beside_a_precise_one() -> None:
    everything = [f"svc-{n}" for n in range(50)]
    run = (
        Run().fault(600.0).opened(601.0, "INC-0001", services=everything).opened(640.0, "INC-0002")
    )
    assert outcome(run) == ({"FLT-0001": "INC-0002"}, [], ["INC-0001"])
    assert run.one()["detect_s"] == 40.0


def test_an_all_inclusive_incident_serves_one_fault_at_most() -> None:
    run = Run()
    for n in range(3):
        run.fault(600.0, name=f"FLT-{n}", target=f"d{n}", objects=(f"l{n}",), out=(f"svc-{n}",))
    run.opened(610.0, services=[f"svc-{n}" for n in range(50)], objects=["l0", "l1", "l2"])
    assert run.score().found == pytest.approx(1 / 3)


def test_two_incidents_that_overlap_two_faults_crosswise_go_where_the_sum_is_greatest() -> None:
    run = Run()
    run.fault(600.0, name="FLT-0001", target="d1", objects=("l1",), out=("a", "b", "c"))
    run.fault(605.0, name="FLT-0002", target="d2", objects=("l2",), out=("c", "d", "e"))
    run.opened(610.0, "INC-0001", objects=["l1"], services=["a", "c", "d"])
    run.opened(620.0, "INC-0002", objects=["l1"], services=["a", "b", "c"])
    log = run.log()
    faults, incidents = faults_of(log), incidents_of(log)
    greedy = max(incidents, key=lambda incident: overlap(faults[0], incident))
    assert greedy.id == "INC-0002"
    assert outcome(run) == ({"FLT-0001": "INC-0002", "FLT-0002": "INC-0001"}, [], [])


def test_alike_faults_and_alike_incidents_are_paired_in_order_of_time() -> None:
    run = Run()
    for n in (2, 1):
        run.fault(600.0 + n, name=f"FLT-{n}").opened(610.0 + n, f"INC-{n}")
    assert outcome(run)[0] == {"FLT-1": "INC-1", "FLT-2": "INC-2"}


def test_ties_go_to_the_earlier_incident_whatever_else_is_to_be_matched() -> None:
    run = Run()
    for n in (0, 1, 2):
        run.fault(600.0 + n, name=f"FLT-{n}", target=f"d{n}", objects=(f"l{n}",), out=(f"s{n}",))
    for n, link in enumerate(("l0", "l2", "l2")):
        run.opened(610.0 + n, f"INC-{n}", objects=[link], services=[])
    assert outcome(run) == ({"FLT-0": "INC-0", "FLT-2": "INC-1"}, [], ["INC-2"])


def test_without_incidents_or_faults_there_is_nothing_to_pair() -> None:
    assert outcome(Run()) == ({}, [], [])
    assert outcome(Run().fault(600.0)) == ({}, [], [])
    assert outcome(Run().opened(600.0)) == ({}, ["INC-0001"], [])


names = st.sets(st.sampled_from(["l0", "l1", "l2", "s0", "s1", "s2", "s3"]), min_size=1)
times = st.sampled_from([600.0, 610.0, 620.0])


@st.composite
def runs(draw: st.DrawFn) -> Run:
    run = Run()
    for n in range(draw(st.integers(0, 3))):
        out = sorted(draw(names))
        run.fault(draw(times), name=f"FLT-{n}", target=f"d{n}", objects=(f"l{n}",), out=out)
    for n in range(draw(st.integers(0, 4))):
        at, incident = draw(times), f"INC-{n}"
        run.opened(at, incident, objects=sorted(draw(names)), services=[])
        if draw(st.booleans()):
            run.updated(draw(times) + 20.0, incident, objects=sorted(draw(names)))
        if draw(st.booleans()):
            run.located(630.0, (draw(st.sampled_from(["l0", "d1"])), CUT[1]), incident=incident)
    return run


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_records_of_equal_time_changes_no_pairing(run: Run, random: object) -> None:
    def shuffled(records: Sequence[Record]) -> tuple[Record, ...]:
        mixed = list(records)
        random.shuffle(mixed)
        return as_logged(sorted(mixed, key=lambda record: record.at))

    log = run.log()
    other = RunLog(log.manifest, shuffled(log.events), shuffled(log.truth))
    first = pair(faults_of(log), incidents_of(log))
    second = pair(faults_of(other), incidents_of(other))
    assert {f: i.id for f, i in first.incidents.items()} == {
        f: i.id for f, i in second.incidents.items()
    }
    assert [i.id for i in first.false] == [i.id for i in second.false]
    assert [i.id for i in first.duplicates] == [i.id for i in second.duplicates]


@given(runs())
def test_every_incident_is_paired_false_or_a_duplicate_and_the_sum_is_the_greatest(
    run: Run,
) -> None:
    log = run.log()
    faults, incidents = faults_of(log), incidents_of(log)
    found = pair(faults, incidents)
    everyone = [*found.incidents.values(), *found.false, *found.duplicates]
    assert sorted(one.id for one in everyone) == sorted(one.id for one in incidents)
    by_id = {fault.id: fault for fault in faults}
    total = sum(overlap(by_id[name], incident) for name, incident in found.incidents.items())

    def best(left: tuple[int, ...], row: int) -> float:
        if row == len(faults):
            return 0.0
        skipped = best(left, row + 1)
        taken = (
            overlap(faults[row], incidents[column])
            + best(tuple(other for other in left if other != column), row + 1)
            for column in left
        )
        return max(skipped, *taken) if left else skipped

    assert total == pytest.approx(best(tuple(range(len(incidents))), 0))
