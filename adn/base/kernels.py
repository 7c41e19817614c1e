"""Which way bulk arithmetic is done: by numpy, or by the compiled kernels of ``[fast]``.

Both give the same bits; compiled kernels need numba (``pip install adn[fast]``) and are worth their
loading only for large columns. ``ADN_KERNELS=numpy`` keeps to numpy, ``ADN_KERNELS=numba`` compiles
whatever the size.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from typing import Final

WORTH: Final = 4096
"""Series a block from which on kernels are worth loading."""


def compiled(series: int) -> bool:
    """Whether columns of so many series are worked on by compiled kernels."""
    asked = os.environ.get("ADN_KERNELS", "")
    if asked == "numpy" or not _held():
        return False
    return asked == "numba" or series >= WORTH


@cache
def _held() -> bool:
    return find_spec("numba") is not None
