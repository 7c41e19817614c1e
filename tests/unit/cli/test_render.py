"""What verbs show: text that can be piped on, JSON without colour, progress on stderr only."""

from __future__ import annotations

import json

import pytest

from adn.cli import render


@pytest.fixture(autouse=True)
def fresh_consoles():
    """Forget consoles made for another stdout."""
    render.console.cache_clear()
    render.messages.cache_clear()
    yield
    render.console.cache_clear()
    render.messages.cache_clear()


def test_a_table_is_plain_text_when_piped(capsys) -> None:
    """Columns are aligned, nothing is cut, no markup is read, no blanks stand at the end."""
    rows = [["R1>R2", 12], ["[bold]x[/]", None], ["w" * 150, 3.5]]
    render.print_table(["direction", ("count", "right")], rows, title="Directions")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Directions"
    assert lines[1] == "direction" + " " * 143 + "count"
    assert lines[2] == "R1>R2" + " " * 150 + "12"
    assert lines[3].split() == ["[bold]x[/]", "–"]
    assert lines[4] == "w" * 150 + "    3.5"


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (
            "40",
            ["name       says", "fibre-cut  A digger severs a duct; all", "           goes dark."],
        ),
        ("20", ["name       says", "fibre-cut  A digger severs a duct; all goes dark."]),
    ],
)
def test_a_table_on_a_terminal_loses_nothing(monkeypatch, capsys, columns, shown) -> None:
    """The widest column is wrapped to fit; on too narrow a screen nothing is cut either."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    says = "A digger severs a duct; all goes dark."
    render.print_table(["name", "says"], [["fibre-cut", says]])
    assert capsys.readouterr().out.splitlines() == shown


def test_an_empty_table_still_shows_its_headings(capsys) -> None:
    """No rows is an answer too."""
    render.print_table(["name", "says"], [])
    assert capsys.readouterr().out == "name  says\n"


def test_json_keeps_the_order_and_the_letters(capsys) -> None:
    """What is printed reads back equal, keys in the order given, UTF-8 and uncoloured."""
    value = {"z": 1.5, "a": [None, True, "Zürich"]}
    render.print_json(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert out.index('"z"') < out.index('"a"')
    assert "Zürich" in out
    assert "\x1b" not in out


def test_json_has_no_nan() -> None:
    """A number that JSON does not have is an error here, not in the program that reads it."""
    with pytest.raises(ValueError, match=r"[Oo]ut of range float"):
        render.print_json({"x": float("nan")})


def test_results_and_remarks_go_their_own_ways(capsys) -> None:
    """Results on stdout, remarks on stderr, square brackets as they are."""
    render.print_line("0:45:02.9 [alarm]", "bold red")
    render.remark("[12 of 20]")
    out, err = capsys.readouterr()
    assert (out, err) == ("0:45:02.9 [alarm]\n", "[12 of 20]\n")


def test_progress_is_silent_where_nobody_watches(capsys) -> None:
    """Without a terminal no bar is drawn."""
    with render.progress("running") as show:
        show(0.5, "half")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_colour_is_left_out_when_it_is_not_wanted(
    monkeypatch, capsys, variable: str, coloured: bool
) -> None:
    """NO_COLOR wins; FORCE_COLOR shows that colour would have been there."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv(variable, "1")
    render.print_line("text", "red")
    assert ("\x1b[31m" in capsys.readouterr().out) is coloured
