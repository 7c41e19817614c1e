"""Services between groups: all groups take part, and every pair is one of those meant."""

from __future__ import annotations

import pytest
from fabrics import SLA, fabric
from hypothesis import given
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.filling import build_network, fixed_stream
from adn.topology.pairing import Member, paired_services, pairs
from adn.topology.specs import Ends, PairedServiceSpec, TopologySpec

MEMBERS = [
    Member(f"{site}-{role}-{number}", site, role)
    for site in ("north", "south")
    for role, count in (("web", 2), ("app", 3))
    for number in range(1, count + 1)
] + [Member("branches"), Member("north-spine-1", "north")]


def ids(source: Ends, target: Ends, **terms: object) -> list[str]:
    spec = PairedServiceSpec("x", source, target, 1e9, SLA, **terms)
    return [f"{row.a}>{row.z}" for row in paired_services([spec], MEMBERS)[0]]


@given(st.integers(1, 9), st.integers(1, 9))
def test_every_pair_comes_once_and_everyone_has_a_turn_first(few: int, many: int) -> None:
    left = [Member(f"a{i}") for i in range(few)]
    right = [Member(f"z{i}") for i in range(many)]
    found = list(pairs(left, right))
    assert len(found) == len(set(found)) == few * many
    first = found[: max(few, many)]
    assert {a for a, _ in first} == {row.id for row in left}
    assert {z for _, z in first} == {row.id for row in right}
    assert (
        list(pairs(right, left, "same")) == [(z, a) for a, z in found] or few == many
    )  # what stands nowhere is near to all


def test_nobody_is_paired_with_itself() -> None:
    one = [Member("a"), Member("b")]
    assert list(pairs(one, one)) == [("b", "a"), ("a", "b")]


def test_ids_are_of_kind_and_ends_and_terms_are_those_of_the_class() -> None:
    spec = PairedServiceSpec(
        "claims", Ends("web", "north"), Ends("app"), 2e9, SLA, 1, "same", 32, 70, elastic=True
    )
    (service,), (rule,) = paired_services([spec], MEMBERS)
    assert service.id == "claims:north-web-1>north-app-1"
    assert (service.kind, service.demand_bps, service.sla) == ("claims", 2e9, SLA)
    assert (service.customers, service.flow_groups, service.elastic) == (70, 32, True)
    assert (rule.what, rule.count) == ("services", 1)


def test_locality_keeps_pairs_at_a_site_or_across() -> None:
    same = ids(Ends("web"), Ends("app"), locality="same", pairs=4)
    assert same == [
        "north-web-1>north-app-1", "south-web-1>south-app-1",
        "north-web-2>north-app-2", "south-web-2>south-app-2",
    ]  # fmt: skip
    other = ids(Ends("web"), Ends("app"), locality="other")
    assert len(other) == 12
    assert all(("north-web" in name) == ("south-app" in name) for name in other)
    assert len(ids(Ends("web"), Ends("app"))) == 24


def test_ends_are_one_element_or_groups_by_role_and_site() -> None:
    assert ids(Ends(element="branches"), Ends(role="web", site="south")) == [
        "branches>south-web-1", "branches>south-web-2",
    ]  # fmt: skip
    assert ids(Ends(site="south"), Ends(element="north-spine-1"), pairs=2) == [
        "south-web-1>north-spine-1", "south-web-2>north-spine-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "locality", "message"),
    [
        (Ends("wbe"), Ends("app"), "any",
         "services 'x' go from role 'wbe', which no group of servers has"),
        (Ends("web"), Ends("app", "nroth"), "any",
         "services 'x' go to site 'nroth', which no group of servers has"),
        (Ends(element="internet"), Ends("app"), "any",
         "services 'x' go from element 'internet', which does not exist"),
        (Ends("web", "north"), Ends("app", "south"), "same",
         "services 'x' have no two elements at the same site to join"),
        (Ends(element="branches"), Ends(element="branches"), "any",
         "services 'x' have no two elements to join"),
    ],
)  # fmt: skip
def test_ends_that_are_not_there_are_named(
    source: Ends, target: Ends, locality: str, message: str
) -> None:
    with pytest.raises(TopologyError) as refused:
        ids(source, target, locality=locality)
    (finding,) = refused.value.findings
    assert (finding.code, finding.message) == ("TOP037", message)


def test_a_role_that_a_site_lacks_is_named() -> None:
    members = [Member("n", "north", "web"), Member("s", "south", "app")]
    spec = PairedServiceSpec("x", Ends("web", "south"), Ends("app"), 1e9, SLA)
    with pytest.raises(TopologyError, match="groups of role 'web' at site 'south'; there are none"):
        paired_services([spec], members)


def test_too_many_services_are_refused() -> None:
    many = [Member(f"a{i}", "s", "app") for i in range(500)]
    spec = PairedServiceSpec("x", Ends("app"), Ends("app"), 1e9, SLA)
    with pytest.raises(TopologyError, match="TOP035 that makes more than 200,000 services"):
        paired_services([spec], many)


def test_any_network_can_have_services_between_named_elements() -> None:
    spec = PairedServiceSpec("x", Ends(element="Denver"), Ends(element="Seattle"), 3e9, SLA)
    network = build_network(TopologySpec("topohub:topozoo/Abilene", paired=(spec,)), fixed_stream())
    assert network.services.ids == ("x:Denver>Seattle",)
    assert network.demand_bps.tolist() == [3e9]


def test_a_fabric_replicates_between_sites() -> None:
    spec = PairedServiceSpec("replica", Ends("db", "north"), Ends("db", "south"), 3e9, SLA)
    assert fabric(spec).services.ids == (
        "replica:north-db-1>south-db-1", "replica:north-db-1>south-db-2",
        "replica:north-db-2>south-db-1", "replica:north-db-2>south-db-2",
    )  # fmt: skip
