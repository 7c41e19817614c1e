"""The verbs, and a typer group that imports a verb only when it is called.

Names and one-line summaries stand here, so that ``adn --help`` and shell completion import no verb.
A test holds each summary equal to the first line of the verb's docstring.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb lives, and what it does in one line."""

    module: str
    says: str

    def load(self, name: str) -> Any:
        """Import the verb and return it as a command."""
        function = import_module(f"adn.cli.{self.module}").command
        verb = typer.Typer(add_completion=False, rich_markup_mode=None)
        verb.command(name, help=_prose(function))(function)
        return typer.main.get_command(verb)


VERBS: Final[Mapping[str, Verb]] = {
    "run": Verb("run", "Run a scenario and score it; at several levels, as a ladder."),
    "bench": Verb("bench", "Run a suite at several levels, and say which levels were earned."),
    "query": Verb("query", "Ask the runs of a campaign in SQL."),
    "score": Verb("score", "Score runs again from their logs."),
    "replay": Verb("replay", "Run a run folder again and compare the digests."),
    "explain": Verb("explain", "Tell the story of one incident of a run."),
    "report": Verb("report", "Draw a run as one page that needs nothing else."),
    "train": Verb("train", "Work a shift at the desks of a network, and be debriefed."),
    "check": Verb("check", "Check scenario files; with --run, also their promises."),
    "list": Verb("list_", "List what there is of a kind."),
    "show": Verb("show", "Show one thing with its parameters and sources."),
    "topology": Verb("topology", "Describe a network and what was assumed about it."),
}


def invoke(arguments: Sequence[str]) -> int:
    """Run the verb that `arguments` name; return its exit code.

    Raises:
        AdnError: The input is wrong.
    """
    group = typer.main.get_command(_app)
    if "_ADN_COMPLETE" in os.environ:
        group.main(args=list(arguments), prog_name="adn")
    try:
        with group.make_context("adn", list(arguments)) as context:
            group.invoke(context)
    except typer.Exit as leave:
        return leave.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        cast(Any, error).show()
        return 2
    return 0


class _LazyGroup(TyperGroup):
    """The frame: knows the names of the verbs, loads the one that is called."""

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        return VERBS[cmd_name].load(cmd_name) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            near = get_close_matches(name, VERBS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"the verbs are {', '.join(VERBS)}"
            ctx.fail(f"no such verb '{name}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.says) for name, verb in VERBS.items()])


def _prose(function: Any) -> str:
    """Return the docstring up to its first Google section; those are for programmers."""
    paragraphs = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    sections = ("Args:", "Returns:", "Raises:", "Yields:", "Note:", ">>>")
    told = [text for text in paragraphs if not text.startswith(sections)]
    return "\n\n".join(told)


def _print_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from adn import __version__

        print(f"adn {__version__}")
        raise typer.Exit


_app = typer.Typer(
    cls=_LazyGroup,
    name="adn",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Results go to stdout, progress to stderr; every verb has --json. "
    "Exit codes: 0 done, 1 target missed under --strict, 2 bad input.",
)


@_app.callback()
def _frame(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Emulate an autonomous driving network: faults in, 1-3-5 minutes out.

    A discrete-event twin of a network is broken on purpose, and a closed loop must detect, locate
    and restore in one, three and five minutes.
    """
