"""The loop's evidence: one log record for every task instance, written as it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adn.base.clock import Millis, SimClock, seconds
from adn.base.records import CATALOGUE, Record
from adn.closedloop.performing import By
from adn.northbound.post import Message


class Journal:
    """Writes records into the outbox, at the clock's present instant.

    Args:
        clock: The loop's clock.
        outbox: Where everything that is sent is put, in order.
    """

    def __init__(self, clock: SimClock, outbox: list[Message]) -> None:
        self._clock, self._outbox = clock, outbox
        self._evidence = 0

    def note(
        self,
        kind: str,
        name: str = "",
        ref: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        by: By | None = None,
    ) -> None:
        """Write a record that is no evidence of a task."""
        self._outbox.append(
            Record(
                at=self._clock.now,
                kind=kind,
                src="loop",
                id=name,
                by=by or "",
                ref=ref or {},
                data=data or {},
            )
        )

    def evidence(
        self,
        kind: str,
        by: By,
        started: Millis,
        name: str = "",
        ref: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        work: Sequence[str] = (),
    ) -> None:
        """Write the record that a task instance happened, begun at `started` and ended now.

        `work` names what people were asked on its account. Evidence is numbered here, where it is
        left, so that a record which never reaches the log is missed.
        """
        self._evidence += 1
        self._outbox.append(
            Record(
                at=self._clock.now,
                kind=kind,
                src="loop",
                id=name,
                task=CATALOGUE[kind].task,
                by=by,
                ref={**(ref or {}), **({"work": list(work)} if work else {})},
                data={"started_s": seconds(started), "nth": self._evidence, **(data or {})},
            )
        )
