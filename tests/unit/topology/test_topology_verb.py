"""`adn topology` shows sizes, assumptions, weak spots and links, and writes whole files only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adn.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["topology", *arguments])
    shown = capsys.readouterr()
    return int(left.value.code or 0), shown.out, shown.err


def test_a_network_is_described_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "topohub:topozoo/Abilene")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[:2] == [
        "topozoo/Abilene",
        "11 elements  14 links  14 ducts  165 services  122,110 customers",
    ]
    assert "checks: nothing to warn of" in lines
    assert "single points of failure, links: none" in lines
    row = next(line.split() for line in lines if line.startswith("Chicago~New-York"))
    assert row[1:4] == ["40", "1146.2", "1146"]
    assert row[5] == "duct:Chicago~New-York"


def test_json_holds_all_that_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "topohub:topozoo/Aconet", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["elements"], len(told["link_table"])) == (17, 24)
    assert [row["code"] for row in told["checks"]] == ["TOP105"]
    assert {"link lengths of 0 km", "demands", "link capacities"} <= {
        row["what"] for row in told["assumptions"]
    }
    assert all(0 <= row["peak_load"] <= 0.5 for row in told["link_table"])


def test_bad_input_is_refused_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.graphml"
    broken.write_text("<graphml>", encoding="utf-8")
    code, out, err = run(capsys, str(broken))
    assert (code, out) == (2, "")
    assert err == f"{broken}:1:10: TOP025 not XML: no element found\n1 error\n"


def test_an_export_is_written_once_unless_forced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.graphml"
    first = run(capsys, "topohub:topozoo/Abilene", "--export", str(path))
    again = run(capsys, "topohub:topozoo/Abilene", "--export", str(path))
    forced = run(capsys, "topohub:topozoo/Abilene", "--export", str(path), "--force")
    assert (first[0], first[2]) == (0, f"written: {path}\n")
    assert again == (2, "", f"{path}: TOP028 exists; use --force to replace it\n1 error\n")
    assert forced[0] == 0
    assert [path] == list(tmp_path.iterdir())


def test_what_was_exported_can_be_described(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.graphml"
    run(capsys, "topohub:topozoo/Abilene", "--export", str(path))
    code, out, _ = run(capsys, str(path), "--json")
    assert (code, json.loads(out)["links"]) == (0, 14)


SCENARIO = """
adn: 1
name: shown
version: 1
title: A network to look at
clock: {duration: 1h}
topology:
  source: topohub:topozoo/Abilene
  total_demand: 300 Gbit/s
  management: {element: Denver}
  shared_ducts:
    - {name: denver-west, links: [Denver~Seattle, Denver~Sunnyvale], length: 40km}
"""


def test_a_scenario_is_shown_with_the_network_of_its_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Directions of services are drawn by lot, so equal loads show equal draws."""
    from adn.base.levels import AutonomyLevel
    from adn.scenario import read
    from adn.session.assembly import assemble
    from adn.topology.checks import link_loads

    path = tmp_path / "shown.yml"
    path.write_text(SCENARIO, encoding="utf-8")
    code, out, _ = run(capsys, str(path), "--json")
    told = json.loads(out)
    network = assemble(read(str(path)), AutonomyLevel.L4, 5).network
    assert (code, told["management"]) == (0, "Denver")
    assert [row["peak_load_bps"] for row in told["link_table"]] == pytest.approx(
        link_loads(network).tolist(), rel=1e-5
    )
    denver = next(row for row in told["link_table"] if row["id"] == "Denver~Seattle")
    assert denver["ducts"] == ["denver-west", "duct:Denver~Seattle"]


def test_a_mistake_in_a_scenario_is_shown_at_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(SCENARIO.replace("Denver~Seattle", "Denver~Seatle"), encoding="utf-8")
    code, out, err = run(capsys, str(path))
    assert (code, out) == (2, "")
    assert f"{path}:12:35: TOP030 shared duct 'denver-west' names link 'Denver~Seatle'" in err
    assert "did you mean 'Denver~Seattle'?" in err


FABRIC = Path(__file__).parents[1] / "scenario" / "fabric.yml"


def test_a_fabric_is_shown_by_site_by_feed_and_by_kind_of_link(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What leaves a site is listed one by one; the hundred cables inside are not."""
    _, text, _ = run(capsys, str(FABRIC))
    assert "44 elements  112 links  10 ducts  48 cards  4 feeds  22 services" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "north spine 4 north-spine-1 north-spine-4" in lines
    assert "feed:north/A 20 north-leaf-01" in lines
    assert "border-leaf and border-leaf north and south 4 200 40 2%" in " ".join(lines)
    assert any(line.startswith("north-border-1~south-border-2 200 40.0 10 2%") for line in lines)
    assert not any(line.startswith("north-leaf-01~north-spine-1") for line in lines)


def test_json_of_a_fabric_holds_every_link_with_its_cards(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = json.loads(run(capsys, str(FABRIC), "--json")[1])
    assert len(told["link_table"]) == 112
    link = next(row for row in told["link_table"] if row["id"] == "north-app-1~north-leaf-01")
    assert link["cards"] == ["", "north-leaf-01/card-1"]
    assert sum(row["count"] for row in told["link_kinds"]) == 112
    assert sum(row["count"] for row in told["site_table"]) == 44
    alone = {name for row in told["feed_table"] for name in row["alone"]}
    assert len(alone) == 4


def test_branches_are_counted_by_kind_and_long_lists_are_cut(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scenario = tmp_path / "bank.yml"
    scenario.write_text(
        "adn: 1\nname: bank\nversion: 1\ntitle: A bank\nclock: {duration: 1h}\n"
        "topology: {source: 'topohub:topozoo/Abilene', branches: {count: 30, dual_homed: 0%}}\n",
        encoding="utf-8",
    )
    code, out, _ = run(capsys, str(scenario))
    lines = out.splitlines()
    assert code == 0
    row = next(line.split() for line in lines if line.startswith("-     branch"))
    assert row == ["-", "branch", "30", "Atlanta-branch-01", "Washington-DC-branch-03"]
    cut = next(line for line in lines if line.startswith("single points of failure, links: "))
    assert cut.count(", ") == 20
    assert cut.endswith(" and 10 more")
    _, told, _ = run(capsys, str(scenario), "--json")
    assert len(json.loads(told)["single_points_of_failure"]["links"]) == 30
