"""Loads what every run needs up front, so that a run's wall time is the run's."""

from __future__ import annotations


def warm() -> None:
    """Load the libraries and the noise tables of a run."""
    import numpy as np

    import adn.session.run  # noqa: F401
    from adn.base import noise
    from adn.closedloop.detectors import preload
    from adn.twin.measuring import TAIL

    preload()
    for degrees in (np.inf, TAIL):
        noise.standard(0, np.zeros(1, dtype=np.uint32), 0, degrees)
