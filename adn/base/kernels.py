"""Which way bulk arithmetic is done: by numpy, or by the compiled kernels of ``[fast]``.

Both give the same bits. Compiled kernels need numba (``pip install adn[fast]``), whose loading
costs about as much as they save on `WORTH` samples, so they are loaded by who has gone through that
many: a short run never pays for them, a long one soon. ``ADN_KERNELS=numpy`` keeps to numpy,
``ADN_KERNELS=numba`` compiles from the first sample on.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.util import find_spec
from typing import Final

WORTH: Final = 40_000_000
"""Samples from which on kernels are worth their loading."""

_done = [0]


def compiled(samples: int) -> bool:
    """Whether this many samples more are worked on by compiled kernels."""
    asked = os.environ.get("ADN_KERNELS", "")
    if asked == "numpy" or not _held():
        return False
    if asked == "numba" or "numba" in sys.modules:
        return True
    _done[0] += samples
    return _done[0] >= WORTH


@cache
def _held() -> bool:
    return find_spec("numba") is not None
