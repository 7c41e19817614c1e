"""What README and docs show of the command line is what the command line does.

A fenced block after `<!-- run -->` is a transcript: each line `$ adn …` is run, and what it prints
on stdout has to stand below it, up to the next command; a line `[…]` stands for any lines.
One after `<!-- run long -->` takes minutes: it is held to its word by a test marked slow.
The transcripts of one page run in one folder, in order, beside the files that the page shows: each
fenced block after `<!-- file: NAME -->`. `make transcripts` writes the transcripts anew.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^<!-- run -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONG = re.compile(r"^<!-- run long -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^<!-- file: ([\w.-]+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")
VOLATILE = re.compile(r"\b[0-9a-f]{16,32}\b")
ANYTHING = "[…]"
COST_OF_CAMPAIGN = re.compile(r" +[\d,]+ runs? +[\d.]+ s ")


@dataclass(frozen=True)
class Command:
    """One command of a transcript and what is shown below it."""

    line: str
    shown: list[str]


def commands_of(block: str) -> list[Command]:
    """Return the commands of a transcript."""
    found: list[Command] = []
    for line in block.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            found.append(Command(line[2:], []))
        else:
            found[-1].shown.append(line)
    return found


def output_of(line: str, folder: Path) -> tuple[int, list[str]]:
    """Run one `adn …` command in a folder; return its exit code and the lines on stdout."""
    program, *arguments = shlex.split(line)
    assert program == "adn", f"only adn is run here, not {program}"
    environment = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    done = subprocess.run(
        [sys.executable, "-m", "adn", *arguments],
        cwd=folder,
        env=environment | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    return done.returncode, [line.rstrip() for line in done.stdout.splitlines()]


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether a page shows what was printed, digests and measured speeds left aside."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ANYTHING else re.escape(steady(line)) + r"\n"
        for line in shown
    )
    text = "".join(steady(line) + "\n" for line in printed)
    return re.fullmatch(pattern, text) is not None


def steady(line: str) -> str:
    """Return a line with what may differ between machines taken out."""
    if "× real time" in line or COST_OF_CAMPAIGN.match(line):
        return "~"
    return VOLATILE.sub("~", line.rstrip())


def write_files(page: Path, folder: Path) -> None:
    """Write the files that a page shows into the folder where its commands are run."""
    for name, text in FILE.findall(page.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")


def transcripts(page: Path, marked: re.Pattern[str] = BLOCK) -> list[str]:
    """Return the transcripts of a page."""
    return marked.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if transcripts(page)], ids=lambda page: page.name
)
def test_a_page_shows_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    """Every command in a transcript succeeds and prints what the page says it prints."""
    write_files(page, tmp_path)
    for command in [found for block in transcripts(page) for found in commands_of(block)]:
        status, printed = output_of(command.line, tmp_path)
        assert status == 0, command.line
        assert agrees(command.shown, printed), f"$ {command.line}\n" + "\n".join(printed)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if transcripts(page, LONG)], ids=lambda page: page.name
)
def test_a_page_shows_what_long_commands_print(page: Path, tmp_path: Path) -> None:
    """The same holds for what takes minutes."""
    write_files(page, tmp_path)
    for command in [found for block in transcripts(page, LONG) for found in commands_of(block)]:
        status, printed = output_of(command.line, tmp_path)
        assert status == 0, command.line
        assert agrees(command.shown, printed), f"$ {command.line}\n" + "\n".join(printed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_at_the_prompt_give_what_is_shown(page: Path) -> None:
    """Lines after `>>>` in README and docs do what stands below them."""
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0


@pytest.mark.parametrize(
    "code",
    [
        code
        for page in PAGES
        for code in CODE.findall(page.read_text(encoding="utf-8"))
        if not code.startswith(">>>")
    ],
)
def test_python_that_a_page_shows_runs(code: str, tmp_path: Path) -> None:
    """Every script in README and docs runs as it stands and prints something."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_readme_has_a_transcript() -> None:
    """The first page shows real output."""
    assert transcripts(ROOT / "README.md")


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (["a", "b"], ["a", "b  "], True),
        (["a"], ["a", "b"], False),
        (["a", ANYTHING], ["a", "b", "c"], True),
        ([ANYTHING, "c"], ["a", "b"], False),
        (["digest 0123456789abcdef"], ["digest fedcba9876543210"], True),
        (["5,720 × real time  3.8 s"], ["99 × real time  220 s"], True),
        (["detect 0:14.2"], ["detect 0:14.3"], False),
        ([], [], True),
    ],
)
def test_a_transcript_is_compared_line_by_line(shown, printed, expected: bool) -> None:
    """Other lines, missing lines and further lines are differences; digests are not."""
    assert agrees(shown, printed) is expected


def test_a_cut_transcript_is_cut_again_at_the_same_lines() -> None:
    """New numbers come into the lines that were shown; what was left out stays out."""
    shown = ["at 1:02 cut", ANYTHING, "at 1:09 back", ANYTHING]
    printed = ["at 1:03 cut", "at 1:05 seen", "at 1:11 back", "end"]
    assert recut(shown, printed) == ["at 1:03 cut", ANYTHING, "at 1:11 back", ANYTHING]
    assert agrees(recut(shown, printed), printed)
    assert recut(
        ["1:02 seen critical alarm on A"], ["1:01 told", "1:03 seen critical alarm on B"]
    ) == ["1:03 seen critical alarm on B"]
    with pytest.raises(SystemExit, match="no such line any more: gone"):
        recut(["gone"], printed)


def test_files_that_a_page_shows_are_there_for_its_commands(tmp_path: Path) -> None:
    """A block after the mark is a file of that name, as it stands."""
    page = tmp_path / "page.md"
    page.write_text("See:\n\n<!-- file: a.yml -->\n```yaml\nadn: 1\nx:\n```\n\n```yaml\nno\n```\n")
    write_files(page, tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.glob("*.yml")} == {
        "a.yml": "adn: 1\nx:\n"
    }


def test_a_transcript_is_found_only_where_it_is_marked() -> None:
    """Blocks without the mark are illustrations."""
    text = "<!-- run -->\n```console\n$ adn --version\nadn 0\n```\n\n```\n$ adn rnu\n```\n"
    assert [commands_of(block) for block in BLOCK.findall(text)] == [
        [Command("adn --version", ["adn 0"])]
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file or folder that is there."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def recut(shown: list[str], printed: list[str]) -> list[str]:
    """Return new output cut as the old was; numbers do not tell lines apart.

    Where no line is alike to its end, as when another alarm came first, the first that begins
    alike stands in.
    """
    kept, row = [], 0
    for line in shown:
        if line == ANYTHING:
            kept.append(line)
            continue
        rest = printed[row:]
        alike = [
            place
            for same in (shape, opening)
            for place, other in enumerate(rest)
            if same(other) == same(line)
        ]
        if not alike:
            sys.exit(f"no such line any more: {line}")
        row += alike[0]
        kept.append(printed[row])
        row += 1
    return kept


def shape(line: str) -> str:
    """Return a line without its numbers and the blanks around them."""
    return re.sub(r"[\s\d.:+]+", " ", line)


def opening(line: str) -> str:
    """Return how a line begins, its numbers left out."""
    return shape(line)[:20]


def test_the_readme_leads_to_every_page() -> None:
    """No page of the documentation is to be found by accident only."""
    linked = {(ROOT / link).resolve() for link in LINK.findall((ROOT / "README.md").read_text())}
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guides").glob("*.md")]
    assert [page for page in pages if page.resolve() not in linked] == []


def rewrite(page: Path) -> None:
    """Write the transcripts of a page anew, all or none: digests on it belong together."""
    text = page.read_text(encoding="utf-8")
    stale = False
    with tempfile.TemporaryDirectory() as folder:
        write_files(page, Path(folder))
        for block in (*transcripts(page), *transcripts(page, LONG)):
            lines: list[str] = []
            for command in commands_of(block):
                status, printed = output_of(command.line, Path(folder))
                if status:
                    sys.exit(f"{page.name}: $ {command.line}: exit {status}")
                kept = command.shown
                stale |= not agrees(kept, printed)
                kept = recut(kept, printed) if ANYTHING in kept else printed
                lines += [f"$ {command.line}", *kept]
            text = text.replace(block, "\n".join(lines) + "\n", 1)
    if stale:
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for chosen in PAGES:
        if transcripts(chosen) or transcripts(chosen, LONG):
            rewrite(chosen)
