"""Dask and Ray: clusters of their own, or local ones, that do what the processes of loky do.

Both are driven alike: a few tasks a worker are handed out ahead, and each that is done makes room
for the next, so that memory holds no more than what is under way.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from adn.base.errors import AdnError, Finding
from adn.session.spreading import AHEAD, Job, Spread, attempt, lost_process, settled

PATIENCE: Final = 5.0
"""Seconds until an address counts as unreachable."""
_PACKAGES: Final = {"dask": "distributed", "ray": "ray"}
_FORMS: Final = {"dask": "tcp://HOST:8786", "ray": "HOST:6379 or ray://HOST:10001"}
_ADDRESS: Final = re.compile(r"(?:[a-z]+://)?(?:\[([0-9a-fA-F:]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})/?")
_TURN: Final = threading.Lock()


@contextmanager
def cluster(name: str, jobs: int, address: str | None) -> Iterator[Spread]:
    """Yield what spreads tasks over a cluster; a local one is ended with it.

    Args:
        name: ``dask`` or ``ray``.
        jobs: Processes of a local cluster.
        address: Where a cluster is; None makes a local one.

    Raises:
        AdnError: The cluster's package is not installed, nothing answers at the address, or what
            answers cannot be used.
    """
    if find_spec(_PACKAGES[name]) is None:
        message = f"the package {_PACKAGES[name]} is not installed; pip install 'adn[cluster]'"
        raise AdnError(Finding("BEN020", message))
    if address is not None:
        _refuse_unreachable(name, address)
    with (_dask if name == "dask" else _ray)(jobs, address) as stream:
        yield stream


def _refuse_unreachable(name: str, address: str) -> None:
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match[3]) < 65536:
        message = f"'{address[:60]}' is no address of a cluster; write {_FORMS[name]}"
        raise AdnError(Finding("BEN021", message))
    speaks = True
    try:
        with socket.create_connection((match[1] or match[2], int(match[3])), PATIENCE) as there:
            # A scheduler of Dask speaks first; its client would wait for ever for what never does.
            if name == "dask" and not address.startswith("tls"):
                speaks = bool(there.recv(1))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise AdnError(Finding("BEN022", f"no cluster answers at {address}: {why}")) from None
    if not speaks:
        message = f"no cluster answers at {address}: what is there hangs up"
        raise AdnError(Finding("BEN022", message))


@contextmanager
def _dask(jobs: int, address: str | None) -> Iterator[Spread]:
    import logging

    distributed: Any = import_module("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    local = None
    if address is None:
        local = distributed.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    try:
        try:
            client = distributed.Client(local or address, timeout=PATIENCE)
        except (OSError, ValueError, TypeError) as error:
            raise _unusable(address, error) from None
        with client:
            width = sum(client.ncores().values())
            if width == 0:
                raise AdnError(Finding("BEN022", f"the cluster at {address} has no workers"))

            def submit(number: int, task: Job) -> Any:
                return client.submit(remote_attempt, number, task, pure=False)

            def first(waiting: Sequence[Any]) -> Sequence[Any]:
                return list(distributed.wait(waiting, return_when="FIRST_COMPLETED").done)

            def result(future: Any) -> Any:
                try:
                    return future.result()
                except distributed.KilledWorker:
                    raise lost_process() from None

            yield lambda tasks: _stream(tasks, AHEAD * width, submit, first, result)
    finally:
        if local is not None:
            local.close()


@contextmanager
def _ray(jobs: int, address: str | None) -> Iterator[Spread]:
    import logging

    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray: Any = import_module("ray")
    try:
        if address is None:
            ray.init(
                num_cpus=jobs,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
            )
        else:
            ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL)
    except (OSError, RuntimeError, ValueError) as error:
        raise _unusable(address, error) from None
    try:
        width = int(ray.cluster_resources().get("CPU", 0))
        if width == 0:
            raise AdnError(Finding("BEN022", f"the cluster at {address} has no workers"))
        work = ray.remote(num_cpus=1, max_retries=2)(remote_attempt)

        def first(waiting: Sequence[Any]) -> Sequence[Any]:
            done, _ = ray.wait(list(waiting), num_returns=1)
            return list(done)

        def result(future: Any) -> Any:
            try:
                return ray.get(future)
            except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError):
                raise lost_process() from None

        yield lambda tasks: _stream(tasks, AHEAD * width, work.remote, first, result)
    finally:
        ray.shutdown()


def _stream(
    tasks: Sequence[Any],
    width: int,
    submit: Callable[[int, Any], Any],
    first: Callable[[Sequence[Any]], Sequence[Any]],
    result: Callable[[Any], Any],
) -> Iterator[tuple[Any, Any]]:
    """Yield each task with what came of it; at most `width` are under way."""
    left = iter(enumerate(tasks))
    waiting: list[Any] = []
    while True:
        for number, task in left:
            waiting.append(submit(number, task))
            if len(waiting) >= width:
                break
        if not waiting:
            return
        for future in first(waiting):
            waiting.remove(future)
            number, outcome = result(future)
            yield tasks[number], settled(outcome)


def remote_attempt(number: int, task: Job) -> tuple[int, Any]:
    """Do a task on a cluster: one at a time in a process, with one thread for linear algebra."""
    with _TURN:
        _pin_threads()
        return attempt(number, task)


@cache
def _pin_threads() -> None:
    from threadpoolctl import threadpool_limits

    from adn.session.imports import warm

    warm()  # what is loaded later would not be pinned
    threadpool_limits(limits=1)


def _unusable(address: str | None, error: Exception) -> AdnError:
    where = f"at {address}" if address else "on this machine"
    why = " ".join(str(error).split())[:200] or type(error).__name__
    return AdnError(Finding("BEN022", f"the cluster {where} cannot be used: {why}"))
