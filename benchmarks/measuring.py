"""How things are measured here: variants by turns, medians, one thread, ratios within one run."""

from __future__ import annotations

import cProfile
import io
import os
import platform
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One row of the table of goals.

    Attributes:
        goal: What is measured.
        bar: What it is held against, in words.
        came_to: What was measured, in words.
        met: Whether the bar is met.
        how: On what it was measured, and what is extrapolated.
        figures: The numbers behind it.
        where: Where the time goes, if the bar is missed: lines of a profile.
    """

    goal: str
    bar: str
    came_to: str
    met: bool
    how: str
    figures: Mapping[str, float] = field(default_factory=dict)
    where: tuple[str, ...] = ()


def by_turns(
    variants: Mapping[str, Callable[[], Any]],
    repeats: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Return the median time of each variant, s; they take turns, so that a busy spell hits all.

    Processor time where no other clock is asked for: whoever else is busy disturbs less.
    """
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, run in variants.items():
            begin = clock()
            run()
            taken[name].append(clock() - begin)
    return {name: statistics.median(found) for name, found in taken.items()}


def profile(run: Callable[[], Any], lines: int = 6) -> tuple[str, ...]:
    """Return where the time of a run goes: the functions that take most of it themselves."""
    watched = cProfile.Profile(time.process_time)
    watched.runcall(run)
    stats = pstats.Stats(watched, stream=io.StringIO())
    total = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:lines]  # type: ignore[attr-defined]
    return tuple(f"{own / total:.0%} {_place(key)}" for key, (_, _, own, _, _) in rows)


def _place(key: tuple[str, int, str]) -> str:
    file, _, name = key
    if file == "~":
        return name.strip("<>")
    parts = Path(file).parts
    known = [at for at, part in enumerate(parts) if part in {"adn", "benchmarks", "site-packages"}]
    at = known[-1] + (parts[known[-1]] == "site-packages") if known else len(parts) - 1
    return f"{'/'.join(parts[at:])} {name}"


def machine() -> dict[str, str]:
    """Return the class of the machine and what runs on it; no name of a host, no path."""
    from importlib.metadata import PackageNotFoundError, version

    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = found[0].partition(":")[2].strip() if found else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    held = {}
    for name in ("numpy", "scipy", "simpy", "networkx", "scikit-learn", "numba"):
        try:
            held[name] = version(name)
        except PackageNotFoundError:
            held[name] = "not installed"
    return {
        "machine": f"{len(os.sched_getaffinity(0))} cores, {model}, {memory:.0f} GB",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **held,
    }
