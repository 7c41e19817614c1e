"""Intent handling: control information (A) and the evaluation of what was promised (B).

Control information is neither right nor wrong: what it is worth shows in what comes of it. An
evaluation is held against the truth over the span that it looked at. What changed within the span
judges nothing, for a mean over the span may rightly fall on either side.
"""

from __future__ import annotations

from collections.abc import Iterator

from adn.base.records import Record
from adn.scoring.disturbances import lost_telemetry
from adn.scoring.service import Limits
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.judging import Judging, moment


def intent(judging: Judging) -> Iterator[TaskInstance]:
    """Yield the instances of A, one a setting, and of B, one an evaluation."""
    for record in judging.log.kind("control.set"):
        yield judging.row(record, None, right=None)
    limits = Limits.of(judging.log)
    for record in judging.log.kind("intent.evaluated"):
        yield judging.row(record, None, right=_agrees(record, limits, judging))


def _agrees(record: Record, limits: Limits, judging: Judging) -> bool | None:
    """Return whether an evaluation agrees with the truth.

    Where a collector lost telemetry, what it did not name may be what nobody could measure: then
    it is wrong only by what it names, and otherwise the truth cannot say.
    """
    start, end = moment(record.data["from_s"]), moment(record.data["to_s"])
    throughout, partly = limits.outside(start, end)
    named = frozenset(record.data["outside"])
    if named - throughout - partly:
        return False
    if throughout <= named:
        return True
    return None if lost_telemetry(judging.log, start, end) else False
