"""A campaign: every run of a plan, each recorded as it is done, so that it can be killed any time.

Bounds are run first, for what they say of each fault is part of every other run of the same
scenario and seed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adn.base.errors import Finding, Position
from adn.bench import store
from adn.bench.cell import Cell
from adn.bench.codes import BenchError
from adn.bench.ledger import FILE, Ledger
from adn.bench.plan import Plan
from adn.bench.running import Result, Task, judged
from adn.bench.store import Stored
from adn.reference.agents import BOUND_LEVEL, BOUNDS, IDLE, ORACLE
from adn.reference.bounds import Bounds, code_digest
from adn.session.run import References
from adn.session.spreading import Engine, Spread

BEFORE: Final = ".before"
"""What the name of a campaign ends in that was moved aside for a new one; one is kept."""
TABLES: Final = "tables.json"

Told = Callable[[int, int, str], None]
"""Told of the runs that are recorded, of how many there will be, and of the last one's name."""


@dataclass(frozen=True)
class Campaign:
    """What a campaign left.

    Attributes:
        folder: Where.
        results: Of every planned cell, in the order of the plan.
        ran: How many of them were run now; the others were recorded before.
    """

    folder: Path
    results: tuple[Result, ...]
    ran: int


def run_campaign(
    plan: Plan,
    out: Path,
    engine: Engine | None = None,
    *,
    resume: bool = False,
    told: Told | None = None,
) -> Campaign:
    """Run what a plan asks for and is not recorded yet.

    Args:
        plan: What is to be run.
        out: Folder that campaigns lie under.
        engine: What does the work; None does it here.
        resume: Whether to go on with what is there; otherwise that is moved aside.
        told: Told of progress.

    Raises:
        BenchError: Another process is at it, what is there cannot be gone on with, or nothing can
            be written; what was recorded stays.
        AdnError: A scenario cannot be run as it stands.
        KeyboardInterrupt: It was interrupted; what was recorded stays.
    """
    folder = out / plan.suite.name
    with _alone(out, plan.suite.name):
        if not resume:
            _move_aside(folder)
        with _settled(folder):
            store.sweep(folder)
            recorded = {one.cell: one for one in store.stored(folder)}
            stamp = {"suite": plan.suite.own_digest, "code": code_digest()}
            _refuse_changes(plan, stamp, recorded, folder)
            with Ledger(folder / FILE) as ledger:
                facts = {**stamp, "name": plan.suite.name}
                ledger.settle(facts, plan.cells, list(recorded.values()))
                ran = _Runner(plan, folder, ledger, stamp, recorded, told).run(engine or Engine())
        return Campaign(folder, tuple(recorded[cell].result for cell in plan.cells), ran)


class _Runner:
    """Runs what is missing, and records it."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        ledger: Ledger,
        stamp: Mapping[str, str],
        recorded: dict[Cell, Stored],
        told: Told | None,
    ) -> None:
        self._plan, self._folder, self._ledger = plan, folder, ledger
        self._stamp, self._recorded = stamp, recorded
        self._told = told or (lambda *_: None)
        self._cases = {case.name: case for case in plan.cases}

    def run(self, engine: Engine) -> int:
        """Run everything that is missing; return how many runs that were."""
        missing = [cell for cell in self._plan.cells if cell not in self._recorded]
        self._told(len(self._recorded), len(self._plan.cells), "")
        if not missing:
            return 0
        code = self._stamp["code"] if engine.address else ""
        with engine.opened() as spread:
            self._bound([cell for cell in missing if cell.agent in BOUNDS], spread, code)
            verdicts = {
                (case.name, seed): self._verdicts(case.name, seed)
                for case in self._plan.cases
                for seed in self._plan.seeds
            }
            others = [
                self._task(cell, verdicts[cell.case, cell.seed], code)
                for cell in missing
                if cell.agent not in BOUNDS
            ]
            for task, done in spread(others):
                self._record(task.cell, done["result"], done["wall_s"])
        return len(missing)

    def _bound(self, cells: Sequence[Cell], spread: Spread, code: str) -> None:
        """Run bounds; each waits for its counterpart, whose verdict is part of both."""
        waiting: dict[tuple[str, int], dict[str, Any]] = {}
        for task, done in spread([self._task(cell, None, code) for cell in cells]):
            case, seed = task.cell.case, task.cell.seed
            held = waiting.setdefault((case, seed), {})
            held[task.cell.agent] = done
            cards = {name: one["result"]["card"] for name, one in held.items()}
            for name in BOUNDS:
                before = self._recorded.get(_bound(case, name, seed))
                if before is not None:
                    cards[name] = before.result["card"]
            if len(cards) < len(BOUNDS):
                continue
            verdicts = Bounds(cards[IDLE], cards[ORACLE]).verdicts
            for name in sorted(waiting.pop((case, seed))):
                cell = _bound(case, name, seed)
                self._record(cell, judged(held[name]["result"], verdicts), held[name]["wall_s"])

    def _verdicts(self, case: str, seed: int) -> References:
        cards = {name: self._recorded[_bound(case, name, seed)].result["card"] for name in BOUNDS}
        return Bounds(cards[IDLE], cards[ORACLE]).verdicts

    def _task(self, cell: Cell, verdicts: References | None, code: str) -> Task:
        loaded = self._cases[cell.case].loaded
        folder = Path(loaded.folder).absolute()
        return Task(cell, loaded.text, loaded.file, folder, verdicts, code)

    def _record(self, cell: Cell, result: Result, wall_s: float) -> None:
        """Put the file of a run in its place, then enter it."""
        one = store.write(self._folder, result, self._stamp)
        self._ledger.enter(one, wall_s)
        self._recorded[cell] = one
        self._told(len(self._recorded), len(self._plan.cells), cell.name)


def _bound(case: str, name: str, seed: int) -> Cell:
    return Cell(case, name, BOUND_LEVEL.value, seed)


def _refuse_changes(
    plan: Plan, stamp: Mapping[str, str], recorded: Mapping[Cell, Stored], folder: Path
) -> None:
    """Refuse to go on with a campaign that something else was, or that would lose runs.

    Raises:
        BenchError: Naming what has changed.
    """
    changed: list[str] = []
    if any(one.stamp.get("suite") != stamp["suite"] for one in recorded.values()):
        changed.append(f"the suite, {plan.suite.file}")
    for case in plan.suite.cases:
        runs = [one for one in recorded.values() if one.cell.case == case.name]
        if any(one.stamp.get("scenario") != case.loaded.digest for one in runs):
            changed.append(f"the scenario {case.name}, {case.loaded.file}")
    if any(one.stamp.get("code") != stamp["code"] for one in recorded.values()):
        changed.append("the code of adn")
    place = Position(str(folder))
    if changed:
        message = (
            f"{' and '.join(changed)} changed since {len(recorded)} runs were recorded; put back "
            f"what was, or begin anew without --resume"
        )
        raise BenchError(Finding("BEN010", message, place))
    strangers = sorted(cell.name for cell in recorded.keys() - set(plan.cells))
    if strangers:
        message = (
            f"{len(strangers)} recorded runs are not planned, such as {strangers[0]}; resume with "
            "levels, seeds and cases that hold them, or begin anew without --resume"
        )
        raise BenchError(Finding("BEN011", message, place))


def _move_aside(folder: Path) -> None:
    """Move a campaign that is there out of the way of a new one.

    Raises:
        BenchError: What is there is no campaign, or cannot be moved.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if not is_campaign(folder) and any(folder.iterdir() if folder.is_dir() else (folder,)):
        message = "this is no campaign, and will not be replaced"
        raise BenchError(Finding("BEN016", message, Position(str(folder))))
    aside = folder.with_name(folder.name + BEFORE)
    try:
        if aside.exists():
            shutil.rmtree(aside)
        folder.rename(aside)
    except OSError as error:
        raise store.unwritable(error, aside) from None


def is_campaign(folder: Path) -> bool:
    """Whether a folder holds a campaign, or what is left of one."""
    return (folder / FILE).exists() or (folder / store.RUNS).is_dir()


@contextmanager
def _settled(folder: Path) -> Iterator[None]:
    """See that a folder is there, and say so in a word where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store.unwritable(error, folder) from None
    yield


@contextmanager
def _alone(out: Path, name: str) -> Iterator[None]:
    """Keep every other process off a campaign; the lock ends with this process, however it ends.

    Raises:
        BenchError: Another process has it, or nothing can be written there.
    """
    path = out / f".{name}.lock"
    try:
        out.mkdir(parents=True, exist_ok=True)
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise store.unwritable(error, path) from None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = "another process runs this campaign; wait for it, or name another --out"
            raise BenchError(Finding("BEN012", message, Position(str(out / name)))) from None
        yield
    finally:
        os.close(held)


def write_tables(plan: Plan, campaign: Campaign) -> dict[str, Any]:
    """Return the tables of a campaign, and leave them in its folder, with a page that shows them.

    Raises:
        BenchError: They cannot be written.
    """
    from adn.bench.tables import tables_of
    from adn.report.bench import write_bench

    tables = tables_of(plan.as_json(), campaign.results)
    text = json.dumps(tables, indent=2, ensure_ascii=False, allow_nan=False)
    store.put(campaign.folder / TABLES, f"{text}\n".encode())
    write_bench(campaign.folder, tables)
    return tables
