"""The frame of the command line: quick, lazy, helpful, and never a traceback."""

from __future__ import annotations

import errno
import importlib
import os
import subprocess
import sys

import pytest

import adn
import adn.cli
from adn.base.errors import Finding, ScenarioError
from adn.cli import frame

HEAVY = {"numpy", "scipy", "pydantic", "networkx", "yaml", "simpy", "sklearn", "topohub", "rich"}
LOADED = """
import sys
sys.argv = ["adn", *sys.argv[1:]]
try:
    {code}
except SystemExit:
    pass
print(*sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return the top-level modules that are loaded after `code` in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code=code), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stderr.splitlines()[-1].split())


def adn_command(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    """Run the command line in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "adn", *arguments],
        capture_output="stdout" not in more,
        text=True,
        check=False,
        timeout=60,
        **more,
    )


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    """They answer at once because no numerical, schema, graph or drawing library is imported."""
    found = loaded_by("from adn.cli import main; main()", option)
    assert "typer" in found
    assert not found & HEAVY


@pytest.mark.parametrize("name", frame.VERBS)
def test_loading_a_verb_loads_nothing_heavy(name: str) -> None:
    """A verb imports what it needs when it runs, so that its --help and completion stay quick."""
    found = loaded_by(f"from adn.cli.frame import VERBS; VERBS[{name!r}].load({name!r})")
    assert not found & HEAVY


def test_the_package_loads_nothing_heavy_and_offers_its_public_names() -> None:
    """`import adn` is free; what it offers is there when asked for, and nothing else is."""
    assert not loaded_by("import adn") & (HEAVY | {"typer"})
    assert dir(adn) == ["AutonomyLevel", "__version__", "load", "run"]
    for name in dir(adn):
        assert getattr(adn, name) is not None
    with pytest.raises(AttributeError, match="module 'adn' has no attribute 'nothing'"):
        adn.nothing  # noqa: B018 - asking is the test


@pytest.mark.parametrize("name", frame.VERBS)
def test_a_verb_says_in_the_list_what_its_docstring_says(name: str) -> None:
    """The static summary and the first line of the docstring are the same sentence."""
    verb = frame.VERBS[name]
    function = importlib.import_module(f"adn.cli.{verb.module}").command
    assert (function.__doc__ or "").splitlines()[0] == verb.says


@pytest.mark.parametrize("name", frame.VERBS)
def test_every_verb_explains_itself_and_speaks_json(name: str) -> None:
    """--help of a verb exits 0 and lists --json; sections for programmers are left out."""
    done = adn_command(name, "--help")
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout
    assert "Raises:" not in done.stdout


def test_the_version_is_printed() -> None:
    """One line, program and version."""
    assert adn_command("--version").stdout == f"adn {adn.__version__}\n"


def test_help_lists_every_verb() -> None:
    """Each verb stands in the list with its summary."""
    shown = " ".join(adn_command("--help").stdout.split())
    for name, verb in frame.VERBS.items():
        assert f"{name} {verb.says}" in shown


def test_a_misspelt_verb_is_told_the_right_one() -> None:
    """The nearest verb is offered, on stderr, with exit code 2."""
    done = adn_command("rnu", "abilene-fibre-cut")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("Error: no such verb 'rnu'; did you mean 'run'?\n")


def test_a_verb_like_no_other_is_told_all_of_them() -> None:
    """Where nothing is near, the list is short enough to be the answer."""
    done = adn_command("xyzzy")
    assert done.returncode == 2
    assert done.stderr.endswith(
        f"Error: no such verb 'xyzzy'; the verbs are {', '.join(frame.VERBS)}\n"
    )


def test_a_wrong_option_is_bad_input() -> None:
    """Usage errors exit with 2 and name what there is."""
    done = adn_command("--verzion")
    assert done.returncode == 2
    assert "No such option: --verzion" in done.stderr
    assert "--version" in done.stderr


def test_completion_offers_verbs() -> None:
    """The shell is told the verbs that begin with what is typed."""
    asked = os.environ | {
        "_ADN_COMPLETE": "complete_bash",
        "COMP_WORDS": "adn re",
        "COMP_CWORD": "1",
    }
    assert adn_command(env=asked).stdout.split() == ["replay", "report"]


DEFECT = " (a defect of adn; ADN_DEBUG=1 shows where)\n"
ENDS = {
    "input": (ScenarioError(Finding("SCN001", "wrong")), 2, "SCN001 wrong\n1 error\n"),
    "interrupt": (KeyboardInterrupt(), 130, "interrupted\n"),
    "closed pipe": (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    "memory": (
        MemoryError(),
        2,
        "adn: not enough memory for this; try a smaller network\n",
    ),
    "full disk": (
        OSError(errno.ENOSPC, "No space left on device", "runs/a/events.jsonl"),
        2,
        "adn: runs/a/events.jsonl: no space left on the device\n",
    ),
    "forbidden": (
        PermissionError(errno.EACCES, "denied", "runs"),
        2,
        "adn: runs: permission denied\n",
    ),
    "defect": (
        KeyError("a\nb"),
        70,
        "adn: internal error: KeyError: 'a\\nb'" + DEFECT,
    ),
    "silent defect": (
        ZeroDivisionError(),
        70,
        "adn: internal error: ZeroDivisionError" + DEFECT,
    ),
    "strange device": (
        OSError(errno.ENOTTY, "no terminal"),
        70,
        "adn: internal error: OSError: [Errno 25] no terminal" + DEFECT,
    ),
}


@pytest.fixture
def raising(monkeypatch, capsys):
    """Return what runs a command line that ends in an exception: its exit code and stderr."""

    def run(error: BaseException) -> tuple[object, str]:
        def invoke(arguments):
            raise error

        monkeypatch.setattr(frame, "invoke", invoke)
        monkeypatch.setattr(adn.cli, "_discard_output", lambda: None)
        with pytest.raises(SystemExit) as left:
            adn.cli.main([])
        return left.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(("error", "status", "text"), ENDS.values(), ids=ENDS.keys())
def test_every_way_to_fail_has_its_code_and_its_line(
    raising, error, status: int, text: str
) -> None:
    """Whatever goes wrong ends in one message, one exit code and no traceback."""
    assert raising(error) == (status, text)


def test_the_curious_see_where_a_defect_is(raising, monkeypatch) -> None:
    """ADN_DEBUG=1 adds the traceback, for defects only."""
    monkeypatch.setenv("ADN_DEBUG", "1")
    status, text = raising(KeyError("x"))
    assert status == 70
    assert text.startswith("Traceback (most recent call last):")
    assert text.endswith(
        "internal error: KeyError: 'x' (a defect of adn; ADN_DEBUG=1 shows where)\n"
    )
    assert raising(ScenarioError(Finding("SCN001", "wrong"))) == (2, "SCN001 wrong\n1 error\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_device_is_said_in_one_line() -> None:
    """Output that cannot be written is an error, not silence and not a traceback."""
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = adn_command("--help", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, "adn: no space left on the device\n")


def test_a_reader_that_leaves_is_no_error() -> None:
    """`adn … | head` ends quietly, as the tools of the shell do."""
    reading, writing = os.pipe()
    os.close(reading)
    done = adn_command("--help", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_reader_of_a_run_that_leaves_is_no_missed_target() -> None:
    """What rich prints ends as quietly as what is printed without it."""
    reading, writing = os.pipe()
    os.close(reading)
    done = adn_command("list", "faults", stdout=writing, stderr=subprocess.PIPE)
    lines = "from adn.cli import main, frame, render\n"
    lines += "frame.invoke = lambda _: render.print_line('x' * 100_000)\nmain([])"
    alone = subprocess.run(
        [sys.executable, "-c", lines], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
    assert (alone.returncode, alone.stderr) == (141, b"")


def test_a_closed_stdout_is_no_defect() -> None:
    """Who closes stdout wants no output; the exit code still tells."""
    code = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    done = subprocess.run(
        [sys.executable, "-c", code, "-m", "adn", "list", "faults"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_locale_without_a_sign_loses_the_sign_and_nothing_else() -> None:
    """Where stdout speaks ASCII, text is shown with question marks, and JSON with escapes."""
    spoken = os.environ | {"PYTHONIOENCODING": "ascii"}
    lines = "from adn.cli import main, frame, render\n"
    lines += "frame.invoke = lambda _: (render.print_line('3 × 2'), render.print_json('×'))[1] or 0"
    done = subprocess.run(
        [sys.executable, "-c", lines + "\nmain([])"],
        env=spoken,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, '3 ? 2\n"\\u00d7"\n', "")


def test_numerical_libraries_are_given_one_thread() -> None:
    """The digest of a run must not depend on the number of cores, whatever the caller has set."""
    code = """
import os
from adn.cli import main
try:
    main(["--version"])
finally:
    print(os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"OMP_NUM_THREADS": "8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "1 1"
