"""The page of a ladder, the schema of a fabric, and charts of what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND
from adn.report.fabric import fabric_drawing, is_fabric
from adn.report.kpis import series_of
from adn.report.ladder import ladder_page, write_ladder
from adn.report.rungs import x_of
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, NetworkElement
from adn.topology.network import Network


def summary(met: int, minutes: float) -> dict[str, Any]:
    mean = {"mean": minutes, "interval": None}
    return {
        "found": 1, "hurting": 1, "located": met, "met_135": met, "contestable": 1, "faults": 1,
        "detect_s": 9.0, "locate_s": None, "restore_s": 400.0, "people_minutes": mean,
        "wrong_actions": 0, "service_minutes": mean,
    }  # fmt: skip


def ladder(kind: str = "silent-loss") -> dict[str, Any]:
    fault = {
        "kind": kind, "target": "a>b", "self_healed": False, "restorable": True, "impact_s": 0.0,
        "detect_s": 9.0, "locate_s": None, "restore_s": 400.0, "met_135": False,
    }  # fmt: skip
    row = {"summary": summary(0, 12.5), "runs": [{"faults": [fault], "digest": "d"}]}
    return {
        "scenario": "x@1", "title": "An evening", "seeds": [7],
        "targets": {"detect_s": 60.0, "locate_s": 180.0, "restore_s": 300.0},
        "levels": {"L0": row, "L4": row}, "bounds": {"do-nothing": row, "oracle": row},
        "baselines": {"first-alarm": row},
    }  # fmt: skip


def test_a_ladder_page_shows_levels_bounds_and_baselines_and_escapes_names() -> None:
    page = ladder_page(ladder("<script>alert(1)</script>"))
    assert "<script" not in page
    for shown in ("An evening", "0 of 1 met", "nobody acts", "an oracle acts", "first alarm"):
        assert shown in page
    assert page == ladder_page(ladder("<script>alert(1)</script>"))


def test_a_ladder_is_written_as_data_and_as_a_page(tmp_path: Path) -> None:
    page = write_ladder(tmp_path / "x@1", ladder())
    assert sorted(path.name for path in page.parent.iterdir()) == ["ladder.html", "ladder.json"]
    assert json.loads((page.parent / "ladder.json").read_text(encoding="utf-8")) == ladder()


def test_the_axis_of_clocks_is_monotonic_and_never_lies_beyond_it() -> None:
    places = [x_of(seconds) for seconds in (1.0, 60.0, 180.0, 300.0, 3600.0)]
    assert places == sorted(places)
    assert x_of(1e9) < x_of(None)


def fabric() -> Network:
    builder = NetworkBuilder("fabric")
    for site in ("north", "south"):
        builder.add_site(site)
        for kind, count in (("spine", 2), ("leaf", 4), ("border-leaf", 1)):
            for number in range(count):
                builder.add_element(NetworkElement(f"{site}-{kind}-{number}", kind, site))
        for leaf in range(4):
            for spine in range(2):
                a, z = f"{site}-leaf-{leaf}", f"{site}-spine-{spine}"
                builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 0.1))
        for spine in range(2):
            a, z = f"{site}-border-leaf-0", f"{site}-spine-{spine}"
            builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 0.1))
        servers = f"{site}-web-1"
        builder.add_element(NetworkElement(servers, "servers", site, transit=False))
        for leaf in (2, 3):
            z = f"{site}-leaf-{leaf}"
            builder.add_link(Link(f"{z}~{servers}", z, servers, 1e9, 0.1))
    a, z = "north-border-leaf-0", "south-border-leaf-0"
    builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 40.0))
    return builder.build()


def test_a_fabric_stands_in_rows_with_its_sites_side_by_side() -> None:
    network = fabric()
    drawing = fabric_drawing(network)
    at = drawing.at
    assert is_fabric(network)
    assert at.keys() == set(network.elements.ids)
    assert len(set(at.values())) == len(at)
    rows = [at[f"north-{kind}"][1] for kind in ("border-leaf-0", "spine-0", "leaf-0", "web-1")]
    assert rows == sorted(rows)
    north = max(x for name, (x, _) in at.items() if name.startswith("north"))
    south = min(x for name, (x, _) in at.items() if name.startswith("south"))
    assert north < south


def test_servers_stand_below_the_leaves_they_hang_on() -> None:
    at = fabric_drawing(fabric()).at
    assert at["north-leaf-1"][0] < at["north-web-1"][0] <= at["north-leaf-3"][0]


@pytest.mark.parametrize(
    "text",
    [
        "", "no json", "[]", '{"series": 3}', '{"series": {"FLT-0001": 3}}',
        '{"series": {"FLT-0001": [{"object": "x"}]}}',
        '{"series": {"FLT-0001": [{"object": "x", "kpi": "y", "unit": "ratio", "at_s": ["<b>"]}]}}',
    ],
)  # fmt: skip
def test_series_that_cannot_be_drawn_are_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "series.json").write_text(text, encoding="utf-8")
    assert not any(series_of(tmp_path).values())


def test_a_run_keeps_what_departed_round_its_fault(tmp_path: Path) -> None:
    """The services that a silent loss hurts are kept, from before it to after, with their limit."""
    from adn.base.levels import AutonomyLevel
    from adn.scenario import read
    from adn.session.run import run_scenario

    path = tmp_path / "small.yml"
    path.write_text(
        "adn: 1\nname: small\nversion: 1\ntitle: t\n"
        "clock: {duration: 10min, warmup: 3min}\n"
        "topology: {source: topohub:topozoo/Abilene}\n"
        "services: [{kind: voice, share: 100%, sla: {latency: 120ms, loss: 0.5%}}]\n"
        "faults: [{kind: silent-loss, at: 5min, target: {direction: Denver>Kansas-City}, "
        "with: {share: 5%}}]\n",
        encoding="utf-8",
    )
    run = run_scenario(read(str(path)), AutonomyLevel.L4, 1)
    written = run.write(tmp_path / "runs")
    first = series_of(written)["FLT-0001"][0]
    assert (first["table"], first["kpi"], first["limit"]) == ("service", "loss", 0.005)
    assert first["at_s"][0] < 5 * MINUTE / SECOND < first["at_s"][-1]
    assert first["baseline"] < 0.001 < max(first["values"])
