"""The page about the event log, written from the catalogue so that it cannot fall behind.

``python -m adn.scoring.describe docs/event-log.md`` writes it anew; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from adn.base.records import CATALOGUE, FORMAT, RecordKind
from adn.scoring.shapes import NAMED, shapes_of

_HEAD = f"""\
# The event log

Written from the catalogue of records (`adn/base/records.py`); do not edit.

A run leaves two files. `events.jsonl` holds what crossed the line between the network and its
operations, and what operations did. `truth.jsonl` holds what was really so; operations never see
it. Both are JSON lines, sorted by time, and each numbers its own records from 1 without gaps, so
that a gap in one tells nothing about the other. Every line carries the digest of the line before
it, so that a line which is changed, taken out or put in is found at its place. The digest in
`manifest.json` is the BLAKE2b hash (16 bytes) of the bytes of `events.jsonl` followed by those of
`truth.jsonl`; it seals the end of both.

| key | always | meaning |
|---|---|---|
| `v` | yes | format of the log, {FORMAT} |
| `seq` | yes | number of the record in its file |
| `prev` | yes | BLAKE2b hash (8 bytes) of the line before, its end included; zeros in the first |
| `t` | yes | when, simulated seconds, exact to the millisecond |
| `kind` | yes | one of those below |
| `src` | yes | who wrote it: session, twin, collector, loop, faults |
| `id` | | what it is about: `FLT-`, `ALM-`, `INC-`, `PLN-`, `CMD-` and a number |
| `task` | evidence | letter of the task that was done |
| `by` | evidence | `system` or `human` |
| `ref` | | related things, by id |
| `data` | | everything else; six significant digits, times (`…_s`) to the ms |

A record with a task is *evidence*: it says who did a task, when it was begun (`data.started_s`) and
when it was done (`t`). Whoever leaves it may number it (`data.nth`, from 1 without gaps), so that
evidence which never reached the log is missed. Levels are read from evidence, never from settings.
"""


def event_log_page() -> str:
    """Return `docs/event-log.md`."""
    parts = [_HEAD]
    for file in ("events", "truth"):
        parts.append(f"\n## {file}.jsonl\n")
        parts += [_section(kind) for kind in CATALOGUE.values() if kind.file == file]
    return "".join(parts)


def _section(kind: RecordKind) -> str:
    """Return the description of one kind."""
    task = f" Evidence of task {kind.task}." if kind.task else ""
    keys = list(_keys(kind))
    listed = "\n" + "\n".join(keys) + "\n" if keys else ""
    return f"\n### {kind.name}\n\n{kind.says}{task}\n{listed}"


def _keys(kind: RecordKind) -> Iterator[str]:
    """Yield a line for each key that the kind always has."""
    shapes = shapes_of(kind.name)
    if kind.name in NAMED:
        yield "- `id`"
    for group, keys in (("ref", kind.ref), ("data", kind.data)):
        for key in keys:
            shape = shapes.get(f"{group}.{key}")
            yield f"- `{group}.{key}`" + (f": {shape[0]}" if shape else "")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(event_log_page(), encoding="utf-8")
