"""GraphML is read as the Topology Zoo writes it, and a file that is none hurts nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.graphml import MOST_BYTES, read_graphml

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" attr.type="string" for="node" id="d0" />
  <key attr.name="Latitude" attr.type="double" for="node" id="d1" />
  <key attr.name="Longitude" attr.type="double" for="node" id="d2" />
  <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d3" />
  <key attr.name="label" attr.type="string" for="graph" id="d4" />
"""
SMALL = (
    HEAD
    + """  <graph edgedefault="undirected"><data key="d4">Small</data>
    <node id="0"><data key="d0">Köln</data><data key="d1">50.94</data><data key="d2">6.96</data>
    </node>
    <node id="1"><data key="d0">Bonn</data><data key="d1">50.73</data><data key="d2">7.1</data>
    </node>
    <node id="2" />
    <edge source="0" target="1"><data key="d3">10000000000.0</data></edge>
    <edge source="0" target="1" />
    <edge source="1" target="2" />
    <edge source="2" target="2" />
  </graph>
</graphml>
"""
)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "net.graphml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def complaint(path: Path) -> str:
    with pytest.raises(TopologyError) as refused:
        read_graphml(path)
    text = str(refused.value)
    assert text.startswith(str(path))
    return text.removeprefix(str(path)).removesuffix("\n1 error")


def test_labels_coordinates_speeds_and_parallel_links_are_kept(tmp_path: Path) -> None:
    raw = read_graphml(written(tmp_path, SMALL))
    assert raw.name == "Small"
    assert [node.name for node in raw.nodes] == ["Köln", "Bonn", "node-2"]
    assert (raw.nodes[0].latitude, raw.nodes[2].latitude) == (50.94, None)
    assert [(edge.a, edge.z) for edge in raw.edges] == [(0, 1), (0, 1), (1, 2), (2, 2)]
    assert sorted(edge.capacity_bps or 0 for edge in raw.edges) == [0, 0, 0, 1e10]


def test_both_ways_of_a_directed_graph_are_one_link(tmp_path: Path) -> None:
    text = HEAD + (
        '<graph edgedefault="directed"><node id="a"/><node id="b"/><node id="c"/>'
        '<edge source="a" target="b"/><edge source="b" target="a"/><edge source="c" target="b"/>'
        "</graph></graphml>"
    )
    raw = read_graphml(written(tmp_path, text))
    assert [(edge.a, edge.z) for edge in raw.edges] == [(0, 1), (2, 1)]


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    text = SMALL.replace("utf-8", "utf-16").encode("utf-16")
    assert len(read_graphml(written(tmp_path, text)).nodes) == 3


BOMB = '<!DOCTYPE g [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><graphml>&b;</graphml>'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ": TOP025 is empty; it must be a GraphML document"),
        (b" \n ", ": TOP025 is empty; it must be a GraphML document"),
        (b"nodes: 3\n", ":1:1: TOP025 not XML: syntax error"),
        (bytes(range(256)), ":1:1: TOP025 not XML: not well-formed (invalid token)"),
        (SMALL[: SMALL.index("</graphml>")], ":19:1: TOP025 not XML: no element found"),
        (BOMB, ": TOP024 has a document type (DTD); take it out, it is not needed"),
        (
            BOMB.encode("utf-16"),
            ": TOP024 has a document type (DTD); take it out, it is not needed",
        ),
        (
            "<?xml version='1.0' encoding='klingon'?><graphml/>",
            ": TOP025 not XML: unknown encoding: klingon",
        ),
        (
            "<html/>",
            ": TOP025 is not a GraphML document: file not successfully read as graphml",
        ),
        (
            HEAD + '<graph edgedefault="undirected"/></graphml>',
            ": TOP026 holds no nodes; a network needs at least one",
        ),
        (
            "<a>" * 101,
            ": TOP023 has over 500,000 tags or nests them over 100 deep",
        ),
        (
            "<graphml>" + "<a/>" * 500_000 + "</graphml>",
            ": TOP023 has over 500,000 tags or nests them over 100 deep",
        ),
        (b"<graphml>" + b" " * MOST_BYTES, ": TOP023 is larger than 20 MB"),
    ],
    ids=["empty", "blank", "yaml", "binary", "cut off", "bomb", "bomb in utf-16", "odd encoding",
         "html", "no nodes", "deep", "many", "huge"],
)  # fmt: skip
def test_what_is_no_network_is_refused_by_name(
    tmp_path: Path, content: str | bytes, text: str
) -> None:
    assert complaint(written(tmp_path, content)) == text


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert complaint(tmp_path) == ": TOP022 is a folder; name a GraphML file in it"
    assert complaint(tmp_path / "none.graphml") == ": TOP022 does not exist"
    assert complaint(Path("/dev/null")) == ": TOP022 is not a regular file"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(SMALL)), cut=st.integers(0, 40), new=st.binary(max_size=12))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(
    tmp_path: Path, at: int, cut: int, new: bytes
) -> None:
    content = SMALL.encode()
    path = written(tmp_path, content[:at] + new + content[at + cut :])
    complaints = []
    try:
        read_graphml(path)
    except TopologyError as refused:
        complaints.append(str(refused))
    assert all(text.startswith(str(path)) for text in complaints)
