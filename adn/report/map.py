"""The network drawn with what was broken, what was suspected, and where something was done."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adn.report.fabric import WIDTH as FABRIC_WIDTH
from adn.report.fabric import fabric_drawing, is_fabric
from adn.report.geography import Places, Point, places
from adn.report.labels import Label, Segment, labels
from adn.report.matter import Matter
from adn.report.svg import Markup, figure, path, tag
from adn.topology.network import Network

WIDTH: Final = 680.0
TALLEST: Final = 700.0
MARGIN: Final = 46.0
SIZE: Final = 13.0
MOST_SUSPECTS: Final = 3
LEAST_CHANCE: Final = 0.01
MOST_CROSSES: Final = 8
"""Elements that are marked at full size; the marks of more would hide the elements."""
MOST_NAMED: Final = 12
SHORT: Final = 110.0
ASIDE: Final = 21.0
"""On a link shorter than `SHORT` signs stand this far beside each other, not along it."""
SQUARE: Final = 0.27
DIAMOND: Final = 0.88
"""How far along a link these signs stand."""
PARALLEL: Final = 7.0
"""Distance on paper between links of the same two elements."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something named by a log is on the map; either may be empty."""

    links: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked: the truth and what bears it, suspects by rank, and where someone acted."""

    truth: tuple[Spot, ...]
    touched: tuple[Spot, ...]
    suspects: tuple[tuple[str, Spot], ...]
    acted: tuple[Spot, ...]


def spot(network: Network, name: str) -> Spot:
    """Return where something named stands; nowhere if the network has none such."""
    if name in network.ducts:
        return Spot(links=network.links_in_duct(name))
    if name in network.links:
        return Spot(links=(name,))
    if name in network.directions:
        return Spot(links=(network.link_of(name),), direction=name)
    if name in network.cards:
        element = int(network.card_element[network.cards.row(name)])
        return Spot(elements=(network.elements[element],))
    if name in network.feeds:
        return Spot(elements=network.elements_on_feed(name))
    return Spot(elements=(name,)) if name in network.elements else Spot()


def suspects_of(matter: Matter) -> tuple[tuple[str, str, float], ...]:
    """Return what was believed last, best first, without what is hardly believed."""
    beliefs = matter.incident.beliefs if matter.incident else ()
    last = beliefs[-1].suspects if beliefs else ()
    return tuple(row for row in last if row[2] >= LEAST_CHANCE)[:MOST_SUSPECTS]


def marks_of(network: Network, matter: Matter) -> Marks:
    """Return the marks of one matter."""
    fault = matter.score.fault if matter.score else None
    truth = [spot(network, fault.target)] if fault else []
    if any(not found.direction and found.links for found in truth):
        truth = [Spot(found.links, found.elements) for found in truth]
    touched = [spot(network, name) for name in dict.fromkeys(fault.objects)] if fault else []
    acted = dict.fromkeys(o.target for o in matter.orders if o.purpose == "mitigate")
    return Marks(
        truth=tuple(truth),
        touched=tuple(touched),
        suspects=tuple(
            (str(rank), spot(network, row[0])) for rank, row in enumerate(suspects_of(matter), 1)
        ),
        acted=tuple(spot(network, name) for name in acted),
    )


def network_map(network: Network, matter: Matter) -> Markup:
    """Return the map of one matter: a schema where the network is a fabric, else geography."""
    marks = marks_of(network, matter)
    spots = (*marks.truth, *(found for _, found in marks.suspects), *marks.acted)
    named = [name for found in spots for name in (*found.elements, *_ends(network, found.links))]
    marked = list(dict.fromkeys(named))
    if is_fabric(network):
        return _schema(network, matter, marks, marked)
    at, height = places(network, WIDTH, TALLEST, MARGIN)
    lines = _lines(network, at)
    ringed = {name for found in marks.truth for name in found.elements}
    ringed |= {name for _, found in marks.suspects for name in found.elements}
    gaps = {name: 19.0 if name in ringed else 12.0 for name in at}
    signs = _signs(marks, lines, at)
    written = labels(at, marked, list(lines.values()), signs, SIZE, gaps, (WIDTH, height))
    return figure(
        WIDTH,
        height,
        f"Map of {network.name}",
        _says(network, matter),
        *_truth_below(marks, lines, at),
        *(
            tag("path", tag("title", name), d=path(line), class_="link")
            for name, line in lines.items()
        ),
        *_acted(marks.acted, lines, at),
        *(
            tag("circle", tag("title", name), cx=x, cy=y, r=5, class_="node")
            for name, (x, y) in at.items()
        ),
        *_suspected(marks, lines, at),
        *_struck(marks, lines, at, network),
        *(_written(label, label.name, bold=label.name in marked) for label in written),
    )


def _schema(network: Network, matter: Matter, marks: Marks, marked: list[str]) -> Markup:
    """Return a fabric with the marks of one matter; only what matters is named."""
    drawing = fabric_drawing(network)
    at, lines = drawing.at, _lines(network, drawing.at)
    rows = {row.id: row for row in network.rows.elements}
    pillars = [n for n, row in rows.items() if row.kind in {"edge", "border-leaf", "spine"}]
    first = list(dict.fromkeys((*marked[:MOST_NAMED], *pillars)))
    edges = {name for name, row in rows.items() if row.kind == "edge"}
    gaps = {n: 22.0 if n in edges else 17.0 if n in marked else 12.0 for n in at}
    signs, room = _signs(marks, lines, at), (FABRIC_WIDTH, drawing.height)
    written = labels(at, first, [], signs, SIZE, gaps, room, others=False)
    bold = frozenset(marked)
    touched = {*_links(marks.truth), *_links(marks.touched)}
    touched |= {name for _, found in marks.suspects for name in found.links}
    shown = {n: line for n, line in lines.items() if n not in drawing.hidden or n in touched}
    return figure(
        FABRIC_WIDTH,
        drawing.height,
        f"Schema of {network.name}",
        _says(network, matter),
        *drawing.ground,
        *_truth_below(marks, lines, at),
        *(
            tag(
                "path",
                tag("title", name),
                d=path(line),
                class_="link faint" if name in drawing.faint and name not in touched else "link",
            )
            for name, line in shown.items()
        ),
        *_acted(marks.acted, lines, at),
        *drawing.titles,
        *(_node(name, rows[name].kind, at[name]) for name in at),
        *_suspected(marks, lines, at),
        *_struck(marks, lines, at, network),
        *(
            _written(
                label, label.name.removeprefix(f"{rows[label.name].site}-"), bold=label.name in bold
            )
            for label in written
        ),
    )


def _node(name: str, kind: str, point: Point) -> Markup:
    """Return an element by its kind: servers are squares, switches are round."""
    x, y = point
    says = tag("title", name)
    if kind == "servers":
        return tag("rect", says, x=x - 5, y=y - 4, width=10, height=8, rx=2, class_="node servers")
    if kind == "edge":
        return tag("rect", says, x=x - 16, y=y - 8, width=32, height=16, rx=8, class_="node")
    return tag("circle", says, cx=x, cy=y, r=5 if kind == "leaf" else 7, class_="node")


def _written(label: Label, name: str, *, bold: bool) -> Markup:
    look = "place named" if bold else "place"
    return tag("text", name, x=label.x, y=label.y, text_anchor=label.anchor, class_=look)


def _says(network: Network, matter: Matter) -> str:
    fault = matter.score.fault if matter.score else None
    told = [f"{len(network.elements)} elements, {len(network.links)} links"]
    told.append(f"struck: {fault.target}" if fault else "nothing was struck")
    for rank, (name, problem, chance) in enumerate(suspects_of(matter), 1):
        told.append(f"suspect {rank}: {name or 'unknown'} {problem}, {chance:.0%}")
    return "; ".join(told)


def _ends(network: Network, links: Iterable[str]) -> Iterator[str]:
    for name in links:
        row = network.rows.links[network.links.row(name)]
        yield row.a
        yield row.z


def _lines(network: Network, at: Places) -> dict[str, Segment]:
    """Return where each link is drawn, links of the same two elements beside each other."""
    bundles: dict[frozenset[str], list[str]] = {}
    for link in network.rows.links:
        bundles.setdefault(frozenset((link.a, link.z)), []).append(link.id)
    lines: dict[str, Segment] = {}
    for link in network.rows.links:
        bundle = bundles[frozenset((link.a, link.z))]
        shift = PARALLEL * (bundle.index(link.id) - (len(bundle) - 1) / 2)
        (ax, ay), (zx, zy) = sorted((at[link.a], at[link.z]))
        length = math.hypot(zx - ax, zy - ay) or 1.0
        dx, dy = -(zy - ay) / length * shift, (zx - ax) / length * shift
        start, end = at[link.a], at[link.z]
        lines[link.id] = ((start[0] + dx, start[1] + dy), (end[0] + dx, end[1] + dy))
    return lines


def _along(line: Segment, share: float) -> Point:
    (ax, ay), (bx, by) = line
    return ax + (bx - ax) * share, ay + (by - ay) * share


def _sign_at(line: Segment, share: float, side: float) -> Point:
    """Return where a sign of a link stands: along it, or beside its middle if it is short."""
    (ax, ay), (bx, by) = line
    length = math.hypot(bx - ax, by - ay)
    if length >= SHORT or length == 0.0:
        return _along(line, share)
    x, y = _along(line, 0.5)
    return x - (by - ay) / length * side, y + (bx - ax) / length * side


def _signs(marks: Marks, lines: dict[str, Segment], at: Places) -> list[Point]:
    """Return where signs stand on links, so that no name is written over them."""
    crosses = [_along(lines[name], 0.5) for name in _links(marks.truth)]
    squares = [
        _sign_at(lines[name], SQUARE, -ASIDE) for _, found in marks.suspects for name in found.links
    ]
    for _, found in marks.suspects:
        squares += [(at[name][0] - 15, at[name][1] - 15) for name in found.elements]
    diamonds = [_sign_at(lines[name], DIAMOND, ASIDE) for name in _links(marks.acted)]
    return [*crosses, *squares, *diamonds]


def _links(spots: Iterable[Spot]) -> list[str]:
    return list(dict.fromkeys(name for found in spots for name in found.links))


def _elements(spots: Iterable[Spot]) -> list[str]:
    return list(dict.fromkeys(name for found in spots for name in found.elements))


def _truth_below(marks: Marks, lines: dict[str, Segment], at: Places) -> Iterator[Markup]:
    """Yield the broad bands under what was really struck."""
    links = _links((*marks.truth, *marks.touched))
    look = "struck-band" if len(links) <= MOST_CROSSES else "struck-band narrow"
    for name in links:
        yield tag("path", d=path(lines[name]), class_=look)
    for name in _elements((*marks.truth, *marks.touched)):
        x, y = at[name]
        yield tag("circle", cx=x, cy=y, r=14, class_="struck-disc")


def _struck(
    marks: Marks, lines: dict[str, Segment], at: Places, network: Network
) -> Iterator[Markup]:
    """Yield a cross on what was really struck, and an arrow where one direction alone was."""
    radius = 8.5 if len(_elements(marks.truth)) <= MOST_CROSSES else 4.5
    for name in _links(marks.truth):
        yield cross(_along(lines[name], 0.5), f"really struck: {name}")
    for name in _elements(marks.truth):
        yield cross(at[name], f"really struck: {name}", radius)
    for found in marks.truth:
        if found.direction:
            row = network.directions.row(found.direction)
            forward = row % 2 == 0
            line = lines[found.links[0]]
            way = line if forward else (line[1], line[0])
            if math.dist(*line) >= SHORT / 2:
                yield _arrow(way, 0.74, found.direction)


def cross(point: Point, says: str, radius: float = 8.5) -> Markup:
    """Return the sign of what was really struck."""
    x, y = point
    arm = radius * 0.45
    strokes = f"{path([(x - arm, y - arm), (x + arm, y + arm)])}"
    strokes += path([(x - arm, y + arm), (x + arm, y - arm)])
    return tag(
        "g",
        tag("title", says),
        tag("circle", cx=x, cy=y, r=radius, class_="struck"),
        tag("path", d=strokes, class_="struck-cross"),
    )


def badge(point: Point, rank: str, says: str, radius: float = 8.5) -> Markup:
    """Return the sign of a suspect: its rank in a square, so that no hue is needed."""
    x, y = point
    side = 2 * radius
    return tag(
        "g",
        tag("title", says),
        tag("rect", x=x - radius, y=y - radius, width=side, height=side, rx=2, class_="suspect"),
        tag("text", rank, x=x, y=y + 4.2, text_anchor="middle", class_="suspect-rank"),
    )


def diamond(point: Point, says: str, reach: float = 9.0) -> Markup:
    """Return the sign of a place that was acted upon."""
    x, y = point
    corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    return tag("path", tag("title", says), d=path(corners, closed=True), class_="acted")


def _suspected(marks: Marks, lines: dict[str, Segment], at: Places) -> Iterator[Markup]:
    """Yield dashes and a numbered square on each suspect; the best lies on top."""
    beside: dict[str, int] = {}
    for rank, found in reversed(marks.suspects):
        for name in found.links:
            taken = beside.setdefault(name, 0)
            beside[name] += 1
            yield tag("path", d=path(lines[name]), class_="suspect-line")
            point = _sign_at(lines[name], SQUARE - 0.1 * taken, -ASIDE * (1 + taken))
            yield badge(point, rank, f"suspect {rank}: {name}")
        for name in found.elements:
            taken = beside.setdefault(name, 0)
            beside[name] += 1
            x, y = at[name]
            yield tag("circle", cx=x, cy=y, r=17, class_="suspect-ring")
            yield badge((x - 15 - 19 * taken, y - 15), rank, f"suspect {rank}: {name}")


def _acted(spots: Sequence[Spot], lines: dict[str, Segment], at: Places) -> Iterator[Markup]:
    """Yield a diamond where commands to mitigate went."""
    for name in _links(spots):
        yield diamond(_sign_at(lines[name], DIAMOND, ASIDE), f"mitigated at {name}")
    reach = 11.0 if len(_elements(spots)) <= MOST_CROSSES else 7.5
    for name in _elements(spots):
        yield diamond(at[name], f"mitigated at {name}", reach)


def _arrow(line: Segment, share: float, says: str) -> Markup:
    """Return an arrowhead on a line, pointing along it."""
    (ax, ay), (bx, by) = line
    length = math.hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    x, y = _along(line, share)
    corners = [
        (x + 8 * ux, y + 8 * uy),
        (x - 6 * ux - 6 * uy, y - 6 * uy + 6 * ux),
        (x - 6 * ux + 6 * uy, y - 6 * uy - 6 * ux),
    ]
    return tag("path", tag("title", says), d=path(corners, closed=True), class_="struck")
