"""What it costs the loop that the world is not as it was told: accuracy by deviation.

    python benchmarks/deviation.py [SCENARIO] [SEEDS] [SHARES]

Runs a scenario at L4 over seeds 1 to SEEDS for each share by which the twin's true parameters
(rates and lengths of links, demands, timers, delays) lie off what operations are told. Without
reference runs: shares are of all faults that hurt a service.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import replace

from adn.base.clock import seconds
from adn.base.levels import AutonomyLevel
from adn.reference.expecting import measured
from adn.scenario import read
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import Scorecard
from adn.session.run import run_scenario


def deviating(loaded: LoadedScenario, share: float) -> LoadedScenario:
    """Return the scenario in a world that is off by a share."""
    reality = loaded.scenario.reality.model_copy(update={"deviation": share})
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"reality": reality}))


def row(share: float, cards: list[Scorecard]) -> str:
    """Return one line of the table, over all runs of a share."""
    faults = [f for card in cards for f in card.faults if f.clocks.impact is not None]
    restored = [seconds(f.clocks.restore) for f in faults if f.clocks.restore is not None]
    lost = [(card.service.down + card.service.degraded) / 60_000 for card in cards]
    came_to = measured(cards)
    shares = " | ".join(f"{came_to[name]:.3f}" for name in ("found", "located_top1", "met_135"))
    counts = " | ".join(f"{came_to[name]:.0f}" for name in ("false_incidents", "wrong_actions"))
    return (
        f"| {share:.0%} | {len(faults)} | {shares} | {counts} | "
        f"{statistics.median(restored):.1f} | {statistics.mean(lost):.1f} |"
    )


def main() -> None:
    """Measure and print a table in Markdown."""
    name = sys.argv[1] if len(sys.argv) > 1 else "picc-datacentre"
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    shares = [float(text) for text in sys.argv[3].split(",")] if len(sys.argv) > 3 else [0.0, 0.2]
    loaded = read(name)
    print(
        "| off by | faults | found | located | met 1-3-5 | false | wrong | restore, s | lost, min |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for share in shares:
        world = deviating(loaded, share)
        cards = [
            run_scenario(world, AutonomyLevel.L4, seed).scorecard for seed in range(1, seeds + 1)
        ]
        print(row(share, cards), flush=True)


if __name__ == "__main__":
    main()
