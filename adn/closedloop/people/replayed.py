"""A recording: gives the answers of an earlier run again, in the same order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from adn.base.errors import AdnError, Finding
from adn.closedloop.people.actor import RecordedReply, Reply, WorkItem


class ReplayedActor:
    """Answers every piece of work as `replies.jsonl` has it."""

    def __init__(self, replies: Iterable[RecordedReply]) -> None:
        self._left: dict[str, deque[RecordedReply]] = {}
        for row in replies:
            self._left.setdefault(row.work, deque()).append(row)

    def ask(self, item: WorkItem) -> Reply:
        """Return the next recorded answer to this piece of work.

        Raises:
            AdnError: There is none left (PPL003): the run is not the one that was recorded.
        """
        rows = self._left.get(item.id)
        if not rows:
            message = f"the recording has no answer left to {item.id}, task {item.task}"
            raise AdnError(Finding("PPL003", f"{message}; it is of another run"))
        row = rows.popleft()
        return Reply(row.verdict, row.content, row.took, row.note)
