"""The wire: everything that crosses comes back as it was, and nothing else comes in."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.base.records import Record
from adn.base.streams import Key
from adn.closedloop.control import Closeness, Limits, Written
from adn.closedloop.controller import Briefing
from adn.closedloop.people.roster import OperationsPlan
from adn.northbound import wire
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult, PlanNotice
from adn.northbound.inventory import Inventory
from adn.northbound.post import (
    Candidates,
    MaintenanceNotice,
    RollUp,
    SeriesReply,
    SeriesRequest,
    Ticket,
    WatchList,
)
from adn.northbound.telemetry import Roster
from adn.topology.elements import (
    Assumption,
    Card,
    Duct,
    Link,
    NetworkElement,
    NetworkRows,
    PowerFeed,
    Service,
    Site,
    Sla,
)

FLOATS = st.floats(allow_nan=True, allow_infinity=True)
FREE = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FREE_MAPS = st.dictionaries(st.text(max_size=6), FREE, max_size=3)
ARRAYS = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=4), elements=st.floats(width=32)
)
for kind in (Command, Record, CommandResult):
    names = {f.name for f in dataclasses.fields(kind)} & {"params", "ref", "data", "measurement"}
    st.register_type_strategy(
        kind,
        st.builds(kind, at=st.integers(), **dict.fromkeys(names, FREE_MAPS))
        if kind is Record
        else st.builds(kind, **dict.fromkeys(names, FREE_MAPS)),
    )
st.register_type_strategy(RollUp, st.builds(RollUp, mean=ARRAYS, peak=ARRAYS))

OBSERVATIONS = (
    Roster,
    Alarm,
    Candidates,
    RollUp,
    SeriesReply,
    CommandResult,
    Ticket,
    MaintenanceNotice,
)
MESSAGES = (Command, PlanNotice, SeriesRequest, WatchList, Record)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the bit, NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and one.tobytes() == other.tobytes()
    if dataclasses.is_dataclass(one):
        fields = dataclasses.fields(one)
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)


@settings(max_examples=120, deadline=None)
@given(st.one_of([st.from_type(kind) for kind in OBSERVATIONS]))
def test_every_observation_comes_back_as_it_was(value: Any) -> None:
    assert same(wire.decode_observation(wire.encode(value)), value)


@settings(max_examples=120, deadline=None)
@given(st.one_of([st.from_type(kind) for kind in MESSAGES]))
def test_every_message_comes_back_as_it_was(value: Any) -> None:
    assert same(wire.decode_message(wire.encode(value)), value)


def test_a_briefing_comes_back_as_it_was() -> None:
    rows = NetworkRows(
        name="two",
        sites=(Site("here", 1.5, -2.0),),
        elements=(
            NetworkElement("A", site="here", feeds=("feed:here/A",)),
            NetworkElement("B", "servers", transit=False),
        ),
        ducts=(Duct("duct:A~B", 12.5),),
        links=(Link("A~B", "A", "B", 1e10, 12.5, 7, ("duct:A~B",), card_a="A/card-1"),),
        feeds=(PowerFeed("feed:here/A", "here"),),
        cards=(Card("A/card-1", "A"),),
        services=(Service("s", "voice", "A", "B", 1e6, Sla(10.0, 0.001), elastic=True),),
        assumptions=(Assumption("demand", "one each", 1),),
    )
    key = Key.root(7).child("loop")
    plan = LevelPlan.by_domain({"ip": AutonomyLevel.L4}, AutonomyLevel.L3)
    written = Written(
        watch={"service.loss": Closeness(z=9.5)},
        limits={"voice": Limits(loss=0.02)},
        permitted=("steer-services",),
    )
    briefing = Briefing(
        Inventory(rows, "A"), plan, key, 600_000, 3_600_000, OperationsPlan(), written
    )
    text = json.dumps(wire.to_json(briefing))
    assert wire.from_json(Briefing, json.loads(text)) == briefing


def test_arrays_come_in_read_only_and_own_their_memory() -> None:
    values = np.array([[1.0, np.nan]], dtype=np.float32)
    sent = RollUp(0, 1, "service", ("loss",), values, values, 1.0)
    back = wire.decode_observation(wire.encode(sent))
    assert isinstance(back, RollUp)
    assert back.mean.base is None
    assert not back.mean.flags.writeable


GOOD = json.loads(wire.encode(SeriesRequest("ASK-1", (("service", "s", "loss"),), 3)))
ROLL = json.loads(
    wire.encode(
        RollUp(
            0, 1, "service", ("x",), np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32), 1.0
        )
    )
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[1]", "line: [1] is no object"),
        ("[" * 100_000, "not JSON"),
        ('{"type": "Series"}', "line: 'Series' is no type that may cross this way"),
        (json.dumps({**GOOD, "more": 1}), "SeriesRequest: fields missing or unknown: more"),
        (
            json.dumps({**GOOD, "samples": "3"}),
            "SeriesRequest.samples: '3' is no int",
        ),
        (json.dumps({**GOOD, "samples": True}), "SeriesRequest.samples: True is no int"),
        (
            json.dumps({**GOOD, "series": [["cloud", "s", "loss"]]}),
            "SeriesRequest.series[0][0]: 'cloud' is none of service, direction, link, element",
        ),
        (
            json.dumps({**GOOD, "series": [["service", "s"]]}),
            "SeriesRequest.series[0]: 2 items, not 3",
        ),
        (json.dumps({**GOOD, "series": {}}), "SeriesRequest.series: {} is no list"),
        ('{"type": NaN}', "NaN is not JSON; non-finite numbers cross as text"),
    ],
)
def test_a_malformed_message_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(says)):
        wire.decode_message(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mean": {"shape": [1, 3], "float32": ROLL["mean"]["float32"]}}, "8 bytes do not fill"),
        ({"mean": {"shape": [-1, -2], "float32": ROLL["mean"]["float32"]}}, "8 bytes do not fill"),
        ({"mean": {"shape": [1, 2], "float32": "!!"}}, "not base64"),
        ({"mean": {"shape": [1, 2]}}, "an array has a shape and float32, nothing else"),
        ({"complete": "all"}, "RollUp.complete: 'all' is no number"),
        ({"complete": {"$float": "huge"}}, "is no number"),
    ],
)
def test_a_malformed_array_or_number_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        wire.decode_observation(json.dumps(ROLL | change))


def test_an_observation_is_no_message() -> None:
    """What may go up may not come down."""
    with pytest.raises(ValueError, match="'Roster' is no type that may cross this way"):
        wire.decode_message(wire.encode(Roster("service", ())))


def test_objects_of_other_types_do_not_cross() -> None:
    with pytest.raises(TypeError, match="object does not cross the wire"):
        wire.to_json(object())
    with pytest.raises(TypeError, match="only float32 arrays cross, not float64"):
        wire.to_json(np.zeros(2))


def test_a_key_must_be_a_key() -> None:
    with pytest.raises(ValueError, match="value: not a key"):
        wire.from_json(Key, "zz")
