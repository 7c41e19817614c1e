"""Tables of a campaign: what is pooled, paired, swept; the same whatever the order of results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from campaign_builder import SUITE, campaign, fault, result

from adn.bench.percentiles import percentiles
from adn.bench.tables import tables_of

Tables = dict[str, Any]


def rows(tables: Tables, name: str, **wanted: Any) -> list[dict[str, Any]]:
    held = tables[name]["rows"]
    return [row for row in held if all(row[key] == value for key, value in wanted.items())]


def test_the_order_of_results_changes_no_byte_of_the_tables(tables: Tables) -> None:
    held = campaign()
    mixed = [*held[::-3], *held[-2::-3], *held[-3::-3]]
    assert sorted(map(id, mixed)) == sorted(map(id, held))
    assert json.dumps(tables_of(SUITE, mixed)) == json.dumps(tables)


def test_tables_are_plain_json_without_infinities_or_long_fractions(tables: Tables) -> None:
    text = json.dumps(tables, allow_nan=False)
    assert json.loads(text) == tables

    def floats(value: Any) -> Iterator[float]:
        if isinstance(value, float):
            yield value
        elif isinstance(value, dict | list):
            for held in value.values() if isinstance(value, dict) else value:
                yield from floats(held)

    found = list(floats(tables))
    assert len(found) > 1000
    assert all(value == round(value, 6) for value in found)


def test_a_ladder_pools_cases_and_seeds_and_leaves_bounds_and_sweeps_out(tables: Tables) -> None:
    ladder = tables["ladder"]["rows"]
    assert [(row["agent"], row["level"], row["runs"]) for row in ladder] == [
        ("adn", f"L{level}", 9) for level in range(6)
    ]
    (l0,), (l4,) = rows(tables, "ladder", level="L0"), rows(tables, "ladder", level="L4")
    assert (l0["found"], l0["hurting"], l0["met_135"], l0["contestable"]) == (0, 9, 0, 9)
    assert (l4["met_135"], l4["restore_s"]) == (9, 62.0)
    assert l4["met_share"]["interval"][1] == 1.0


def test_what_was_saved_is_against_doing_nothing_on_the_same_evening(tables: Tables) -> None:
    (best,) = rows(tables, "ladder", level="L5")
    saved = [900.0 + seed - (20.0 + 3 * seed) for seed in (1, 2, 3)] * 2 + [0.0] * 3
    assert best["service_minutes_saved"]["mean"] == pytest.approx(sum(saved) / 9, abs=1e-3)


def test_pairs_are_of_the_same_evening_so_that_their_interval_is_narrow(tables: Tables) -> None:
    """L4 takes 2 × (20 + 3 seed) minutes less than L2 on each evening with faults."""
    (pair,) = rows(tables, "paired", level="L4")
    assert pair["against"] == "L2"
    differences = [-2 * (20.0 + 3 * seed) for seed in (1, 2, 3)] * 2 + [0.0] * 3
    assert pair["service_minutes"]["mean"] == pytest.approx(sum(differences) / 9, abs=1e-3)
    assert pair["service_minutes"]["interval"][1] < 0
    assert pair["met_share"] == {"pairs": 9, "mean": 1.0, "interval": [1.0, 1.0]}


def test_restore_times_are_paired_where_both_restored(tables: Tables) -> None:
    (l1,), (l3,) = rows(tables, "paired", level="L1"), rows(tables, "paired", level="L3")
    assert (l1["restore_s"]["pairs"], l1["restore_s"]["of"], l1["restore_s"]["mean"]) == (
        0,
        9,
        None,
    )
    assert l3["restore_s"]["mean"] == -50.0


def test_a_level_is_not_compared_with_itself(tables: Tables) -> None:
    assert not rows(tables, "paired", level="L2")


def test_an_agent_that_was_not_run_at_the_level_compared_with_is_held_against_its_lowest(
    results: list[dict[str, Any]],
) -> None:
    held = [row for row in results if row["cell"]["level"] != "L2"]
    paired = [row for row in rows(tables_of(SUITE, held), "paired") if row["agent"] == "adn"]
    assert paired
    assert {row["against"] for row in paired} == {"L0"}
    assert {row["level"] for row in paired} == {"L1", "L3", "L4", "L5"}


def test_approval_times_stand_side_by_side_on_the_same_evenings(tables: Tables) -> None:
    swept = tables["approvals"]["rows"]
    assert [(row["approval_s"], row["runs"]) for row in swept] == [(None, 6), (60.0, 6), (900.0, 6)]
    assert swept[1]["service_minutes"]["mean"] == 160.0


def test_roles_that_had_nothing_to_do_in_a_run_count_as_zero(tables: Tables) -> None:
    """The quiet case has no work; its runs are among those that minutes are shared over."""
    (expert,) = rows(tables, "workload", level="L0", role="expert")
    minutes = [round(5 * (30.0 + seed) / 3, 3) for seed in (1, 2, 3)] * 2 + [0.0] * 3
    assert expert["minutes"]["mean"] == pytest.approx(sum(minutes) / 9, abs=1e-3)
    assert (expert["head_count"], expert["touches"]) == (2, round(2 * 6 / 9, 3))
    assert not rows(tables, "workload", level="L5")


def test_groups_hold_every_fault_once(tables: Tables) -> None:
    for name in ("by_domain", "by_case", "by_kind", "by_size"):
        assert sum(row["faults"] for row in rows(tables, name, level="L3")) == 9, name
    assert [row["size"] for row in rows(tables, "by_size", level="L3")] == [
        "up to 50",
        "201 to 1,000",
    ]


def test_kinds_that_scenarios_define_are_marked_as_held_out() -> None:
    held = result("wires", "adn", "L4", 1, faults=[fault("wires", 1, 0)])
    tables = tables_of(SUITE, [{**held, "held_out": ["fibre-cut"]}])
    assert tables["by_kind"]["rows"][0]["held_out"] is True


def test_a_clock_that_never_stopped_is_longer_than_any_other(tables: Tables) -> None:
    (restore,) = rows(tables, "clocks", level="L1", clock="restore")
    assert (restore["never"], restore["p10"], restore["never_share"]) == (9, None, 1.0)
    assert percentiles([5.0, None, 1.0, 3.0], (25, 50, 75, 76)) == [1.0, 3.0, 5.0, None]


def test_costs_are_minutes_times_the_suites_prices(tables: Tables) -> None:
    cost = {"desk_hour": 60.0, "field_hour": 0.0, "service_minute": 2.0}
    dear = tables_of({**SUITE, "cost": cost}, campaign())
    (l5,) = rows(dear, "costs", level="L5")
    (ladder,) = rows(tables, "ladder", level="L5")
    assert l5["total"]["mean"] == pytest.approx(2 * ladder["service_minutes"]["mean"], abs=2e-3)
    assert dict(map(tuple, l5["curve"]))[10.0] == pytest.approx(10 * l5["service"], abs=1e-2)
    assert dear["costs"]["prices"] == cost


def test_more_seeds_show_more(tables: Tables) -> None:
    low = [row["met_low"] for row in rows(tables, "evidence", level="L4")]
    assert low == sorted(low)
    assert len(low) == 3
    assert low[0] < low[-1]


def test_pass3_needs_every_one_of_three_evenings(tables: Tables) -> None:
    assert [row["pass3"] for row in rows(tables, "pass3", level="L4")] == [1.0]
    (l3,) = rows(tables, "pass3", level="L3")
    assert l3["by_case"] == {"leaves": 0.0, "quiet": 1.0, "wires": 0.0}


def test_the_weights_of_cases_count_in_means_over_cases(tables: Tables) -> None:
    cases = [{**case, "weight": 2.0 if case["case"] == "quiet" else 1.0} for case in SUITE["cases"]]
    weighted = tables_of({**SUITE, "cases": cases}, campaign())
    (alike,), (other,) = (rows(one, "pass3", level="L3") for one in (tables, weighted))
    assert (alike["pass3"], other["pass3"]) == (0.333333, 0.5)


def test_levels_are_those_of_the_assessment(tables: Tables) -> None:
    claimed = {(row["agent"], row["claimed"], row["domain"]) for row in tables["levels"]}
    assert claimed == {
        ("adn", f"L{n}", domain) for n in range(6) for domain in ("data-centre", "ip-wan")
    }


def test_no_results_give_empty_tables() -> None:
    tables = tables_of(SUITE, [])
    assert (tables["ladder"]["rows"], tables["levels"], tables["runs"]) == ([], [], 0)
