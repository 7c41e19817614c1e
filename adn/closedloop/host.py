"""The other end of the pipe: `python -I -m adn.closedloop.host` runs a loop for a parent process.

The first line in is the briefing. Then, one JSON object a line: `{"deliver": …, "now": ms}` (no
answer) and `{"advance": ms}`, answered by `{"next": ms, "sent": […]}`. The end of input ends it.
"""

from __future__ import annotations

import json
import sys
from typing import TextIO

from adn.base.errors import AdnError
from adn.closedloop.controller import Briefing, Controller
from adn.closedloop.loop import ClosedLoop
from adn.northbound import wire


def serve(loop: Controller, lines: TextIO, out: TextIO) -> None:
    """Answer a parent until its lines end.

    Raises:
        ValueError: A line is not of the protocol.
    """
    for line in lines:
        body = json.loads(line)
        if "deliver" in body:
            loop.deliver(int(body["now"]), wire.decode_observation(json.dumps(body["deliver"])))
            continue
        sent = loop.advance(int(body["advance"]))
        answer = {"next": loop.next_event(), "sent": [json.loads(wire.encode(m)) for m in sent]}
        out.write(json.dumps(answer, separators=(",", ":")) + "\n")
        out.flush()


def main() -> int:
    """Read the briefing, build the loop, say that it is ready, serve."""
    try:
        briefing: Briefing = wire.from_json(Briefing, json.loads(sys.stdin.readline()), "briefing")
        loop = ClosedLoop(briefing)
    except AdnError as error:
        findings = [[f.code, f.message] for f in error.findings]
        sys.stdout.write(json.dumps({"refused": findings}) + "\n")
        return 0
    sys.stdout.write(json.dumps({"ready": True, "next": loop.next_event()}) + "\n")
    sys.stdout.flush()
    serve(loop, sys.stdin, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
