"""Networks come from topohub by listed names only, and nothing else gets near a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from adn.base.errors import TopologyError
from adn.topology.sources import load_topology, topohub_names


def complaint(source: str) -> str:
    with pytest.raises(TopologyError) as refused:
        load_topology(source)
    return str(refused.value)


def test_abilene_is_read_as_topohub_has_it() -> None:
    raw = load_topology("topohub:topozoo/Abilene")
    assert (len(raw.nodes), len(raw.edges), raw.demands) == (11, 14, {})
    first = raw.edges[0]
    assert {raw.nodes[first.a].name, raw.nodes[first.z].name} == {"New York", "Chicago"}
    assert first.length_km == 1146.16
    assert (raw.nodes[first.a].latitude, raw.nodes[first.a].longitude) == (40.71, -74.01)


def test_demands_come_along_whatever_type_the_node_ids_have() -> None:
    raw = load_topology("topohub:sndlib/germany50")
    assert (len(raw.nodes), len(raw.edges), len(raw.demands)) == (50, 88, 662)
    assert all(a != z and volume > 0 for (a, z), volume in raw.demands.items())


def test_the_installed_collection_is_listed() -> None:
    names = topohub_names()
    assert {"topozoo/Abilene", "sndlib/germany50", "gabriel/10/0"} <= set(names)
    assert list(names) == sorted(names)


def test_a_misspelt_network_is_refused_with_close_names() -> None:
    assert complaint("topohub:topozoo/Abilen") == (
        "TOP021 topohub has no network 'Abilen' among the 203 of set 'topozoo'; "
        "close to it are topohub:topozoo/Abilene, topohub:topozoo/Ilan\n"
        "   did you mean 'topohub:topozoo/Abilene'?\n1 error"
    )


def test_a_misspelt_set_is_refused_with_the_sets_there_are() -> None:
    text = complaint("topohub:topozo/Abilene")
    assert text.startswith(
        "TOP021 topohub has no set 'topozo'; it has backbone, caida, gabriel, sndlib, topozoo"
    )
    assert "did you mean 'topohub:topozoo/Abilene'?" in text


@pytest.mark.parametrize(
    "key",
    ["../../../../etc/passwd", "topozoo/../sndlib/germany50", "/etc/hosts", "", "topozoo",
     "sndlib/", "topozoo/Abilene.json", "TOPOZOO/Abilene", "topozoo/Abilene\0"],
)  # fmt: skip
def test_no_key_but_a_listed_one_reaches_a_path(key: str) -> None:
    assert complaint(f"topohub:{key}").startswith("TOP021 ")


def test_an_unknown_form_of_source_says_which_forms_there_are() -> None:
    assert complaint("Abilene") == (
        "TOP020 unknown topology source 'Abilene'; write topohub:<set>/<name> or a .graphml file\n"
        "   did you mean 'topohub:sndlib/abilene'?\n1 error"
    )


def test_a_relative_file_is_looked_up_from_the_base_folder(tmp_path: Path) -> None:
    with pytest.raises(TopologyError) as refused:
        load_topology("net.graphml", tmp_path)
    assert str(refused.value) == f"{tmp_path}/net.graphml: TOP022 does not exist\n1 error"
