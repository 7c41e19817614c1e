"""What is said about scenarios, kinds and catalogues is what the product does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adn.cli import main
from adn.scenario.catalogue import LISTINGS
from adn.scenario.codes import CODES
from adn.scenario.describe import DESCRIBED, describe, json_schema
from adn.scenario.library import known_scenarios
from adn.scenario.reader import read_file
from adn.scenario.reference import reference_page
from adn.scenario.yaml_marks import build

ROOT = Path(__file__).parents[3]
BASE = Path(__file__).parent / "base.yml"
PAGE = ROOT / "docs" / "scenario-reference.md"
SCENARIOS = [BASE, *known_scenarios().values()]


def as_json(path: Path) -> Any:
    value = build(path.read_text(encoding="utf-8"), str(path)).value
    return json.loads(json.dumps(value))


def invoke(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as leave:
        main(arguments)
    printed = capsys.readouterr()
    return int(str(leave.value.code)), printed.out, printed.err


def test_the_reference_page_is_what_the_models_say() -> None:
    """If this fails, write it anew: python -m adn.scenario.reference docs/scenario-reference.md."""
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_the_schema_is_one_that_editors_understand() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_schema_takes_every_scenario_that_reads(path: Path) -> None:
    read_file(path, path.name)
    assert list(Draft202012Validator(json_schema()).iter_errors(as_json(path))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("clock", "duration"), 6),
        (("clock", "starts"), "25:00"),
        (("topology", "metrik"), "hops"),
        (("version",), "3"),
        (("operations",), {"level": "L9"}),
        (("topology", "headroom"), 0.5),
    ],
)
def test_the_schema_refuses_what_reading_refuses(path: tuple[str, ...], value: object) -> None:
    data = as_json(BASE)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not Draft202012Validator(json_schema()).is_valid(data)


@pytest.mark.parametrize("kind", LISTINGS)
def test_every_list_prints_the_same_names_as_text_and_as_json(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text, _ = invoke(["list", kind], capsys)
    assert code == 0
    rows = json.loads(invoke(["list", kind, "--json"], capsys)[1])
    first = [str(next(iter(row.values()))) for row in rows]
    assert first
    assert [line.split()[0] for line in text.splitlines()[1:]] == first


def test_everything_that_is_listed_can_be_shown() -> None:
    for kind in set(DESCRIBED) - {"scenario", "level"}:
        plural = "properties" if kind == "property" else f"{kind}s"
        for row in LISTINGS[plural].rows():
            assert describe(kind, row["name"])["name"] == row["name"]


def test_every_scenario_of_the_library_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for name in known_scenarios():
        code, text, _ = invoke(["show", "scenario", name], capsys)
        assert code == 0
        assert text.startswith("name ")


def test_a_datasheet_names_parameters_with_their_limits_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, text, _ = invoke(["show", "fault", "silent-loss"], capsys)
    assert "  share\n    says     share of the packets dropped\n    default  3%\n" in text
    assert "    source   assumption\n" in text


def test_what_is_shown_has_units(capsys: pytest.CaptureFixture[str]) -> None:
    """Conditions as scenarios write them, parameters by name, durations of commands in words."""
    shown = {
        ("fault", "fibre-cut"): "    value     60dB\n",
        ("fault", "silent-loss"): "    value     $share\n",
        ("command", "reboot-element"): "  median  4min\n",
        ("command", "splice-fibre"): "  law     vendor-fibre\n",
    }
    for what, line in shown.items():
        assert line in invoke(["show", *what], capsys)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "fualts"], "   did you mean 'faults'?\n1 error\n"),
        (["show", "fault", "fibre-kut"], "   did you mean 'fibre-cut'?\n1 error\n"),
        (
            ["show", "fault"],
            "CLI003 which fault? write adn show fault NAME\n   see: adn list faults\n1 error\n",
        ),
        (["show", "skema"], "   did you mean 'schema'?\n1 error\n"),
        (["show", "level", "L9"], "unknown level 'L9'; there are L0, L1, L2, L3, L4, L5"),
    ],
)
def test_a_misspelt_word_is_told_with_the_nearest_one(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = invoke(arguments, capsys)
    assert (code, out) == (2, "")
    assert message in err


def test_a_check_tells_programs_where_each_error_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(BASE.read_text(encoding="utf-8").replace("duration: 2h", "duration: 2"))
    code, out, err = invoke(["check", str(BASE), str(bad), "--json"], capsys)
    assert (code, err) == (2, "")
    told = json.loads(out)
    assert told["errors"] == 1
    assert [file["ok"] for file in told["files"]] == [True, False]
    (finding,) = told["files"][1]["findings"]
    assert (finding["code"], finding["line"], finding["column"]) == ("SCN006", 5, 19)


def test_every_code_that_is_used_is_listed() -> None:
    import re

    used = set()
    for path in (ROOT / "adn" / "scenario").glob("*.py"):
        used |= set(re.findall(r'"(SCN\d{3})"', path.read_text(encoding="utf-8")))
    assert used == set(CODES)
