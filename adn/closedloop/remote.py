"""A controller in another process: the same three doors, over a pipe.

The child is given the briefing and the post, nothing else: an empty working directory, an
environment with nothing in it but what makes it repeatable, an interpreter that reads no user
settings. A child that dies, or says what is not of the protocol, is reported, never guessed at.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any, Final, Self

from adn.base.clock import Millis
from adn.base.errors import AdnError, Finding
from adn.closedloop.controller import Briefing
from adn.northbound import wire
from adn.northbound.post import Message, Observation

HOST: Final = (sys.executable, "-I", "-m", "adn.closedloop.host")
# One thread each: sums must not depend on how many cores the machine has.
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_FAREWELL_S: Final = 5.0


class RemoteController:
    """Runs a controller in a child process; implements `Controller`; close it when done.

    Args:
        briefing: What the child is told.
        command: What to run; the closed loop's own host by default.

    Raises:
        AdnError: The child refuses the briefing (its own findings) or does not start (RMT001).
    """

    def __init__(self, briefing: Briefing, command: Sequence[str] = HOST) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="adn-loop-")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._now: Millis = 0
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the command is ours or the user's own
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=self._folder.name,
                env=dict(ENVIRONMENT),
            )
        except OSError as wrong:
            self._folder.cleanup()
            self._errors.close()
            message = f"the controller's process cannot be started: {wrong.strerror or wrong}"
            raise AdnError(Finding("RMT001", message)) from None
        try:
            self._send(wire.to_json(briefing))
            self._next = self._greeted(self._hear())
        except AdnError:
            self.close()
            raise

    def next_event(self) -> Millis:
        """Return when the child next has something to do of its own accord."""
        return self._next

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Pass one observation on."""
        self._send({"deliver": json.loads(wire.encode(seen)), "now": now})

    def advance(self, now: Millis) -> Sequence[Message]:
        """Let the child act up to `now`; return what it sends.

        Raises:
            AdnError: The child died (RMT002) or talks nonsense (RMT003).
        """
        self._now = now
        self._send({"advance": now})
        answer = self._hear()
        self._next = self._instant(answer)
        sent = answer.get("sent")
        if not isinstance(sent, list):
            raise self._nonsense("an answer without a list of messages")
        try:
            return tuple(wire.decode_message(json.dumps(item)) for item in sent)
        except ValueError as wrong:
            raise self._nonsense(str(wrong)) from None

    def close(self) -> None:
        """End the child and remove its folder."""
        with contextlib.suppress(OSError):
            if self._child.stdin:
                self._child.stdin.close()
        try:
            self._child.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, body: Any) -> None:
        assert self._child.stdin is not None
        line = json.dumps(body, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            self._child.stdin.write(line.encode())
            self._child.stdin.flush()
        except OSError:
            raise self._dead() from None

    def _hear(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._dead()
        try:
            body = json.loads(line)
        except (ValueError, RecursionError):
            raise self._nonsense("a line that is not JSON") from None
        if not isinstance(body, dict):
            raise self._nonsense("a line that is no object")
        return body

    def _greeted(self, hello: dict[str, Any]) -> Millis:
        """Return the instant of the child's first event, if it took the briefing."""
        refused = hello.get("refused")
        if isinstance(refused, list) and refused:
            raise AdnError([Finding(str(row[0]), str(row[1])) for row in refused])
        return self._instant(hello)

    def _instant(self, answer: dict[str, Any]) -> Millis:
        at = answer.get("next")
        if not isinstance(at, int) or isinstance(at, bool) or at < 0:
            raise self._nonsense("an answer without the instant of its next event")
        return at

    def _dead(self) -> AdnError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(_FAREWELL_S)
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
        why = f": {last[0]}" if last else ""
        message = f"the controller's process ended at {self._now} ms of the run{why}"
        return AdnError(Finding("RMT002", message))

    def _nonsense(self, what: str) -> AdnError:
        message = f"the controller's process sent {what} at {self._now} ms of the run"
        return AdnError(Finding("RMT003", message))
