"""Bounds: what a scenario and seed become when nobody acts, and when someone acts who knows all.

Both are lived through from beginning to end, over the same span as the levels' runs, so that the
service minutes that customers lose can be compared. They are made once per scenario and seed and
kept in a cache; their verdicts on each fault, `self_healed` and `restorable`, are written into the
truth of every run of that pair.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from os import getpid
from pathlib import Path
from typing import Any, Final

from adn.base.clock import MINUTE, Millis, seconds
from adn.reference.agents import BOUND_LEVEL, IDLE, ORACLE, lived
from adn.scenario.reader import LoadedScenario
from adn.scoring.scorecard import Scorecard
from adn.session.run import References

LIMIT: Final[Millis] = 5 * MINUTE
"""Restoration within this counts, whatever the scenario's own targets: the 5 of 1-3-5."""
_NEEDED: Final = frozenset({"scenario", "seed", "faults", "service", "wrong_actions", "people"})

Card = Mapping[str, Any]
"""The object that `scorecard.json` holds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The two runs between which every other run of the scenario and seed should lie.

    Attributes:
        idle: Scorecard of the run in which nobody acts.
        oracle: Scorecard of the run in which someone acts who knows everything.
    """

    idle: Card
    oracle: Card

    @property
    def verdicts(self) -> References:
        """What they say of each fault; one that harms no service has nothing to restore."""
        return {
            nobody["id"]: {"self_healed": _in_time(nobody), "restorable": _in_time(anybody)}
            for nobody, anybody in zip(self.idle["faults"], self.oracle["faults"], strict=True)
        }


def bounds_of(loaded: LoadedScenario, seed: int, cache: Path | None = None) -> Bounds:
    """Return the bounds of a scenario and seed, from the cache if it has them.

    Args:
        loaded: The scenario.
        seed: The seed.
        cache: Folder to keep them in; None keeps nothing.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    return Bounds(
        idle=bound_card(IDLE, loaded, seed, cache),
        oracle=bound_card(ORACLE, loaded, seed, cache),
    )


def references(loaded: LoadedScenario, seed: int, cache: Path | None = None) -> References:
    """Return the verdicts of both bounds on each fault; see `bounds_of`."""
    return bounds_of(loaded, seed, cache).verdicts


def bound_card(name: str, loaded: LoadedScenario, seed: int, cache: Path | None = None) -> Card:
    """Return the scorecard of one bound, ``do-nothing`` or ``oracle``, cached if it can be."""
    kept_as = f"{loaded.digest}-{code_digest()}-seed-{seed}-{name}.json"
    kept = _read(cache / kept_as) if cache else None
    if kept is not None:
        return kept
    run = {IDLE: idle_run, ORACLE: oracle_run}[name]
    card = run(loaded, seed).as_json()
    if cache:
        _write(cache / kept_as, card)
    return card


def idle_run(loaded: LoadedScenario, seed: int) -> Scorecard:
    """Return what comes of the scenario when nobody acts."""
    return lived(loaded, IDLE, BOUND_LEVEL, seed).scorecard


def oracle_run(loaded: LoadedScenario, seed: int) -> Scorecard:
    """Return what comes of the scenario when someone acts who knows everything."""
    return lived(loaded, ORACLE, BOUND_LEVEL, seed).scorecard


def _in_time(fault: Mapping[str, Any]) -> bool:
    if fault["impact_s"] is None:
        return True
    return fault["restore_s"] is not None and fault["restore_s"] <= seconds(LIMIT)


@cache
def code_digest() -> str:
    """Return a digest of the product's own files, so that a changed physics is run again."""
    state = blake2b(digest_size=8)
    root = Path(str(resources.files("adn")))
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".yml"}:
            state.update(path.relative_to(root).as_posix().encode())
            state.update(path.read_bytes())
    return state.hexdigest()


def _read(path: Path) -> Card | None:
    """Return a cached scorecard, or None if there is none that can be used."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) and kept.keys() >= _NEEDED else None


def _write(path: Path, card: Card) -> None:
    """Keep a scorecard; a cache that cannot be written is done without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{getpid()}.part")
        aside.write_text(json.dumps(card), encoding="utf-8")
        aside.rename(path)
    except OSError:
        return
