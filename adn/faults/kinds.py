"""Fault kinds are data: a target type, impairments of conditions, and a datasheet.

Built-in kinds (`catalogue/*.yml`) and kinds that a scenario defines are read by the same models.
Nothing here names a symptom or a remedy's effect: symptoms follow from the impaired condition, and
a fault ends when the parts its impairments sit on are renewed. The lists of symptoms and remedies
in a datasheet are documentation, which the admission audit checks by trying them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from adn.base.clock import Millis
from adn.twin.properties import Part, Unit

TargetType = Literal["duct", "link", "direction", "element", "card", "feed"]


class Model(BaseModel):
    """Strict, immutable base of the models below."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Constant(Model):
    """Full strength from onset on."""

    shape: Literal["constant"] = "constant"


class Ramp(Model):
    """Grows linearly from nothing to full strength."""

    shape: Literal["ramp"]
    over: Annotated[Millis, Field(gt=0)]
    steps: Annotated[int, Field(ge=1, le=1000)] = 60


class Intermittent(Model):
    """Full strength for `on`, nothing for `off`, and again; both are exponential means."""

    shape: Literal["intermittent"]
    on: Annotated[Millis, Field(gt=0)]
    off: Annotated[Millis, Field(gt=0)]


Course = Annotated[Constant | Ramp | Intermittent, Field(discriminator="shape")]


class ImpairmentSpec(Model):
    """One condition that the fault changes.

    Attributes:
        property: Key of `adn.twin.properties.PROPERTIES`.
        op: ``set`` the condition to the value, ``add`` to it, or ``scale`` it.
        value: In the property's unit, or the name of a parameter as ``$name``.
        of: Which objects, seen from the target: itself; for a link its two directions; for an
            element its links or the directions it sends or receives in; for a duct or a card its
            links.
        part: The part that bears it, if not the property's own.
        course: How its strength runs in time.
    """

    property: str
    op: Literal["set", "add", "scale"] = "set"
    value: float | str
    of: Literal["target", "directions", "links", "sending", "receiving"] = "target"
    part: Part | None = None
    course: Course = Constant()


class Parameter(Model):
    """A number that a scenario may choose, within limits."""

    default: float
    low: float
    high: float
    unit: Unit
    says: str
    source: str


class Rate(Model):
    """How often the kind occurs, where that is published."""

    value: float
    unit: str
    source: str


class FaultKind(Model):
    """One kind of fault and its datasheet.

    Attributes:
        name: As scenarios call it.
        says: One sentence.
        target: Type of the object it strikes.
        problem: Public problem class of the right answer (scoring only).
        domain: Domain of the right demarcation (scoring only).
        impairments: What it changes.
        parameters: What a scenario may choose in ``with:``.
        rate: Published occurrence, if any.
        observability: What is expected to be seen; documentation, tried by the audit.
        mitigated_by: Commands expected to restore service; documentation, tried by the audit.
        repaired_by: Commands expected to end it; documentation, tried by the audit.
        grey: Whether element state stays healthy, so that state checks must miss it.
    """

    name: str
    says: str
    target: TargetType
    problem: str
    domain: str
    impairments: tuple[ImpairmentSpec, ...] = Field(min_length=1)
    parameters: Mapping[str, Parameter] = {}
    rate: Rate | None = None
    observability: str = ""
    mitigated_by: tuple[str, ...] = ()
    repaired_by: tuple[str, ...] = ()
    grey: bool = False


@cache
def built_in_kinds() -> Mapping[str, FaultKind]:
    """Return the kinds shipped in `catalogue/`, by name, sorted."""
    import yaml

    kinds: dict[str, FaultKind] = {}
    folder = resources.files("adn.faults").joinpath("catalogue")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yml"):
            kind = FaultKind.model_validate(yaml.safe_load(entry.read_text(encoding="utf-8")))
            kinds[kind.name] = kind
    return dict(sorted(kinds.items()))
