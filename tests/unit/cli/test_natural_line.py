"""What was expected of natural failures is said in one line, of one network or of many."""

from __future__ import annotations

from adn.cli.natural_line import natural_line
from adn.scoring.whole import _natural

PART = {
    "scale": 5.0,
    "days": 7.0,
    "expected_faults": 30.0,
    "expected_open": 0.5,
    "passing_share": 0.5,
    "shared_share": 0.2,
    "changed_share": 0.1,
    "expected_works": 3.0,
}


def test_the_line_tells_what_was_expected_and_what_struck() -> None:
    assert natural_line(PART, 1204) == (
        "natural failures at scale 5: 30 faults expected in 7 days (1,204 struck), "
        "0.5 open at a time, 3 pieces of work"
    )


def test_what_areas_expect_adds_up_and_shares_weigh_as_their_faults() -> None:
    other = PART | {"expected_faults": 10.0, "passing_share": 0.9, "expected_works": 1.0}
    whole = _natural([PART, other])["natural"]
    assert whole["expected_faults"] == 40.0
    assert whole["expected_open"] == 1.0
    assert whole["expected_works"] == 4.0
    assert whole["passing_share"] == 0.6
    assert whole["days"] == 7.0
    assert _natural([]) == {}
