"""The terminal: what is typed is a move, or is told in one line what would be right."""

from __future__ import annotations

import pytest

from adn.training.frontend import Move
from adn.training.looking import WrongMoveError
from adn.training.scripted import RULES
from adn.training.shift import work
from adn.training.terminal import Terminal
from adn.training.words import HELP, move_of

from .conftest import Typist, shift, typed, words_of


@pytest.mark.parametrize(
    ("line", "move"),
    [
        ("alarms", Move("look", "alarms")),
        ("look kpis Denver", Move("look", "kpis", "Denver")),
        ("topology A~B", Move("look", "topology", "A~B")),
        ("probe measure-link A~B", Move("probe", "measure-link", "A~B")),
        ("hint", Move("hint")),
        ("a", Move("approve")),
        ("reject too risky", Move("reject", about="too risky")),
        ("d 1,3", Move("decide", about="1,3")),
        ("no", Move("decide", about="no")),
        ("modify A>B packet-loss", Move("decide", about="A>B packet-loss")),
        ("escalate", Move("escalate")),
        ("quit", Move("leave")),
    ],
)
def test_lines_are_moves(line: str, move: Move) -> None:
    """Each word does what the help says, short forms included."""
    assert move_of(line) == move


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("alarmz", "'alarmz' is no word here; `?` shows which there are; did you mean alarms?"),
        ("zzz", "'zzz' is no word here; `?` shows which there are"),
        ("look", "type a word; `?` shows which there are"),
        (
            "reboot-element Denver",
            "write `decide reboot-element …` to order it, `probe reboot-element …` to measure",
        ),
    ],
)
def test_other_words_are_told_what_would_be_right(line: str, says: str) -> None:
    """A line that is no move says so, and what is near it."""
    with pytest.raises(WrongMoveError) as wrong:
        move_of(line)
    assert wrong.value.plain == says


CANNOT = {
    "decide maybe": "say yes or no, as in `decide yes`",
    "hint": "there are no hints in this shift; start it with --hints",
    "probe otdr Denver~Kansas-City": "probes are sent while the cause is looked for, in task H",
    "topology": "name an object to look round, as in `topology Atlanta`",
    "topology Denvr": "there is no 'Denvr' in the network; did you mean Denver?",
    "runbook packet-los": (
        "the runbook has no 'packet-los'; `runbook` lists its pages; did you mean packet-loss?"
    ),
    "wait forever": "wait for a number of seconds from 1 to 900, as in `wait 60`",
    "look moon": "'moon' is no word here; `?` shows which there are",
}
"""What is typed at the page of a first incident, and what is answered."""


def test_what_cannot_be_done_is_told_and_asked_again() -> None:
    """A move that cannot be made costs nothing, and says what could be."""
    front = typed(*CANNOT)
    told = [line.strip() for line in front.shown if line.strip() in CANNOT.values()]
    assert told == list(CANNOT.values())
    assert len({sheet["now_s"] for sheet in front.sheets}) == 1


WRONG = {
    "G": {
        "decide radio": "name one domain of ip, optical, power, or unknown",
        "decide opticl": "name one domain of ip, optical, power, or unknown; did you mean optical?",
    },
    "H": {
        "approve": "there is nothing to approve: the system has no answer; `decide`",
        "reject": "there is nothing to reject: the system has no answer; `decide`",
        "decide Denver": (
            "name an object and a problem, as in `decide Atlanta>Houston packet-loss`; "
            "`runbook` lists the problems"
        ),
        "decide Denver broken": "there is no problem 'broken'; `runbook` lists them",
        "decide Denver packet-loss": (
            "packet-loss is a problem of a direction, and 'Denver' is none; "
            "did you mean Seattle>Denver?"
        ),
        "decide Denver>Seattle packet-loss 7": (
            "'7' is no probability; write a number up to 1, as in 0.8"
        ),
        "probe ping Denver": "the probes are measure-link (link), otdr (link), check-process ",
        "probe measure-link": "measure-link is sent to a link, and '' is none; did you mean ",
    },
    "I": {
        "decide 99": "there is no option 99; ",
        "decide": "name an option by its number, `none`, or a command and an object",
        "decide explode Denver": "'explode' is no command that changes anything",
        "decide reboot-element Denvr": (
            "reboot-element is sent to an element, and 'Denvr' is none; did you mean Denver?"
        ),
        "decide steer-services Denver": (
            "what steer-services needs is worked out by planning; take an option"
        ),
        "decide set-link-cost Denver~Seattle 0": (
            "'0' is no metric; write a number from 1 to 65535"
        ),
    },
}
"""What is typed at the first work of a task, and what is answered."""


def test_wrong_answers_are_told_what_would_be_right() -> None:
    """Each task re-asks with what an answer looks like."""
    left = {task: list(lines) for task, lines in WRONG.items()}
    front = Typist(lambda _sheet: None)

    def hear() -> str | None:
        sheet = front._sheet
        if left.get(sheet["work"]["task"]):
            return left[sheet["work"]["task"]].pop(0)
        move = RULES["plays-well"](sheet) if any(left.values()) else None
        return words_of(move) if isinstance(move, Move) else None

    front._terminal = Terminal(front._say, hear)
    work(shift(hints=True), front)
    told = [sheet["wrong"] for sheet in front.sheets if sheet["wrong"]]
    expected = [says for lines in WRONG.values() for says in lines.values()]
    assert len(told) == len(expected)
    assert [a[: len(b)] for a, b in zip(told, expected, strict=True)] == expected


def test_a_question_mark_shows_every_word() -> None:
    """Help costs nothing and names all there is, and what it costs."""
    front = typed("?", "?")
    words = [line.strip() for line in front.shown]
    assert all(any(line.startswith(word) for line in words) for word in HELP if word != "hint")
    assert not any(line.startswith("hint ") and "says more" in line for line in words)
    assert len({sheet["now_s"] for sheet in front.sheets}) == 1


def test_the_briefing_says_who_does_what() -> None:
    """Network, level, desks, table and clocks stand at the beginning."""
    shown = "\n".join(typed().shown)
    assert "topozoo/Abilene   11 elements" in shown
    assert "level L2." in shown
    assert "  K  Carry out            the system" in shown
    assert "  H  Find the cause       people" in shown
    assert "detect within 1:00, locate within 3:00, restore within 5:00" in shown


def test_hints_say_more_each_time_and_then_no_more() -> None:
    """Three grades, then none; each is on the record."""
    shown = typed("hint", "hint", "hint", "hint", hints=True).shown
    assert sum(line.startswith("   hint: ") for line in shown) == 3
    assert "   there is no further hint to this piece of work" in shown


def test_blank_lines_and_remarks_are_passed_over() -> None:
    """A script may be laid out and explain itself."""
    front = typed("", "# look first", "alarms")
    assert [sheet["wrong"] for sheet in front.sheets] == ["", ""]
