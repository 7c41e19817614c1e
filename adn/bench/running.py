"""One run of a campaign, in plain values that any process on any machine can take and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from adn.base.clock import Millis, seconds
from adn.base.errors import AdnError, Finding
from adn.base.levels import AutonomyLevel
from adn.bench.cell import Cell
from adn.bench.codes import BenchError
from adn.reference.agents import lived
from adn.reference.bounds import code_digest
from adn.scenario.reader import LoadedScenario, read_text
from adn.scoring.log import RunLog, as_logged
from adn.scoring.outcome import outcome_of
from adn.session.run import References

_KEPT: Final = 8
"""So many scenarios a process keeps; cells come case by case, so few are ever in use."""

Result = Mapping[str, Any]
"""What is stored of one run."""


@dataclass(frozen=True, slots=True)
class Task:
    """A cell with all that is needed to run it.

    Attributes:
        cell: Which run.
        text: The scenario file's text.
        shown: Its name.
        folder: Its folder.
        verdicts: What the bounds say of each fault; None for the bounds themselves.
        code: Digest of the code that must run it; empty asks for none.
    """

    cell: Cell
    text: str
    shown: str
    folder: Path
    verdicts: References | None = None
    code: str = ""

    def perform(self) -> dict[str, Any]:
        """Run it, and return its result under ``result`` and what it cost under ``wall_s``."""
        if self.code and self.code != code_digest():
            message = "a worker of the cluster has another version of adn; install the same there"
            raise BenchError(Finding("BEN023", message))
        began = perf_counter()
        try:
            loaded = _loaded(self.text, self.shown, self.folder)
            result = result_of(self.cell, loaded, self.verdicts)
        except AdnError:
            raise
        except Exception as error:
            message = f"{type(error).__name__} in {self.cell.name}: {error}"
            raise RuntimeError(message) from error
        return {"result": result, "wall_s": round(perf_counter() - began, 3)}


def result_of(cell: Cell, loaded: LoadedScenario, verdicts: References | None) -> dict[str, Any]:
    """Return what is stored of one run.

    Args:
        cell: Which run.
        loaded: Its scenario.
        verdicts: What the bounds say of each fault; None for the bounds themselves.

    Raises:
        AdnError: The scenario cannot be run as it stands.
    """
    approval: Millis | None = None if cell.approval_s is None else round(cell.approval_s * 1000)
    level = AutonomyLevel(cell.level)
    run = lived(loaded, cell.agent, level, cell.seed, verdicts, approval)
    manifest, scenario = run.manifest, loaded.scenario
    outcome = outcome_of(RunLog(manifest, as_logged(run.log.events), as_logged(run.log.truths)))
    return {
        "cell": cell.as_json(),
        "scenario": f"{scenario.name}@{scenario.version}",
        "scenario_digest": loaded.digest,
        "domain": scenario.of_domain,
        "elements": manifest["network"]["elements"],
        "held_out": sorted(kind.name for kind in scenario.kinds),
        "inapplicable": sorted(task.value for task in scenario.inapplicable),
        "targets": {
            "detect_s": seconds(scenario.targets.detect),
            "locate_s": seconds(scenario.targets.locate),
            "restore_s": seconds(scenario.targets.restore),
        },
        "simulated_s": seconds(scenario.clock.duration),
        "card": outcome["card"],
        "tasks": outcome["tasks"],
        "broken": outcome["broken"],
    }


def judged(result: Result, verdicts: References) -> dict[str, Any]:
    """Return the result of a bound with the verdicts that it takes both bounds to know."""
    card = result["card"]
    faults = [{**fault, **verdicts.get(fault["id"], {})} for fault in card["faults"]]
    return {**result, "card": {**card, "faults": faults}}


@lru_cache(maxsize=_KEPT)
def _loaded(text: str, shown: str, folder: Path) -> LoadedScenario:
    return read_text(text, shown, folder)
