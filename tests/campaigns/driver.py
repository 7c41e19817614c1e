"""Runs a campaign of made-up results, to be killed: python driver.py OUT [--limit BYTES]."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import SUITE, made_up

from adn.base.errors import AdnError
from adn.bench import campaign, running
from adn.bench.plan import plan_of
from adn.bench.suite import read_suite

campaign.code_digest = lambda: "c" * 16
running.result_of = lambda cell, loaded, _: {
    **made_up(cell),
    "scenario_digest": loaded.digest,
}

if __name__ == "__main__":
    seeds = range(1, 11)
    if "--limit" in sys.argv:
        limit = int(sys.argv[-1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    plan = plan_of(read_suite(str(SUITE)), (), tuple(seeds))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    try:
        found = campaign.run_campaign(plan, Path(sys.argv[1]), resume=True)
    except AdnError as error:
        sys.exit(str(error))
    (Path(sys.argv[1]) / "results.json").write_text(json.dumps(found.results), encoding="utf-8")
    sys.stdout.write(f"{found.ran} {len(found.results)}\n")
