"""A suite is read as scenarios are: every slip at its place, all at once; what it expands to."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.errors import AdnError
from adn.base.levels import AutonomyLevel
from adn.bench.cell import Cell
from adn.bench.listing import means_suite, suite_rows
from adn.bench.plan import Plan, plan_of
from adn.bench.suite import LoadedSuite, read_suite, suite_of_text

HERE = Path(__file__).parent
SOUND = """
adn: 1
suite: sound
version: 1
title: A sound one
cases: [tiny.yml, tiny-quiet.yml]
levels: [L2, L4]
seeds: {from: 1, to: 2}
"""


def read(text: str) -> LoadedSuite:
    return suite_of_text(text, "suite.yml", HERE)


def slips(text: str) -> list[str]:
    with pytest.raises(AdnError) as caught:
        read(text)
    return [
        f"{one.at.line if one.at else 0}:{one.at.column if one.at else 0} {one.code} {one.message}"
        for one in caught.value.findings
    ]


def test_all_that_is_wrong_is_told_at_its_place() -> None:
    text = """adn: 2
suite: Bad One
version: 0
cases:
  - tiny.yml
  - tiny.yml
  - abilene-fibre-cutt
  - {scenario: nowhere.yml, wieght: 2}
  - {scenario: tiny-quiet.yml, weight: -1}
levels: [L0, L9]
seeds: {from: 5, to: 2}
approvals: {levels: [L5], medians: [5], seeds: 3}
cost: {desk_hour: cheap}
"""
    assert slips(text) == [
        "1:1 SCN015 the suite misses 'title': One line for people.",
        "1:6 SCN017 format '2' is not known; this adn reads adn: 1",
        "2:8 SCN020 'Bad One' is no name here; use small letters, digits and single hyphens",
        "3:10 SCN018 '0' is outside its limits; at least 1",
        "6:5 SCN029 case 'tiny.yml' stands twice; keep one",
        "7:5 SCN030 unknown scenario 'abilene-fibre-cutt'",
        "8:16 BEN002 scenario 'nowhere.yml' cannot be used: SCN001 no such file",
        "8:29 SCN013 unknown key 'wieght'",
        "9:40 SCN018 '-1' is outside its limits; more than 0",
        "10:14 SCN017 'L9' is no level; write one of L0, L1, L2, L3, L4, L5",
        "11:22 SCN018 the last seed lies before the first",
        "12:37 SCN006 '5' has no unit; write 5h, 5min or 5s",
        "13:19 SCN016 the text 'cheap' where a number belongs for 'desk_hour'",
    ]


def test_a_suite_without_a_quiet_case_is_refused() -> None:
    """Where there is always a fault, crying wolf costs nothing."""
    (slip,) = slips(SOUND.replace(", tiny-quiet.yml", ""))
    assert slip == (
        "6:1 BEN001 every case has faults; add a quiet one, such as quiet-day, where a loop that "
        "cries wolf loses"
    )


@pytest.mark.parametrize(
    ("more", "slip"),
    [
        ("compare: {with: L3}", "9:17 BEN003 level L3 is none of the suite's, L2, L4"),
        ("baselines: {seeds: 3}", "9:20 BEN003 3 seeds are asked for, and the suite has 2"),
        (
            "approvals: {levels: [L2, L5], medians: [1min, 1min], seeds: 1}",
            "9:26 BEN003 level L5 is none of the suite's, L2, L4",
        ),
    ],
)
def test_what_is_asked_for_besides_is_in_the_suite(more: str, slip: str) -> None:
    assert slips(SOUND + more + "\n")[0] == slip


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("", "0:0 SCN003 empty; a suite begins with 'adn: 1'"),
        ("- a", "1:3 SCN016 a suite is a map of keys and values"),
    ],
)
def test_what_is_no_suite_at_all_is_told_so(text: str, slip: str) -> None:
    assert slips(text) == [slip]


def test_the_same_scenario_under_two_names_is_one_case(tmp_path: Path) -> None:
    for name in ("tiny.yml", "tiny-quiet.yml", "again.yml"):
        content = (HERE / name.replace("again", "tiny")).read_text(encoding="utf-8")
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(AdnError, match=r"SCN029 'again\.yml' is the same scenario as 'tiny\.yml'"):
        suite_of_text(SOUND.replace("[tiny.yml,", "[tiny.yml, again.yml,"), "s", tmp_path)


def test_a_digest_follows_what_a_suite_means() -> None:
    same = SOUND.replace(
        "cases: [tiny.yml, tiny-quiet.yml]", "cases:\n - tiny.yml\n - tiny-quiet.yml"
    )
    other = SOUND.replace("to: 2", "to: 3")
    assert read(SOUND).digest == read("# told apart\n" + same).digest != read(other).digest


def test_an_unknown_suite_is_told_with_the_nearest_name(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "mine.yml").write_text(SOUND, encoding="utf-8")
    monkeypatch.setenv("ADN_SCENARIO_PATH", str(tmp_path))
    with pytest.raises(AdnError, match=r"BEN004 unknown suite 'mina'\n +did you mean 'mine'"):
        read_suite("mina")
    row = next(row for row in suite_rows() if row["name"] == "mine")
    assert row["title"] == "cannot be used: 2 errors; adn check mine"  # its files are elsewhere
    assert means_suite("mine")
    assert means_suite(str(HERE / "tiny-suite.yml"))
    assert not means_suite(str(HERE / "tiny.yml"))
    assert not means_suite("abilene-fibre-cut")


def test_a_plan_holds_bounds_levels_baselines_and_approvals(plan: Plan) -> None:
    """Per case: 2 seeds × (2 bounds + 2 levels), 4 baselines and 2 approval times on one seed."""
    assert len(plan.cells) == len(set(plan.cells)) == 2 * (2 * (2 + 2) + 4 + 2)
    assert plan.cells[0] == Cell("tiny", "do-nothing", "L5", 1)
    slow = [cell for cell in plan.cells if cell.approval_s is not None]
    assert slow == [
        Cell(case, "adn", "L2", 1, approval)
        for case in ("tiny", "tiny-quiet")
        for approval in (60.0, 900.0)
    ]


def test_a_part_of_a_suite_can_be_planned(plan: Plan) -> None:
    part = plan_of(plan.suite, [AutonomyLevel.L4], [7], "*-quiet")
    assert {(cell.case, cell.seed) for cell in part.cells} == {("tiny-quiet", 7)}
    assert [cell.level for cell in part.rest if cell.agent == "adn"] == ["L4"]
    assert part.as_json()["seeds"] == [7]
    assert [row["case"] for row in part.as_json()["cases"]] == ["tiny-quiet"]
    with pytest.raises(AdnError, match="BEN003 no case of tiny@1 matches 'nothing'"):
        plan_of(plan.suite, cases="nothing")
