"""The network as recorded: right by default, wrong in a settable share of its links and ducts.

Records can miss an entry, hold one that is not there, have a link end elsewhere or ride in another
duct, or bear a near-miss of the true name. Wrong records still hang together (every end, duct and
name they use is recorded, directions stay unique), so a reader meets errors, never nonsense.
A wrong end is an element of the same kind as the right one, its port on one of that element's line
cards. Elements, sites, services, line cards and power feeds are recorded as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from math import floor
from typing import Any, Literal

import numpy as np

from adn.base.errors import Finding, TopologyError
from adn.base.keeping import kept
from adn.base.streams import hash32
from adn.topology.elements import Duct, Link, NetworkRows
from adn.topology.naming import link_id
from adn.topology.network import Network


@dataclass(frozen=True, slots=True)
class RecordingErrors:
    """Shares of the entries of links and of ducts that are recorded wrongly, each 0..1.

    Attributes:
        missing: Entries that are not recorded.
        extra: Recorded entries that do not exist, as a share of those that do.
        miswired: Links recorded with a wrong end or in a wrong duct.
        misnamed: Entries recorded under a near-miss of their name.
    """

    missing: float = 0.0
    extra: float = 0.0
    miswired: float = 0.0
    misnamed: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordedError:
    """One entry that is recorded wrongly; for the truth, never for the loop.

    Attributes:
        kind: What is wrong.
        table: Where.
        true_id: The entry's real name; empty if it does not exist.
        recorded_id: Its recorded name; empty if it is not recorded.
        detail: True and recorded value of what is mis-wired, in words.
    """

    kind: Literal["missing", "extra", "miswired", "misnamed"]
    table: Literal["link", "duct"]
    true_id: str
    recorded_id: str
    detail: str = ""


def record(
    network: Network, errors: RecordingErrors, stream: np.random.Generator
) -> tuple[NetworkRows, tuple[RecordedError, ...]]:
    """Return the rows of `network` as recorded, sorted, and the errors that were made in them.

    An entry has one error at most. Counts are shares × entries, rounded up or down by lot, so that
    small shares of small networks come out right on average.

    Raises:
        TopologyError: A share is outside 0..1, or more is wrong than there is.
    """
    _check_shares(errors)
    if errors == RecordingErrors():
        return _faithful(network), ()
    book = _Book(network, stream)
    ducts = _split(len(network.ducts), errors, stream, miswired=False)
    links = _split(len(network.links), errors, stream, miswired=True)
    for row in links.misnamed:
        book.misname_link(network.links[row])
    for row in links.miswired:
        book.miswire(network.links[row])
    for row in links.missing:
        book.lose_link(network.links[row])
    for _ in range(links.extra):
        book.invent_link()
    for row in ducts.misnamed:
        book.misname_duct(network.ducts[row])
    for row in ducts.missing:
        book.lose_duct(network.ducts[row])
    for _ in range(ducts.extra):
        book.invent_duct()
    return book.rows(), tuple(book.errors)


@kept(4)
def _faithful(network: Network) -> NetworkRows:
    """Return the rows of a network as recorded without an error."""
    # Which fibres protect which others is in the optical team's own books.
    return replace(network.rows, protections=())


def _check_shares(errors: RecordingErrors) -> None:
    shares = {field.name: getattr(errors, field.name) for field in fields(errors)}
    found = [
        Finding("TOP034", f"share of {name} records is {share:g}; it must be in 0..1")
        for name, share in shares.items()
        if not 0 <= share <= 1
    ]
    total = errors.missing + errors.miswired + errors.misnamed
    if not found and total > 1:
        found.append(
            Finding(
                "TOP034",
                f"missing, miswired and misnamed records are {total:g} of all; "
                "together they must be at most 1",
            )
        )
    if found:
        raise TopologyError(found)


@dataclass(frozen=True, slots=True)
class _Split:
    """Which rows of a table get which error, and how many rows are invented."""

    missing: list[int]
    miswired: list[int]
    misnamed: list[int]
    extra: int


def _split(
    count: int, errors: RecordingErrors, stream: np.random.Generator, *, miswired: bool
) -> _Split:
    lots = stream.random(4)
    order = [int(row) for row in stream.permutation(count)]
    shares = (errors.missing, errors.miswired if miswired else 0.0, errors.misnamed, errors.extra)
    sizes = [floor(share * count + lot) for share, lot in zip(shares, lots, strict=True)]
    first, second = sizes[0], sizes[0] + sizes[1]
    return _Split(
        missing=order[:first],
        miswired=order[first:second],
        misnamed=order[second : second + sizes[2]],
        extra=sizes[3],
    )


class _Book:
    """The records while errors are made in them."""

    def __init__(self, network: Network, stream: np.random.Generator) -> None:
        self._network = network
        self._stream = stream
        self._links = {link.id: link for link in network.rows.links}  # by true id
        self._ducts = {duct.id: duct for duct in network.rows.ducts}  # by recorded id
        self._link_ids = set(self._links)
        self._duct_ids = set(self._ducts)
        self._ways = {_way(link) for link in network.rows.links}
        self._kinds = {row.id: row.kind for row in network.rows.elements}
        self._cards: dict[str, list[str]] = {}
        for card in network.rows.cards:
            self._cards.setdefault(card.element, []).append(card.id)
        buried = any(link.ducts for link in network.rows.links)
        self._indoors = {link.id for link in network.rows.links if buried and not link.ducts}
        self.errors: list[RecordedError] = []

    def rows(self) -> NetworkRows:
        # Which fibres protect which others is in the optical team's own books.
        return replace(
            self._network.rows,
            protections=(),
            links=tuple(sorted(self._links.values(), key=lambda link: link.id)),
            ducts=tuple(sorted(self._ducts.values(), key=lambda duct: duct.id)),
        )

    def misname_link(self, name: str) -> None:
        wrong = self._near_miss(name, self._link_ids)
        if wrong:
            self._link_ids.add(wrong)
            self._links[name] = replace(self._links[name], id=wrong)
            self.errors.append(RecordedError("misnamed", "link", name, wrong))

    def misname_duct(self, name: str) -> None:
        wrong = self._near_miss(name, self._duct_ids)
        if wrong:
            self._duct_ids.add(wrong)
            self._ducts[wrong] = replace(self._ducts.pop(name), id=wrong)
            self._reroute({name: (wrong,)})
            self.errors.append(RecordedError("misnamed", "duct", name, wrong))

    def lose_link(self, name: str) -> None:
        del self._links[name]
        self.errors.append(RecordedError("missing", "link", name, ""))

    def lose_duct(self, name: str) -> None:
        del self._ducts[name]
        self._reroute({name: ()})
        self.errors.append(RecordedError("missing", "duct", name, ""))

    def miswire(self, name: str) -> None:
        """Record a link with a wrong end or in a wrong duct; if the one cannot be, the other."""
        ways = (self._wrong_end, self._wrong_duct)
        for change in ways if self._stream.random() < 0.5 else ways[::-1]:
            detail = change(name)
            if detail:
                self.errors.append(RecordedError("miswired", "link", name, name, detail))
                return

    def _wrong_end(self, name: str) -> str:
        link = self._links[name]
        end: Literal["a", "z"] = "a" if self._stream.random() < 0.5 else "z"
        alike = self._kinds[link.a if end == "a" else link.z]
        for other in self._shuffled(self._network.elements.ids):
            if self._kinds[other] != alike:
                continue
            if end == "a":
                wrong = replace(link, a=other, card_a=self._card_like(link.card_a, other))
            else:
                wrong = replace(link, z=other, card_z=self._card_like(link.card_z, other))
            if other not in (link.a, link.z) and _way(wrong) not in self._ways:
                self._ways.add(_way(wrong))
                self._links[name] = wrong
                return f"ends ({end}) at {getattr(link, end)}, recorded at {other}"
        return ""

    def _wrong_duct(self, name: str) -> str:
        link = self._links[name]
        others = [duct for duct in self._network.ducts.ids if duct not in link.ducts]
        if not link.ducts or not others:
            return ""
        at = int(self._stream.integers(len(link.ducts)))
        wrong = others[int(self._stream.integers(len(others)))]
        ducts = (*link.ducts[:at], wrong, *link.ducts[at + 1 :])
        self._links[name] = replace(link, ducts=ducts)
        return f"rides in {link.ducts[at]}, recorded in {wrong}"

    def invent_link(self) -> None:
        """Record a link that is not there, between real elements, with a duct of its own."""
        elements = self._network.elements.ids
        if len(elements) < 2 or not self._network.rows.links:
            return
        like = self._one_of(self._network.rows.links)
        order = self._shuffled(elements)
        first = next(name for name in order if self._kinds[name] == self._kinds[like.a])
        rest = [name for name in order if name != first]
        second = next((name for name in rest if self._kinds[name] == self._kinds[like.z]), "")
        if not second:
            return
        a, z = sorted((first, second))
        cards = {
            first: self._card_like(like.card_a, first),
            second: self._card_like(like.card_z, second),
        }
        number = 1
        while True:
            name = link_id(a, z, number)
            ducts = (f"duct:{name}",) if like.ducts else ()
            ghost = replace(like, id=name, a=a, z=z, ducts=ducts, card_a=cards[a], card_z=cards[z])
            if name not in self._link_ids and _way(ghost) not in self._ways:
                break
            number += 1
        self._link_ids.add(name)
        self._ways.add(_way(ghost))
        self._links[name] = ghost
        if ghost.ducts:
            self._add_duct(Duct(f"duct:{name}", like.length_km))
        self.errors.append(RecordedError("extra", "link", "", name))

    def invent_duct(self) -> None:
        """Record a duct that is not there, with one or two links in it."""
        outdoors = [link for link in self._links if link not in self._indoors]
        if not outdoors:
            return
        number = 1
        while f"duct:unknown/{number}" in self._duct_ids:
            number += 1
        name = f"duct:unknown/{number}"
        riders = self._shuffled(outdoors)[: 1 + int(self._stream.integers(2))]
        length = min(self._links[link].length_km for link in riders) / 3
        self._add_duct(Duct(name, length))
        for link in riders:
            row = self._links[link]
            self._links[link] = replace(row, ducts=(*row.ducts, name))
        self.errors.append(RecordedError("extra", "duct", "", name))

    def _add_duct(self, duct: Duct) -> None:
        self._duct_ids.add(duct.id)
        self._ducts.setdefault(duct.id, duct)

    def _card_like(self, card: str, element: str) -> str:
        """Return the card of an element that would hold the port that `card` really holds."""
        held = self._cards.get(element, [])
        return held[hash32(card) % len(held)] if card and held else ""

    def _reroute(self, instead: dict[str, tuple[str, ...]]) -> None:
        for name, link in self._links.items():
            ducts = tuple(new for duct in link.ducts for new in instead.get(duct, (duct,)))
            self._links[name] = replace(link, ducts=ducts)

    def _near_miss(self, name: str, taken: set[str]) -> str:
        near = [wrong for wrong in near_misses(name) if wrong not in taken]
        return self._one_of(near) if near else ""

    def _one_of(self, choices: Any) -> Any:
        return choices[int(self._stream.integers(len(choices)))]

    def _shuffled(self, names: Iterable[str]) -> list[str]:
        ordered = sorted(names)
        return [ordered[int(row)] for row in self._stream.permutation(len(ordered))]


def _way(link: Link) -> tuple[str, str, str]:
    """Return what the names of a link's directions are made of; two links must not share it."""
    first, second = sorted((link.a, link.z))
    return first, second, link.id.partition("#")[2]


def near_misses(name: str) -> tuple[str, ...]:
    """Return slips of the pen of `name`: two signs swapped, one lost or one doubled, sorted.

    Joining signs and the number of a parallel link stay.

    >>> near_misses("A~Bo#2")
    ('A~B#2', 'A~Boo#2', 'A~oB#2')
    """
    text, mark, number = name.partition("#")
    start = text.find(":") + 1
    slips = set()
    for i in range(start, len(text) - 1):
        left, right = text[i], text[i + 1]
        if left.isalnum() and right.isalnum():
            slips.add(text[:i] + right + left + text[i + 2 :])
            slips.add(text[: i + 1] + text[i + 2 :])
            slips.add(text[: i + 2] + right + text[i + 2 :])
    return tuple(sorted(f"{slip}{mark}{number}" for slip in slips - {text}))
