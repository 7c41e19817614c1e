"""Who is to blame for an outage that passes: whoever last set routing going, begun or not."""

from __future__ import annotations

from adn.base.clock import MINUTE, Millis
from adn.faults.kinds import FaultKind, ImpairmentSpec, Ramp, built_in_kinds
from adn.testing.trial import Trial, plan_fault, quiet_world, ring

AT: Millis = 5 * MINUTE


def test_a_fault_that_was_mended_is_not_blamed_for_what_a_growing_one_then_does() -> None:
    """Light fades for two minutes and is lost just after another line was mended."""
    course = Ramp(shape="ramp", over=4 * MINUTE, steps=4)
    fading = FaultKind(
        name="fading",
        says="For a test.",
        target="link",
        problem="link-down",
        domain="ip",
        impairments=(ImpairmentSpec(property="link.attenuation", value=30.0, course=course),),
    )
    planned = [
        plan_fault(fading, "n0~n1", AT),
        plan_fault(built_in_kinds()["link-down"], "n3~n4", AT + MINUTE, number=2),
    ]
    network = ring()
    world = quiet_world(network, scale=5.0)  # so much that packets that loop fill their line
    trial = Trial(network, world, planned=planned)
    trial.to(AT + MINUTE + MINUTE // 4)
    trial.do("reset-interface", "n3~n4")
    (mended,) = trial.truth("fault.cleared", "FLT-0002")
    dark = AT + 2 * MINUTE
    assert dark - MINUTE < mended.at < dark - MINUTE // 4
    trial.to(dark + MINUTE)
    blamed = {row.id for row in trial.truth("fault.impact") if row.data["out"] and row.at >= dark}
    assert blamed == {"FLT-0001"}
