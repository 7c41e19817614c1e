"""A leaderboard for people: a line an entry, grouped by suite, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from adn.report.earned import standing

if TYPE_CHECKING:
    from adn.bench.leaderboard import Entry, Figure


def leaderboard_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines of entries, in the order in which they are given."""
    if not entries:
        yield "   no entries"
    for number, (suite, group) in enumerate(groupby(entries, key=_suite)):
        held = list(group)
        domains = sorted({row.domain for entry in held for row in entry.levels})
        heads = ("agent", *domains, "1-3-5", "people min", "wrong", "seeds", "date")
        rows = [heads, *(_cells(entry, domains) for entry in held)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if number:
            yield ""
        yield f"   {suite}   digest {held[0].suite_digest}"
        for row in rows:
            first, *rest = (f"{cell:>{wide}}" for cell, wide in zip(row, widths, strict=True))
            yield "   " + "   ".join([f"{first.strip():<{widths[0]}}", *rest])


def _suite(entry: Entry) -> str:
    return f"{entry.suite}@{entry.suite_version}"


def _cells(entry: Entry, domains: Sequence[str]) -> tuple[str, ...]:
    best = {
        domain: max(
            (row for row in entry.levels if row.domain == domain),
            key=lambda row: (-1.0 if row.score is None else row.score, row.claimed),
            default=None,
        )
        for domain in domains
    }
    earned = [
        "–"
        if row is None
        else f"{standing(row.verdict, row.score, row.claimed)} (claimed {row.claimed})"
        for row in best.values()
    ]
    top = max(entry.scores, key=lambda score: score.claimed)
    return (
        f"{entry.agent} {entry.version}",
        *earned,
        _share(top.met_135),
        "–" if top.people_minutes is None else f"{top.people_minutes.value:,.1f}",
        str(top.wrong_actions),
        str(len(entry.seeds)),
        entry.date,
    )


def _share(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    text = f"{figure.value:.1%}"
    if figure.interval is None:
        return text
    return f"{text} [{figure.interval[0]:.1%}, {figure.interval[1]:.1%}]"
