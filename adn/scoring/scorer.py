"""From the logs of a run to its scorecard: pure, repeatable, and without a simulator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from adn.base.records import Record
from adn.scoring.actions import actions, wrong_actions
from adn.scoring.alarms import alarm_counts
from adn.scoring.assess import level_lived
from adn.scoring.disturbances import ticket_counts
from adn.scoring.incidents import incidents_of
from adn.scoring.log import RunLog, as_logged, read_run
from adn.scoring.pairing import pairing_of
from adn.scoring.people import people_time
from adn.scoring.scorecard import Scorecard, fault_scores, share_found
from adn.scoring.service import service_time
from adn.scoring.truth import faults_of


def score(folder: Path) -> Scorecard:
    """Return the scorecard of a run folder, from its two logs and its manifest.

    Raises:
        RunFolderError: The folder cannot be read, or its logs are not whole.
    """
    return score_log(read_run(folder))


def score_records(
    events: Iterable[Record], truth: Iterable[Record], manifest: Mapping[str, Any]
) -> Scorecard:
    """Return the scorecard of a run that is still in memory; equal to that of its folder.

    Args:
        events: Everything logged publicly, in order.
        truth: Everything logged in secret, in order, up to ``truth.sealed``.
        manifest: Needs ``scenario``, ``level``, ``seed``, ``digest``, ``timings_assumed`` and
            ``simulated_s``; ``targets`` may override 1-3-5.
    """
    return score_log(RunLog(manifest, as_logged(events), as_logged(truth)))


def score_log(log: RunLog) -> Scorecard:
    """Return the scorecard of a log."""
    faults, incidents = faults_of(log), incidents_of(log)
    pairing = pairing_of(log)
    scores = fault_scores(log, faults, pairing)
    manifest = log.manifest
    return Scorecard(
        scenario=manifest["scenario"],
        level=str(manifest["level"]),
        seed=manifest["seed"],
        digest=manifest["digest"],
        faults=scores,
        incidents=len(incidents),
        false_incidents=len(pairing.false),
        duplicates=len(pairing.duplicates),
        incidents_on_disturbances=len(pairing.explained),
        actions=len(actions(log)),
        wrong_actions=len(wrong_actions(log)),
        found=share_found(scores),
        people=people_time(log),
        service=service_time(log),
        alarms=alarm_counts(log),
        tickets=ticket_counts(log, (fault.id for fault in faults)),
        level_lived=level_lived(log).value,
        timings_assumed=manifest["timings_assumed"],
        simulated_s=float(manifest["simulated_s"]),
    )
