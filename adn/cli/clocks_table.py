"""The clocks of a run for people: target, took, met; used by every verb that shows a score."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

TARGETS_S: Final[Mapping[str, float]] = {"detect_s": 60.0, "locate_s": 180.0, "restore_s": 300.0}
_MOST_BLOCKS: Final = 3
"""Faults shown in full; more become one line each."""


def span(seconds: float | None, *, tenths: bool = True) -> str:
    """Write a span as m:ss.t or h:mm:ss.t; one that never ended as a dash.

    >>> span(14.24), span(12429.7), span(60.0, tenths=False), span(None)
    ('0:14.2', '3:27:09.7', '1:00', '–')
    """
    if seconds is None:
        return "–"
    whole = round(seconds * 1000) // 100
    minutes, rest = divmod(whole, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    text = f"{head}:{rest // 10:02d}"
    return f"{text}.{rest % 10}" if tenths else text


def print_clocks(
    scorecard: Mapping[str, Any],
    file: TextIO | None = None,
    targets: Mapping[str, float] | None = None,
) -> None:
    """Print the clocks and the counts of a run.

    Args:
        scorecard: The object that `scorecard.json` holds.
        file: Where to; stdout if not given.
        targets: ``detect_s``, ``locate_s``, ``restore_s`` where they are not 60, 180 and 300.
    """
    out = sys.stdout if file is None else file
    for line in clock_lines(scorecard, {**TARGETS_S, **(targets or {})}):
        print(line.rstrip(), file=out)


def clock_lines(scorecard: Mapping[str, Any], targets: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of a scorecard."""
    faults = scorecard["faults"]
    if len(faults) > _MOST_BLOCKS:
        yield from _rows(faults, targets)
    else:
        for fault in faults:
            yield from _block(fault, targets)
    yield from _counts(scorecard)


def _block(fault: Mapping[str, Any], targets: Mapping[str, float]) -> Iterator[str]:
    """Yield one fault in full."""
    yield f"   {fault['id']}   {fault['kind']}   {fault['target']}{_standing(fault)}"
    yield "             target       took"
    steps = (("detect", "detect_s"), ("locate", "locate_s"), ("restore", "restore_s"))
    for name, key in steps:
        target = span(targets[key], tenths=False)
        verdict = _verdict(fault, key, targets)
        by = f"   by {fault['restored_by']}" if key == "restore_s" and fault["restored_by"] else ""
        yield f"   {name:<8}{target:>8}{span(fault[key]):>11}   {verdict}{by}"
    mended = "" if fault["rectify_s"] is not None else "   not by the end of the run"
    yield f"   {'repair':<8}{'–':>8}{span(fault['rectify_s']):>11}{mended}"
    whole = "met" if fault["met_135"] else "missed"
    per_phase = "met" if fault["met_135_per_phase"] else "missed"
    yield f"   1-3-5 {whole}   step by step {per_phase}"
    yield ""


def _verdict(fault: Mapping[str, Any], key: str, targets: Mapping[str, float]) -> str:
    """Return whether a step was done in time."""
    if key == "restore_s" and fault["impact_s"] is None:
        return "no service was hurt"
    took = fault[key]
    return "met" if took is not None and took <= targets[key] else "missed"


def _standing(fault: Mapping[str, Any]) -> str:
    """Return why the headline does not count a fault, if it does not."""
    if fault["self_healed"]:
        return "   (heals by itself; not counted)"
    if fault["restorable"] is False:
        return "   (no command can restore it in time; not counted)"
    return ""


def _rows(faults: list[Mapping[str, Any]], targets: Mapping[str, float]) -> Iterator[str]:
    """Yield one line for each of many faults."""
    wide = max(len(f"{fault['kind']} {fault['target']}") for fault in faults)
    heads = "".join(f"{name:>11}" for name in ("detect", "locate", "restore", "repair"))
    yield f"   {'fault':<10}{'':<{wide}}{heads}   1-3-5"
    limits = (span(targets[key], tenths=False) for key in ("detect_s", "locate_s", "restore_s"))
    yield f"   {'target':<10}{'':<{wide}}{''.join(f'{limit:>11}' for limit in limits)}{'–':>11}"
    for fault in faults:
        keys = ("detect_s", "locate_s", "restore_s", "rectify_s")
        took = "".join(f"{span(fault[key]):>11}" for key in keys)
        name = f"{fault['kind']} {fault['target']}"
        met = "met" if fault["met_135"] else "missed"
        yield f"   {fault['id']:<10}{name:<{wide}}{took}   {met}{_standing(fault)}"
    yield ""


def _counts(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is counted over the whole run."""
    hurting = [fault for fault in card["faults"] if fault["impact_s"] is not None]
    found = sum(1 for fault in hurting if fault["detect_s"] is not None)
    people, service, alarms = card["people"], card["service"], card["alarms"]
    seen = f"alarms {alarms['raw']}, shown {alarms['shown']}"
    if alarms["raw"]:
        seen += f", root recall {alarms['root_recall']:.2f}"
    yield (
        f"   found {found} of {len(hurting)}   false {card['false_incidents']}   "
        f"duplicates {card['duplicates']}   wrong actions {card['wrong_actions']}   "
        f"{seen}"
    )
    touches = "1 touch" if people["touches"] == 1 else f"{people['touches']} touches"
    yield (
        f"   service-minutes down {service['down_minutes']:.1f}, "
        f"degraded {service['degraded_minutes']:.1f}, "
        f"availability {service['availability']:.6f}   "
        f"people {people['minutes']:.1f} min in {touches}, crews {people['field_minutes']:.1f} min"
    )
    yield (
        f"   lived level {card['level_lived']}   timings assumed {card['timings_assumed']}   "
        f"digest {card['digest']}"
    )
