"""The tables of `docs/natural-failures.md`, written from `rates.yml`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from adn.base.clock import HOUR, MINUTE, SECOND
from adn.base.sampling import vendor_mttr
from adn.faults.rates import Process, published_rates

BEGIN: Final = "<!-- rates: python -m adn.faults.rates_page docs/natural-failures.md -->"
END: Final = "<!-- end of rates -->"
_WHERE: Final = {None: "everywhere", "data-centre": "data centre", "wide-area": "elsewhere"}


def rates_tables() -> str:
    """Return the tables: durations, processes, maintenance."""
    rates = published_rates()
    lines = [
        "| duration | median | 95 % below | mean | source | mark |",
        "|---|---|---|---|---|---|",
    ]
    for span, row in rates.durations.items():
        law = row.timing()
        lognormal = law.dist == "lognormal"
        median = law.first if lognormal else vendor_mttr(0.5)
        p95 = law.second if lognormal else vendor_mttr(0.95)
        lines.append(
            f"| {span} | {_span(median)} | {_span(p95)} | {_span(law.mean())} | {row.source} | "
            f"{row.mark} |"
        )
    lines += ["", "| process | fault kind | where | a year | over by itself | source | mark |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, process in rates.processes.items():
        passing = f"{100 * process.passing:g} %" if process.passing else "—"
        if process.passes != "passing":
            passing += f", after a {process.passes}"
        lines.append(
            f"| `{name}` | `{process.kind}` | {_where(process)} | {_rate(process)} | {passing} | "
            f"{process.source} | {process.mark} |"
        )
    work, mixture = rates.maintenance, rates.corruption
    kinds = ", ".join(f"`{name}`" for name in work.kinds)
    bands = ", ".join(
        f"{100 * share:g} % {low:g} to {high:g}" for share, low, high in mixture.shares
    )
    begin, end = work.hours
    lines += [
        "",
        (
            f"Work: {work.rate:g} a year and element that forwards traffic, begun between "
            f"{begin:02d}:00 and {end:02d}:00 (source: {work.source}; {work.mark}); out for "
            f"{_span(work.lasts.median * SECOND)}, median ({work.lasts.source}). With a chance of "
            f"{100 * work.mishap:g} % something beside it breaks meanwhile: {kinds} "
            f"(source: {work.mishap_source})."
        ),
        "",
        (
            f"Share of the packets that a corrupting link damages: {bands} "
            f"(source: {mixture.source}; {mixture.mark})."
        ),
    ]
    return "\n".join(lines) + "\n"


def _span(span: float) -> str:
    for unit, size in (("h", HOUR), ("min", MINUTE)):
        if span >= size:
            return f"{span / size:.3g} {unit}"
    return f"{span / SECOND:.3g} s"


def _where(process: Process) -> str:
    of = process.of if isinstance(process.of, str) else ", ".join(process.of)
    place = _WHERE[process.network]
    return place if of == "all" else f"{place}, {of}"


def _rate(process: Process) -> str:
    if process.per == "vendor":
        return "drawn for each duct"
    if process.per == "km":
        return f"{1000 * process.rate:g} per 1,000 km"
    what = "element" if process.per == "element" else process.fault.target
    return f"{process.rate:g} per {what}"


def written(page: str) -> str:
    """Return a page with its tables anew."""
    tables = f"{BEGIN}\n\n{rates_tables()}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: tables, page, flags=re.DOTALL)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
