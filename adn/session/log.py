"""The two logs of a run, as they grow."""

from __future__ import annotations

from collections.abc import Callable

from adn.base.records import CATALOGUE, Record, chained, log_digest

Listener = Callable[[Record], None]


class Log:
    """Collects records in two files' worth of canonical lines.

    Args:
        listener: Told of every public record as it is written, if given.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self.events: list[Record] = []
        self.truths: list[Record] = []
        self._listener = listener
        self._lines: tuple[list[bytes], list[bytes]] = ([], [])

    def public(self, record: Record) -> None:
        """Write a record to `events.jsonl`."""
        assert CATALOGUE[record.kind].file == "events", record.kind
        self.events.append(record)
        if self._listener:
            self._listener(record)

    def secret(self, record: Record) -> None:
        """Write a record to `truth.jsonl`."""
        assert CATALOGUE[record.kind].file == "truth", record.kind
        self.truths.append(record)

    def lines(self) -> tuple[list[bytes], list[bytes]]:
        """Return the canonical lines of both files, events first; written once for all readers."""
        events, truths = self._lines
        if (len(events), len(truths)) != (len(self.events), len(self.truths)):
            self._lines = chained(self.events), chained(self.truths)
        return self._lines

    def digest(self) -> str:
        """Return the digest of both files, events first."""
        events, truth = self.lines()
        return log_digest([*events, *truth])
