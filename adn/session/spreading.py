"""Work spread over processes or a cluster: the same results wherever it is done, and a clean end.

One machine is served by joblib's loky. A cluster is served by Dask's or Ray's own futures and not
by joblib's backends for them: that for Ray cannot hand over results one by one, and that for Dask
waits for ever when a worker is lost.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeVar

from adn.base.errors import AdnError, Finding

EngineName = Literal["loky", "dask", "ray"]
ENGINES: Final[tuple[EngineName, ...]] = ("loky", "dask", "ray")
AHEAD: Final = 2
"""So many tasks a worker are handed out ahead, so that none waits for the next."""
_WATCH: Final = 1.0
"""Seconds between two looks of a worker for whether its parent still lives."""


class Job(Protocol):
    """Something that can be handed to another process and done there."""

    def perform(self) -> Any:
        """Do it, and return what came of it."""
        ...


Work = TypeVar("Work", bound=Job)
Spread = Callable[[Sequence[Any]], Iterator[tuple[Any, Any]]]
"""Takes tasks, and yields each with what came of it as they are done, in any order."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What does the work.

    Attributes:
        name: ``loky`` for this machine, ``dask`` or ``ray`` for a cluster.
        jobs: Processes on this machine; a cluster that has an address brings its own.
        address: Where the cluster is; None makes a local one.
    """

    name: EngineName = "loky"
    jobs: int = 1
    address: str | None = None

    @contextmanager
    def opened(self) -> Iterator[Spread]:
        """Yield what spreads tasks and yields each with what came of it, as they are done.

        The order is any; a task's own error ends everything.

        Raises:
            AdnError: A task raised it, a process was ended from outside, or the cluster cannot be
                reached or used.
            KeyboardInterrupt: The user has had enough; processes at work here are ended.
        """
        if self.name == "loky":
            yield lambda tasks: spread(tasks, self.jobs)
            return
        from adn.session.clusters import cluster

        with cluster(self.name, self.jobs, self.address) as stream:
            yield stream


def spread(tasks: Sequence[Work], jobs: int) -> Iterator[tuple[Work, Any]]:
    """Yield each task with what came of it, as they are done on this machine.

    Args:
        tasks: What is to be done; independent of each other.
        jobs: How many processes to use; 1 does everything here.

    Raises:
        AdnError: A task raised it (the first that did), or a process was ended from outside.
        KeyboardInterrupt: The user has had enough; processes that were at work are ended.
    """
    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            yield task, task.perform()
        return
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    workers = min(jobs, len(tasks))
    with parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
        parallel = Parallel(
            return_as="generator_unordered",
            pre_dispatch=AHEAD * workers,
            max_nbytes=None,
            initializer=_begin,
            initargs=(os.getpid(),),
        )
    with _deaf_to_ctrl_c():
        done = parallel(delayed(attempt)(number, task) for number, task in enumerate(tasks))
    try:
        for number, outcome in done:
            yield tasks[number], settled(outcome)
    except BrokenProcessPool:
        raise lost_process() from None
    except BaseException:
        _end_workers()
        raise
    finally:
        done.close()


def attempt(number: int, task: Job) -> tuple[int, Any]:
    """Do a task in a worker; an error of the user's comes back as a value, to be raised there."""
    try:
        return number, task.perform()
    except AdnError as error:
        return number, Failed(type(error), error.findings)


@dataclass(frozen=True, slots=True)
class Failed:
    """The error that a task raised elsewhere."""

    kind: type[AdnError]
    findings: tuple[Finding, ...]


def settled(outcome: Any) -> Any:
    """Return what came of a task, or raise what it raised."""
    if isinstance(outcome, Failed):
        raise outcome.kind(outcome.findings)
    return outcome


def lost_process() -> AdnError:
    """Return the error of work whose process is gone."""
    message = "a process that ran part of this was ended from outside; was memory short?"
    return AdnError(Finding("RUN025", message))


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let processes that are started meanwhile be born deaf to Ctrl-C.

    One that is interrupted while it is still importing would print a traceback of its own. What is
    ignored at birth is ignored for good, until the process says otherwise.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(parent: int) -> None:
    """Leave Ctrl-C to the parent, end when it says that it is over, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process soon after its parent was killed; idle ones would linger for minutes."""
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(_WATCH)
    os._exit(1)


def _end_workers() -> None:
    """End the processes that are at work on what nobody waits for any more."""
    from joblib.externals.loky import get_reusable_executor

    with suppress(Exception):
        get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
