"""How a class of services is sent, as scenario files write it: transport, job, slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field, model_validator

from adn.scenario.parts import Part, Slug, contradiction
from adn.scenario.units import PositiveDuration, Share
from adn.topology.elements import PLAIN, Manner, Slice

if TYPE_CHECKING:
    from adn.scenario.servicespec import ServiceClass

MOST_RESERVED: Final = 0.9
"""Share of every line that hard slices may have together."""


class JobEntry(Part):
    """A training job: in each of its steps every flow waits for the slowest."""

    name: Slug = Field(description="Name of the job; all classes that name it are part of it.")
    step: PositiveDuration = Field(10_000, description="Length of a step in good order.")


class SliceEntry(Part):
    """A part of every line that services have to themselves or share by weight."""

    name: Slug = Field(description="Name of the slice; all classes that name it share it.")
    kind: Literal["hard", "soft"] = Field(
        "soft", description="`hard` is a pipe of fixed rate, `soft` a weight in a common line."
    )
    share: Share | None = Field(None, description="Share of every line that a hard slice is.")
    weight: float = Field(
        1.0, gt=0, le=1000, description="Weight of a soft slice; what is in no slice has 1."
    )

    @model_validator(mode="after")
    def _of_its_kind(self) -> SliceEntry:
        if self.kind == "hard" and not self.share:
            raise contradiction("how hard? a hard slice has a share of every line", code="SCN015")
        if self.kind == "soft" and self.share is not None:
            raise contradiction("a soft slice has a weight, and a hard one a share", "share")
        if self.kind == "hard" and "weight" in self.model_fields_set:
            raise contradiction("a hard slice has a share, and a soft one a weight", "weight")
        return self


def manner(service: ServiceClass) -> Manner:
    """Return how services of a class are sent."""
    job, part = service.job, service.slice
    found = Manner(
        transport=service.transport,
        connections=service.connections or 0,
        segment_bytes=service.segment or 0,
        job=job.name if job else "",
        step_ms=int(job.step) if job else 0,
        slice=Slice(part.name, part.share or 0.0, part.weight) if part else Slice(),
    )
    return PLAIN if found == PLAIN else found


def refuse_disagreement(services: Sequence[ServiceClass]) -> None:
    """Refuse classes of services that say different things of one slice or one job.

    Raises:
        PydanticCustomError: Two disagree, or hard slices leave too little of a line.
    """
    slices: dict[str, SliceEntry] = {}
    jobs: dict[str, JobEntry] = {}
    for number, service in enumerate(services):
        if service.slice is not None:
            _same(slices, service.slice.name, service.slice, number, "slice")
        if service.job is not None:
            _same(jobs, service.job.name, service.job, number, "job")
    reserved = sum(entry.share or 0.0 for entry in slices.values())
    if reserved > MOST_RESERVED:
        raise contradiction(
            f"hard slices are {reserved:.0%} of every line; leave 10% to the rest", "services"
        )


def _same(known: dict[str, Any], name: str, entry: Part, number: int, what: str) -> None:
    if known.setdefault(name, entry) != entry:
        raise contradiction(
            f"{what} '{name}' was said to be otherwise before; say the same wherever it is named",
            "services",
            number,
            what,
        )
