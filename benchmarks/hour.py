"""How long an hour of two hundred elements takes, twin, collector and closed loop together.

    python benchmarks/hour.py [REPEATS]

Times are processor seconds of one core, so that a busy machine disturbs less; the median is told,
in multiples of real time and of a yardstick of the same run: SimPy with one process per element,
each of which does nothing but wake up every 10 s (the events of a process-per-element emulator,
without its work).
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import simpy

from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.session.assembly import assemble
from adn.session.imports import warm
from adn.session.run import finish, loop_of, play

SCENARIO = Path(__file__).with_name("hour.yml")


def emulate(seed: int) -> tuple[float, int]:
    """Return the processor time of one run without its set-up, s, and the number of elements."""
    assembly = assemble(read(str(SCENARIO)), AutonomyLevel.L4, seed)
    loop, close = loop_of(assembly.briefing, isolate=False)
    begin = time.process_time()
    play(assembly, loop)
    took = time.process_time() - begin
    close()
    card = finish(assembly).scorecard
    assert card.found == 1.0, "a run that finds nothing measures nothing"
    return took, len(assembly.network.elements)


def yardstick(elements: int) -> float:
    """Return the processor time of `elements` SimPy processes waking up every 10 s, s."""
    env = simpy.Environment()

    def element():
        while True:
            yield env.timeout(10)

    for _ in range(elements):
        env.process(element())
    begin = time.process_time()
    env.run(until=3600)
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    warm()
    runs, bare = [], []
    for seed in range(1, repeats + 1):
        took, elements = emulate(seed)
        runs.append(took)
        bare.append(yardstick(elements))
    took, base = statistics.median(runs), statistics.median(bare)
    print(f"{elements} elements, 1 h, closed loop at L4, {repeats} seeds, median")
    print(f"   one run            {took:7.3f} s of one core   {3600 / took:8,.0f} × real time")
    print(f"   bare SimPy events  {base:7.3f} s of one core   the run takes {took / base:.1f} ×")


if __name__ == "__main__":
    main()
