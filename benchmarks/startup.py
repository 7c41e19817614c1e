"""How long the command line takes to answer, in multiples of `python -c pass`.

    python benchmarks/startup.py [REPEATS]

The budget for `adn --help` is 20×. Medians of interleaved runs, bytecode compiled beforehand.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "adn --version": ["-m", "adn", "--version"],
    "adn --help": ["-m", "adn", "--help"],
    "adn run --help": ["-m", "adn", "run", "--help"],
    "import adn": ["-c", "import adn"],
}
BUDGET = 20.0


def milliseconds(arguments: list[str]) -> float:
    """Return the wall time of one fresh interpreter."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    """Measure, print a table, and fail if the help is over its budget."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for arguments in COMMANDS.values():
        milliseconds(arguments)
    times = {name: [] for name in COMMANDS}
    for _ in range(repeats):
        for name, arguments in COMMANDS.items():
            times[name].append(milliseconds(arguments))
    medians = {name: statistics.median(found) for name, found in times.items()}
    floor = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:<16} {median:8.1f} ms {median / floor:6.1f}×")
    if medians["adn --help"] > BUDGET * floor:
        sys.exit(f"adn --help is over its budget of {BUDGET:g}×")


if __name__ == "__main__":
    main()
