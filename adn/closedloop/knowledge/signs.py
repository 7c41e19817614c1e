"""Signs: the evidence of one moment in columns, against everything that may be wrong.

What shows speaks for whatever may show it; what does not show, though it should, against it. A
problem that is less than complete shows otherwise, and is not missed what it would show else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adn.base.clock import Millis
from adn.closedloop.knowledge.hypotheses import SEEN, Hypotheses, Places
from adn.closedloop.knowledge.items import Item, Key
from adn.closedloop.knowledge.models import EvidenceKind
from adn.topology.network import Bools, Floats, Ints


@dataclass(frozen=True)
class Signs:
    """The evidence of one moment: P items that show, and what does not show though it should.

    Attributes:
        items: What shows, shape (P,).
        stray: q of each showing for no reason, shape (P,).
        q: q of each hypothesis showing each item, shape (H, P).
        missed: Log-likelihood that each hypothesis loses by what does not show, shape (H,).
    """

    items: tuple[Item, ...]
    stray: Floats
    q: Floats
    missed: Floats


def read_signs(
    hypotheses: Hypotheses,
    items: Mapping[Key, Item],
    kinds: Mapping[str, EvidenceKind],
    silent: frozenset[str],
    age_ms: Millis,
) -> Signs:
    """Return the evidence in columns.

    Args:
        hypotheses: Their columns.
        items: What was seen.
        kinds: The kinds of evidence, by name.
        silent: Elements that report nothing, of which absent reports say nothing.
        age_ms: Time since the earliest sign; what is not due yet is not missed. A report that is
            due within w is there with probability age/w (uniform delay).
    """
    due = np.minimum(1.0, max(age_ms, 0) / np.maximum(hypotheses.within_ms, 1))
    early = hypotheses.chance * np.where(hypotheses.within_ms > 0, due, 1.0)
    shown = tuple(item for item in items.values() if item.present)
    at = np.full(len(hypotheses.keys), -1, dtype=np.int64)
    looked = np.zeros(len(hypotheses.keys), dtype=bool)
    for key in items:
        if key in hypotheses.columns:
            looked[hypotheses.columns[key]] = True
    for column, item in enumerate(shown):
        if item.key in hypotheses.columns:
            at[hypotheses.columns[item.key]] = column
    missing = (at < 0) & _counts(hypotheses, looked, silent)
    count = len(hypotheses.names)
    q, less = np.zeros((count, len(shown))), np.zeros(count)
    for column, item in enumerate(shown):
        if item.kind in hypotheses.anywhere:
            q[:, column] = hypotheses.anywhere[item.kind]
    there = at[hypotheses.column] >= 0
    np.add.at(
        q,
        (hypotheses.row[there], at[hypotheses.column[there]]),
        -np.log1p(-hypotheses.chance[there]),
    )
    lost = missing[hypotheses.column]
    for milder, places in hypotheses.incomplete:
        rows, dim = _incomplete(hypotheses, places, at)
        q[hypotheses.row[dim], at[hypotheses.column[dim]]] = -np.log1p(-milder.chance)
        lost[places.spared[np.isin(hypotheses.row[places.spared], rows)]] = False
        less[rows] = np.log(milder.share)
    missed = less + np.bincount(
        hypotheses.row[lost], weights=np.log1p(-early[lost]), minlength=count
    ).astype(np.float64)
    stray = np.array([-np.log1p(-kinds[item.kind].stray) for item in shown])
    return Signs(shown, stray, q, missed)


def _incomplete(hypotheses: Hypotheses, places: Places, at: Ints) -> tuple[Ints, Ints]:
    """Return the hypotheses of a problem that show as if it were less than complete.

    Args:
        hypotheses: Their columns.
        places: Where their expectations are.
        at: Place of each evidence item among those that show, -1 where it does not, shape (E,).

    Returns:
        Their rows, and where the expectations are that show it.
    """
    there, count = at[hypotheses.column] >= 0, len(hypotheses.names)
    shown = places.dim[there[places.dim]]
    wanted = np.bincount(hypotheses.row[places.dim], minlength=count) // places.kinds
    found = np.bincount(hypotheses.row[shown], minlength=count)
    broken = np.bincount(hypotheses.row[places.hard[there[places.hard]]], minlength=count)
    rows = np.flatnonzero((wanted > 0) & (found >= wanted) & (broken == 0))
    return rows, shown[np.isin(hypotheses.row[shown], rows)]


def _counts(hypotheses: Hypotheses, looked: Bools, silent: frozenset[str]) -> Bools:
    """Return whether the absence of each item says anything, shape (E,)."""
    mute = np.array([name in silent for name in hypotheses.elements], dtype=np.float64)
    speaking = np.diff(hypotheses.reporters.indptr) - hypotheses.reporters @ mute
    heard = (np.diff(hypotheses.reporters.indptr) == 0) | (speaking > 0)
    probed = (hypotheses.seen == SEEN.index("probe")) & looked
    found: Bools = probed | ((hypotheses.seen == SEEN.index("passive")) & heard)
    return found
