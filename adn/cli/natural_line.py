"""What was expected of natural failures, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def natural_line(found: Mapping[str, Any], struck: int) -> str:
    """Return the line.

    Args:
        found: The object `natural` of a scorecard.
        struck: How many faults there were.
    """
    return (
        f"natural failures at scale {found['scale']:g}: {found['expected_faults']:.3g} faults "
        f"expected in {found['days']:.3g} days ({struck:,} struck), {found['expected_open']:.2g} "
        f"open at a time, {found['expected_works']:.3g} pieces of work"
    )
