"""YAML is read as YAML 1.2 reads it, and everything keeps its place."""

from __future__ import annotations

import pytest

from adn.scenario.yaml_marks import build


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18:30", "18:30"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("010", "010"),
        ("0x1F", "0x1F"), ("1_000", "1_000"), ("1e3", 1000.0), ("1e999", "1e999"), ("-3", -3),
        ("+4", 4), (".5", 0.5), ("5.", 5.0), (".", "."), ("e5", "e5"), (".inf", ".inf"),
        ("true", True), ("True", "True"), ("null", None), ("~", None), ("", None), ("'7'", "7"),
        ('"true"', "true"), ("2001-01-01", "2001-01-01"), ("9" * 30, "9" * 30), ("-", (None,)),
    ],
)  # fmt: skip
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: object) -> None:
    built = build(f"key: {text}" if text != "-" else "key:\n  -", "f.yml")
    assert built.value == {"key": value}
    assert type(built.value["key"]) is type(value)


def test_every_key_and_value_has_its_place() -> None:
    built = build("a: {b: [1, two]}\nc:\n  - d: é\n    e: |\n      x\n      y\n", "f.yml")
    assert built.value == {"a": {"b": (1, "two")}, "c": ({"d": "é", "e": "x\ny\n"},)}
    spans = {path: place.value for path, place in built.source.places.items()}
    told = {path: (span.line, span.column, span.width) for path, span in spans.items()}
    assert told == {
        (): (1, 1, 1),
        ("a",): (1, 4, 13),
        ("a", "b"): (1, 8, 8),
        ("a", "b", 0): (1, 9, 1),
        ("a", "b", 1): (1, 12, 3),
        ("c",): (2, 1, 1),
        ("c", 0): (3, 5, 1),
        ("c", 0, "d"): (3, 8, 1),
        ("c", 0, "e"): (4, 8, 1),
    }


def test_the_first_of_two_equal_keys_counts_and_the_second_is_told() -> None:
    built = build("a: {x: 1}\na: {x: 2, y: 3}\n", "f.yml")
    assert built.value == {"a": {"x": 1}}
    assert [finding.code for finding in built.findings] == ["SCN012"]
    place = built.source.places["a", "x"].value
    assert place.line == 1


def test_a_map_or_list_as_a_key_is_refused_and_the_rest_is_read() -> None:
    built = build("? [a, b]\n: 1\nc: 2\n", "f.yml")
    assert [finding.code for finding in built.findings] == ["SCN016"]
    assert built.value["c"] == 2


def test_a_bomb_is_not_expanded() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    built = build("\n".join(lines), "f.yml")
    assert built.value["a59"] == (None,) * 9


def test_the_caret_of_a_line_with_tabs_stands_right() -> None:
    built = build('a: "x\ty"\tb\n', "f.yml")
    (finding,) = built.findings
    assert finding.code == "SCN007"
    assert "\t" not in finding.excerpt
