"""Fewer looks for garbage while a run is played: it makes few cycles and very many objects.

The collector of cycles would look through everything that was ever imported, again and again: a
fifth of the time of an area-day. What is loaded is set aside, young objects are looked through
less often, and the cycles of a run that is over are collected at once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 10_000
"""Objects made before the youngest are looked through (CPython's default is some hundreds)."""


@contextmanager
def calm() -> Iterator[None]:
    """Let the collector of cycles be slow to start; nothing else changes.

    What lives now is set aside for good: modules and what they keep.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.collect()
