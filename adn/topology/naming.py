"""How elements, links and services are named: readable, ASCII, and the same every time.

The characters ``~ > # : /`` and space are kept for building ids of ids, so no element has them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

# Letters that do not fall apart into a base letter and an accent, and German umlauts as Germans
# write them without.
_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae",
        "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
        "ð": "d", "þ": "th", "ı": "i",
    }
)  # fmt: skip


def slug(name: str) -> str:
    """Return `name` in ASCII letters, digits, dots and single hyphens; maybe empty.

    >>> slug("Kansas City"), slug("München"), slug("St. Gallen / ZH"), slug("?")
    ('Kansas-City', 'Muenchen', 'St.-Gallen-ZH', '')
    """
    composed = unicodedata.normalize("NFC", name).translate(_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", ascii_only).strip("-._")


def unique_slugs(names: Sequence[str], tie_breaks: Sequence[tuple[object, ...]]) -> tuple[str, ...]:
    """Return one id a name, all different; repeated names get ``-2``, ``-3`` … by their tie-break.

    Args:
        names: Names as the source gives them; an empty one is called ``node``.
        tie_breaks: Comparable tuples that order equal names, so that file order does not.

    >>> unique_slugs(["Lima", "", "Lima"], [(2,), (0,), (1,)])
    ('Lima-2', 'node', 'Lima')
    """
    wanted = [slug(name) or "node" for name in names]
    order = sorted(range(len(names)), key=lambda i: (wanted[i], tie_breaks[i], i))
    reserved = set(wanted)
    taken: set[str] = set()
    ids = list(wanted)
    for i in order:
        candidate, number = wanted[i], 1
        while candidate in taken or (number > 1 and candidate in reserved):
            number += 1
            candidate = f"{wanted[i]}-{number}"
        taken.add(candidate)
        ids[i] = candidate
    return tuple(ids)


def link_id(a: str, z: str, number: int = 1) -> str:
    """Return a link's name: its ends, sorted, and a number from the second parallel link on.

    >>> link_id("Denver", "Atlanta"), link_id("Denver", "Atlanta", 2)
    ('Atlanta~Denver', 'Atlanta~Denver#2')
    """
    first, second = sorted((a, z))
    return f"{first}~{second}" + (f"#{number}" if number > 1 else "")


def service_id(kind: str, a: str, z: str) -> str:
    """Return a service's name.

    >>> service_id("voice", "Denver", "Atlanta")
    'voice:Denver>Atlanta'
    """
    return f"{kind}:{a}>{z}"


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or nothing if none is like it.

    >>> closest("Denvre", ["Denver", "Atlanta"]), closest("zzz", ["Denver"])
    ('Denver', '')
    """
    return next(iter(closest_few(word, known)), "")


def closest_few(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known words like `word`, the most like first.

    >>> closest_few("Geant201", ["Geant2012", "Geant2010", "Abilene"])
    ('Geant2012', 'Geant2010')
    """
    by_folded = {name.casefold(): name for name in sorted(known)}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)
    return tuple(by_folded[name] for name in found)
