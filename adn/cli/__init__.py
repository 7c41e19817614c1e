"""The command line: what the exit codes mean, and that nobody ever sees a traceback.

Exit codes: 0 done, 1 a target was missed under ``--strict``, 2 the input or its surroundings are
at fault, 70 the product is (``ADN_DEBUG=1`` then shows where), 130 interrupted. Everything but the
standard library is imported late, so that ``adn --help`` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Final, NoReturn

DONE: Final = 0
BAD_INPUT: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

_THREAD_VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_SURROUNDINGS: Final = {
    errno.ENOSPC: "no space left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files in the system",
    errno.EIO: "input/output error",
    errno.EFBIG: "the file is too large",
    errno.ENAMETOOLONG: "the file name is too long",
    errno.ENOENT: "no such file or directory",
    errno.ENOTDIR: "not a directory",
    errno.EISDIR: "is a directory",
    errno.EEXIST: "the file exists",
    errno.ENOTEMPTY: "the directory is not empty",
    errno.ELOOP: "too many symbolic links",
    errno.EXDEV: "the folder spans two file systems",
    errno.ENOMEM: "not enough memory",
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    # One thread each: a float32 product differs between one and two BLAS threads, and the
    # digest of a run must not depend on how many cores the machine has.
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    _settle_output()
    status = _guarded(list(sys.argv[1:] if arguments is None else arguments))
    sys.exit(status)


def _guarded(arguments: list[str]) -> int:
    """Run one command; turn whatever goes wrong into one message and an exit code."""
    from adn.base.errors import AdnError

    try:
        from adn.cli.frame import invoke

        status = invoke(arguments)
        sys.stdout.flush()
    except AdnError as error:
        return _complain(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except MemoryError:
        return _complain("adn: not enough memory for this; try a smaller network", BAD_INPUT)
    except OSError as error:
        if error.errno not in _SURROUNDINGS:
            return _internal(error)
        _discard_output()
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"adn: {place}{_SURROUNDINGS[error.errno]}", BAD_INPUT)
    except Exception as error:  # noqa: BLE001 - the last line of defence against tracebacks
        return _internal(error)
    return status


def _complain(text: str, status: int) -> int:
    """Print one message where messages go; return the exit code it stands for."""
    with suppress(OSError):  # nobody may be listening any more
        print(text, file=sys.stderr, flush=True)
    return status


def _internal(error: BaseException) -> int:
    """Own up to a defect in one line; show where it is only to those who ask."""
    if os.environ.get("ADN_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    says = " ".join(str(error).split())
    name = type(error).__name__
    what = f"{name}: {says}" if says else name
    return _complain(
        f"adn: internal error: {what} (a defect of adn; ADN_DEBUG=1 shows where)", INTERNAL
    )


def _settle_output() -> None:
    """See that whatever is said can be written, wherever stdout and stderr lead.

    A closed one swallows what it is given, and a sign that a locale lacks becomes a question mark:
    neither is a reason to lose a run.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """Send what is still buffered for stdout to nowhere, so that closing it cannot fail."""
    with suppress(OSError, ValueError):  # stdout may be no file: then there is nothing to save
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)
