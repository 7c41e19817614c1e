"""Classes of services as scenario files write them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from adn.scenario.mannerspec import JobEntry, SliceEntry
from adn.scenario.parts import Name, OrText, Part, Slug, contradiction
from adn.scenario.units import LatencyMs, Rate, Share
from adn.topology.elements import Transport


class SlaEntry(Part):
    """What a service is promised."""

    latency: LatencyMs = Field(description="One-way latency limit.")
    loss: Share = Field(description="Largest share of its traffic that may be lost.")
    availability: Share = Field(0.999, description="Promised share of time within both limits.")


class EndsEntry(Part):
    """Where services of a class begin or end: one element, groups of servers, all of a kind."""

    role: Slug | None = Field(None, description="Groups of servers of this role; of any.")
    site: Slug | None = Field(None, description="What stands at this site; at any.")
    kind: Slug | None = Field(
        None, description="Elements of this kind, such as `branch`, instead of groups of servers."
    )
    element: Name | None = Field(None, description="Id of the one element, alone.")

    @model_validator(mode="after")
    def _someone(self) -> EndsEntry:
        groups = [name for name in ("role", "site", "kind") if getattr(self, name) is not None]
        if self.element is None and not groups:
            raise contradiction("whose? write role, site, kind, or element", code="SCN015")
        if self.kind is not None and self.role is not None:
            raise contradiction(
                "groups of servers have a role, and elements a kind; drop one of the two", "kind"
            )
        if self.element is not None and groups:
            raise contradiction(
                f"'element' names the one end, so '{groups[0]}' has nothing to choose; drop one",
                groups[0],
            )
        return self


def _by_id(value: Any) -> Any:
    return {"element": value} if isinstance(value, str) else value


_Ends = Annotated[EndsEntry, BeforeValidator(_by_id), OrText("an element's id")]


class ServiceClass(Part):
    """A class of services: a share of every demand, or traffic between chosen elements."""

    kind: Slug = Field(description="Name of the class; service ids begin with it.")
    share: Share | None = Field(
        None, description="Share of the demand of each pair of elements; or `from`, `to`, `demand`."
    )
    from_: _Ends | None = Field(
        None, alias="from", description="Where they begin; a plain text is an element's id."
    )
    to: _Ends | None = Field(None, description="Where they end.")
    demand: Rate | None = Field(None, description="Contracted peak of each, with `from` and `to`.")
    locality: Literal["any", "same", "other"] = Field(
        "any", description="Whether `from` and `to` are paired at the same site or at others."
    )
    sla: SlaEntry = Field(description="What each is promised.")
    flow_groups: int = Field(16, ge=1, le=64, description="Groups its flows are hashed in.")
    customers: int = Field(
        1, ge=1, le=10**9, description="Customers of a mean service; of each with `from` and `to`."
    )
    elastic: bool = Field(False, description="Whether it may be slowed for the sake of others.")
    transport: Transport = Field(
        "udp",
        description="How it is sent: `udp` whatever happens; `tcp` slows down when packets are "
        "lost; `roce` sends again all that is on the way, and pauses in a lossless fabric.",
    )
    connections: int | None = Field(
        None,
        ge=1,
        le=10**7,
        description="Concurrent connections of each, with `tcp` or `roce`; as many as customers, "
        "and at least one a flow group.",
    )
    segment: int | None = Field(
        None, ge=64, le=9000, description="Payload of a packet, bytes; tcp 1460, roce 1024."
    )
    job: JobEntry | None = Field(None, description="The training job it is part of, with `roce`.")
    slice: SliceEntry | None = Field(None, description="The part of every line that it uses.")
    pairs: int | None = Field(
        None,
        ge=1,
        le=10**7,
        description="Only so many pairs: the largest demands, or in turns so that all take part; "
        "all.",
    )

    @model_validator(mode="after")
    def _of_its_transport(self) -> ServiceClass:
        if self.job is not None and self.transport != "roce":
            raise contradiction("a training job is sent with transport: roce", "job")
        if self.transport == "udp":
            for name in ("connections", "segment"):
                if getattr(self, name) is not None:
                    raise contradiction(
                        f"'{name}' is of those who answer to loss; write transport: tcp", name
                    )
        return self

    @model_validator(mode="after")
    def _one_form(self) -> ServiceClass:
        keys = {"from": self.from_, "to": self.to, "demand": self.demand}
        given = [name for name, value in keys.items() if value is not None]
        if self.share is not None and (given or self.locality != "any"):
            other = given[0] if given else "locality"
            raise contradiction(
                f"'share' is of every demand, '{other}' of chosen elements; keep one form", other
            )
        if self.share is None and len(given) < len(keys):
            lacks = [f"'{name}'" for name in keys if name not in given]
            message = (
                f"beside '{given[0]}' it needs {' and '.join(lacks)}"
                if given
                else ("which traffic? write share, or from, to and demand")
            )
            raise contradiction(message, code="SCN015")
        return self
