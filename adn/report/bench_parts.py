"""What the sections of a campaign's page share: names of rungs, looks of levels, folded queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adn.base.clock import MINUTE, SECOND
from adn.report.axis import span_text
from adn.report.svg import Markup, join, tag

Row = Mapping[str, Any]
Tables = Mapping[str, Any]

NAMES: Final[Mapping[str, str]] = {"do-nothing": "nobody acts", "oracle": "an oracle acts"}
LIMITS: Final = (("1 min", "detect_s"), ("3 min", "locate_s"), ("5 min", "restore_s"))


def rung(row: Row, rows: Sequence[Row]) -> str:
    """Return how a row's level is called, with its agent where there are several."""
    several = len({other["agent"] for other in rows}) > 1
    return f"{row['agent']} {row['level']}" if several else str(row["level"])


def level_look(name: str) -> str:
    """Return the class of a level's line, by the name of its rung.

    >>> level_look("adn L4")
    'level-4'
    """
    return f"level-{name[-1]}"


def section(title: str, *parts: Markup, note: str = "", sql: str = "") -> Markup:
    """Return a section of the page, with the query that its figures come from folded at its end."""
    return tag(
        "section",
        tag("h2", title),
        tag("p", note, class_="note") if note else Markup(""),
        *parts,
        traced(sql) if sql else Markup(""),
    )


def traced(sql: str) -> Markup:
    """Return a folded query."""
    return tag(
        "details",
        tag("summary", "The query that these figures come from"),
        tag("p", "Ask the campaign's folder with ", tag("code", "adn query"), ":", class_="note"),
        tag("pre", tag("code", sql)),
        class_="sql",
    )


def halves(*pictures: tuple[str, Markup]) -> Markup:
    """Return pictures side by side, each under its title."""
    return tag(
        "div",
        *(tag("div", tag("h3", title), drawn) for title, drawn in pictures),
        class_="halves",
    )


def mean(value: Row, digits: int = 1) -> str:
    """Return a mean with the half-width of its interval."""
    if value["mean"] is None:
        return "–"
    text = f"{value['mean']:,.{digits}f}".replace("-", "−")
    if value["interval"] is None:
        return text
    return f"{text} ± {value['interval'][1] - value['mean']:,.{digits}f}"


def share(value: Row) -> Markup:
    """Return a share: how many of how many, and the interval below it."""
    if not value["of"]:
        return tag("span", "–")
    low, high = value["interval"]
    return join(
        f"{value['count']:,} of {value['of']:,}",
        tag("span", f"{low:.0%} to {high:.0%}", class_="note under"),
    )


def span(seconds: float | None) -> str:
    """Return a span in minutes and seconds, tenths while it is short; a dash if it never ended."""
    if seconds is None:
        return "–"
    millis = round(seconds * SECOND)
    return span_text(millis, tenths=millis < MINUTE)
