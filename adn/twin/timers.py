"""Timers of the control plane, and what is configured of it besides."""

from __future__ import annotations

from dataclasses import dataclass

from adn.base.clock import SECOND, Millis


@dataclass(frozen=True, slots=True)
class Timers:
    """How long the steps of the control plane take.

    Orders of magnitude of link-state convergence follow Francois, Filsfils, Evans and Bonaventure,
    "Achieving sub-second IGP convergence in large IP networks", CCR 35(3), 2005, defaults of the
    back-off RFC 8405 (both from memory, unverified); each value is a parameter, counted as an
    assumption.

    Attributes:
        light_low: Least time from loss of light to the routing daemon being told.
        light_high: Most.
        carrier_down: How long light must be lost besides, before the interface goes down.
        carrier_up: How long it must be back before the interface comes up.
        hold: Silence after which a neighbour is given up (ISO 10589: three hellos of 10 s).
        liveness: Three missed liveness packets of 300 ms (RFC 5880 detection time).
        up_low: Least time from an interface being up to a new adjacency.
        up_high: Most.
        originate: From noticing to sending the link-state packet.
        hop: Processing of a flooded packet per hop.
        spf_initial: Wait before a computation after quiet (RFC 8405, INITIAL_SPF_DELAY).
        spf_short: The same while news of one event keeps arriving (SHORT_SPF_DELAY).
        spf_long: The same once it has kept arriving for long (LONG_SPF_DELAY).
        spf_learn: How long news may take to be that of one event (TIME_TO_LEARN_INTERVAL).
        spf_holddown: Quiet after which all is forgotten (HOLDDOWN_INTERVAL).
        spf_compute: The computation.
        fib_base: Fixed part of downloading a table.
        fib_prefix_us: Per-prefix part, microseconds.
        prefixes: Prefixes per element of the network.
        repair: From noticing to sending over a repair path (RFC 5714: within 50 ms).
    """

    light_low: Millis = 15
    light_high: Millis = 60
    carrier_down: Millis = 0
    carrier_up: Millis = 0
    hold: Millis = 30 * SECOND
    liveness: Millis = 900
    up_low: Millis = 2 * SECOND
    up_high: Millis = 5 * SECOND
    originate: Millis = 12
    hop: Millis = 5
    spf_initial: Millis = 50
    spf_short: Millis = 200
    spf_long: Millis = 5 * SECOND
    spf_learn: Millis = 500
    spf_holddown: Millis = 10 * SECOND
    spf_compute: Millis = 10
    fib_base: Millis = 40
    fib_prefix_us: int = 120
    prefixes: int = 30
    repair: Millis = 25

    ASSUMED = 18


@dataclass(frozen=True, slots=True)
class Damping:
    """How interfaces that flap are held down: an exponentially decaying penalty.

    The scheme is that of RFC 2439 for routes, applied to interfaces; the defaults are those that
    vendors print for it (from memory, unverified).

    Attributes:
        penalty: What each loss of carrier adds.
        suppress: Penalty above which the interface is held down.
        reuse: Penalty below which it is let up again.
        half_life: Time in which the penalty halves.
        longest: Most that it is held down after the last loss.
    """

    penalty: float = 1000.0
    suppress: float = 2000.0
    reuse: float = 1000.0
    half_life: Millis = 5 * SECOND
    longest: Millis = 20 * SECOND


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is configured of the control plane besides its timers.

    Attributes:
        fast_reroute: Whether elements send over precomputed repair paths until they have new
            tables.
        damping: How flapping interfaces are held down, if they are.
    """

    fast_reroute: bool = False
    damping: Damping | None = None
