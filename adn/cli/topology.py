"""``adn topology``: a network's sizes, what was assumed about it, its weak spots and its links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adn.cli.render import print_json, print_line, print_table, remark

if TYPE_CHECKING:
    from adn.scenario.federation import Federation
    from adn.topology.network import Network

_LISTED = 20


def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="topohub:<set>/<name>, a GraphML file, or a scenario."
        ),
    ],
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the network as GraphML to this file."),
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this area of a federation.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Describe a network and what was assumed about it.

    Shows sizes, every value that a rule has filled in, checks, single points of failure, and all
    links with their rate, length, metric, ducts and healthy peak load. Of a fabric it shows what
    stands at each site, what hangs on each power feed and which kinds of links there are, and one
    by one only the links that leave a site; --json has them all. Of a federation it shows how many
    areas there are, and with --area one of them in full.
    """
    from adn.topology.files import write_graphml

    federation = _federation(source, area)
    if federation is not None and area is None:
        _show_areas(federation, as_json=as_json)
        return
    network, management = _network(source, area)
    described = _describe(network, management)
    if export is not None:
        write_graphml(network, export, overwrite=force)
        remark(f"written: {export}")
    if as_json:
        print_json(described)
    else:
        _show(described)


def _federation(source: str, area: str | None) -> Federation | None:
    """Return the federation that `source` names, if it is one.

    Raises:
        AdnError: It is none, and an area of it is asked for.
    """
    from adn.base.errors import AdnError, Finding
    from adn.scenario import read
    from adn.scenario.federation import Federation
    from adn.topology.sources import GRAPHML, TOPOHUB

    named = source.startswith(TOPOHUB) or source.casefold().endswith(GRAPHML)
    loaded = None if named else read(source)
    if loaded is not None and loaded.scenario.topology.is_federation:
        return Federation.of(loaded)
    if area is not None:
        message = "--area is for a federation of areas; this is one network"
        raise AdnError(Finding("CLI005", message))
    return None


def _show_areas(federation: Federation, *, as_json: bool) -> None:
    """Print which areas there are; none of them is built."""
    rows = federation.rows()
    if as_json:
        areas = [
            {
                "area": area.name,
                "kind": area.kind,
                "elements": area.elements,
                "latitude": area.latitude,
                "longitude": area.longitude,
            }
            for area in federation.areas
        ]
        print_json({"kinds": rows, "areas": areas})
        return
    columns: list[Any] = [(name, "right") if name != "kind" else name for name in rows[0]]
    cells = [
        [f"{value:,}" if isinstance(value, int) else value for value in row.values()]
        for row in rows
    ]
    print_table(columns, cells)
    print_line("")
    print_line("a federation: each area is a network of its own; --area NAME shows one")


def _network(source: str, area: str | None = None) -> tuple[Network, str]:
    """Return the network that `source` names, and the element where operations attach to it.

    What is drawn is drawn as every run draws it, whatever its seed: a scenario has one network.
    """
    from adn.topology.filling import build_network, fixed_stream, management_element
    from adn.topology.sources import GRAPHML, TOPOHUB
    from adn.topology.specs import DEFAULT_SERVICES, TopologySpec

    if source.startswith(TOPOHUB) or source.casefold().endswith(GRAPHML):
        spec = TopologySpec(source, services=DEFAULT_SERVICES)
        network = build_network(spec, fixed_stream())
        return network, management_element(network)
    from adn.scenario import read
    from adn.scenario.topology import build_scenario_network

    loaded = read(source)
    if area is not None:
        from adn.session.federation import alone

        loaded = alone(loaded, area, 0)
    network = build_scenario_network(loaded)
    named = loaded.scenario.topology.management
    return network, management_element(network, named.element if named else None)


def _describe(network: Network, management: str) -> dict[str, Any]:
    """Return all that is shown, as a JSON-like value."""
    from adn.base.quantities import quantise
    from adn.topology.checks import check, link_loads, single_points
    from adn.topology.summary import feed_rows, link_kind_rows, site_rows

    points = single_points(network)
    loads = link_loads(network).tolist()
    return {
        "name": network.name,
        "elements": len(network.elements),
        "links": len(network.links),
        "ducts": len(network.ducts),
        "cards": len(network.cards),
        "feeds": len(network.feeds),
        "services": len(network.services),
        "customers": int(network.customers.sum()),
        "demand_bps": quantise(float(network.demand_bps.sum())),
        "length_km": quantise(float(network.length_km.sum())),
        "management": management,
        "assumptions": [
            {"what": row.what, "rule": row.rule, "count": row.count, "source": row.source}
            for row in network.rows.assumptions
        ],
        "checks": [
            {"code": finding.code, "message": finding.message} for finding in check(network)
        ],
        "single_points_of_failure": {
            "elements": list(points.elements),
            "links": list(points.links),
            "ducts": list(points.ducts),
        },
        "site_table": site_rows(network),
        "feed_table": feed_rows(network),
        "link_kinds": link_kind_rows(network, loads),
        "link_table": [
            {
                "id": link.id,
                "capacity_bps": quantise(link.capacity_bps),
                "length_km": quantise(link.length_km),
                "cost": link.cost,
                "ducts": list(link.ducts),
                "cards": [link.card_a, link.card_z],
                "peak_load_bps": quantise(load),
                "peak_load": quantise(load / link.capacity_bps),
            }
            for link, load in zip(network.rows.links, loads, strict=True)
        ],
    }


def _show(described: dict[str, Any]) -> None:
    """Print a description for people."""
    sizes = "  ".join(
        f"{described[key]:,} {key if described[key] != 1 else key[:-1]}"
        for key in ("elements", "links", "ducts", "cards", "feeds", "services", "customers")
        if described[key] or key not in ("cards", "feeds")
    )
    print_line(described["name"], style="bold")
    print_line(sizes)
    print_line(
        f"{described['length_km']:,.0f} km of links  "
        f"{described['demand_bps'] / 1e9:,.6g} Gbit/s contracted  "
        f"operations attach at {described['management']}"
    )
    print_line("")
    print_table(
        ["assumed", ("count", "right"), "rule", "source"],
        [[row["what"], row["count"], row["rule"], row["source"]]
         for row in described["assumptions"]],
    )  # fmt: skip
    print_line("")
    if not described["checks"]:
        print_line("checks: nothing to warn of")
    else:
        print_table(
            ["check", "warning"], [[row["code"], row["message"]] for row in described["checks"]]
        )
    print_line("")
    for table, names in described["single_points_of_failure"].items():
        print_line(f"single points of failure, {table}: {_listed(names)}")
    of_kinds = len({row["kind"] for row in described["site_table"]}) > 1
    if of_kinds:
        _show_fabric(described)
    _show_links([row for row in described["link_table"] if row["ducts"] or not of_kinds])


def _listed(names: list[str]) -> str:
    """Return names, the first twenty of them where there are more; `--json` has all."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return (", ".join(names[:_LISTED]) + more) or "none"


def _show_fabric(described: dict[str, Any]) -> None:
    """Print what stands where, what hangs on which feed, and the kinds of links."""
    print_line("")
    print_table(
        ["site", "elements", ("count", "right"), "from", "to"],
        [
            [row["site"] or "-", row["kind"], row["count"], row["first"], row["last"]]
            for row in described["site_table"]
        ],
    )
    if described["feed_table"]:
        print_line("")
        print_table(
            ["feed", ("elements", "right"), "on no other"],
            [
                [row["id"], row["elements"], " ".join(row["alone"])]
                for row in described["feed_table"]
            ],
        )
    print_line("")
    print_table(
        ["links between", "sites", ("count", "right"), ("Gbit/s", "right"), ("km", "right"),
         ("peak load", "right"), "busiest"],
        [
            [
                " and ".join(row["kinds"]),
                " and ".join(row["sites"]) or "-",
                row["count"],
                f"{row['capacity_bps'] / 1e9:g}",
                _span(row["shortest_km"], row["longest_km"]),
                f"{row['peak_load']:.0%}",
                row["busiest"],
            ]
            for row in described["link_kinds"]
        ],
    )  # fmt: skip


def _span(shortest: float, longest: float) -> str:
    """Return a range of lengths, or the one length that all have."""
    if shortest == longest:
        return f"{shortest:.3g}"
    return f"{shortest:.3g} to {longest:.3g}"


def _show_links(links: list[dict[str, Any]]) -> None:
    """Print links one by one."""
    print_line("")
    print_table(
        [
            "link",
            ("Gbit/s", "right"),
            ("km", "right"),
            ("metric", "right"),
            ("peak load", "right"),
            "ducts",
        ],
        [
            [
                row["id"],
                f"{row['capacity_bps'] / 1e9:g}",
                f"{row['length_km']:.1f}",
                row["cost"],
                f"{row['peak_load']:.0%}",
                " ".join(row["ducts"]),
            ]
            for row in links
        ],
    )  # fmt: skip
