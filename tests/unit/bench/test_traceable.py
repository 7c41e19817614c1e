"""Every figure of the tables can be got again from the stored runs, by the query that it cites."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adn.bench import store
from adn.bench.query import ask

NAMES = ("agent", "level", "case", "domain", "size", "kind", "role", "clock", "approval_s")
TRACED = {
    "ladder": 6 * 12,
    "bounds": 2 * 2,
    "baselines": 4 * 12,
    "approvals": 3 * 4,
    "workload": 5 * 3 * 4,
    "by_domain": 6 * 2 * 5,
    "by_case": 6 * 3 * 5,
    "by_size": 6 * 2 * 5,
    "by_kind": 6 * 3 * 6,
    "clocks": 6 * 3 * 4,
    "pass3": 6 * 2,
}
"""Tables whose queries give the figures themselves, and how many figures have to agree."""


@pytest.fixture(scope="module")
def folder(results: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place: Path = tmp_path_factory.mktemp("campaign")
    for one in results:
        store.write(place, one, {"suite": "0" * 32, "code": "0" * 16})
    return place


def plain(value: Any) -> Any:
    return value["mean"] if isinstance(value, Mapping) else value


@pytest.mark.parametrize("name", TRACED)
def test_the_query_gives_the_figures(name: str, folder: Path, tables: dict[str, Any]) -> None:
    answer = ask(folder, tables[name]["sql"])
    keys = [column for column in answer.columns if column in NAMES]
    ours = {tuple(row.get(key) for key in keys): row for row in tables[name]["rows"]}
    found = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    agreed = 0
    for row in found:
        mine = ours[tuple(row[key] for key in keys)]
        for column, value in row.items():
            if column in mine and column not in keys:
                assert plain(mine[column]) == pytest.approx(value, abs=1.1e-3), (column, row)
                agreed += 1
    assert agreed == TRACED[name]


@pytest.mark.parametrize("name", ["paired", "costs", "evidence"])
def test_statistics_cite_the_runs_that_they_are_made_of(
    name: str, folder: Path, tables: dict[str, Any]
) -> None:
    answer = ask(folder, tables[name]["sql"])
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    if name == "evidence":
        counted = [row["met_135"] for row in rows if row["level"] == "L4"]
        (last,) = (
            row for row in tables[name]["rows"] if row["level"] == "L4" and row["seeds"] == 3
        )
        assert sum(counted) / last["faults"] == last["met_share"]
        return
    lost = {
        level: {(r["case"], r["seed"]): r["service_minutes"] for r in rows if r["level"] == level}
        for level in ("L2", "L4")
    }
    if name == "paired":
        (pair,) = (row for row in tables[name]["rows"] if row["level"] == "L4")
        change = [lost["L4"][when] - lost["L2"][when] for when in lost["L2"]]
        assert pair["service_minutes"]["mean"] == pytest.approx(sum(change) / 9, abs=1e-3)
    else:
        (cost,) = (row for row in tables[name]["rows"] if row["level"] == "L4")
        assert cost["service"] == pytest.approx(sum(lost["L4"].values()) / 9, abs=1e-3)
