"""Natural failures: which processes run, when they strike, and what is expected of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from adn.base.clock import DAY, HOUR, MINUTE
from adn.base.errors import ScenarioError
from adn.base.streams import Key
from adn.faults.rates import published_rates
from adn.scenario.disturbed import resolve_disturbances, resolve_mishaps
from adn.scenario.natural import NaturalPlan, outlook, processes_of, resolve_natural
from adn.scenario.reader import LoadedScenario, read_text
from adn.scenario.topology import build_scenario_network
from adn.topology.network import Network

HERE = Path(__file__).parent
BASE = (HERE / "base.yml").read_text(encoding="utf-8").split("faults:")[0]


def loaded(natural: str, days: int = 60, more: str = "") -> LoadedScenario:
    head = BASE.replace("duration: 2h", f"duration: {days}d")
    assert head != BASE
    return read_text(f"{head}{natural}\n{more}", "base.yml", HERE)


@cache
def network() -> Network:
    return build_scenario_network(loaded("natural: {}"))


def plan(natural: str, seed: int = 1, days: int = 60) -> NaturalPlan:
    return resolve_natural(loaded(natural, days), network(), Key.root(seed))


def refusals(natural: str, more: str = "") -> list[tuple[str, str, int]]:
    with pytest.raises(ScenarioError) as refused:
        loaded(natural, more=more)
    return [
        (one.code, one.message, one.at.column if one.at else 0) for one in refused.value.findings
    ]


def test_both_ways_of_writing_it_are_one_scenario() -> None:
    inside, beside = loaded("faults: {natural: {scale: 5}}"), loaded("natural: {scale: 5}")
    assert inside.scenario == beside.scenario
    assert inside.digest == beside.digest
    assert not inside.is_quiet
    assert inside.faults == ()


def test_it_stands_beside_a_list_of_faults() -> None:
    fault = "faults: [{kind: link-down, at: 45min, target: {link: {pick: 1}}}]"
    both = loaded("natural: {}", more=fault)
    assert len(both.faults) == 1
    assert both.scenario.natural is not None


def test_a_slip_inside_the_map_is_shown_where_it_stands() -> None:
    ((code, message, column),) = refusals("faults: {natural: {scale: -5}}")
    assert (code, column) == ("SCN018", 27)
    assert "-5" in message


def test_what_fails_by_itself_has_a_name() -> None:
    ((code, message, _),) = refusals("natural: {without: [fibre-cutt]}")
    assert (code, message) == ("SCN017", "nothing fails by itself as 'fibre-cutt'")


def test_times_fit_into_the_run() -> None:
    assert refusals("natural: {from: 61d}")[0][:2] == ("SCN025", "the run is over before that")
    assert refusals("natural: {from: 3d, until: 2d}")[0][:2] == (
        "SCN025",
        "'until' is not after 'from'",
    )


def test_too_many_are_refused_and_not_drawn() -> None:
    text = "natural: {scale: 1000, only: [trunk-link-down]}"
    with pytest.raises(ScenarioError) as refused:
        plan(text, days=3650)
    (one,) = refused.value.findings
    assert (one.code, one.message) == (
        "SCN018",
        "'trunk-link-down' is to strike more than 100,000 times",
    )


def test_a_backbone_fails_as_backbones_do_and_a_fabric_as_fabrics() -> None:
    wide = processes_of(loaded("natural: {}").scenario)
    assert "trunk-link-down" in wide
    assert "fabric-link-down" not in wide
    fabric = processes_of(loaded("natural: {}\ndomain: data-centre").scenario)
    assert "fabric-link-down" in fabric
    assert "router-crash" not in fabric


def test_filters_keep_processes_by_their_name_or_their_kind() -> None:
    only = processes_of(loaded("natural: {only: [fibre-cut, router-restart]}").scenario)
    assert set(only) == {"fibre-cut", "router-restart"}
    without = processes_of(loaded("natural: {without: [device-crash]}").scenario)
    assert {"router-crash", "router-restart"}.isdisjoint(without)
    vendors = processes_of(loaded("natural: {only: [fibre-cut], fibre: vendors}").scenario)
    assert set(vendors) == {"fibre-cut-by-vendor"}


def test_a_filter_shifts_nothing_of_what_it_leaves() -> None:
    whole = plan("natural: {scale: 20}")
    some = plan("natural: {scale: 20, without: [link-down, maintenance]}")
    left = [one for one in whole.faults if one.kind.name != "link-down"]
    assert [one for one in left if one in some.faults] == list(some.faults)
    assert len(some.faults) > 20
    assert some.works == ()


def test_a_window_only_cuts() -> None:
    whole = plan("natural: {scale: 20, maintenance: false}").faults
    cut = plan("natural: {scale: 20, maintenance: false, from: 10d, until: 20d}").faults
    assert cut == tuple(one for one in whole if 10 * DAY <= one.at < 20 * DAY)
    assert 0 < len(cut) < len(whole)


def test_nothing_strikes_while_nothing_is_scored() -> None:
    faults = plan("natural: {scale: 1000}", days=2).faults
    assert faults
    assert all(15 * MINUTE <= one.at < 2 * DAY for one in faults)


def test_what_is_over_by_itself_can_be_left_out() -> None:
    some = plan("natural: {scale: 20, passing: false, maintenance: false}").faults
    every = plan("natural: {scale: 20, maintenance: false}").faults
    assert some == tuple(one for one in every if one.lasts is None)
    assert len(some) < len(every)


def test_corruption_follows_the_published_mixture() -> None:
    """Shares of loss rates of 47, 18, 22 and 13 %, within five standard deviations."""
    text = "natural: {scale: 1000, only: [frame-corruption], maintenance: false}"
    errors = [one.params["errors"] for one in plan(text, days=3650).faults]
    assert len(errors) > 800
    edges = [1e-8, 1e-5, 1e-4, 1e-3, 1e-2]
    for share, low, high in zip((0.47, 0.18, 0.22, 0.13), edges[:-1], edges[1:], strict=True):
        held = sum(low <= one < high for one in errors) / len(errors)
        assert held == pytest.approx(share, abs=5 * (share * (1 - share) / len(errors)) ** 0.5)


def test_work_is_done_at_night_and_what_it_breaks_stands_beside_it() -> None:
    text = "natural: {scale: 100, only: [maintenance]}"
    found, starts = plan(text), loaded(text).scenario.clock.starts
    assert len(found.works) > 100
    assert all((one.at + starts) % DAY < 5 * HOUR for one in found.works)
    chance = published_rates().maintenance.mishap
    share = len(found.faults) / len(found.works)
    assert share == pytest.approx(chance, abs=5 * (chance * (1 - chance) / 100) ** 0.5)
    for fault in found.faults:
        during = [one for one in found.works if one.at <= fault.at <= one.at + one.span]
        assert during
        assert fault.lasts is None
        assert any(work.target not in fault.target for work in during)


def test_what_is_expected_is_the_mean_of_what_comes() -> None:
    """Over forty seeds, within five standard deviations of a Poisson mean."""
    text = "natural: {scale: 5}"
    told = outlook(loaded(text), network())
    assert told is not None
    counts = [len(plan(text, seed).faults) for seed in range(40)]
    assert sum(counts) / 40 == pytest.approx(told.arrivals, abs=5 * (told.arrivals / 40) ** 0.5)
    doubled = outlook(loaded("natural: {scale: 10}"), network())
    assert doubled is not None
    assert 1.9 * told.concurrent < doubled.concurrent < 2 * told.concurrent


def test_maintenance_of_the_file_breaks_what_it_says_with_its_chance() -> None:
    entry = (
        "disturbances:\n  - {kind: maintenance, at: 5h, for: 1h, target: {element: {pick: 1}}, "
        "mishap: {chance: 50%, kinds: [igp-cost-error]}}"
    )
    scenario, broken = loaded("faults: []", more=entry), 0
    for seed in range(60):
        key = Key.root(seed)
        (work,) = resolve_disturbances(scenario, network(), key.stream)
        for fault in resolve_mishaps(scenario, network(), key, key.stream):
            broken += 1
            assert fault.kind.name == "igp-cost-error"
            assert 5 * HOUR <= fault.at <= 6 * HOUR
            assert work.target not in fault.target.split("~")
    assert 15 <= broken <= 45


def test_a_mishap_is_of_a_kind_that_there_is() -> None:
    entry = (
        "disturbances:\n  - {kind: maintenance, at: 5h, for: 1h, target: {element: {pick: 1}}, "
        "mishap: {chance: 50%, kinds: [link-dwon]}}"
    )
    assert refusals("faults: []", entry)[0][:2] == ("SCN014", "unknown fault kind 'link-dwon'")
