"""A run can be done again from its folder alone, and its manifest cannot claim another run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adn.base.errors import RunFolderError
from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.scoring import score
from adn.session.replaying import replay
from adn.session.run import run_scenario
from adn.topology.files import write_graphml
from adn.topology.filling import build_network, fixed_stream
from adn.topology.specs import TopologySpec

SCENARIO = """\
adn: 1
name: by-file
version: 1
title: A network of one's own
clock: {duration: 12min, warmup: 4min}
topology: {file: nets/own.graphml}
faults: [{kind: link-down, at: 6min, target: {link: {pick: 1}}}]
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run whose scenario's network is a file, which is gone since."""
    home = tmp_path_factory.mktemp("home")
    (home / "nets").mkdir()
    network = build_network(TopologySpec("topohub:topozoo/Abilene"), fixed_stream())
    write_graphml(network, home / "nets" / "own.graphml")
    (home / "by-file.yml").write_text(SCENARIO, encoding="utf-8")
    run = run_scenario(read(str(home / "by-file.yml")), AutonomyLevel.L4, 3)
    folder = run.write(home / "runs")
    (home / "nets" / "own.graphml").unlink()
    return folder


def test_a_run_on_a_network_file_is_replayed_without_the_file(written: Path) -> None:
    outcome = replay(written)
    assert outcome.same, outcome.difference


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", 4), ("level", "L5"), ("scenario", "easier@1"), ("targets", {"detect_s": 600.0})],
)
def test_a_manifest_that_claims_another_run_is_refused(
    written: Path, tmp_path: Path, key: str, value: object
) -> None:
    copy = tmp_path / "run"
    copy.mkdir()
    for name in ("manifest.json", "events.jsonl", "truth.jsonl"):
        (copy / name).write_bytes((written / name).read_bytes())
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    was = manifest[key]
    manifest[key] = value
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(RunFolderError) as refused:
        score(copy)
    (finding,) = refused.value.findings
    assert finding.code == "RUN010"
    assert finding.message == f"{key} is {value!r}, but the run was sealed with {was!r}"
