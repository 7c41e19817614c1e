"""Runs spread over processes: the same results whatever their number, and a clean end on Ctrl-C."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

from adn.base.errors import AdnError, Finding


class Job(Protocol):
    """Something that can be handed to another process and done there."""

    def perform(self) -> Any:
        """Do it, and return what came of it."""
        ...


Work = TypeVar("Work", bound=Job)


def spread(tasks: Sequence[Work], jobs: int) -> Iterator[tuple[Work, Any]]:
    """Yield each task with what came of it, as they are done.

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
    # A fresh interpreter each: a forked copy of one with threads may hang.
    context = multiprocessing.get_context("spawn")
    workers = min(jobs, len(tasks))
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    try:
        waiting: dict[Future[Any], Work] = {pool.submit(_perform, task): task for task in tasks}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda one: tasks.index(waiting[one])):
                yield waiting.pop(future), future.result()
    except BrokenProcessPool:
        message = "a process that ran part of this was ended from outside; was memory short?"
        raise AdnError(Finding("RUN025", message)) from None
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the parent, and tidy up when it says that it is over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def _perform(task: Job) -> Any:
    return task.perform()
