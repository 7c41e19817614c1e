"""Knowledge: what each element has heard of the network, kept as differences from the record.

Every end of a link describes its own direction: whether it holds the adjacency, and its metric. A
description has a version; only its own end makes new ones. Elements hold versions, and only of what
has ever changed, so a thousand elements that have heard the same cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from adn.topology.network import Ints

Versions = Mapping[int, int]
"""Versions of descriptions, by direction."""


class Knowledge:
    """The link-state databases of all elements.

    Args:
        elements: How many there are.
        record: Metric of each direction as recorded, shape (D,); version 0 of everything.
    """

    def __init__(self, elements: int, record: Ints) -> None:
        self._record: list[int] = record.tolist()
        self._said: dict[tuple[int, int], tuple[bool, int]] = {}
        self._held: list[dict[int, int]] = [{} for _ in range(elements)]
        self._apart: list[dict[int, int]] = [{} for _ in range(elements)]

    def describe(self, end: int, direction: int, up: bool, cost: int) -> Versions:
        """Let an end say something new of its direction; return the news that it has to tell."""
        version = self._held[end].get(direction, 0) + 1
        self._said[direction, version] = (up, cost)
        news = {direction: version}
        self.learn(end, news)
        return news

    def learn(self, element: int, news: Versions) -> bool:
        """Take in what is newer than what an element has; return whether anything was."""
        held, apart, learnt = self._held[element], self._apart[element], False
        for direction, version in news.items():
            if version <= held.get(direction, 0):
                continue
            held[direction] = version
            up, cost = self._said[direction, version]
            if up and cost == self._record[direction]:
                apart.pop(direction, None)
            else:
                apart[direction] = cost if up else 0
            learnt = True
        return learnt

    def all_of(self, element: int) -> Versions:
        """Return all that an element knows, as it would tell a new neighbour."""
        return dict(self._held[element])

    def cost(self, element: int, direction: int) -> int:
        """Return the metric of a direction that an element has last heard of."""
        version = self._held[element].get(direction, 0)
        return self._said[direction, version][1] if version else self._record[direction]

    def changes(self, element: int) -> dict[int, int]:
        """Return where an element's view differs from the record: the metric, or 0 if unusable.

        A link is used only while both its ends say that they hold the adjacency.
        """
        apart = self._apart[element]
        return {
            **apart,
            **{direction ^ 1: 0 for direction, cost in apart.items() if not cost},
        }
