"""Flow groups: the equal parts into which services are hashed over equal-cost paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adn.base.keeping import kept
from adn.base.streams import hash32
from adn.topology.network import Ints, Network


@dataclass(frozen=True)
class Flows:
    """Flow groups: the equal parts into which services are hashed, shape (F,).

    Attributes:
        service: Service row.
        source: Element row where it enters.
        target: Element row where it leaves.
        hashes: A hash of its name.
        first: First flow group of each service, shape (S,).
        count: Flow groups of each service, shape (S,).
        targets: Distinct targets, sorted, shape (T,).
        aim: Place of each one's target among them.
        order: The flow groups in the order of their targets.
        start: Where those towards each target begin in `order`, and the end, shape (T + 1,).
    """

    service: Ints
    source: Ints
    target: Ints
    hashes: npt.NDArray[np.uint32]
    first: Ints
    count: Ints
    targets: Ints
    aim: Ints
    order: Ints
    start: Ints

    def towards(self, trees: Ints) -> Ints:
        """Return the flow groups towards some targets (places in `targets`)."""
        parts = [self.order[self.start[i] : self.start[i + 1]] for i in trees.tolist()]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    @classmethod
    def of(cls, network: Network) -> Flows:
        """Return the flow groups of a network's services, in service order."""
        return _flows(network)

    @classmethod
    def _of(cls, network: Network) -> Flows:
        count = network.flow_groups
        service = np.repeat(np.arange(len(count)), count)
        names = [
            hash32(f"{name}/{group}")
            for name, groups in zip(network.services.ids, count, strict=True)
            for group in range(int(groups))
        ]
        targets, aim = np.unique(network.service_z, return_inverse=True)
        held = np.bincount(aim[service], minlength=len(targets))
        return cls(
            service=service,
            source=network.service_a[service],
            target=network.service_z[service],
            hashes=np.array(names, dtype=np.uint32),
            first=np.cumsum(count) - count,
            count=count,
            targets=targets,
            aim=aim[service],
            order=np.argsort(aim[service], kind="stable"),
            start=np.append(0, np.cumsum(held)),
        )


@kept(2)
def _flows(network: Network) -> Flows:
    return Flows._of(network)
