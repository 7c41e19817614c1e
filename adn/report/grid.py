"""Tables of a page: a head, rows, and a region to scroll in where the page is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adn.report.svg import Markup, join, tag

Cell = str | Markup
Head = str | tuple[str, str]
"""What stands above a column, and in small print below that."""


def grid(name: str, heads: Iterable[Head], rows: Iterable[Markup], look: str = "") -> Markup:
    """Return a table that scrolls by itself.

    Args:
        name: What the table is called, for those who do not see it.
        heads: What stands above the columns.
        rows: Table rows, as `row` and `group` make them.
        look: Class of the table; ``ladder`` for figures.
    """
    table = tag(
        "table",
        tag("thead", tag("tr", *map(_head, heads))),
        tag("tbody", *rows),
        class_=look or None,
    )
    return tag("div", table, class_="scroll", role="region", tabindex=0, aria_label=name)


def row(cells: Sequence[Cell], *, named: int = 1, look: str = "count") -> Markup:
    """Return a row, its first cells being its name."""
    return tag(
        "tr",
        *(tag("th", cell, scope="row") for cell in cells[:named]),
        *(tag("td", cell, class_=look) for cell in cells[named:]),
    )


def group(title: str, wide: int) -> Markup:
    """Return a row that names the rows below it."""
    return tag("tr", tag("th", title, colspan=wide, scope="colgroup", class_="group"))


def _head(head: Head) -> Markup:
    if isinstance(head, str):
        return tag("th", head, scope="col")
    name, note = head
    return tag("th", join(name, tag("span", note, class_="note") if note else ""), scope="col")
