"""The page of a campaign: whole, closed, the same every time, and nothing in it reaches out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from page_reader import Page

from adn.base.errors import AdnError
from adn.report.bars import bars
from adn.report.bench import PAGE, bench_page, write_bench
from adn.report.curves import Scale, curves, y_of
from adn.report.forest import forest
from adn.report.radar import radar
from adn.report.stacks import stacks

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from campaign_builder import SUITE, campaign

from adn.bench.tables import tables_of

Tables = dict[str, Any]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return tables_of(SUITE, campaign())


@pytest.fixture(scope="module")
def page(tables: Tables) -> Page:
    return Page(bench_page(tables))


def test_every_tag_is_closed_in_order_and_nothing_is_fetched(page: Page) -> None:
    assert page.faults == []
    reaching = {"src", "href", "action", "style", "onclick", "onload"}
    assert [name for name, attrs in page.tags if reaching & attrs.keys()] == []
    assert not {name for name, _ in page.tags} & {"script", "img", "link", "iframe", "object"}


def test_it_is_the_same_every_time(tables: Tables) -> None:
    assert bench_page(tables) == bench_page(tables_of(SUITE, campaign()[::-1]))


def test_it_holds_every_part(page: Page) -> None:
    titles = (
        "Earned, not claimed",
        "The ladder",
        "The ladder in figures",
        "What each task reaches · data-centre",
        "What each task reaches · ip-wan",
        "Why no more",
        "Clocks by percentile",
        "The same evenings, less those at L2",
        "What a slow approval costs",
        "Whose work it is",
        "What a run costs",
        "What is demonstrated after so many seeds",
        "Beside the level",
        "By network domain",
        "By size of network",
        "By case",
        "By kind of fault",
        "Three evenings in a row",
        "Is it worth measuring?",
        "Assumptions",
    )
    for title in titles:
        assert title in page.text


def test_every_traced_table_shows_its_query(page: Page, tables: Tables) -> None:
    for name, table in tables.items():
        if isinstance(table, dict) and "sql" in table and name not in {"bounds", "baselines"}:
            assert " ".join(table["sql"].split()) in page.text, name


def test_names_from_files_are_escaped() -> None:
    suite = {**SUITE, "title": "<script>alert(1)</script>", "name": "<b>@1"}
    assert "<script" not in bench_page(tables_of(suite, campaign()))


def test_a_campaign_of_one_level_or_of_nothing_has_a_page_too() -> None:
    for results in ([], [r for r in campaign() if r["cell"]["level"] == "L0"]):
        assert Page(bench_page(tables_of(SUITE, results))).faults == []


def test_a_failed_audit_is_told_before_any_figure(tables: Tables) -> None:
    page = bench_page(tables)
    assert page.index("Read the audit first") < page.index("Earned, not claimed")


def test_a_page_is_written_and_what_is_no_page_is_left_alone(
    tables: Tables, tmp_path: Path
) -> None:
    assert write_bench(tmp_path, tables) == tmp_path / PAGE
    (tmp_path / PAGE).write_text("all that is left", encoding="utf-8")
    with pytest.raises(AdnError, match="RUN020"):
        write_bench(tmp_path, tables)


def test_lines_that_end_alike_share_one_name() -> None:
    scale = Scale(0.0, 1.0, (), "")
    drawn = curves(
        {"L4": [(0.0, 0.0), (1.0, 1.0)], "L5": [(0.5, 0.2), (1.0, 1.0)]}, scale, scale, "x"
    )
    assert drawn.count('class="end') == 1
    assert "L4, L5" in drawn


def test_an_axis_rises_and_never_leaves_the_picture() -> None:
    scale = Scale(1.0, 1000.0, (), "", log=True)
    places = [y_of(value, scale) for value in (0.1, 1.0, 10.0, 1000.0, 1e9)]
    assert places == sorted(places, reverse=True)
    assert places[0] == places[1]
    assert places[-1] == places[-2]


def test_a_radar_says_in_words_what_it_shows() -> None:
    drawn = radar({"A": 4, "F": None, "H": 2}, 4, "Tasks")
    assert "A L4, F does not apply, H L2" in drawn
    assert drawn.count("reached-dot") == 2


def test_a_difference_is_good_or_bad_only_where_its_interval_leaves_zero_out() -> None:
    rows = {
        "a": {"mean": -2.0, "interval": [-3.0, -1.0]},
        "b": {"mean": -2.0, "interval": [-5.0, 1.0]},
        "c": {"mean": 2.0, "interval": [1.0, 3.0]},
        "d": {"mean": None, "interval": None},
    }
    less, more = (forest(rows, "x", less_is_good=good) for good in (True, False))
    for drawn in (less, more):
        assert [drawn.count(f'class="{look}"') for look in ("better", "worse", "unclear")] == [
            1
        ] * 3
    assert less != more


def test_the_parts_of_a_bar_are_as_wide_as_their_amounts() -> None:
    drawn = stacks(
        {"L1": {"desk": 30.0, "field": 10.0}}, {"desk": "part-0", "field": "part-1"}, "x"
    )
    wide = [float(part.split('"')[0]) for part in drawn.split('width="')[1:]]
    assert wide[0] == pytest.approx(3 * wide[1])


def test_names_of_bounds_stand_above_each_other() -> None:
    values = {"L0": {"mean": 5.0, "interval": None}}
    drawn = bars(values, {"one": 0.1, "other": 0.2}, "x")
    heights = {part.split('"')[1] for part in drawn.split("<text")[1:] if "limit-name" in part}
    assert drawn.count("limit-name") == 2
    assert len(heights) == 2
