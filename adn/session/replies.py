"""What people answered, one line each in `replies.jsonl`, so that a run can be lived again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from adn.base.errors import Finding, Position, RunFolderError
from adn.base.records import Record
from adn.closedloop.people.actor import RecordedReply
from adn.northbound.wire import from_json, to_json

FILE: Final = "replies.jsonl"


def replies_of(events: Iterable[Record]) -> tuple[RecordedReply, ...]:
    """Return the answers that people gave, by piece of work, in the order in which they came."""
    return tuple(
        RecordedReply(record.id, verdict, content, took, note)
        for record in events
        if record.kind == "work.replied"
        for verdict, content, took, note in record.data.get("replies", ())
    )


def written(replies: Iterable[RecordedReply]) -> bytes:
    """Return the bytes of `replies.jsonl`."""
    lines = (
        json.dumps(to_json(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for row in replies
    )
    return b"".join(line.encode() + b"\n" for line in lines)


def read_replies(folder: Path) -> tuple[RecordedReply, ...]:
    """Return the answers that a run folder holds.

    Raises:
        RunFolderError: A line is no answer (RUN024).
    """
    path = folder / FILE
    found: list[RecordedReply] = []
    lines = path.read_bytes().splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            body: Any = json.loads(line)
            found.append(from_json(RecordedReply, body, "answer"))
        except (ValueError, RecursionError) as wrong:
            place = Position(str(path), number, 1)
            raise RunFolderError(Finding("RUN024", f"no answer: {wrong}", place)) from None
    return tuple(found)
