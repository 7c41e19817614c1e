"""What verbs share to show things: consoles, tables, progress, and JSON that programs can read.

Results go to stdout and everything else to stderr. rich is imported when something is drawn, never
before; it drops colour by itself when the output is no terminal or ``NO_COLOR`` is set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Protocol

if TYPE_CHECKING:
    from rich.console import Console

Justify = Literal["left", "right"]
_UNBOUNDED: Final = 10_000
_NARROWEST: Final = 20
"""A column is not wrapped into less than this; the table is then wider than the screen."""


class Progress(Protocol):
    """Told how far something has come."""

    def __call__(self, done: float, note: str = "") -> None:
        """Show the share that is done, 0..1, and a few words on what is going on."""
        ...


@cache
def console() -> Console:
    """Return the console of results, stdout."""
    from rich.console import Console

    class Results(Console):
        """A console whose reader may leave; rich alone would exit with 1, a missed target."""

        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    # Nothing is ever cut at the width of a screen; tables see to it that they fit if they can.
    return Results(highlight=False, emoji=False, soft_wrap=True, width=_UNBOUNDED)


@cache
def messages() -> Console:
    """Return the console of progress and remarks, stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print `value` on stdout as JSON: indented, in the order given, never coloured.

    Letters stand as they are where stdout speaks UTF-8, and as escapes elsewhere.

    Raises:
        ValueError: A number in it is NaN or infinite, which JSON does not have.
    """
    spoken = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    print(json.dumps(value, indent=2, ensure_ascii=not spoken, allow_nan=False))


def print_table(
    columns: Sequence[str | tuple[str, Justify]],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
) -> None:
    """Print rows under headings on stdout, without rules, as text that can be piped on.

    On a terminal the widest column is wrapped where the table would not fit.

    Args:
        columns: Headings, each alone or with how its cells stand; numbers stand right.
        rows: One sequence of cells per row, as long as `columns`; None is shown as a dash.
        title: A line above the table.
    """
    from rich.table import Table
    from rich.text import Text

    headings = [column if isinstance(column, tuple) else (column, "left") for column in columns]
    cells = [["–" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [
        max(map(len, column))
        for column in zip([heading for heading, _ in headings], *cells, strict=True)
    ]
    excess = sum(widths) + 2 * len(widths) - 2 - _screen_width()
    widest = widths.index(max(widths))
    left = widths[widest] - max(0, excess)
    table = Table(
        title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for place, (heading, justify) in enumerate(headings):
        wrapped = place == widest and excess > 0 and left >= _NARROWEST
        table.add_column(
            Text(heading), justify=justify, no_wrap=not wrapped, width=left if wrapped else None
        )
    for row in cells:
        table.add_row(*map(Text, row))
    with console().capture() as drawn:
        console().print(table, soft_wrap=False, crop=False)
    for line in drawn.get().splitlines():
        print(line.rstrip())


def _screen_width() -> int:
    """Return how many columns a table may have: those of a terminal, or as many as it wants."""
    return get_terminal_size().columns if sys.stdout.isatty() else _UNBOUNDED


def print_line(text: str, style: str | None = None) -> None:
    """Print one line of a result on stdout, in `style` where there is colour; no markup is read."""
    console().print(text, style=style, markup=False)


def remark(text: str) -> None:
    """Print one line on stderr."""
    messages().print(text, markup=False)


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Yield what shows progress on stderr: a bar on a terminal, nothing elsewhere."""
    if not messages().is_terminal:
        yield _silent
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Bar(*columns, console=messages(), transient=True) as bar:
        row = bar.add_task(title, total=1.0, note="")

        def show(done: float, note: str = "") -> None:
            bar.update(row, completed=done, note=note)

        yield show


def _silent(done: float, note: str = "") -> None:
    """Show nothing: what is piped must not be cluttered."""
    del done, note
