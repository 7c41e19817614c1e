"""The curriculum: every drill is whole, leads on, and gives nothing away."""

from __future__ import annotations

import pytest
import yaml

from adn.base.errors import AdnError
from adn.base.levels import AutonomyLevel
from adn.faults.kinds import built_in_kinds
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.scenario import read
from adn.training.curriculum import after_drill, drills, next_drill, read_drill

WHOLE = {
    "title": {"en": "A drill"},
    "scenario": "short/wan-cut",
    "level": "L2",
    "seed": 1,
    "seats": ["front-office"],
    "order": 1,
    "goals": [{"en": "Learn"}],
    "briefing": {"en": "Begin."},
    "hints": {"H": {"en": "Look."}},
    "debrief": [{"en": "So it was."}],
    "rated": ["H"],
    "next": {"otherwise": "first-alarm"},
}


def errors_of(text: str) -> list[str]:
    """Return what is wrong with a drill, without its place."""
    with pytest.raises(AdnError) as wrong:
        read_drill("mine", text)
    return [f"{one.code} {one.message}" for one in wrong.value.findings]


def test_there_is_a_course() -> None:
    """At least eight drills, of several levels, in an order without ties."""
    course = list(drills().values())
    assert len(course) >= 8
    assert len({row.level for row in course}) >= 4
    assert [row.order for row in course] == sorted({row.order for row in course})


@pytest.mark.parametrize("name", list(drills()))
def test_a_drill_can_be_worked(name: str) -> None:
    """Its scenario is in the library and reads; its texts are there; it is rated for something."""
    drill = drills()[name]
    assert read(drill.scenario).scenario.name
    assert drill.goals
    assert drill.seats
    assert drill.rated
    assert "otherwise" in drill.next


@pytest.mark.parametrize("name", list(drills()))
def test_a_drill_gives_nothing_away(name: str) -> None:
    """What is said before the shift names no kind of fault that operations do not know."""
    drill = drills()[name]
    before = [drill.name, *drill.title.values(), *drill.briefing.values()]
    before += [text for goal in drill.goals for text in goal.values()]
    before += [text for hint in drill.hints.values() for text in hint.values()]
    told, public = " ".join(before), {*PROBLEM_CLASSES, *command_kinds()}
    secret = [kind for kind in built_in_kinds() if kind not in public]
    scenario = read(drill.scenario).scenario
    assert [word for word in (*secret, scenario.name, scenario.title) if word in told] == []


def test_weak_spots_lead_to_their_drill_and_success_leads_on() -> None:
    """What was weak decides; whoever was weak at nothing gets the next of the course."""
    first = drills()["first-alarm"]
    weak = {"kind": "task", "name": "H", "called": "Find the cause", "points": 10.0}
    coming = next_drill(first, weak)
    assert coming is not None
    assert coming.name == first.next["H"]
    other = next_drill(first, {**weak, "name": "V"})
    assert other is not None
    assert other.name == first.next["otherwise"]
    assert next_drill(first, None) == list(drills().values())[1]
    assert next_drill(list(drills().values())[-1], None) is None
    assert after_drill(first, {"weakest": weak})["next"] == coming.name


def test_texts_may_be_translated() -> None:
    """A text in another language is taken where it is there."""
    text = yaml.safe_dump({**WHOLE, "title": {"en": "A drill", "zh": "演练"}})
    drill = read_drill("mine", text)
    assert after_drill(drill, {"weakest": None}, "zh")["title"] == "演练"
    assert after_drill(drill, {"weakest": None}, "zh")["notes"] == ["So it was."]


def test_a_whole_drill_reads() -> None:
    """The one that the refusals below depart from is right."""
    assert read_drill("mine", yaml.safe_dump(WHOLE)).level is AutonomyLevel.L2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"level": "L7"}, "level: there is no level L7; there are L0 to L5"),
        ({"seed": "one"}, "seed: write a whole number"),
        ({"title": "A drill"}, "title: write a text by language, with en, as in {en: …}"),
        ({"goals": [{"zh": "学"}]}, "goals: write a text by language, with en, as in {en: …}"),
        ({"hints": {"Z": {"en": "?"}}}, "hints: there is no task Z"),
        (
            {"seats": ["roof"]},
            "seats: write a list of desks, as in [front-office, back-office]",
        ),
        (
            {"next": {"Z": "first-alarm"}},
            (
                "next: 'Z' is neither clock nor task; there are detect, locate, restore, A, B, C, "
                "D, E, F, G, H, I, J, K, V, otherwise"
            ),
        ),
    ],
)
def test_a_wrong_drill_is_told_what_would_be_right(change: dict[str, object], says: str) -> None:
    """Values that are none are refused with what would be."""
    assert errors_of(yaml.safe_dump({**WHOLE, **change})) == [f"TRN010 {says}"]


def test_keys_that_lack_and_that_nobody_knows_are_told_together() -> None:
    """All findings at once, each in one line."""
    body = {key: value for key, value in WHOLE.items() if key != "seed"} | {"sead": 1}
    found = errors_of(yaml.safe_dump(body))
    assert found == ["TRN010 the drill lacks seed", "TRN010 the drill has sead, which no drill has"]
    assert errors_of("a: [") == ["TRN010 this is no YAML"]
