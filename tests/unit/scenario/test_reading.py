"""Reading a scenario keeps its meaning, its places, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.errors import ScenarioError
from adn.scenario import read
from adn.scenario.reader import LoadedScenario, read_text

HERE = Path(__file__).parent
BASE = (HERE / "base.yml").read_text(encoding="utf-8")


def loaded(text: str = BASE, folder: Path = HERE) -> LoadedScenario:
    return read_text(text, "base.yml", folder)


def test_values_arrive_in_fixed_units() -> None:
    scenario = loaded().scenario
    assert scenario.clock.duration == 7_200_000
    assert scenario.clock.starts == (18 * 60 + 30) * 60_000
    assert scenario.topology.total_demand == 100e9
    assert scenario.services[0].sla.latency == 60.0
    assert scenario.services[0].sla.loss == 0.005


def test_a_fault_has_its_kind_and_a_value_for_every_parameter() -> None:
    first, second = loaded().faults
    assert (first.kind.name, first.params) == ("link-down", {})
    assert (second.kind.name, second.params) == ("silent-loss", {"share": 0.03})
    default = loaded(BASE.replace(", with: {share: 3%}", "")).faults[1]
    assert default.params == {"share": default.kind.parameters["share"].default}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("adn: 1\n", "# a remark\n\nadn:    1   # another\n"),
        ("duration: 2h, warmup: 15min", "warmup: 900s, duration: 120min"),
        ("title: A small scenario\n", 'title: "A small scenario"\n'),
        ("adn: 1\nname: small\n", "name: small\nadn: 1\n"),
        ("\n", "\r\n"),
        ("faults:\n", "traffic: {profile: flat}\nfaults:\n"),
    ],
)
def test_the_digest_does_not_see_how_a_scenario_is_written(old: str, new: str) -> None:
    assert loaded(BASE.replace(old, new), Path("/elsewhere")).digest == loaded().digest


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "marked.yml").write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert read(str(tmp_path / "marked.yml")).digest == loaded().digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("duration: 2h", "duration: 3h"),
        ("version: 3", "version: 4"),
        ("share: 3%", "share: 4%"),
        ("at: 45min", "at: 46min"),
        ("Denver~Kansas-City", "Denver~Seattle"),
        ("faults:\n", "traffic: {profile: evening}\nfaults:\n"),
    ],
)
def test_the_digest_sees_what_a_scenario_means(old: str, new: str) -> None:
    assert loaded(BASE.replace(old, new)).digest != loaded().digest


def test_the_digest_sees_the_network_file(tmp_path: Path) -> None:
    text = BASE.replace("source: topohub:topozoo/Abilene", "file: net.graphml")
    digests = set()
    for content in ("<graphml/>", "<graphml></graphml>"):
        (tmp_path / "net.graphml").write_text(content)
        digests.add(loaded(text, tmp_path).digest)
    assert len(digests) == 2


def test_timings_that_rest_on_assumptions_are_counted() -> None:
    assert loaded().scenario.assumed_timings() == 3
    cited = "telemetry: {delay: {dist: fixed, value: 1s, source: A study}}\nfaults:\n"
    assert loaded(BASE.replace("faults:\n", cited)).scenario.assumed_timings() == 2
    drawn = "at: {dist: uniform, low: 45min, high: 50min, source: assumption}"
    assert loaded(BASE.replace("at: 45min", drawn)).scenario.assumed_timings() == 4


def test_a_late_error_still_points_at_its_line() -> None:
    scenario = loaded()
    finding = scenario.finding(("faults", 1, "with", "share"), "SCN018", "too much")
    assert str(finding) == (
        "base.yml:11:82: SCN018 too much\n"
        "   11 |   - {kind: silent-loss, at: 50min, target: {direction: {pick: 1}}, "
        "with: {share: 3%}}\n"
        f"{' ' * 89}^^"
    )
    key = scenario.finding(("faults", 1, "with"), "SCN018", "why", key=True)
    assert key.at is not None
    assert (key.at.line, key.at.column, key.width) == (11, 68, 4)
    around = scenario.finding(("faults", 1, "operator"), "SCN018", "none")
    assert around.at is not None
    assert (around.at.line, around.at.column) == (11, 5)


def test_a_name_of_the_library_is_a_path_without_suffix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scale").mkdir()
    (tmp_path / "scale" / "big.yml").write_text(BASE)
    monkeypatch.setenv("ADN_SCENARIO_PATH", str(tmp_path))
    assert read("scale/big").digest == loaded().digest
    with pytest.raises(ScenarioError, match="did you mean 'scale/big'"):
        read("scale/bag")


def test_a_folder_does_not_hide_a_scenario_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "small.yml").write_text(BASE)
    (tmp_path / "small").mkdir()
    monkeypatch.setenv("ADN_SCENARIO_PATH", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)
    assert read("small").scenario.name == "small"


@pytest.mark.parametrize("name", ["", "..", "a\0b.yml", "x" * 5000 + ".yml", "/", "\n", "../x"])
def test_a_strange_name_is_refused_like_any_other(name: str) -> None:
    with pytest.raises(ScenarioError):
        read(name)


def test_a_kind_made_of_data_is_the_same_as_a_built_in_one() -> None:
    own = BASE + (
        "kinds:\n"
        "  - name: silent-loss-too\n"
        "    says: One direction of a link quietly drops a share of its packets; "
        "no counter shows it.\n"
        "    target: direction\n"
        "    problem: packet-loss\n"
        "    grey: true\n"
        "    impairments: [{property: direction.loss, value: $share}]\n"
        "    parameters:\n"
        "      share: {default: 3%, low: 0.01%, high: 100%, unit: ratio,\n"
        "              says: share of the packets dropped, source: assumption}\n"
        "    observability: Loss on services that cross the direction, and on no others; "
        "no alarm.\n"
        "    mitigated_by: [set-link-cost, steer-services]\n"
        "    repaired_by: [replace-transceiver]\n"
    )
    kinds = loaded(own).kinds
    built_in = kinds["silent-loss"].model_copy(update={"name": "silent-loss-too"})
    assert kinds["silent-loss-too"] == built_in


def test_the_courses_of_a_kind_keep_their_times() -> None:
    own = BASE + (
        "kinds:\n"
        "  - name: oozing-port\n"
        "    says: A port oozes.\n"
        "    target: link\n"
        "    problem: link-down\n"
        "    impairments:\n"
        "      - {property: direction.delay, of: directions, op: add, value: 5ms,\n"
        "         course: {shape: ramp, over: 10min, steps: 5}}\n"
        "      - {property: link.port-fault, value: true,\n"
        "         course: {shape: intermittent, on: 10s, off: 1min}}\n"
        "      - {property: direction.capacity, of: directions, op: scale, value: 0.5}\n"
    )
    delay, port, capacity = loaded(own).kinds["oozing-port"].impairments
    assert (delay.value, delay.op, delay.of) == (5.0, "add", "directions")
    assert delay.course.model_dump() == {"shape": "ramp", "over": 600_000, "steps": 5}
    assert port.value == 1.0
    assert port.course.model_dump() == {"shape": "intermittent", "on": 10_000, "off": 60_000}
    assert (capacity.value, capacity.op) == (0.5, "scale")
