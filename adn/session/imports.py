"""Imports what a run needs up front, so that a run's wall time is the run's."""

from __future__ import annotations


def warm() -> None:
    """Load the libraries of a run."""
    import adn.session.run  # noqa: F401
    from adn.closedloop.detectors import preload

    preload()
