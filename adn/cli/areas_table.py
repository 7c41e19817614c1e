"""A federation for people: what its areas are, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from adn.cli.clocks_table import span

_MOST: Final = 20
"""Areas that are listed; `areas.json` has all."""


def whole_lines(card: Mapping[str, Any], areas: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a federation's scorecard, then the areas where something happened."""
    network, found, people = card["network"], card["accuracy"], card["people"]
    yield (
        f"   {network['areas']:,} areas   {network['elements']:,} elements   "
        f"{network['links']:,} links   {network['services']:,} services"
    )
    yield ""
    yield (
        f"   faults {found['faults']:,}, service-affecting {found['service_affecting']:,}   "
        f"detected {found['detected']:.1%}   located {found['located_top1']:.1%}   "
        f"1-3-5 met {found['met_135']:.1%}"
    )
    clocks = "   ".join(
        f"{key} {span(found[f'median_{key}_s'])}" for key in ("detect", "locate", "restore")
    )
    yield f"   medians   {clocks}"
    yield (
        f"   incidents {card['incidents']:,}   false {card['false_incidents']:,}   "
        f"duplicates {card['duplicates']:,}   on disturbances "
        f"{card['incidents_on_disturbances']:,}   actions {card['actions']:,}, wrong "
        f"{card['wrong_actions']:,}"
    )
    yield (
        f"   service-minutes down {card['service']['down_minutes']:,.1f}, degraded "
        f"{card['service']['degraded_minutes']:,.1f}, availability "
        f"{card['service']['availability']:.7f}   people {people['minutes']:,.1f} min in "
        f"{people['touches']:,} touches, crews {people['field_minutes']:,.1f} min"
    )
    yield ""
    told = [row for row in areas if not row["quiet"]]
    if told:
        wide = max(len(row["area"]) for row in told)
        yield f"   {'area':<{wide}}  elements  faults  incidents  false  actions  wrong  found"
    for row in told[:_MOST]:
        yield (
            f"   {row['area']:<{wide}}  {row['elements']:>8,}  {row['faults']:>6}  "
            f"{row['incidents']:>9}  {row['false_incidents']:>5}  {row['actions']:>7}  "
            f"{row['wrong_actions']:>5}  {row['found']:>5.0%}"
        )
    if len(told) > _MOST:
        yield f"   and {len(told) - _MOST:,} more; areas.json has all"
    yield f"   {card['quiet_areas']:,} areas were quiet   digest {card['digest']}"
