"""Alarms with the fields and words of ITU-T X.733."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adn.base.clock import Millis


class EventType(StrEnum):
    """X.733 event types."""

    COMMUNICATIONS = "communicationsAlarm"
    QUALITY_OF_SERVICE = "qualityOfServiceAlarm"
    PROCESSING_ERROR = "processingErrorAlarm"
    EQUIPMENT = "equipmentAlarm"
    ENVIRONMENTAL = "environmentalAlarm"


class Severity(StrEnum):
    """X.733 perceived severities."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"
    CLEARED = "cleared"


class ProbableCause(StrEnum):
    """X.733 probable causes that this product raises."""

    LOSS_OF_SIGNAL = "lossOfSignal"
    DEGRADED_SIGNAL = "degradedSignal"
    LOSS_OF_REDUNDANCY = "lossOfRedundancy"
    """Of ITU-T M.3100, which adds to the causes of X.733."""
    CLIENT_FAILURE = "remoteNodeTransmissionError"
    ADJACENCY_DOWN = "communicationsSubsystemFailure"
    THRESHOLD_CROSSED = "thresholdCrossed"
    SOFTWARE_ERROR = "softwareProgramAbnormallyTerminated"
    POWER_PROBLEM = "powerProblem"
    EQUIPMENT_FAULT = "equipmentMalfunction"
    TABLE_FULL = "resourceAtOrNearingCapacity"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm notification; a clear repeats the raise's `alarm_id` with severity *cleared*.

    Attributes:
        notification_id: Number of this notification; a duplicate repeats it.
        alarm_id: The alarm this raises or clears, such as ``ALM-000031``.
        managed_object: The direction (a port at its sending element), link, element or card.
            Always the object concerned, whoever reports it.
        reported_by: The element that raised it.
        event_type: X.733 event type.
        probable_cause: X.733 probable cause.
        perceived_severity: X.733 severity; *cleared* for a clear.
        event_time: The element's own clock, simulated ms (clocks are skewed).
        specific_problem: Free text naming the condition.
        additional_text: Free text.
    """

    notification_id: int
    alarm_id: str
    managed_object: str
    reported_by: str
    event_type: EventType
    probable_cause: ProbableCause
    perceived_severity: Severity
    event_time: Millis
    specific_problem: str = ""
    additional_text: str = ""

    @property
    def is_clear(self) -> bool:
        """Whether this ends an earlier raise."""
        return self.perceived_severity is Severity.CLEARED
