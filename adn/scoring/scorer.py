"""From the logs of a run to its scorecard: pure, repeatable, and without a simulator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adn.base.records import Record
from adn.scoring.actions import actions, wrong_actions
from adn.scoring.alarms import alarm_counts
from adn.scoring.assess import level_lived
from adn.scoring.authorship import authorship_of
from adn.scoring.closure import closure_of
from adn.scoring.conduct import conduct_of
from adn.scoring.disturbances import ticket_counts
from adn.scoring.healing import first_time_right, self_healing
from adn.scoring.incidents import incidents_of
from adn.scoring.log import RunLog, as_logged, read_run
from adn.scoring.people import people_time
from adn.scoring.scorecard import Scorecard, share_found
from adn.scoring.service import service_time
from adn.scoring.tasks import TaskInstance, instances_of
from adn.scoring.tasks.judging import Judging


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
    judging = Judging.of(log)
    return score_judged(judging, instances_of(judging))


def score_judged(judging: Judging, rows: Sequence[TaskInstance]) -> Scorecard:
    """Return the scorecard of a run of which everything has been looked up.

    Args:
        judging: The run.
        rows: Its task instances.
    """
    log, pairing, manifest = judging.log, judging.pairing, judging.log.manifest
    scores = tuple(
        replace(
            score,
            first_time_right=first_time_right(judging, score.fault),
            self_healing=self_healing(judging, score.fault, rows),
        )
        for score in judging.scores.values()
    )
    return Scorecard(
        scenario=manifest["scenario"],
        level=str(manifest["level"]),
        seed=manifest["seed"],
        digest=manifest["digest"],
        faults=scores,
        incidents=len(incidents_of(log)),
        false_incidents=len(pairing.false),
        duplicates=len(pairing.duplicates),
        incidents_on_disturbances=len(pairing.explained),
        actions=len(actions(log)),
        wrong_actions=len(wrong_actions(log)),
        found=share_found(scores),
        people=people_time(log),
        service=service_time(log),
        alarms=alarm_counts(log),
        tickets=ticket_counts(log, judging.faults),
        conduct=conduct_of(judging).as_json(),
        closure=closure_of(judging).as_json(),
        intent=authorship_of(log).as_json(),
        level_lived=level_lived(log).value,
        timings_assumed=manifest["timings_assumed"],
        simulated_s=float(manifest["simulated_s"]),
        natural=manifest.get("natural"),
    )
