"""Log records: canonical bytes, a complete catalogue, and a digest of what was written."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.levels import Task
from adn.base.records import CATALOGUE, NO_LINE, Record, chained, line_digest, log_digest

PACKAGE = Path(__file__).parents[3] / "adn"


def test_a_record_is_written_as_documented() -> None:
    """Keys are sorted, time is in seconds, floats are rounded, text is UTF-8, the line ends."""
    record = Record(
        at=2_714_200,
        kind="incident.opened",
        src="loop",
        id="INC-0001",
        task="E",
        by="system",
        ref={"objects": ["Zürich>Bern"]},
        data={"severity": "critical", "p": 0.123456789},
    )
    assert record.line(431, "0123456789abcdef").decode() == (
        '{"by":"system","data":{"p":0.123457,"severity":"critical"},"id":"INC-0001",'
        '"kind":"incident.opened","prev":"0123456789abcdef","ref":{"objects":["Zürich>Bern"]},'
        '"seq":431,"src":"loop","t":2714.2,"task":"E","v":2}\n'
    )


def test_what_is_empty_is_left_out() -> None:
    """A record without id, task, author, references or data shows none of these keys."""
    line = Record(at=0, kind="run.ended", src="session").line(1)
    assert line == (
        b'{"kind":"run.ended","prev":"0000000000000000","seq":1,"src":"session","t":0.0,"v":2}\n'
    )


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), values, max_size=4), st.randoms())
def test_the_order_of_keys_does_not_show(data: dict[str, object], shuffle) -> None:
    """Two dictionaries that are equal are written with the same bytes."""
    keys = list(data)
    shuffle.shuffle(keys)
    shuffled = {key: data[key] for key in keys}
    one, other = (Record(at=5, kind="run.ended", src="loop", data=d) for d in (data, shuffled))
    assert one.line(1) == other.line(1)
    assert one.line(1).count(b"\n") == 1
    json.loads(one.line(1))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float64("nan")])
def test_what_json_does_not_have_is_refused(value: float) -> None:
    """A value that is not a number is an error where it is logged, not in whoever reads it."""
    with pytest.raises(ValueError, match=r"[Oo]ut of range float"):
        Record(at=0, kind="run.ended", src="loop", data={"x": value}).line(1)


def test_what_is_no_plain_value_is_refused() -> None:
    """A numpy integer or a set would be written differently from day to day; it may not pass."""
    for value in (np.int64(3), {"a"}, b"bytes", object()):
        with pytest.raises(TypeError, match="not JSON serializable"):
            Record(at=0, kind="run.ended", src="loop", data={"x": value}).line(1)


def test_the_digest_depends_on_every_byte_and_on_order() -> None:
    """Changing, dropping or swapping a line changes it; joining the lines does not."""
    lines = [Record(at=at, kind="run.ended", src="loop").line(at) for at in range(3)]
    digest = log_digest(lines)
    assert len(digest) == 32
    assert log_digest([b"".join(lines)]) == digest
    others = [lines[:2], lines[::-1], [lines[0], lines[1], lines[2].replace(b"2", b"3")]]
    assert len({digest, *(log_digest(other) for other in others)}) == 4


def test_every_line_holds_on_to_the_one_before_it() -> None:
    """The first holds on to nothing, each other to the digest of the bytes before it."""
    lines = chained(Record(at=at, kind="run.ended", src="loop") for at in range(3))
    rows = [json.loads(line) for line in lines]
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert [row["prev"] for row in rows] == [NO_LINE, *map(line_digest, lines[:2])]
    assert line_digest(b"") == "e4a6a0577479b2b4"


def test_the_catalogue_is_well_formed() -> None:
    """Every kind says what it is in a sentence; a kind with a task is an event that says when."""
    for name, kind in CATALOGUE.items():
        assert name == kind.name
        assert kind.says.endswith(".")
        assert kind.file in ("events", "truth")
        if kind.task:
            assert kind.file == "events"
            assert "started_s" in kind.data


def test_every_task_has_one_kind_of_evidence() -> None:
    """Each of the twelve tasks is evidenced by exactly one kind of record."""
    tasks = sorted(kind.task for kind in CATALOGUE.values() if kind.task)
    assert tasks == sorted(task.value for task in Task)


def kinds_written(source: str) -> list[str]:
    """Return the record kinds that code writes: the constants given to `Record(kind=…)`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Record":
            given_ = [word.value for word in node.keywords if word.arg == "kind"] + node.args[1:2]
            found += [
                item.value
                for item in given_
                if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
    return found


def test_no_code_writes_a_kind_that_is_not_in_the_catalogue() -> None:
    """A record kind has to be catalogued, with its required keys, before it may be written."""
    assert kinds_written("Record(1, 'a.b', 's'); records.Record(at=1, kind='c.d')") == [
        "a.b",
        "c.d",
    ]
    unknown = {
        (path.relative_to(PACKAGE).as_posix(), kind)
        for path in PACKAGE.rglob("*.py")
        for kind in kinds_written(path.read_text(encoding="utf-8"))
        if kind not in CATALOGUE
    }
    assert unknown == set()
