"""Whether the evidence of a run is whole."""

from __future__ import annotations

from adn.scoring.log import RunLog


def broken(log: RunLog) -> tuple[str, ...]:
    """Return why the chain of evidence of a run is broken or incomplete; empty if it is whole."""
    return () if log.events and log.events[-1].kind == "run.ended" else ("the run did not end",)
