"""Protection at the optical layer: which way each link's light takes, given what is whole.

A *way* is the link's own fibre (number 0) or one of its ways round (1, 2 …). 1+1 has a second fibre
of its own, always lit (ITU-T G.841, G.873.1). Shared restoration lights spare fibre pairs: a way is
free while every duct on it has a pair that no other link holds; when the pool is spent, what is cut
stays cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adn.physics.optics import Plant, light, spans_of
from adn.topology.network import Bools, Floats, Ints, Network


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of all protected links, own fibres included, in order of link and number.

    Attributes:
        links: Link rows that are protected, shape (P,).
        first: Row of each one's own fibre in the columns below, shape (P + 1,), the end included.
        shared: Whether each draws on the pool, shape (P,).
        wait_ms: Wait to restore of each, 0 for never, shape (P,).
        link: Link row of each way, shape (W,).
        spans: Amplified spans of each way, shape (W,).
        length_km: Length of each way, shape (W,).
        ride_way: Way rows of the (way, duct) incidence, shape (R,).
        ride_duct: Duct rows of the same, shape (R,).
        spares: Fibre pairs kept dark in each duct.
    """

    links: Ints
    first: Ints
    shared: Bools
    wait_ms: Ints
    link: Ints
    spans: Ints
    length_km: Floats
    ride_way: Ints
    ride_duct: Ints
    spares: Ints

    @classmethod
    def of(cls, network: Network) -> Ways | None:
        """Return the ways of a network, reckoned once for each; None where nothing is protected."""
        if not network.rows.protections:
            return None
        held: Ways | None = vars(network).get("_ways")
        if held is None:
            held = vars(network)["_ways"] = _ways(network)
        return held

    def rides(self, way: int) -> Ints:
        """Return the duct rows of a way."""
        found: Ints = self.ride_duct[self.ride_way == way]
        return found

    def excess(self, lost_db: Floats) -> Floats:
        """Return the excess loss of each way's fibre, from that of every duct, dB, shape (W,)."""
        lost = lost_db[self.ride_duct]
        return np.bincount(self.ride_way, weights=lost, minlength=len(self.link)).astype(np.float64)

    def noise(self, noise_db: Floats) -> Floats:
        """Return the noise of each way's noisiest amplifier, dB, shape (W,)."""
        found = np.zeros(len(self.link))
        np.maximum.at(found, self.ride_way, noise_db[self.ride_duct])
        return found

    def lit(self, lost_db: Floats, noise_db: Floats, optics_db: Floats, sender_db: Floats) -> Bools:
        """Return which ways have a signal in both directions, shape (W,).

        Args:
            lost_db: Excess loss of each duct.
            noise_db: Excess noise of each duct's amplifiers.
            optics_db: Excess loss of the optics, shape (D,): the same whichever way is taken.
            sender_db: Excess noise of the senders, shape (D,).
        """
        excess, noise = self.excess(lost_db), self.noise(noise_db)
        both = [
            light(
                self.spans,
                excess + optics_db[2 * self.link + side],
                noise,
                sender_db[2 * self.link + side],
            ).signal
            for side in (0, 1)
        ]
        return both[0] & both[1]

    def settled(self, lit: Bools, held: Ints | None = None) -> Ints:
        """Return the way that each protected link takes in the end, shape (P,).

        Who holds a way that is whole keeps it; the rest are served in the order of their names,
        each by the first way that is whole and free. Who finds none stays on its own fibre, dark.

        Args:
            lit: Which ways are whole, shape (W,).
            held: Ways held so far, shape (P,); with none, own fibres that are whole come first.
        """
        count = len(self.links)
        taken = np.zeros(count, dtype=np.int64)
        left = self.spares.copy()
        waiting = []
        for row in range(count):
            number = 0 if held is None else int(held[row])
            if lit[self.first[row] + number]:
                taken[row] = number
                self._take(left, row, number)
            else:
                waiting.append(row)
        for row in waiting:
            taken[row] = self.choice(row, lit, left)
            self._take(left, row, int(taken[row]))
        return taken

    def choice(self, row: int, lit: Bools, left: Ints) -> int:
        """Return the first way of a protected link that is whole and free; its own if none is.

        Args:
            row: Which of the protected links.
            lit: Which ways are whole, shape (W,).
            left: Fibre pairs left in each duct.
        """
        ways = np.arange(self.first[row], self.first[row + 1])
        for number in np.flatnonzero(lit[ways]).tolist():
            way = int(ways[number])
            if number == 0 or not self.shared[row] or (left[self.rides(way)] > 0).all():
                return int(number)
        return 0

    def left(self, taken: Ints) -> Ints:
        """Return how many fibre pairs of each duct are left, whoever holds what."""
        left = self.spares.copy()
        for row, number in enumerate(taken.tolist()):
            self._take(left, row, number)
        return left

    def _take(self, left: Ints, row: int, number: int) -> None:
        if number and self.shared[row]:
            left[self.rides(int(self.first[row]) + number)] -= 1


def _ways(network: Network) -> Ways:
    lengths = {row.id: row.length_km for row in network.rows.ducts}
    own = {row.id: row for row in network.rows.links}
    link: list[int] = []
    km: list[float] = []
    rides: list[tuple[int, int]] = []
    first = [0]
    for protection in network.rows.protections:
        fibre = own[protection.link]
        for number, way in enumerate((fibre.ducts, *protection.routes)):
            rides += [(len(link), network.ducts.row(duct)) for duct in way]
            link.append(network.links.row(protection.link))
            km.append(fibre.length_km if number == 0 else sum(lengths[duct] for duct in way))
        first.append(len(link))
    rows, length = np.array(link, dtype=np.int64), np.array(km, dtype=np.float64)
    spans = spans_of(length)
    spans[first[:-1]] = Plant.of(network).spans[2 * rows[first[:-1]]]
    return Ways(
        links=rows[first[:-1]],
        first=np.array(first, dtype=np.int64),
        shared=np.array([row.scheme == "shared" for row in network.rows.protections], dtype=bool),
        wait_ms=np.array([row.wait_ms for row in network.rows.protections], dtype=np.int64),
        link=rows,
        spans=spans,
        length_km=length,
        ride_way=np.array([way for way, _ in rides], dtype=np.int64),
        ride_duct=np.array([duct for _, duct in rides], dtype=np.int64),
        spares=np.array([row.spares for row in network.rows.ducts], dtype=np.int64),
    )
