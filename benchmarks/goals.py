"""The table of goals: `make bench` measures every row and writes docs/performance.md anew.

    python benchmarks/goals.py [--check]

Ratios are of one run, against yardsticks that are measured beside what they are held against. With
--check nothing is written.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import rows
from measuring import Row, machine

from adn.session.imports import warm

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
TAKEN: Sequence[Callable[[], Row | list[Row]]] = (
    rows.start_up,
    rows.location,
    rows.reroute,
    rows.nation,
    rows.hours,
    rows.state,
)
INTRODUCTION = """# Performance

What is promised of speed, and what was measured. The page is written by `make bench`, which takes a
few minutes: each row is held against a yardstick that is measured in the same run, so trust the
ratios and not the seconds, which are of processor time. A row that misses its bar says where the
time goes.

How a national network is played area by area is told in [scale](scale.md).
"""


def page(found: Sequence[Row], about: dict[str, str], took: float) -> str:
    """Return the page of a run."""
    lines = [INTRODUCTION]
    lines.append(
        f"Measured on {about['date']} in {took:.0f} s; {about['machine']}; {about['python']}"
    )
    versions = [f"{name} {held}" for name, held in about.items() if name not in _TOLD]
    lines += [f"with {', '.join(versions)}; one thread.", ""]
    lines += ["| goal | bar | measured | met |", "|---|---|---|---|"]
    lines += [
        f"| {row.goal} | {row.bar} | {row.came_to} | {'yes' if row.met else '**no**'} |"
        for row in found
    ]
    lines += ["", "## How each was measured", ""]
    lines += [f"- **{row.goal}**: {row.how}." for row in found]
    missed = [row for row in found if not row.met and row.where]
    if missed:
        lines += [
            "",
            "## Where the time goes",
            "",
            "Rows that miss their bar, own time by function:",
        ]
        for row in missed:
            lines += ["", f"**{row.goal}**", "", *(f"- {line}" for line in row.where)]
    return "\n".join(lines) + "\n"


_TOLD = frozenset({"date", "machine", "python"})


def main() -> None:
    """Measure, print, and write the page and its figures."""
    begin = time.perf_counter()
    warm()
    found: list[Row] = []
    for measure in TAKEN:
        got = measure()
        for row in [got] if isinstance(got, Row) else got:
            found.append(row)
            print(f"{'met   ' if row.met else 'MISSED'} {row.goal}", flush=True)
            print(f"       {row.came_to}   (bar: {row.bar})")
            print(f"       {row.how}")
            if not row.met:
                for line in row.where:
                    print(f"         {line}")
    about = {"date": f"{datetime.now(tz=UTC):%d %B %Y}", **machine()}
    took = time.perf_counter() - begin
    if "--check" in sys.argv:
        return
    PAGE.write_text(page(found, about, took), encoding="utf-8")
    figures = {
        "about": about,
        "rows": [
            {"goal": row.goal, "bar": row.bar, "met": row.met, "figures": dict(row.figures)}
            for row in found
        ],
    }
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    PAGE.with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
