"""How long one failed link takes to route round, and how long working everything out anew takes.

Run it as ``python benchmarks/rerouting.py [elements]``; with ``ADN_KERNELS=numba`` it is done as in
a long run with ``[fast]``.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from time import perf_counter

import numpy as np

from adn.physics.routing import Fabric, direction_costs, prices, towards
from adn.physics.trees import Trees
from adn.topology.metro import metro_network
from adn.topology.specs import MetroSpec
from adn.twin.forwarding import Forwarding


def rerouting(elements: int = 400, links: int = 60) -> dict[str, float]:
    """Return medians over some links of a metro area, each failing alone, ms.

    Returns:
        trees_ms: Repair of the affected trees. whole_trees_ms: All trees worked out from nothing.
        flows_ms: The same with the affected flow groups put on their new paths.
        whole_flows_ms: Fabric, trees and paths of all flow groups from nothing.
    """
    network = metro_network(MetroSpec(elements=elements))
    cost = direction_costs(network)
    plane, built = _built(network)
    fabric = Fabric.of(network)
    targets = plane.flows.targets
    trees, before = Trees(fabric, targets), np.append(cost.astype(np.float64), np.inf)
    rows = trees.grown(before)
    trees_ms, whole_ms, flows_ms, builds = [], [], [], [built]
    chosen = np.unique(np.linspace(0, len(network.links) - 1, links).astype(int)).tolist()
    for turn, link in enumerate([chosen[0], *chosen]):  # the first warms up
        up = np.ones(fabric.directions, dtype=bool)
        up[[2 * link, 2 * link + 1]] = False
        after = np.append(prices(cost, up), np.inf)
        fork = plane.fork()
        start = perf_counter()
        trees.repriced(rows, before, after)
        middle = perf_counter()
        fork.settle(up, cost)
        fork.refresh()
        end = perf_counter()
        trees.keep(rows)
        if turn:
            trees_ms.append(middle - start)
            flows_ms.append(end - middle)
        if turn % 10 == 1:
            start = perf_counter()
            towards(fabric, after[:-1], targets)
            whole_ms.append(perf_counter() - start)
            builds.append(_built(network)[1])
    return {
        "trees_ms": 1e3 * median(trees_ms),
        "whole_trees_ms": 1e3 * median(whole_ms),
        "flows_ms": 1e3 * median(flows_ms),
        "whole_flows_ms": 1e3 * median(builds),
    }


def _built(network: object) -> tuple[Forwarding, float]:
    """Return a forwarding plane with all paths traced, and how long that took, s."""
    start = perf_counter()
    plane = Forwarding(network, Fabric.of(network), 7)  # type: ignore[arg-type]
    plane.refresh()
    return plane, perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(rerouting(int(sys.argv[1]) if len(sys.argv) > 1 else 400), indent=1))
