"""The page about networks shows what the command prints and explains every code there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from adn.cli import main

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "topology.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "shown", re.findall(r"```console\n(.*?)\n```", PAGE, re.DOTALL), ids=["found", "misspelt"]
)
def test_each_transcript_is_what_the_command_prints(
    shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, expected = shown.partition("\n")
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "adn"
    with pytest.raises(SystemExit):
        main(arguments)
    printed = capsys.readouterr()
    assert (printed.out + printed.err).rstrip() == expected


def test_the_page_explains_exactly_the_codes_that_exist() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "adn/topology").glob("*.py")]
    raised = {code for text in sources for code in re.findall(r'"(TOP\d{3})"', text)}
    assert set(re.findall(r"TOP\d{3}", PAGE)) == raised
