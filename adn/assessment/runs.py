"""Results of runs as they are stored, read into values that can be counted.

Nothing is assessed that is not understood: a missing key, a task or a subject of another name, a
run that is there twice, or one name for two scenarios is refused, all findings at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adn.assessment.criteria import LEVELS, Conduct
from adn.base.errors import AssessmentError, Finding, Position
from adn.base.levels import Task
from adn.scoring.assess import Subject

SUBJECTS: Final[Mapping[str | None, Subject | None]] = {
    "P": Subject.PERSON,
    "P/S": Subject.SHARED,
    "S": Subject.SYSTEM,
    None: None,
}
NAMES: Final[Mapping[Subject | None, str]] = {value: str(key) for key, value in SUBJECTS.items()}
MOST_FINDINGS: Final = 20
_KEYS: Final = ("scenario_digest", "domain", "card", "tasks", "broken")
_CARD: Final = ("faults", "actions", "wrong_actions", "false_incidents", "conduct", "intent")


@dataclass(frozen=True, slots=True)
class Instance:
    """One task of one fault or incident, as a run's evidence has it."""

    task: Task
    fault: str
    kind: str
    fault_domain: str
    incident: str
    conduct: Conduct


@dataclass(frozen=True, slots=True)
class RunResult:
    """One run.

    Attributes:
        case: Name of the scenario in the suite.
        agent: Who ran the network.
        claimed: The level that was claimed; for showing only.
        seed: The seed.
        digest: Digest of the scenario.
        domain: Domain of the network.
        held_out: Kinds of fault that the scenario defines itself.
        inapplicable: Tasks that cannot apply, as declared before the run; why, where it is known.
        card: The scorecard.
        instances: The evidence, without that of inapplicable tasks.
        broken: Why the chain of evidence is broken; empty if it is whole.
    """

    case: str
    agent: str
    claimed: str
    seed: int
    digest: str
    domain: str
    held_out: frozenset[str]
    inapplicable: Mapping[Task, str]
    card: Mapping[str, Any]
    instances: tuple[Instance, ...]
    broken: tuple[str, ...]

    @property
    def name(self) -> str:
        """How reports call it."""
        return f"{self.case} seed {self.seed}"

    @property
    def faults(self) -> Sequence[Mapping[str, Any]]:
        """The faults of its scorecard."""
        found: Sequence[Mapping[str, Any]] = self.card["faults"]
        return found


def read_results(results: Iterable[Mapping[str, Any]]) -> tuple[RunResult, ...]:
    """Return the runs, by agent, claimed level, domain, case and seed.

    Runs with an approval time of their own are left out: they belong to a sensitivity sweep.

    Raises:
        AssessmentError: A result is not of its shape (``ASM002``), a run is there twice
            (``ASM001``), or one case stands for two scenarios (``ASM003``).
    """
    findings: list[Finding] = []
    runs: list[RunResult] = []
    for number, result in enumerate(results):
        try:
            if result["cell"].get("approval_s") is not None:
                continue
            runs.append(_run(result))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            findings.append(_misshapen(number, result, error))
    findings += _twice(runs)
    findings += _ambiguous(runs)
    if findings:
        raise AssessmentError(findings[:MOST_FINDINGS])
    return tuple(sorted(runs, key=lambda r: (r.agent, r.claimed, r.domain, r.case, r.seed)))


def _run(result: Mapping[str, Any]) -> RunResult:
    cell = result["cell"]
    for key in _KEYS:
        result[key]
    for key in _CARD:
        result["card"][key]
    if cell["level"] not in LEVELS:
        raise ValueError(f"level {cell['level']!r} is none of {', '.join(LEVELS)}")
    given = result.get("inapplicable", ())
    reasons = given if isinstance(given, Mapping) else dict.fromkeys(given, "")
    inapplicable = {Task(key): str(why) for key, why in sorted(reasons.items())}
    instances = (_instance(row) for row in result["tasks"])
    return RunResult(
        case=str(cell["case"]),
        agent=str(cell["agent"]),
        claimed=str(cell["level"]),
        seed=int(cell["seed"]),
        digest=str(result["scenario_digest"]),
        domain=str(result["domain"]),
        held_out=frozenset(result.get("held_out", ())),
        inapplicable=inapplicable,
        card=result["card"],
        instances=tuple(one for one in instances if one.task not in inapplicable),
        broken=tuple(str(why) for why in result["broken"]),
    )


def _instance(row: Mapping[str, Any]) -> Instance:
    if row["subject"] not in SUBJECTS:
        raise ValueError(f"subject {row['subject']!r} is none of P, P/S, S or nothing")
    for key in ("right", "in_time"):
        if row[key] not in (True, False, None):
            raise ValueError(f"{key} {row[key]!r} is none of true, false or nothing")
    return Instance(
        task=Task(row["task"]),
        fault=str(row["fault"]),
        kind=str(row["kind"]),
        fault_domain=str(row["fault_domain"]),
        incident=str(row["incident"]),
        conduct=Conduct(SUBJECTS[row["subject"]], row["right"], row["in_time"]),
    )


def _misshapen(number: int, result: Any, error: Exception) -> Finding:
    """Return what is wrong with the shape of a result."""
    cell = result.get("cell") if isinstance(result, Mapping) else None
    where = f"result {number + 1}"
    if isinstance(cell, Mapping) and {"case", "agent", "level", "seed"} <= cell.keys():
        where += f" ({cell['case']}/{cell['agent']}/{cell['level']}/seed-{cell['seed']})"
    what = f"lacks {error}" if isinstance(error, KeyError) else f"is not of its shape: {error}"
    return Finding(
        "ASM002", f"this result {what}; give results as `adn bench` stores them", Position(where)
    )


def _twice(runs: Iterable[RunResult]) -> Iterator[Finding]:
    """Yield a finding for each run that is there more than once."""
    seen: set[tuple[str, ...]] = set()
    for run in runs:
        key = (run.case, run.agent, run.claimed, str(run.seed))
        if key in seen:
            name = f"{run.case}/{run.agent}/{run.claimed}/seed-{run.seed}"
            message = f"run {name} is given twice; a run counts once"
            yield Finding("ASM001", message)
        seen.add(key)


def _ambiguous(runs: Iterable[RunResult]) -> Iterator[Finding]:
    """Yield a finding for each case that stands for more than one scenario."""
    first: dict[str, RunResult] = {}
    told: set[str] = set()
    for run in runs:
        other = first.setdefault(run.case, run)
        if (other.digest, other.domain) != (run.digest, run.domain) and run.case not in told:
            told.add(run.case)
            message = (
                f"case {run.case} stands for two scenarios: digest {other.digest} in "
                f"{other.domain}, digest {run.digest} in {run.domain}; assess them apart"
            )
            yield Finding("ASM003", message)
