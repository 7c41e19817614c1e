"""The scorecard of a whole that was played in parts: sums over the scorecards of its areas.

Counts and minutes are summed; shares and clocks are taken over all faults, as if they had been in
one run; the availability weighs each area by its services and the share of root alarms by its
faults. One digest stands for all logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from statistics import median_low
from typing import Any, Final

Card = Mapping[str, Any]

_COUNTS: Final = (
    "incidents",
    "false_incidents",
    "duplicates",
    "incidents_on_disturbances",
    "actions",
    "wrong_actions",
)
_CLOCKS: Final = ("detect_s", "locate_s", "restore_s", "rectify_s")
_MINUTES: Final = 3


def whole_digest(digests: Mapping[str, str]) -> str:
    """Return the digest of a whole from those of its areas, whatever their order.

    >>> whole_digest({"b": "2", "a": "1"}) == whole_digest({"a": "1", "b": "2"})
    True
    """
    state = blake2b(digest_size=16)
    for name, digest in sorted(digests.items()):
        state.update(f"{name} {digest}\n".encode())
    return state.hexdigest()


def summed(parts: Mapping[str, Card], services: Mapping[str, int]) -> dict[str, Any]:
    """Return the scorecard of a whole, without what identifies it.

    Args:
        parts: The scorecard of each area, as its run folder holds it.
        services: How many services each area has.
    """
    names = sorted(parts)
    cards = [parts[name] for name in names]
    faults = [{"area": name, **row} for name in names for row in parts[name]["faults"]]
    hurting = [row for row in faults if row["impact_s"] is not None]
    return {
        "faults": faults,
        **{key: sum(card[key] for card in cards) for key in _COUNTS},
        "found": _share(row["detect_s"] is not None for row in hurting),
        "accuracy": accuracy(faults),
        "people": _people([card["people"] for card in cards]),
        "service": _service(parts, services),
        "alarms": {
            "raw": sum(card["alarms"]["raw"] for card in cards),
            "shown": sum(card["alarms"]["shown"] for card in cards),
            "root_recall": _weighted(
                [(card["alarms"]["root_recall"], len(card["faults"])) for card in cards]
            ),
        },
        "tickets": {
            "raised": sum(card["tickets"]["raised"] for card in cards),
            "from_network": sum(card["tickets"]["from_network"] for card in cards),
            "per_fault": {
                f"{name}/{fault}": count
                for name in names
                for fault, count in parts[name]["tickets"]["per_fault"].items()
            },
        },
        "conduct": _added([card["conduct"] for card in cards]),
        "closure": _added([card["closure"] for card in cards]),
        "intent": _added([card["intent"] for card in cards]),
        "level_lived": min((card["level_lived"] for card in cards), default=""),
        "timings_assumed": max((card["timings_assumed"] for card in cards), default=0),
        "simulated_s": max((card["simulated_s"] for card in cards), default=0.0),
        **_natural([card["natural"] for card in cards if "natural" in card]),
    }


def _natural(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what was expected of natural failures in all areas; nothing where there are none."""
    if not parts:
        return {}
    total = sum(part["expected_faults"] for part in parts) or 1.0
    sums = ("expected_faults", "expected_open", "expected_works")
    shares = ("passing_share", "shared_share", "changed_share")
    whole = {"scale": parts[0]["scale"], "days": max(part["days"] for part in parts)}
    whole |= {key: round(sum(part[key] for part in parts), 4) for key in sums}
    whole |= {
        key: round(sum(part[key] * part["expected_faults"] for part in parts) / total, 4)
        for key in shares
    }
    return {"natural": whole}


def accuracy(faults: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how well faults were found: shares of those that can be seen, medians of clocks.

    A fault can be seen if it hurt a service or was detected; clocks that never ended are left out
    of their medians, and counted by the shares.
    """
    seen = [row for row in faults if row["impact_s"] is not None or row["detect_s"] is not None]
    return {
        "faults": len(faults),
        "service_affecting": sum(row["impact_s"] is not None for row in faults),
        "detected": _share(row["detect_s"] is not None for row in seen),
        "located_top1": _share(bool(row["located_top1"]) for row in seen),
        "class_top1": _share(bool(row["class_top1"]) for row in seen),
        "met_135": _share(bool(row["met_135"]) for row in seen),
        **{
            f"median_{key}": median_low(
                [row[key] for row in seen if row[key] is not None] or [None]
            )
            for key in _CLOCKS
        },
    }


def _people(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the people of all areas; `peak` is the most in any one: desks are an area's own."""
    roles: dict[str, dict[str, Any]] = {}
    for part in parts:
        for role, row in part["roles"].items():
            held = roles.setdefault(role, dict.fromkeys(row, 0))
            for key, value in row.items():
                held[key] = max(held[key], value) if key == "peak" else held[key] + value
    for row in roles.values():
        row.update({key: round(value, _MINUTES) for key, value in row.items()})
    keys = ("touches", "minutes", "waited_minutes", "field_minutes")
    return {
        **{key: round(sum(part[key] for part in parts), _MINUTES) for key in keys},
        "roles": dict(sorted(roles.items())),
    }


def _service(parts: Mapping[str, Card], services: Mapping[str, int]) -> dict[str, Any]:
    rows = [(card["service"], services[name], card["simulated_s"]) for name, card in parts.items()]
    down = sum(row["down_minutes"] for row, _, _ in rows)
    whole = sum(count * simulated_s / 60.0 for _, count, simulated_s in rows)
    return {
        "down_minutes": round(down, _MINUTES),
        "degraded_minutes": round(sum(row["degraded_minutes"] for row, _, _ in rows), _MINUTES),
        "availability": round(1.0 - down / whole if whole else 1.0, 9),
    }


def _added(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return objects of counts added up, key by key and level by level."""
    total: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, Mapping):
                total[key] = _added([total.get(key, {}), value])
            else:
                total[key] = round(total.get(key, 0) + value, _MINUTES)
    return total


def _share(marks: Iterable[bool]) -> float:
    """Return the share of marks that are set; 1.0 of none."""
    held = list(marks)
    return round(sum(held) / len(held), 6) if held else 1.0


def _weighted(rows: Sequence[tuple[float, int]]) -> float:
    whole = sum(weight for _, weight in rows)
    return round(sum(value * weight for value, weight in rows) / whole, 6) if whole else 1.0
